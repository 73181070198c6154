"""What was settled or changed after it was first recorded, from the ledger, in words, with the reason and without its author."""

from __future__ import annotations

import duckdb
import pyarrow as pa

from civcas.case.case import Case
from civcas.case.intake import Import
from civcas.ledger.deciding import DECIDING
from civcas.ledger.moment import Moment
from civcas.terms.table import Table
from civcas.terms.tables import TABLES

COUNTED = ("report", "figure", "strike")  # tables whose pairs of columns a decision of kind `count` may replace
# what a report published of an aspect that a decision replaces, in words
PUBLISHED = {
    "date": "dated(date_start, date_end)",
    "location": "coalesce(place, 'unknown')",
    "named": "coalesce(nullif(belligerents, ''), 'nobody')",
}

_DECIDED = pa.schema(
    [
        ("sequence", pa.int64()),
        ("at", pa.string()),
        ("subject", pa.string()),
        ("body", pa.string()),
        ("because", pa.string()),
    ]
)


def corrections(case: Case, until: Moment, imports: list[Import], db: duckdb.DuckDBPyConnection) -> None:
    """Make the table `correction`. The engine holds `imported_report`, `imported_figure` and `imported_strike` where the case has them."""
    entries = [
        (e.sequence, e.at, e.subject, e.body, e.reason) for e in case.ledger.entries(until=until, kinds=DECIDING)
    ]
    columns = zip(*entries, strict=True) if entries else ([] for _ in _DECIDED)
    decided = pa.table([pa.array(c, f.type) for c, f in zip(columns, _DECIDED, strict=True)], schema=_DECIDED)
    db.register("decided", decided)
    db.register("reimported", _reimported(imports))
    _in_words(db)
    db.execute("CREATE TABLE aspect AS " + _aspects())
    db.execute(f"CREATE TABLE published AS {_published(db)}")
    db.execute(f"CREATE TABLE correction AS {_told()}")
    db.execute(f"CREATE TABLE decided_now AS {_decided(db)}")


def _aspects() -> str:
    """Each decision with what it settles, its value, and the value of the one before it on the same aspect of the same subject."""
    return """
        WITH read AS (
            SELECT sequence, CAST(substr("at", 1, 10) AS DATE) AS date, json_extract_string(body, '$.decision') AS kind, subject,
                   json_extract_string(body, '$.about') AS about, json_extract(body, '$.value') AS value, because
            FROM decided
        )
        SELECT *, lag(value) OVER (PARTITION BY subject, about ORDER BY sequence) AS earlier FROM read"""


def _in_words(db: duckdb.DuckDBPyConnection) -> None:
    db.execute("""CREATE MACRO spanned(low, high) AS CASE
        WHEN low IS NULL AND high IS NULL THEN 'unknown' WHEN high IS NULL THEN 'at least ' || low
        WHEN low IS NULL THEN 'at most ' || high WHEN low = high THEN low ELSE low || ' – ' || high END""")
    db.execute("""CREATE MACRO dated(first, last) AS CASE WHEN first IS NULL THEN 'unknown'
        WHEN last IS NULL OR CAST(last AS VARCHAR) = CAST(first AS VARCHAR) THEN CAST(first AS VARCHAR)
        ELSE first || ' to ' || last END""")
    db.execute("CREATE MACRO whole(number) AS regexp_replace(CAST(number AS VARCHAR), '\\.0$', '')")
    db.execute("""CREATE MACRO worded(kind, value) AS CASE
        WHEN value ->> '$.as_published' IS NOT NULL THEN 'as published'
        WHEN kind = 'count' THEN spanned(whole(value ->> '$.min'), whole(value ->> '$.max'))
        WHEN kind = 'grade' THEN value ->> '$.grading'
        WHEN kind = 'belligerent' THEN value ->> '$.belligerent'
        WHEN kind IN ('place', 'location') THEN value ->> '$.place'
        WHEN kind = 'date' THEN dated(value ->> '$.date_start', value ->> '$.date_end')
        WHEN kind = 'named' THEN coalesce(nullif(value ->> '$.belligerents', ''), 'nobody')
        WHEN kind = 'attribution' THEN (value ->> '$.belligerent') || ': ' || (value ->> '$.status')
        WHEN kind = 'link' THEN 'one incident' WHEN kind = 'unlink' THEN 'not one incident'
        WHEN kind = 'withdraw' THEN 'withdrawn' WHEN kind = 'supersede' THEN 'superseded by ' || (value ->> '$.successor') END""")


def _published(db: duckdb.DuckDBPyConnection) -> str:
    """What was published of each corrected aspect: ranges of the pairs of columns that decisions name, grades, days, places and names."""
    held = {row[0] for row in db.execute("SELECT table_name FROM information_schema.tables").fetchall()}
    abouts = [
        row[0] for row in db.execute("SELECT DISTINCT about FROM aspect WHERE kind = 'count' ORDER BY 1").fetchall()
    ]
    parts = ["SELECT NULL::VARCHAR AS subject, NULL::VARCHAR AS about, NULL::VARCHAR AS said WHERE false"]
    for name in COUNTED:
        if f"imported_{name}" not in held:
            continue
        for about in abouts:
            if pair := _pair(TABLES[name], about):
                parts.append(
                    f"SELECT {name}_id, '{about}', spanned(whole({pair[0]}), whole({pair[1]})) FROM imported_{name} "
                    f"WHERE {name}_id IN (SELECT subject FROM aspect WHERE about = '{about}')"
                )
    if "imported_report" in held:
        parts.append(
            "SELECT report_id, 'grading', coalesce(grading, 'ungraded') FROM imported_report "
            "WHERE report_id IN (SELECT subject FROM aspect WHERE about = 'grading')"
        )
        parts += [
            f"SELECT report_id, '{about}', {said} FROM imported_report "
            f"WHERE report_id IN (SELECT subject FROM aspect WHERE about = '{about}')"
            for about, said in PUBLISHED.items()
        ]
    return " UNION ALL ".join(parts)


def _decided(db: duckdb.DuckDBPyConnection) -> str:
    """What was received and what stands decided, of each number or grading that a person settled and nobody has taken back."""
    value = "arg_max(value, sequence)"
    standing = f"""SELECT subject, about, max(sequence) AS sequence, arg_max(date, sequence) AS date, arg_max(because, sequence) AS because,
        CAST({value} ->> '$.min' AS DOUBLE) AS decided_min, CAST({value} ->> '$.max' AS DOUBLE) AS decided_max,
        {value} ->> '$.grading' AS decided
        FROM aspect WHERE kind IN ('count', 'grade') GROUP BY subject, about HAVING {value} ->> '$.as_published' IS NULL"""
    return f"""
        SELECT s.subject, s.about, r.low AS received_min, r.high AS received_max, r.word AS received, s.decided_min, s.decided_max,
               s.decided, s.sequence, s.date, s.because
        FROM ({standing}) s JOIN ({_received(db)}) r ON r.subject = s.subject AND r.about = s.about"""


def _received(db: duckdb.DuckDBPyConnection) -> str:
    """The pairs of numbers and the gradings, as they were imported, of what decisions are about."""
    held = {row[0] for row in db.execute("SELECT table_name FROM information_schema.tables").fetchall()}
    abouts = [
        row[0] for row in db.execute("SELECT DISTINCT about FROM aspect WHERE kind = 'count' ORDER BY 1").fetchall()
    ]
    nothing = "NULL::DOUBLE AS low, NULL::DOUBLE AS high, NULL::VARCHAR AS word"
    parts = [f"SELECT NULL::VARCHAR AS subject, NULL::VARCHAR AS about, {nothing} WHERE false"]
    for name in (n for n in COUNTED if f"imported_{n}" in held):
        parts += [
            f"SELECT {name}_id, '{about}', CAST({pair[0]} AS DOUBLE), CAST({pair[1]} AS DOUBLE), NULL FROM imported_{name}"
            for about in abouts if (pair := _pair(TABLES[name], about))
        ]  # fmt: skip
    if "imported_report" in held:
        parts.append("SELECT report_id, 'grading', NULL, NULL, grading FROM imported_report")
    return " UNION ALL ".join(parts)


def _pair(table: Table, about: str) -> tuple[str, str] | None:
    """The two columns a decision on `about` replaces; names come from the contract, never from the ledger."""
    names = {f.name for f in table.fields}
    for ends in (("min", "max"), ("low", "high")):
        lowest, highest = (f"{about}_{end}" for end in ends)
        if lowest in names and highest in names:
            return lowest, highest
    return None


def _told() -> str:
    """Decisions and newer editions together, in order."""
    first = """CASE WHEN kind IN ('belligerent', 'place') THEN substr(a.subject, length(kind) + 2)
        WHEN kind IN ('withdraw', 'supersede') THEN 'stands' WHEN kind IN ('link', 'unlink') THEN 'not decided'
        ELSE p.said END"""
    return f"""
        SELECT a.sequence, a.date, CASE WHEN kind = 'unlink' THEN 'link' ELSE kind END AS kind, a.subject, a.about,
               CASE WHEN earlier IS NULL OR earlier ->> '$.as_published' IS NOT NULL THEN {first}
                    ELSE worded(kind, earlier) END AS before,
               CASE WHEN value ->> '$.as_published' IS NOT NULL THEN coalesce({first}, 'as published')
                    ELSE worded(kind, value) END AS after, a.because
        FROM aspect a LEFT JOIN published p ON p.subject = a.subject AND p.about = a.about
        UNION ALL SELECT sequence, date, 'import', subject, 'edition', before, after, because FROM reimported
        ORDER BY sequence"""


def _reimported(imports: list[Import]) -> pa.Table:
    """Imports that took the place of an earlier edition of the same dataset."""
    last: dict[str, Import] = {}
    rows: dict[str, list[object]] = {name: [] for name in ("sequence", "date", "subject", "before", "after", "because")}
    for made in imports:
        if (before := last.get(made.dataset)) is not None:
            told = (
                made.sequence,
                made.at[:10],
                f"dataset:{made.dataset}",
                _edition(before),
                _edition(made),
                made.reason,
            )
            for name, value in zip(rows, told, strict=True):
                rows[name].append(value)
        last[made.dataset] = made
    types = {"sequence": pa.int64()}
    table = pa.table({name: pa.array(values, types.get(name, pa.string())) for name, values in rows.items()})
    return table.set_column(1, "date", table["date"].cast(pa.date32()))


def _edition(made: Import) -> str:
    named = f"edition {made.notes['vintage']}, " if made.notes.get("vintage") else ""
    return f"{named}{made.read:,} rows (SHA-256 {made.original.sha256[:12]}…)"
