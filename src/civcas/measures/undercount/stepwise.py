"""Stepwise choice among models of pairs, for many lists or sparse ones, with an interval that knows it chose.

Chan, Silverman & Vincent (2021), "Multiple systems estimation for sparse capture data": an interval that
treats the chosen model as given is too narrow, so the choice is repeated on every resampled table.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm, poisson

from civcas.measures.undercount.existence import ESTIMABLE, existence, reduce
from civcas.measures.undercount.loglinear import Fits, fit
from civcas.measures.undercount.models import terms

THRESHOLD = 0.02
REPLICATES = 1_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Chosen:
    """The model the search ended with: its columns over `terms(lists, largest=2)`, and its fit."""

    columns: NDArray[np.bool_]
    fit: Fits

    @property
    def total(self) -> float:
        return float(self.fit.totals[0])


def choose(cells: NDArray[np.int64], *, lists: int, threshold: float = THRESHOLD) -> Chosen:
    """Start from independent lists; add the pair whose overlap is least expected while its p is below `threshold`."""
    design = terms(lists, largest=2).design
    columns = np.zeros(design.shape[1], dtype=bool)
    columns[: 1 + lists] = True
    overlaps = cells @ design
    current = fit(design, cells, columns[None], check=False)
    while True:
        step = _next_pair(design, cells, columns, overlaps, current.expected[0], threshold)
        if step is None:
            return Chosen(columns=columns, fit=current)
        columns = columns.copy()
        columns[step] = True
        current = fit(design, cells, columns[None], check=False)


def _next_pair(
    design: NDArray[np.float64], cells: NDArray[np.int64], columns: NDArray[np.bool_],
    overlaps: NDArray[np.float64], expected: NDArray[np.float64], threshold: float,
) -> int | None:  # fmt: skip
    """The most surprising pair not yet in the model that leaves a best fit, by its one-sided Poisson p."""
    free = np.flatnonzero(~columns)
    mean = expected @ design[:, free]
    surprise = np.minimum(poisson.cdf(overlaps[free], mean), poisson.sf(overlaps[free] - 1, mean))
    for at in np.argsort(surprise, kind="stable"):
        if surprise[at] >= threshold:
            return None
        tried = columns.copy()
        tried[free[at]] = True
        if existence(design, cells, reduce(design, cells, tried[None]))[0] == ESTIMABLE:
            return int(free[at])
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bootstrapped:
    """Limits from resampled tables, and how many of these had no estimate and were left out."""

    low: float
    high: float
    replicates: int
    left_out: int


def bootstrap(
    cells: NDArray[np.int64], *, lists: int, level: float = 0.95, replicates: int = REPLICATES, seed: int = 0,
    threshold: float = THRESHOLD,
) -> Bootstrapped:  # fmt: skip
    """BCa limits (Efron 1987) of the total, the choice of model repeated on each multinomial resample of the table."""
    draws = np.random.default_rng(seed).multinomial(int(cells.sum()), cells / cells.sum(), size=replicates)
    estimate = choose(cells, lists=lists, threshold=threshold).total
    totals = np.array([choose(row, lists=lists, threshold=threshold).total for row in draws])
    sound = totals[np.isfinite(totals)]
    counted = np.flatnonzero(cells)
    fewer = cells - np.eye(len(cells), dtype=np.int64)[counted]
    leave_one = np.array([choose(row, lists=lists, threshold=threshold).total for row in fewer])
    low, high = bca(sound, estimate, leave_one=leave_one, weights=cells[counted], level=level)
    return Bootstrapped(low=low, high=high, replicates=replicates, left_out=replicates - len(sound))


def bca(
    replicates: NDArray[np.float64],
    estimate: float,
    *,
    leave_one: NDArray[np.float64],
    weights: NDArray[np.int64],
    level: float,
) -> tuple[float, float]:
    """Bias-corrected and accelerated percentiles.

    z₀ = Φ⁻¹(share of replicates below the estimate); a = Σnₓdₓ³/(6(Σnₓdₓ²)^1.5) with dₓ the mean of the
    leave-one-out estimates minus that of cell x; level α becomes Φ(z₀ + (z₀+z_α)/(1−a(z₀+z_α))).
    """
    share = np.clip((replicates < estimate).mean(), 0.5 / len(replicates), 1 - 0.5 / len(replicates))
    bias = norm.ppf(share)
    away = np.average(leave_one, weights=weights) - leave_one
    spread = (weights * away**2).sum()
    bend = (weights * away**3).sum() / (6 * spread**1.5) if spread > 0 else 0.0
    z = bias + norm.ppf([(1 - level) / 2, (1 + level) / 2])
    low, high = np.quantile(replicates, norm.cdf(bias + z / (1 - bend * z)))
    return float(low), float(high)
