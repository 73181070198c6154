"""Writes the public tables into one SQLite file, with the indexes and the search that pages ask, and reads them back."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa

from civcas.public.public import Public
from civcas.public.tables import SHOWN
from civcas.terms.table import Field
from civcas.web.folding import folded

TYPES = {pa.string(): "TEXT", pa.int64(): "INTEGER", pa.float64(): "REAL", pa.date32(): "TEXT", pa.bool_(): "INTEGER"}
INDEXES = {
    "harm": ("incident_id",),
    "attribution": ("belligerent", "incident_id"),
    "incident_report": ("incident_id",),
    "report": ("report_id",),
    "correction": ("subject",),
    "decided": ("subject",),
    "harm_by_period": ("belligerent",),
    "doubt": ("incident_id",),
}
# every column that a filter or a sum reads, so that counting never opens the rows themselves
FILTERED = (
    "date_start",
    "grading",
    "country",
    "province",
    "strike_status",
    "named",
    "latitude",
    "killed_min",
    "killed_max",
    "parties",
)
SEARCHED = ("code", "place", "province", "country", "belligerents")
BATCH = 20_000
RARE = 1 << 62  # the bit of every belligerent that has none of its own


def columns(name: str, of: str = "") -> str:
    """The columns of a public table, spelt out, so that what is kept beside them for speed is never shown."""
    return ", ".join(f'{of}"{f.name}"' for f in SHOWN[name].fields)


def store(public: Public, path: Path, orders: Mapping[str, str]) -> None:
    """Write everything to a new file, rows in the order of their keys: the same tables give the same answers in the same order."""
    db = sqlite3.connect(path)
    with db:
        db.execute("PRAGMA journal_mode = OFF")
        db.execute("PRAGMA synchronous = OFF")
        for name, table in public.tables.items():
            _fill(db, name, table)
        _name_parties(db)
        _index_incidents(db, orders)
        _index_words(db)
        db.execute("CREATE TABLE kept (name TEXT PRIMARY KEY, text TEXT) STRICT")
        db.execute("INSERT INTO kept VALUES ('about', ?)", (json.dumps(asdict(public.about)),))
        db.execute("INSERT INTO kept VALUES ('claims', ?)", (json.dumps(list(public.claims)),))
        db.execute("ANALYZE")
    db.close()


def opened(path: Path) -> sqlite3.Connection:
    """The file for reading only: nothing asked of it can write, attach or load anything."""
    db = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True, check_same_thread=False)
    db.execute("PRAGMA query_only = ON")
    db.execute("PRAGMA mmap_size = 1073741824")
    db.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    return db


def kept(rows: list[dict[str, Any]]) -> Any:
    return json.loads(rows[0]["text"])


def table(name: str, rows: list[dict[str, Any]]) -> pa.Table:
    """Rows as they come from the file, in the types of the allow-list."""
    fields = SHOWN[name].fields
    columns = {
        f.name: pa.array([row[f.name] for row in rows], pa.string() if pa.types.is_date(f.type) else f.type)
        for f in fields
    }
    return SHOWN[name].conform(pa.table(columns)) if rows else SHOWN[name].schema.empty_table()


def _fill(db: sqlite3.Connection, name: str, table: pa.Table) -> None:
    shown = SHOWN[name]
    columns = ", ".join(f'"{f.name}" {_type(f)}' for f in shown.fields)
    db.execute(f'CREATE TABLE "{name}" ({columns}) STRICT')
    places = ", ".join("?" for _ in shown.fields)
    ordered = table.sort_by([(key, "ascending") for key in shown.key]) if shown.key else table
    db.executemany(f'INSERT INTO "{name}" VALUES ({places})', _rows(ordered))
    for column in INDEXES.get(name, ()):
        db.execute(f'CREATE INDEX "{name}_{column}" ON "{name}" ("{column}")')


def _type(field: Field) -> str:
    return TYPES[field.type]


def _rows(table: pa.Table) -> Iterator[tuple[Any, ...]]:
    for batch in table.to_batches(max_chunksize=BATCH):
        plain = [c.cast(pa.string()) if pa.types.is_date(c.type) else c for c in batch.columns]
        yield from zip(*(c.to_pylist() for c in plain), strict=True)


def _index_incidents(db: sqlite3.Connection, orders: Mapping[str, str]) -> None:
    """One index an order, so that a page is read and not sorted; and one that covers every filter."""
    for number, order in enumerate(orders.values()):
        db.execute(f"CREATE INDEX incident_order_{number} ON incident ({order.removesuffix(', rowid')})")
    db.execute(f"CREATE INDEX incident_filters ON incident ({', '.join(FILTERED)})")
    for column in ("incident_id", "address"):
        db.execute(f"CREATE UNIQUE INDEX incident_{column} ON incident ({column})")
    db.execute("CREATE UNIQUE INDEX gone_address ON gone (address)")


def _name_parties(db: sqlite3.Connection) -> None:
    """Who is named by row number, and as bits of one number: those named most have one each, all others share the last."""
    db.execute(
        "CREATE TABLE party (incident INTEGER, belligerent TEXT, PRIMARY KEY (incident, belligerent)) WITHOUT ROWID, STRICT"
    )
    db.execute(
        "INSERT OR IGNORE INTO party SELECT i.rowid, a.belligerent FROM attribution a JOIN incident i USING (incident_id)"
    )
    named = db.execute("SELECT belligerent FROM party GROUP BY 1 ORDER BY count(*) DESC, 1").fetchall()
    db.execute("CREATE TABLE side (belligerent TEXT PRIMARY KEY, bit INTEGER) STRICT")
    db.executemany("INSERT INTO side VALUES (?, ?)", [(name, min(1 << at, RARE)) for at, (name,) in enumerate(named)])
    db.execute("ALTER TABLE incident ADD COLUMN parties INTEGER NOT NULL DEFAULT 0")
    db.execute(
        "UPDATE incident SET parties = found.bits FROM (SELECT incident, sum(DISTINCT bit) AS bits FROM party JOIN side "
        "USING (belligerent) GROUP BY 1) AS found WHERE found.incident = incident.rowid"
    )


def _index_words(db: sqlite3.Connection) -> None:
    """Full-text search over words as `folded` leaves them, so that a search finds them however they are spelt."""
    db.create_function("folded", 1, folded, deterministic=True)
    db.execute("CREATE VIRTUAL TABLE incident_words USING fts5(words, content='', tokenize='unicode61')")
    joined = " || ' ' || ".join(f"coalesce({name}, '')" for name in SEARCHED)
    db.execute(f"INSERT INTO incident_words (rowid, words) SELECT rowid, folded({joined}) FROM incident")
