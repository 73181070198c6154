"""How a claim stands under one reading: holds, weaker, stronger, reversed or refused."""

from __future__ import annotations

from dataclasses import dataclass

from civcas.claims.article import Expect
from civcas.terms.estimate import Answer, Refusal
from civcas.terms.vocabulary import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Stands:
    """The standing, and by what it holds: `tolerance`, `interval`, both, or neither.

    `undecided` marks a reading whose interval holds the claim and no difference at once: it is compatible with the claim, and no
    evidence for it.
    """

    standing: Standing
    by_tolerance: bool = False
    by_interval: bool = False
    undecided: bool = False

    @property
    def why(self) -> str:
        if self.standing != Standing.HOLDS:
            return ""
        by = " and ".join(
            word
            for word, holds in (("value within tolerance", self.by_tolerance), ("claim in interval", self.by_interval))
            if holds
        )
        return f"{by}; the interval also holds no difference" if self.undecided else by


def stand(answer: Answer, expect: Expect, *, no_difference: float) -> Stands:
    """Compare one answer with what the claim expects.

    A value holds where it lies within the tolerance or the claimed value lies in the interval. Otherwise it is weaker or
    stronger on the claim's own side of `no_difference` (1 for a ratio, 0 for a difference), and reversed on the other.
    """
    if isinstance(answer, Refusal):
        return Stands(standing=Standing.REFUSED)
    if expect.within is None:
        return _stand_to_limit(answer.value, expect, no_difference=no_difference)
    by_tolerance = _inside(answer.value, expect.low, expect.high)
    by_interval = answer.low is not None and answer.high is not None and _inside(expect.value, answer.low, answer.high)
    if by_tolerance or by_interval:
        undecided = by_interval and _inside(no_difference, answer.low, answer.high)
        return Stands(standing=Standing.HOLDS, by_tolerance=by_tolerance, by_interval=by_interval, undecided=undecided)
    claimed, found = expect.value - no_difference, answer.value - no_difference
    if claimed * found < 0:
        return Stands(standing=Standing.REVERSED)
    return Stands(standing=Standing.WEAKER if abs(found) < abs(claimed) else Standing.STRONGER)


def _stand_to_limit(value: float, expect: Expect, *, no_difference: float) -> Stands:
    """A claim of more or less than a limit holds on its side; across no difference it is reversed, short of the limit weaker."""
    holds = value > expect.value if expect.high is None else value < expect.value
    if holds:
        return Stands(standing=Standing.HOLDS, by_tolerance=True)
    crossed = value < no_difference if expect.high is None else value > no_difference
    return Stands(standing=Standing.REVERSED if crossed or expect.value == no_difference else Standing.WEAKER)


def _inside(value: float, low: float | None, high: float | None) -> bool:
    return (low is None or value >= low) and (high is None or value <= high)
