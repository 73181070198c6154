"""Reads a sheet of an XLSX file as the values it shows last: no formula is run, no link followed, no macro opened."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path
from typing import Any

from civcas.errors import BadInput, MissingExtra
from civcas.importers.opening import checked_zip

LOOKED_AT = 50  # rows that settle how wide the sheet is
OVERLAP = 64
Spans = dict[tuple[int, int], tuple[int, int]]


def write_sheet(path: Path, to: Path, sheet: str = "", *, fill: bool = False) -> Path:
    """Write one sheet as CSV: the one named, or the only one. `fill` repeats the value of merged cells in each of them."""
    with _opened(path, sheet) as chosen, to.open("w", encoding="utf-8", newline="") as text:
        spans = _merged(path, chosen._worksheet_path) if fill else {}
        csv.writer(text, lineterminator="\n").writerows(_even(_rows(chosen, spans)))
    return to


def holds_merged_cells(path: Path, sheet: str = "") -> bool:
    with _opened(path, sheet) as chosen:
        return bool(_merged(path, chosen._worksheet_path))


@contextmanager
def _opened(path: Path, sheet: str) -> Iterator[Any]:
    """The sheet, open for reading; whatever its parts make a reader raise is a refusal."""
    openpyxl = _openpyxl()
    try:
        _reject_entities(path)
        with path.open("rb") as file:
            book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
            yield _chosen(book, sheet, path)
    except BadInput:
        raise
    except Exception as broken:  # openpyxl names no error of its own: a damaged book raises any of a dozen
        raise BadInput(
            f"the spreadsheet cannot be read: {type(broken).__name__}: {broken}"[:300], where=path.name
        ) from None


def _openpyxl() -> Any:
    try:
        import defusedxml  # type: ignore[import-untyped]  # noqa: F401
        import openpyxl
    except ImportError:
        raise MissingExtra("Reading a spreadsheet (XLSX)", "spreadsheets") from None
    return openpyxl


def _reject_entities(path: Path) -> None:
    """No part of a spreadsheet declares entities; one that does wants the reader to unfold or fetch them."""
    with checked_zip(path) as archive:
        for entry in archive.infolist():
            with archive.open(entry) as part:
                before = b""
                while piece := part.read(1 << 20):
                    if b"<!DOCTYPE" in before + piece or b"<!ENTITY" in before + piece:
                        raise BadInput(f"{entry.filename} declares XML entities", where=path.name,
                                       expected="a spreadsheet as programs save it")  # fmt: skip
                    before = piece[-OVERLAP:]


def _merged(path: Path, sheet_file: str) -> Spans:
    """For each merged cell but the first of its range, where the value stands."""
    from defusedxml.ElementTree import iterparse  # type: ignore[import-untyped]
    from openpyxl.utils.cell import range_boundaries

    spans: Spans = {}
    with checked_zip(path) as archive, archive.open(sheet_file.lstrip("/")) as stream:
        for _, element in iterparse(stream):
            if element.tag.endswith("}mergeCell"):
                left, top, right, bottom = range_boundaries(element.attrib["ref"])
                cells = ((row, column) for row in range(top, bottom + 1) for column in range(left, right + 1))
                spans |= {cell: (top, left) for cell in islice(cells, 100_000)}
            element.clear()
    return spans


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


def _rows(sheet: Iterable[Any], spans: Spans) -> Iterator[list[str]]:
    firsts: dict[tuple[int, int], str] = {}
    wanted = set(spans.values())
    for number, row in enumerate(sheet, start=1):
        cells = ["" if cell.value is None else _as_text(cell.value) for cell in row]
        for place, value in enumerate(cells, start=1) if spans else ():
            if (number, place) in wanted:
                firsts[(number, place)] = value
            elif not value and (number, place) in spans:
                cells[place - 1] = firsts.get(spans[(number, place)], "")
        if any(cells):
            yield cells


def _even(rows: Iterator[list[str]]) -> Iterator[list[str]]:
    """Rows of one width: sheets leave out empty cells at the end of a row."""
    head = list(islice(rows, LOOKED_AT))
    width = max((len(row) for row in head), default=0)
    for row in chain(head, rows):
        yield row + [""] * (width - len(row))


def _as_text(value: Any) -> str:
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)
