"""Tables as they stand: rows that were withdrawn are gone, names, counts and gradings are as decided, the rest as published."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ibis

from civcas.register.decided import Decided, small
from civcas.terms.decision import DecisionKind
from civcas.terms.typed_decision import count_columns

GONE = (DecisionKind.WITHDRAW, DecisionKind.SUPERSEDE)


def standing_reports(report: ibis.Table, decided: Decided) -> ibis.Table:
    """Reports that were neither withdrawn nor superseded, with dates, places, names, gradings and counts as decided."""
    report = without(report, decided, GONE, key="report_id")
    places = decided.names(DecisionKind.PLACE)
    report = renamed(renamed(report, "province", places), "place", places)
    report = _whereabouts(_dated(report, decided), decided)
    named = {each.subject: str(each.value["belligerents"]) for each in decided.of_kind(DecisionKind.NAMED)}
    report = corrected(report, {"belligerents": named}, key="report_id")
    graded = {each.subject: str(each.value["grading"]) for each in decided.of_kind(DecisionKind.GRADE)}
    report = corrected(report, {"grading": graded}, key="report_id")
    return counted(report, decided, key="report_id")


def _dated(report: ibis.Table, decided: Decided) -> ibis.Table:
    settled = decided.of_kind(DecisionKind.DATE)
    columns = ("date_start", "date_end", "date_precision")
    values = {name: {each.subject: _said(each.value.get(name)) for each in settled} for name in columns}
    return corrected(report, values, key="report_id")


def _whereabouts(report: ibis.Table, decided: Decided) -> ibis.Table:
    """Places and points as decided: a place decided without a point has none, since the one published was of another place."""
    settled = decided.of_kind(DecisionKind.LOCATION)
    values = {
        name: {each.subject: _said(each.value.get(name)) for each in settled}
        for name in ("place", "latitude", "longitude")
    }
    return corrected(report, values, key="report_id")


def _said(value: Any) -> str | None:
    return None if value is None else str(value)


def without_withdrawn(report: ibis.Table, withdrawal: ibis.Table | None) -> ibis.Table:
    """Reports that their publisher has not taken back; one that stands twice under its id (`id#2`) is taken back each time."""
    if withdrawal is None:
        return report
    gone = withdrawal.select("taken_back").distinct()
    again = report.select(report_id=report.report_id, taken_back=report.report_id.re_replace(r"#[0-9]+$", ""))
    gone = gone.union(again.semi_join(gone, "taken_back").select(taken_back=again.report_id), distinct=True)
    return report.anti_join(gone, report.report_id == gone.taken_back)


def standing_declared(table: ibis.Table, decided: Decided, *, key: str) -> ibis.Table:
    """Strikes or figures as decided. A figure that a later one supersedes stays: it is what was known before that one."""
    table = without(trimmed(table, "belligerent", "area"), decided, (DecisionKind.WITHDRAW,), key=key)
    named = renamed(table, "belligerent", decided.names(DecisionKind.BELLIGERENT))
    return counted(named, decided, key=key)


def sound(table: ibis.Table, about: str) -> ibis.Table:
    """The same rows, with no number where the range contradicts itself; which those are is in the table `doubt`."""
    low, high = count_columns()[about]
    wrong = (table[low] > table[high]).fill_null(False)
    nothing = ibis.null("float64")
    return table.mutate(**{end: ibis.ifelse(wrong, nothing, table[end]) for end in (low, high)})


def without(table: ibis.Table, decided: Decided, kinds: tuple[DecisionKind, ...], *, key: str) -> ibis.Table:
    gone = sorted({each.subject for each in decided.of_kind(*kinds)})
    if not gone:
        return table
    subjects = small(subject=gone)
    return table.anti_join(subjects, table[key] == subjects.subject)


def counted(table: ibis.Table, decided: Decided, *, key: str) -> ibis.Table:
    """Ranges as decided in place of those published, for the counts this table holds."""
    for about, columns in count_columns().items():
        settled = [each for each in decided.of_kind(DecisionKind.COUNT) if each.about == about]
        if settled and set(columns) <= set(table.columns):
            ends = zip(columns, ("min", "max"), strict=True)
            values = {column: {each.subject: _text(each.value.get(end)) for each in settled} for column, end in ends}
            table = corrected(table, values, key=key)
    return table


def _text(number: float | None) -> str | None:
    return None if number is None else str(number)


def corrected(table: ibis.Table, values: Mapping[str, Mapping[str, str | None]], *, key: str) -> ibis.Table:
    """The same rows, with each column's values in place of what is there for the subjects named; the subjects are the same for each."""
    subjects = list(next(iter(values.values())))
    if not subjects:
        return table
    settled = small(subject=subjects, **{f"settled_{name}": list(by.values()) for name, by in values.items()})
    joined = table.left_join(settled, table[key] == settled.subject)
    is_settled = joined.subject.notnull()
    return joined.mutate(
        **{
            name: ibis.ifelse(is_settled, joined[f"settled_{name}"].cast(table[name].type()), joined[name])
            for name in values
        }
    ).select(*table.columns)


def renamed(table: ibis.Table, column: str, names: Mapping[str, str]) -> ibis.Table:
    """The same rows with `names` applied to one column; a name nobody decided on stands as published."""
    if not names:
        return table
    return table.mutate(**{column: table[column].substitute(dict(names))})


def trimmed(table: ibis.Table, *columns: str) -> ibis.Table:
    """The same rows without blanks around these names: `Iraq ` is Iraq. The imported table keeps them as published."""
    return table.mutate(**{name: table[name].strip() for name in columns})
