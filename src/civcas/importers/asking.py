"""Asks DuckDB one thing and takes the whole answer, so that the connection is free again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb

# DuckDB cuts long messages, now and then in the middle of a character, and Python then cannot read the message.
REFUSED = (duckdb.Error, UnicodeDecodeError)


def one(db: duckdb.DuckDBPyConnection, sql: str, parameters: Sequence[object] = ()) -> Any:
    """The first value of the first row, or None."""
    rows = db.execute(sql, list(parameters)).fetchall()
    return rows[0][0] if rows else None
