"""UCDP GED Syria 2016 against Airwars 2016: how many incidents both hold, and how many of the pairs proposed a reader judges right.

    CIVCAS_TEST_DATA=DIR python benchmarks/two_datasets.py                 numbers, and the shipped judgement of a sample
    CIVCAS_TEST_DATA=DIR python benchmarks/two_datasets.py --sample FILE   the facts of the sample, for a reader; not to be shipped

A sample is 100 of the pairs proposed, drawn at random by a stated seed; a file beside this one keeps for each the two datasets' codes,
yes, no or unsure, and the reader's reason: `judged_pairs.csv` (seed 2016, chances of a regression on made-up worlds, reader saw the
chance) and `judged_pairs_again.csv` (seed 2122, chances by decoys four and five days away, another reader, who was shown the facts without
the chance). Intervals are Wilson's (1927), 95%.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from civcas.catalog import find
from civcas.cli.link import between_datasets
from civcas.cli.link_output import matched_table
from civcas.importers.importer import Options
from civcas.importers.reading import read
from civcas.linking.proposing import propose

BETWEEN = ("airwars", "ucdp_ged")
FILES = {"airwars": ("airwars/airwars_syria_2014_2016.csv", "Syria"), "ucdp_ged": ("ucdp_ged/ged191_syria.csv.gz", "")}
JUDGED = Path(__file__).with_name("judged_pairs.csv")
JUDGED_AGAIN = Path(__file__).with_name("judged_pairs_again.csv")
SEED, SAMPLED = 2122, 100


def reports(folder: Path) -> pa.Table:
    """The incidents of 2016 of both, as their importers read them."""
    parts = []
    for name, (file, country) in FILES.items():
        with tempfile.TemporaryDirectory() as passing:
            parts.append(
                read(find("importers", name, kind="format"), folder / file, Path(passing), Options(country=country))
                .reader("report")
                .read_all()
            )
    both = pa.concat_tables(parts, promote_options="permissive")
    return both.filter(pc.equal(pc.year(both["date_start"]), 2016))


def wilson(right: int, n: int, *, z: float = 1.959964) -> tuple[float, float]:
    share, scale = right / n, 1 + z * z / n
    middle, half = (share + z * z / (2 * n)) / scale, z / scale * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return round(float(middle - half), 3), round(float(middle + half), 3)


def joined(table: pa.Table, columns: list[str]) -> int:
    """Pairs one to one by equality of these columns, as a plain join would give them."""
    side = {name: table.filter(pc.equal(table["dataset"], name)) for name in BETWEEN}
    counted = []
    for part in side.values():
        rows = zip(*(part[c].cast(pa.string()).to_pylist() for c in columns), strict=True)
        keys: dict[tuple[Any, ...], int] = {}
        for row in rows:
            if None not in row:
                key = tuple(plain(v) for v in row)
                keys[key] = keys.get(key, 0) + 1
        counted.append(keys)
    return sum(min(n, counted[1][key]) for key, n in counted[0].items() if key in counted[1])


def plain(place: str) -> str:
    """A place name without the words GED puts behind it, so that the join has its best chance."""
    return place.lower().replace(" town", "").replace(" village", "").replace(" city", "").replace("al-", "al ").strip()


def judgements(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def judged(path: Path, matched: set[tuple[str, str]]) -> dict[str, Any]:
    """What the reader said of a sample, and of those of it that are still proposed: a sample may have been drawn under older chances."""
    rows = judgements(path)
    still = [r for r in rows if (r["airwars"], r["ged"]) in matched]
    return {"judged": len(rows), **precision(rows), "still_proposed": len(still), "of_those": precision(still)}


def judged_twice() -> dict[str, int]:
    """Pairs that both samples hold, and of how many both readers said the same."""
    said = [{(r["airwars"], r["ged"]): r["same"] for r in judgements(path)} for path in (JUDGED, JUDGED_AGAIN)]
    both = said[0].keys() & said[1].keys()
    against = sum({said[0][pair], said[1][pair]} == {"yes", "no"} for pair in both)
    return {
        "pairs": len(both),
        "same_answer": sum(said[0][pair] == said[1][pair] for pair in both),
        "yes_against_no": against,
    }


def precision(rows: list[dict[str, str]]) -> dict[str, Any]:
    said = [r["same"] for r in rows]
    yes, no, unsure = (said.count(word) for word in ("yes", "no", "unsure"))
    return {"yes": yes, "no": no, "unsure": unsure,
            "precision_unsure_as_wrong": [round(yes / len(rows), 3), *wilson(yes, len(rows))],
            "precision_of_decided": [round(yes / (yes + no), 3), *wilson(yes, yes + no)]}  # fmt: skip


def sample(pairs: pa.Table) -> pa.Table:
    """The same pairs whatever the order of the table."""
    ordered = pairs.sort_by([("first", "ascending"), ("second", "ascending")])
    return ordered.take(np.sort(np.random.default_rng(SEED).choice(ordered.num_rows, SAMPLED, replace=False)))


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--sample", type=Path)
    asked = given.parse_args()
    table = between_datasets(reports(Path(os.environ.get("CIVCAS_TEST_DATA", "../shared/data"))), BETWEEN)
    began = time.perf_counter()
    found = matched_table(propose(table), table, BETWEEN, many=False)
    wall = time.perf_counter() - began
    both = found.filter(pc.equal(found["found_in"], "both"))
    counts = {kind: n for kind, n in ((r["values"], r["counts"]) for r in found["found_in"].value_counts().to_pylist())}
    out = {
        "airwars": counts.get("both", 0) + counts.get("first", 0),
        "ged": counts.get("both", 0) + counts.get("second", 0),
        "matched": counts.get("both", 0),
        "only_airwars": counts.get("first", 0),
        "only_ged": counts.get("second", 0),
        "counts_differ": pc.sum(both["counts_differ"].cast(pa.int64())).as_py(),
        "mean_chance": round(pc.mean(both["chance"]).as_py(), 3),
        "joined_on_code": joined(table, ["code"]),
        "joined_on_day_and_place": joined(table, ["date_start", "place"]),
        "joined_on_place": joined(table, ["place"]),
        "wall_s": round(wall, 1),
    }
    if asked.sample:
        facts(table, sample(both), asked.sample)
    else:
        matched = set(zip(both["first"].to_pylist(), both["second"].to_pylist(), strict=True))
        out |= {path.stem: judged(path, matched) for path in (JUDGED, JUDGED_AGAIN)} | {"judged_twice": judged_twice()}
    print(json.dumps(out, indent=1))


def facts(table: pa.Table, pairs: pa.Table, path: Path) -> None:
    by_id = {r["report_id"]: r for r in table.to_pylist()}
    shown = ("date_start", "date_end", "place", "province", "latitude", "longitude", "geo_precision", "belligerents", "kind", "grading",
             "civ_killed_min", "civ_killed_max", "children_killed_max", "women_killed_max", "all_killed_best", "text")  # fmt: skip
    with path.open("w", encoding="utf-8") as file:
        for n, row in enumerate(pairs.to_pylist()):
            file.write(f"\n{n}\n")
            for side in ("first", "second"):
                r = by_id[row[side]]
                file.write(f"  {row[side]}: " + " | ".join(f"{c} {r[c]}" for c in shown if r.get(c) is not None) + "\n")


if __name__ == "__main__":
    main()
