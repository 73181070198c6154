"""Reads a sheet of an XLSX file as the values it shows last: no formula is run, no link followed, no macro opened."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from civcas.errors import BadInput, MissingExtra
from civcas.importers.opening import checked_zip


def write_sheet(path: Path, to: Path, sheet: str = "") -> Path:
    """Write one sheet as CSV: the one named, or the only one that holds anything."""
    openpyxl = _openpyxl()
    checked_zip(path).close()
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
        with to.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream, lineterminator="\n").writerows(_rows(_chosen(book, sheet, path)))
        book.close()
    except BadInput:
        raise
    except Exception as broken:  # openpyxl names no error of its own: a damaged book raises any of a dozen
        raise BadInput(
            f"the spreadsheet cannot be read: {type(broken).__name__}: {broken}"[:300], where=path.name
        ) from None
    return to


def merged_ranges(path: Path, sheet_file: str = "xl/worksheets/sheet1.xml") -> list[str]:
    """References like `A2:A4` of the merged cells of a sheet."""
    from defusedxml.ElementTree import iterparse  # type: ignore[import-untyped]

    with checked_zip(path) as archive, archive.open(sheet_file) as stream:
        return [e.attrib["ref"] for _, e in iterparse(stream) if e.tag.endswith("}mergeCell")]


def _openpyxl() -> Any:
    try:
        import defusedxml  # type: ignore[import-untyped]  # noqa: F401  # openpyxl parses with it where it is there
        import openpyxl
    except ImportError:
        raise MissingExtra("Reading a spreadsheet (XLSX)", "spreadsheets") from None
    return openpyxl


def _chosen(book: Any, sheet: str, path: Path) -> Any:
    names = book.sheetnames
    if sheet:
        if sheet not in names:
            raise BadInput(f"there is no sheet {sheet!r}", where=path.name, expected="one of " + ", ".join(names))
        return book[sheet]
    if len(names) > 1:
        raise BadInput(f"the spreadsheet holds {len(names)} sheets", where=path.name,
                       do="Say which with --sheet: " + ", ".join(names))  # fmt: skip
    return book[names[0]]


def _rows(sheet: Iterable[Any]) -> Iterator[list[str]]:
    for row in sheet:
        cells = ["" if cell.value is None else _as_text(cell.value) for cell in row]
        if any(cells):
            yield cells


def _as_text(value: Any) -> str:
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)
