"""Says which rows can be read, and keeps those that cannot as they stood, with the reason."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import pyarrow as pa

from civcas.importers.given import Given, quote, text
from civcas.importers.plan import Plan
from civcas.importers.rejects import Reject
from civcas.importers.values import ROW
from civcas.terms.flag_kinds import MERGED
from civcas.terms.tables import FLAGGED, UNREAD


def readable(plan: Plan) -> str:
    """The condition alone: sentences are put together only for the few rows that need one."""
    return " AND ".join(f"({fails}) IS NOT TRUE" for fails in _checks(plan).values()) or "TRUE"


def unread_rows(db: duckdb.DuckDBPyConnection, rows: str, plan: Plan, given: Given) -> pa.Table:
    """The staged `rows` that cannot be read."""
    wrong = ", ".join(f"CASE WHEN {fails} THEN {because} END" for because, fails in _checks(plan).items())
    whole = "to_json({" + ", ".join(f"{text(c)}: {quote(c)}" for c in given.columns) + "})"
    found = db.sql(f"""SELECT {ROW} AS row, NULL::BIGINT AS line, concat_ws('; ', {wrong}) AS reason, {whole} AS text
        FROM {rows} WHERE NOT ({readable(plan)})""").to_arrow_table()
    return UNREAD.conform(found)


def turned_away(rejects: Sequence[Reject]) -> pa.Table:
    """Rows that do not hang together as rows."""
    told = {"row": pa.nulls(len(rejects), pa.int64()), "line": [r.line for r in rejects],
            "reason": [r.reason for r in rejects], "text": [r.text for r in rejects]}  # fmt: skip
    return UNREAD.conform(pa.table(told))


def merged_cells(noted: Sequence[tuple[int, str]], unread: pa.Table) -> pa.Table:
    """What was done about merged cells in rows that were read, as doubts."""
    left = set(unread["row"].to_pylist())
    kept = [(row, said) for row, said in noted if row not in left]
    return FLAGGED.conform(pa.table({"row": pa.array([row for row, _ in kept], pa.int64()),
                                     "kind": pa.array([MERGED] * len(kept), pa.string()),
                                     "reason": pa.array([said for _, said in kept], pa.string())}))  # fmt: skip


def _checks(plan: Plan) -> dict[str, str]:
    """Sentence (SQL) → condition (SQL) under which a row cannot be read."""
    columns = [c for t in plan.tables.values() for c in t.values()] + ([plan.own_id] if plan.own_id else [])
    return {c.because: c.fails for c in columns if c.fails}
