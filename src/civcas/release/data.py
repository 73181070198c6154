"""The data package of a release: every shown table as CSV, Parquet and, where it has points, GeoJSON and GeoParquet."""

from __future__ import annotations

import json
from pathlib import Path

import ibis
import pyarrow.parquet as pq

from civcas.catalog import find
from civcas.exporters.exporter import Request
from civcas.public.public import Public
from civcas.public.tables import SHOWN

FOLDER = "data"
FORMS = (
    "package",
    "parquet",
    "geojson",
    "geoparquet",
)  # a table with points is GeoParquet, which every Parquet reader opens


def write_data(public: Public, folder: Path) -> None:
    """Write the tables under `folder`/data, the same rows in every form, in the order of their keys."""
    out = folder / FOLDER
    request = Request(
        tables={name: ibis.memtable(table) for name, table in public.tables.items()},
        out=out,
        title=public.about.title,
        version=public.about.version,
        sources=tuple(public.tables["source"].to_pylist()),
        created=public.about.as_of,
        contract=SHOWN,
        masked=True,
    )
    for form in FORMS:
        find("exporters", form).write(request)
    if public.claims:
        said = json.dumps(public.claims, ensure_ascii=False, allow_nan=False, indent=1, sort_keys=True)
        (out / "claims.json").write_text(said + "\n", encoding="utf-8")


def read_tables(folder: Path) -> dict[str, object]:
    """The tables of a release that is on disk, in the columns that are shown today; one it does not have is empty."""
    found = {}
    for name, table in SHOWN.items():
        path = folder / FOLDER / f"{name}.parquet"
        if not path.is_file():
            found[name] = table.schema.empty_table()
            continue
        there = set(pq.read_schema(path).names)
        found[name] = table.conform(pq.read_table(path, columns=[f.name for f in table.fields if f.name in there]))
    return found
