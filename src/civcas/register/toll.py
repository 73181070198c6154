"""Incident × group × outcome: the range the publisher holds. A group of which nothing is said has no row."""

from __future__ import annotations

import ibis

from civcas.register.incidents import published_incidents
from civcas.terms.vocabulary import Group, Outcome

PREFIX = {
    Group.CIVILIANS: "civ",
    Group.CHILDREN: "children",
    Group.WOMEN: "women",
    Group.MEN: "men",
    Group.BELLIGERENTS: "belligerents",
    Group.ALL: "all",
}


def harm(report: ibis.Table) -> ibis.Table:
    """Ranges as published; one whose lowest exceeds its highest stands as unknown, and its rule says why."""
    rows = published_incidents(report)
    return ibis.union(*[_of(rows, group, outcome) for group in PREFIX for outcome in Outcome])


def _of(rows: ibis.Table, group: Group, outcome: Outcome) -> ibis.Table:
    lowest, highest = (rows[f"{PREFIX[group]}_{outcome}_{bound}"] for bound in ("min", "max"))
    inverted = (lowest > highest).fill_null(False)
    unknown = ibis.null("int64")
    return rows.filter(lowest.notnull() | highest.notnull()).select(
        incident_id=rows.report_id,
        group=ibis.literal(str(group)),
        outcome=ibis.literal(str(outcome)),
        min=ibis.ifelse(inverted, unknown, lowest),
        max=ibis.ifelse(inverted, unknown, highest),
        rule=ibis.ifelse(inverted, "unknown: published lowest exceeds highest", "as published"),
        reports=rows.report_id,
    )
