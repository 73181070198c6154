"""How well and how fast people of two lists are matched by name, on made-up lists with known truth.

    python benchmarks/victim_names.py
    python benchmarks/victim_names.py --peers --json

Each line is one pair of scripts: right person first among those who are on the list, precision of the 80% and 90% surest, and names a
second against 55,000. `--peers` ranks the first 300 names by the best of rapidfuzz' scorers on names romanised by anyascii,
where both are installed: on real pairs of lists such metrics put the right person first for 72% (Latin), 83% (Arabic) and 32%
(Latin to Arabic); made-up lists on which they do far better would be too easy.
"""

from __future__ import annotations

import argparse
import json
import time
from typing import Any

import numpy as np

from civcas.linking import naming, people
from made_up_people import Lists, lists

SCRIPTS = (("latin", "latin"), ("arabic", "arabic"), ("latin", "arabic"), ("cyrillic", "latin"), ("cyrillic", "arabic"))


def run(scripts: tuple[str, str], *, seed: int, listed: int, recorded: int) -> tuple[dict[str, Any], Lists]:
    made = lists(listed=listed, recorded=recorded, scripts=scripts, seed=seed)
    began, cpu = time.perf_counter(), time.process_time()
    found = naming.match(people.read(made.recorded), people.read(made.listed))
    wall, cpu = time.perf_counter() - began, time.process_time() - cpu
    return {"scripts": " to ".join(scripts), "seed": seed, **scored(found, made.truth), "names_a_second": round(recorded / wall),
            "names_a_cpu_second": round(recorded / cpu)}, made  # fmt: skip


def scored(found: naming.Namesakes, truth: np.ndarray[Any, Any]) -> dict[str, Any]:
    """Right person first, and precision among the surest shares of those who have a candidate at all."""
    best = found.best()
    answer, chance = np.full(len(truth), -1), np.zeros(len(truth))
    answer[found.left[best]], chance[found.left[best]] = found.right[best], found.chance[best]
    on_list = truth >= 0
    surest = np.lexsort((np.arange(len(truth)), -chance))
    right = (answer == truth) & on_list
    # accepted: so many of the recorded people as 80% of those who are on the list
    share = lambda s: float(right[surest[: int(s * on_list.sum())]].mean())  # noqa: E731
    near = {
        m: float(right[abs(chance - m) < w].mean()) if (abs(chance - m) < w).any() else None
        for m, w in ((0.5, 0.1), (0.9, 0.03), (0.99, 0.004))
    }
    return {"right_first": round(float(right[on_list].mean()), 4), "precision_at_80": round(share(0.8), 4),
            "precision_at_90": round(share(0.9), 4), "least_chance_at_80": round(float(chance[surest[int(0.8 * on_list.sum()) - 1]]), 3),
            "listed_learned": round(found.listed, 3), "listed_true": round(float(on_list.mean()), 3),
            **{f"true_at_{m}": v if v is None else round(v, 3) for m, v in near.items()}}  # fmt: skip


def peers(made: Lists, *, many: int = 300) -> dict[str, float]:
    """Right person first by the scorers of a general library, for the first names that are on the list."""
    try:
        from anyascii import anyascii
        from rapidfuzz import fuzz, process
        from rapidfuzz.distance import JaroWinkler
    except ImportError:
        return {}
    asked = np.flatnonzero(made.truth >= 0)[:many]
    plain = lambda table: [anyascii(n).lower() for n in table["name"].to_pylist()]  # noqa: E731
    names, against = np.array(plain(made.recorded), dtype=object)[asked].tolist(), plain(made.listed)
    found = {}
    for name, scorer in (
        ("token_set", fuzz.token_set_ratio),
        ("token_sort", fuzz.token_sort_ratio),
        ("jaro_winkler", JaroWinkler.similarity),
    ):
        began = time.perf_counter()
        best = process.cdist(names, against, scorer=scorer, dtype=np.float32).argmax(axis=1)
        found |= {f"{name}_first": round(float((best == made.truth[asked]).mean()), 3),
                  f"{name}_names_a_second": round(len(asked) / (time.perf_counter() - began))}  # fmt: skip
    return found


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--seed", type=int, default=11)
    given.add_argument("--listed", type=int, default=55_000)
    given.add_argument("--recorded", type=int, default=5_000)
    given.add_argument("--peers", action="store_true")
    given.add_argument("--json", action="store_true")
    asked = given.parse_args()
    naming.match(
        *(people.read(t) for t in (lambda m: (m.recorded, m.listed))(lists(listed=200, recorded=50)))
    )  # compile
    for scripts in SCRIPTS:
        out, made = run(scripts, seed=asked.seed, listed=asked.listed, recorded=asked.recorded)
        out |= peers(made) if asked.peers else {}
        print(json.dumps(out) if asked.json else "  ".join(f"{k} {v}" for k, v in out.items()), flush=True)


if __name__ == "__main__":
    main()
