"""How many civilians one belligerent killed per unit of exposure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from civcas.catalog import Measure, Tables
from civcas.errors import BadInput
from civcas.measures.comparison import HOW_INTERVALS, HOW_SUMS, INTERVAL, Reader, Side, by_area, refusal, unidentifiable
from civcas.terms.estimate import Answer, Estimate, IntervalKind
from civcas.terms.reading import Reading
from civcas.terms.vocabulary import Exposure

NAME = "rate"
LEVEL = 0.95


def answer(tables: Tables, reading: Reading) -> Answer:
    """Deaths per exposure of one belligerent under one reading, with the interval of `count_model`.

    Incidents without a number add nothing and are counted in the notes. Refused where the exposure has no fair match or every incident is
    without a number; without an interval where too few months have deaths to tell their spread.
    """
    return answer_many(tables, [reading])[0]


def answer_many(tables: Tables, readings: Sequence[Reading]) -> list[Answer]:
    """The same for many readings at once, in their order."""
    answers = unidentifiable(tables, readings, measure=NAME)
    for area, places in by_area(tables, readings, answers).items():
        chosen = [readings[place] for place in places]
        for reading in chosen:
            _require_exposure(reading)
        side = Reader.of(tables, area=area).side(chosen, side=0)
        low, high = side.rate.interval(level=LEVEL)
        for at, (place, reading) in enumerate(zip(places, chosen, strict=True)):
            why = side.refusals[at]
            if not why and not side.exposure[at] > 0:
                why = (f"{reading.belligerents[0]} has no exposure in {reading.window_of(0)}", "a window with exposure")
            if why:
                answers[place] = refusal(NAME, reading, why)
                continue
            shown = bool(np.isfinite(low[at]) and np.isfinite(high[at]))
            answers[place] = Estimate(
                measure=NAME,
                value=float(side.rate.rate[at]),
                low=float(low[at]) if shown else None,
                high=float(high[at]) if shown else None,
                level=LEVEL if shown else None,
                interval=IntervalKind.WALD if shown else IntervalKind.NONE,
                n=int(side.sums.months[at]),
                counted="months",
                unit=f"civilians killed per {reading.exposure_of(0)}",
                reading=reading,
                says=f"{reading.belligerents[0]} strikes are recorded as killing {side.rate.rate[at]:,.2f} civilians "
                f"per {reading.exposure_of(0)}.",
                notes=(*side.notes[at], *_about_the_interval(side, at, shown=shown)),
                diagnostics={
                    "killed": float(side.sums.deaths[at]),
                    "exposure": float(side.exposure[at]),
                    "incidents_with_a_number": float(side.sums.incidents[at]),
                    "incidents_without_a_number": float(side.sums.without[at]),
                },
            )
    return [answers[place] for place in range(len(readings))]


def _about_the_interval(side: Side, at: int, *, shown: bool) -> tuple[str, ...]:
    if shown:
        return (INTERVAL,)
    if side.sums.deaths[at] == 0:
        return ("No death is recorded, so no interval can be given.",)
    return ("Too few months have deaths to tell how they vary, so no interval can be given.",)


def _require_exposure(reading: Reading) -> None:
    if len(reading.belligerents) != 1:
        raise BadInput(
            f"{len(reading.belligerents)} belligerents given", where=NAME, expected="one; rate_ratio compares two"
        )
    if reading.exposure_of(0) == Exposure.NONE:
        raise BadInput(
            "the exposure is none", where=NAME, expected="something to divide by; civcas_total needs no exposure"
        )


ENTRY = Measure(
    name=NAME,
    question="How many civilians did one belligerent kill per unit of exposure?",
    needs=("harm_by_period",),
    answer=answer,
    answer_many=answer_many,
    may_use=("strike", "figure"),
    how=(*HOW_SUMS, *HOW_INTERVALS),
    source="quasi-Poisson: McCullagh & Nelder 1989; jackknife: Efron 1982",
    example='civcas measure rate --belligerent "Russian Military" --area Syria --window 2016 --exposure month',
)
