"""Whether the rows of a table keep its contract: columns, keys, counts, ranges and closed words."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from civcas.errors import BadInput, UnknownName
from civcas.terms.table import Table


def in_contract(table: Table, given: pa.Table, *, where: str) -> pa.Table:
    """The rows in the table's shape; what a sum could not be trusted with is refused, with its column and first row."""
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
    _require_counts(table, rows, where)
    _require_ranges(rows, where)
    _require_words(table, rows, where)
    return rows


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
        if field.name in rows.column_names and pa.types.is_integer(field.type):
            below = pc.less(rows[field.name], 0)
            if pc.any(below).as_py():
                raise _wrong(rows, below, field.name, "is below zero", "a count", where)


def _require_ranges(rows: pa.Table, where: str) -> None:
    for low in (name for name in rows.column_names if name.endswith("_min")):
        high = f"{low.removesuffix('_min')}_max"
        if high in rows.column_names:
            inverted = pc.greater(rows[low], rows[high])
            if pc.any(inverted).as_py():
                raise _wrong(rows, inverted, low, f"is above {high}", "min ≤ max", where)


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
