"""How a claim stands under one reading: holds, weaker, stronger, reversed or refused."""

from __future__ import annotations

from dataclasses import dataclass

from civcas.claims.article import Expect
from civcas.terms.estimate import Answer, Estimate, Refusal
from civcas.terms.vocabulary import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Stands:
    """The standing, and by what it holds: `tolerance`, `interval`, both, or neither.

    `undecided` marks a reading whose interval holds no difference as well (or, for a claim of more or less than a limit, the limit):
    it is evidence neither way.
    """

    standing: Standing
    by_tolerance: bool = False
    by_interval: bool = False
    undecided: bool = False

    @property
    def why(self) -> str:
        ways = (("value within tolerance", self.by_tolerance), ("claim in interval", self.by_interval))
        parts = [" and ".join(word for word, holds in ways if holds)]
        parts += ["the interval also holds no difference"] if self.undecided else []
        return "; ".join(part for part in parts if part)


def stand(answer: Answer, expect: Expect, *, no_difference: float) -> Stands:
    """Compare one answer with what the claim expects.

    A value holds where it lies within the tolerance or the claimed value lies in the interval; a claim of a side holds where the value
    lies on that side. Otherwise it is weaker or stronger on the claim's own side of `no_difference` (1 for a ratio, 0 for a
    difference), and reversed on the other. A range as published has no probability, so it leaves nothing undecided.
    """
    if isinstance(answer, Refusal):
        return Stands(standing=Standing.REFUSED)
    limit = no_difference if expect.within is not None else expect.value
    undecided = answer.level is not None and _in_interval(limit, answer)
    by_tolerance = _inside(answer.value, expect.low, expect.high)
    by_interval = expect.within is not None and _in_interval(expect.value, answer)
    if by_tolerance or by_interval:
        return Stands(standing=Standing.HOLDS, by_tolerance=by_tolerance, by_interval=by_interval, undecided=undecided)
    return Stands(standing=_short_of(answer.value, expect, no_difference), undecided=undecided)


def _short_of(value: float, expect: Expect, no_difference: float) -> Standing:
    """Where a value that does not hold lies: the claim's own side of no difference, or the other."""
    claimed, found = expect.value - no_difference, value - no_difference
    if expect.within is None and claimed == 0:
        return Standing.REVERSED
    if claimed * found < 0:
        return Standing.REVERSED
    return Standing.WEAKER if abs(found) < abs(claimed) or expect.within is None else Standing.STRONGER


def _in_interval(value: float, answer: Estimate) -> bool:
    return answer.low is not None and answer.high is not None and answer.low <= value <= answer.high


def _inside(value: float, low: float | None, high: float | None) -> bool:
    """Within both edges of a tolerance, or strictly beyond the one limit of a side."""
    if low is not None and high is not None:
        return low <= value <= high
    return value > low if low is not None else high is not None and value < high
