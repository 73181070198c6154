"""Looks at whole columns of dates: whether numbers have the day or the month first is a matter of the column, not of a cell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import duckdb

from civcas.errors import BadInput
from civcas.importers.answering import DOTTED, shown
from civcas.importers.days import orders, possible
from civcas.importers.given import DAY_FIRST, MONTH_FIRST, Dated, Given

BATCH = 10_000
CLOCK = r"\s+\d{1,2}:\d\d.*$"


def shown_orders(db: duckdb.DuckDBPyConnection, rows: str, given: Given, name: str) -> dict[str, str]:
    """The order that each column of dates shows by cells that can be read in one way only.

    A column that shows neither keeps the order of its publisher. Where nobody is known to say, and a cell may be two
    days, the file is refused with both: a guess would move the dead to another month.
    """
    found = {}
    for label, column in given.dated.items():
        if column.said:
            continue
        order, doubtful = _order(db, rows, column, given.latest)
        if doubtful and not order and not column.order:
            raise _either_way(label, doubtful, given.latest, name)
        if order in (DAY_FIRST, MONTH_FIRST):
            found[label] = order
    return found


def _order(db: duckdb.DuckDBPyConnection, rows: str, column: Dated, latest: dt.date) -> tuple[str, str]:
    """ "dmy" or "mdy" where some cells allow one of them alone, "both" where cells contradict each other; and a cell that is two days."""
    seen: set[str] = set()
    doubtful = ""
    for cell in _cells(db, rows, column.cell):
        first, second = (each if possible(each, latest) else None for each in orders(cell, latest))
        if first == second:
            continue
        if first and second:
            doubtful = doubtful or ("" if DOTTED.match(cell) else cell)
        else:
            seen.add(DAY_FIRST if first else MONTH_FIRST)
    return (seen.pop() if len(seen) == 1 else "both" if seen else ""), doubtful


def _cells(db: duckdb.DuckDBPyConnection, rows: str, cell: str) -> Iterator[str]:
    """The different cells with a number in them, without the hour of the day."""
    asked = db.execute(f"""SELECT DISTINCT regexp_replace({cell}, '{CLOCK}', '') FROM {rows}
        WHERE {cell} NOT LIKE '____-__-__%' AND regexp_matches({cell}, '\\d') ORDER BY 1""")
    while batch := asked.fetchmany(BATCH):
        yield from (str(word) for (word,) in batch)


def _either_way(label: str, cell: str, latest: dt.date, name: str) -> BadInput:
    first, second = orders(cell, latest)
    return BadInput(
        f"{cell!r} is {shown(first)} or {shown(second)}, and no other cell shows which",
        where=f"{name}, column {label}",
        expected="days that can be read in one way",
        do="Look at the publisher's page, then say --date-format day-first or --date-format month-first.",
    )
