"""Reads a clean table of text once: cells become values as DuckDB reads them, and nothing is written twice.

A table is clean when every row can be read. At the first row that cannot, this way gives up, and the careful one accounts for
each: `staging` keeps every cell as text, so that a row can be shown as it stood.
"""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path

import duckdb

from civcas.importers.asking import REFUSED, one
from civcas.importers.counting import count_rows
from civcas.importers.given import Given, quote, text
from civcas.importers.header import Header
from civcas.importers.plan import Column, Doubt, Plan
from civcas.importers.staging import Staged, forget_rejects, rejects_found
from civcas.importers.tabling import blanked, content_name, readable, rest, sql_type
from civcas.terms.tables import table


def type_straight(
    db: duckdb.DuckDBPyConnection, path: Path, header: Header, plan: Plan, given: Given, work: Path, aside: Executor
) -> tuple[Staged, Plan] | None:
    """Typed rows, and the plan that takes tables from them; None when a row cannot be read, or counts differ.

    Our own count of rows is made `aside` meanwhile, and held against DuckDB's.
    """
    source, to = header.table(path), work / "typed.parquet"
    counted = aside.submit(count_rows, path, skip=header.skip, quoted=header.layout.quoted)
    typed = _Typed()
    taken = _taken(plan, given, typed)
    forget_rejects(db)
    cells = f"SELECT {blanked(source.columns, header.layout.blank_words)} FROM {source.sql(rejects=True)}"
    clean = f"CASE WHEN {readable(plan)} THEN TRUE ELSE error('a row cannot be read') END"
    try:
        copied = f"COPY (SELECT {typed.sql()} FROM ({cells}) WHERE {clean}) TO {text(str(to))} (FORMAT parquet)"
        rows = one(db, copied)
    except REFUSED:
        return None
    if rows != counted.result() or rejects_found(db, header):
        return None
    staged = Staged(
        path=to, layout=header.layout, columns=header.columns, given=rows, rejects=(), typed=True, text=source
    )
    return staged, taken


class _Typed:
    """Columns of the typed rows: equal values stand in one column."""

    def __init__(self) -> None:
        self._named: dict[str, str] = {}

    def column(self, value: str, kind: str = "VARCHAR") -> str:
        """The column, as SQL spells it, that will hold this value."""
        return quote(self._named.setdefault(f"CAST({value} AS {kind})", f"value {len(self._named) + 1}"))

    def sql(self) -> str:
        return ", ".join(f"{value} AS {quote(name)}" for value, name in self._named.items())


def _taken(plan: Plan, given: Given, typed: _Typed) -> Plan:
    """The same plan over typed columns: nothing can fail any more."""
    tables = {}
    for place, (name, columns) in enumerate(plan.tables.items()):
        contract = table(name).schema
        tables[name] = {f: _read(typed, c.value, sql_type(contract.field(f).type)) for f, c in columns.items()}
        if place == 0 and "extra" in contract.names and (extra := rest(given)):
            tables[name].setdefault("extra", _read(typed, extra, "VARCHAR"))
    own = plan.own_id.value if plan.own_id else content_name(given.columns)
    return replace(
        plan, tables=tables, own_id=_read(typed, own, "VARCHAR"), doubts=tuple(_said(typed, d) for d in plan.doubts)
    )


def _read(typed: _Typed, value: str, kind: str) -> Column:
    return Column(value=typed.column(value, kind) if value != "NULL" else value)


def _said(typed: _Typed, doubt: Doubt) -> Doubt:
    when = typed.column(f"({doubt.when})", "BOOLEAN")
    return Doubt(when=when, kind=doubt.kind, says=typed.column(f"CASE WHEN {doubt.when} THEN {doubt.says} END"))
