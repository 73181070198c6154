"""Sums by belligerent, area, calendar month, grading and attribution."""

from __future__ import annotations

import ibis

from civcas.register.ranges import ends, summed
from civcas.terms.tables import HARM_BY_PERIOD
from civcas.terms.vocabulary import Attribution, Grading

NOWHERE = "unknown"


def harm_by_period(named: ibis.Table) -> ibis.Table:
    """Incidents and sums of ranges by calendar month of the first day.

    An incident stands once for each belligerent it names: `sole` where that is one, else `shared`. Incidents without a number
    add nothing and are counted; with an incident that says "4 or more" the highest sum is open, which is null. Undated
    incidents are in no month: they are in `incident`, where a reader can count them.
    """
    dated = named.filter(named.date_start.notnull())
    graded = [str(g) for g in Grading]
    month = dated.date_start.truncate("M")
    rows = dated.select(
        belligerent=dated.belligerent,
        area=dated.area.fill_null(NOWHERE),
        month=month,
        grading=ibis.ifelse(dated.grading.isin(graded), dated.grading, str(Grading.UNGRADED)).fill_null(
            str(Grading.UNGRADED)
        ),
        attribution=ibis.ifelse(dated.named == 1, str(Attribution.SOLE), str(Attribution.SHARED)),
        dataset=dated.dataset,
        **ends(dated.killed_min, dated.killed_max),
    )
    sums = rows.group_by("belligerent", "area", "month", "grading", "attribution", "dataset").agg(
        incidents=rows.count(),
        **summed(rows),
    )
    first = _day(sums.month)
    last = _day((first + ibis.interval(months=1)) - ibis.interval(days=1))
    return sums.mutate(period_start=first, period_end=last, extra=ibis.null("string")).select(
        *[f.name for f in HARM_BY_PERIOD.fields]
    )


def _day(value: ibis.Value) -> ibis.Value:
    """The day made anew: engines make times of truncated and shifted days, whatever Ibis says of it."""
    return ibis.date(value.year(), value.month(), value.day())
