"""Says an undercount in a sentence: the documented, the estimate of those on no list, and the sum, kept apart."""

from __future__ import annotations

from dataclasses import replace

from civcas.measures.undercount.lower_bound import WARNING
from civcas.terms.estimate import Answer, IntervalKind, Refusal

ESTIMAND = "how many there are in all, documented and on no list, of the people whom some list could have reached"


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


def interval_of(level: float, spans: str) -> str:
    """What an interval is an interval of, and what it allows for."""
    return f"{level:.0%} interval of {ESTIMAND}; it allows for {spans}"


def warnings_first(*notes: str) -> tuple[str, ...]:
    """The notes, those that warn before the others, none twice."""
    return tuple(dict.fromkeys(sorted(notes, key=lambda note: not note.startswith(WARNING))))


def of_incidents(found: Answer) -> Answer:
    """The same answer where each row of the lists is an incident, not a person."""
    if isinstance(found, Refusal):
        return found
    told = {
        end: getattr(found, end)
        .replace("people are documented", "incidents are documented")
        .replace("of the people whom", "of those that")
        for end in ("says", "interval_of")
    }
    diagnostics = {**found.diagnostics, "estimand": ESTIMAND.replace("of the people whom", "of the incidents that")}
    return replace(found, counted="documented incidents", unit="incidents", diagnostics=diagnostics, **told)
