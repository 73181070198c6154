"""Answering: which method suits some lists, how strata add up, and what several methods say side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from typing import Literal

import numpy as np
from scipy.special import ndtri

from civcas.measures.undercount.combining import IMPUTATIONS, several, stratified
from civcas.measures.undercount.methods import METHODS, Method, Wish, ask, method
from civcas.measures.undercount.overlap import Overlap
from civcas.measures.undercount.strata import Strata
from civcas.terms.estimate import Answer, Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Suited:
    """The method chosen for some lists, and why."""

    method: Method
    because: str


def suited(overlap: Overlap) -> Suited:
    """Two lists leave no choice; three cannot carry classes; more are given to the latent class model."""
    lists = int((overlap.sizes > 0).sum())
    if lists <= 2:
        return Suited(method=METHODS["chapman"], because="there are only two lists")
    if lists == 3:
        return Suited(method=METHODS["loglinear-average"], because="three lists cannot tell classes of people apart")
    if find_spec("numba") is None:
        chosen = "loglinear-average" if lists <= 5 else "stepwise"
        return Suited(method=METHODS[chosen], because="Numba, which latent classes need, is not installed")
    return Suited(
        method=METHODS["latent-classes"], because="it allows lists to depend in any way people's classes cause"
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
        else ask(strata.whole, chosen, wish)
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
    return (
        f"The methods answer between {values.min():,.0f} and {values.max():,.0f}: so far apart that {level:.0%} of answers so spread "
        f"would fill {models:,.0f}. A typical {level:.0%} interval of one method is {chance:,.0f} wide. "
        f"{larger} is the larger part of the uncertainty."
    )


def _width(each: Estimate) -> float:
    return float((each.high or each.value) - (each.low or each.value))
