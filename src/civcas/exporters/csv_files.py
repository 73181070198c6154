"""Tidy CSV files, one a table, that no spreadsheet program takes for formulas."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from civcas.exporters.columns import reader, scratch, visible, written_tables
from civcas.exporters.exporter import Exporter, Request
from civcas.terms.tables import Field

RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
MARK = "'"


def write(request: Request) -> dict[str, int]:
    request.out.mkdir(parents=True, exist_ok=True)
    written = {}
    for name in written_tables(request):
        fields = visible(request, name)
        written[f"{name}.csv"] = write_csv(reader(request, name, fields), fields, request.out / f"{name}.csv")
    return written


def write_csv(rows: pa.RecordBatchReader, fields: tuple[Field, ...], path: Path) -> int:
    """Text that begins like a formula gets an apostrophe before it; so does text that begins with the apostrophe of another.

    Numbers are not touched: -46.6 stays a number. An unknown value is an empty cell, an empty text is `""`.
    """
    db = scratch()
    db.register("rows", rows)
    cells = ", ".join(_safe(f) if f.type == pa.string() else _name(f) for f in fields)
    count = db.execute(
        f"COPY (SELECT {cells} FROM rows) TO '{_text(str(path))}' (FORMAT csv, HEADER, NULLSTR '')"
    ).fetchall()[0][0]
    db.close()
    return int(count)


def _safe(field: Field) -> str:
    name = _name(field)
    signs = ", ".join(f"chr({ord(sign)})" for sign in (*RISKY, MARK))
    return f"CASE WHEN substr({name}, 1, 1) IN ({signs}) THEN chr({ord(MARK)}) || {name} ELSE {name} END AS {name}"


def _name(field: Field) -> str:
    return '"' + field.name.replace('"', '""') + '"'


def _text(value: str) -> str:
    return value.replace("'", "''")


ENTRY = Exporter(name="csv", title="Tidy CSV, safe to open in a spreadsheet program", makes="a folder with one CSV a table", write=write,
                 notes="Text that begins like a formula gets an apostrophe before it.")  # fmt: skip
