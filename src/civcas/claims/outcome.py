"""What one reading says of a claim: it supports, contradicts, leaves it open, or refuses.

A reading supports a claim when its whole interval lies inside what is claimed, and contradicts it when the whole interval lies outside
(equivalence testing: Schuirmann 1987; Lakens 2017). An interval that merely holds the claimed value says nothing for it: the worse the
data, the more values it holds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from civcas.claims.article import Expect
from civcas.terms.estimate import Answer, Estimate, IntervalKind, Refusal
from civcas.terms.vocabulary import Estimand, ReadingOutcome

FEWEST_INCIDENTS = 5.0
"""A side carried by fewer equal incidents than this leaves the claim open, whatever its interval."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a reading says, why, and whether it shows the claim's direction (1), the other one (-1) or neither (0)."""

    says: ReadingOutcome
    why: str = ""
    direction: int = 0


def outcome(answer: Answer, expect: Expect, *, no_difference: float | None) -> Outcome:
    """Hold one answer against what is claimed; `no_difference` is where two compared sides are equal, None where nothing is compared."""
    if isinstance(answer, Refusal):
        return Outcome(says=ReadingOutcome.REFUSED, why=answer.reason)
    span = interval(answer)
    if span is None:
        return Outcome(says=ReadingOutcome.OPEN, why=_why_no_interval(answer))
    if answer.effective is not None and answer.effective < FEWEST_INCIDENTS:
        return Outcome(says=ReadingOutcome.OPEN, why=_too_few(answer.effective))
    low, high = span
    direction = _direction(low, high, expect, no_difference)
    if expect.holds_all_of(low, high):
        return Outcome(
            says=ReadingOutcome.SUPPORTS, why="the interval lies inside what is claimed", direction=direction
        )
    if expect.holds_none_of(low, high):
        return Outcome(
            says=ReadingOutcome.CONTRADICTS, why=_outside(low, high, expect, no_difference), direction=direction
        )
    return Outcome(says=ReadingOutcome.OPEN, why=_crosses(direction, no_difference), direction=direction)


def interval(answer: Estimate) -> tuple[float, float] | None:
    """The interval a claim can be held against, an open end as infinity, or None where there is none.

    A range without a level is one only where the question is what the records themselves say: there the range is the whole answer.
    """
    if answer.interval == IntervalKind.NONE or (answer.low is None and answer.high is None):
        return None
    if answer.level is None and answer.estimand != Estimand.AS_IT_WAS:
        return None
    low = -math.inf if answer.low is None else answer.low
    return low, math.inf if answer.high is None else answer.high


def _why_no_interval(answer: Estimate) -> str:
    if answer.interval in (IntervalKind.BOUNDS, IntervalKind.PUBLISHED):
        return "a range without a level says nothing of chance"
    return "a number without an interval supports nothing"


def _too_few(effective: float) -> str:
    return f"one side is carried by {effective:.1f} equal incidents; {FEWEST_INCIDENTS:.0f} are needed"


def _direction(low: float, high: float, expect: Expect, no_difference: float | None) -> int:
    if no_difference is None:
        return 0
    claimed = math.copysign(1, expect.value - no_difference)
    if expect.value == no_difference:
        claimed = 1.0 if expect.high is None else -1.0
    if low > no_difference:
        return int(claimed)
    return -int(claimed) if high < no_difference else 0


def _outside(low: float, high: float, expect: Expect, no_difference: float | None) -> str:
    """More, less, or the other way round: where the interval lies, seen from the claim."""
    if no_difference is not None and _direction(low, high, expect, no_difference) < 0:
        return "the interval shows the opposite order"
    more = expect.low is None or low > (expect.high if expect.high is not None else expect.value)
    return f"the whole interval is {'more' if more else 'less'} than is claimed"


def _crosses(direction: int, no_difference: float | None) -> str:
    if no_difference is None:
        return "the interval holds what is claimed and other values too"
    if direction > 0:
        return "the direction is shown; the interval holds what is claimed and other sizes too"
    return "the interval also holds no difference" if direction == 0 else "the interval shows the opposite order"
