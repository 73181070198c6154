"""How many times as many civilians one belligerent killed per unit of exposure as another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from civcas.catalog import Measure, Tables
from civcas.errors import BadInput
from civcas.measures import count_model
from civcas.measures.comparison import HOW_INTERVALS, HOW_SUMS, INTERVAL, Reader, Side, by_area, refusal, unidentifiable
from civcas.terms.estimate import Answer, Estimate, IntervalKind
from civcas.terms.reading import Reading
from civcas.terms.vocabulary import Attribution, Exposure

NAME = "rate_ratio"
LEVEL = 0.95
NO_INTERVAL = "Too few months have deaths to tell how they vary, so no interval can be given."
NAMES_BOTH = "Incidents that name both belligerents count on both sides, which the interval takes as independent."
EQUAL_DETECTION = (
    "It takes harm by both sides to be recorded equally well; where it is not, the ratio moves with the difference."
)


def answer(tables: Tables, reading: Reading) -> Answer:
    """The ratio of two rates under one reading; `reading.belligerents` are the exposed and the reference.

    Deaths are sums over whole months of `harm_by_period`; incidents without a number add nothing and are counted in the notes. The
    interval is Student's t on the log scale with quasi-Poisson dispersion (see `count_model`). Refused where an exposure has no
    fair match or the reference has no deaths; a window outside the data or an unknown belligerent is an error.
    """
    return answer_many(tables, [reading])[0]


def answer_many(tables: Tables, readings: Sequence[Reading]) -> list[Answer]:
    """The same for many readings at once, in their order."""
    answers = unidentifiable(tables, readings, measure=NAME)
    for area, places in by_area(tables, readings, answers).items():
        chosen = [readings[place] for place in places]
        _require_two(chosen)
        reader = Reader.of(tables, area=area)
        exposed, reference = reader.side(chosen, side=0), reader.side(chosen, side=1)
        for place, made in zip(places, _compare(chosen, exposed, reference), strict=True):
            answers[place] = made
    return [answers[place] for place in range(len(readings))]


def _require_two(readings: Sequence[Reading]) -> None:
    for reading in readings:
        if len(reading.belligerents) != 2:
            raise BadInput(
                f"{len(reading.belligerents)} belligerents given", where=NAME, expected="the exposed and the reference"
            )
        if reading.belligerents[0] == reading.belligerents[1]:
            raise BadInput(
                f"{reading.belligerents[0]} is compared with itself", where=NAME, expected="two belligerents"
            )


def _compare(readings: Sequence[Reading], exposed: Side, reference: Side) -> list[Answer]:
    value, low, high = count_model.ratio_interval(exposed.rate, reference.rate, level=LEVEL)
    shown = np.isfinite(low) & np.isfinite(high)
    months = exposed.sums.months + reference.sums.months
    made: list[Answer] = []
    for place, reading in enumerate(readings):
        why = exposed.refusals[place] or reference.refusals[place] or _undefined(reading, exposed, reference, place)
        if why:
            made.append(refusal(NAME, reading, why))
            continue
        has_interval = bool(shown[place])
        both = (NAMES_BOTH,) if reading.attribution != Attribution.SOLE else ()
        notes = (*_unlike(reading), *both, *exposed.notes[place], *reference.notes[place])
        made.append(
            Estimate(
                measure=NAME,
                value=float(value[place]),
                low=float(low[place]) if has_interval else None,
                high=float(high[place]) if has_interval else None,
                level=LEVEL if has_interval else None,
                interval=IntervalKind.WALD if has_interval else IntervalKind.NONE,
                n=int(months[place]),
                counted="months, both sides together",
                unit=f"times as many civilians killed per {reading.exposure_of(0)}"
                if reading.exposure_of(0) != Exposure.NONE
                else "times as many civilians killed",
                reading=reading,
                says=_says(reading, float(value[place])),
                notes=(*notes, INTERVAL if has_interval else NO_INTERVAL, EQUAL_DETECTION),
                diagnostics=_numbers(exposed, reference, place),
            )
        )
    return made


def _undefined(reading: Reading, exposed: Side, reference: Side, place: int) -> tuple[str, str] | None:
    for side, who in ((reference, reading.belligerents[1]), (exposed, reading.belligerents[0])):
        window = reading.window_of(0 if side is exposed else 1)
        if side.sums.deaths[place] == 0:
            kind = "a ratio of zero has no interval" if side is exposed else "its rate is zero and the ratio undefined"
            return (
                f"{who} has no recorded deaths in {window} under these grades and attribution, so {kind}",
                "a longer window",
            )
        if not side.exposure[place] > 0:
            return (
                f"{who} has no exposure in {window}, so its rate is undefined",
                "a window with exposure on both sides",
            )
    return None


def _unlike(reading: Reading) -> tuple[str, ...]:
    first, second = reading.exposure_of(0), reading.exposure_of(1)
    if first != second:
        return (
            f"Unlike units: {first} on one side and {second} on the other; the ratio compares things that are not the same.",
        )
    if first in (Exposure.STRIKE, Exposure.SORTIE, Exposure.MUNITION):
        return (f"No two militaries count a {first.removeprefix('declared ')} alike.",)
    return ()


def _numbers(exposed: Side, reference: Side, place: int) -> dict[str, float]:
    numbers: dict[str, float] = {}
    for name, side in (("exposed", exposed), ("reference", reference)):
        numbers |= {
            f"{name}_killed": float(side.sums.deaths[place]),
            f"{name}_exposure": float(side.exposure[place]),
            f"{name}_incidents_with_a_number": float(side.sums.incidents[place]),
            f"{name}_incidents_without_a_number": float(side.sums.without[place]),
            f"{name}_dispersion": float(side.rate.log_variance[place] * side.sums.deaths[place]),
        }
    return numbers


def _says(reading: Reading, value: float) -> str:
    exposed, reference = reading.belligerents
    per = "" if reading.exposure_of(0) == Exposure.NONE else f" per {reading.exposure_of(0)}"
    if value >= 1:
        return f"{exposed} strikes are recorded as killing {value:.2f} times as many civilians{per} as {reference} strikes."
    return f"{exposed} strikes are recorded as killing {value:.2f} times as many, that is fewer, civilians{per} than {reference} strikes."


ENTRY = Measure(
    name=NAME,
    question="How many times as many civilians did one belligerent kill per unit of exposure as another?",
    needs=("harm_by_period",),
    belligerents=("exposed", "reference"),
    answer=answer,
    answer_many=answer_many,
    no_difference=1.0,
    may_use=("strike", "figure"),
    how=(*HOW_SUMS, *HOW_INTERVALS, EQUAL_DETECTION),
    source="quasi-Poisson: McCullagh & Nelder 1989; jackknife: Efron 1982",
    example='civcas measure rate_ratio --exposed "Russian Military" --reference "U.S.-led Coalition" '
    "--area Syria --window 2015-10..2016-09 --grades +contested",
)
