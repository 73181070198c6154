"""How many times as many civilians one belligerent killed per unit of exposure as another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from civcas.catalog import Measure, Tables
from civcas.errors import BadInput
from civcas.measures import count_model
from civcas.measures.comparison import (
    HOW_INTERVALS,
    HOW_SUMS,
    Ends,
    Reader,
    Side,
    Why,
    by_area,
    refusal,
    unidentifiable,
)
from civcas.measures.monthly_redraws import redraw
from civcas.measures.range_answer import OPEN_ABOVE, Rates, Uncertainty, spelled, uncertainties
from civcas.measures.rate_spread import TOO_WIDE
from civcas.terms.estimate import Answer, Estimate, IntervalKind
from civcas.terms.reading import Reading
from civcas.terms.vocabulary import Attribution, Exposure

NAME = "rate_ratio"
NAMES_BOTH = (
    "Incidents that name both belligerents count on both sides; the interval takes the two sides as independent."
)
SAME_MONTHS = (
    "The two windows share months, which count on both sides; the interval takes the two sides as independent."
)
EQUAL_DETECTION = (
    "It takes harm by both sides to be recorded equally well; where it is not, the ratio moves with the difference."
)


def answer(tables: Tables, reading: Reading) -> Answer:
    """The ratio of two rates under one reading; `reading.belligerents` are the exposed and the reference.

    The two may be one belligerent in two windows. Deaths are sums over whole months of `harm_by_period`; incidents without a number add
    nothing and are counted in the notes. The interval is Student's t on the log scale with the months' long-run variance (see
    `count_model`). Refused where an exposure has no fair match or the reference has no deaths; a window outside the data or an
    unknown belligerent is an error.
    """
    return answer_many(tables, [reading])[0]


def answer_many(tables: Tables, readings: Sequence[Reading]) -> list[Answer]:
    """The same for many readings at once, in their order."""
    return answer_and_redraw(tables, readings, 0, 0)[0]


def resample(tables: Tables, readings: Sequence[Reading], times: int, seed: int) -> NDArray[np.float64]:
    """Ratios of all readings as if the record came about again; shape (times, readings), nan where there is no number or no interval."""
    return answer_and_redraw(tables, readings, times, seed)[1]


def answer_and_redraw(
    tables: Tables, readings: Sequence[Reading], times: int, seed: int
) -> tuple[list[Answer], NDArray[np.float64]]:
    """The answers of `answer_many` and the draws of `resample`, from sums that are worked out once."""
    answers = unidentifiable(tables, readings, measure=NAME)
    drawn = np.full((times, len(readings)), np.nan)
    for area, places in by_area(tables, readings, answers).items():
        chosen = [readings[place] for place in places]
        _require_two(chosen)
        reader = Reader.of(tables, area=area)
        exposed, reference = reader.ends(chosen, side=0), reader.ends(chosen, side=1)
        for place, made in zip(places, _compare(chosen, exposed, reference), strict=True):
            answers[place] = made
        if times:
            fine = np.array([isinstance(answers[place], Estimate) for place in places])
            ratio = count_model.ratio(exposed.asked.rate, reference.asked.rate)
            drawn[:, places] = redraw(reader, chosen, ratio, fine, times=times, seed=seed)
    return [answers[place] for place in range(len(readings))], drawn


def _require_two(readings: Sequence[Reading]) -> None:
    for reading in readings:
        if len(reading.belligerents) != 2:
            raise BadInput(
                f"{len(reading.belligerents)} belligerents given", where=NAME, expected="the exposed and the reference"
            )
        if _same(reading) and reading.window_of(0) == reading.window_of(1):
            raise BadInput(
                f"{reading.belligerents[0]} is compared with itself in one window",
                where=NAME,
                expected="two belligerents, or one in two windows: --window '2016 vs 2017'",
            )


def _same(reading: Reading) -> bool:
    return reading.belligerents[0] == reading.belligerents[1]


def _compare(readings: Sequence[Reading], exposed: Ends, reference: Ends) -> list[Answer]:
    rates = Rates(
        asked=count_model.ratio(exposed.asked.rate, reference.asked.rate),
        lowest=count_model.ratio(exposed.least.rate, reference.most.rate),
        highest=count_model.ratio(exposed.most.rate, reference.least.rate),
    )
    made: list[Answer] = []
    for place, known in enumerate(uncertainties(readings, rates)):
        why = _why_not(readings[place], exposed.asked, reference.asked, place)
        made.append(
            refusal(NAME, readings[place], why)
            if why
            else _estimate(
                readings[place], exposed.asked, reference.asked, float(rates.asked.rate[place]), known, place
            )
        )
    return made


def _estimate(
    reading: Reading, exposed: Side, reference: Side, value: float, known: Uncertainty, place: int
) -> Estimate:
    fields: dict[str, Any] = known.fields()
    per = reading.exposure_of(0)
    return Estimate(
        measure=NAME,
        value=value,
        n=int(exposed.sums.months[place] + reference.sums.months[place]),
        counted="months, both sides together",
        unit=f"times as many civilians killed per {per}" if per != Exposure.NONE else "times as many civilians killed",
        reading=reading,
        effective=float(min(side.sums.effective[place] for side in (exposed, reference))),
        says=_says(reading, value, known),
        notes=(*_notes(reading, exposed, reference, known, place), EQUAL_DETECTION),
        diagnostics=_numbers(exposed, reference, place),
        **fields,
    )


def _notes(reading: Reading, exposed: Side, reference: Side, known: Uncertainty, place: int) -> tuple[str, ...]:
    both = (NAMES_BOTH,) if reading.attribution != Attribution.SOLE and not _same(reading) else ()
    shared = _same(reading) and reading.window_of(0).overlap_days(reading.window_of(1)) > 0
    none: tuple[str, ...] = ()
    if known.interval == IntervalKind.NONE:
        reasons = [
            f"{reading.belligerents[at]}: {why}"
            for at, side in enumerate((exposed, reference))
            if (why := side.why_no_interval(place))
        ]
        none = tuple(dict.fromkeys(reasons)) or (TOO_WIDE,)
    return (
        *_unlike(reading),
        *both,
        *((SAME_MONTHS,) if shared else ()),
        *dict.fromkeys((*exposed.notes[place], *reference.notes[place])),
        *((OPEN_ABOVE,) if known.open_above else ()),
        *none,
    )


def _why_not(reading: Reading, exposed: Side, reference: Side, place: int) -> Why | None:
    return exposed.refusals[place] or reference.refusals[place] or _undefined(reading, exposed, reference, place)


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
        }
        if np.isfinite(side.rate.log_variance[place]):
            numbers |= {
                f"{name}_standard_error_of_log": float(np.sqrt(side.rate.log_variance[place])),
                f"{name}_degrees": float(side.rate.degrees[place]),
            }
    return numbers


def _says(reading: Reading, value: float, known: Uncertainty) -> str:
    """One sentence that names what differs between the sides: belligerents, windows, units."""
    times = f"{spelled(known.identified)} times" if known.identified else f"{value:.2f} times"
    fewer = (known.identified[1] if known.identified else value) < 1
    units = [
        f"per {reading.exposure_of(side)}" if reading.exposure_of(side) != Exposure.NONE else "" for side in (0, 1)
    ]
    windows = [f"in {reading.window_of(side)}" for side in (0, 1)]
    who = [f"{name} strikes" for name in reading.belligerents]
    apart = windows[0] != windows[1]
    first = " ".join(filter(None, (who[0], windows[0] if apart else "")))
    second = " ".join(
        filter(
            None,
            ("" if _same(reading) else who[1], windows[1] if apart else "", units[1] if units[0] != units[1] else ""),
        )
    )
    civilians = " ".join(filter(None, ("civilians", units[0])))
    middle = f"{times} as many, that is fewer, {civilians} than" if fewer else f"{times} as many {civilians} as"
    return f"{first} are recorded as killing {middle} {second}" + ("." if apart else f", {windows[0]}.")


ENTRY = Measure(
    name=NAME,
    question="How many times as many civilians did one belligerent kill per unit of exposure as another?",
    needs=("harm_by_period",),
    belligerents=("exposed", "reference"),
    answer=answer,
    answer_many=answer_many,
    redraw=answer_and_redraw,
    no_difference=1.0,
    may_use=("strike", "figure"),
    means=("window", "exposure", "area", "exposed", "reference"),
    grid={
        "grades": ("fair+confirmed", "+contested", "all-but-discounted"),
        "attribution": ("sole", "any"),
        "bound": ("range",),
        "exposure": ("month", "incident", "declared strike"),
    },
    ranges=True,
    how=(*HOW_SUMS, *HOW_INTERVALS, EQUAL_DETECTION),
    source="long-run variance with the months' correlation integrated out: Zellner & Tiao 1964; jackknife: Efron 1982; "
    "range: Imbens & Manski 2004",
    example='civcas measure rate_ratio --exposed "Russian Military" --reference "U.S.-led Coalition" '
    "--area Syria --window 2015-10..2016-09 --grades +contested",
)
