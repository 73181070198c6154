"""Whether the rows of a table keep its contract: columns, keys, counts, ranges and closed words.

What makes a whole table doubtful (a missing column, a key that stands twice) is refused. A number that cannot be right in one row is
taken out of that row alone, and named: it never stops a question about the others.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from civcas.errors import BadInput, UnknownName
from civcas.terms.doubt import DOUBT, DoubtKind
from civcas.terms.table import Table

ENDS = (("_min", "_max"), ("_low", "_high"))
SHORT = {"civilians": "civ"}


def in_contract(table: Table, given: pa.Table, *, where: str) -> tuple[pa.Table, pa.Table]:
    """The rows in the table's shape, and a `doubt` for each number taken out: a range that contradicts itself, or a count below zero.

    What a sum could not be trusted with at all is refused, with its column and first row. Reports keep the numbers they came with: the
    register takes none from a range that contradicts itself.
    """
    _require_columns(table, given, where)
    _require_whole(table, given, where)
    try:
        rows = table.conform(given)
    except pa.ArrowInvalid as wrong:
        raise BadInput(
            f"a value does not fit its column ({wrong})", where=where, do=f"See: civcas tables {table.name}"
        ) from None
    except BadInput as wrong:
        raise wrong.seen_at(where) from None
    _require_known(table, rows, where)
    _require_unique(table, rows, where)
    _require_words(table, rows, where)
    doubts: list[dict[str, Any]] = []
    if table.name != "report":
        for low, high in _pairs(table):
            rows = _without_broken(table, rows, low, high, doubts, where)
    _require_counts(table, rows, where)
    return rows, DOUBT.conform(pa.Table.from_pylist(doubts, schema=DOUBT.schema))


def _require_columns(table: Table, rows: pa.Table, where: str) -> None:
    missing = [f.name for f in table.fields if not f.nullable and f.name not in rows.column_names]
    if missing:
        raise BadInput(
            f"the column {missing[0]} is missing", where=where, expected=", ".join(f.name for f in table.fields)
        )


def _require_whole(table: Table, rows: pa.Table, where: str) -> None:
    """A count that arrives as a measurement must be whole: people are not shared between rows."""
    for field in table.fields:
        if field.name in rows.column_names and pa.types.is_integer(field.type):
            column = rows[field.name]
            if pa.types.is_floating(column.type) and pc.any(broken := pc.not_equal(column, pc.floor(column))).as_py():
                raise _wrong(rows, broken, field.name, "is a fraction", "a whole number, or empty where unknown", where)


def _require_known(table: Table, rows: pa.Table, where: str) -> None:
    for field in table.fields:
        if not field.nullable and rows[field.name].null_count:
            raise _wrong(
                rows,
                pc.is_null(rows[field.name]),
                field.name,
                "is empty",
                "a value: this column may not be unknown",
                where,
            )


def _require_unique(table: Table, rows: pa.Table, where: str) -> None:
    key = [name for name in table.key if name in rows.column_names]
    if not key:
        return
    counted = rows.group_by(key).aggregate([([], "count_all")])
    twice = counted.filter(pc.greater(counted["count_all"], 1))
    if twice.num_rows:
        first = {name: str(twice[name][0].as_py()) for name in key}
        raise BadInput(
            f"{twice.num_rows} rows stand more than once, the first {first}",
            where=where,
            expected=f"one row for each {', '.join(key)}",
        )


def _require_counts(table: Table, rows: pa.Table, where: str) -> None:
    for field in table.fields:
        if table.name == "report" and field.name.endswith(("_min", "_max")):
            continue
        if field.name in rows.column_names and pa.types.is_integer(field.type):
            below = pc.less(rows[field.name], 0)
            if pc.any(below).as_py():
                raise _wrong(rows, below, field.name, "is below zero", "a count", where)


def _pairs(table: Table) -> list[tuple[str, str]]:
    """The columns that are the two ends of one range: `killed_min` and `killed_max`, `min` and `max`, `value_low` and `value_high`."""
    names = [f.name for f in table.fields]
    pairs = [
        (name, name.removesuffix(low) + high)
        for low, high in ENDS
        for name in names
        if name.endswith(low) or name == low[1:]
    ]
    pairs = [(one, other if one not in ("min", "low") else {"min": "max", "low": "high"}[one]) for one, other in pairs]
    return [(one, other) for one, other in pairs if other in names]


def _without_broken(
    table: Table, rows: pa.Table, low: str, high: str, doubts: list[dict[str, Any]], where: str
) -> pa.Table:
    """The same rows, with no number where the two ends contradict each other or a count is below zero."""
    inverted = pc.fill_null(pc.greater(rows[low], rows[high]), False)
    counts = pa.types.is_integer(table.field(low).type)
    below = pc.or_(*(pc.fill_null(pc.less(rows[end], 0), False) for end in (low, high))) if counts else None
    broken = inverted if below is None else pc.or_(inverted, below)
    if not pc.any(broken).as_py():
        return rows
    for row in rows.filter(broken).to_pylist():
        doubts.append(_doubt(table, row, low, high))
    if table.name == "harm_by_period":
        zero, columns = pa.scalar(0, pa.int64()), {"without_a_number": rows["incidents"]}
        for name, value in (columns | {low: zero, high: zero, "open_above": zero}).items():
            rows = _put(rows, name, pc.if_else(broken, value, rows[name]))
        return rows
    if not (table.field(low).nullable and table.field(high).nullable):
        raise _wrong(rows, broken, low, f"is above {high}", f"{low} ≤ {high}", where)
    for name in (low, high):
        rows = _put(rows, name, pc.if_else(broken, None, rows[name]))
    return rows


def _put(rows: pa.Table, name: str, values: pa.ChunkedArray) -> pa.Table:
    place = rows.column_names.index(name)
    return rows.set_column(place, rows.schema.field(place), values)


def _doubt(table: Table, row: dict[str, Any], low: str, high: str) -> dict[str, Any]:
    one, other = row[low], row[high]
    inverted = one is not None and other is not None and one > other
    return {
        "subject": " / ".join(str(row[key]) for key in table.key if not (table.name == "harm" and key != "incident_id")),
        "incident_id": row.get("incident_id"), "kind": str(DoubtKind.RANGE if inverted else DoubtKind.NO_COUNT),
        "about": _about(table, row, low), "low": None if one is None else float(one), "high": None if other is None else float(other),
        "dataset": row.get("dataset"),
    }  # fmt: skip


def _about(table: Table, row: dict[str, Any], low: str) -> str:
    if table.name == "harm":
        return f"{SHORT.get(row['group'], row['group'])}_{row['outcome']}"
    return low.removesuffix("_min").removesuffix("_low")


def _require_words(table: Table, rows: pa.Table, where: str) -> None:
    for field in table.fields:
        if field.words and field.name in rows.column_names:
            for word in pc.unique(rows[field.name]).to_pylist():
                if word is not None and word not in field.words:
                    raise UnknownName(field.name, word, field.words, where=where)


def _wrong(rows: pa.Table, flags: pa.Array, column: str, what: str, expected: str, where: str) -> BadInput:
    row = pc.index(flags, True).as_py()
    return BadInput(
        f"{column} {what} ({rows[column][row].as_py()})",
        where=f"{where}, row {row + 1}",
        expected=expected,
        do="Correct the row at its source; civcas does not guess what was meant.",
    )
