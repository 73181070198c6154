"""How many civilians are recorded as killed by one belligerent: the range the recorder holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from civcas.catalog import Measure, Tables
from civcas.errors import BadInput
from civcas.measures.comparison import HOW_SUMS, Reader, Side, Why, by_area, refusal, unidentifiable
from civcas.measures.range_answer import OF_THE_RECORD, OPEN_ABOVE, spelled
from civcas.terms.estimate import Answer, Estimate, IntervalKind
from civcas.terms.reading import Reading
from civcas.terms.vocabulary import Bound, Estimand, Exposure

NAME = "civcas_total"


def answer(tables: Tables, reading: Reading) -> Answer:
    """The sum of civilians killed at the reading's bound, within the sums of minimums and maximums.

    `low` and `high` are those two sums: bounds of what was recorded, with no probability attached. Incidents without a number add
    nothing and are counted in the notes; what nobody reported is in none of the three.
    """
    return answer_many(tables, [reading])[0]


def answer_many(tables: Tables, readings: Sequence[Reading]) -> list[Answer]:
    """The same for many readings at once, in their order."""
    answers = unidentifiable(tables, readings, measure=NAME)
    for area, places in by_area(tables, readings, answers).items():
        chosen = [_plain(readings[place]) for place in places]
        reader = Reader.of(tables, area=area)
        least = reader.side([replace(r, bound=Bound.MIN) for r in chosen], side=0, only_sums=True)
        most = reader.side([replace(r, bound=Bound.MAX) for r in chosen], side=0, open_ends=True, only_sums=True)
        for at, (place, reading) in enumerate(zip(places, chosen, strict=True)):
            why = least.refusals[at] or _without_a_highest(reading, float(most.rate.rate[at]))
            answers[place] = refusal(NAME, reading, why) if why else _estimate(reading, least, most, at)
    return [answers[place] for place in range(len(readings))]


def _without_a_highest(reading: Reading, high: float) -> Why | None:
    if reading.bound != Bound.MAX or np.isfinite(high):
        return None
    return (
        "some incidents have a lowest number of killed and no highest one, so the highest sum is not known",
        "the bound min or range, or a highest number for these incidents",
    )


def _estimate(reading: Reading, least: Side, most: Side, at: int) -> Estimate:
    low, high = float(least.rate.rate[at]), float(most.rate.rate[at])
    without = int(least.sums.without[at])
    who, window = reading.belligerents[0], reading.window_of(0)
    numberless = "1 incident has no number" if without == 1 else f"{without:,} incidents have no number"
    return Estimate(
        measure=NAME,
        value=high if reading.bound == Bound.MAX else low,
        low=low,
        high=high if np.isfinite(high) else None,
        level=None,
        interval=IntervalKind.BOUNDS,
        estimand=Estimand.AS_IT_WAS,
        interval_of=OF_THE_RECORD,
        identified=(low, high),
        effective=float(least.sums.effective[at]),
        n=int(least.sums.incidents[at]) + without,
        counted="incidents",
        unit="civilians killed, as recorded",
        reading=reading,
        says=f"{who} strikes are recorded as killing {spelled((low, high), 0)} civilians in {reading.area} in {window}; {numberless}.",
        notes=(
            *(note for note in least.notes[at] if "without a number" in note),
            *(() if np.isfinite(high) else (OPEN_ABOVE,)),
            "Sums of the lowest and of the highest numbers recorded: not an estimate of all deaths, and no probability is attached.",
        ),
        diagnostics={"incidents_without_a_number": without},
    )


def _plain(reading: Reading) -> Reading:
    if len(reading.belligerents) != 1:
        raise BadInput(
            f"{len(reading.belligerents)} belligerents given", where=NAME, expected="one; rate_ratio compares two"
        )
    return replace(reading, exposure=(Exposure.NONE,))


ENTRY = Measure(
    name=NAME,
    question="How many civilians are recorded as killed by one belligerent?",
    needs=("harm_by_period",),
    answer=answer,
    answer_many=answer_many,
    means=("window", "area", "belligerent"),
    grid={
        "grades": ("fair+confirmed", "+contested", "all-but-discounted"),
        "attribution": ("sole", "any"),
        "bound": ("range",),
    },
    ranges=True,
    how=HOW_SUMS,
    example='civcas measure civcas_total --belligerent "Russian Military" --area Syria --window 2015-10',
)
