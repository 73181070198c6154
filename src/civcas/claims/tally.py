"""How many readings say what of a claim."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from civcas.claims.outcome import Outcome
from civcas.terms.vocabulary import ReadingOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Readings by what they say; `direction` of those made show the claim's direction, `against` the other."""

    supports: int = 0
    contradicts: int = 0
    open: int = 0
    refused: int = 0
    direction: int = 0
    against: int = 0

    @classmethod
    def of(cls, outcomes: Iterable[Outcome]) -> Tally:
        given = tuple(outcomes)
        count = Counter(each.says for each in given)
        return cls(
            supports=count[ReadingOutcome.SUPPORTS],
            contradicts=count[ReadingOutcome.CONTRADICTS],
            open=count[ReadingOutcome.OPEN],
            refused=count[ReadingOutcome.REFUSED],
            direction=sum(each.direction > 0 for each in given),
            against=sum(each.direction < 0 for each in given),
        )

    @property
    def made(self) -> int:
        return self.supports + self.contradicts + self.open
