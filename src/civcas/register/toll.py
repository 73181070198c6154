"""Incident × group × outcome: the range that stands. A group of which nothing is said has no row."""

from __future__ import annotations

import ibis

from civcas.register.linked import Spoken
from civcas.register.ranges import broken, usable, widest
from civcas.terms.vocabulary import Group, Outcome

PREFIX = {
    Group.CIVILIANS: "civ",
    Group.CHILDREN: "children",
    Group.WOMEN: "women",
    Group.MEN: "men",
    Group.BELLIGERENTS: "belligerents",
    Group.ALL: "all",
}
PUBLISHED = "as published"
INVERTED = "unknown: published lowest exceeds highest"
NO_COUNT = "unknown: a published number is below zero"
WIDEST = "widest of the linked reports"


def harm(spoken: Spoken) -> ibis.Table:
    """Ranges as published or decided; one whose lowest exceeds its highest stands as unknown, and its rule says why.

    Of linked reports the widest range that any of them leaves possible stands; other rules are asked with `civcas count`.
    """
    alone = _ranges(spoken.alone)
    if spoken.together is None:
        return alone
    rows = _ranges(spoken.together)
    lowest, highest = widest(rows.min, rows.max)
    several = rows.group_by("incident_id", "group", "outcome").agg(
        min=lowest,
        max=highest,
        rule=ibis.ifelse(rows.count() == 1, rows.rule.min(), WIDEST),
        reports=ibis.literal(";").join(rows.reports.collect().sort()),
    )
    return ibis.union(alone, several.select(*alone.columns))


def _ranges(rows: ibis.Table) -> ibis.Table:
    return ibis.union(*[_of(rows, group, outcome) for group in PREFIX for outcome in Outcome])


def _of(rows: ibis.Table, group: Group, outcome: Outcome) -> ibis.Table:
    lowest, highest = (rows[f"{PREFIX[group]}_{outcome}_{bound}"] for bound in ("min", "max"))
    return rows.filter(lowest.notnull() | highest.notnull()).select(
        "incident_id",
        group=ibis.literal(str(group)),
        outcome=ibis.literal(str(outcome)),
        min=usable(lowest, highest, lowest),
        max=usable(lowest, highest, highest),
        rule=ibis.ifelse(
            (lowest > highest).fill_null(False), INVERTED, ibis.ifelse(broken(lowest, highest), NO_COUNT, PUBLISHED)
        ),
        reports=rows.report_id,
    )
