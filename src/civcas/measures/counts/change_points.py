"""When a series of counts changed its level: many changes by exact search, one change with its posterior."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from civcas.errors import BadInput, MissingExtra

Floats = NDArray[np.float64]

TABLE_LIMIT = 50_000_000  # events up to which S·ln S is looked up instead of computed


@dataclass(frozen=True, slots=True, kw_only=True)
class SingleChange:
    """The one change that fits best: `after` counts the periods before it.

    `likelihood_ratio` is twice the gain in log likelihood; `posterior[k-1]` is the probability that the change comes after k
    periods, given that there is one. `before`, `since` are the rates a period.
    """

    after: int
    before: float
    since: float
    likelihood_ratio: float
    posterior: Floats

    def within(self, level: float = 0.95) -> tuple[int, int]:
        """The first and last period after which the change may have come: equal tails of the posterior."""
        reached = np.cumsum(self.posterior)
        tail = (1 - level) / 2
        return int(np.searchsorted(reached, tail)) + 1, int(np.searchsorted(reached, 1 - tail)) + 1

    @property
    def median(self) -> int:
        return int(np.searchsorted(np.cumsum(self.posterior), 0.5)) + 1


def poisson_changes(counts: Floats, *, penalty: float, dispersion: float = 1.0, shortest: int = 1) -> tuple[int, ...]:
    """The periods after which the level changes, by PELT (Killick, Fearnhead and Eckley 2012) with the Poisson cost.

    Cost of a stretch of m periods with sum S: 2(S − S ln(S/m)); each change must gain more than `penalty` × `dispersion`,
    the quasi-likelihood scale for counts that vary more than Poisson. The search is exact. A change of the level of
    reports is not told from a change of the violence. Raises `BadInput` for counts that are negative or unknown.
    """
    _refuse(counts)
    if not counts.any():
        return ()
    sums = np.append(0.0, np.cumsum(counts))
    return tuple(_compiled()(sums, np.zeros(0), *_tables(counts), penalty * dispersion, shortest).tolist())


def level_changes(
    values: Floats, *, penalty: float, variance: float | None = None, shortest: int = 1
) -> tuple[int, ...]:
    """The same for measurements with one variance (least squares); by default the variance of neighbouring differences."""
    if len(values) < 2 or not np.isfinite(values).all():
        raise BadInput("the series has unknown values or fewer than two", do="Fill in or shorten it")
    scale = variance if variance is not None else max(float(np.diff(values).var() / 2), 1e-12)
    scaled = (values - values.mean()) / math.sqrt(scale)
    sums, squares = np.append(0.0, np.cumsum(scaled)), np.append(0.0, np.cumsum(scaled**2))
    return tuple(_compiled()(sums, squares, np.zeros(1), np.zeros(1), penalty, shortest).tolist())


def level_change_interval(values: Floats, after: int, *, level: float = 0.95) -> tuple[int, int]:
    """The first and last period after which the level may have changed, for a change found after period `after`.

    Bai (1997): the estimate's error is where a two-sided Brownian motion with drift −δ²/2 and variance δ²σ² a period is
    highest, δ the change of level and σ² the variance on each side. Its density at s on one side is that of the time of the
    maximum there, for every height the other side stays below; both are closed, and are integrated here on a grid.
    """
    before, since = values[:after], values[after:]
    if min(len(before), len(since)) < 2:
        raise BadInput(f"a change after period {after} of {len(values)}", expected="two periods at least on each side")
    step = float(since.mean() - before.mean()) ** 2
    spreads = [max(float(part.var()), 1e-12) for part in (before, since)]
    longest = 60 * max(spreads) / step
    time = (np.arange(1500) + 0.5) / 1500
    time = longest * time**3  # dense near the change
    width = longest * 3 * ((np.arange(1500) + 0.5) / 1500) ** 2 / 1500
    sides = [_time_of_maximum(time, step, own, other) * width for own, other in (spreads, spreads[::-1])]
    reached = np.concatenate([sides[0][::-1], sides[1]]).cumsum()
    where = np.concatenate([-time[::-1], time])
    tail = (1 - level) / 2
    low, high = (float(np.interp(each * reached[-1], reached, where)) for each in (tail, 1 - tail))
    # what was found is the truth plus its error, so the truth is what was found less the error
    return max(1, math.floor(after - high)), min(len(values) - 1, math.ceil(after - low))


def _time_of_maximum(time: Floats, step: float, own: float, other: float) -> Floats:
    """The density, at each time, of the maximum being on this side, of variance `own`, and above the other side's."""
    drift, variance = step / 2, step * own
    height = np.linspace(0, 12 * max(own, other), 600)[None, 1:]
    first_passage = height / np.sqrt(2 * np.pi * variance * time[:, None] ** 3)
    first_passage = first_passage * np.exp(-((height + drift * time[:, None]) ** 2) / (2 * variance * time[:, None]))
    lower_there = -np.expm1(-height / other)
    density: Floats = (first_passage * lower_there).sum(1) * (height[0, 1] - height[0, 0]) * 2 * drift / variance
    return density


def single_change(counts: Floats, *, shape: float = 0.5, rate: float = 0.0) -> SingleChange:
    """The best single change of a Poisson level, and its posterior with a Gamma(shape, rate) prior on both levels.

    The default is Jeffreys' prior. Integrating the levels out, p(k) ∝ Γ(S₁+a)/(k+b)^(S₁+a) · Γ(S₂+a)/(n−k+b)^(S₂+a)
    (Raftery and Akman 1986), every k equally likely before. The posterior takes it as given that there is one change.
    """
    from scipy.special import gammaln, xlogy

    _refuse(counts)
    if len(counts) < 3 or not counts.any():
        raise BadInput("fewer than three periods, or no event at all", expected="a series in which a level can change")
    total, n = float(counts.sum()), len(counts)
    k = np.arange(1, n)
    first = np.cumsum(counts)[:-1]
    second = total - first
    log = xlogy(first, first / k) + xlogy(second, second / (n - k))
    best = int(log.argmax())
    log_posterior = gammaln(first + shape) - (first + shape) * np.log(k + rate)
    log_posterior += gammaln(second + shape) - (second + shape) * np.log(n - k + rate)
    weight = np.exp(log_posterior - log_posterior.max())
    return SingleChange(
        after=int(k[best]), before=float(first[best] / k[best]), since=float(second[best] / (n - k[best])),
        likelihood_ratio=float(2 * (log[best] - xlogy(total, total / n))), posterior=weight / weight.sum(),
    )  # fmt: skip


def dispersion_between_neighbours(counts: Floats, *, changes_after: Sequence[int] = ()) -> float:
    """Variance over mean from differences of neighbouring periods, which a change of level touches once: at least 1.

    E(y₂−y₁)² = φ(μ₁+μ₂) for neighbours of one level (von Neumann 1941); differences across `changes_after` are left out.
    """
    pairs = counts[1:] + counts[:-1]
    seen = pairs > 0
    seen[[after - 1 for after in changes_after]] = False
    if not seen.any():
        return 1.0
    return max(1.0, float((np.diff(counts)[seen] ** 2 / pairs[seen]).mean()))


def _refuse(counts: Floats) -> None:
    if not np.isfinite(counts).all():
        raise BadInput(
            "a count of the series is unknown", do="Shorten the window; an unknown month is not a month of zero"
        )
    if (counts < 0).any():
        raise BadInput(f"a count of {counts.min():g} in the series", expected="0 or more")


def _tables(counts: Floats) -> tuple[Floats, Floats]:
    """S·ln S for whole sums and ln m for lengths, so that the search needs no logarithm."""
    total = counts.sum()
    whole = total <= TABLE_LIMIT and bool((counts == np.floor(counts)).all())
    sums = np.arange(int(total) + 1, dtype=float) if whole else np.zeros(1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.nan_to_num(sums * np.log(sums)), np.log(np.arange(len(counts) + 1, dtype=float).clip(1))


@cache
def _compiled() -> Callable[..., NDArray[np.int64]]:
    try:
        from civcas.measures.counts.pruned_search import search
    except ModuleNotFoundError as absent:
        if absent.name != "numba":
            raise
        raise MissingExtra("the search for changes", "estimators") from absent
    found: Callable[..., NDArray[np.int64]] = search
    return found


def default_penalty(periods: int) -> float:
    """2 ln n: each change costs two parameters, its place and its level (the Bayesian information criterion)."""
    return 2 * math.log(max(2, periods))
