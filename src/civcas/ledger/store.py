"""Where entries are kept: SQLite in the case folder, or PostgreSQL for teams; the same tables and promises on both."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa

from civcas.errors import BadInput, Busy, CivcasError, MissingExtra, NoSpace, ReadOnly
from civcas.ledger.entry import Entry

SCHEMA = 1
WAIT_SECONDS = 30.0
BATCH_HERE, BATCH_SERVED = 512, 8192
"""Rows fetched at once: in process few, since more make the garbage collector walk them; from a server enough to save calls."""
_WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

METADATA = sa.MetaData()
ENTRY = sa.Table(
    "entry",
    METADATA,
    sa.Column("sequence", _WHOLE, primary_key=True, autoincrement=False),
    *(sa.Column(name, sa.Text, nullable=False, index=name == "subject") for name in Entry._fields[1:]),
    sqlite_strict=True,
)
CHECKPOINT = sa.Table(
    "checkpoint",
    METADATA,
    sa.Column("sequence", _WHOLE, primary_key=True, autoincrement=False),
    *(sa.Column(name, sa.Text, nullable=False) for name in ("at", "hash", "key", "signature")),
    sqlite_strict=True,
)
ABOUT = sa.Table(
    "about",
    METADATA,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
    sqlite_strict=True,
)


class Store:
    """A database of entries. `address` is a path of a SQLite file or a postgresql:// address."""

    def __init__(self, address: str | Path, *, wait_seconds: float = WAIT_SECONDS) -> None:
        self.address, self.wait_seconds = address, wait_seconds
        self.sqlite = isinstance(address, Path)
        self.where = str(address) if isinstance(address, Path) else sa.make_url(address).render_as_string()
        self.engine = self._sqlite(address) if isinstance(address, Path) else self._postgresql(address)

    def close(self) -> None:
        self.engine.dispose()

    def create(self, about: dict[str, str]) -> None:
        """Make the tables, the triggers that refuse change, and what the database says about itself; twice is once."""
        with self.writing(create=True) as connection:
            METADATA.create_all(connection)
            for statement in guards(self.sqlite):
                connection.exec_driver_sql(statement)
            known = set(connection.scalars(sa.select(ABOUT.c.name)))
            rows = [{"name": name, "value": value} for name, value in about.items() if name not in known]
            if rows:
                connection.execute(sa.insert(ABOUT), rows)

    def about(self) -> dict[str, str]:
        """What the database says about itself; empty where it is not yet made."""
        with self.reading() as connection:
            if not sa.inspect(connection).has_table("about"):
                return {}
            return {name: value for name, value in connection.execute(sa.select(ABOUT))}

    @contextlib.contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """One consistent view of the ledger, whatever is appended meanwhile."""
        begin = "BEGIN" if self.sqlite else "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
        with self._transaction(begin) as connection:
            yield connection

    @contextlib.contextmanager
    def writing(self, *, create: bool = False) -> Iterator[sa.Connection]:
        """The only writer there is until the end; then everything is kept, durably, or nothing is."""
        with self._transaction("BEGIN IMMEDIATE" if self.sqlite else "BEGIN") as connection:
            if not self.sqlite:
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = {int(self.wait_seconds * 1000)}")
                connection.exec_driver_sql(
                    # any number, the same for every civcas: two makers of one ledger take turns
                    "SELECT pg_advisory_xact_lock(8242)" if create else "LOCK TABLE entry IN SHARE ROW EXCLUSIVE MODE"
                )
            yield connection

    def insert(self, connection: sa.Connection, table: sa.Table, rows: Sequence[tuple[Any, ...]]) -> None:
        """All rows in one statement of the driver: nothing is built for a row."""
        mark = "?" if self.sqlite else "%s"
        names = ", ".join(column.name for column in table.columns)
        marks = ", ".join([mark] * len(table.columns))
        connection.exec_driver_sql(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", list(rows))

    def rows(self, connection: sa.Connection, statement: sa.Select[Any]) -> Iterator[list[tuple[Any, ...]]]:
        """What the statement finds, in lists of plain tuples from the driver's own cursor, without holding them all."""
        compiled = statement.compile(dialect=self.engine.dialect, compile_kwargs={"render_postcompile": True})
        driver: Any = connection.connection.driver_connection
        cursor = driver.cursor() if self.sqlite else driver.cursor(name="rows")
        words = compiled.params
        try:
            cursor.execute(str(compiled), [words[n] for n in compiled.positiontup or ()] if self.sqlite else words)
            while found := cursor.fetchmany(BATCH_HERE if self.sqlite else BATCH_SERVED):
                yield found
        finally:
            cursor.close()

    @contextlib.contextmanager
    def _transaction(self, begin: str) -> Iterator[sa.Connection]:
        try:
            with self.engine.connect() as connection:
                connection.exec_driver_sql(begin)
                try:
                    yield connection
                    connection.exec_driver_sql("COMMIT")
                except BaseException as stopped:
                    self._take_back(connection, full="disk is full" in str(stopped))
                    raise
        except sa.exc.DBAPIError as failed:
            raise explained(failed.orig, where=self.where) from failed
        except self._refused as failed:
            raise explained(failed, where=self.where) from failed

    def _take_back(self, connection: sa.Connection, *, full: bool) -> None:
        """Undo what was not committed; on a full disk, give back the space that SQLite's log took for it."""
        with contextlib.suppress(
            sa.exc.SQLAlchemyError
        ):  # a full disk, or a server that is gone, has already rolled back
            connection.exec_driver_sql("ROLLBACK")
        if self.sqlite and full:
            with contextlib.suppress(sa.exc.DBAPIError):
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    @property
    def _refused(self) -> type[Exception]:
        """What the driver raises where it is asked directly."""
        driver: Any = self.engine.dialect.loaded_dbapi
        error: type[Exception] = driver.Error
        return error

    def _sqlite(self, path: Path) -> sa.Engine:
        def connect() -> sqlite3.Connection:
            connection = sqlite3.connect(
                f"file:{quote(str(path))}?{_mode(path)}",
                uri=True,
                timeout=self.wait_seconds,
                isolation_level=None,
                check_same_thread=False,
            )
            if os.access(path.parent, os.W_OK, effective_ids=True):
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA synchronous = FULL")
            return connection

        return sa.create_engine("sqlite://", creator=connect, poolclass=sa.QueuePool, isolation_level="AUTOCOMMIT")

    def _postgresql(self, address: str) -> sa.Engine:
        url = sa.make_url(address)
        if url.get_backend_name() != "postgresql":
            raise BadInput(f"{self.where!r} is no ledger address", expected="sqlite or postgresql://user@host/database")
        try:
            return sa.create_engine(url.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
        except ModuleNotFoundError:
            raise MissingExtra("a ledger on PostgreSQL", "postgresql") from None


def _mode(path: Path) -> str:
    """How to open the file: a folder that cannot be written is read as it stands, with what waits beside the file."""
    if os.access(path.parent, os.W_OK, effective_ids=True):
        return "mode=rwc"
    waiting = path.with_name(path.name + "-wal")
    return "mode=ro" if waiting.exists() and waiting.stat().st_size else "mode=ro&immutable=1"


def guards(sqlite: bool) -> list[str]:
    """Triggers that refuse every change but an addition.

    In SQLite a REPLACE deletes without asking the delete trigger, so that a row which is there already is refused
    too. They stop mistakes; one who owns the file can drop them, which is what the chain and the checkpoints are for.
    """
    if not sqlite:
        refuse = (
            "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'nothing in the ledger is changed or removed'; END $$"
        )
        return [refuse] + [
            f"CREATE OR REPLACE TRIGGER {table}_{name} BEFORE {event} ON {table} FOR EACH {each} EXECUTE FUNCTION refuse_change()"
            for table in ("entry", "checkpoint")
            for name, event, each in (("stays", "UPDATE OR DELETE", "ROW"), ("is_kept", "TRUNCATE", "STATEMENT"))
        ]
    return [
        f"CREATE TRIGGER IF NOT EXISTS {table}_{name} BEFORE {event} ON {table} {when} "
        "BEGIN SELECT RAISE(ABORT, 'nothing in the ledger is changed or removed'); END"
        for table in ("entry", "checkpoint")
        for name, event, when in (
            ("stays", "UPDATE", ""),
            ("is_kept", "DELETE", ""),
            ("is_new", "INSERT", f"WHEN EXISTS (SELECT 1 FROM {table} WHERE sequence = NEW.sequence)"),
        )
    ]


def explained(failed: BaseException | None, *, where: str) -> CivcasError:
    """The database's refusal as one clear message; what it did not commit is not there."""
    said, code = str(failed), getattr(failed, "sqlstate", None)
    if "disk is full" in said or "disk I/O error" in said or code == "53100":
        return NoSpace(
            f"no space is left for the ledger ({said})",
            where=where,
            do="Nothing was recorded and nothing was lost. Free some space, and try again",
        )
    if "locked" in said or code == "55P03":
        return Busy(
            "someone else is writing to the ledger and did not finish in time",
            where=where,
            do="Nothing was recorded. Try again when the other has finished",
        )
    if "readonly" in said or "read-only" in said or code in ("25006", "42501"):
        return ReadOnly("the ledger can be read but not written", where=where, do="Nothing was recorded")
    if "not a database" in said or "malformed" in said:
        return BadInput(f"this is not a ledger, or the file is damaged ({said})", where=where, expected="a SQLite file")
    if "unable to open" in said:
        return BadInput("the ledger cannot be opened", where=where, expected="a file that this user may read")
    if "connection" in said or code in ("57P01", "57P02", "57P03"):
        return Busy(
            f"the database cannot be reached ({said.strip().splitlines()[0]})",
            where=where,
            do="If it went away in the middle of writing, look at civcas log before you try again: the last may be recorded",
        )
    if "nothing in the ledger" in said:
        return BadInput(
            "nothing in the ledger is changed or removed", where=where, do="Append a decision that supersedes"
        )
    return BadInput(f"the database refused: {said.strip()}", where=where)
