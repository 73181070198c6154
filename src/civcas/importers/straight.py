"""Reads a clean table of text once: cells become values, and values tables, as DuckDB reads them; nothing is written twice.

A table is clean when every row can be read. At the first row that cannot, this way gives up, and the careful one accounts for
each: `staging` keeps every cell as text, so that a row can be shown as it stood.
"""

from __future__ import annotations

from concurrent.futures import Executor
from pathlib import Path

import duckdb

from civcas.importers.asking import REFUSED
from civcas.importers.counting import count_rows
from civcas.importers.given import Given
from civcas.importers.header import Header
from civcas.importers.plan import Plan
from civcas.importers.staged import blanked
from civcas.importers.tabling import Tabled, write_tables
from civcas.importers.unread import readable
from civcas.importers.values import question


def table_straight(
    db: duckdb.DuckDBPyConnection, path: Path, header: Header, plan: Plan, given: Given, folder: Path, aside: Executor
) -> Tabled | None:
    """The tables of every row; None when a row cannot be read, or counts differ.

    Our own count of rows is made `aside` meanwhile, and held against DuckDB's.
    """
    source = header.table(path)
    counted = aside.submit(count_rows, path, skip=header.skip, quoted=header.layout.quoted)
    asked, wanted = question(plan, given, numbered=False), readable(plan)
    if plan.own_id:
        wanted += f" AND trim({plan.own_id.value}) <> ''"
    cells = blanked(given.mentioned(asked.sql, wanted), header.layout.blank_words)
    rows = given.prepared(f"(SELECT {cells} FROM {source.sql()})")
    clean = f"CASE WHEN {wanted} THEN TRUE ELSE error('a row cannot be read') END"
    try:
        tabled = write_tables(db, asked, f"{rows} WHERE {clean}", folder)
    except REFUSED:
        return None
    return tabled if tabled.rows == counted.result() else None
