"""How far a published figure grew between two vintages, and so how complete the first one was."""

from __future__ import annotations

import time
from typing import Any

import ibis

from civcas.catalog import Measure, Option, Tables
from civcas.errors import UnknownName
from civcas.measures.incidents import pictures
from civcas.measures.incidents.speech import plain
from civcas.terms.estimate import Answer, Estimate, IntervalKind, Refusal
from civcas.terms.vocabulary import Estimand
from civcas.terms.window import Window

NAME = "revision"


def answer(tables: Tables, *, belligerent: str, window: str, first: str, later: str, area: str | None = None) -> Answer:
    """The later figure over the first, at both ends of their ranges; no probability is attached.

    One pair says how much this figure grew, not how much the next will: with no second pair there is no interval. Refuses figures
    of unlike units or open ranges.
    """
    started = time.perf_counter()
    span = Window.parse(window)
    figures = tables["figure"]
    named = figures.select("belligerent").distinct().to_pyarrow().column("belligerent").to_pylist()
    if belligerent not in named:
        raise UnknownName("belligerent", belligerent, named, where="the figure table")
    known = figures.filter(figures.belligerent == belligerent)
    if area is not None:
        known = known.filter(known.area == area)
    known = known.filter(known.period_start == ibis.literal(span.first), known.period_end == ibis.literal(span.last))
    rows = {row["measure"]: row for row in known.to_pyarrow().to_pylist()}
    for wanted in (first, later):
        if wanted not in rows:
            raise UnknownName(f"figure of {belligerent} in {span}", wanted, rows)
    if first == later:
        return Refusal(measure=NAME, reason="the first and the later figure are the same one, so nothing can have grown",
                       needs="two vintages of one figure")  # fmt: skip
    before, after = rows[first], rows[later]
    if (reason := _unlike(before, after)) is not None:
        return Refusal(
            measure=NAME, reason=reason, needs="two vintages of one figure, in one unit, with both ends above zero"
        )
    ends = sorted([after["value_low"] / before["value_low"], after["value_high"] / before["value_high"]])
    value = float((ends[0] * ends[1]) ** 0.5)
    return Estimate(
        measure=NAME, value=value, low=ends[0], high=ends[1], level=None, interval=IntervalKind.PUBLISHED, n=1, counted="pairs of vintages",
        unit="times the first published",
        says=(
            f"The figure for {belligerent} in {span} grew from {_range(before)} to {_range(after)} {after['unit']}: the first was about "
            f"{100 / value:.0f}% of the later one."
        ),
        notes=(
            "One revision says how much this figure grew; it carries no interval for another month.",
            f"The two are named differently by their sources: {first!r} and {later!r}.",
        ),
        diagnostics={"first": _range(before), "later": _range(after), "completeness_when_first_published": [1 / ends[1], 1 / ends[0]],
                     "sources": [before["source_title"], after["source_title"]]},
        seconds=time.perf_counter() - started, estimand=Estimand.AS_IT_WAS,
        interval_of="the two figures as printed: from the smaller to the larger growth of their ends; no probability is attached",
    )  # fmt: skip


def _unlike(before: dict[str, Any], after: dict[str, Any]) -> str | None:
    if before["unit"] != after["unit"]:
        return f"the two figures count unlike things ({before['unit']} and {after['unit']})"
    if not all(each[end] for each in (before, after) for end in ("value_low", "value_high")):
        return "one of the figures has an open end or a zero, so its growth is undefined"
    return None


def _range(row: dict[str, Any]) -> str:
    low, high = row["value_low"], row["value_high"]
    return plain(low) if low == high else f"{plain(low)}–{plain(high)}"


ENTRY = Measure(
    name=NAME,
    question="How far did a published figure grow between two vintages?",
    needs=("figure",),
    answer=answer,
    by="options",
    options=(
        Option(name="belligerent", help="as the figures name it", required=True),
        Option(name="window", help="the period both figures cover, as 2015-10", required=True),
        Option(name="first", help="what the first figure is called", required=True),
        Option(name="later", help="what the later figure is called", required=True),
        Option(name="area", help="as the figures name it"),
    ),
    source="published vintages of one figure",
    example="civcas measure revision --belligerent 'Russian Military' --window 2015-10 --first 'likely killed, fair (first published)' "
    "--later 'likely killed (revised 2016)'",
    draw=pictures.one_interval,
)
