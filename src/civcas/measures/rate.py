"""How many civilians one belligerent killed per unit of exposure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from civcas.catalog import Measure, Tables
from civcas.errors import BadInput
from civcas.measures.comparison import HOW_INTERVALS, HOW_SUMS, Ends, Reader, Why, by_area, refusal, unidentifiable
from civcas.measures.monthly_redraws import redraw
from civcas.measures.range_answer import OPEN_ABOVE, Rates, Uncertainty, spelled, uncertainties
from civcas.measures.rate_spread import TOO_WIDE
from civcas.terms.estimate import Answer, Estimate, IntervalKind
from civcas.terms.reading import Reading
from civcas.terms.vocabulary import Exposure

NAME = "rate"


def answer(tables: Tables, reading: Reading) -> Answer:
    """Deaths per exposure of one belligerent under one reading, with the interval of `count_model`.

    Incidents without a number add nothing and are counted in the notes. Refused where the exposure has no fair match or every incident is
    without a number; without an interval where too few months or incidents have deaths to tell how they vary.
    """
    return answer_many(tables, [reading])[0]


def answer_many(tables: Tables, readings: Sequence[Reading]) -> list[Answer]:
    """The same for many readings at once, in their order."""
    return answer_and_redraw(tables, readings, 0, 0)[0]


def resample(tables: Tables, readings: Sequence[Reading], times: int, seed: int) -> NDArray[np.float64]:
    """Answers of all readings as if the record came about again; shape (times, readings), nan where there is no number or no interval."""
    return answer_and_redraw(tables, readings, times, seed)[1]


def answer_and_redraw(
    tables: Tables, readings: Sequence[Reading], times: int, seed: int
) -> tuple[list[Answer], NDArray[np.float64]]:
    """The answers of `answer_many` and the draws of `resample`, from sums that are worked out once."""
    answers = unidentifiable(tables, readings, measure=NAME)
    drawn = np.full((times, len(readings)), np.nan)
    for area, places in by_area(tables, readings, answers).items():
        chosen = [readings[place] for place in places]
        for reading in chosen:
            _require_exposure(reading)
        reader = Reader.of(tables, area=area)
        ends = reader.ends(chosen, side=0)
        rates = Rates(asked=ends.asked.rate, lowest=ends.least.rate, highest=ends.most.rate)
        for at, known in enumerate(uncertainties(chosen, rates)):
            why = _why_not(ends, at, chosen[at])
            answers[places[at]] = refusal(NAME, chosen[at], why) if why else _estimate(chosen[at], ends, known, at)
        if times:
            fine = np.array([isinstance(answers[place], Estimate) for place in places])
            drawn[:, places] = redraw(reader, chosen, ends.asked.rate, fine, times=times, seed=seed)
    return [answers[place] for place in range(len(readings))], drawn


def _why_not(ends: Ends, at: int, reading: Reading) -> Why | None:
    side = ends.asked
    if side.refusals[at] or side.exposure[at] > 0:
        return side.refusals[at]
    return f"{reading.belligerents[0]} has no exposure in {reading.window_of(0)}", "a window with exposure"


def _estimate(reading: Reading, ends: Ends, known: Uncertainty, at: int) -> Estimate:
    side = ends.asked
    fields: dict[str, Any] = known.fields()
    value = float(side.rate.rate[at])
    shown = spelled(known.identified) if known.identified else f"{value:,.2f}"
    per = reading.exposure_of(0)
    return Estimate(
        measure=NAME,
        value=value,
        n=int(side.sums.months[at]),
        counted="months",
        unit=f"civilians killed per {per}",
        reading=reading,
        effective=float(side.sums.effective[at]),
        says=f"{reading.belligerents[0]} strikes in {reading.window_of(0)} are recorded as killing {shown} civilians per {per}.",
        notes=(*side.notes[at], *_about(known, side.why_no_interval(at))),
        diagnostics={
            "killed": float(side.sums.deaths[at]),
            "exposure": float(side.exposure[at]),
            "incidents_with_a_number": float(side.sums.incidents[at]),
            "incidents_without_a_number": float(side.sums.without[at]),
            **({"standard_error_of_log": float(np.sqrt(side.rate.log_variance[at])), "degrees": float(side.rate.degrees[at])}
               if known.interval == IntervalKind.WALD else {}),
        },
        **fields,
    )  # fmt: skip


def _about(known: Uncertainty, why: str) -> tuple[str, ...]:
    none = (why or TOO_WIDE,) if known.interval == IntervalKind.NONE else ()
    return (*((OPEN_ABOVE,) if known.open_above else ()), *none)


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
    redraw=answer_and_redraw,
    may_use=("strike", "figure"),
    means=("window", "exposure", "area", "belligerent"),
    grid={
        "grades": ("fair+confirmed", "+contested", "all-but-discounted"),
        "attribution": ("sole", "any"),
        "bound": ("range",),
    },
    ranges=True,
    how=(*HOW_SUMS, *HOW_INTERVALS),
    source="long-run variance with the months' correlation integrated out: Zellner & Tiao 1964; jackknife: Efron 1982; "
    "range: Imbens & Manski 2004",
    example='civcas measure rate --belligerent "Russian Military" --area Syria --window 2016 --exposure month',
)
