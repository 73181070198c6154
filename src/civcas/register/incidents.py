"""Incidents: one a report for datasets whose publisher holds one row to be one incident, one a group of linked reports otherwise."""

from __future__ import annotations

import ibis

from civcas.register.decided import Decided, small
from civcas.register.linked import Spoken
from civcas.register.ranges import usable, widest
from civcas.terms.decision import DecisionKind
from civcas.terms.tables import INCIDENT
from civcas.terms.vocabulary import DatePrecision

DATED, LOCATED = "dated_rank", "located_rank"
KILLED = ("killed_min", "killed_max")
OF_ONE_REPORT = {  # fields that only mean something together, and the one without which a report says nothing of them
    "date_start": ("date_start", "date_end", "date_precision"),
    "place": ("place", "province"),
    "latitude": ("latitude", "longitude", "geo_precision"),
}


def told(spoken: Spoken, decided: Decided) -> ibis.Table:
    """One row for each incident: the fields of `incident`, the civilians killed at least and at most, and whom its report names.

    Where several reports speak of it, `belligerents` is null: whom they name is settled one by one.
    """
    alone = _with_killed(spoken.alone).select(*_columns())
    if spoken.together is None:
        return alone
    rows = _with_killed(spoken.together)
    for name, kind in ((DATED, DecisionKind.DATE), (LOCATED, DecisionKind.LOCATION)):
        rows = _ranked(rows, decided, kind, name)
    return ibis.union(alone, _merged(_graded(rows, decided)).select(*_columns()))


def incident(told: ibis.Table) -> ibis.Table:
    return told.select(*[f.name for f in INCIDENT.fields])


def _columns() -> list[str]:
    return [*(f.name for f in INCIDENT.fields), *KILLED, "belligerents"]


def _with_killed(rows: ibis.Table) -> ibis.Table:
    lowest, highest = rows.civ_killed_min, rows.civ_killed_max
    return rows.mutate(killed_min=usable(lowest, highest, lowest), killed_max=usable(lowest, highest, highest))


def _graded(rows: ibis.Table, decided: Decided) -> ibis.Table:
    """The reports with `graded`, the order of the decision that graded each; null where it is graded as published."""
    grades = decided.of_kind(DecisionKind.GRADE)
    if not grades:
        return rows.mutate(graded=ibis.null("int64"))
    orders = small(subject=[each.subject for each in grades], graded=[each.order for each in grades])
    return rows.left_join(orders, rows.report_id == orders.subject).drop("subject")


def _merged(rows: ibis.Table) -> ibis.Table:
    """What several reports say of one incident, in alphabetical order of their ids the first that says it; numbers at their widest.

    Day, place and point each come whole from one report, first from one of which a person decided it. A grade
    that a person decided, the last where there are several, goes before published ones. Sources may be shared, so
    their number is at least the largest any report has.
    """
    said = {f.name: _first(rows, f.name, f.name) for f in INCIDENT.fields if f.name != "incident_id"}
    for needed, fields in OF_ONE_REPORT.items():
        rank = DATED if needed == "date_start" else LOCATED
        said |= {name: _first(rows, name, needed, rank) for name in fields}
    by_a_person = rows.grading.argmax(rows.graded, where=rows.graded.notnull())
    killed_min, killed_max = widest(rows.killed_min, rows.killed_max)
    return rows.group_by("incident_id").agg(
        **said
        | {
            "grading": ibis.coalesce(by_a_person, _first(rows, "grading", "grading")),
            "date_precision": _first(rows, "date_precision", "date_start", DATED).fill_null(str(DatePrecision.UNKNOWN)),
            "number_of_sources": rows.number_of_sources.max(),
            "published": rows.published.min(),
            "killed_min": killed_min,
            "killed_max": killed_max,
            "belligerents": ibis.null("string"),
        }
    )


def _ranked(rows: ibis.Table, decided: Decided, kind: DecisionKind, name: str) -> ibis.Table:
    """The reports with their rank, a text: those of which a person decided this go first, the last decided before all."""
    settled = decided.of_kind(kind)
    if not settled:
        return rows.mutate(**{name: rows.report_id})
    ranks = small(subject=[each.subject for each in settled], rank=[f" {10**9 - each.order:010d}" for each in settled])
    joined = rows.left_join(ranks, rows.report_id == ranks.subject)
    return joined.mutate(**{name: ibis.coalesce(joined["rank"], joined.report_id)}).drop("subject", "rank")


def _first(rows: ibis.Table, name: str, needed: str, rank: str = "report_id") -> ibis.Value:
    return rows[name].argmin(rows[rank], where=rows[needed].notnull())
