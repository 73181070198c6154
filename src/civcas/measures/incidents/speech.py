"""Says a rate or ratio of incidents in sentences: what a newspaper reader needs, and what must travel with it."""

from __future__ import annotations

import math

from civcas.measures.incidents.asked import Amount
from civcas.measures.incidents.comparison import Chance
from civcas.measures.incidents.parts import Split
from civcas.measures.incidents.rows import Mask, Rows
from civcas.terms.reading import Reading
from civcas.terms.vocabulary import Bound

EQUAL_DETECTION = (
    "The ratio assumes that deaths on both sides were equally likely to be recorded. If the share recorded differs, "
    "the ratio moves in proportion: civcas measure tipping_point says how far it would have to."
)
ONLY_RECORDED = "The interval is chance in the recorded incidents; it says nothing of incidents that nobody reported."


def plain(number: float) -> str:
    """A number in two or three figures, as a person would say it."""
    if not math.isfinite(number):
        return "no limit"
    if number and abs(number) < 1:
        return f"{number:.2g}"
    return f"{number:,.1f}" if abs(number) < 100 and number != int(number) else f"{number:,.0f}"


def ratio_sentence(reading: Reading, drawn: Chance, parts: Split, amounts: tuple[Amount, ...]) -> str:
    exposed, reference = reading.belligerents
    per = per_unit(amounts)
    head = (
        f"Recorded incidents attributed to {exposed} killed {plain(drawn.value)} times as many civilians{per} as those "
        f"attributed to {reference}"
    )
    return f"{head}{_chance(drawn)}. {_dominance(parts)}"


def rate_sentence(reading: Reading, drawn: Chance, parts: Split, amounts: tuple[Amount, ...]) -> str:
    head = (
        f"Recorded incidents attributed to {reading.belligerents[0]} killed {plain(drawn.value)} civilians"
        f"{per_unit(amounts) or ' in all'}"
    )
    return f"{head}{_chance(drawn)}. {_dominance(parts)}"


def per_unit(amounts: tuple[Amount, ...]) -> str:
    units = list(dict.fromkeys(amount.unit for amount in amounts))
    if units == ["none"]:
        return ""
    return " per " + (" against per ".join(units))


def _chance(drawn: Chance) -> str:
    if drawn.low is None or drawn.high is None:
        return " (too few incidents for an interval)"
    return f" (chance alone: {plain(drawn.low)} to {plain(drawn.high)})"


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


def notes(rows: Rows, counted: Mask, reading: Reading, amounts: tuple[Amount, ...], drawn: Chance) -> tuple[str, ...]:
    """The sentences that must travel with the number; each only where it applies."""
    comparison = len(amounts) == 2
    unknown = int((counted & rows.without_a_number).sum())
    half = int((counted & (rows.low != rows.low) & ~rows.without_a_number).sum())
    open_above = int((counted & (rows.high != rows.high) & ~rows.without_a_number).sum())
    units = {amount.unit for amount in amounts}
    found = [
        (EQUAL_DETECTION, comparison),
        (ONLY_RECORDED, True),
        (f"{unknown} counted incident(s) have no number of killed: unknown, and added as nothing.", unknown > 0),
        (f"{half} incident(s) have a maximum but no minimum; they add nothing to the minimum.", half > 0),
        (
            f"{open_above} incident(s) have a minimum but no maximum; their minimum is used, so the maximum is too low.",
            open_above > 0 and reading.bound is Bound.MAX,
        ),
        (f"{rows.undated} incident(s) without a date are left out of every window.", rows.undated > 0),
        (f"The two sides are divided by unlike units ({' and '.join(sorted(units))}).", len(units) > 1),
        (
            "A declared strike is not one thing: two militaries do not count a strike alike.",
            any(unit.startswith("declared") for unit in units),
        ),
        (f"Interval method: {drawn.method}.", drawn.method != "percentile"),
        (_wider(drawn), drawn.wider is not None),
    ]
    return tuple(text for text, applies in found if applies)
