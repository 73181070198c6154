"""What has been published of one thing: a figure as its source printed it, as it stood on a day."""

from __future__ import annotations

import datetime as dt
from typing import Any

import ibis

from civcas.catalog import Measure, Option, Tables
from civcas.errors import UnknownName
from civcas.terms.estimate import Answer, Estimate, IntervalKind, Refusal
from civcas.terms.reading import day
from civcas.terms.vocabulary import Estimand
from civcas.terms.window import Window

NAME = "published_figure"
BOUNDS = ("min", "middle", "max", "range")


def answer(
    tables: Tables, *, belligerent: str, area: str, window: str, what: str, bound: str = "min", as_of: str | None = None
) -> Answer:
    """The last figure published by `as_of` (or by now) on `what`, for that belligerent, area and exact window.

    `what` is a part of the published wording; wordings in brackets, such as "(first published)", say which vintage it is. `value` is
    the lower end, the upper end or the middle of the range as published, `low` and `high` its ends; no interval is pretended. `range`
    is the whole range: its middle, or its one end where the other is open.
    Refused where nothing matches, where nothing had been published by then, or where the end asked for is open.
    """
    if bound not in BOUNDS:
        raise UnknownName("bound", bound, BOUNDS, where=NAME)
    by = day(as_of)
    found = _matching(tables["figure"], belligerent, area, Window.parse(window), what)
    known = [row for row in found if by is None or (row["published"] and row["published"] <= by)]
    if not known:
        return _refusal(found, by, what, window)
    row = max(known, key=lambda each: (each["published"] or dt.date.min, each["figure_id"]))
    low, high = row["value_low"], row["value_high"]
    middle = None if low is None or high is None else (low + high) / 2
    known_end = low if high is None else high
    value = {"min": low, "max": high, "middle": middle, "range": known_end if middle is None else middle}[bound]
    if value is None:
        reason = f"the figure published ({row['source_title']}) is open at the end asked for"
        return Refusal(measure=NAME, reason=reason, needs=f"the other end of: {what}, {window}")
    return Estimate(
        measure=NAME,
        value=value,
        low=low,
        high=high,
        level=None,
        interval=IntervalKind.PUBLISHED,
        estimand=Estimand.AS_IT_WAS,
        interval_of="the range as its source printed it; it says nothing of chance",
        n=len(known),
        counted="figures published",
        unit=row["unit"],
        says=f"{row['measure']}, {belligerent}, {area}, {window}: {_range(low, high)} {row['unit']}. "
        f"Source: {row['source_title']}.",
        notes=_notes(row, known),
        diagnostics={"figure": row["figure_id"], "published_by": str(row["published"]), "address": row["source_url"]},
    )


def _matching(figure: ibis.Table, belligerent: str, area: str, window: Window, what: str) -> list[dict[str, Any]]:
    names = sorted(figure.select("belligerent").distinct().to_pyarrow()["belligerent"].to_pylist())
    if belligerent not in names:
        raise UnknownName("belligerent", belligerent, names, where="figure")
    rows = figure.filter(
        figure.belligerent == belligerent,
        figure.area == area,
        figure.period_start == window.first,
        figure.period_end == window.last,
        figure.measure.lower().contains(what.lower()),
    )
    return list(rows.order_by("figure_id").to_pyarrow().to_pylist())


def _refusal(found: list[dict[str, Any]], by: dt.date | None, what: str, window: str) -> Refusal:
    if not found:
        reason = f"no figure worded {what!r} for {window} is in these tables"
    else:
        reason = f"{len(found)} figures worded {what!r} for {window} are known, none of them published by {by}"
    return Refusal(measure=NAME, reason=reason, needs=f"a dated figure: {what}, {window}")


def _notes(row: dict[str, Any], known: list[dict[str, Any]]) -> tuple[str, ...]:
    others = [each for each in known if each is not row]
    earlier = tuple(
        f"Published before: {_range(each['value_low'], each['value_high'])} ({each['measure']}; {each['source_title']})"
        for each in others
    )
    return (*earlier, "A range as its source printed it; no probability is attached.")


def _range(low: float | None, high: float | None) -> str:
    if low is None:
        return f"at most {high:,.0f}"
    if high is None:
        return f"at least {low:,.0f}"
    return f"{low:,.0f}" if low == high else f"{low:,.0f}–{high:,.0f}"


ENTRY = Measure(
    name=NAME,
    question="What has been published of one thing, as it stood on a day?",
    needs=("figure",),
    answer=answer,
    by="options",
    means=("belligerent", "area", "window", "what", "as_of"),
    ranges=True,
    how=("A figure is told as its source printed it, the last published by the day asked; no interval is pretended.",),
    options=(
        Option(name="belligerent", help="Whom the figure is about, as the tables name it.", required=True),
        Option(name="area", help="Where, as published.", required=True),
        Option(name="window", help="The exact span the figure covers.", required=True),
        Option(name="what", help="A part of the published wording, such as 'likely killed'.", required=True),
        Option(name="bound", help="min, middle or max of the published range, or range for all of it.", default="min"),
        Option(name="as_of", help="Only what had been published by this day."),
    ),
    example='civcas measure published_figure --belligerent "Russian Military" --area Syria --window 2015-10 '
    '--what "likely killed" --as-of 2015-12-31',
)
