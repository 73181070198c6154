"""Intervals for rates made of monthly sums: a quasi-Poisson model whose over-dispersion is estimated from the data.

Civilians die in incidents, and incidents kill few or many: monthly sums vary far more than a Poisson count of the same mean
would. The variance of a sum Y is taken as φ·E(Y) (quasi-Poisson: McCullagh & Nelder 1989, §6.2.3; Wedderburn 1974). The form is
chosen because a month's sum is a sum over incidents: with incident sizes X arriving at random its variance is
E(X²)/E(X) times its mean, whatever the mean is. A negative binomial would let the ratio grow with the mean, which
arrivals do not do. φ is the Pearson statistic over months divided by its degrees of freedom, and never taken below 1.
Rates are compared on the log scale, with Student's t on Welch–Satterthwaite degrees of freedom, because φ is itself estimated from
few months.

All functions take arrays of equal shape, one element a reading, and compute them at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

Array = npt.NDArray[np.float64]

FEWEST_MONTHS = 6
"""With fewer months a window says too little of its own dispersion; it is borrowed from the months around it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRate:
    """A rate and the variance of its logarithm, with the degrees of freedom that variance was estimated on."""

    rate: Array
    log_variance: Array
    degrees: Array

    def interval(self, *, level: float = 0.95) -> tuple[Array, Array]:
        return _spread(self.rate, self.log_variance, self.degrees, level=level)


def dispersion(*, deaths: Array, exposure: Array, weighted_squares: Array, months: Array) -> Array:
    """Pearson dispersion φ of monthly deaths y about a constant rate, from sums over the window's months.

    `deaths` Σy, `exposure` Σx, `weighted_squares` Σy²/x with x the monthly exposure, `months` their number (at least 2).
    Months without a recorded death count as months with none recorded. Never below 1.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        pearson = exposure / deaths * weighted_squares - deaths
        return np.asarray(np.fmax(pearson / (months - 1), 1.0))


def dispersion_by_differences(series: Array) -> tuple[float, float]:
    """φ of a series from the differences of neighbouring months, which a slow rise or fall does not inflate.

    E(y₂−y₁)² = φ(μ₁+μ₂) + (μ₂−μ₁)²; the last term is small where the level moves slowly (von Neumann 1941). Returns φ, at least
    1, and its degrees of freedom: two thirds of the number of differences, the efficiency of successive differences.
    """
    first, second = series[:-1], series[1:]
    seen = (first + second) > 0
    if seen.sum() < 3:
        return float("nan"), 0.0
    terms = (second - first)[seen] ** 2 / (first + second)[seen]
    return float(max(terms.mean(), 1.0)), float(2 / 3 * seen.sum())


def log_rate(*, deaths: Array, exposure: Array, dispersion: Array, degrees: Array) -> LogRate:
    """Deaths per exposure, with variance φ/Y of its logarithm (delta method)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return LogRate(rate=deaths / exposure, log_variance=dispersion / deaths, degrees=degrees)


def log_rate_per_incident(*, deaths: Array, incidents: Array, squares: Array, cross: Array, incident_squares: Array,
                          months: Array) -> LogRate:  # fmt: skip
    """Deaths per incident with months as clusters: the linearised variance of a ratio of two random sums (Cochran 1977, §6.3).

    `squares` Σy², `cross` Σyk, `incident_squares` Σk² over months with y deaths in k incidents that have a number.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = deaths / incidents
        residual = np.fmax(squares - 2 * rate * cross + rate**2 * incident_squares, 0.0)
        return LogRate(rate=rate, log_variance=residual * months / (months - 1) / deaths**2, degrees=months - 1)


def ratio_interval(exposed: LogRate, reference: LogRate, *, level: float = 0.95) -> tuple[Array, Array, Array]:
    """The ratio of two independent rates with its interval."""
    variance = exposed.log_variance + reference.log_variance
    with np.errstate(divide="ignore", invalid="ignore"):
        degrees = variance**2 / (
            exposed.log_variance**2 / exposed.degrees + reference.log_variance**2 / reference.degrees
        )
        ratio = exposed.rate / reference.rate
    low, high = _spread(ratio, variance, degrees, level=level)
    return ratio, low, high


def _spread(value: Array, log_variance: Array, degrees: Array, *, level: float) -> tuple[Array, Array]:
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        half: Any = stdtrit(degrees, 0.5 + level / 2) * np.sqrt(log_variance)
        return value * np.exp(-half), value * np.exp(half)
