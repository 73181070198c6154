"""How far the recorded months may lie from the rate behind them, when neighbouring months are alike and how alike is not known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FEWEST_MONTHS = 6  # below this many months nothing is said of how months vary: no interval over time
CORRELATIONS = np.linspace(0.0, 0.95, 20)  # of neighbouring months' levels
SPREADS = np.linspace(0.02, 2.5, 22)  # standard deviation of the months' levels on the log scale
SPREAD_SCALE = 0.7  # of the half-normal prior of the spread (Gelman 2006)


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthDoubt:
    """What the months leave open: how likely each pair of correlation and spread is, and the variance of the log of the rate there.

    `chance` and `variance` have shape (..., pairs); `variance` is that of the logarithm of the mean level of the months.
    """

    chance: Floats
    variance: Floats

    def draws(self, random: np.random.Generator, times: int) -> Floats:
        """How far the logarithm of the rate behind these months may lie from that of their own: shape (times,), of one series.

        Given the pair, a mean of lognormal months is nearly lognormal with the same mean and variance (Fenton 1960).
        """
        picked = self.variance[random.choice(self.variance.shape[-1], size=times, p=self.chance)]
        return np.asarray(picked / 2 + np.sqrt(picked) * random.normal(size=times))

    @property
    def correlation(self) -> float:
        """The mean of the correlation of neighbouring months' levels, given the record."""
        return float(self.chance @ np.repeat(CORRELATIONS, len(SPREADS)))

    @property
    def spread(self) -> float:
        """The mean of the standard deviation of the months' levels on the log scale, given the record."""
        return float(self.chance @ np.tile(SPREADS, len(CORRELATIONS)))


def month_doubt(*, incidents: Floats, days: Floats) -> MonthDoubt:
    """The months' own levels, told apart from chance in their incidents: incidents of shape (..., months), days of (months,).

    Levels are lognormal with first-order autocorrelation. A month's number of incidents N is Poisson about its level, so
    log((N + ½)/days) has variance 1/(N + ½) about the log of the level. Deaths are not used: a few heavy incidents would
    hide how alike the months are. The level of all months is left out by the restricted likelihood (Harville 1974), found
    month by month (Kalman 1960) for every pair of correlation and spread at once. Before the months are seen the correlation
    lies between 0 and 0.95, likelier the higher it is: few months hardly show it, and those of recorded campaigns are alike.
    Months in order, none left out; one without an incident is 0.
    """
    rate = incidents.sum(-1, keepdims=True) / days.sum()
    logs = np.log((incidents + 0.5) / (rate * days))
    alike, spread = (each.ravel() for each in np.meshgrid(CORRELATIONS, SPREADS, indexing="ij"))
    prior = np.log(alike + CORRELATIONS[1]) - 0.5 * (spread / SPREAD_SCALE) ** 2
    log = _restricted_likelihood(logs, 1 / (incidents + 0.5), alike, spread) + prior
    chance = np.exp(log - log.max(-1, keepdims=True))
    return MonthDoubt(chance=chance / chance.sum(-1, keepdims=True), variance=_variance(days, alike, spread))


def _restricted_likelihood(logs: Floats, noise: Floats, alike: Floats, spread: Floats) -> Floats:
    """log p(logs | pair) with an unknown mean: (..., months) → (..., pairs)."""
    shape = (*logs.shape[:-1], len(alike))
    level, response, slope = np.zeros(shape) + spread**2, np.zeros(shape), np.zeros(shape)
    log, ones, both, squares = np.zeros(shape), np.zeros(shape), np.zeros(shape), np.zeros(shape)
    for month in range(logs.shape[-1]):
        total = level + noise[..., month, None]
        off, one = logs[..., month, None] - response, 1.0 - slope
        log -= 0.5 * np.log(total)
        ones, both, squares = ones + one * one / total, both + one * off / total, squares + off * off / total
        gain = level / total
        response, slope = alike * (response + gain * off), alike * (slope + gain * one)
        level = alike**2 * level * (1 - gain) + (1 - alike**2) * spread**2
    return np.asarray(log - 0.5 * np.log(ones) - 0.5 * (squares - both**2 / ones))


def _variance(days: Floats, alike: Floats, spread: Floats) -> Floats:
    """log(1 + variance of the mean of the months' levels over its square), months weighed by their days: (pairs,)."""
    weight = days / days.sum()
    apart = np.correlate(weight, weight, "full")[len(weight) - 1 :]
    apart[1:] *= 2
    lags = np.arange(len(weight))
    return np.asarray(np.log1p(np.expm1(spread[:, None] ** 2 * alike[:, None] ** lags) @ apart))
