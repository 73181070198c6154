"""What the tests of the register share: made-up reports as tables, decisions as the ledger replays them, and rows to compare."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import ibis
import pyarrow as pa

from civcas.terms.tables import TABLES

Rows = list[tuple[Any, ...]]


def arrow(name: str, given: list[dict[str, Any]]) -> pa.Table:
    """Rows of one table in its contract's columns; what is not said is unknown."""
    schema = TABLES[name].schema
    columns = {c: [row.get(c) for row in given] for c in sorted({c for row in given for c in row})}
    return TABLES[name].conform(pa.table({c: pa.array(v, schema.field(c).type) for c, v in columns.items()}))


def report(*rows: dict[str, Any]) -> dict[str, ibis.Table]:
    usual = {"dataset": "d", "row_is": "incident", "country": "E", "grading": "Fair", "belligerents": "A"}
    given = [usual | {"report_id": f"d:{n}"} | row for n, row in enumerate(rows, start=1)]
    return {"report": ibis.memtable(arrow("report", given))}


def rows(table: ibis.Table, *columns: str) -> Rows:
    return sorted((tuple(r[c] for c in columns) for r in table.to_pyarrow().to_pylist()), key=str)


def whole(built: Mapping[str, ibis.Table]) -> dict[str, list[dict[str, Any]]]:
    """Every table with all its rows, in an order that does not hang on the engine."""
    return {name: plain_rows(table, name) for name, table in built.items()}


def plain_rows(table: ibis.Table, name: str) -> list[dict[str, Any]]:
    return sorted(TABLES[name].conform(table.to_pyarrow()).to_pylist(), key=lambda r: str(list(r.values())))


def decision(kind: str, subject: str, value: Any, at: str = "2026-01-01T00:00:00", about: str = "") -> dict[str, Any]:
    return {
        "kind": kind,
        "subject": subject,
        "about": about,
        "value": value,
        "by": "a person",
        "because": "a reason",
        "at": at,
    }


def link(one: str, other: str, at: str = "2026-01-01T00:00:00", *, kind: str = "link") -> dict[str, Any]:
    left, right = sorted((one, other))
    return decision(kind, f"{left} + {right}", {"report_id_l": left, "report_id_r": right}, at, about="link")


def held(subject: str, belligerent: str, status: str, at: str = "2026-01-01T00:00:00") -> dict[str, Any]:
    value = {"belligerent": belligerent, "status": status}
    return decision("attribution", subject, value, at, about=f"attribution:{belligerent}")


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)
