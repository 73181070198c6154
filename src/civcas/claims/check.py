"""Holds the claims of an article against every reading they vary."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from civcas.catalog import Measure, Tables, find
from civcas.claims.article import Article, Claim, ClaimKind
from civcas.claims.checked import CheckedArticle, CheckedClaim, OtherGrid
from civcas.claims.curve import Curve
from civcas.claims.grid import Cell, Grid, evaluate
from civcas.claims.meaning import Meaning, meanings
from civcas.claims.outcome import Outcome, outcome
from civcas.claims.sensitivity import Share, shares
from civcas.claims.sentence import answer, because
from civcas.claims.stability import leaving_one_out, under_default_grid
from civcas.claims.tally import Tally
from civcas.claims.verdict import verdict_of_claim
from civcas.errors import CivcasError, UnknownName
from civcas.terms.estimate import Estimate, Refusal
from civcas.terms.version import VERSION
from civcas.terms.vocabulary import Estimand, Verdict

DRAWS = 999
"""How often the record is redrawn to see which readings hold the same information, and what chance alone would show."""


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
    """Check one claim, by what is known now or by what had been published on a day; `written` is the article's date.

    Beside the verdict stand the one under civcas's own choices, and the one on the other estimand where the measure has two.
    """
    checked = _check(claim, tables, written=written, as_of=as_of, data=data)
    if not checked.cells:
        return checked
    return replace(
        checked,
        default_grid=_default_grid(claim, tables, as_of=as_of, data=data),
        other_estimand=_other_estimand(claim, checked, tables, as_of=as_of, data=data),
    )


def _check(
    claim: Claim,
    tables: Tables,
    *,
    written: dt.date | None = None,
    as_of: dt.date | None = None,
    data: Path | None = None,
    times: int = DRAWS,
) -> CheckedClaim:
    asks = claim.kind.factual and claim.measure is not None
    if claim.ask.get("estimand") == Estimand.AS_IT_WAS:
        times = 0  # the records as they were are not redrawn
    grid = evaluate(claim, tables, as_of=as_of, data=data, times=times) if asks else Grid(cells=())
    return judge(claim, grid, written=written)


def judge(claim: Claim, grid: Grid, *, written: dt.date | None = None) -> CheckedClaim:
    """The verdict on a claim whose grid has been answered, with all it rests on."""
    measure: Measure | None = find("measures", str(claim.measure)) if grid.cells else None
    no_difference = measure.no_difference if measure else None
    outcomes = tuple(_outcome(claim, cell, no_difference) for cell in grid.cells)
    causal = claim.kind == ClaimKind.CAUSAL
    curve = Curve.of(grid, outcomes, no_difference=no_difference) if grid.cells else None
    found = meanings(claim, grid.cells, curve, causal=causal) if curve else ()
    verdict = _verdict(claim, found)
    decides = _what_decides(grid.cells, curve, found) if curve else ()
    without = leaving_one_out(claim, grid.cells, curve, found, causal=causal) if curve else ()
    later, tally = _after(grid.cells, written), Tally.of(outcomes)
    kept = without if verdict == verdict_of_claim(each.verdict for each in found if each.counts) else ()
    return CheckedClaim(
        claim=claim,
        verdict=verdict,
        tally=tally,
        cells=grid.cells,
        outcomes=outcomes,
        meanings=found,
        decides=decides,
        without=kept,
        answer=answer(claim, verdict, found, times=no_difference == 1),
        because=because(claim, verdict, tally, found, decides, kept, later=later),
        after_the_article=later,
        needs=_needs(claim, grid.cells),
        estimand=_estimand(grid.cells),
        votes=frozenset(int(place) for each in found if each.counts for place in each.voters),
    )


def _outcome(claim: Claim, cell: Cell, no_difference: float | None) -> Outcome:
    assert claim.expect is not None, "the claims file refuses a claim that asks and expects nothing"
    return outcome(cell.answer, claim.expect, no_difference=no_difference)


def _verdict(claim: Claim, found: Sequence[Meaning]) -> Verdict:
    if not claim.kind.factual:
        return Verdict.NOT_FACTUAL
    if claim.cannot_identify:
        return Verdict.CANNOT_BE_TOLD
    return verdict_of_claim(each.verdict for each in found if each.counts)


def _estimand(cells: Sequence[Cell]) -> Estimand | None:
    said = {cell.answer.estimand for cell in cells if isinstance(cell.answer, Estimate)}
    return said.pop() if len(said) == 1 else None


def _default_grid(claim: Claim, tables: Tables, *, as_of: dt.date | None, data: Path | None) -> OtherGrid | None:
    """The verdict where civcas's own choices stand in place of the author's."""
    own = under_default_grid(claim, find("measures", str(claim.measure)))
    if own is None:
        return None
    default, left_out = own
    checked = _check(default, tables, as_of=as_of, data=data)
    return OtherGrid(verdict=checked.verdict, answer=checked.answer, made=checked.tally.made, left_out=left_out)


def _other_estimand(
    claim: Claim, checked: CheckedClaim, tables: Tables, *, as_of: dt.date | None, data: Path | None
) -> CheckedClaim | None:
    """The same claim asked of the records as they were, where it was asked of the rate behind them, and the other way round."""
    measure: Measure = find("measures", str(claim.measure))
    takes = measure.by == "reading" or any(option.name == "estimand" for option in measure.options)
    if not takes or checked.estimand is None:
        return None
    was = checked.estimand == Estimand.AS_IT_WAS
    other = Estimand.AS_IT_TENDS if was else Estimand.AS_IT_WAS
    asked = replace(claim, ask={**claim.ask, "estimand": str(other)}, estimand=str(other))
    return _check(asked, tables, as_of=as_of, data=data)


def _after(cells: Sequence[Cell], written: dt.date | None) -> int:
    """How many of the readings made look at time after the article was written."""
    if written is None:
        return 0
    made = [cell.answer.reading for cell in cells if isinstance(cell.answer, Estimate) and cell.answer.reading]
    return sum(max(window.last for window in reading.window) > written for reading in made)


def _what_decides(cells: Sequence[Cell], curve: Curve, found: Sequence[Meaning]) -> tuple[Share, ...]:
    """Shares over the readings that vote: copies would make a choice look larger or smaller than it is."""
    voters = [int(place) for each in found if each.counts for place in each.voters]
    if not voters:
        return ()
    choices = {name: [cells[place].choices[name] for place in voters] for name in cells[0].choices}
    redrawn = None if curve.deviations is None else curve.deviations[:, voters]
    return shares(choices, curve.value[voters], redrawn)


def _needs(claim: Claim, cells: Sequence[Cell]) -> tuple[str, ...]:
    """What would decide the claim, and what would let the refused readings be made."""
    wanted = dict.fromkeys(c.answer.needs for c in cells if isinstance(c.answer, Refusal) and c.answer.needs)
    own = [claim.would_decide] if claim.would_decide else []
    return tuple(own + list(wanted))
