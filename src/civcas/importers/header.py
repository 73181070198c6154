"""Finds the header of a table of text: which layout it belongs to, on which line, with which delimiter."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from civcas.errors import BadInput
from civcas.importers.given import PREPARED, plain
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
        for mark in delimiters:
            for skip, row in _rows(head, mark, layout.quoted):
                if fits(layout, row):
                    reject_many_columns(len(row), name)
                    return Header(layout=layout, columns=unique(row), skip=skip, delimiter=mark)
    for layout in layouts:
        for mark in delimiters:
            _, first = next(_rows(head, mark, layout.quoted), (0, []))
            for names in layout.headerless:
                if len(first) == len(names):
                    return Header(layout=layout, columns=names, skip=0, delimiter=mark)
    raise BadInput("no row near the top is a header of this format", where=name, expected=_nearest(head, layouts, delimiters),
                   do="If it is another format, see: civcas formats. For a table of your own: civcas map FILE")  # fmt: skip


def fits(layout: Layout, names: Sequence[str]) -> bool:
    if layout.header:
        return layout.header(names)
    return {plain(n) for n in layout.expected} <= {plain(n) for n in names}


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
    def lacking(layout: Layout) -> list[str]:
        rows = (row for mark in delimiters for _, row in _rows(head, mark, layout.quoted))
        wanted = {plain(n): n for n in layout.expected}
        missing = [[n for p, n in wanted.items() if p not in {plain(c) for c in row}] for row in rows]
        return min(missing, key=len, default=list(layout.expected))

    best = min(layouts, key=lambda layout: len(lacking(layout)) / max(len(layout.expected), 1))
    return f"the columns {', '.join(best.expected)}; missing: {', '.join(lacking(best))}"
