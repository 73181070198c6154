"""The public tables where pages can ask them: one SQLite file, read only, with indexes and full-text search."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from civcas.public.public import Public
from civcas.public.tables import SHOWN
from civcas.terms.table import Field
from civcas.web.folding import folded
from civcas.web.query import Query
from civcas.web.where import where

TYPES = {pa.string(): "TEXT", pa.int64(): "INTEGER", pa.float64(): "REAL", pa.date32(): "TEXT", pa.bool_(): "INTEGER"}
INDEXES = {
    "incident": ("date_start", "killed_min", "place", "grading", "incident_id"),
    "harm": ("incident_id",),
    "attribution": ("belligerent", "incident_id"),
    "incident_report": ("incident_id",),
    "report": ("report_id",),
    "correction": ("subject",),
    "harm_by_period": ("belligerent",),
}
ORDERS = {
    "date": "date_start IS NULL, date_start, incident_id", "-date": "date_start IS NULL, date_start DESC, incident_id",
    "killed": "killed_min IS NULL, killed_min, incident_id", "-killed": "killed_min IS NULL, killed_min DESC, incident_id",
    "place": "place IS NULL, place, incident_id", "-place": "place IS NULL, place DESC, incident_id",
    "grading": "grading, incident_id", "-grading": "grading DESC, incident_id",
}  # fmt: skip
SEARCHED = ("code", "place", "province", "country", "belligerents")
BATCH = 20_000

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One page of what was found: `found` of `of` incidents."""

    rows: list[Row]
    found: int
    of: int


class Site:
    """Asks the public tables. One file, any number of threads, each with a connection of its own."""

    def __init__(self, path: Path, public: Public) -> None:
        self.path, self.public = path, public
        self._own = threading.local()

    @classmethod
    def make(cls, public: Public, path: Path) -> Site:
        """Write the tables of `public` to `path`, a file that is not there yet."""
        with sqlite3.connect(path) as db:
            for name, table in public.tables.items():
                _fill(db, name, table)
            _index_words(db)
            db.execute("ANALYZE")
        db.close()
        return cls(path, public)

    def incidents(self, query: Query) -> Listed:
        """The incidents a query asks for, in its order, one page of them."""
        condition, values = where(query)
        found = self.ask(f"SELECT count(*) AS n FROM incident WHERE {condition}", values)[0]["n"]
        rows = self.ask(
            f"SELECT * FROM incident WHERE {condition} ORDER BY {ORDERS[query.sort]} LIMIT ? OFFSET ?",
            (*values, query.size, (query.page - 1) * query.size),
        )
        return Listed(rows=rows, found=found, of=self.public.tables["incident"].num_rows)

    def incident(self, address: str) -> Row | None:
        found = self.ask("SELECT * FROM incident WHERE address = ?", (address,))
        return found[0] if found else None

    def ask(self, question: str, values: Sequence[Any] = ()) -> list[Row]:
        """Rows of a question; every value is a parameter, never part of the text."""
        cursor = self._db().execute(question, tuple(values))
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]

    def _db(self) -> sqlite3.Connection:
        if not hasattr(self._own, "db"):
            self._own.db = sqlite3.connect(f"file:{self.path}?mode=ro&immutable=1", uri=True, check_same_thread=False)
        db: sqlite3.Connection = self._own.db
        return db


def _fill(db: sqlite3.Connection, name: str, table: pa.Table) -> None:
    columns = ", ".join(f'"{f.name}" {_type(f)}' for f in SHOWN[name].fields)
    key = ", ".join(SHOWN[name].key)
    db.execute(f'CREATE TABLE "{name}" ({columns}{f", PRIMARY KEY ({key})" if name == "gone" else ""}) STRICT')
    places = ", ".join("?" for _ in SHOWN[name].fields)
    db.executemany(f'INSERT INTO "{name}" VALUES ({places})', _rows(table))
    for column in INDEXES.get(name, ()):
        db.execute(f'CREATE INDEX "{name}_{column}" ON "{name}" ("{column}")')
    if name == "incident":
        db.execute("CREATE UNIQUE INDEX incident_address ON incident (address)")


def _type(field: Field) -> str:
    return TYPES[field.type]


def _rows(table: pa.Table) -> Iterator[tuple[Any, ...]]:
    for batch in table.to_batches(max_chunksize=BATCH):
        plain = [c.cast(pa.string()) if pa.types.is_date(c.type) else c for c in batch.columns]
        yield from zip(*(c.to_pylist() for c in plain), strict=True)


def _index_words(db: sqlite3.Connection) -> None:
    """Full-text search over words as `folded` leaves them, so that a search finds them however they are spelt."""
    db.create_function("folded", 1, folded, deterministic=True)
    db.execute("CREATE VIRTUAL TABLE incident_words USING fts5(words, content='', tokenize='unicode61')")
    joined = " || ' ' || ".join(f"coalesce({name}, '')" for name in SEARCHED)
    db.execute(f"INSERT INTO incident_words (rowid, words) SELECT rowid, folded({joined}) FROM incident")
