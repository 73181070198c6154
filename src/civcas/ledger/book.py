"""The ledger itself: entries are appended, read and never changed."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple, Self

import sqlalchemy as sa

from civcas.errors import BadInput
from civcas.ledger.clock import Clock, system_clock, time_after
from civcas.ledger.entry import GENESIS, Draft, Entry, EntryKind, chained
from civcas.ledger.moment import Moment
from civcas.ledger.store import ENTRY, SCHEMA, Store
from civcas.terms.canonical import storable

Guard = Callable[[sa.Connection], None]
"""Looks at the ledger before the writer's entries are added, while no one else can write; raises to stop them."""


class Head(NamedTuple):
    """The last entry: everything before it is fixed by its hash."""

    sequence: int
    hash: str
    at: str


class Appended(NamedTuple):
    """A batch as it stands in the ledger: its first and last entry, the hash of the last, and the time of all."""

    first: int
    last: int
    hash: str
    at: str


EMPTY = Head(0, GENESIS, "")


class Ledger:
    """Append-only and hash-chained entries in one database."""

    def __init__(self, store: Store, *, case: str, clock: Clock = system_clock) -> None:
        self.store, self.case, self.clock = store, case, clock

    @classmethod
    def create(cls, address: str | Path, *, case: str, clock: Clock = system_clock) -> Self:
        """A ledger for the case of that id; one that is there already is opened."""
        store = Store(address)
        try:
            store.create({"schema": str(SCHEMA), "case": case})
        finally:
            store.close()
        return cls.open(address, clock=clock)

    @classmethod
    def open(cls, address: str | Path, *, clock: Clock = system_clock, wait_seconds: float = 30.0) -> Self:
        if isinstance(address, Path) and not address.exists():
            raise BadInput("there is no ledger here", where=str(address), do="Make a case with: civcas new DIR")
        store = Store(address, wait_seconds=wait_seconds)
        try:
            about = store.about()
            if "schema" not in about:
                raise BadInput(
                    "this database holds no ledger", where=store.where, do="Make a case with: civcas new DIR"
                )
            newer_is_refused(about["schema"], where=store.where)
        except BaseException:
            store.close()
            raise
        return cls(store, case=about.get("case", ""), clock=clock)

    def close(self) -> None:
        self.store.close()

    def head(self, until: Moment | None = None) -> Head:
        """The last entry, or the last up to and with a moment."""
        with self.store.reading() as connection:
            return head(connection, until)

    def append(self, drafts: Sequence[Draft], *, author: str, batch: str = "", guard: Guard | None = None) -> Appended:
        """Add the drafts as one batch, all or none, durably; the only way anything enters the ledger.

        `guard` may look at the ledger first and raise to stop the batch.
        """
        if not author.strip():
            raise BadInput("the entry has no author", do='Say who you are, with --by NAME or CIVCAS_AUTHOR="NAME"')
        for texts in ((author, batch), *(map(itemgetter(part), drafts) for part in range(len(Draft._fields)))):
            storable("".join(texts), what="the entry")
        with self.store.writing() as connection:
            if guard:
                guard(connection)
            last = head(connection)
            rows = chained(
                drafts,
                at=time_after(self.clock, last.at),
                author=author,
                batch=batch or secrets.token_hex(8),
                after=last.sequence,
                previous=last.hash,
            )
            self.store.insert(connection, ENTRY, rows)
        return Appended(last.sequence + 1, rows[-1][0], rows[-1][-1], rows[-1][1])

    def entry(self, sequence: int) -> Entry:
        """The entry of that number."""
        found = next(self.entries(after=sequence - 1, until=Moment(sequence=sequence)), None)
        if found is None:
            raise BadInput(f"there is no entry {sequence}", where=self.store.where)
        return found

    def entries(
        self,
        *,
        until: Moment | None = None,
        after: int = 0,
        subject: str | None = None,
        kinds: Iterable[EntryKind] | None = None,
    ) -> Iterator[Entry]:
        """Entries in order, those that match; read as they are asked for."""
        chosen = upto(sa.select(ENTRY), until).where(ENTRY.c.sequence > after).order_by(ENTRY.c.sequence)
        if subject is not None:
            chosen = chosen.where(ENTRY.c.subject == subject)
        if kinds is not None:
            chosen = chosen.where(ENTRY.c.kind.in_([str(kind) for kind in kinds]))
        with self.store.reading() as connection:
            for rows in self.store.rows(connection, chosen):
                yield from map(Entry._make, rows)

    def authors(self) -> set[str]:
        """Everybody who ever wrote an entry."""
        with self.store.reading() as connection:
            return set(connection.scalars(sa.select(ENTRY.c.author).distinct()))

    def count(self, kinds: Iterable[EntryKind]) -> int:
        """How many entries of these kinds there are."""
        counted = sa.select(sa.func.count()).select_from(ENTRY).where(ENTRY.c.kind.in_([str(kind) for kind in kinds]))
        with self.store.reading() as connection:
            return connection.scalar(counted) or 0


def newer_is_refused(schema: str, *, where: str) -> None:
    if int(schema) > SCHEMA:
        raise BadInput(
            f"this case was written by a newer civcas (schema {schema})",
            where=where,
            expected=f"schema {SCHEMA} or older",
            do="Nothing was changed. Upgrade with: pip install --upgrade civcas",
        )


def head(connection: sa.Connection, until: Moment | None = None) -> Head:
    last = sa.select(ENTRY.c.sequence, ENTRY.c.hash, ENTRY.c.at).order_by(ENTRY.c.sequence.desc()).limit(1)
    row = connection.execute(upto(last, until)).first()
    return Head(*row) if row else EMPTY


def upto(statement: sa.Select[Any], until: Moment | None) -> sa.Select[Any]:
    """The statement over the entries up to and with a moment. Times never fall along the chain, so this is a prefix."""
    if until is not None and until.sequence is not None:
        return statement.where(ENTRY.c.sequence <= until.sequence)
    if until is not None and until.at is not None:
        return statement.where(ENTRY.c.at <= until.at)
    return statement
