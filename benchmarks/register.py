"""Times the register over made-up incidents with this field's heavy tails: harm_by_period and rate_ratio, on DuckDB and on Spark.

python benchmarks/register.py [--rows 1000000 5000000 20000000] [--engines duckdb spark] [--links 0] [--json]

Target: each under 2 seconds over 5,000,000 incidents on DuckDB; Spark's answers must be the same, its speed is told beside. Each engine
runs in a process of its own; the memory told is the peak of that process and of those it started.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import duckdb

from civcas.register.building import build
from civcas.register.engine import connect
from civcas.terms.reading import Reading
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


def decisions(links: int) -> list[dict]:
    """Links of neighbouring reports, as people would have decided them."""
    pairs = [sorted((f"made:{2 * n}", f"made:{2 * n + 1}")) for n in range(links)]
    return [
        {"kind": "link", "subject": " + ".join(pair), "about": "link", "by": "made", "because": "made", "at": "2026-01-01",
         "value": {"report_id_l": pair[0], "report_id_r": pair[1]}}
        for pair in pairs
    ]  # fmt: skip


def family() -> list[dict[str, str]]:
    """What the system says of this process and those it started."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            said = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines() if ":" in line)
            spent = (folder / "stat").read_text().rsplit(")", 1)[1].split()
        except OSError:  # it ended in the meantime
            continue
        if str(os.getpid()) in (said["PPid"].strip(), said["Pid"].strip()):
            found.append(said | {"ticks": str(int(spent[11]) + int(spent[12]))})
    return found


def peak_memory() -> int:
    """Bytes: the most this process and its children have held."""
    return sum(int(said["VmHWM"].split()[0]) * 1024 for said in family() if "VmHWM" in said)


def processor() -> float:
    """Seconds of processor time that this process and its children have used."""
    return sum(int(said["ticks"]) for said in family()) / os.sysconf("SC_CLK_TCK")


def best(question: Callable[[], object], times: int) -> tuple[float, float, object]:
    """The shortest of a few runs, once the engine is warm, the least processor time of any, and the answer."""
    answer, shortest, least = question(), float("inf"), float("inf")
    for _ in range(times):
        start, used = time.perf_counter(), processor()
        question()
        shortest, least = min(shortest, time.perf_counter() - start), min(least, processor() - used)
    return round(shortest, 3), round(least, 2), answer


def asked(engine: str, path: Path, times: int, links: int) -> dict:
    """What one engine answers, in which time, with how much memory."""
    from civcas.measures.rate_ratio import answer as rate_ratio

    db = connect(engine, memory="8g")
    tables = build({"report": db.read_parquet(str(path))}, decisions(links))
    reading = Reading.of(belligerents=("A", "B"), area="Country", window="2012-02..2016-11", exposure="incident")
    months, months_cpu, rows = best(lambda: tables["harm_by_period"].to_pyarrow().to_pylist(), times)
    ratio, ratio_cpu, answer = best(lambda: rate_ratio(tables, reading), times)
    said = {name: f"{getattr(answer, name):.9g}" for name in ("value", "low", "high")} | {"n": answer.n}
    ordered = sorted(rows, key=lambda r: str(list(r.values())))
    return {
        "harm_by_period": months, "harm_by_period_cpu": months_cpu, "rate_ratio": ratio, "rate_ratio_cpu": ratio_cpu,
        "gib": round(peak_memory() / 2**30, 2), "answers": json.dumps([said, ordered], default=str),
    }  # fmt: skip


def apart(engine: str, path: Path, times: int, links: int) -> dict:
    """The same in a process of its own."""
    words = ["--apart", engine, str(path), "--times", str(times), "--links", str(links)]
    done = subprocess.run([sys.executable, __file__, *words], stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--rows", type=int, nargs="+", default=[1_000_000, 5_000_000, 20_000_000])
    words.add_argument("--engines", nargs="+", default=["duckdb", "spark"])
    words.add_argument("--times", type=int, default=3)
    words.add_argument("--links", type=int, default=0)
    words.add_argument("--apart", nargs=2, help=argparse.SUPPRESS)
    words.add_argument("--json", action="store_true")
    told = words.parse_args()
    warnings.simplefilter("ignore")
    if told.apart:
        print(json.dumps(asked(told.apart[0], Path(told.apart[1]), told.times, told.links)))
        return
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for count in told.rows:
            path = Path(folder) / "report.parquet"
            make(path, count)
            results = {engine: apart(engine, path, told.times, told.links) for engine in told.engines}
            same = len({each.pop("answers") for each in results.values()}) == 1
            found.append({"rows": count, "links": told.links, "same_answers": same} | results)
            for engine, each in () if told.json else results.items():
                times = ", ".join(
                    f"{name} {each[name]:.2f} s ({each[name + '_cpu']:.2f} s of processor)"
                    for name in ("harm_by_period", "rate_ratio")
                )
                print(
                    f"{count:>12,} incidents, {engine:<6}: {times}, {each['gib']:.2f} GiB; the same answers: {same}",
                    flush=True,
                )
    if told.json:
        print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
