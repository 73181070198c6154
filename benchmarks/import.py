"""Times an import against DuckDB alone writing the same file as Parquet, and against pandas doing the same mapping.

python benchmarks/import.py [--ged 1000000] [--gdelt 10000000] [--pandas-rows 1000000] [--times 1] [--json]

Made-up files in the layouts of UCDP GED and GDELT 2.0; every way runs in its own process, in the same run, on the same file.
Targets: at most 2.5 times DuckDB's time, at most 2 GiB, at least 10 times faster than pandas.

Pandas is timed in three ways, which map, parse and check the same fields and keep every other column as a column:
`objects` reads cells as Python objects, as pandas before 3 does with dtype=str; `str` is pandas 3's own text, which Arrow holds;
`arrow` reads by Arrow's engine on all cores into Arrow's types (it takes leading zeros off codes, which the others keep).
With --extra also the *same mapping*, table for table, as benchmarks/pandas_mapping.py does it in pandas (`pandas-same`): ids told
apart, unread rows and reasons, doubtful ranges, the hash, and every published cell as JSON in `extra`; civcas does it as a case keeps
a file (`civcas-extra`: import, then the streamed table). What the two wrote is compared field by field.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

WAYS = ("duckdb", "civcas")
PANDAS = ("pandas-objects", "pandas-str", "pandas-arrow")
EXTRA = ("civcas-extra", "pandas-same")


def make_ged(path: Path, rows: int) -> None:
    """Events with this layout's 49 columns, quoted articles with commas, and counts with a heavy tail; seeded."""
    from civcas.importers.ucdp_ged import COLUMNS

    made = {
        "id": "i", "relid": "'SYR-2016-1-299-' || i", "year": "'2016'", "active_year": "'1'", "code_status": "'Clear'",
        "type_of_violence": "1 + hash(i, 1) % 3", "number_of_sources": "1 + hash(i, 2) % 4",
        "conflict_name": "'Country: Government'", "dyad_name": "'Government of Country - Group ' || hash(i, 3) % 40",
        "side_a": "'Government of Country'", "side_b": "'Group ' || hash(i, 3) % 40",
        "source_article": "'\"Agency ' || hash(i, 4) % 50 || ', 2016-01-01, Bombardment of a town, and clashes near it\"'",
        "source_office": "'Agency ' || hash(i, 4) % 50", "source_headline": "'Bombardment of town ' || hash(i, 5) % 5000",
        "where_prec": "1 + hash(i, 6) % 7", "where_coordinates": "'Town ' || hash(i, 5) % 5000", "adm_1": "'Province ' || hash(i, 7) % 14",
        "latitude": "33 + (hash(i, 8) % 4000) / 1000.0", "longitude": "36 + (hash(i, 9) % 6000) / 1000.0",
        "geom_wkt": "'POINT (' || 36 + (hash(i, 9) % 6000) / 1000.0 || ' ' || 33 + (hash(i, 8) % 4000) / 1000.0 || ')'",
        "country": "'Country'", "region": "'Region'", "event_clarity": "'1'", "date_prec": "1 + hash(i, 10) % 5",
        "date_start": "DATE '2012-01-01' + (hash(i, 11) % 3000)::INTEGER", "date_end": "DATE '2012-01-01' + (hash(i, 11) % 3000)::INTEGER",
        "deaths_a": "hash(i, 12) % 3", "deaths_b": "hash(i, 13) % 5", "deaths_unknown": "'0'",
        "deaths_civilians": "floor(power((1 + hash(i, 14) % 9999) / 10000.0, -0.7))::INTEGER - 1",
        "best": "hash(i, 15) % 20", "high": "20 + hash(i, 15) % 20", "low": "hash(i, 15) % 10",
    }  # fmt: skip
    fields = ", ".join(f"{made.get(name, 'hash(i) % 1000')} AS {name}" for name in COLUMNS)
    duckdb.sql(f"COPY (SELECT {fields} FROM range({rows}) t(i)) TO '{path}' (HEADER)")


def make_gdelt(path: Path, rows: int) -> None:
    """Events with GDELT 2.0's 61 tab-separated columns and no header; seeded."""
    from civcas.importers.gdelt import VERSIONS

    made = {
        "GlobalEventID": "410000000 + i", "Day": "strftime(DATE '2015-03-01' + (hash(i, 1) % 3000)::INTEGER, '%Y%m%d')",
        "EventCode": "lpad((hash(i, 2) % 2000 / 10)::INTEGER::VARCHAR, 3, '0')", "GoldsteinScale": "(hash(i, 3) % 200) / 10.0 - 10",
        "Actor1Code": "['SYR', 'SYRGOV', 'USA', 'RUS', 'TUR', ''][(1 + hash(i, 4) % 6)::BIGINT]",
        "Actor2Code": "['SYR', 'SYRREB', 'USA', 'RUS', 'CVL', ''][(1 + hash(i, 5) % 6)::BIGINT]", "NumMentions": "1 + hash(i, 6) % 40",
        "ActionGeo_CountryCode": "['SY', 'IZ', 'TU', 'US'][(1 + hash(i, 7) % 4)::BIGINT]",
        "ActionGeo_FullName": "'Town ' || hash(i, 8) % 9000 || ', Province'",
        "ActionGeo_Lat": "30 + (hash(i, 9) % 70000) / 10000.0", "ActionGeo_Long": "35 + (hash(i, 10) % 90000) / 10000.0",
        "DATEADDED": "20150301000000 + i % 86400", "SOURCEURL": "'https://news.example/' || hash(i, 11) % 1000000 || '/page.html'",
    }  # fmt: skip
    blank = {
        name
        for name in VERSIONS[2]
        if name.endswith(("EthnicCode", "Religion1Code", "Religion2Code", "Type3Code", "KnownGroupCode"))
    }
    other = {name: "''" for name in blank}
    fields = ", ".join(f"{(made | other).get(name, 'hash(i) % 1000')} AS {name}" for name in VERSIONS[2])
    duckdb.sql(f"COPY (SELECT {fields} FROM range({rows}) t(i)) TO '{path}' (HEADER false, DELIMITER '\t', QUOTE '')")


def run(way: str, layout: str, file: Path, out: Path) -> dict[str, float]:
    """One way in a process of its own: seconds and peak memory."""
    start = time.perf_counter()
    child = subprocess.Popen([sys.executable, __file__, "--way", way, layout, str(file), str(out)], env=os.environ)
    _, status, used = os.wait4(child.pid, 0)
    if status:
        raise SystemExit(f"{way} failed on {file.name}")
    cpu = used.ru_utime + used.ru_stime
    return {
        "seconds": round(time.perf_counter() - start, 2),
        "cpu": round(cpu, 2),
        "peak_gib": round(used.ru_maxrss / 2**20, 3),
    }


def by_duckdb(layout: str, file: Path, out: Path) -> None:
    tabs = ", delim='\t', header=false, quote=''" if layout == "gdelt" else ""
    duckdb.sql(f"COPY (SELECT * FROM read_csv('{file}'{tabs})) TO '{out}.parquet'")


def by_civcas(layout: str, file: Path, out: Path) -> None:
    from civcas.catalog import find
    from civcas.importers.reading import read

    accounts = read(find("importers", layout), file, out).accounts
    assert accounts.balanced and accounts.unread == 0


def by_civcas_with_extra(layout: str, file: Path, out: Path) -> None:
    """The table as a case keeps it: the whole published row beside the fields."""
    import pyarrow.parquet as pq

    from civcas.catalog import find
    from civcas.importers.reading import read

    imported = read(find("importers", layout), file, out)
    rows = imported.reader(next(iter(imported.tables)))
    with pq.ParquetWriter(f"{out}.parquet", rows.schema, compression="zstd", compression_level=1) as writer:
        for batch in rows:
            writer.write_batch(batch)


def by_pandas(layout: str, file: Path, out: Path, held: str) -> None:
    """The same fields and checks, and every other column kept, in pandas' own columnar ways."""
    import pandas as pd

    from civcas.importers.gdelt import VERSIONS
    from civcas.importers.ucdp_ged import DATES, KINDS, PLACES

    words: dict = {"objects": {"dtype": object}, "str": {"dtype": str},
                   "arrow": {"engine": "pyarrow", "dtype_backend": "pyarrow"}}[held]  # fmt: skip

    def days(column: pd.Series, form: str) -> pd.Series:
        return pd.to_datetime(column.astype(str) if held == "arrow" else column, format=form)

    if layout == "gdelt":
        bare = {} if held == "arrow" else {"quoting": 3}
        table = pd.read_csv(file, sep="\t", header=None, names=VERSIONS[2], **words, **bare)
        table["Day"] = days(table["Day"], "%Y%m%d")
        table["scheme"] = "cameo"
        for name in ("GoldsteinScale", "ActionGeo_Lat", "ActionGeo_Long", "NumMentions"):
            table[name] = pd.to_numeric(table[name])
        assert table["ActionGeo_Lat"].between(-90, 90).all() and table["ActionGeo_Long"].between(-180, 180).all()
        table["GlobalEventID"] = "gdelt:" + table["GlobalEventID"].astype(str)
        assert table["GlobalEventID"].is_unique
    else:
        table = pd.read_csv(file, **words)
        counts = ["deaths_civilians", "low", "high", "best", "number_of_sources", "latitude", "longitude"]
        for name in counts:
            table[name] = pd.to_numeric(table[name])
        assert (table[counts[:5]] >= 0).all().all() and table["latitude"].between(-90, 90).all()
        for name in ("date_start", "date_end"):
            table[name] = days(table[name], "%Y-%m-%d")
        kind = table["type_of_violence"].astype(str)
        table["kind"] = kind.map(KINDS)
        table["date_precision"] = table["date_prec"].astype(str).map(DATES)
        table["geo_precision"] = table["where_prec"].astype(str).map(PLACES)
        table["belligerents"] = table["side_a"].where(kind == "3", table["side_a"] + "; " + table["side_b"])
        table["id"] = "ucdp_ged:" + table["id"].astype(str)
        assert table["id"].is_unique
    table["row"] = range(1, len(table) + 1)
    table.to_parquet(f"{out}.parquet")


def main() -> None:
    if sys.argv[1:2] == ["--way"]:
        way, layout, file, out = sys.argv[2:]
        if way == "pandas-same":
            from pandas_mapping import by_pandas as by_pandas_the_same

            by_pandas_the_same(layout, Path(file), Path(out))
        elif way.startswith("pandas-"):
            by_pandas(layout, Path(file), Path(out), way.removeprefix("pandas-"))
        else:
            {"duckdb": by_duckdb, "civcas": by_civcas, "civcas-extra": by_civcas_with_extra}[way](
                layout, Path(file), Path(out)
            )
        return
    if sys.argv[1:2] == ["--make"]:
        layout, file, size = sys.argv[2:]
        {"ucdp_ged": make_ged, "gdelt": make_gdelt}[layout](Path(file), int(size))
        return
    if sys.argv[1:2] == ["--same"]:
        from pandas_mapping import same_tables

        differs = same_tables(Path(sys.argv[2]), Path(sys.argv[3]))
        sys.exit(f"civcas and pandas do not say the same in {differs}" if differs else 0)
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--ged", type=int, default=1_000_000)
    words.add_argument("--gdelt", type=int, default=10_000_000)
    words.add_argument(
        "--pandas-rows", type=int, default=1_000_000, help="rows of the files that pandas is timed on; 0: not"
    )
    words.add_argument("--extra", action="store_true", help="time `extra` as JSON too")
    words.add_argument("--times", type=int, default=1, help="runs of each way, by turns; the middle one counts")
    words.add_argument("--json", action="store_true")
    told = words.parse_args()
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for layout, rows in (("ucdp_ged", told.ged), ("gdelt", told.gdelt)):
            fewer = min(rows, told.pandas_rows)
            for size in sorted({rows, fewer} - {0}, reverse=True):
                ways = (WAYS if size == rows else WAYS[1:]) + (
                    (*PANDAS, *(EXTRA if told.extra else ())) if size == fewer else ()
                )
                file = Path(folder) / f"{layout}.csv"
                # in a process of its own: a child's peak of memory begins at its parent's
                subprocess.run([sys.executable, __file__, "--make", layout, str(file), str(size)], check=True)
                found.append({"layout": layout, "rows": size, "mib": file.stat().st_size >> 20}
                             | _timed(ways, layout, file, told.times))  # fmt: skip
                file.unlink()
                if not told.json:
                    print(_said(found[-1]), flush=True)
    if told.json:
        print(json.dumps(found, indent=2))


def _timed(ways: tuple[str, ...], layout: str, file: Path, times: int) -> dict[str, dict[str, float]]:
    """Each way's middle run by wall time; the ways take turns, so that a busy minute meets them all."""
    runs: dict[str, list[dict[str, float]]] = {way: [] for way in ways}
    for _ in range(times):
        for way in ways:
            out = file.with_name(f"{layout}-{way}")
            runs[way].append(run(way, layout, file, out))
            if way == "pandas-same":
                _hold_the_same(layout, file, out)
            shutil.rmtree(out, ignore_errors=True)
            if way != "civcas-extra":
                out.with_suffix(".parquet").unlink(missing_ok=True)
        file.with_name(f"{layout}-civcas-extra.parquet").unlink(missing_ok=True)
    return {way: sorted(each, key=lambda r: r["seconds"])[len(each) // 2] for way, each in runs.items()}


def _hold_the_same(layout: str, file: Path, theirs: Path) -> None:
    """Both wrote the same table, or the comparison is of unlike work; read in a process of its own, as every way is."""
    written = next(path for path in theirs.iterdir() if path.stem in ("report", "interaction"))
    ours = file.with_name(f"{layout}-civcas-extra.parquet")
    subprocess.run([sys.executable, __file__, "--same", str(ours), str(written)], check=True)


def _said(row: dict) -> str:
    lines = [f"{row['layout']} {row['rows']:,} rows, {row['mib']:,} MiB"]
    for way in (w for w in (*WAYS, *PANDAS, *EXTRA) if w in row):
        each, ours = row[way], row["civcas-extra" if way in EXTRA else "civcas"]
        wall, cpu = (each[of] / ours[of] for of in ("seconds", "cpu"))
        against = {
            "civcas": "",
            "civcas-extra": "",
            "duckdb": f"; civcas takes {1 / wall:.2f} times as long (at most 2.5), {1 / cpu:.2f} by processor",
        }
        faster = f"; civcas is {wall:.1f} times faster (at least 10), {cpu:.1f} by processor"
        if "duckdb" in row:
            faster += f"; DuckDB alone {each['cpu'] / row['duckdb']['cpu']:.1f} by processor"
        lines.append(f"  {way:14} {each['seconds']:6.1f} s, processor {each['cpu']:6.1f} s, peak {each['peak_gib']:.2f} GiB"
                     + against.get(way, faster))  # fmt: skip
    return "\n".join(lines)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
