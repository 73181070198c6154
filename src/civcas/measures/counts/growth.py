"""Whether monthly counts rise or fall: a negative binomial trend with season, robust to runs of alike months."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from civcas.errors import BadInput
from civcas.measures.counts.alike_months import uncertainty
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
    fit: Fit
    fitted: Floats
    band_low: Floats
    band_high: Floats
    correlation: float  # of neighbouring months, the mean of what the data leave possible


def growth(*, counts: Floats, exposure: Floats, month: NDArray[np.int64], level: float = 0.95) -> Growth:
    """exp(12 β) of log μ_t = log exposure_t + a + β·t (+ one yearly wave from two years on), negative binomial.

    Neighbouring months may be alike: the interval takes the fit's working responses (log mean plus relative residual) as
    a line whose errors resemble their neighbours', summed over how much they may (`alike_months`). A month
    without a recorded incident counts as 0. A change in reporting looks the same as a change in violence.
    """
    if len(counts) < FEWEST_MONTHS:
        raise BadInput(
            f"{len(counts)} months", expected=f"at least {FEWEST_MONTHS} for a trend", do="Choose a longer window"
        )
    design, season = _design(month)
    fit = interval_regression(low=counts, high=counts, design=design, exposure=exposure)
    response, weight = _working(fit, counts, exposure)
    doubt = uncertainty(response=response, weight=weight, design=design, month=month, level=level)
    line = design.copy()
    line[:, 2:] = 0.0
    spread = doubt.reach * np.sqrt(np.einsum("ti,ij,tj->t", line, doubt.covariance, line))
    middle = exposure * np.exp(line @ fit.coefficients)
    slope = float(fit.coefficients[1])
    return Growth(
        factor=math.exp(12 * slope), low=math.exp(12 * min(slope, doubt.low)), high=math.exp(12 * max(slope, doubt.high)),
        standard_error=math.sqrt(doubt.covariance[1, 1]), season=season, fit=fit, fitted=middle,
        band_low=middle * np.exp(-spread), band_high=middle * np.exp(spread),
        correlation=doubt.correlation,
    )  # fmt: skip


def _design(month: NDArray[np.int64]) -> tuple[Floats, bool]:
    time = month - month.mean()
    columns = [np.ones(len(month)), time]
    season = int(month.max() - month.min()) + 1 >= MONTHS_FOR_SEASON and len(month) >= MONTHS_FOR_SEASON
    if season:
        columns += [np.sin(2 * np.pi * month / 12), np.cos(2 * np.pi * month / 12)]
    return np.column_stack(columns), season


def _working(fit: Fit, counts: Floats, exposure: Floats) -> tuple[Floats, Floats]:
    """The responses and weights of which the fit is the least-squares line (McCullagh and Nelder 1989, 2.5)."""
    response = np.log(fit.fitted / exposure) + (counts - fit.fitted) / fit.fitted
    return response, fit.fitted / (1 + fit.dispersion * fit.fitted)
