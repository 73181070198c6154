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

    def to_dict(self) -> dict[str, Any]:
        if self.within is not None:
            return {"value": self.value, "within": self.within}
        limit = {"above": self.low} if self.high is None else {"below": self.high}
        return limit | {"low": self.low, "high": self.high}


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One sentence to be checked: what it says, how to ask the data, what it expects, and which choices to vary.

    `cannot_identify` says what part of the claim the data do not hold: its readings are shown, and it cannot be told.
    """

    id: str
    says: str
    kind: ClaimKind
    attributed_to: str = ""
    measure: str | None = None
    ask: Mapping[str, Any] = field(default_factory=dict)
    expect: Expect | None = None
    vary: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    context: str = ""
    would_decide: str = ""
    cannot_identify: str = ""
    line: int = 0


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
