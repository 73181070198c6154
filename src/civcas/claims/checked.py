"""A claim that has been checked: every reading, how the claim stands under it, the verdict and what decides it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from civcas.claims.article import Article, Claim
from civcas.claims.deciding import Share
from civcas.claims.grid import Asked
from civcas.claims.standing import Stands
from civcas.claims.verdict import Tally
from civcas.errors import UnknownName
from civcas.terms.estimate import Estimate, Refusal
from civcas.terms.vocabulary import Verdict

CHOICES = ("window", "grades", "bound", "attribution", "exposure")


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedClaim:
    """The verdict on one claim, with all it rests on; `then` is the verdict by what had been published on `as_of`.

    `after_the_article` of the readings made look at time after the article's date.
    """

    claim: Claim
    verdict: Verdict
    tally: Tally
    asked: tuple[Asked, ...]
    stands: tuple[Stands, ...]
    decides: tuple[Share, ...]
    because: str
    needs: tuple[str, ...]
    after_the_article: int = 0
    as_of: dt.date | None = None
    then: CheckedClaim | None = None

    def to_dict(self) -> dict[str, Any]:
        """The contract of `civcas check --json`."""
        return {
            "id": self.claim.id,
            "says": self.claim.says,
            "attributed_to": self.claim.attributed_to,
            "kind": str(self.claim.kind),
            "measure": self.claim.measure,
            "ask": dict(self.claim.ask),
            "expect": self.claim.expect.to_dict() if self.claim.expect else None,
            "claimed": self.claim.expect.value if self.claim.expect else None,
            "verdict": str(self.verdict),
            "rule": self.verdict.meaning,
            "made": self.tally.made,
            "held": self.tally.held,
            "weaker": self.tally.weaker,
            "stronger": self.tally.stronger,
            "reversed": self.tally.reversed,
            "refused": self.tally.refused,
            "held_by_tolerance": self.tally.held_by_tolerance,
            "undecided": self.tally.undecided,
            "after_the_article": self.after_the_article,
            "decides": [{"choice": share.choice, "share": share.share} for share in self.decides],
            "because": self.because,
            "needs": list(self.needs),
            "context": self.claim.context,
            "would_decide": self.claim.would_decide,
            "cannot_identify": self.claim.cannot_identify,
            "as_of": self._told_then(),
            "readings": [reading_dict(asked, stands) for asked, stands in zip(self.asked, self.stands, strict=True)],
        }

    def _told_then(self) -> dict[str, Any] | None:
        if self.as_of is None or self.then is None:
            return None
        kept = ("verdict", "made", "held", "weaker", "stronger", "reversed", "refused", "because", "needs", "readings")
        told = self.then.to_dict()
        return {"date": self.as_of.isoformat()} | {key: told[key] for key in kept}


def reading_dict(asked: Asked, stands: Stands) -> dict[str, Any]:
    """One row of the grid: the choices in the words of the claims file, the number with its interval, and how the claim stands."""
    answer = asked.answer
    words: dict[str, Any] = dict.fromkeys(CHOICES)
    if answer.reading is not None:
        words |= {key: value for key, value in answer.reading.to_dict().items() if key in CHOICES}
    row: dict[str, Any] = words | {key: word for key, word in asked.choices.items() if key in CHOICES}
    row["options"] = {key: word for key, word in asked.choices.items() if key not in CHOICES}
    row["id"] = answer.reading.id if answer.reading else None
    if answer.reading is not None:
        row["spans"] = answer.reading.to_dict()["window"]
    return row | _numbers(answer) | {"status": str(stands.standing), "why": _why(answer, stands)}


def _numbers(answer: Estimate | Refusal) -> dict[str, Any]:
    if isinstance(answer, Refusal):
        return dict.fromkeys(("value", "low", "high", "level", "interval"), None) | {
            "n": 0,
            "notes": [],
            "needs": answer.needs,
        }
    return {
        "value": answer.value,
        "low": answer.low,
        "high": answer.high,
        "level": answer.level,
        "interval": str(answer.interval),
        "n": answer.n,
        "notes": list(answer.notes),
    }


def _why(answer: Estimate | Refusal, stands: Stands) -> str:
    return answer.reason if isinstance(answer, Refusal) else stands.why


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedArticle:
    """Every claim of an article, checked."""

    article: Article
    claims: tuple[CheckedClaim, ...]
    version: str

    def __getitem__(self, claim_id: str) -> CheckedClaim:
        for checked in self.claims:
            if checked.claim.id == claim_id:
                return checked
        raise UnknownName("claim", claim_id, [checked.claim.id for checked in self.claims], where=self.article.file)

    def to_dict(self) -> dict[str, Any]:
        return {
            "civcas": self.version,
            "article": self.article.to_dict(),
            "claims": [checked.to_dict() for checked in self.claims],
        }
