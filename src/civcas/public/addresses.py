"""The web address of every incident the case ever held: given once, by the code it first had, and never to another."""

from __future__ import annotations

import duckdb

from civcas.case.case import Case
from civcas.case.intake import table_path
from civcas.case.vintage import files, kept
from civcas.ledger.moment import Moment

RESERVED = (
    "index",
    "page",
    "embed",
    "con",
    "prn",
    "aux",
    "nul",
    *(f"{n}{i}" for n in ("com", "lpt") for i in range(10)),
)
LONGEST = 60
_TEXTS = ("report_id", "code", "dataset", "row_is", "country", "province", "place")
_READ = dict.fromkeys(_TEXTS, "VARCHAR") | {"latitude": "DOUBLE", "longitude": "DOUBLE"}
_FIRST = ("country", "province", "place", "latitude", "longitude")  # as the first import had them


def ever_held(case: Case, until: Moment, db: duckdb.DuckDBPyConnection) -> None:
    """Make the table `ever`: every report any import up to the moment brought, with its address and the entry that first brought it.

    An address is made of the publisher's code as it first was (`CS1, CS2` is cs1-cs2), or of the id where that is no
    code or is taken by an incident that came before. It rests on the past alone: later entries change none.
    """
    made = [each for each in kept(case, until) if "report" in each.tables]
    files(case, made)  # asks for what is not here
    nothing = ", ".join(f"NULL::{type_} AS {name}" for name, type_ in _READ.items())
    parts = [
        f"SELECT {', '.join(_READ)}, {each.sequence} AS sequence "
        f"FROM read_parquet({_text(str(table_path(case, 'report', each.tables['report'])))})"
        for each in made
    ] or [f"SELECT {nothing}, 0 AS sequence WHERE false"]
    db.execute(f"CREATE TABLE ever AS {_addressed(' UNION ALL '.join(parts))}")


def standing(db: duckdb.DuckDBPyConnection) -> None:
    """Make the table `address_now`: the address of each incident that stands.

    The register names an incident after one of its reports, and names it anew when others are linked to it. Its address stays: that
    of the first row it holds that its publisher held to be an incident, or of the report it is named after where there is none.
    """
    db.execute("""CREATE TABLE address_now AS
        WITH held AS (
            SELECT l.incident_id, arg_min(e.address, (e.sequence, e.incident_id)) AS address
            FROM incident_report_now l JOIN ever e ON e.incident_id = l.report_id
            WHERE e.row_is = 'incident' GROUP BY l.incident_id
        )
        SELECT i.incident_id, coalesce(h.address, e.address) AS address
        FROM incident_now i LEFT JOIN held h USING (incident_id) LEFT JOIN ever e USING (incident_id)""")


def _addressed(brought: str) -> str:
    """Addresses in the order in which incidents came; a second claimant adds its id, a third the hash of its id."""
    taken = ", ".join(_text(word) for word in RESERVED)
    return f"""
        WITH first AS (
            SELECT report_id AS incident_id, min(sequence) AS sequence, arg_min_null(code, sequence) AS code,
                   arg_max_null(dataset, sequence) AS dataset, arg_max_null(row_is, sequence) AS row_is,
                   {", ".join(f"arg_min_null({name}, sequence) AS {name}" for name in _FIRST)}
            FROM ({brought}) GROUP BY report_id
        ), wished AS (
            SELECT *, {_slug("code")} AS wish, {_slug("incident_id")} AS own FROM first
        ), asked AS (
            SELECT *, CASE WHEN wish = '' OR wish IS NULL OR wish IN ({taken}) THEN own ELSE wish END AS plain FROM wished
        ), second AS (
            SELECT *, CASE WHEN row_number() OVER (PARTITION BY plain ORDER BY sequence, incident_id) = 1
                           AND plain <> '' AND plain NOT IN ({taken}) THEN plain ELSE trim(plain || '-' || own, '-') END AS next
            FROM asked
        )
        SELECT incident_id, dataset, row_is, sequence, {", ".join(_FIRST)},
               CASE WHEN row_number() OVER (PARTITION BY next ORDER BY sequence, incident_id) = 1
                    AND next <> '' AND next NOT IN ({taken}) THEN next
                    ELSE trim(next || '-' || substr(sha256(incident_id), 1, 10), '-') END AS address
        FROM second"""


def _slug(column: str) -> str:
    plain = f"regexp_replace(lower(strip_accents({column})), '[^a-z0-9]+', '-', 'g')"
    return f"trim(substr(trim({plain}, '-'), 1, {LONGEST}), '-')"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
