"""Times the register's sums over made-up incidents with this field's heavy tails, on DuckDB and on Spark.

python benchmarks/register.py [--rows 1000000 5000000 20000000] [--engines duckdb spark] [--json]

Target: under 2 seconds for harm_by_period over 5,000,000 incidents on DuckDB; Spark's rows must be the same, its speed is told beside.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
import warnings
from pathlib import Path

import duckdb

from civcas.register.building import build
from civcas.register.engine import connect
from civcas.terms.tables import REPORT


def make(path: Path, rows: int) -> None:
    """One incident a row: two belligerents with a twentieth shared, half a decade, a sixth without a number, Pareto tails; seeded."""
    made = {
        "report_id": "'made:' || i", "dataset": "'made'", "row": "i", "row_is": "'incident'", "country": "'Country'",
        "province": "'Province ' || hash(i, 1) % 14", "date_start": "DATE '2012-01-01' + (hash(i, 2) % 1826)::INTEGER",
        "date_end": "DATE '2012-01-01' + (hash(i, 2) % 1826)::INTEGER", "date_precision": "'day'",
        "belligerents": "['A', 'A', 'A', 'B', 'B', 'A; B'][(1 + CASE WHEN hash(i, 3) % 20 = 0 THEN 5 ELSE hash(i, 4) % 5 END)::BIGINT]",
        "grading": "['Fair', 'Confirmed', 'Weak', 'Contested', 'Discounted'][(1 + hash(i, 5) % 5)::BIGINT]",
        "civ_killed_min": "CASE WHEN hash(i, 6) % 6 > 0 THEN floor(power((1 + hash(i, 7) % 9999) / 10000.0, -0.7))::BIGINT END",
        "civ_killed_max": "CASE WHEN hash(i, 6) % 6 > 0 THEN 2 * floor(power((1 + hash(i, 7) % 9999) / 10000.0, -0.7))::BIGINT END",
    }  # fmt: skip
    kinds = {"string": "VARCHAR", "int64": "BIGINT", "double": "DOUBLE", "date32[day]": "DATE"}
    fields = ", ".join(f'CAST({made.get(f.name, "NULL")} AS {kinds[str(f.type)]}) AS "{f.name}"' for f in REPORT.fields)
    duckdb.sql(f"COPY (SELECT {fields} FROM range({rows}) t(i)) TO '{path}' (FORMAT parquet)")


def timed(engine: str, path: Path, times: int) -> tuple[float, list[dict]]:
    """The best of a few runs, once the engine is warm, and the rows in order."""
    db = connect(engine, memory="6g")
    table = build({"report": db.read_parquet(str(path))})["harm_by_period"]
    rows = table.to_pyarrow().to_pylist()
    best = float("inf")
    for _ in range(times):
        start = time.perf_counter()
        table.to_pyarrow()
        best = min(best, time.perf_counter() - start)
    return best, sorted(rows, key=lambda r: str(list(r.values())))


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--rows", type=int, nargs="+", default=[1_000_000, 5_000_000, 20_000_000])
    words.add_argument("--engines", nargs="+", default=["duckdb", "spark"])
    words.add_argument("--times", type=int, default=3)
    words.add_argument("--json", action="store_true")
    told = words.parse_args()
    warnings.simplefilter("ignore")
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for count in told.rows:
            path = Path(folder) / "report.parquet"
            make(path, count)
            results = {engine: timed(engine, path, told.times) for engine in told.engines}
            same = len({json.dumps(rows, default=str) for _, rows in results.values()}) == 1
            found.append(
                {"rows": count, "same_rows": same}
                | {engine: round(seconds, 3) for engine, (seconds, _) in results.items()}
            )
            if not told.json:
                times = ", ".join(f"{engine} {seconds:.2f} s" for engine, (seconds, _) in results.items())
                print(f"harm_by_period over {count:,} incidents: {times}; the same rows: {same}", flush=True)
    if told.json:
        print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
