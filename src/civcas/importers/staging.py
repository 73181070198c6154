"""Lays a file of any kind out as a Parquet file of texts, so that every table of it is made from the same rows."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import duckdb

from civcas.errors import BadInput, first_line
from civcas.importers.asking import REFUSED
from civcas.importers.given import quote, text
from civcas.importers.header import unique
from civcas.importers.importer import Layout, Options
from civcas.importers.opening import LONGEST_LINE, Opened
from civcas.importers.sheets import write_sheet
from civcas.importers.staged import Staged, layout_of, rows_of, stage_text
from civcas.importers.staging_json import stage_json


def stage(
    db: duckdb.DuckDBPyConnection, opened: Opened, layouts: Sequence[Layout], work: Path, options: Options
) -> Staged:
    """Stage a text table, a JSON document or lines, a sheet or a Parquet file."""
    ways: dict[str, Callable[..., Staged]] = {"json": stage_json, "parquet": _stage_parquet, "text": stage_text}
    if opened.kind == "xlsx":
        sheet = write_sheet(opened.path, work / "sheet.csv", options.sheet, merged=options.merged)
        staged = stage_text(db, sheet.path, layouts, work, replace(options, delimiter=","), opened.given.name)
        above = _records(sheet.path) - staged.given
        noted = [(row - above, said) for row, said in sheet.merged if row > above]
        return replace(staged, epoch=sheet.epoch, noted=noted)
    return ways[opened.kind](db, opened.path, layouts, work, options, opened.given.name)


def _records(path: Path) -> int:
    with path.open(encoding="utf-8", newline="") as text:
        csv.field_size_limit(LONGEST_LINE)
        return sum(1 for row in csv.reader(text) if row)


def _stage_parquet(db: duckdb.DuckDBPyConnection, path: Path, layouts: Sequence[Layout], work: Path, options: Options,
                   name: str) -> Staged:  # fmt: skip
    try:
        described = db.execute(f"DESCRIBE SELECT * FROM read_parquet({text(str(path))})").fetchall()
        given = [str(row[0]) for row in described]
        columns = unique(given)
        layout = layout_of(columns, layouts, name)
        cast = ", ".join(f"CAST({quote(c)} AS VARCHAR) AS {quote(n)}" for c, n in zip(given, columns, strict=True))
        staged = work / "staged.parquet"
        db.execute(f"COPY (SELECT {cast} FROM read_parquet({text(str(path))})) TO {text(str(staged))} (FORMAT parquet)")
    except REFUSED as broken:
        raise BadInput(f"the Parquet file cannot be read: {first_line(broken)}", where=name) from None
    return Staged(path=staged, layout=layout, columns=columns, given=rows_of(db, staged), rejects=())
