"""Holds the claims of an article against every reading they vary."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from civcas.catalog import Tables, find
from civcas.claims import deciding
from civcas.claims.article import Article, Claim, ClaimKind
from civcas.claims.checked import CheckedArticle, CheckedClaim
from civcas.claims.grid import Asked, ask
from civcas.claims.sentence import because
from civcas.claims.standing import Stands, stand
from civcas.claims.verdict import Tally, give
from civcas.errors import CivcasError, UnknownName
from civcas.terms.estimate import Estimate, Refusal
from civcas.terms.version import VERSION
from civcas.terms.vocabulary import Standing


def check(
    article: Article,
    tables: Tables,
    *,
    only: Sequence[str] = (),
    as_of: dt.date | None = None,
    data: Path | None = None,
) -> CheckedArticle:
    """Check every claim, or those whose ids are in `only`.

    Each claim's measure runs once for every combination of the choices it varies; combinations the data cannot support stay in the
    grid as refusals. The verdict follows from the grid by the rules of `Verdict`. With `as_of`, each claim also carries the verdict
    by what had been published on that day (`then`), beside the verdict by what is known now. Files that claims name are looked for in
    `data`, or beside the claims file.
    """
    known = [claim.id for claim in article.claims]
    for wanted in only:
        if wanted not in known:
            raise UnknownName("claim", wanted, known, where=article.file)
    chosen = [claim for claim in article.claims if not only or claim.id in only]
    return CheckedArticle(
        article=article,
        claims=tuple(
            _now_and_then(claim, article, tables, as_of, data or Path(article.file).parent) for claim in chosen
        ),
        version=VERSION,
    )


def _now_and_then(claim: Claim, article: Article, tables: Tables, as_of: dt.date | None, data: Path) -> CheckedClaim:
    try:
        now = check_claim(claim, tables, written=article.date, data=data)
        if as_of is None:
            return now
        return replace(now, as_of=as_of, then=check_claim(claim, tables, written=article.date, as_of=as_of, data=data))
    except CivcasError as wrong:
        place = f"{article.file}, line {claim.line} (claim {claim.id})"
        raise wrong.seen_at(place if wrong.where in ("", f"claim {claim.id}") else f"{place}: {wrong.where}") from None


def check_claim(
    claim: Claim,
    tables: Tables,
    *,
    written: dt.date | None = None,
    as_of: dt.date | None = None,
    data: Path | None = None,
) -> CheckedClaim:
    """Check one claim, by what is known now or by what had been published on a day; `written` is the article's date."""
    asked = ask(claim, tables, as_of=as_of, data=data) if claim.kind.factual else ()
    stands = tuple(_stand(claim, each) for each in asked)
    tally = Tally.of(stands)
    verdict = give(
        tally, factual=claim.kind.factual, identified=not claim.cannot_identify, causal=claim.kind == ClaimKind.CAUSAL
    )
    decides, rule = _what_decides(asked, stands)
    later = _after(asked, written)
    return CheckedClaim(
        claim=claim,
        verdict=verdict,
        tally=tally,
        asked=asked,
        stands=stands,
        decides=decides,
        because=because(claim, verdict, tally, decides, rule, later=later),
        after_the_article=later,
        needs=_needs(claim, asked),
    )


def _stand(claim: Claim, asked: Asked) -> Stands:
    assert claim.expect is not None, "the claims file refuses a claim that asks and expects nothing"
    return stand(asked.answer, claim.expect, no_difference=find("measures", str(claim.measure)).no_difference)


def _after(asked: Sequence[Asked], written: dt.date | None) -> int:
    """How many of the readings made look at time after the article was written."""
    if written is None:
        return 0
    made = [each.answer.reading for each in asked if isinstance(each.answer, Estimate) and each.answer.reading]
    return sum(max(window.last for window in reading.window) > written for reading in made)


def _what_decides(
    asked: Sequence[Asked], stands: Sequence[Stands]
) -> tuple[tuple[deciding.Share, ...], deciding.Rule | None]:
    made = [(a, s) for a, s in zip(asked, stands, strict=True) if s.standing != Standing.REFUSED]
    if not made:
        return (), None
    choices = {name: [a.choices[name] for a, _ in made] for name in made[0][0].choices}
    values = np.array([a.answer.value for a, _ in made if isinstance(a.answer, Estimate)])
    scale = np.log(values) if (values > 0).all() else values
    holds = np.array([s.standing == Standing.HOLDS for _, s in made])
    return deciding.shares(choices, scale), deciding.rule(choices, holds)


def _needs(claim: Claim, asked: Sequence[Asked]) -> tuple[str, ...]:
    """What would decide the claim, and what would let the refused readings be made."""
    wanted = dict.fromkeys(a.answer.needs for a in asked if isinstance(a.answer, Refusal) and a.answer.needs)
    own = [claim.would_decide] if claim.would_decide else []
    return tuple(own + list(wanted))
