"""Finds the header of a table of text: which layout it belongs to, on which line, with which delimiter."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from civcas.errors import BadInput
from civcas.importers.given import PREPARED, loosely, plain, spellings
from civcas.importers.importer import Layout
from civcas.importers.opening import reject_many_columns
from civcas.importers.text_table import TextTable

DELIMITERS = (",", ";", "\t", "|")
HEAD = 1 << 20
OWN_NAMES = (
    "row",
    "file_row_number",
    "civcas row",
    "civcas reason",
    "civcas id",
    *(f"{PREPARED} {n}" for n in range(1, 33)),
)  # a published column has another name than these
NAMED_AT_LEAST = 2
VALUE = re.compile(
    r"[\d٠-٩\s.,:/+%$€£()~<>=-]+(?:[TZ][\d:.+Z-]*)?|(?i:true|false|n/?a|yes|no)"
)  # what stands in rows, not above them
YEAR = re.compile(r"(?:19|20)\d\d")
SEARCHED = 40  # rows looked at for a header: some publishers write a preamble first


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """Names of the columns, the lines that come before the first row, and how cells are told apart."""

    layout: Layout
    columns: tuple[str, ...]
    skip: int
    delimiter: str

    def table(self, path: Path) -> TextTable:
        """The file under this header, for DuckDB to read."""
        return TextTable(path=path, columns=self.columns, skip=self.skip, delimiter=self.delimiter,
                         quote='"' if self.layout.quoted else "")  # fmt: skip


def find_header(path: Path, layouts: Sequence[Layout], *, name: str, delimiter: str = "") -> Header:
    """The first layout whose expected columns stand in one row near the top; else a headerless one by width."""
    with path.open("rb") as stream:
        head = stream.read(HEAD).decode("utf-8", errors="ignore")
    delimiters = (delimiter,) if delimiter else DELIMITERS
    for layout in layouts:
        rows = [(skip, mark, row) for mark in delimiters for skip, row in _rows(head, mark, layout.quoted)]
        fitting = [each for each in rows if fits(layout, each[2])]
        if fitting:
            # Of a header told by its looks alone, the first row, split by what splits it most: a comma may stand in a cell.
            skip, mark, row = min(fitting, key=lambda each: (each[0], -len(each[2]))) if layout.header else fitting[0]
            reject_many_columns(len(row), name)
            return Header(layout=layout, columns=unique(row), skip=skip, delimiter=mark)
    for layout in layouts:
        for mark in delimiters:
            _, first = next(_rows(head, mark, layout.quoted), (0, []))
            for names in layout.headerless:
                if len(first) == len(names):
                    return Header(layout=layout, columns=names, skip=0, delimiter=mark)
    sought = next((layout.sought for layout in layouts if layout.sought), "")
    raise BadInput(
        f"none of the first {SEARCHED} rows is " + (sought or "a header of this format"),
        where=name,
        expected=_nearest(head, layouts, delimiters)
        if any(layout.expected for layout in layouts)
        else f"{sought}, above the rows",
        do="If it is another format, see: civcas formats. For a table of your own: civcas map FILE",
    )


def fits(layout: Layout, names: Sequence[str]) -> bool:
    if layout.header:
        return layout.header(names)
    there = {loosely(n) for n in names}
    return all(any(loosely(n) in there for n in spellings(each, layout.also)) for each in layout.expected)


def looks_like_header(cells: Sequence[str]) -> bool:
    """Whether a row nobody has seen names columns: several cells, each named differently, none a number or a date alone.

    Real headers hold years and ages ("deaths 2014", "under 18"), and spreadsheets hold empty columns on the right.
    """
    last = max((place for place, cell in enumerate(cells, start=1) if cell.strip()), default=0)
    named = [c.strip() for c in cells[:last] if c.strip()]
    if len(named) < max(NAMED_AT_LEAST, last * 0.6) or len({plain(c) for c in named}) < len(named):
        return False
    values = [c for c in named if VALUE.fullmatch(c)]
    return len(values) < len(named) and all(YEAR.fullmatch(c) for c in values)


def unique(names: Iterable[str]) -> tuple[str, ...]:
    """Names as published; an empty one is called after its place, a repeated one gets a number."""
    found: list[str] = []
    taken: set[str] = set(OWN_NAMES)
    for place, name in enumerate(names, start=1):
        spelt = wanted = name.strip("\ufeff \t\r\n") or f"column_{place}"
        again = 1
        while plain(spelt) in taken:
            again += 1
            spelt = f"{wanted}_{again}"
        taken.add(plain(spelt))
        found.append(spelt)
    return tuple(found)


def _rows(head: str, delimiter: str, quoted: bool) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(
        io.StringIO(head, newline=""), delimiter=delimiter, quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE
    )
    for _ in range(SEARCHED):
        try:
            row = next(reader, None)
        except csv.Error:
            return
        if row is None:
            return
        if row:
            yield reader.line_num, row


def _nearest(head: str, layouts: Sequence[Layout], delimiters: Sequence[str]) -> str:
    """What the nearest layout wants and no row has."""
    there = [{loosely(c) for c in row} for mark in delimiters for _, row in _rows(head, mark, layouts[0].quoted)]

    def lacking(layout: Layout) -> list[str]:
        missing = [
            [n for n in layout.expected if not {loosely(s) for s in spellings(n, layout.also)} & row] for row in there
        ]
        return min(missing, key=len, default=list(layout.expected))

    best = min(layouts, key=lambda layout: len(lacking(layout)) / max(len(layout.expected), 1))
    return f"the columns {', '.join(best.expected)}; missing: {', '.join(lacking(best))}"
