"""Looks at a table nobody has seen: its columns, some of its values, and what whole columns come to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from civcas.errors import BadInput
from civcas.importers.asking import connect
from civcas.importers.columns import reading
from civcas.importers.given import plain, quote, text
from civcas.importers.header import SEARCHED, VALUE, looks_like_header
from civcas.importers.importer import Layout, Options
from civcas.importers.opening import Opened, open_file
from civcas.importers.plan import EASTERN, WESTERN, Plan
from civcas.importers.sheets import holds_merged_cells
from civcas.importers.staging import stage

LOOKED_AT = 2000
ROWS_TOLD, CELLS_TOLD = 2, 12
RUNS_FROM = 8  # rows and different values from which a column that never falls looks like a total that runs on
UNNAMED = re.compile(r"column_\d+|.+_\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One column: the name that a mapping uses, the name to read (that of two rows of a header together), and values."""

    name: str
    called: str
    values: Sequence[str]

    @property
    def filled(self) -> list[str]:
        return [v for v in self.values if v.strip()]

    @property
    def examples(self) -> str:
        return ", ".join(list(dict.fromkeys(v.strip()[:40] for v in self.filled))[:3])


@dataclass(frozen=True, slots=True)
class Look:
    """A table, open for questions about whole columns."""

    db: duckdb.DuckDBPyConnection
    path: Path
    opened: Opened
    columns: dict[str, Seen]
    rows: int
    second: bool  # the first row of values is a second row of the header
    merged: bool  # cells below the header are merged
    _sums: dict[str, tuple[int, bool]] = field(default_factory=dict)

    def total(self, name: str) -> int:
        """What a column comes to over the file; of a range, the lower end."""
        return self._summed(name)[0]

    def runs_on(self, name: str) -> bool:
        """Whether a column only ever grows down the file, or only ever shrinks."""
        return self._summed(name)[1]

    def different(self, name: str) -> tuple[int, int]:
        """How many rows say something in this column, and how many different things they say."""
        cell = f"nullif(trim({quote(name)}), '')"
        found = self.db.execute(f"SELECT count({cell}), count(DISTINCT {cell}) FROM {self._rows()}").fetchone()
        return (int(found[0]), int(found[1])) if found else (0, 0)

    def _summed(self, name: str) -> tuple[int, bool]:
        if name not in self._sums:
            cell = f"translate({quote(name)}, {text(EASTERN)}, {text(WESTERN)})"
            number = f"TRY_CAST(regexp_extract({cell}, '^\\s*(\\d+)', 1) AS BIGINT)"
            step = "v - lag(v) OVER (ORDER BY n)"
            rows = f"(SELECT {number} AS v, file_row_number AS n FROM {self._rows()} WHERE {number} IS NOT NULL)"
            found = self.db.execute(f"""SELECT coalesce(sum(v), 0), count(*), count(DISTINCT v),
                count(*) FILTER (s < 0), count(*) FILTER (s > 0)
                FROM (SELECT v, {step} AS s FROM {rows})""").fetchone()
            total, many, different, falls, rises = map(int, found or (0, 0, 0, 0, 0))
            self._sums[name] = (total, many >= RUNS_FROM and different >= RUNS_FROM - 2 and min(falls, rises) == 0)
        return self._sums[name]

    def _rows(self) -> str:
        return f"read_parquet({text(str(self.path))}, file_row_number=true)"


@contextmanager
def looking(path: Path, work: Path, options: Options) -> Iterator[Look]:
    """The table of a file, laid out in `work`; where no row names columns, what stands in the first rows is told."""
    opened = open_file(path, work, encodings=(), encoding=options.encoding, member=options.member)
    near: list[Sequence[str]] = []
    db = connect(work)
    try:
        staged = _staged(db, opened, near, work, options)
        cells = ", ".join(quote(c) for c in staged.columns)
        rows = db.execute(f"SELECT {cells} FROM read_parquet({text(str(staged.path))}) LIMIT {LOOKED_AT}").fetchall()
        values = {
            name: ["" if row[i] is None else str(row[i]) for row in rows] for i, name in enumerate(staged.columns)
        }
        _fill_late(db, staged.path, values)
        second = _second_row(values)
        columns = _seen(values, second=second)
        merged = opened.kind == "xlsx" and holds_merged_cells(opened.path, options.sheet)
        if merged and second:
            merged = any(row > 1 for row, _ in staged.noted)
        yield Look(db, staged.path, opened, columns, staged.given, second, merged)
    finally:
        db.close()


SOUGHT = "a row that names two or more columns, each differently, in words"


def _staged(db: duckdb.DuckDBPyConnection, opened: Opened, near: list[Sequence[str]], work: Path, options: Options):  # type: ignore[no-untyped-def]
    def names(cells: Sequence[str]) -> bool:
        if sum(bool(c.strip()) for c in cells) > 1:
            near.append(cells)
        return names_columns(cells)

    layout = Layout(name="unseen", expected=(), plan=lambda given: Plan(tables={}), header=names, sought=SOUGHT,
                    records=("data", "rows", "records", "results", "features"))  # fmt: skip
    try:
        return stage(db, opened, (layout,), work, options)
    except BadInput as refused:
        widest = sorted(near, key=len, reverse=True)[:ROWS_TOLD]
        if SOUGHT not in str(refused):
            raise
        saw = "; ".join(" | ".join(c.strip()[:40] for c in row[:CELLS_TOLD] if c.strip()) for row in widest)
        seen = f"these rows were seen: {saw}" if saw else "no row of several cells was seen, so it may be no table"
        raise BadInput(f"none of the first {SEARCHED} rows is {SOUGHT}", where=opened.given.name,
                       expected=f"{SOUGHT}; {seen}",
                       do="Give the table a first row with a name for each column.") from None  # fmt: skip


def _fill_late(db: duckdb.DuckDBPyConnection, path: Path, values: dict[str, list[str]]) -> None:
    """A column that is empty in the first rows may say something further down."""
    for name, cells in values.items():
        if len(cells) == LOOKED_AT and not any(c.strip() for c in cells):
            found = db.execute(f"""SELECT {quote(name)} FROM read_parquet({text(str(path))}, file_row_number=true)
                WHERE trim({quote(name)}) <> '' ORDER BY file_row_number LIMIT {LOOKED_AT // 10}""").fetchall()
            cells.extend(str(row[0]) for row in found)


def names_columns(cells: Sequence[str]) -> bool:
    """Whether a row names columns: it looks like a header, or two of its cells say what columns of harm are called.

    The upper of two rows of a header is mostly blank, since its cells stand over several columns.
    """
    if looks_like_header(cells):
        return True
    named = [c.strip() for c in cells if c.strip()]
    if len(named) < 2 or any(VALUE.fullmatch(c) or len(c) > 80 for c in named):
        return False
    from civcas.importers.guessing import fields_of

    return sum(bool(reading(c).what or fields_of(c)) for c in named) >= 2


def _second_row(values: dict[str, list[str]]) -> bool:
    """Whether the first row names columns too: words alone, where the header left blanks or stands over several columns."""
    first = [v[0].strip() for v in values.values() if v]
    words = [c for c in first if c]
    blank = [name for name, v in values.items() if UNNAMED.fullmatch(name) and v and v[0].strip()]
    if not blank or any(VALUE.fullmatch(c) or len(c) > 60 for c in words):
        return False
    later = [v for name in blank for v in values[name][1:20] if v.strip()]
    return bool(later) and sum(bool(VALUE.fullmatch(v.strip())) for v in later) * 2 >= len(later)


def _seen(values: dict[str, list[str]], *, second: bool) -> dict[str, Seen]:
    """Columns with the name of the group that they stand under: a blank name belongs to the one before it."""
    found, above = {}, ""
    for name, cells in values.items():
        blank = bool(re.fullmatch(r"column_\d+", name))
        above = above if blank else re.sub(r"_\d+$", "", name) if second else name
        below = cells[0].strip() if second and cells else ""
        under = "" if plain(below) == plain(above) else below
        called = f"{above} {under}".strip() if second else name
        found[name] = Seen(name=name, called=called, values=cells[1:] if second else cells)
    return found
