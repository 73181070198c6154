"""Whether monthly counts rise or fall: a negative binomial trend with season, robust to runs of alike months."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from civcas.errors import BadInput
from civcas.measures.counts.negative_binomial import Fit, interval_regression

Floats = NDArray[np.float64]

MONTHS_FOR_SEASON = 24  # a season cannot be told from a trend in less than two years
FEWEST_MONTHS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """Growth a year as a factor, with its interval; `fitted` without and `low`, `high` the line's band each month."""

    factor: float
    low: float
    high: float
    standard_error: float  # of the log factor a month
    season: bool
    lag: int
    fit: Fit
    fitted: Floats
    band_low: Floats
    band_high: Floats
    correlation: float  # of neighbouring months' residuals


def growth(*, counts: Floats, exposure: Floats, month: NDArray[np.int64], level: float = 0.95) -> Growth:
    """exp(12 β) of log μ_t = log exposure_t + a + β·t (+ one yearly wave from two years on), negative binomial.

    The standard error is the larger of Newey and West's (1987), with lag ⌊4(T/100)^(2/9)⌋, and the model's widened by
    (1+ρ)/(1−ρ) for neighbouring months that are alike; both take T/(T−p), and the interval
    Student's t on as many months as would be independent, less 2. A month without a recorded
    incident counts as 0. A change in reporting looks the same as a change in violence.
    """
    from scipy.special import stdtrit

    if len(counts) < FEWEST_MONTHS:
        raise BadInput(
            f"{len(counts)} months", expected=f"at least {FEWEST_MONTHS} for a trend", do="Choose a longer window"
        )
    design, season = _design(month)
    fit = interval_regression(low=counts, high=counts, design=design, exposure=exposure)
    correlation = _correlation(fit, counts, design.shape[1])
    covariance, lag = _covariance(fit, design, counts, correlation)
    independent = len(counts) / _inflation(correlation)
    quantile = float(stdtrit(max(2.0, independent - 2), (1 + level) / 2))
    error = math.sqrt(covariance[1, 1])
    line = design.copy()
    line[:, 2:] = 0.0
    spread = quantile * np.sqrt(np.einsum("ti,ij,tj->t", line, covariance, line))
    middle = exposure * np.exp(line @ fit.coefficients)
    slope = float(fit.coefficients[1])
    return Growth(
        factor=math.exp(12 * slope), low=math.exp(12 * (slope - quantile * error)), high=math.exp(12 * (slope + quantile * error)),
        standard_error=error, season=season, lag=lag, fit=fit, fitted=middle,
        band_low=middle * np.exp(-spread), band_high=middle * np.exp(spread),
        correlation=correlation,
    )  # fmt: skip


def _design(month: NDArray[np.int64]) -> tuple[Floats, bool]:
    time = month - month.mean()
    columns = [np.ones(len(month)), time]
    season = int(month.max() - month.min()) + 1 >= MONTHS_FOR_SEASON and len(month) >= MONTHS_FOR_SEASON
    if season:
        columns += [np.sin(2 * np.pi * month / 12), np.cos(2 * np.pi * month / 12)]
    return np.column_stack(columns), season


def _covariance(fit: Fit, design: Floats, counts: Floats, correlation: float) -> tuple[Floats, int]:
    """The larger, for the trend, of the model's covariance for alike neighbours and Newey and West's."""
    periods, width = design.shape
    lag = int(4 * (periods / 100) ** (2 / 9))
    scores = design * ((counts - fit.fitted) / (1 + fit.dispersion * fit.fitted))[:, None]
    middle = scores.T @ scores
    for apart in range(1, lag + 1):
        cross = scores[apart:].T @ scores[:-apart]
        middle += (1 - apart / (lag + 1)) * (cross + cross.T)
    scale = periods / (periods - width)
    robust = scale * fit.expected_covariance @ middle @ fit.expected_covariance
    model = scale * fit.expected_covariance * _inflation(correlation)
    return (robust if robust[1, 1] > model[1, 1] else model), lag


def _correlation(fit: Fit, counts: Floats, width: int) -> float:
    """First-order correlation of the Pearson residuals, less its bias after a line has been taken out, within 0 to 0.8.

    Taking out p coefficients biases it by about −(p + 4ρ)/T (Kendall 1954, Marriott and Pope 1954, for the mean alone).
    """
    residual = (counts - fit.fitted) / np.sqrt(fit.fitted * (1 + fit.dispersion * fit.fitted))
    raw = float((residual[1:] * residual[:-1]).sum() / max(float((residual**2).sum()), 1e-12))
    periods = len(counts)
    return min(0.8, max(0.0, (raw + width / periods) / (1 - 4 / periods)))


def _inflation(correlation: float) -> float:
    """How much wider the variance of a slow trend is when neighbours are alike: (1+ρ)/(1−ρ)."""
    return (1 + correlation) / (1 - correlation)
