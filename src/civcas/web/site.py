"""The public tables where pages can ask them: one SQLite file, read only, with indexes and full-text search."""

from __future__ import annotations

import hashlib
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa

from civcas.errors import CivcasError
from civcas.public.public import About, Public
from civcas.public.tables import SHOWN
from civcas.terms.range_sum import RangeSum, sums_sql
from civcas.web import storing
from civcas.web.query import Query
from civcas.web.where import where

ORDERS = {
    "date": "date_start IS NULL, date_start, rowid", "-date": "date_start IS NULL, date_start DESC, rowid",
    "killed": "killed_min IS NULL, killed_min, rowid", "-killed": "killed_min IS NULL, killed_min DESC, rowid",
    "place": "place IS NULL, place, rowid", "-place": "place IS NULL, place DESC, rowid",
    "grading": "grading, rowid", "-grading": "grading DESC, rowid",
}  # fmt: skip
REMEMBERED = 2_000  # answers kept of questions that may be asked again
FEW = 12  # what is found is few when it is less than one in so many
STEPS = 20_000  # instructions of SQLite between two looks at the clock

Row = dict[str, Any]
T = TypeVar("T")


class TooLong(CivcasError):
    """A question took longer than a public page may take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One page of what was found: `found` of `of` incidents."""

    rows: list[Row]
    found: int
    of: int
    sums: RangeSum


class Site:
    """Asks the public tables. One file, any number of threads, each with a connection of its own. The file never changes.

    `seconds` is how long one question may take; a longer one raises `TooLong`.
    """

    def __init__(self, path: Path, *, seconds: float | None = None) -> None:
        self.path, self.seconds = path, seconds
        self._own = threading.local()
        self._remembered: dict[Any, Any] = {}

    @classmethod
    def make(cls, public: Public, path: Path) -> Site:
        """Write the tables of `public` to `path`, a file that is not there yet."""
        storing.store(public, path, ORDERS)
        return cls(path)

    @cached_property
    def about(self) -> About:
        return About(**storing.kept(self.ask("SELECT text FROM kept WHERE name = 'about'")))

    @cached_property
    def claims(self) -> tuple[Mapping[str, Any], ...]:
        return tuple(storing.kept(self.ask("SELECT text FROM kept WHERE name = 'claims'")))

    @cached_property
    def fingerprint(self) -> str:
        """Names these tables: another letter anywhere gives another fingerprint."""
        with self.path.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()

    @cached_property
    def sizes(self) -> dict[str, int]:
        """How many rows each public table has."""
        return {name: self.ask(f'SELECT count(*) AS n FROM "{name}"')[0]["n"] for name in SHOWN}

    @cached_property
    def public(self) -> Public:
        """The tables as they were given, rows in the order of their keys."""
        return Public.of(self.about, {name: self.table(name) for name in SHOWN}, self.claims)

    @cached_property
    def files(self) -> list[Row]:
        """Files that lie beside the pages of a release: name, bytes, sha256; none where the site is live."""
        return []

    @property
    def of(self) -> int:
        return self.sizes["incident"]

    def incidents(self, query: Query) -> Listed:
        """The incidents a query asks for, in its order, one page of them."""
        sums = self.found(query)
        rows = self.rows(query, query.size, (query.page - 1) * query.size)
        return Listed(rows=rows, found=sums.incidents, of=self.of, sums=sums)

    def rows(self, query: Query, size: int, start: int = 0) -> list[Row]:
        """So many of the incidents found, from the one that `start` others come before."""
        return list(self.every(query, f"LIMIT {int(size)} OFFSET {int(start)}"))

    def every(self, query: Query, part: str = "") -> Iterator[Row]:
        """All that are found, one at a time, in the query's order.

        Many are met soon on the way through the order's index; few are looked up by the filters' index first, and sorted.
        """
        condition, values = where(query)
        if self.found(query).incidents * FEW < self.of:
            condition = f"rowid IN (SELECT rowid FROM incident INDEXED BY incident_filters WHERE {condition})"
        return self.each(
            f"SELECT {storing.columns('incident')} FROM incident WHERE {condition} ORDER BY {ORDERS[query.sort]} {part}",
            values,
        )

    def found(self, query: Query) -> RangeSum:
        """How many a query finds, and their sums: remembered, since the file never changes."""
        condition, values = where(query)
        return self.remember(("found", condition, *values), lambda: self._found(condition, values))

    def _found(self, condition: str, values: Sequence[Any]) -> RangeSum:
        return RangeSum(**self.ask(f"SELECT {sums_sql()} FROM incident WHERE {condition}", values)[0])

    def incident(self, address: str) -> Row | None:
        found = self.ask(f"SELECT {storing.columns('incident')} FROM incident WHERE address = ?", (address,))
        return found[0] if found else None

    def gone(self, address: str) -> Row | None:
        found = self.ask("SELECT * FROM gone WHERE address = ?", (address,))
        return found[0] if found else None

    def choices(self, column: str) -> list[str]:
        """What occurs in a column of `incident`, or as belligerent, most often first."""
        table = "attribution" if column == "belligerent" else "incident"
        if column not in {f.name for f in SHOWN[table].fields}:
            raise KeyError(column)
        question = (
            f'SELECT "{column}" AS word FROM {table} WHERE "{column}" IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1'
        )
        return self.remember(("choices", column), lambda: [row["word"] for row in self.ask(question)])

    def table(self, name: str) -> pa.Table:
        """A public table as Arrow again."""
        return storing.table(name, self.ask(f'SELECT {storing.columns(name)} FROM "{name}" ORDER BY rowid'))

    def remember(self, key: Any, make: Callable[[], T]) -> T:
        """The answer made before under this key, else `make()`; the oldest are forgotten."""
        if key not in self._remembered:
            made = make()
            while len(self._remembered) >= REMEMBERED:
                self._remembered.pop(next(iter(self._remembered)), None)
            self._remembered[key] = made
        kept: T = self._remembered[key]
        return kept

    def ask(self, question: str, values: Sequence[Any] = ()) -> list[Row]:
        """Rows of a question; every value is a parameter, never part of the text."""
        return list(self.each(question, values))

    def column(self, name: str) -> list[Any]:
        """One column of every incident, in the order of their ids."""
        if name not in {f.name for f in SHOWN["incident"].fields}:
            raise KeyError(name)
        return [value for (value,) in self._db().execute(f'SELECT "{name}" FROM incident ORDER BY rowid')]

    def each(self, question: str, values: Sequence[Any] = ()) -> Iterator[Row]:
        """The same rows one at a time, for what is too long to hold."""
        db = self._db()
        if self.seconds:
            until = time.monotonic() + self.seconds
            db.set_progress_handler(lambda: int(time.monotonic() > until), STEPS)
        try:
            cursor = db.execute(question, tuple(values))
            names = [column[0] for column in cursor.description]
            for row in cursor:
                yield dict(zip(names, row, strict=True))
        except sqlite3.OperationalError as stopped:
            if "interrupted" not in str(stopped):
                raise
            raise TooLong(f"the question takes more than {self.seconds:g} seconds", do="Ask for less of it.") from None

    def _db(self) -> sqlite3.Connection:
        if not hasattr(self._own, "db"):
            self._own.db = storing.opened(self.path)
        db: sqlite3.Connection = self._own.db
        return db
