"""Incident × group × outcome: the range that stands. A group of which nothing is said has no row."""

from __future__ import annotations

from collections.abc import Mapping

import ibis

from civcas.register.decided import Decided, small
from civcas.register.linked import Spoken
from civcas.register.ranges import broken, usable, widest
from civcas.terms.decision import DecisionKind
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
DECIDED = "as decided in this case"
INVERTED = "unknown: published lowest exceeds highest"
NO_COUNT = "unknown: a published number is below zero"
WIDEST = "widest of the linked reports"


def harm(spoken: Spoken, decided: Decided) -> ibis.Table:
    """Ranges as published or decided; one whose lowest exceeds its highest stands as unknown, and its rule says why.

    Of linked reports the widest range that any of them leaves possible stands; other rules are asked with `civcas count`.
    """
    alone = _ranges(spoken.alone, decided)
    if spoken.together is None:
        return alone
    rows = _ranges(spoken.together, decided)
    lowest, highest = widest(rows.min, rows.max)
    several = rows.group_by("incident_id", "group", "outcome").agg(
        min=lowest,
        max=highest,
        rule=ibis.ifelse(rows.count() == 1, rows.rule.min(), WIDEST),
        reports=ibis.literal(";").join(rows.reports.collect().sort()),
    )
    return ibis.union(alone, several.select(*alone.columns))


def _ranges(rows: ibis.Table, decided: Decided) -> ibis.Table:
    settled: dict[str, list[str]] = {}
    for each in decided.of_kind(DecisionKind.COUNT):
        settled.setdefault(each.about, []).append(each.subject)
    return ibis.union(*[_of(rows, group, outcome, settled) for group in PREFIX for outcome in Outcome])


def _of(rows: ibis.Table, group: Group, outcome: Outcome, settled: Mapping[str, list[str]]) -> ibis.Table:
    lowest, highest = (rows[f"{PREFIX[group]}_{outcome}_{bound}"] for bound in ("min", "max"))
    return rows.filter(lowest.notnull() | highest.notnull()).select(
        "incident_id",
        group=ibis.literal(str(group)),
        outcome=ibis.literal(str(outcome)),
        min=usable(lowest, highest, lowest),
        max=usable(lowest, highest, highest),
        rule=ibis.ifelse(
            (lowest > highest).fill_null(False),
            INVERTED,
            ibis.ifelse(broken(lowest, highest), NO_COUNT, _rule(rows, settled.get(f"{PREFIX[group]}_{outcome}"))),
        ),
        reports=rows.report_id,
    )


def _rule(rows: ibis.Table, subjects: list[str] | None) -> ibis.Value:
    """Whose range a report's is: its publisher's, or that of a person who settled it."""
    if not subjects:
        return ibis.literal(PUBLISHED)
    return ibis.ifelse(rows.report_id.isin(small(subject=subjects).subject), DECIDED, PUBLISHED)
