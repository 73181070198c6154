"""Reads a sheet of an XLSX file as the values it shows last: no formula is run, no link followed, no macro opened."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from civcas.errors import BadInput, MissingExtra
from civcas.importers.opening import LONGEST_LINE, checked_zip, reject_many_columns

OVERLAP = 64
MERGED_AT_MOST = 1_000_000
LONGEST_CELL = 1 << 20
Spans = dict[tuple[int, int], tuple[int, int]]


def write_sheet(path: Path, to: Path, sheet: str = "", *, fill: bool = False) -> Path:
    """Write one sheet as CSV: the one named, or the only one. `fill` repeats the value of merged cells in each of them."""
    ragged, width = to.with_suffix(".ragged"), 0
    with _opened(path, sheet) as chosen, ragged.open("w", encoding="utf-8", newline="") as text:
        spans = _merged(path, chosen._worksheet_path) if fill else {}
        lines = csv.writer(text, lineterminator="\n")
        for row in _rows(chosen, spans, path.name):
            width = max(width, len(row))
            lines.writerow(row)
    return _evened(ragged, to, width)


def _evened(ragged: Path, to: Path, width: int) -> Path:
    """Rows of one width: sheets leave out empty cells at the end of a row."""
    with ragged.open(encoding="utf-8", newline="") as rows, to.open("w", encoding="utf-8", newline="") as text:
        csv.field_size_limit(LONGEST_LINE)
        even = (row + [""] * (width - len(row)) for row in csv.reader(rows))
        csv.writer(text, lineterminator="\n").writerows(even)
    ragged.unlink()
    return to


def holds_merged_cells(path: Path, sheet: str = "") -> bool:
    with _opened(path, sheet) as chosen:
        return next(_merges(path, chosen._worksheet_path), None) is not None


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
    """For each merged cell, where the value stands."""
    spans: Spans = {}
    for left, top, right, bottom in _merges(path, sheet_file):
        if len(spans) + (right - left + 1) * (bottom - top + 1) > MERGED_AT_MOST:
            raise BadInput(f"more than {MERGED_AT_MOST:,} cells are merged", where=path.name, expected="merged cells within the table",
                           do="Unmerge what is blank, or write merged: blank.")  # fmt: skip
        spans |= {(row, column): (top, left) for row in range(top, bottom + 1) for column in range(left, right + 1)}
    return spans


def _merges(path: Path, sheet_file: str) -> Iterator[tuple[int, int, int, int]]:
    """Each range of merged cells: first column, first row, last column, last row."""
    from defusedxml.ElementTree import iterparse  # type: ignore[import-untyped]
    from openpyxl.utils.cell import range_boundaries

    with checked_zip(path) as archive, archive.open(sheet_file.lstrip("/")) as stream:
        for _, element in iterparse(stream):
            if element.tag.endswith("}mergeCell"):
                yield range_boundaries(element.attrib["ref"])
            element.clear()


def _chosen(book: Any, sheet: str, path: Path) -> Any:
    names = book.sheetnames
    if sheet:
        if sheet not in names:
            raise BadInput(f"there is no sheet {sheet!r}", where=path.name, expected="one of " + ", ".join(names))
        return _as_wide_as_it_is(book[sheet])
    if len(names) > 1:
        raise BadInput(f"the spreadsheet holds {len(names)} sheets", where=path.name,
                       do="Say which with --sheet: " + ", ".join(names))  # fmt: skip
    return _as_wide_as_it_is(book[names[0]])


def _as_wide_as_it_is(sheet: Any) -> Any:
    """A sheet may declare any size; what counts is the cells that it holds."""
    sheet.reset_dimensions()
    return sheet


def _rows(sheet: Iterable[Any], spans: Spans, name: str) -> Iterator[list[str]]:
    firsts: dict[tuple[int, int], str] = {}
    wanted, reach = set(spans.values()), _reach(spans)
    for number, row in enumerate(sheet, start=1):
        reject_many_columns(len(row), name)
        cells = ["" if cell.value is None else _as_text(cell.value) for cell in row]
        cells += [""] * (reach.get(number, 0) - len(cells))
        for place, value in enumerate(cells, start=1) if spans else ():
            if (number, place) in wanted:
                firsts[(number, place)] = value
            elif not value and (number, place) in spans:
                cells[place - 1] = firsts.get(spans[(number, place)], "")
        if any(cells):
            _reject_long_cells(cells, name)
            yield cells


def _reject_long_cells(cells: list[str], name: str) -> None:
    if max(map(len, cells)) > LONGEST_CELL:
        raise BadInput(f"a cell holds more than {LONGEST_CELL:,} characters", where=name,
                       expected="cells as spreadsheets keep them, of at most 32,767")  # fmt: skip


def _reach(spans: Spans) -> dict[int, int]:
    """The last merged column of each row: a sheet may leave out the empty cells of a range."""
    found: dict[int, int] = {}
    for row, column in spans:
        found[row] = max(found.get(row, 0), column)
    return found


def _as_text(value: Any) -> str:
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)
