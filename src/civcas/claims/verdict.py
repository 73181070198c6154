"""The verdict on a claim, made from the standings of its readings by rule and never by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from civcas.claims.standing import Stands
from civcas.terms.vocabulary import Standing, Verdict

FEWEST_READINGS = 3
SUPPORTED_FROM = 0.80
CONTRADICTED_TO = 0.05
UNDECIDED_FROM = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many readings stand how.

    `undecided` of those made have an interval that holds no difference as well, `held_undecided` of them hold; `held_by_tolerance`
    hold by the value itself and not by the width of an interval.
    """

    held: int
    weaker: int
    stronger: int
    reversed: int
    refused: int
    held_by_tolerance: int = 0
    held_undecided: int = 0
    undecided: int = 0

    @classmethod
    def of(cls, stands: Iterable[Stands]) -> Tally:
        given = tuple(stands)
        count = Counter(each.standing for each in given)
        return cls(
            held=count[Standing.HOLDS],
            weaker=count[Standing.WEAKER],
            stronger=count[Standing.STRONGER],
            reversed=count[Standing.REVERSED],
            refused=count[Standing.REFUSED],
            held_by_tolerance=sum(each.by_tolerance for each in given),
            held_undecided=sum(each.undecided for each in given if each.standing == Standing.HOLDS),
            undecided=sum(each.undecided for each in given),
        )

    @property
    def made(self) -> int:
        return self.held + self.weaker + self.stronger + self.reversed


def give(tally: Tally, *, factual: bool, identified: bool = True, causal: bool = False) -> Verdict:
    """Apply the scale; each word's rule is its meaning in `Verdict`.

    Too few deaths make intervals that hold everything. Where nearly all readings are undecided, or a claim would be supported
    mostly by undecided ones, it cannot be told. A causal claim is supported or contradicted only where every design that passed its
    checks says the same and none is undecided.
    """
    if not factual:
        return Verdict.NOT_FACTUAL
    if tally.made < FEWEST_READINGS or not identified or tally.undecided >= UNDECIDED_FROM * tally.made:
        return Verdict.CANNOT_BE_TOLD
    if causal and (tally.undecided or 0 < tally.held < tally.made):
        return Verdict.DEPENDS
    if tally.held >= SUPPORTED_FROM * tally.made and not tally.reversed:
        return Verdict.SUPPORTED if tally.held_undecided <= tally.held / 2 else Verdict.CANNOT_BE_TOLD
    one_side = max(tally.stronger, tally.weaker + tally.reversed)
    if tally.held <= CONTRADICTED_TO * tally.made and one_side > tally.made / 2:
        return Verdict.CONTRADICTED
    return Verdict.DEPENDS
