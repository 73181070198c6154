"""Intervals for rates made of monthly sums: how far a sum may be from what the campaign tends to do.

Civilians die in incidents, and incidents kill few or many; months are restless, and neighbouring months are alike. Three things are
asked of the months: how far each moves the rate when it is left out (jackknife: Efron 1982), how well that spread is known (degrees of
freedom from its kurtosis: Box 1953, so that a series ruled by one terrible month gets few), and how alike neighbours are
(`month_correlation`). Two rates are compared on the log scale with Student's t on Welch–Satterthwaite degrees of freedom.

A sum over N incidents has log-variance E(X²)/(N·E(X)²), never below 1/N: months that happen to be equal cannot bring it lower.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import stdtr, stdtrit

from civcas.measures import month_correlation

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

FEWEST_MONTHS = 6
"""With fewer months a window says too little of its own spread; it is borrowed from the months around it."""
SETTLED_MONTHS = 18
"""From so many months on, a window's own spread is used alone; below, the months around it count too, at most a quarter each."""
BORROWED = 0.25
WIDEST = 1000.0
"""An interval that reaches further than this factor from its value says nothing, and is not given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRate:
    """A rate with the squared scale and the degrees of freedom of Student's t of its logarithm; arrays of one shape, nan where unknown."""

    rate: Array
    log_variance: Array
    degrees: Array

    def interval(self, *, level: float = 0.95) -> tuple[Array, Array]:
        """Low and high, of the same shape; nan where it would be wider than `WIDEST` each way."""
        half = reach(self.log_variance, self.degrees, level=level)
        with np.errstate(invalid="ignore"):
            return self.rate * np.exp(-half), self.rate * np.exp(half)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How a mean of months varies on the log scale: squared scale and degrees of freedom of Student's t; arrays of one shape."""

    variance: Array
    degrees: Array


def influence(deaths: Array, exposure: Array) -> Array:
    """How far each month's absence moves the logarithm of the rate, times T−1: the month's relative deviation.

    Shapes (rows, months). A row in which one month holds every death, or all of the exposure, comes back nan.
    """
    months = deaths.shape[1]
    if months < 2:
        return np.full(deaths.shape, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        left = [np.log(column.sum(axis=1, keepdims=True) - column) for column in (deaths, exposure)]
        moved = left[0] - left[1]
        moved = np.where(np.isfinite(moved).all(axis=1, keepdims=True), moved, np.nan)
        return np.asarray((months - 1) * (moved - moved.mean(axis=1, keepdims=True)))


def kurtosis_degrees(series: Array) -> Array:
    """Degrees of freedom of the variance of each row of shape (rows, months): Var s² = σ⁴(2/(n−1) + κ/n); κ below 0 is taken as 0."""
    months = series.shape[1]
    if months < 4:
        return np.full(len(series), np.nan)
    square = (series**2).mean(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        excess = np.where(square > 0, (series**4).mean(axis=1) / square**2, 0.0) - 3
        kurtosis = (months - 1) / ((months - 2) * (months - 3)) * ((months + 1) * excess + 6)
    return np.asarray(2 * months / (np.fmax(kurtosis, 0.0) + 2 * months / (months - 1)))


def fresh(series: Array, chances: Array) -> Array:
    """What each month adds to what follows from the month before, at the likeliest correlation; shape (rows, months)."""
    rho, own = (chances @ month_correlation.GRID).T
    added = series.copy()
    added[:, 1:] -= (rho * (1 - own))[:, None] * series[:, :-1]
    return np.asarray(added - added.mean(axis=1, keepdims=True))


def spread(window: Array, around: Array, chances: Array, *, floor: Array) -> Spread:
    """The long-run spread of the mean of a window's months.

    `window` (rows, T) and `around` (rows, S) are deviations as `influence` gives them, of the window's months and of these with the months
    around; `chances` (rows, 46) are those of the grid of `month_correlation`; `floor` (rows,) is what the variance is never below.
    """
    months = window.shape[1]
    scale, degrees = _scale(window, around, chances)
    variances = np.fmax(scale * month_correlation.covariances(months).mean, floor[:, None])
    variance, freedom = month_correlation.mixture(variances, chances, degrees)
    return Spread(variance=variance, degrees=freedom)


def _scale(window: Array, around: Array, chances: Array) -> tuple[Array, Array]:
    """σ² for every (ρ, w), shape (rows, 46), and its degrees of freedom: the window's own, the neighbourhood's, or both weighed."""
    months, stretch = window.shape[1], around.shape[1]
    far = stretch >= FEWEST_MONTHS
    outer, known_outer = (
        (month_correlation.squares(around), kurtosis_degrees(fresh(around, chances))) if far else (np.nan, np.nan)
    )
    if months < FEWEST_MONTHS:
        shape = (len(window), len(month_correlation.GRID))
        return np.broadcast_to(outer / max(stretch - 1, 1), shape), np.broadcast_to(known_outer, len(window))
    fading = float(np.clip((SETTLED_MONTHS - months) / (SETTLED_MONTHS - FEWEST_MONTHS), 0, 1))
    lent = np.where(np.isfinite(around).all(axis=1) & far & (stretch > months), BORROWED * fading, 0.0)
    inner = month_correlation.squares(window)
    total = months - 1 + lent * (stretch - 1)
    borrowed = np.where(lent[:, None] > 0, lent[:, None] * outer, 0.0)
    return (inner + borrowed) / total[:, None], kurtosis_degrees(fresh(window, chances)) + np.where(
        lent > 0, lent * known_outer, 0.0
    )


def reach(variance: Array, degrees: Array, *, level: float) -> Array:
    """Half the width of the interval on the log scale; nan beyond `WIDEST`."""
    with np.errstate(invalid="ignore"):
        half = stdtrit(degrees, 0.5 + level / 2) * np.sqrt(variance)
        return np.asarray(np.where(half <= np.log(WIDEST), half, np.nan))


def ratio(exposed: LogRate, reference: LogRate) -> LogRate:
    """The ratio of two independent rates: variances add, degrees of freedom are Satterthwaite's (1946)."""
    variance = exposed.log_variance + reference.log_variance
    with np.errstate(divide="ignore", invalid="ignore"):
        degrees = variance**2 / (
            exposed.log_variance**2 / exposed.degrees + reference.log_variance**2 / reference.degrees
        )
        return LogRate(rate=exposed.rate / reference.rate, log_variance=variance, degrees=degrees)


def range_interval(lowest: LogRate, highest: LogRate, *, level: float = 0.95) -> tuple[Array, Array]:
    """The interval of Imbens & Manski (2004) around a range, on the log scale: [l·exp(−cσₗ), u·exp(cσᵤ)].

    T(c + (u−l)/max(σₗ, σᵤ)) − T(−c) = level, T being Student's t with the fewer degrees of freedom of the two ends: c falls from the
    two-sided point for a range of no width to the one-sided point for a wide one. An end that is open (u infinite) gives an infinite high.
    """
    widest = np.sqrt(np.fmax(lowest.log_variance, highest.log_variance))
    degrees = np.fmin(lowest.degrees, highest.degrees)
    with np.errstate(divide="ignore", invalid="ignore"):
        apart = np.where(np.isinf(highest.rate), np.inf, np.log(highest.rate) - np.log(lowest.rate)) / widest
        near, far = stdtrit(degrees, level), stdtrit(degrees, 0.5 + level / 2)
        for _ in range(40):
            middle = (near + far) / 2
            short = stdtr(degrees, middle + apart) - stdtr(degrees, -middle) < level
            near, far = np.where(short, middle, near), np.where(short, far, middle)
        below, above = far * np.sqrt(lowest.log_variance), far * np.sqrt(highest.log_variance)
        good = (below <= np.log(WIDEST)) & (above <= np.log(WIDEST))
        return np.where(good, lowest.rate * np.exp(-below), np.nan), np.where(
            good, highest.rate * np.exp(above), np.nan
        )
