"""Chao's lower bound, which stands beside every estimate: what it says, how surely, and whether an interval agrees with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from civcas.measures.undercount.overlap import Overlap
from civcas.measures.undercount.two_lists import chao_lower_bound, log_normal_limits
from civcas.terms.estimate import Answer

HOLDS_IF = (
    "It holds however unequal people's chances are. It is too high where lists avoid each other (being on one makes another less "
    "likely) or differ much in size."
)
WARNING = "Warning: "


@dataclass(frozen=True, slots=True, kw_only=True)
class LowerBound:
    """At least so many in all: `value` with its own interval; `of_unequal_lists` allows for lists of unequal size."""

    value: float
    low: float
    high: float
    of_unequal_lists: float
    level: float

    def to_dict(self) -> dict[str, Any]:
        return {
            "value": self.value,
            "low": self.low,
            "high": self.high,
            "level": self.level,
            "of_unequal_lists": self.of_unequal_lists,
            "holds_if": HOLDS_IF,
        }

    @classmethod
    def from_dict(cls, words: Mapping[str, Any]) -> LowerBound:
        return cls(**{field.name: words[field.name] for field in fields(cls)})

    def says(self) -> str:
        return (
            f"Chao's lower bound: at least {self.value:,.0f} in all ({self.level:.0%} interval {self.low:,.0f} to {self.high:,.0f}). "
            f"{HOLDS_IF} Allowing for the lists' sizes it is {self.of_unequal_lists:,.0f}."
        )

    def stands_to(self, low: float, high: float) -> str:
        """How an interval stands to the bound: `contradicts` (it ends below), `near` (it ends less above it than half of the way to
        the upper end of the bound's own interval), `crosses` (a part of it lies below) or `above`."""
        if high < self.value:
            return "contradicts"
        if high < (self.value + self.high) / 2:
            return "near"
        return "crosses" if low < self.value else "above"

    def warns(self, low: float, high: float) -> tuple[str, ...]:
        """What must be said of an interval beside the bound; nothing where it lies above it."""
        bound = f"Chao's lower bound, {self.value:,.0f}"
        if high < self.of_unequal_lists:
            said = (
                f"{WARNING}the upper limit, {high:,.0f}, lies below {bound}. Both cannot be right: this method misses people who are "
                "hard to list, or the lists avoid each other. Do not use this interval by itself."
            )
        elif high < self.value:
            said = (
                f"{WARNING}the upper limit, {high:,.0f}, lies below {bound}. That bound is too high where lists differ much in size. "
                f"The one that allows for their sizes, {self.of_unequal_lists:,.0f}, does not contradict this interval."
            )
        elif self.stands_to(low, high) == "near":
            said = (
                f"{WARNING}the upper limit, {high:,.0f}, lies hardly above {bound}. If people differ in how easily they are listed, the "
                "true total is probably above this interval."
            )
        elif low < self.value:
            said = f"A part of this interval lies below {bound}. That part holds only if lists avoid each other or differ much in size."
        else:
            return ()
        return (said,)


def lower_bound(overlap: Overlap, *, level: float = 0.95) -> LowerBound:
    """n + k·f₁(f₁−1)/(2(f₂+1)), k = (J−1)/J, f₁ and f₂ the people on one and two lists (Chao 1987, bias-corrected).

    Variance k·f₁(f₁−1)/(2(f₂+1)) + k²f₁(2f₁−1)²/(4(f₂+1)²) + k²f₁²f₂(f₁−1)²/(4(f₂+1)⁴) (Chao 2005), limits log-normal in the unseen.
    For lists of unequal size Σf_i·f_j/(f₂+1) over pairs of lists takes its place, f_i the people on list i alone: as each pair alone
    bounds the unseen by f_i·f_j/f_ij (Cauchy and Schwarz), so does the quotient of the sums.
    """
    on, lists = overlap.patterns.sum(axis=1), len(overlap.lists)
    once, twice = float(overlap.counts[on == 1].sum()), float(overlap.counts[on == 2].sum())
    alone = (overlap.patterns[on == 1] * overlap.counts[on == 1][:, None]).sum(axis=0).astype(float)
    k, value = (lists - 1) / lists, chao_lower_bound(overlap)
    variance = (
        value
        - overlap.n
        + k**2 * once * (2 * once - 1) ** 2 / (4 * (twice + 1) ** 2)
        + k**2 * once**2 * twice * (once - 1) ** 2 / (4 * (twice + 1) ** 4)
    )
    low, high = log_normal_limits(overlap.n, value - overlap.n, float(np.sqrt(variance)), level=level)
    pairs = (once**2 - float((alone**2).sum())) / 2
    return LowerBound(value=value, low=low, high=high, of_unequal_lists=overlap.n + pairs / (twice + 1), level=level)


def bound_of(answers: Sequence[Answer]) -> LowerBound | None:
    """The bound that stands beside some answers to the same lists; None where no answer could carry it."""
    words = (each.diagnostics.get("chao_lower_bound") for each in answers)
    return next((LowerBound.from_dict(each) for each in words if each), None)


def summed(bounds: list[LowerBound]) -> LowerBound:
    """The bound of strata together: values and limits added, as the strata's estimates are."""
    return LowerBound(
        value=sum(each.value for each in bounds),
        low=sum(each.low for each in bounds),
        high=sum(each.high for each in bounds),
        of_unequal_lists=sum(each.of_unequal_lists for each in bounds),
        level=bounds[0].level,
    )


def median(bounds: list[LowerBound]) -> LowerBound:
    """The bound of several versions of the same lists: the median of values and of limits."""
    middle = {
        end: float(np.median([getattr(each, end) for each in bounds]))
        for end in ("value", "low", "high", "of_unequal_lists")
    }
    return LowerBound(**middle, level=bounds[0].level)
