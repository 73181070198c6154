"""Whether one belligerent's recorded harm changed its level, when, and by how much, where months resemble their neighbours."""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from civcas.catalog import Measure, Option, Tables
from civcas.errors import BadInput
from civcas.measures.counts.change_points import default_penalty, dispersion_between_neighbours, poisson_changes
from civcas.measures.counts.level_change import FEWEST_MONTHS, LevelChange, level_change
from civcas.measures.incidents import pictures
from civcas.measures.incidents.asked import LEVEL
from civcas.measures.incidents.monthly import MONTHLY_OPTIONS, Monthly, monthly
from civcas.measures.incidents.rows import Floats
from civcas.measures.incidents.speech import plain
from civcas.terms.estimate import Answer, Estimate, IntervalKind, Refusal
from civcas.terms.vocabulary import Estimand

NAME = "change"
ALARMS = (
    "Of records without any change, this test calls at most 5 in 100 where neighbouring months correlate up to 0.6, and at most 10 at "
    "0.8 (python benchmarks/coverage_rates.py change)."
)
ONE = "The interval is for one change of level. A slow rise, a season or two changes can look like one: look at the months."
UNTOLD = "No change can be told from months that resemble their neighbours"


def answer(tables: Tables, *, penalty: float | None = None, level: float = LEVEL, **asked: Any) -> Answer:
    """The level after the one change over the level before, with an interval that holds 1 unless a change is shown.

    A change is announced only where months that have none, alike as neighbours may be, rarely show one as strong. The interval holds
    every month and size of a change that the same test does not reject. Refuses below 12 months and where nothing varies.
    """
    started = time.perf_counter()
    if asked.get("per", "day") != "day":
        raise BadInput(
            "change points of deaths per incident",
            where="--per",
            expected="day",
            do="Ask civcas measure trend --per incident",
        )
    if penalty is not None and not penalty > 0:
        raise BadInput(f"a penalty of {penalty:g}", where="--penalty", expected="above 0; 2 ln n is usual")
    series = monthly(NAME, tables, **asked)
    if isinstance(series, Refusal):
        return series
    try:
        changed = changes(series.counts, exposure=series.exposure, level=level)
    except BadInput as refused:
        needs = refused.expected or f"at least {FEWEST_MONTHS} months that vary"
        return Refusal(
            measure=NAME, reason=refused.found, needs=needs, reading=series.reading, diagnostics=_months(series)
        )
    return _estimate(series, changed, penalty, level, started)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """The strongest change of a series, and the months after which a change is shown: none, that one, or more on either side of it."""

    one: LevelChange
    after: tuple[int, ...]


def changes(counts: Floats, *, exposure: Floats | None = None, level: float = LEVEL) -> Changes:
    """Where a change is shown, each side long enough is asked again, at half the risk of a false alarm each."""
    one = level_change(counts, exposure=exposure, level=level)
    if not one.shown:
        return Changes(one=one, after=())
    parts = [(0, one.after), (one.after, len(counts))]
    further = [_further(counts, exposure, start, end, (1 + level) / 2) for start, end in parts]
    return Changes(one=one, after=(*further[0], one.after, *further[1]))


def _further(counts: Floats, exposure: Floats | None, start: int, end: int, level: float) -> tuple[int, ...]:
    part = slice(start, end)
    try:
        more = changes(counts[part], exposure=None if exposure is None else exposure[part], level=level)
    except BadInput:
        return ()
    return tuple(start + after for after in more.after)


def _estimate(series: Monthly, changed: Changes, penalty: float | None, level: float, started: float) -> Estimate:
    one = changed.one
    notes = (*series.notes, ALARMS, ONE)
    if one.visible is not None and not one.shown:
        notes += (
            f"In {len(series.counts)} months like these a change in the middle is shown four times in five if the level becomes "
            f"{plain(one.visible)} times as high.",
        )
    return Estimate(
        measure=NAME, value=one.value, low=one.low, high=one.high, level=level, interval=IntervalKind.PROFILE,
        n=len(series.counts), counted="months", unit="times the level before", reading=series.reading,
        says=_sentence(series, changed), notes=notes, diagnostics=_diagnostics(series, changed, penalty),
        seconds=time.perf_counter() - started, estimand=Estimand.AS_IT_TENDS,
        interval_of="the level after a single change over the level before it, the month of the change not known, in months that may "
        "resemble their neighbours",
    )  # fmt: skip


def _sentence(series: Monthly, changed: Changes) -> str:
    who = f"{series.unit.removesuffix(' per day')} attributed to {series.reading.belligerents[0]}"
    one, labels = changed.one, series.labels
    between = f"{plain(one.low)} to {plain(one.high)}"
    if not one.shown:
        return (
            f"{UNTOLD}: the strongest step in {who}, after {labels[one.after - 1]}, could be chance. If the level changed once, it went "
            f"to {between} times what it was."
        )
    if len(changed.after) > 1:
        levels = [plain(float(part.mean())) for part in np.split(series.counts, changed.after)]
        return (
            f"The level of {who} changed after {', '.join(labels[after - 1] for after in changed.after)}: "
            f"{', then '.join(levels)} a month. Taken as a single change, it went to {plain(one.value)} times what it was ({between})."
        )
    return (
        f"The level of {who} changed after {labels[one.after - 1]} (between {labels[one.first - 1]} and "
        f"{labels[one.last - 1]}), to {plain(one.value)} times what it was ({between})."
    )


def _months(series: Monthly) -> dict[str, Any]:
    return {"months": series.labels, "observed": series.counts.tolist()}


def _diagnostics(series: Monthly, changed: Changes, penalty: float | None) -> dict[str, Any]:
    one, labels, counts = changed.one, series.labels, series.counts
    edges = [0, *changed.after, len(counts)]
    cost = penalty if penalty is not None else default_penalty(len(counts))
    independent = poisson_changes(counts, penalty=cost, dispersion=dispersion_between_neighbours(counts))
    return {
        "change_shown": one.shown,
        "p": one.p,
        "changes_after": [labels[after - 1] for after in changed.after],
        "levels": [
            {"from": labels[start], "to": labels[end - 1], "per_month": float(counts[start:end].mean())}
            for start, end in itertools.pairwise(edges)
        ],
        "strongest_after": labels[one.after - 1],
        "strongest_between": [labels[one.first - 1], labels[one.last - 1]],
        "log_likelihood_gained": one.gain,
        "log_likelihood_needed": one.needed,
        "correlation_of_neighbours": one.correlation,
        "smallest_change_seen_four_times_in_five": one.visible,
        "cuts_if_months_were_independent": [labels[cut - 1] for cut in independent],
        "penalty": cost,
        **_months(series),
        "assumes": [
            "the share of harm that is recorded did not change",
            "neighbouring months correlate by 0.8 at most",
            "one change of level, for value and interval",
        ],
    }


ENTRY = Measure(
    name=NAME,
    question="Did recorded harm by one belligerent change its level, and when?",
    needs=("incident", "harm", "attribution"),
    answer=answer,
    by="options",
    no_difference=1.0,
    options=(
        *(option for option in MONTHLY_OPTIONS if option.name != "per"),
        Option(name="penalty", help="of the search that takes months as independent, shown beside; 2 ln n if left out", type=float),
        Option(name="level", help="nominal coverage of the interval", type=float, default=LEVEL),
    ),
    source="Andrews 1993; Siegmund 1988; Killick, Fearnhead and Eckley 2012",
    example="civcas measure change --belligerent 'Russian Military' --window 2015-10..2016-12 --of incidents",
    draw=pictures.change,
)  # fmt: skip
