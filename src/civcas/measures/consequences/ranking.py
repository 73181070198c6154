"""Ranking: how probable each rank is when every number is known only as a range."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def rank_probabilities(low: Floats, high: Floats, item: int) -> Floats:
    """Probability of rank 1, 2, … for `item` when each value is drawn evenly and independently from its range.

    Exact: between two limits of any range each other's chance of being higher is linear in the item's value, so the
    probability is a polynomial there and Gauss–Legendre nodes integrate it. A range of no width is one value; equal single
    values share their ranks half and half.
    """
    others = np.delete(np.arange(len(low)), item)
    a, b = low[others], high[others]
    if high[item] == low[item]:
        return np.asarray(_ranks(_higher(a, b, low[item : item + 1]))[0])
    limits = np.concatenate([a, b, low[[item]], high[[item]]])
    cuts = np.unique(limits[(limits >= low[item]) & (limits <= high[item])])
    nodes, weights = np.polynomial.legendre.leggauss(len(others) // 2 + 1)
    middle, half = (cuts[1:] + cuts[:-1]) / 2, (cuts[1:] - cuts[:-1]) / 2
    at = (middle[:, None] + half[:, None] * nodes).ravel()
    weight = (half[:, None] * weights).ravel() / (high[item] - low[item])
    return np.asarray(weight @ _ranks(_higher(a, b, at)))


def rank_range(low: Floats, high: Floats, item: int) -> tuple[int, int]:
    """The best and the worst rank that any values within the ranges give."""
    others = np.delete(np.arange(len(low)), item)
    return 1 + int((low[others] >= high[item]).sum()), 1 + int((high[others] > low[item]).sum())


def _higher(a: Floats, b: Floats, at: Floats) -> Floats:
    """The chance of each other value to lie above each of `at`: points × others."""
    width = np.where(b > a, b - a, 1.0)
    even = np.clip((b - at[:, None]) / width, 0, 1)
    single = np.where(a > at[:, None], 1.0, np.where(a == at[:, None], 0.5, 0.0))
    return np.asarray(np.where(b > a, even, single))


def _ranks(chance: Floats) -> Floats:
    """Distribution of one more than the number of others above: Poisson-binomial, by adding one at a time."""
    out = np.zeros((len(chance), chance.shape[1] + 1))
    out[:, 0] = 1
    for p in chance.T:
        out[:, 1:] = out[:, 1:] * (1 - p[:, None]) + out[:, :-1] * p[:, None]
        out[:, 0] *= 1 - p
    return out
