"""Reads a sheet of an XLSX file as the values it shows last: no formula is run, no link followed, no macro opened."""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from civcas.errors import BadInput, MissingExtra
from civcas.importers.opening import LONGEST_LINE, checked_zip, reject_many_columns

OVERLAP = 64
MERGED_AT_MOST = 1_000_000
LONGEST_CELL = 1 << 20
NUMBER = re.compile(r"\s*[-+]?[\d.,٠-٩\s]+(?:[-–—][\d\s]+|\+)?\s*")
Spans = dict[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One sheet as CSV: `epoch` is the year from which its days are counted, `merged` says what was done where (row of the CSV, from 1)."""

    path: Path
    epoch: int
    merged: tuple[tuple[int, str], ...]


def write_sheet(path: Path, to: Path, sheet: str = "", *, merged: str = "") -> Sheet:
    """Write one sheet as CSV: the one named, or the only one.

    `merged` "fill" repeats the value of merged cells in each of them, "blank" leaves it in the first. Else a text, such
    as a place, is repeated downwards, since it holds for each of the rows; a number is not, since it would be added up.
    """
    ragged, width = to.with_suffix(".ragged"), 0
    notes: list[tuple[int, str]] = []
    with _opened(path, sheet) as (book, chosen), ragged.open("w", encoding="utf-8", newline="") as text:
        spans = _merged(path, chosen._worksheet_path, refused=merged == "fill")
        lines = csv.writer(text, lineterminator="\n")
        for row in _rows(chosen, spans, merged, path.name, notes):
            width = max(width, len(row))
            lines.writerow(row)
        epoch = 1904 if book.epoch.year == 1904 else 1900
    return Sheet(path=_evened(ragged, to, width), epoch=epoch, merged=tuple(notes))


def _evened(ragged: Path, to: Path, width: int) -> Path:
    """Rows of one width: sheets leave out empty cells at the end of a row."""
    with ragged.open(encoding="utf-8", newline="") as rows, to.open("w", encoding="utf-8", newline="") as text:
        csv.field_size_limit(LONGEST_LINE)
        even = (row + [""] * (width - len(row)) for row in csv.reader(rows))
        csv.writer(text, lineterminator="\n").writerows(even)
    ragged.unlink()
    return to


def holds_merged_cells(path: Path, sheet: str = "") -> bool:
    with _opened(path, sheet) as (_, chosen):
        return next(_merges(path, chosen._worksheet_path), None) is not None


@contextmanager
def _opened(path: Path, sheet: str) -> Iterator[Any]:
    """The sheet, open for reading; whatever its parts make a reader raise is a refusal."""
    openpyxl = _openpyxl()
    try:
        _reject_entities(path)
        with path.open("rb") as file:
            book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
            yield book, _chosen(book, sheet, path)
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


def _merged(path: Path, sheet_file: str, *, refused: bool) -> Spans:
    """For each merged cell, where the value stands; of more than can be filled, none, or the file is `refused`."""
    spans: Spans = {}
    for left, top, right, bottom in _merges(path, sheet_file):
        if len(spans) + (right - left + 1) * (bottom - top + 1) > MERGED_AT_MOST:
            if not refused:
                return {}
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


def _rows(
    sheet: Iterable[Any], spans: Spans, merged: str, name: str, notes: list[tuple[int, str]]
) -> Iterator[list[str]]:
    """The rows that hold anything; what was done about merged cells goes to `notes`."""
    firsts: dict[tuple[int, int], str] = {}
    wanted, reach, given = set(spans.values()), _reach(spans), 0
    for number, row in enumerate(sheet, start=1):
        reject_many_columns(len(row), name)
        cells = ["" if cell.value is None else _as_text(cell.value) for cell in row]
        cells += [""] * (reach.get(number, 0) - len(cells))
        filled, noted = list(cells), []
        for place, value in enumerate(cells, start=1) if spans else ():
            if (number, place) in wanted:
                firsts[(number, place)] = value
            elif not value and (number, place) in spans:
                first = spans[(number, place)]
                filled[place - 1], said = _repeated(firsts.get(first, ""), first, (number, place), merged)
                noted += [said] if said else []
        if any(filled):
            given += 1
            notes += [(given, said) for said in noted]
            _reject_long_cells(filled, name)
            yield filled


def _repeated(value: str, first: tuple[int, int], here: tuple[int, int], merged: str) -> tuple[str, str]:
    """What stands in a merged cell that is not the first of its range, and what to tell of it."""
    if not value:
        return "", ""
    if merged:
        return (value if merged == "fill" else ""), ""
    where = f"{_called(*here)} is merged with {_called(*first)}, which says {value[:60]!r}"
    if first[1] != here[1]:
        return "", f"{where}: left blank, since that is another column"
    if NUMBER.fullmatch(value):
        return "", f"{where}: left blank, since a number must not be counted twice"
    return value, f"{where}: taken for this row too"


def _called(row: int, column: int) -> str:
    from openpyxl.utils.cell import get_column_letter

    return f"{get_column_letter(column)}{row}"


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
