"""The methods by name: what each needs, what it assumes, and the one call that answers with it."""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from civcas.errors import UnknownName
from civcas.measures.undercount import (
    averaging,
    decomposable,
    fitness,
    latent_classes,
    loglinear,
    ratio_methods,
    speech,
    stepwise,
    two_lists,
)
from civcas.measures.undercount.lower_bound import WARNING, LowerBound, lower_bound
from civcas.measures.undercount.method import CLOSED, SILENT, Found, Method, Wish
from civcas.measures.undercount.models import hierarchical, terms
from civcas.measures.undercount.overlap import Overlap
from civcas.terms.estimate import Answer, Estimate, IntervalKind, Refusal

__all__ = ["LEADING", "METHODS", "MISSES", "Wish", "ask", "method", "with_draws"]
MISSES = (
    f"{WARNING}where one person of ten is hard to reach, intervals of this kind missed the truth in most made-up tables. They allow for "
    "chance and for some ways in which lists depend, not for people whom every list tends to miss."
)
DRAWS = 1_000  # of a posterior on a grid, at evenly spaced quantiles
LEADING = "open-ratio"


def ask(overlap: Overlap, method: Method, wish: Wish) -> Answer:
    """The method's answer for these lists, or why there is none; the total is never below the documented."""
    return with_draws(overlap, method, wish)[0]


def with_draws(overlap: Overlap, method: Method, wish: Wish) -> tuple[Answer, NDArray[np.float64] | None]:
    """The same with the posterior draws of the unseen, for methods that have them."""
    lists = overlap.without_empty_lists()
    began, (fewest, most) = perf_counter(), method.lists
    if refused := fitness.unfit(lists, fewest_lists=fewest) or _too_many(lists, method, most):
        return _refusal(refused, method, lists), None
    bound = lower_bound(lists, level=wish.level)
    found = method.find(lists, wish)
    if isinstance(found, Refusal):
        return _refusal(found, method, lists, bound), None
    told = _told(found, overlap, lists, method, wish, bound)
    return replace(told, seconds=perf_counter() - began), found.unseen


def _told(found: Found, given: Overlap, lists: Overlap, method: Method, wish: Wish, bound: LowerBound) -> Estimate:
    """What was found, in words, beside Chao's lower bound; the total is never below the documented."""
    value, low, high = (max(each, float(lists.n)) for each in (found.value, found.low, found.high))
    warned = (*bound.warns(low, high), *((MISSES,) if method.often_misses else ()))
    return Estimate(
        measure=fitness.MEASURE,
        value=value,
        low=low,
        high=high,
        level=wish.level,
        interval=found.interval,
        n=lists.n,
        counted="documented people",
        unit="people",
        says=speech.in_words(lists.n, value, low, high, wish.level, found.interval),
        notes=speech.warnings_first(*found.notes, *warned, bound.says(), *fitness.warnings(given)),
        interval_of=speech.interval_of(wish.level, method.spans),
        diagnostics={
            "method": method.name,
            "title": method.title,
            "lists": dict(zip(lists.lists, lists.sizes.tolist(), strict=True)),
            "on_several_lists": lists.on_several,
            "documented": lists.n,
            "unseen": {"value": value - lists.n, "low": low - lists.n, "high": high - lists.n},
            **found.diagnostics,
            "estimand": speech.ESTIMAND,
            "chao_lower_bound": bound.to_dict() | {"interval": bound.stands_to(low, high)},
            "identifying_assumption": method.assumes,
            "assumptions": [method.assumes, CLOSED, SILENT],
        },
        seed=wish.seed if found.seeded else None,
    )


def _too_many(overlap: Overlap, method: Method, most: int) -> Refusal | None:
    if len(overlap.lists) <= most:
        return None
    return Refusal(
        measure=fitness.MEASURE,
        reason=f"{method.title} takes at most {most} lists; there are {len(overlap.lists)}",
        needs="--method latent-classes, or small lists joined with --lists of the larger ones",
    )


def _refusal(refused: Refusal, method: Method, overlap: Overlap, bound: LowerBound | None = None) -> Refusal:
    """The refusal with its method, and with Chao's lower bound where the lists can carry that much."""
    least = f". What can be said: at least about {bound.value:,.0f} in all (Chao's lower bound)" if bound else ""
    return Refusal(
        measure=refused.measure,
        reason=refused.reason + least,
        needs=refused.needs,
        diagnostics={
            "method": method.name,
            "title": method.title,
            "documented": overlap.n,
            **({"chao_lower_bound": bound.to_dict()} if bound else {}),
            **refused.diagnostics,
        },
    )


def _chapman(overlap: Overlap, wish: Wish) -> Found:
    (first, both), (_, second) = overlap.pairs.tolist()
    found = two_lists.chapman(first, second, both, level=wish.level)
    documented, unseen = overlap.n, found.value - overlap.n
    return Found(
        value=found.value,
        low=found.low,
        high=found.high,
        interval=IntervalKind.WALD,
        diagnostics={
            "standard_error": found.standard_error,
            "lincoln_petersen": two_lists.lincoln_petersen(first, second, both),
            "on_both": both,
        },
        notes=(
            f"{WARNING}two lists cannot show whether they depend: if being on one makes the other likelier, this is too low. If it "
            f"doubles the odds, the total is about {documented + 2 * unseen:,.0f}; if it halves them, {documented + unseen / 2:,.0f}.",
        ),
    )


def _loglinear(overlap: Overlap, wish: Wish) -> Found | Refusal:
    lists, cells = len(overlap.lists), overlap.cells()
    models, named = hierarchical(lists), terms(lists)
    columns = named.columns(models)
    fits = loglinear.fit(named.design, cells, columns)
    if not np.isfinite(fits.bic).any():
        return _no_model()
    best = int(np.nanargmin(fits.bic))
    profile = loglinear.profile(named.design, cells, columns[best], level=wish.level)
    if not np.isfinite(profile.high):
        return Refusal(measure=fitness.MEASURE, reason="the likelihood has no upper end: the overlap is too thin",
                       needs="more people on several lists, or fewer, larger lists")  # fmt: skip
    return Found(
        value=float(fits.totals[best]),
        low=profile.low,
        high=profile.high,
        interval=IntervalKind.PROFILE,
        diagnostics={
            "model": named.says(int(models[best]), overlap.lists),
            "standard_error": float(fits.standard_error[best]),
            "deviance": float(fits.deviance[best]),
            "freedom": int(fits.freedom[best]),
            "aic": float(fits.aic[best]),
            "bic": float(fits.bic[best]),
            "profile_value": profile.value,
            "models": len(models),
            "models_without_estimate": int((fits.code != 0).sum()),
        },
        notes=(
            "The interval takes the chosen model as given; it says nothing of the other models that fit nearly as well.",
        ),
    )


def _average(overlap: Overlap, wish: Wish) -> Found | Refusal:
    lists, named = len(overlap.lists), terms(len(overlap.lists))
    found = averaging.average(overlap.cells(), lists=lists, level=wish.level)
    if found is None:
        return _no_model()
    order = np.argsort(-found.weights)[:3]
    return Found(
        value=found.value,
        low=found.low,
        high=found.high,
        interval=IntervalKind.WALD,
        diagnostics={
            "models": len(found.models),
            "models_averaged": int((found.weights > 0).sum()),
            "heaviest": {
                named.says(int(found.models[at]), overlap.lists): {
                    "weight": float(found.weights[at]),
                    "value": float(found.fits.totals[at]),
                }
                for at in order
            },
        },
    )


def _stepwise(overlap: Overlap, wish: Wish) -> Found | Refusal:
    lists, cells = len(overlap.lists), overlap.cells()
    chosen = stepwise.choose(cells, lists=lists)
    if not np.isfinite(chosen.total):
        return _no_model()
    drawn = stepwise.bootstrap(cells, lists=lists, level=wish.level, seed=wish.seed)
    pairs = [
        s for s, held in zip(terms(lists, largest=2).sets, chosen.columns, strict=True) if held and s.bit_count() == 2
    ]
    words = ["·".join(name for j, name in enumerate(overlap.lists) if s >> j & 1) for s in pairs]
    return Found(
        value=chosen.total,
        low=drawn.low,
        high=drawn.high,
        interval=IntervalKind.BOOTSTRAP,
        diagnostics={
            "model": ", ".join(words) or "independent lists",
            "replicates": drawn.replicates,
            "replicates_without_estimate": drawn.left_out,
            "given_the_model": [float(limit[0]) for limit in chosen.fit.limits(wish.level)],
        },
        seeded=True,
    )


def _graphs(overlap: Overlap, wish: Wish) -> Found | Refusal:
    found = decomposable.posterior(overlap)
    low, middle, high = (found.quantile(q) for q in wish.shares)
    diagnostics = {
        "mean": found.mean,
        "standard_deviation": found.deviation,
        "mode": found.mode,
        "graphs": len(found.graphs),
        "weight_of_top_graph": found.top()[1],
        "weight_of_saturated_graph": found.saturated_weight,
    }
    if found.saturated_weight > 0.5:
        return Refusal(
            measure=fitness.MEASURE,
            reason=f"the posterior lies at the prior's edge: {found.saturated_weight:.0%} of it rests on the graph in "
            "which all lists depend on each other, and that graph says nothing about the unseen",
            needs="more lists; or read --method no-highest-order to see what only an assumption decides",
            diagnostics=diagnostics,
        )
    spread = np.array([found.quantile(q) for q in (np.arange(DRAWS) + 0.5) / DRAWS], dtype=float) - overlap.n
    return Found(
        value=middle, low=low, high=high, interval=IntervalKind.CREDIBLE, diagnostics=diagnostics, unseen=spread
    )


def _latent_classes(overlap: Overlap, wish: Wish) -> Found | Refusal:
    def told(iterations: int, r_hat: float, draws: float) -> None:
        if wish.progress is not None:
            wish.progress(f"latent classes: {iterations:,} iterations a chain, R-hat {r_hat:.3f}, {draws:,.0f} draws")

    if wish.progress is not None:
        wish.progress("latent classes: starting (the first run on a machine compiles the sampler, half a minute)")
    found = latent_classes.sample(overlap, seed=wish.seed, progress=told)
    diagnostics = {
        "r_hat": found.r_hat,
        "effective_size": found.effective_size,
        "tail_size": found.tail_size,
        "limit_error": found.limit_error,
        "chains": len(found.chain_means),
        "iterations": found.iterations,
        "classes": found.classes,
        "converged": found.converged,
        "laddered": found.laddered,
    }
    if not found.converged:
        return Refusal(
            measure=fitness.MEASURE,
            reason=f"not converged: {len(found.chain_means)} chains do not agree after {found.iterations:,} iterations "
            f"each (split R-hat {found.r_hat:.3f}, needs below {latent_classes.R_HAT}; "
            f"{min(found.effective_size, found.tail_size):,.0f} independent draws, needs {latent_classes.ENOUGH_DRAWS})",
            needs="another method, or more lists: these lists do not settle how many are missing under this model",
            diagnostics=diagnostics,
        )
    if found.at_limit > 0.01:
        return Refusal(
            measure=fitness.MEASURE,
            reason=f"the posterior lies at the prior's edge: {found.at_limit:.0%} of it is near the limit of "
            f"{latent_classes.LIMIT} times the documented",
            needs="more people on several lists",
            diagnostics=diagnostics,
        )
    low, middle, high = np.quantile(found.totals, wish.shares).tolist()
    return Found(
        value=middle,
        low=low,
        high=high,
        interval=IntervalKind.CREDIBLE,
        diagnostics={
            "mean": float(found.totals.mean()),
            "standard_deviation": float(found.totals.std()),
            **diagnostics,
        },
        seeded=True,
        unseen=np.asarray(found.totals, dtype=float).ravel() - overlap.n,
    )


def _no_model() -> Refusal:
    return Refusal(
        measure=fitness.MEASURE,
        reason="no log-linear model has an estimate for these lists: too many overlaps are empty",
        needs="--method latent-classes, or small lists joined into larger ones",
    )


METHODS: dict[str, Method] = {
    each.name: each
    for each in (
        Method(name="chapman", title="Chapman's two lists", lists=(2, 2), find=_chapman,
               assumes="The two lists are independent, and everyone is as likely as another to be on each.",
               spans="chance only, if the two lists are independent and people alike"),
        Method(name=LEADING, title="Open ratio", lists=(3, 60), find=ratio_methods.left_open,
               assumes="Lists may depend in any way, up to one ratio that no list can show: it lies between ½ and 2 (1 would mean that "
               "all lists together do not interact).",
               spans="chance, any way in which lists depend, and any value from ½ to 2 of the one ratio that no list can show"),
        Method(name="loglinear", title="Best log-linear model", lists=(3, 5), find=_loglinear, often_misses=True,
               assumes="Lists depend in the way the model with the lowest BIC says; all lists together do not interact.",
               spans="chance only, if the chosen model is the true one"),
        Method(name="loglinear-average", title="Log-linear average", lists=(3, 5), find=_average, often_misses=True,
               assumes="One of the log-linear models is near the truth; they are weighed by AIC.",
               spans="chance, and which of the log-linear models is true"),
        Method(name="stepwise", title="Stepwise pairs", lists=(3, 10), find=_stepwise, often_misses=True,
               assumes="Lists depend in pairs only; pairs are added while p < 0.02.",
               spans="chance, and which pairs of lists are chosen, if lists depend in pairs only"),
        Method(name="graphs", title="Decomposable graphs", lists=(3, decomposable.MOST_LISTS), find=_graphs, often_misses=True,
               assumes="Lists depend as some chordal graph says; prior Dirichlet(2^-J) a cell and 1/N.",
               spans="chance, and which chordal graph of lists is true, under the method's prior"),
        Method(name="latent-classes", title="Latent classes (LCMCR)", lists=(3, 60), find=_latent_classes, often_misses=True,
               assumes="People fall into classes within which lists are independent.",
               spans="chance, and how many classes of people there are, under the method's prior"),
        Method(name="no-highest-order", title="No highest-order interaction", lists=(3, 8), find=ratio_methods.as_assumed,
               assumes="All lists together do not interact; nothing else is assumed of how they depend.",
               spans="chance, and any way in which lists depend but one: all of them together"),
    )
}  # fmt: skip


def method(name: str) -> Method:
    if name not in METHODS:
        raise UnknownName("method", name, ("auto", "all", *METHODS))
    return METHODS[name]
