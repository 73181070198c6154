"""The life of one subject: the imports that brought or changed it, and every decision about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import sqlalchemy as sa

from civcas.case.folder import Folder
from civcas.case.intake import table_path
from civcas.case.vintage import kept
from civcas.ledger.book import upto
from civcas.ledger.entry import Entry
from civcas.ledger.moment import Moment
from civcas.ledger.store import ENTRY
from civcas.terms.canonical import canonical
from civcas.terms.tables import TABLES


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One entry in a subject's life. `values` is the whole row where an import brought it; else the entry's body."""

    entry: int
    at: str
    author: str
    kind: str
    subject: str
    values: dict[str, Any]
    because: str


def history(case: Folder, subject: str | None = None, *, until: Moment | None = None) -> list[Event]:
    """Everything the ledger holds on a subject, or on all where none is named, in order."""
    entries = (
        [_told(entry) for entry in case.ledger.entries(until=until)]
        if subject is None
        else _about(case, subject, until)
    )
    brought = _brought(case, subject, until) if subject is not None else []
    return sorted([*entries, *brought], key=lambda event: event.entry)


def _about(case: Folder, subject: str, until: Moment | None) -> list[Event]:
    """Entries on the subject itself, and on pairs it is part of."""
    mark = subject.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    named = sa.or_(
        ENTRY.c.subject == subject,
        ENTRY.c.subject.like(f"{mark} + %", escape="\\"),
        ENTRY.c.subject.like(f"% + {mark}", escape="\\"),
    )
    with case.ledger.store.reading() as connection:
        return [_told(Entry._make(row)) for row in connection.execute(upto(sa.select(ENTRY), until).where(named))]


def _told(entry: Entry) -> Event:
    return Event(
        entry=entry.sequence, at=entry.at, author=entry.author, kind=entry.kind, subject=entry.subject,
        values=entry.says, because=entry.reason,
    )  # fmt: skip


def _brought(case: Folder, subject: str, until: Moment | None) -> Iterator[Event]:
    """The imports in which the subject's row first stood, or stood differently than in the one before."""
    last: dict[str, str] = {}
    for made in kept(case, until):
        for name, file in made.tables.items():
            row = _row(table_path(case, name, file), name, subject) if name in TABLES else None
            if row is None or last.get(name) == (text := canonical(row)):
                continue
            last[name] = text
            yield Event(
                entry=made.sequence, at=made.at, author=made.author, kind="import", subject=subject,
                values={"table": name, "row": row}, because=made.reason,
            )  # fmt: skip


def _row(path: Path, table: str, subject: str) -> dict[str, Any] | None:
    """The subject's row in one file; None where it is not in it, or the file is gone."""
    key = TABLES[table].key
    if len(key) != 1 or not path.exists():
        return None
    with duckdb.connect() as engine:
        found = engine.sql(f"SELECT * FROM read_parquet(?) WHERE {key[0]} = ?", params=[str(path), subject])
        rows: list[dict[str, Any]] = found.to_arrow_table().to_pylist()
    return {name: _plain(value) for name, value in rows[0].items() if value is not None} if rows else None


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool) else str(value)
