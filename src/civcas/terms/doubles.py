"""Reports that may stand twice: alike in all that counts, or under one id that was met again."""

from __future__ import annotations

import ibis

from civcas.terms.doubt import DoubtKind
from civcas.terms.tables import REPORT

AGAIN = r"#[0-9]+$"  # an importer tells rows of one id apart by a number after it
NUMBERS = tuple(f.name for f in REPORT.fields if f.name.endswith(("_min", "_max", "_best")))
ALIKE = (
    "row_is", "date_start", "date_end", "country", "province", "place", "latitude", "longitude", "belligerents", "source", "person",
    *NUMBERS,
)  # fmt: skip


def doubles(reports: ibis.Table) -> ibis.Table:
    """`report_id`, `incident_id`, `kind` and `other` of reports that may be doubles, one an incident and other report.

    `reports` has the columns of `report` and `incident_id`. Alike are reports of the same day, place, numbers, belligerents and source;
    a report without a day, or of no place, is like no other. Reports of one incident are no doubles of each other.
    """
    rows = loose(reports.select("report_id", "incident_id", *ALIKE))
    rows = rows.mutate(base=rows.report_id.re_replace(AGAIN, ""))
    alike = loose(_alike(rows))
    return ibis.union(alike, loose(_under_one_id(rows).anti_join(alike, "report_id")))


def loose(table: ibis.Table) -> ibis.Table:
    """The same rows in columns that may all be unknown: only such tables can be put together."""
    return table.cast({name: kind.copy(nullable=True) for name, kind in table.schema().items()})


def _alike(rows: ibis.Table) -> ibis.Table:
    """Each but the first of those alike, with the first."""
    placed = rows.filter(rows.date_start.notnull() & (rows.place.notnull() | rows.latitude.notnull()))
    first = ibis.window(group_by=[placed[c] for c in ALIKE], order_by=[placed.incident_id, placed.report_id])
    of_one = ibis.window(group_by=[*(placed[c] for c in ALIKE), placed.incident_id], order_by=placed.report_id)
    met = placed.mutate(
        other=placed.report_id.first().over(first), other_incident=placed.incident_id.first().over(first),
        other_base=placed.base.first().over(first), nth=ibis.row_number().over(of_one),
    )  # fmt: skip
    found = met.filter((met.incident_id != met.other_incident) & (met.nth == 0))
    kind = ibis.ifelse(found.base == found.other_base, str(DoubtKind.SAME_ROW), str(DoubtKind.ALIKE))
    return found.select("report_id", "incident_id", kind=kind, other=found.other)


def _under_one_id(rows: ibis.Table) -> ibis.Table:
    again = rows.filter(rows.base != rows.report_id)
    named = rows.select(other=rows.report_id, other_incident=rows.incident_id)
    found = again.inner_join(named, again.base == named.other)
    found = found.filter(found.incident_id != found.other_incident)
    return found.select("report_id", "incident_id", kind=ibis.literal(str(DoubtKind.SAME_ID)), other=found.other)
