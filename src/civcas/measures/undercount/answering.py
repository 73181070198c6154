"""Answering: which method suits some lists, how strata add up, and what several methods say side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any, Literal

import numpy as np
from scipy.special import ndtri

from civcas.measures.undercount.combining import IMPUTATIONS, several, stratified
from civcas.measures.undercount.lower_bound import WARNING
from civcas.measures.undercount.method import Method, Wish
from civcas.measures.undercount.methods import LEADING, METHODS, ask, method
from civcas.measures.undercount.overlap import Overlap
from civcas.measures.undercount.speech import warnings_first
from civcas.measures.undercount.strata import Strata
from civcas.terms.estimate import Answer, Estimate, Refusal

QUICK = ("loglinear", "loglinear-average", "graphs")  # shown beside the leading method: none takes more than seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Suited:
    """The method chosen for some lists, and why."""

    method: Method
    because: str


def suited(overlap: Overlap) -> Suited:
    """Two lists leave no choice; with more, the one method leads whose interval held in every made-up world."""
    lists = int((overlap.sizes > 0).sum())
    if lists <= 2:
        return Suited(method=METHODS["chapman"], because="there are only two lists")
    return Suited(
        method=METHODS[LEADING],
        because="its interval held the truth in every kind of made-up world that methods were tried on; others' did not",
    )


def answer(
    strata: Strata, *, method_name: str = "auto", wish: Wish | None = None, missing: Literal["impute", "drop"] = "impute",
    imputations: int = IMPUTATIONS, combine: Literal["medians", "pool"] = "medians",
) -> Answer:  # fmt: skip
    """How many there are in all, documented and on no list; by stratum and added up where strata are given.

    `combine` says how imputations of unknown strata become one answer: medians of their totals and limits, or the pooling rule.
    """
    wish = wish or Wish()
    choice = suited(strata.whole) if method_name == "auto" else None
    chosen = choice.method if choice else method(method_name)
    found = (
        stratified(strata, chosen, wish, missing=missing, imputations=imputations, combine=combine)
        if strata.by
        else with_others(strata.whole, chosen, wish)
    )
    return _with_reason(found, choice)


def pooled(
    replicates: Sequence[Strata], *, method_name: str = "auto", wish: Wish | None = None, names: Sequence[str] = ()
) -> Answer:
    """One answer from several versions of the same lists, such as imputations or ways to link them; `names` are theirs."""
    wish = wish or Wish()
    choice = suited(replicates[0].whole) if method_name == "auto" else None
    chosen = choice.method if choice else method(method_name)
    return _with_reason(several(replicates, chosen, wish, names=names), choice)


def _with_reason(found: Answer, choice: Suited | None) -> Answer:
    if choice and isinstance(found, Estimate):
        return replace(found, diagnostics={**found.diagnostics, "chosen_because": choice.because})
    return found


def with_others(overlap: Overlap, chosen: Method, wish: Wish) -> Answer:
    """The method's answer with others beside it: the leading method, or the quick ones beside that; and a warning where they disagree."""
    found = ask(overlap, chosen, wish)
    lists = int((overlap.sizes > 0).sum())
    names = QUICK if chosen.name == LEADING else (LEADING,)
    others = [ask(overlap, METHODS[n], wish) for n in names if METHODS[n].lists[0] <= lists <= METHODS[n].lists[1]]
    if isinstance(found, Refusal):
        return found
    beside = [_brief(each) for each in others]
    said = [line for each in others if isinstance(each, Estimate) for line in disagreement(found, each)]
    return replace(
        found, notes=warnings_first(*said, *found.notes), diagnostics={**found.diagnostics, "beside": beside}
    )


def _brief(each: Answer) -> dict[str, Any]:
    named = {key: each.diagnostics[key] for key in ("method", "title")}
    if isinstance(each, Refusal):
        return named | {"refused": each.reason}
    return named | {"value": each.value, "low": each.low, "high": each.high, "interval": str(each.interval)}


def disagreement(found: Estimate, other: Estimate) -> list[str]:
    """Intervals that do not meet; or, of a method that assumes more than the leading one, an interval without the leading estimate."""
    title, leads = other.diagnostics["title"], other.diagnostics["method"] == LEADING
    ends = f"{_low(other):,.0f} to {_high(other):,.0f}"
    if _apart(found, other):
        return [
            f"{WARNING}methods disagree. The interval of {title}, {ends}, does not meet this one: at least one of them is wrong."
        ]
    if leads and not _low(found) <= other.value <= _high(found):
        return [
            f"{WARNING}{title}, which assumes less, puts the total at {other.value:,.0f}, outside this interval. "
            f"Its own interval is {ends}."
        ]
    return []


def _apart(one: Estimate, other: Estimate) -> bool:
    return _high(one) < _low(other) or _high(other) < _low(one)


def compare(overlap: Overlap, *, wish: Wish | None = None) -> list[Answer]:
    """Every method that these lists allow, in the order of `METHODS`; refusals stand where there is no number."""
    wish, lists = wish or Wish(), int((overlap.sizes > 0).sum())
    fitting = [each for each in METHODS.values() if each.lists[0] <= max(lists, 2) <= each.lists[1]]
    return [ask(overlap, each, wish) for each in fitting]


def verdict(answers: Sequence[Answer]) -> str:
    """Whether the choice of model or chance makes the larger difference, in a sentence.

    Like is held against like: the span that holds `level` of a normal distribution with the methods' spread, and the width
    of an interval of that level. A method whose interval holds other models too counts as chance here.
    """
    found = [each for each in answers if isinstance(each, Estimate)]
    if len(found) < 2:
        return "Only one method could answer, so nothing can be said of what the choice of method does."
    values = np.array([each.value for each in found])
    chance = float(np.median([_width(each) for each in found]))
    level = found[0].level or 0.95
    models = 2 * float(ndtri((1 + level) / 2)) * float(values.std(ddof=1))
    larger = "Model choice, not chance," if models > chance else "Chance, not model choice,"
    return _apart_in_words(found) + (
        f"The methods answer between {values.min():,.0f} and {values.max():,.0f}: so far apart that {level:.0%} of answers so spread "
        f"would fill {models:,.0f}. A typical {level:.0%} interval of one method is {chance:,.0f} wide. "
        f"{larger} is the larger part of the uncertainty."
    )


def _apart_in_words(found: Sequence[Estimate]) -> str:
    """Which intervals do not meet, and which end below Chao's lower bound; empty where there are none."""
    title = {id(each): str(each.diagnostics["title"]) for each in found}
    pairs = [f"{title[id(a)]} and {title[id(b)]}" for a, b in combinations(found, 2) if _apart(a, b)]
    below = [title[id(each)] for each in found if each.diagnostics["chao_lower_bound"]["interval"] == "contradicts"]
    said = (
        [f"{WARNING}these intervals do not meet: {'; '.join(pairs)}. At least one of each pair is wrong."]
        if pairs
        else []
    )
    if below:
        said.append(f"{'' if said else WARNING}Below Chao's lower bound: {', '.join(below)}.")
    return " ".join([*said, ""])


def _low(each: Estimate) -> float:
    return each.value if each.low is None else each.low


def _high(each: Estimate) -> float:
    return each.value if each.high is None else each.high


def _width(each: Estimate) -> float:
    return _high(each) - _low(each)
