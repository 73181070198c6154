"""The verdict on a claim: on each thing it may mean, then on the whole, by rule and never by hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from civcas.claims.copies import Places
from civcas.claims.curve import Array, Curve
from civcas.terms.vocabulary import Verdict

ENOUGH = 0.80
"""The share of the weight of the readings that must say the same."""
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """The share of the weight of one meaning's readings that supports the claim, contradicts it, or shows its direction or the other."""

    supports: float = 0.0
    contradicts: float = 0.0
    direction: float = 0.0
    against: float = 0.0

    @classmethod
    def of(cls, curve: Curve, voters: Places, weight: Array) -> Balance:
        """`voters` are positions in the curve and `weight` their weights; refusals have no vote."""
        share = weight / weight.sum() if len(weight) else weight
        return cls(
            supports=float(share[curve.supports[voters]].sum()),
            contradicts=float(share[curve.contradicts[voters]].sum()),
            direction=float(share[curve.direction[voters] > 0].sum()),
            against=float(share[curve.direction[voters] < 0].sum()),
        )

    @property
    def open(self) -> float:
        return float(np.clip(1 - self.supports - self.contradicts, 0, 1))


def verdict_of_meaning(balance: Balance, *, causal: bool = False) -> Verdict:
    """The verdict on one meaning of a claim.

    A causal claim is supported only where every design that passed its checks supports it, since one design that does not may be the
    right one.
    """
    enough = (1.0 if causal else ENOUGH) - _ROUNDING
    if balance.supports >= enough and balance.contradicts == 0:
        return Verdict.SUPPORTED
    if balance.contradicts >= enough and balance.supports == 0:
        return Verdict.CONTRADICTED
    if balance.supports > 0 and balance.contradicts > 0:
        return Verdict.MIXED
    if balance.direction >= enough and balance.against == 0:
        return Verdict.SIZE_OPEN
    return Verdict.CANNOT_BE_TOLD


def verdict_of_claim(meanings: Iterable[Verdict]) -> Verdict:
    """The verdict all meanings share, or that it depends on what is meant; `meanings` are those that gave a number."""
    different = set(meanings)
    if not different:
        return Verdict.CANNOT_BE_TOLD
    return different.pop() if len(different) == 1 else Verdict.DEPENDS
