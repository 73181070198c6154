"""One SQLite file with keys, indexes and a description of every column, which Datasette opens well."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa

from civcas.exporters.columns import reader, visible, written_tables
from civcas.exporters.exporter import Exporter, Request
from civcas.terms.tables import Field, Table

TYPES = {pa.string(): "TEXT", pa.int64(): "INTEGER", pa.float64(): "REAL", pa.date32(): "TEXT", pa.bool_(): "INTEGER"}
INDEXED = ("belligerent", "incident_id", "date_start", "period_start", "dataset", "country", "area")


def write(request: Request) -> dict[str, int]:
    request.out.mkdir(parents=True, exist_ok=True)
    path = request.out / "register.sqlite"
    path.unlink(missing_ok=True)
    written = {}
    described = {}
    db = sqlite3.connect(path)
    try:
        for name in written_tables(request):
            fields, table = visible(request, name), request.contract[name]
            written[f"register.sqlite: {name}"] = _fill(db, table, fields, reader(request, name, fields))
            described[name] = {
                "description": f"A row is {table.a_row_is}.",
                "columns": {f.name: _meaning(f) for f in fields},
            }
        db.commit()
        db.execute("ANALYZE")
        db.execute("VACUUM")
    finally:
        db.close()
    _describe(request, described, request.out / "metadata.json")
    return written


def _fill(db: sqlite3.Connection, table: Table, fields: tuple[Field, ...], rows: pa.RecordBatchReader) -> int:
    name = table.name
    key = [k for k in table.key if k in {f.name for f in fields}]
    columns = ", ".join(f'"{f.name}" {TYPES[f.type]}{"" if f.nullable else " NOT NULL"}' for f in fields)
    named = ", ".join(f'"{k}"' for k in key)
    db.execute(f'CREATE TABLE "{name}" ({columns}{f", PRIMARY KEY ({named})" if key else ""}) STRICT')
    places = ", ".join("?" for _ in fields)
    count = 0
    for batch in rows:
        plain = [c.cast(pa.string()) if pa.types.is_date(c.type) else c for c in batch.columns]
        db.executemany(f'INSERT INTO "{name}" VALUES ({places})', zip(*(c.to_pylist() for c in plain), strict=True))
        count += batch.num_rows
    for column in INDEXED:
        if column in {f.name for f in fields} and key[:1] != [column]:
            db.execute(f'CREATE INDEX "{name}_{column}" ON "{name}" ("{column}")')
    return count


def _meaning(field: Field) -> str:
    return field.meaning + (f" ({field.unit})" if field.unit else "")


def _describe(request: Request, described: Mapping[str, object], path: Path) -> None:
    said = {"title": request.title, "databases": {"register": {"tables": described}}}
    path.write_text(json.dumps(said, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


ENTRY = Exporter(
    name="sqlite",
    title="SQLite, ready for Datasette",
    makes="a folder with register.sqlite and metadata.json",
    write=write,
)
