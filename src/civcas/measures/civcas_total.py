"""How many civilians are recorded as killed by one belligerent: the range the recorder holds."""

from __future__ import annotations

from collections.abc import Sequence

from civcas.catalog import Measure, Tables
from civcas.errors import BadInput
from civcas.measures.comparison import HOW_SUMS, Reader, by_area, refusal, unidentifiable
from civcas.terms.estimate import Answer, Estimate, IntervalKind
from civcas.terms.reading import Reading
from civcas.terms.vocabulary import Bound, Exposure

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
        least = reader.side([r.varied(bound="min") for r in chosen], side=0)
        most = reader.side([r.varied(bound="max") for r in chosen], side=0)
        for at, (place, reading) in enumerate(zip(places, chosen, strict=True)):
            why = least.refusals[at]
            if why:
                answers[place] = refusal(NAME, reading, why)
                continue
            low, high = float(least.sums.deaths[at]), float(most.sums.deaths[at])
            without = int(least.sums.without[at])
            who, window = reading.belligerents[0], reading.window_of(0)
            answers[place] = Estimate(
                measure=NAME,
                value=low if reading.bound == Bound.MIN else high,
                low=low,
                high=high,
                level=None,
                interval=IntervalKind.BOUNDS,
                n=int(least.sums.incidents[at]) + without,
                counted="incidents",
                unit="civilians killed, as recorded",
                reading=reading,
                says=f"{who} strikes are recorded as killing {low:,.0f} to {high:,.0f} civilians in {reading.area} in {window}; "
                f"{without:,} incidents have no number.",
                notes=(
                    *(note for note in least.notes[at] if "without a number" in note),
                    "Sums of the recorder's bounds: not an estimate of all deaths, and no probability is attached.",
                ),
                diagnostics={"incidents_without_a_number": without},
            )
    return [answers[place] for place in range(len(readings))]


def _plain(reading: Reading) -> Reading:
    if len(reading.belligerents) != 1:
        raise BadInput(
            f"{len(reading.belligerents)} belligerents given", where=NAME, expected="one; rate_ratio compares two"
        )
    return reading.varied(exposure=str(Exposure.NONE))


ENTRY = Measure(
    name=NAME,
    question="How many civilians are recorded as killed by one belligerent?",
    needs=("harm_by_period",),
    answer=answer,
    answer_many=answer_many,
    how=HOW_SUMS,
    example='civcas measure civcas_total --belligerent "Russian Military" --area Syria --window 2015-10',
)
