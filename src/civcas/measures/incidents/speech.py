"""Says a rate or ratio of incidents in sentences: what a newspaper reader needs, and what must travel with it."""

from __future__ import annotations

import math

import numpy as np

from civcas.measures.incidents.asked import Amount
from civcas.measures.incidents.comparison import Chance
from civcas.measures.incidents.parts import Split
from civcas.measures.incidents.rows import Mask, Rows, left_out_notes
from civcas.terms.reading import Reading
from civcas.terms.vocabulary import Bound, Estimand

EQUAL_DETECTION = (
    "The ratio assumes that deaths on both sides were equally likely to be recorded. If the share recorded differs, "
    "the ratio moves in proportion: civcas measure tipping_point says how far it would have to."
)
ONLY_RECORDED = "The interval is chance in the recorded incidents; it says nothing of incidents that nobody reported."
NO_CHANCE = "The number is of these months as they were recorded. It has a range and no sampling interval: nothing was drawn again."
MONTHS_VARY = (
    "The interval is for the rate that brings months like these about: months differ, and are like their neighbours. What incidents alone "
    "would give is narrower, and stands in the diagnostics (incidents_alone)."
)
EQUALLY_DEADLY = "The interval takes incidents to be as deadly in one month as in another, but for chance."
MONTHLY_SUMS = (
    "rate_ratio asks the same of monthly sums. Its interval differs, because it learns how months vary from their deaths, "
    "and this one from their incidents."
)
AT_THE_LOWEST = (
    "The value is at the lowest numbers; the range runs from one side's lowest over the other's highest to the reverse."
)
ONE_TOTAL = "The declared amount is one total, so how deaths per unit differ between months cannot be seen and is not in the interval."


def plain(number: float) -> str:
    """A number in two or three figures, as a person would say it."""
    if not math.isfinite(number):
        return "no limit"
    if number and abs(number) < 1:
        return f"{number:.2g}"
    return f"{number:,.1f}" if abs(number) < 100 and number != int(number) else f"{number:,.0f}"


def side_labels(reading: Reading) -> list[str]:
    """The sides by what tells them apart: their names, and their windows where these differ."""
    sides = range(len(reading.belligerents))
    if len({reading.window_of(side) for side in sides}) == 1:
        return list(reading.belligerents)
    return [f"{reading.belligerents[side]} ({reading.window_of(side)})" for side in sides]


def ratio_sentence(reading: Reading, drawn: Chance, parts: Split, amounts: tuple[Amount, ...]) -> str:
    exposed, reference = side_labels(reading)
    head = (
        f"Recorded incidents attributed to {exposed} killed {_amount(reading, drawn, parts)} times as many civilians"
        f"{per_unit(amounts)} as those attributed to {reference}"
    )
    return f"{head}{_chance(reading, drawn)}. {_dominance(parts)}"


def rate_sentence(reading: Reading, drawn: Chance, parts: Split, amounts: tuple[Amount, ...]) -> str:
    head = (
        f"Recorded incidents attributed to {reading.belligerents[0]} killed {_amount(reading, drawn, parts)} civilians"
        f"{per_unit(amounts) or ' in all'}"
    )
    return f"{head}{_chance(reading, drawn)}. {_dominance(parts)}"


def _amount(reading: Reading, drawn: Chance, parts: Split) -> str:
    """The value, or the range of the records where the reading asks for it."""
    if reading.bound is not Bound.RANGE and reading.estimand is not Estimand.AS_IT_WAS:
        return plain(drawn.value)
    low, high = parts.identified
    if not math.isfinite(high):
        return f"at least {plain(low)}"
    return plain(low) if low == high else f"{plain(low)} to {plain(high)}"


def per_unit(amounts: tuple[Amount, ...]) -> str:
    units = list(dict.fromkeys(amount.unit for amount in amounts))
    if units == ["none"]:
        return ""
    return " per " + (" against per ".join(units))


def _chance(reading: Reading, drawn: Chance) -> str:
    if reading.estimand is Estimand.AS_IT_WAS:
        return ", as recorded"
    if not drawn.given:
        return f" (no interval: {drawn.method.removeprefix('none: ')})"
    ends = [plain(math.inf if end is None else end) for end in (drawn.low, drawn.high)]
    return f" (with chance: {ends[0]} to {ends[1]})"


def _wider(drawn: Chance) -> str:
    low, high = drawn.wider or (None, None)
    ends = [plain(math.inf if end is None else end) for end in (low, high)]
    return (
        f"One side weighs as little as {min(drawn.like_incidents):.0f} equal incidents. On simulated records like that, intervals made "
        f"like this one held the truth in 92 to 95 of 100, and wider ones ({ends[0]} to {ends[1]} here) in 94 to 96."
    )


def _dominance(parts: Split) -> str:
    first, second = parts.parts[:2]
    if first.factor <= 1.0:
        return "Nothing that was varied changes it."
    return (
        f"The largest uncertainty is {first.name} ({plain(first.low)} to {plain(first.high)}), then {second.name} "
        f"({plain(second.low)} to {plain(second.high)})."
    )


def counted(number: int, noun: str = "incident") -> str:
    """A number with its noun, which agrees with it."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def notes(rows: Rows, counts: Mask, reading: Reading, amounts: tuple[Amount, ...], drawn: Chance) -> tuple[str, ...]:
    """The sentences that must travel with the number; each only where it applies."""
    return (*_of_assumptions(reading, amounts, drawn), *notes_of_rows(rows, counts, reading))


def notes_of_rows(rows: Rows, counts: Mask, reading: Reading) -> tuple[str, ...]:
    """What of the incidents is not in the sums, or only in part."""
    unknown = int((counts & rows.without_a_number).sum())
    half = int((counts & np.isnan(rows.low) & rows.with_a_number).sum())
    open_ = int((counts & rows.open_above).sum())
    has, they = ("has", "it is") if unknown == 1 else ("have", "they are")
    found = [
        (
            f"{counted(unknown)} {has} no number of killed: unknown is not zero, so {they} in no sum and no average.",
            unknown > 0,
        ),
        (f"{counted(half)} with a highest number and no lowest: nothing is added to the lowest sum.", half > 0),
        (f"{counted(open_)} with a lowest number and no highest: the range has no upper end.", open_ > 0),
        (f"{counted(rows.undated)} without a date: left out of every window.", rows.undated > 0),
    ]
    return (
        *(text for text, applies in found if applies),
        *left_out_notes(rows, rows.left_out(reading.grades, reading.attribution)),
    )


def _of_assumptions(reading: Reading, amounts: tuple[Amount, ...], drawn: Chance) -> tuple[str, ...]:
    units = {amount.unit for amount in amounts}
    declared = any(unit.startswith("declared") for unit in units)
    was, in_time = reading.estimand is Estimand.AS_IT_WAS, bool(units & {"day", "month", "none"})
    found = [
        (EQUAL_DETECTION, len(amounts) == 2),
        (ONLY_RECORDED, drawn.given),
        (NO_CHANCE, was),
        (MONTHS_VARY, drawn.given and in_time),
        (EQUALLY_DEADLY, drawn.given and "incident" in units),
        (MONTHLY_SUMS, drawn.given and in_time and len(amounts) == 2),
        (f"No interval is given: {drawn.method.removeprefix('none: ')}.", not drawn.given and not was),
        (AT_THE_LOWEST, reading.bound is Bound.RANGE),
        (f"The two sides are divided by unlike units ({' and '.join(sorted(units))}).", len(units) > 1),
        ("A declared strike is not one thing: two militaries do not count a strike alike.", declared),
        (ONE_TOTAL, declared and drawn.given),
        (f"Interval method: {drawn.method}.", drawn.given and drawn.method != "percentile"),
        (_wider(drawn) if drawn.wider else "", drawn.wider is not None),
    ]
    return tuple(text for text, applies in found if applies)
