"""How many times the level after a change is the level before, when neither its month nor the spread of months is known."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from civcas.measures.counts.change_points import single_change

Floats = NDArray[np.float64]

SPREADS = 24  # equally likely values of the dispersion that are summed over
JEFFREYS = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelRatio:
    """The median of what the ratio may be, and the interval that holds the middle `level` of it."""

    value: float
    low: float
    high: float


def level_ratio(counts: Floats, *, dispersion: float, degrees: float, level: float) -> LevelRatio:
    """The posterior of the level after the one change over the level before, given that there is one change.

    Given the month, the levels are gamma (Jeffreys' prior) and their ratio a beta prime; it is summed over the posterior of the month
    (Raftery and Akman 1986) and over the dispersion φ, which is known only on `degrees` degrees of freedom (scaled inverse χ²,
    never below 1): counts over φ stand for Poisson counts (quasi-likelihood, Wedderburn 1974). Months without a
    report are 0. Raises `BadInput` as `single_change` does.
    """
    from scipy.optimize import brentq
    from scipy.special import betainc, chdtri

    after = np.arange(1, len(counts))
    odds = np.log((len(counts) - after) / after)
    shares = (np.arange(SPREADS) + 0.5) / SPREADS
    before, since, chance = [], [], []
    for scale in np.maximum(1.0, dispersion * degrees / chdtri(degrees, shares)):
        first = np.cumsum(counts / scale)[:-1]
        before.append(first + JEFFREYS)
        since.append(counts.sum() / scale - first + JEFFREYS)
        chance.append(single_change(counts / scale, shape=JEFFREYS).posterior / SPREADS)
    one, other, weight = (np.concatenate(each) for each in (before, since, chance))
    shift = np.tile(odds, SPREADS)

    def quantile(share: float) -> float:
        """The logarithm of the ratio below which `share` of the posterior lies."""
        return float(
            brentq(lambda log: weight @ betainc(other, one, 1 / (1 + np.exp(-log - shift))) - share, -60.0, 60.0)
        )

    tail = (1 - level) / 2
    low, middle, high = (math.exp(quantile(share)) for share in (tail, 0.5, 1 - tail))
    return LevelRatio(value=middle, low=low, high=high)
