"""Asks DuckDB one thing and takes the whole answer, so that the connection is free again."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from civcas.importers.given import text

# DuckDB cuts long messages, now and then in the middle of a character, and Python then cannot read the message.
REFUSED = (duckdb.Error, UnicodeDecodeError)
MEMORY = "1GiB"


def connect(work: Path | None = None) -> duckdb.DuckDBPyConnection:
    """A private in-memory DuckDB that spills to `work`, loads no extension from anywhere, and keeps rows in order."""
    threads = max(1, min(4, os.cpu_count() or 1))
    db = duckdb.connect(
        ":memory:", config={"memory_limit": MEMORY, "threads": threads, "autoinstall_known_extensions": False}
    )
    # What stands in one file must not change the types of its tables: DuckDB writes a column without blanks as one that allows none.
    db.execute("SET disabled_optimizers = 'statistics_propagation'")
    db.execute(f"SET temp_directory = {text(str(work / 'spill') if work else '')}")
    db.execute("SET TimeZone = 'UTC'")  # a moment is the same day on every machine
    return db


def one(db: duckdb.DuckDBPyConnection, sql: str, parameters: Sequence[object] = ()) -> Any:
    """The first value of the first row, or None."""
    rows = db.execute(sql, list(parameters)).fetchall()
    return rows[0][0] if rows else None


def streamed(db: duckdb.DuckDBPyConnection, sql: str, rows: int) -> Iterator[pa.RecordBatch]:
    """The answer in batches of so many rows, in order, as DuckDB makes them."""
    reader = db.sql(sql).to_arrow_reader(rows)
    while True:
        try:
            batch = next(reader)
        except StopIteration:
            return
        except (OSError, pa.ArrowException) as refused:  # what DuckDB's errors become on their way through a stream
            raise duckdb.Error(str(refused)) from None
        yield batch
