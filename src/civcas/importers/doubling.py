"""Finds rows that may count the same people twice: an id that stands again, and a row that says the same under another id."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa

from civcas.importers.asking import one
from civcas.importers.given import quote, text
from civcas.terms.flag_kinds import SAME_ID_OTHER_ROW, SAME_ROW, SAME_ROW_OTHER_ID
from civcas.terms.tables import FLAGGED, table

ASIDE = ("row", "extra", "dataset")  # fields that say nothing of what the row says, or all of it


def doubles(db: duckdb.DuckDBPyConnection, path: Path, name: str, digests: pa.Table | None) -> pa.Table:
    """The rows of a table that repeat an earlier one, as doubts: each names the first row of the file that it repeats.

    `digests` says by row what it says under any id; without, rows of one id are compared by the fields they have here.
    """
    key, file = table(name).key[0], f"read_parquet({text(str(path))})"
    if digests is not None:
        db.register("digests", digests)
    again = one(db, f"SELECT count(*) - count(DISTINCT hash({quote(key)})) FROM {file}")
    same = one(db, "SELECT count(*) - count(DISTINCT digest) FROM digests") if digests is not None else 0
    found = db.sql(_repeats(file, name, key, known=digests is not None)).to_arrow_table() if again or same else None
    if digests is not None:
        db.unregister("digests")
    return FLAGGED.conform(found) if found is not None else pa.Table.from_batches([], FLAGGED.schema)


def _repeats(file: str, name: str, key: str, *, known: bool) -> str:
    """Every row after the first of its id or its content; the same content is said before the same id.

    Only rows whose id or content stands more than once are put side by side, so that memory stays small.
    """
    fields = ", ".join(quote(f.name) for f in table(name).fields if f.name not in (key, *ASIDE))
    digest = "digest" if known else f"hash({fields})"
    rows = f"""SELECT row, {quote(key)} AS id, {digest} AS said
        FROM {file} {"JOIN digests USING (row)" if known else ""}"""
    return f"""WITH rows AS MATERIALIZED ({rows}),
        several AS (SELECT * FROM rows WHERE hash(id) IN (SELECT hash(id) FROM rows GROUP BY ALL HAVING count(*) > 1)
            {"OR said IN (SELECT said FROM rows GROUP BY ALL HAVING count(*) > 1)" if known else ""}),
        firsts AS (SELECT row, min(row) OVER (PARTITION BY id) AS of_id, min(row) OVER (PARTITION BY id, said) AS of_both,
            {"min(row) OVER (PARTITION BY said)" if known else "row"} AS of_said FROM several)
        SELECT row, CASE WHEN of_both < row THEN {text(SAME_ROW)} WHEN of_said < row THEN {text(SAME_ROW_OTHER_ID)}
                ELSE {text(SAME_ID_OTHER_ROW)} END AS kind,
            CASE WHEN of_both < row THEN 'the row is the same as row ' || of_both
                WHEN of_said < row THEN 'the row is the same as row ' || of_said || ' but for its id'
                ELSE 'row ' || of_id || ' has the same id and says something else' END AS reason,
            CASE WHEN of_both < row THEN of_both WHEN of_said < row THEN of_said ELSE of_id END AS other_row
        FROM firsts WHERE of_id < row OR of_said < row ORDER BY row"""
