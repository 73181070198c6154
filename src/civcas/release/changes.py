"""What changed between two releases, incident by incident, each with the code of its reason and the reason that was given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa

from civcas.terms.range_sum import sums_of_periods_sql
from civcas.terms.vocabulary import Word


class Code(Word):
    """Why something changed."""

    NEW_SOURCE = "new source", "a dataset or a report was taken in that was not there before"
    NEW_INCIDENT = "new incident", "an incident stands that did not before"
    RECOUNTED = "recounted", "the range of killed or injured changed"
    REGRADED = "regraded", "the grading changed"
    REATTRIBUTED = "reattributed", "other belligerents are named, or held responsible otherwise"
    RELINKED = "relinked", "other reports speak of the incident, or it was found to be one with another"
    WITHDRAWN = "withdrawn", "the incident no longer stands"
    REDATED = "redated", "the day changed"
    PLACE = "place corrected", "the place changed"
    POLICY = "policy changed", "more or less of it is shown than before"
    OTHERWISE = "described otherwise", "another field changed"
    FIGURES = "figures changed", "published figures, declared strikes or monthly sums were added, changed or removed"
    CLAIMS = "claims changed", "a claim was added or removed, or has another verdict"


TOLD = ("code", "subject", "address", "what", "before", "after", "because", "entry")
BESIDE = {"figure": "figure_id", "strike": "strike_id"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """What two releases are compared by: their tables, checked claims, policy and last entry."""

    tables: Mapping[str, Any]
    claims: tuple[Mapping[str, Any], ...]
    policy: Mapping[str, Any]
    sequence: int


def changes(before: Release, after: Release) -> list[dict[str, Any]]:
    """Every change, in the order of codes and subjects; each with the words of `TOLD`."""
    masked_otherwise = any(before.policy.get(k) != after.policy.get(k) for k in ("places", "grid_km"))
    with duckdb.connect() as db:
        for side, release in (("old", before), ("new", after)):
            for name, table in release.tables.items():
                db.register(f"{side}_{name}", table)
        db.register("was_held_back", pa.table({"dataset": pa.array(_newly_told(before, after), pa.string())}))
        db.execute(_macros())
        question = " UNION ALL ".join(
            (_appeared(), _disappeared(), _changed(masked_otherwise), _reported(), *_beside(), _sums())
        )
        rows = db.execute(_explained(question), {"since": before.sequence}).fetchall()
    found = [dict(zip(TOLD, row, strict=True)) for row in rows] + list(_claims(before.claims, after.claims))
    order = {str(code): place for place, code in enumerate(Code)}
    return sorted(
        found, key=lambda each: (order[each["code"]], str(each["subject"]), str(each["what"]), str(each["after"]))
    )


def _newly_told(before: Release, after: Release) -> list[str]:
    """Datasets whose rows were held back in one of the two, and not in the other."""
    said = [
        {name for name, each in release.policy.get("datasets", {}).items() if not each["publish"]}
        for release in (before, after)
    ]
    return sorted(said[0] ^ said[1])


def _macros() -> str:
    return """
        CREATE MACRO spanned(low, high) AS CASE WHEN low IS NULL AND high IS NULL THEN 'unknown'
            WHEN high IS NULL THEN 'at least ' || low WHEN low IS NULL THEN 'at most ' || high
            WHEN low = high THEN CAST(low AS VARCHAR) ELSE low || ' – ' || high END;
        CREATE MACRO dated(first, last) AS CASE WHEN first IS NULL THEN 'unknown' WHEN last IS NULL OR last = first
            THEN CAST(first AS VARCHAR) ELSE first || ' to ' || last END;
        CREATE MACRO placed(a, b, c) AS coalesce(concat_ws(', ', a, b, c), 'unknown')"""


def _appeared() -> str:
    """Incidents that stand now and did not: of a dataset that is new, of one that was held back, or new in one that is known."""
    return f"""
        SELECT CASE WHEN n.dataset IN (FROM was_held_back) THEN '{Code.POLICY}'
                    WHEN n.dataset NOT IN (SELECT dataset FROM old_source) THEN '{Code.NEW_SOURCE}'
                    ELSE '{Code.NEW_INCIDENT}' END AS code,
               n.incident_id AS subject, n.address, 'incident' AS what, NULL AS before,
               spanned(n.killed_min, n.killed_max) || ' killed, ' || coalesce(n.grading, 'ungraded') AS after,
               NULL AS because, 'standing' AS about
        FROM new_incident n ANTI JOIN old_incident o USING (address)"""


def _disappeared() -> str:
    return f"""
        SELECT CASE WHEN o.dataset IN (FROM was_held_back) OR (g.incident_id IS NULL) THEN '{Code.POLICY}'
                    WHEN g.reason LIKE 'the same incident%' THEN '{Code.RELINKED}' ELSE '{Code.WITHDRAWN}' END,
               o.incident_id, o.address, 'incident', spanned(o.killed_min, o.killed_max) || ' killed, ' || coalesce(o.grading, 'ungraded'),
               CASE WHEN g.survivors IS NULL THEN 'no longer stands' ELSE 'stands as ' || g.survivors END, g.reason, 'standing'
        FROM old_incident o ANTI JOIN new_incident n USING (address) LEFT JOIN new_gone g ON g.address = o.address"""


def _changed(masked_otherwise: bool) -> str:
    """One row for each aspect in which an incident that stood differs. Points that moved with the policy moved for no other reason."""
    moved = Code.POLICY if masked_otherwise else Code.PLACE
    aspects = [
        (Code.RECOUNTED, "civilians killed", "spanned({s}.killed_min, {s}.killed_max)", "civ_killed"),
        (Code.RECOUNTED, "civilians injured", "spanned({s}.injured_min, {s}.injured_max)", "civ_injured"),
        (Code.REGRADED, "grading", "coalesce({s}.grading, 'ungraded')", "grading"),
        (Code.REATTRIBUTED, "belligerents", "coalesce({s}.belligerents, 'nobody named')", "attribution"),
        (Code.REDATED, "date", "dated({s}.date_start, {s}.date_end)", "date"),
        (Code.PLACE, "place", "placed({s}.place, {s}.province, {s}.country)", "location"),
        (moved, "point", "coalesce({s}.latitude || ', ' || {s}.longitude, 'not shown')", "name"),
        (moved, "precision", "coalesce({s}.geo_precision, 'unknown') || coalesce(', within ' || {s}.radius_km || ' km', '')", "name"),
        (Code.OTHERWISE, "strike", "coalesce({s}.strike_status, 'unknown') || coalesce(', ' || {s}.strike_type, '')", "strike"),
        (Code.OTHERWISE, "sources", "coalesce(CAST({s}.number_of_sources AS VARCHAR), 'unknown')", "sources"),
        (Code.OTHERWISE, "code", "coalesce({s}.code, 'none')", "code"),
    ]  # fmt: skip
    parts = [
        f"SELECT '{code}', n.incident_id, n.address, '{what}', {words.format(s='o')}, {words.format(s='n')}, NULL, '{about}' "
        f"FROM new_incident n JOIN old_incident o USING (address) "
        f"WHERE {words.format(s='o')} IS DISTINCT FROM {words.format(s='n')}"
        for code, what, words, about in aspects
    ]
    return " UNION ALL ".join(parts)


def _reported() -> str:
    """Reports that now speak of an incident and did not, or no longer do. Addresses stay where ids may change."""
    speaks = "(SELECT i.address, i.incident_id, l.report_id FROM {s}_incident_report l JOIN {s}_incident i USING (incident_id))"
    old, new = speaks.format(s="old"), speaks.format(s="new")
    return f"""
        SELECT CASE WHEN n.report_id IN (SELECT report_id FROM old_report) THEN '{Code.RELINKED}' ELSE '{Code.NEW_SOURCE}' END,
               n.incident_id, n.address, 'report', NULL, n.report_id, NULL, 'link'
        FROM {new} n ANTI JOIN {old} o USING (address, report_id) WHERE n.address IN (SELECT address FROM old_incident)
        UNION ALL SELECT '{Code.RELINKED}', o.incident_id, o.address, 'report', o.report_id, NULL, NULL, 'link'
        FROM {old} o ANTI JOIN {new} n USING (address, report_id) WHERE o.address IN (SELECT address FROM new_incident)"""


def _beside() -> list[str]:
    """Figures and declared strikes that were added, removed or changed, a row each."""
    told = {
        "figure": "spanned(value_low, value_high) || ' ' || unit",
        "strike": "spanned(strikes_min, strikes_max) || ' ' || unit",
    }
    return [
        f"""SELECT '{Code.FIGURES}', coalesce(n.id, o.id), NULL, '{name}', o.said, n.said, NULL, 'value'
            FROM (SELECT {key} AS id, {told[name]} AS said, md5(CAST(t AS VARCHAR)) AS whole FROM old_{name} t) o
            FULL JOIN (SELECT {key} AS id, {told[name]} AS said, md5(CAST(t AS VARCHAR)) AS whole FROM new_{name} t) n ON o.id = n.id
            WHERE o.whole IS DISTINCT FROM n.whole"""
        for name, key in BESIDE.items()
    ]


def _sums() -> str:
    """Sums by belligerent over all months of a dataset that differ."""
    said = (
        "spanned(CASE WHEN without_a_number < incidents THEN least END, "
        "CASE WHEN without_a_number < incidents AND open_above = 0 THEN most END) "
        "|| ' killed in ' || incidents || ' incidents'"
    )
    summed = (
        f"SELECT id, {said} AS said FROM (SELECT dataset || ': ' || belligerent AS id, {sums_of_periods_sql()} "
        "FROM {s}_harm_by_period GROUP BY dataset, belligerent)"
    )
    return f"""SELECT '{Code.FIGURES}', coalesce(n.id, o.id), NULL, 'sum', o.said, n.said, NULL, 'sum'
        FROM ({summed.format(s="old")}) o FULL JOIN ({summed.format(s="new")}) n ON o.id = n.id
        WHERE o.said IS DISTINCT FROM n.said"""


def _explained(question: str) -> str:
    """Each change with the last correction on the same aspect since the older release; else the links, or a newer edition."""
    return f"""
        WITH change AS ({question}),
        since AS (SELECT * FROM new_correction WHERE sequence > $since),
        settled AS (SELECT subject, about, arg_max_null(because, sequence) AS because, max(sequence) AS entry
                    FROM since GROUP BY subject, about),
        edition AS (SELECT substr(subject, 9) AS dataset, arg_max_null(because, sequence) AS because, max(sequence) AS entry
                    FROM since WHERE kind = 'import' GROUP BY subject)
        SELECT c.code, c.subject, c.address, c.what, c.before, c.after,
               coalesce(c.because, s.because, 'reports were linked: ' || l.because, CASE WHEN e.entry IS NOT NULL
                   THEN concat_ws(': ', 'a newer edition of ' || e.dataset, nullif(e.because, '')) END) AS because,
               coalesce(s.entry, l.entry, e.entry) AS entry
        FROM change c
        LEFT JOIN settled s ON s.subject = c.subject AND (s.about = c.about OR starts_with(s.about, c.about || ':'))
        LEFT JOIN settled l ON l.subject = c.subject AND l.about = 'link'
        LEFT JOIN edition e ON starts_with(c.subject, e.dataset || ':')"""


def _claims(before: tuple[Mapping[str, Any], ...], after: tuple[Mapping[str, Any], ...]) -> list[dict[str, Any]]:
    old, new = _verdicts(before), _verdicts(after)
    return [
        dict(
            zip(
                TOLD,
                (str(Code.CLAIMS), claim, None, "verdict", old.get(claim), new.get(claim), None, None),
                strict=True,
            )
        )
        for claim in sorted(old.keys() | new.keys())
        if old.get(claim) != new.get(claim)
    ]


def _verdicts(documents: tuple[Mapping[str, Any], ...]) -> dict[str, str]:
    """The verdict on each claim, by the title of its article and its id."""
    return {
        f"{document['article']['title']}: {claim['id']}": str(claim["verdict"])
        for document in documents
        for claim in document["claims"]
    }
