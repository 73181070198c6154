"""The compiled search of PELT: the best cut of a series, by dynamic programming that drops what can never be best."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def poisson_cost(total: float, length: int, whole: Floats, logs: Floats) -> Any:
    """2(S − S ln(S/m)): `whole[S]` is S ln S where sums are whole numbers, `logs[m]` is ln m."""
    if len(whole) > 1:
        return 2.0 * (total - whole[int(total + 0.5)] + total * logs[length])
    fit = total * np.log(total) if total > 0 else 0.0
    return 2.0 * (total - fit + total * logs[length])


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def search(sums: Floats, squares: Floats, whole: Floats, logs: Floats, penalty: float, shortest: int) -> Any:
    """Cuts of a series given as running sums: of counts, or of measurements where running `squares` are given too."""
    n, measured = len(sums) - 1, len(squares) > 0
    best, cut = np.zeros(n + 1), np.zeros(n + 1, np.int64)
    best[1:shortest] = np.inf
    best[0] = -penalty
    kept, value = np.zeros(n + 1, np.int64), np.zeros(n + 1)
    many = 1
    for end in range(shortest, n + 1):
        least, at = np.inf, 0
        for place in range(many):
            start = kept[place]
            total, length = sums[end] - sums[start], end - start
            value[place] = best[start] + (
                squares[end] - squares[start] - total * total / length
                if measured
                else poisson_cost(total, length, whole, logs)
            )
            if value[place] < least:
                least, at = value[place], start
        best[end], cut[end] = least + penalty, at
        left = 0
        for place in range(many):
            if value[place] <= best[end]:
                kept[left] = kept[place]
                left += 1
        kept[left] = end - shortest + 1
        many = left + 1
    return _cuts(cut, n)


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _cuts(cut: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    many, at = 0, cut[n]
    while at > 0:
        many += 1
        at = cut[at]
    found = np.zeros(many, np.int64)
    at = cut[n]
    for place in range(many):
        found[many - 1 - place] = at
        at = cut[at]
    return found
