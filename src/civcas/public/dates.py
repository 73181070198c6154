"""Which dates may be shown: those from 1900 to the end of the year after the case's last entry. Any other is not known.

A clerk's 9999 or a computer's 0001 is a slip and no day. What was received stays in the case; nothing made from it is published.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.compute as pc

from civcas.public.tables import SHOWN
from civcas.terms.table import Field
from civcas.terms.tables import TABLES

EARLIEST = dt.date(1900, 1, 1)
LAST_YEAR = 2100  # where nothing says when the case was
PRECISION, UNKNOWN = "date_precision", "unknown"


def latest(as_of: str) -> dt.date:
    """The last day that may be shown: the end of the year after the day of the last entry, since plans reach that far."""
    return dt.date(int(as_of[:4]) + 1 if as_of else LAST_YEAR, 12, 31)


def imported(tables: Mapping[str, ibis.Table], last: dt.date) -> dict[str, ibis.Table]:
    """Tables as imported, with every date that may not be shown unknown, so that no sum or span is made from it."""
    return {name: _imported(table, name, last) for name, table in tables.items()}


def shown(table: pa.Table, name: str, last: dt.date) -> pa.Table:
    """A public table, in the same way; a row of a table whose rows must be dated is left out."""
    for field, follow in _dates(SHOWN[name].fields):
        if field.name not in table.column_names:
            continue
        days = table[field.name].cast(pa.date32())
        bad = pc.fill_null(pc.or_(pc.less(days, pa.scalar(EARLIEST)), pc.greater(days, pa.scalar(last))), False)
        if not pc.any(bad).as_py():
            continue
        if not field.nullable:
            table = table.filter(pc.invert(bad))
            continue
        for each, instead in ((field.name, None), *((f, v) for f, v in follow.items() if f in table.column_names)):
            values = table[each]
            known = pc.if_else(bad, pa.scalar(instead, values.type), values)
            table = table.set_column(table.column_names.index(each), each, known)
    return table


def _imported(table: ibis.Table, name: str, last: dt.date) -> ibis.Table:
    if name not in TABLES:
        return table
    for field, follow in _dates(TABLES[name].fields):
        if field.name not in table.columns:
            continue
        day: Any = table[field.name]
        bad = (~day.between(ibis.literal(EARLIEST), ibis.literal(last))).fill_null(False)
        if not field.nullable:
            table = table.filter(~bad)
            continue
        found = {field.name: None} | {f: v for f, v in follow.items() if f in table.columns}
        table = table.mutate(
            **{f: ibis.ifelse(bad, ibis.literal(v, table[f].type()), table[f]) for f, v in found.items()}
        )
    return table


def _dates(fields: tuple[Field, ...]) -> Iterator[tuple[Field, dict[str, str | None]]]:
    """Each field that holds a day, and what others say where it is not known: without a first day there is no last one."""
    for field in fields:
        if pa.types.is_date(field.type):
            first = field.name.endswith("_start")
            yield field, {f"{field.name.removesuffix('start')}end": None, PRECISION: UNKNOWN} if first else {}
