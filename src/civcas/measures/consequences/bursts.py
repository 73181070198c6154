"""Bursts: whether events of the same kind come together, so that one decision and not many lies behind them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from civcas.measures.consequences.compiling import compiled

Integers = NDArray[np.int64]
MOST_OF_A_BURST = 0.2  # a burst that holds more of the wakes than this is a whole theatre, and is cut by a grid


def linked(*, when: NDArray[np.float64], place: NDArray[np.float64], days: float, chord: float) -> Integers:
    """The burst of each wake (sorted by `when`): wakes within `days` and `chord` of one another share one, and so on."""
    found: Integers = _components(when, place, days, chord)
    return np.unique(found, return_inverse=True)[1].ravel().astype(np.int64)


def blocks(*, when: NDArray[np.float64], stratum: Integers, burst: Integers, days: float) -> Integers:
    """The bursts, or, where one burst holds a large share of all wakes, stretches of three windows in every stratum."""
    if len(burst) and np.bincount(burst).max() <= MOST_OF_A_BURST * len(burst):
        return burst
    stretch = np.floor((when - when.min()) / (3 * days)).astype(np.int64)
    return np.unique(np.stack([stratum, stretch], 1), axis=0, return_inverse=True)[1].ravel()


def alike(dose: NDArray[np.float64], stratum: Integers, block: Integers, *, draws: int = 199, seed: int = 1) -> float:
    """p of the doses being as alike within blocks as they are, had chance alone dealt them out within strata.

    The statistic is the sum over blocks of the squared sum of centred doses (a join count for labels).
    """
    size = np.bincount(stratum)
    centred = dose - (np.bincount(stratum, weights=dose) / np.maximum(size, 1))[stratum]
    rng = np.random.default_rng(seed)

    def statistic(doses: NDArray[np.float64]) -> float:
        return float((np.bincount(block, weights=doses) ** 2).sum())

    order = np.argsort(stratum, kind="stable")
    observed, more = statistic(centred), 0
    for _ in range(draws):
        mixed = np.empty_like(centred)
        mixed[order] = centred[np.lexsort((rng.random(len(dose)), stratum))]
        more += statistic(mixed) >= observed - 1e-12
    return (1 + more) / (1 + draws)


@compiled
def _components(when: Any, place: Any, days: Any, chord: Any) -> Any:
    parent = np.arange(len(when))
    for i in range(len(when)):
        for j in range(i - 1, -1, -1):
            if when[i] - when[j] > days:
                break
            x = place[i, 0] - place[j, 0]
            y = place[i, 1] - place[j, 1]
            z = place[i, 2] - place[j, 2]
            if x * x + y * y + z * z <= chord:
                a, b = i, j
                while parent[a] != a:
                    parent[a] = parent[parent[a]]
                    a = parent[a]
                while parent[b] != b:
                    parent[b] = parent[parent[b]]
                    b = parent[b]
                parent[max(a, b)] = min(a, b)
    for i in range(len(parent)):
        parent[i] = parent[parent[i]]
    return parent
