"""From reports to incidents, for datasets whose publisher holds one row to be one incident."""

from __future__ import annotations

from collections.abc import Mapping

import ibis

from civcas.register.decided import Decided, renamed
from civcas.terms.tables import INCIDENT

BETWEEN = "; "


def standing(report: ibis.Table, decided: Decided) -> ibis.Table:
    """Reports that were not withdrawn, with places, gradings and counts as decided; everything else as published."""
    if decided.withdrawn:
        report = report.filter(~report.report_id.isin(sorted(decided.withdrawn)))
    report = renamed(renamed(report, "province", decided.places), "place", decided.places)
    if decided.gradings:
        report = report.mutate(grading=_decided(report.report_id, dict(decided.gradings), report.grading))
    for about, ranges in decided.counts.items():
        for end, bound in enumerate(("min", "max")):
            column = f"{about}_{bound}"
            values = {subject: ends[end] for subject, ends in ranges.items()}
            report = report.mutate(**{column: _decided(report.report_id, values, report[column])})
    return report


def _decided(key: ibis.Value, values: Mapping[str, object], otherwise: ibis.Value) -> ibis.Value:
    cases = [(key == subject, ibis.literal(value, type=otherwise.type())) for subject, value in values.items()]
    return ibis.cases(*cases, else_=otherwise)


def published_incidents(report: ibis.Table) -> ibis.Table:
    return report.filter(report.row_is == "incident")


def incident(report: ibis.Table) -> ibis.Table:
    """One incident for each report of a dataset that publishes incidents, under the report's own id."""
    rows = published_incidents(report).mutate(incident_id=ibis._.report_id)
    return rows.select(*[f.name for f in INCIDENT.fields])


def incident_report(report: ibis.Table) -> ibis.Table:
    rows = published_incidents(report)
    return rows.select(
        incident_id=rows.report_id,
        report_id=rows.report_id,
        decided_by=ibis.literal("the publisher: one row is one incident"),
    )


def named_incidents(report: ibis.Table, decided: Decided) -> ibis.Table:
    """Incident × belligerent as the case names it, once each, with what sums need: two published names of one party are one.

    Names are settled cell by cell (`A; B`), of which there are few, and joined to the many incidents.
    """
    rows = published_incidents(report)
    return rows.inner_join(_cells(rows, decided), "belligerents").select(
        incident_id=rows.report_id,
        belligerent=ibis._.belligerent,
        named=ibis._.named,
        date_start=rows.date_start,
        area=rows.country,
        grading=rows.grading,
        killed_min=_usable(rows, rows.civ_killed_min),
        killed_max=_usable(rows, rows.civ_killed_max),
        dataset=rows.dataset,
    )


def _cells(rows: ibis.Table, decided: Decided) -> ibis.Table:
    cells = rows.select("belligerents").distinct()
    names = cells.select("belligerents", belligerent=cells.belligerents.split(BETWEEN).unnest())
    once = renamed(names, "belligerent", decided.belligerents).distinct()
    counts = once.group_by("belligerents").agg(named=once.count())
    return once.inner_join(counts, "belligerents").select("belligerents", "belligerent", "named")


def _usable(rows: ibis.Table, count: ibis.Value) -> ibis.Value:
    """A count, unless the range ends before it begins: then no number is known."""
    inverted = (rows.civ_killed_min > rows.civ_killed_max).fill_null(False)
    return ibis.ifelse(inverted, ibis.null("int64"), count)
