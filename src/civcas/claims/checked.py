"""A claim that has been checked: every reading, what it says of the claim, each meaning's verdict, and the claim's own."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from civcas.claims.article import Article, Claim
from civcas.claims.grid import Cell
from civcas.claims.meaning import Meaning
from civcas.claims.outcome import Outcome
from civcas.claims.sensitivity import Share
from civcas.claims.stability import Without
from civcas.claims.tally import Tally
from civcas.errors import UnknownName
from civcas.terms.estimate import Estimate, Refusal
from civcas.terms.vocabulary import Estimand, Verdict

CHOICES = ("window", "grades", "bound", "attribution", "exposure")


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherGrid:
    """The verdict under civcas's own choices, and the choices of those that the author left out."""

    verdict: Verdict
    answer: str
    made: int
    left_out: dict[str, tuple[str, ...]]

    def to_dict(self) -> dict[str, Any]:
        left = {choice: list(words) for choice, words in self.left_out.items()}
        return {"verdict": str(self.verdict), "answer": self.answer, "made": self.made, "left_out": left}


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedClaim:
    """The verdict on one claim, with all it rests on.

    `then` is the same by what had been published on `as_of`; `other_estimand` the same asked of the records as they were (or as they tend,
    where the file asks for the other); `default_grid` the verdict under civcas's own choices. `after_the_article` of the readings made look
    at time after the article's date.
    """

    claim: Claim
    verdict: Verdict
    tally: Tally
    cells: tuple[Cell, ...]
    outcomes: tuple[Outcome, ...]
    meanings: tuple[Meaning, ...]
    decides: tuple[Share, ...]
    without: tuple[Without, ...]
    answer: str
    because: str
    needs: tuple[str, ...]
    after_the_article: int = 0
    estimand: Estimand | None = None
    other_estimand: CheckedClaim | None = None
    default_grid: OtherGrid | None = None
    as_of: dt.date | None = None
    then: CheckedClaim | None = None
    votes: frozenset[int] = field(default_factory=frozenset)

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
            "answer": self.answer,
            "because": self.because,
            "estimand": str(self.estimand) if self.estimand else None,
            "made": self.tally.made,
            "supports": self.tally.supports,
            "contradicts": self.tally.contradicts,
            "open": self.tally.open,
            "refused": self.tally.refused,
            "after_the_article": self.after_the_article,
            "meanings": [meaning_dict(meaning) for meaning in self.meanings],
            "decides": [
                {"choice": each.choice, "share": each.share, "low": each.low, "high": each.high}
                for each in self.decides
            ],
            "without": [
                {"choice": each.choice, "word": each.word, "verdict": str(each.verdict)} for each in self.without
            ],
            "default_grid": self.default_grid.to_dict() if self.default_grid else None,
            "other_estimand": self._other_estimand(),
            "changed": list(self.claim.changed),
            "needs": list(self.needs),
            "context": self.claim.context,
            "would_decide": self.claim.would_decide,
            "cannot_identify": self.claim.cannot_identify,
            "as_of": self._then(),
            "readings": [
                reading_dict(cell, outcome) | {"votes": place in self.votes}
                for place, (cell, outcome) in enumerate(zip(self.cells, self.outcomes, strict=True))
            ],
        }

    def _other_estimand(self) -> dict[str, Any] | None:
        other = self.other_estimand
        if other is None:
            return None
        kept = ("verdict", "answer", "because", "meanings")
        whole = other.to_dict()
        return {"estimand": str(other.estimand), "means": other.estimand.meaning if other.estimand else ""} | {
            key: whole[key] for key in kept
        }

    def _then(self) -> dict[str, Any] | None:
        if self.as_of is None or self.then is None:
            return None
        kept = (
            "verdict",
            "answer",
            "made",
            "supports",
            "contradicts",
            "open",
            "refused",
            "because",
            "needs",
            "readings",
        )
        whole = self.then.to_dict()
        return {"date": self.as_of.isoformat()} | {key: whole[key] for key in kept}


def meaning_dict(meaning: Meaning) -> dict[str, Any]:
    """One meaning: its words, its verdict, its number with the spread of its readings, and how they divide by weight."""
    balance = meaning.balance
    return {
        "means": dict(meaning.words),
        "verdict": str(meaning.verdict) if meaning.has_number else None,
        "value": meaning.value,
        "lowest": meaning.lowest,
        "highest": meaning.highest,
        "low": meaning.low,
        "high": meaning.high,
        "readings": len(meaning.cells),
        "votes": len(meaning.voters),
        "supports": round(balance.supports, 6),
        "contradicts": round(balance.contradicts, 6),
        "direction": round(balance.direction, 6),
        "copy_of": meaning.copy_of,
        "chance": meaning.null.to_dict() if meaning.null else None,
    }


def reading_dict(cell: Cell, outcome: Outcome) -> dict[str, Any]:
    """One row of the grid: the choices in the words of the claims file, the number with its interval, and what it says."""
    answer = cell.answer
    words: dict[str, Any] = dict.fromkeys(CHOICES)
    if answer.reading is not None:
        words |= {key: value for key, value in answer.reading.to_dict().items() if key in CHOICES}
    row: dict[str, Any] = words | {key: word for key, word in cell.choices.items() if key in CHOICES}
    row["options"] = {key: word for key, word in cell.choices.items() if key not in CHOICES}
    row["id"] = answer.reading.id if answer.reading else None
    if answer.reading is not None:
        row["spans"] = answer.reading.to_dict()["window"]
    return row | _numbers(answer) | {"status": str(outcome.says), "why": outcome.why}


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
        "interval_of": answer.interval_of,
        "n": answer.n,
        "notes": list(answer.notes),
    }


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
