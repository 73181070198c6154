"""Whether the right event is ranked first for real reports: GED Central African Republic, office, date and headline of each report.

    CIVCAS_TEST_DATA=DIR python benchmarks/report_to_event.py            held-out half, learned from the other half
    python benchmarks/report_to_event.py --folds                         cross-validation within the half that may be looked at
    python benchmarks/report_to_event.py --ship                          prints the weights that ship (learned on that half only)

A report is one office, date and headline; it may speak of several events, and is right where the event ranked first is one of them.
The halves are by the hash of the report. The baseline knows date, words of places and numbers only, and is fitted the same way.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from civcas.linking import tracing

BASELINE = tuple(
    k
    for k, n in enumerate(tracing.PLAIN)
    if n.startswith(("delay", "number"))
    or n in ("place named", "text named", "district named", "province named", "any place named")
)


def read(folder: Path) -> tuple[pa.Table, pa.Table, pa.Table]:
    """Reports, events and the links between them, under the names of civcas."""
    with duckdb.connect() as engine:
        engine.execute(f"CREATE TABLE e AS FROM read_csv('{folder}/ucdp_ged/ged_car_events.csv')")
        engine.execute(
            "CREATE TABLE r AS SELECT *, sha256(concat_ws('|', office, date, headline)) AS report_id "
            f"FROM read_csv('{folder}/ucdp_ged/ged_car_reports.csv')"
        )
        reports = engine.sql(
            "SELECT DISTINCT report_id, office AS source, date AS published, headline AS text FROM r ORDER BY report_id"
        )
        events = engine.sql(
            'SELECT id AS incident_id, d0 AS date_start, d1 AS date_end, "where" AS place, "desc" AS text, adm2 AS district, '
            "adm1 AS province, a AS belligerents, b AS targeted, "
            "low AS all_killed_min, best AS all_killed_best, high AS all_killed_max FROM e ORDER BY id"
        )
        links = engine.sql("SELECT DISTINCT report_id, event AS incident_id FROM r ORDER BY ALL")
        return reports.to_arrow_table(), events.to_arrow_table(), links.to_arrow_table()


def half(report_ids: tuple[str, ...]) -> np.ndarray[Any, Any]:
    """True for reports of the half that is never looked at until the end."""
    return np.array([int(r[-1], 16) % 2 == 1 for r in report_ids])


def scores(features: Any, links: Any, learn: Any, test: Any, columns: Any = slice(None)) -> np.ndarray[Any, Any]:
    """Rank of the best right event of each tested report, with weights learned from the others."""
    kept = np.zeros(features.shape[2], np.float32)
    kept[list(columns) if isinstance(columns, tuple) else columns] = 1
    weights = tracing.fit(features[learn] * kept, links[learn])
    score = (features[test] * kept) @ weights.astype(np.float32)
    best = np.where(links[test], score, -np.inf).max(axis=1)
    return (score > best[:, None]).sum(axis=1) + 1


def said(rank: Any) -> dict[str, float]:
    first = float((rank == 1).mean())
    return {
        "first": round(first, 4),
        "error": round(float(np.sqrt(first * (1 - first) / len(rank))), 4),
        "in_first_5": round(float((rank <= 5).mean()), 4),
        "mean_reciprocal_rank": round(float((1 / rank).mean()), 4),
        "reports": len(rank),
    }


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--folds", action="store_true")
    given.add_argument("--ship", action="store_true")
    asked = given.parse_args()
    reports, events, links = read(Path(os.environ.get("CIVCAS_TEST_DATA", "../shared/data")))
    began = time.perf_counter()
    of_reports, of_events = tracing.told(reports), tracing.recorded(events)
    known = tracing._linked(of_reports, of_events, links)
    plain, kept_back = tracing.plain_features(of_reports, of_events), half(of_reports.report_id)
    dev = np.flatnonzero(~kept_back)
    if asked.ship:
        weights = tracing.fit(plain[dev], known[dev])
        print(json.dumps({n: round(float(w), 2) for n, w in zip(tracing.PLAIN, weights, strict=True)}))
        return
    splits = [(np.flatnonzero(~kept_back), np.flatnonzero(kept_back))]
    if asked.folds:
        splits = [(dev[np.arange(len(dev)) % 4 != k], dev[np.arange(len(dev)) % 4 == k]) for k in range(4)]
    ranks: dict[str, list[Any]] = {"baseline": [], "plain": [], "learned": []}
    for learn, test in splits:
        may_learn = np.zeros(len(known), bool)
        may_learn[learn] = True
        full = np.concatenate(
            [plain, tracing.learned_features(of_reports, of_events, known & may_learn[:, None], may_learn)], axis=2
        )
        ranks["baseline"].append(scores(plain, known, learn, test, BASELINE))
        ranks["plain"].append(scores(plain, known, learn, test))
        ranks["learned"].append(scores(full, known, learn, test))
    out = {name: said(np.concatenate(found)) for name, found in ranks.items()}
    print(json.dumps({"split": "4 folds of the half looked at" if asked.folds else "held-out half", "events": len(known[0]), **out,
                      "seconds": round(time.perf_counter() - began, 1)}, indent=1))  # fmt: skip


if __name__ == "__main__":
    main()
