"""How well people who stand twice in one list are found, on made-up lists with known truth.

    python benchmarks/doubles.py

Of 3,000 made-up people 200 are listed again as another recorder wrote them: other spellings, words left out, ages off by some years.
Each line: pairs given a chance of 0.9 or more, the share of them that is true and what they claim on average, and how many of the
200 they are; the same from 0.5 on.
"""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np
import pyarrow as pa

from civcas.linking import people
from civcas.linking.doubles import doubles
from made_up_people import lists

SCRIPTS = (("latin", "latin"), ("latin", "arabic"), ("arabic", "arabic"), ("cyrillic", "latin"))


def planted(scripts: tuple[str, str], *, seed: int, listed: int, twice: int) -> tuple[pa.Table, set[tuple[str, str]]]:
    """A list in which some people stand twice, and the ids of each such pair."""
    made = lists(listed=listed, recorded=twice + twice // 5 + 20, scripts=scripts, seed=seed)
    again = np.flatnonzero(made.truth >= 0)[:twice]
    ours, theirs = made.listed["person_id"].to_pylist(), made.recorded["person_id"].to_pylist()
    pairs = {tuple(sorted((ours[int(made.truth[n])], theirs[int(n)]))) for n in again}
    return pa.concat_tables([made.listed, made.recorded.take(pa.array(again))]), pairs  # type: ignore[return-value]


def scored(whole: pa.Table, pairs: set[tuple[str, str]], least: float) -> dict[str, Any]:
    found = doubles(people.read(whole))
    sure = found.chance >= least
    ids = [tuple(sorted((found.first.person_id[i], found.first.person_id[j])))
           for i, j in zip(found.left[sure].tolist(), found.right[sure].tolist(), strict=True)]  # fmt: skip
    right = sum(each in pairs for each in ids)
    return {"pairs": len(ids), "true": round(right / max(1, len(ids)), 3),
            "claimed": round(float(found.chance[sure].mean()), 3) if ids else None,
            "found": round(right / len(pairs), 3)}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=[5, 7], nargs="*")
    given = parser.parse_args()
    for scripts in SCRIPTS:
        for seed in given.seed:
            whole, pairs = planted(scripts, seed=seed, listed=3_000, twice=200)
            print(" and ".join(scripts), "seed", seed, *(f"from {at}: {scored(whole, pairs, at)}" for at in (0.9, 0.5)))


if __name__ == "__main__":
    main()
