"""Answering: which method suits some lists, how strata add up, and what several methods say side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from time import perf_counter
from typing import Any, Literal

import numpy as np

from civcas.measures.undercount import strata as by_strata
from civcas.measures.undercount.fitness import MEASURE
from civcas.measures.undercount.methods import METHODS, Method, Wish, ask, in_words, method
from civcas.measures.undercount.overlap import Overlap
from civcas.measures.undercount.strata import Strata
from civcas.terms.estimate import Answer, Estimate, Refusal

IMPUTATIONS = 40


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
    imputations: int = IMPUTATIONS,
) -> Answer:  # fmt: skip
    """How many there are in all, documented and on no list; by stratum and added up where strata are given."""
    wish = wish or Wish()
    choice = suited(strata.whole) if method_name == "auto" else None
    chosen = choice.method if choice else method(method_name)
    found = _stratified(strata, chosen, wish, missing, imputations) if strata.by else ask(strata.whole, chosen, wish)
    if choice and isinstance(found, Estimate):
        return replace(found, diagnostics={**found.diagnostics, "chosen_because": choice.because})
    return found


def compare(overlap: Overlap, *, wish: Wish | None = None) -> list[Answer]:
    """Every method that these lists allow, in the order of `METHODS`; refusals stand where there is no number."""
    wish, lists = wish or Wish(), int((overlap.sizes > 0).sum())
    fitting = [each for each in METHODS.values() if each.lists[0] <= max(lists, 2) <= each.lists[1]]
    return [ask(overlap, each, wish) for each in fitting]


def verdict(answers: Sequence[Answer]) -> str:
    """Whether the choice of model or chance makes the larger difference, in a sentence."""
    found = [each for each in answers if isinstance(each, Estimate)]
    if len(found) < 2:
        return "Only one method could answer, so nothing can be said of what the choice of method does."
    values = sorted(each.value for each in found)
    chance = float(np.median([_width(each) for each in found]))
    models, larger = values[-1] - values[0], values[-1] - values[0] > chance
    return (
        f"The methods answer between {values[0]:,.0f} and {values[-1]:,.0f}, {models:,.0f} apart; a typical interval is "
        f"{chance:,.0f} wide. " + ("Model choice, not chance, is the larger part of the uncertainty."
        if larger else "Chance, not model choice, is the larger part of the uncertainty.")
    )  # fmt: skip


def _width(each: Estimate) -> float:
    return float((each.high or each.value) - (each.low or each.value))


def _stratified(strata: Strata, chosen: Method, wish: Wish, missing: str, imputations: int) -> Answer:
    """Strata added up, limits with them (as if all erred together), each the median over imputations."""
    began = perf_counter()
    filled = (
        by_strata.impute(strata, times=imputations, seed=wish.seed)
        if missing == "impute" and strata.unknown
        else [replace(strata, unknown=None)]
    )
    parts = []
    for turn, each in enumerate(filled):
        if wish.progress is not None:
            wish.progress(f"{len(each.known)} strata, imputation {turn + 1} of {len(filled)}")
        answers = {name: ask(overlap, chosen, wish) for name, overlap in each.known.items()}
        refused = {name: found for name, found in answers.items() if isinstance(found, Refusal)}
        if refused:
            return _no_sum(refused, chosen, strata)
        parts.append({name: found for name, found in answers.items() if isinstance(found, Estimate)})
    return _summed(strata, parts, wish, missing, perf_counter() - began)


def _no_sum(refused: dict[str, Refusal], chosen: Method, strata: Strata) -> Refusal:
    name, first = next(iter(refused.items()))
    others = f" ({len(refused) - 1} more strata likewise have no estimate)" if len(refused) > 1 else ""
    return Refusal(
        measure=MEASURE,
        reason=f"no estimate for stratum {name}: {first.reason}{others}; a sum without it would leave people out unsaid",
        needs=f"{first.needs}; or join strata, or leave --strata out",
        diagnostics={
            "method": chosen.name,
            "title": chosen.title,
            "documented": strata.whole.n,
            "refused": sorted(refused),
        },
    )


def _summed(strata: Strata, parts: list[dict[str, Estimate]], wish: Wish, missing: str, seconds: float) -> Estimate:
    model = next(iter(parts[0].values()))
    everyone = strata.whole.n
    documented = everyone if missing == "impute" or strata.unknown is None else everyone - strata.unknown.n
    by_name = {name: _row([each[name] for each in parts]) for name in strata.known}
    value, low, high = (sum(row[end] for row in by_name.values()) for end in ("value", "low", "high"))
    return replace(
        model,
        value=value,
        low=low,
        high=high,
        n=documented,
        says=in_words(documented, value, low, high, wish.level, model.interval),
        notes=_stratum_notes(strata, missing, len(parts)),
        diagnostics={
            "method": model.diagnostics["method"],
            "title": model.diagnostics["title"],
            "lists": dict(zip(strata.whole.lists, strata.whole.sizes.tolist(), strict=True)),
            "documented": documented,
            "unseen": {"value": value - documented, "low": low - documented, "high": high - documented},
            "strata": by_name,
            "stratum_unknown_share": strata.unknown_share,
            "imputations": len(parts) if missing == "impute" and strata.unknown else 0,
            "assumptions": model.diagnostics["assumptions"],
        },
        seed=wish.seed if strata.unknown or model.seed is not None else None,
        seconds=seconds,
    )


def _row(found: list[Estimate]) -> dict[str, Any]:
    return {end: float(np.median([getattr(each, end) for each in found])) for end in ("n", "value", "low", "high")}


def _stratum_notes(strata: Strata, missing: str, times: int) -> tuple[str, ...]:
    said = [
        "The limits of the strata are added, as if all erred in the same direction: the interval is wide rather than narrow."
    ]
    unequal = by_strata.unequal_missingness(strata)
    if unequal:
        said.append(
            f"Warning: missingness differs by list pattern. The stratum is unknown for {unequal.share_missing:.1%} of those on "
            f"{unequal.pattern}, and {unequal.share_missing_elsewhere:.1%} of the others."
            + (
                f" Dropping these {strata.unknown.n:,} people shifts the estimate; use --missing impute."
                if missing == "drop" and strata.unknown
                else ""
            )
        )
    if missing == "impute" and strata.unknown:
        said.append(
            f"{strata.unknown.n:,} people of unknown stratum were given one {times} times over, from others on the same lists."
        )
    return tuple(said)
