"""Says an undercount in a sentence: the documented, the estimate of those on no list, and the sum, kept apart."""

from __future__ import annotations

from dataclasses import replace

from civcas.terms.estimate import Answer, IntervalKind, Refusal


def in_words(documented: int, value: float, low: float, high: float, level: float, kind: IntervalKind) -> str:
    """The result in a sentence a newspaper reader understands; documented and estimated kept apart."""
    missed = value - documented
    sure = (
        f"the total lies between {low:,.0f} and {high:,.0f} with a chance of {level:.0%}"
        if kind is IntervalKind.CREDIBLE
        else f"{level:.0%} of intervals made like this one ({low:,.0f} to {high:,.0f}) hold the true total"
    )
    return (
        f"{documented:,} people are documented. Beyond them an estimated {missed:,.0f} "
        f"({low - documented:,.0f} to {high - documented:,.0f}) are on no list: about {value:,.0f} in all. "
        f"If the method's assumptions hold, {sure}."
    )


def of_incidents(found: Answer) -> Answer:
    """The same answer where each row of the lists is an incident, not a person."""
    if isinstance(found, Refusal):
        return found
    said = found.says.replace("people are documented", "incidents are documented")
    return replace(found, counted="documented incidents", unit="incidents", says=said)
