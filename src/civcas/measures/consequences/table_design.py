"""Before and after, treated and not: difference in differences on a plain table of units."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from civcas.errors import BadInput
from civcas.measures.consequences import picture
from civcas.measures.consequences.finding import (
    Check,
    Effect,
    Finding,
    decide,
    p_among,
    robustness_value,
    smallest_visible,
)
from civcas.measures.consequences.limits import Limits

Floats = NDArray[np.float64]
FEWEST_CLUSTERS = 4  # treated, and not treated, below which no inference holds


def ask(
    *,
    treated: Floats,
    before: Floats,
    after: Floats,
    cluster: NDArray[np.int64] | None = None,
    periods: Sequence[str] = (),
    outcome: str = "outcome",
    limits: Limits | None = None,
) -> Finding:
    """How much more the outcome of treated units changed than that of the others.

    `before` and `after` are units × periods, `treated` 0 or 1 for each unit, `cluster` the group whose units share a fate.
    t is clustered (Liang and Zeger 1986), and p comes from dealing treatment out again over the clusters (or, where it
    varies within clusters, over their units). It assumes that without treatment both groups would have changed alike; with
    two or more periods before, that is tested there. On the log scale the ratio of ratios, which is the Poisson estimate with
    fixed effects of unit and period, is given too.
    """
    limits = limits or Limits()
    groups = np.arange(len(treated)) if cluster is None else np.unique(cluster, return_inverse=True)[1].ravel()
    _usable(treated, before, after, groups)
    values = np.concatenate([before, after], axis=1)
    base = before.shape[1] - 1
    paths = values - values[:, [base]]
    change = after.mean(axis=1) - before.mean(axis=1)
    early = before[:, -1] - before[:, 0]
    columns = np.column_stack([change, early, paths])
    effect, se, t, drawn = _dealt(columns, treated, groups, limits)
    p, early_p = p_among(abs(t[0]), drawn[:, 0]), p_among(abs(t[1]), drawn[:, 1])
    critical = float(np.quantile(drawn[:, 0], limits.level, method="higher"))
    several = float(np.quantile(drawn[:, 2:].max(axis=1), limits.level, method="higher"))
    names = list(periods) or [
        *(f"before {k + 1}" for k in range(before.shape[1])),
        *(f"after {k + 1}" for k in range(after.shape[1])),
    ]
    effects = tuple(
        Effect.around(names[k], effect[2 + k], se[2 + k], several) for k in range(values.shape[1]) if k != base
    )
    headline = Effect.around("all periods after", effect[0], se[0], critical)
    relative = proportional_p(treated, before, after, groups, limits)
    visible = smallest_visible(se[0], critical)
    usual = float(after[treated == 0].mean())
    checks = (
        *_soundness(values, names, treated, groups, se[0]),
        _scales(float(effect[0]), p, relative, limits),
        *_checks(before.shape[1], early_p, float(effect[1]), p, visible, usual, limits),
    )
    direction = decide(headline=headline, p=p, checks=checks, level=limits.level, only_here=True)
    number = int(treated.sum()) * after.shape[1]
    unit = f"{outcome} per treated unit and period"
    return Finding(
        design="did",
        estimand=f"How much more {outcome} changed in treated units, from the mean before to the mean after, than in the others.",
        direction=direction, headline=headline, effects=effects, checks=checks, p=p, smallest_visible=visible, usual=usual,
        n=len(treated), counted="units", unit=unit,
        total=(headline.value * number, headline.low * number, headline.high * number),
        picture=picture.by_window(effects, title=f"Treated against others, less {names[base]}", unit=unit, direction=str(direction)),
        level=limits.level,
        interval_of=f"how much more the mean {outcome} of the treated units changed than that of the others, errors clustered, by "
        "treatment dealt out again",
        sides=f"the change of {outcome} in treated units and in the others",
        phrases=(f"{outcome} rose more, or fell less, in treated units than in the others",
                 f"{outcome} fell more, or rose less, in treated units than in the others"),
        notes=("It assumes that untreated, both groups would have changed alike, whether by as much or in proportion.",
               "A table of units cannot show what happened outside them, so a change is only said of these units."),
        numbers={"critical": critical, "clusters": int(groups.max()) + 1, "ratio": ratio_of_ratios(treated, before, after, groups),
                 "in_proportion": None if relative is None else {"value": relative[0], "p": relative[1]},
                 "early_p": early_p if before.shape[1] > 1 else None,
                 "robustness_value": robustness_value(float(t[0]), len(treated) - 2)},
    )  # fmt: skip


def _usable(treated: Floats, before: Floats, after: Floats, groups: NDArray[np.int64]) -> None:
    if not len(treated):
        raise BadInput("there are no units", expected="one row a unit")
    if not set(np.unique(treated)) <= {0.0, 1.0}:
        raise BadInput("treatment holds values other than 0 and 1", expected="1 for treated units, 0 for the others")
    if not 0 < treated.sum() < len(treated):
        every = "all" if treated.sum() else "no"
        raise BadInput(
            f"{every} units are treated", expected="treated and untreated units: without both there is no comparison"
        )
    if not (np.isfinite(before).all() and np.isfinite(after).all()):
        raise BadInput(
            "some outcomes are unknown", expected="a number before and after for every unit; unknown is not zero"
        )
    if groups.max() == 0:
        raise BadInput("all units are in one cluster", expected="several clusters, of which some hold treated units")
    for column in (*before.T, *after.T):
        if np.array_equal(column, treated) or np.array_equal(column, 1 - treated):
            raise BadInput(
                "an outcome has the same values as the treatment in every unit",
                expected="an outcome of its own: one column may have been given twice",
            )


def _dealt(
    columns: Floats, treated: Floats, groups: NDArray[np.int64], limits: Limits
) -> tuple[Floats, Floats, Floats, Floats]:
    """Effects, clustered standard errors and t of every column, and |t| with treatment dealt out anew, draws × columns."""
    effect, se = _difference(columns, treated, groups)
    drawn = np.empty((limits.draws, columns.shape[1]))
    for b, again in enumerate(_again(treated, groups, limits)):
        drawn[b] = _absolute(*_difference(columns, again, groups))
    with np.errstate(divide="ignore", invalid="ignore"):
        return effect, se, np.where(se > 0, effect / se, 0.0), drawn


def _again(treated: Floats, groups: NDArray[np.int64], limits: Limits) -> Iterator[Floats]:
    """Treatment dealt out again: over whole clusters, or over the units within them where it varies there."""
    rng = np.random.default_rng(limits.seed)
    share = np.bincount(groups, weights=treated) / np.bincount(groups)
    whole = bool(np.isin(share, (0.0, 1.0)).all())
    order = np.argsort(groups, kind="stable")
    for _ in range(limits.draws):
        if whole:
            yield rng.permutation(share)[groups]
        else:
            again = np.empty_like(treated)
            again[order] = treated[np.lexsort((rng.random(len(treated)), groups))]
            yield again


def _difference(columns: Floats, treated: Floats, groups: NDArray[np.int64]) -> tuple[Floats, Floats]:
    ours, theirs = treated == 1, treated == 0
    mean_1, mean_0 = columns[ours].mean(axis=0), columns[theirs].mean(axis=0)
    weight = np.where(ours, 1 / ours.sum(), -1 / theirs.sum())[:, None]
    scores = weight * (columns - np.where(ours[:, None], mean_1, mean_0))
    by_group = np.zeros((int(groups.max()) + 1, columns.shape[1]))
    np.add.at(by_group, groups, scores)
    many = len(by_group)
    return mean_1 - mean_0, np.sqrt((by_group**2).sum(axis=0) * many / (many - 1))


def _absolute(effect: Floats, se: Floats) -> Floats:
    return np.divide(np.abs(effect), se, out=np.zeros_like(effect), where=se > 0)


def ratio_of_ratios(
    treated: Floats, before: Floats, after: Floats, groups: NDArray[np.int64]
) -> dict[str, float] | None:
    """(treated after / before) / (others after / before) with a clustered 95% interval; None unless all four are above zero.

    The maximum-likelihood Poisson effect with fixed effects of unit and period, in closed form since units' totals condition
    them away; a log scale that lets single units be zero.
    """
    early, late = before.mean(axis=1), after.mean(axis=1)
    sums = [(early[treated == d].sum(), late[treated == d].sum()) for d in (1, 0)]
    if min(min(pair) for pair in sums) <= 0:
        return None
    score = np.zeros(int(groups.max()) + 1)
    for d, (e, later) in zip((1, 0), sums, strict=True):
        here = treated == d
        share = later / (e + later)
        weight = (1 if d else -1) / (share * (1 - share) * (e + later))
        np.add.at(score, groups[here], weight * (late[here] - share * (early + late)[here]))
    log = float(np.log(sums[0][1] / sums[0][0]) - np.log(sums[1][1] / sums[1][0]))
    reach = 1.959964 * float(np.sqrt((score**2).sum() * len(score) / (len(score) - 1)))
    return {"value": float(np.exp(log)), "low": float(np.exp(log - reach)), "high": float(np.exp(log + reach))}


def in_proportion(
    treated: Floats, before: Floats, after: Floats, groups: NDArray[np.int64]
) -> tuple[float, float] | None:
    """The effect had the treated changed without treatment in the same proportion as the others, and its clustered error.

    After − before · (others after / others before), in the units of the outcome. A season that multiplies the levels of all leaves
    it at zero, where the difference of differences moves with the levels. None where the outcome can be below zero or the
    others had none before. The error is by the delta method.
    """
    early, late = before.mean(axis=1), after.mean(axis=1)
    ours, theirs = treated == 1, treated == 0
    if min(early.min(), late.min()) < 0 or early[theirs].sum() <= 0:
        return None
    growth = late[theirs].sum() / early[theirs].sum()
    rest = late - growth * early
    value = float(rest[ours].mean())
    level = early[ours].mean() / early[theirs].mean()
    scores = np.where(ours, (rest - value) / ours.sum(), -level * rest / theirs.sum())
    by_group = np.bincount(groups, weights=scores)
    return value, float(np.sqrt((by_group**2).sum() * len(by_group) / (len(by_group) - 1)))


def proportional_p(
    treated: Floats, before: Floats, after: Floats, groups: NDArray[np.int64], limits: Limits
) -> tuple[float, float] | None:
    """`in_proportion` and its p from treatment dealt out again; None where it is not defined."""
    observed = in_proportion(treated, before, after, groups)
    if observed is None:
        return None
    drawn = [in_proportion(again, before, after, groups) for again in _again(treated, groups, limits)]
    t = np.asarray([abs(d[0]) / d[1] if d is not None and d[1] > 0 else np.inf for d in drawn])
    return observed[0], p_among(abs(observed[0]) / observed[1] if observed[1] > 0 else 0.0, t)


def _soundness(
    values: Floats, names: Sequence[str], treated: Floats, groups: NDArray[np.int64], se: float
) -> tuple[Check, ...]:
    """Whether there is anything to compare: outcomes that vary, periods that are no copies, and enough clusters."""
    varies = bool(se > 1e-9 * max(float(np.abs(values).max()), 1e-9))
    same = [
        (names[j], names[k]) for k in range(values.shape[1]) for j in range(k)
        if np.array_equal(values[:, j], values[:, k]) and np.ptp(values[:, k]) > 0
    ]  # fmt: skip
    with_treated = len(np.unique(groups[treated == 1]))
    without = len(np.unique(groups[treated == 0]))
    return (
        Check(name="something varies", passed=varies,
              says="The outcome changed by different amounts in different units." if varies
              else "Before and after differ by the same amount in every unit of a group, so there is nothing to measure by."),
        Check(name="periods differ", passed=not same,
              says="No two periods hold the same numbers." if not same
              else f"{same[0][0]} and {same[0][1]} hold the same number in every unit: one may be a copy."),
        Check(name="clusters", passed=min(with_treated, without) >= FEWEST_CLUSTERS, value=float(min(with_treated, without)),
              says=f"{with_treated} clusters hold treated units and {without} hold others; {FEWEST_CLUSTERS} of each are needed."),
    )  # fmt: skip


def _scales(effect: float, p: float, relative: tuple[float, float] | None, limits: Limits) -> Check:
    """Whether it matters that all change by as much or in proportion: it does where groups of unlike levels share a season."""
    alpha = 1 - limits.level
    if relative is None:
        return Check(name="in proportion too", passed=None,
                     says="The outcome has no proportions (it is below zero, or zero before in all others), so a shared season that grows "
                     "with a unit's level cannot be seen.")  # fmt: skip
    both = p <= alpha and relative[1] <= alpha
    passed = (both and effect * relative[0] > 0) or (p > alpha and relative[1] > alpha)
    return Check(
        name="in proportion too", passed=passed, value=relative[0],
        says=f"Had all changed in the same proportion, and not by as much, the effect would be {relative[0]:+.3g} (p = {relative[1]:.3g})"
        + ("." if passed else ": which of the two holds decides the answer."),
    )  # fmt: skip


def _checks(
    pre: int, early_p: float, early: float, p: float, visible: float, usual: float, limits: Limits
) -> tuple[Check, ...]:
    alpha = 1 - limits.level
    trend = Check(
        name="trend before", passed=None if pre < 2 else early_p > alpha, value=None if pre < 2 else early_p,
        says="With one period before, whether treated and other units moved alike before cannot be seen." if pre < 2
        else f"Before treatment, treated and other units {'moved alike' if early_p > alpha else 'already moved apart'} "
        f"({early:+.3g}, p = {early_p:.3g}).",
    )  # fmt: skip
    if p <= alpha:
        return (trend,)
    return trend, Check(
        name="power", passed=bool(visible <= limits.worth * abs(usual)), value=visible,
        says=f"An effect of {visible:.3g} or more would be seen four times in five, and {usual:.3g} is usual.",
    )  # fmt: skip
