"""A written article, and the claims a person found in it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from civcas.terms.vocabulary import Word


class ClaimKind(Word):
    """What sort of sentence a claim is, which tells what a check must do."""

    RATE_RATIO = "rate ratio", "one belligerent's rate over another's"
    COUNT = "count", "how many there were"
    FIGURE = "figure", "a number published by someone"
    RANK = "rank", "a place in an order of figures"
    TREND = "trend", "a rise, a fall or a lasting level"
    CAUSAL = "causal", "one thing bringing about another"
    SHARE = "share", "a part of a whole"
    PRACTICE = "practice", "what is done as a rule"
    POLICY = "policy", "what a rule or order says, and what came of it"
    STATEMENT = "statement", "what someone said or decided"
    RELATION = "relation", "how two parties stand to each other"
    COOPERATION = "co-operation", "what two parties did together"
    ATTITUDE = "attitude", "what a group of people thinks or feels"
    ASSESSMENT = "assessment", "what an authority found"
    BIOGRAPHY = "biography", "what a person did or was"
    METAPHOR = "metaphor", "an image for other claims"
    PREDICTION = "prediction", "what will happen"
    JUDGEMENT = "judgement", "what is right, wise or possible"

    @property
    def factual(self) -> bool:
        return self not in (ClaimKind.METAPHOR, ClaimKind.PREDICTION, ClaimKind.JUDGEMENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expect:
    """What the claim says the answer is: a value with a tolerance, or a side of a limit.

    `low` and `high` are the edges of what counts as the claimed value (None is open); `value` is the value itself, or the limit.
    """

    value: float
    low: float | None
    high: float | None
    within: float | None = None

    def holds_all_of(self, low: float, high: float) -> bool:
        """Whether a whole interval lies inside what is claimed; the limit of a side is not inside it."""
        above = self.low is None or (low >= self.low if self.within is not None else low > self.low)
        return above and (self.high is None or (high <= self.high if self.within is not None else high < self.high))

    def holds_none_of(self, low: float, high: float) -> bool:
        """Whether a whole interval lies outside what is claimed."""
        below = self.low is not None and (high < self.low if self.within is not None else high <= self.low)
        return below or (self.high is not None and (low > self.high if self.within is not None else low >= self.high))

    def to_dict(self) -> dict[str, Any]:
        if self.within is not None:
            return {"value": self.value, "within": self.within}
        limit = {"above": self.low} if self.high is None else {"below": self.high}
        return limit | {"low": self.low, "high": self.high}


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One sentence to be checked: what it says, how to ask the data, what it expects, and which choices to make differently.

    `means` are choices that change what the sentence means: each combination is an interpretation with a verdict of its own. `vary`
    are choices between which an honest analyst could go either way under one meaning. `labels` are the words a person wrote for the
    values of both. `changed` says what civcas reads otherwise than the file is written. `estimand` is empty where the file leaves it
    open. `cannot_identify` says what part of the claim the data do not hold: its readings are shown, and it cannot be told.
    """

    id: str
    says: str
    kind: ClaimKind
    attributed_to: str = ""
    measure: str | None = None
    ask: Mapping[str, Any] = field(default_factory=dict)
    expect: Expect | None = None
    means: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    vary: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    changed: tuple[str, ...] = ()
    estimand: str = ""
    context: str = ""
    would_decide: str = ""
    cannot_identify: str = ""
    line: int = 0

    @property
    def choices(self) -> dict[str, tuple[Any, ...]]:
        """Meanings, then variations: the axes of the grid."""
        return {**self.means, **self.vary}


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """Who wrote what, where and when, and the claims found in it."""

    title: str
    author: str
    outlet: str
    date: dt.date
    claims: tuple[Claim, ...]
    file: str = ""

    def to_dict(self) -> dict[str, Any]:
        return {"author": self.author, "title": self.title, "outlet": self.outlet, "date": self.date.isoformat()}
