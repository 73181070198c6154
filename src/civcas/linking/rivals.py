"""A source tells of an incident once, so a report's candidate partners in one other source compete."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from civcas.linking.candidates import Pairs
from civcas.linking.comparing import Columns

ROUNDS = 4
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Rivalry:
    """For each pair, the two contests it stands in: (left report, source of the right) and the reverse."""

    of_left: npt.NDArray[np.integer[Any]]
    of_right: npt.NDArray[np.integer[Any]]
    contests: int


def rivalry(c: Columns, pairs: Pairs) -> Rivalry:
    sources = int(c.entry["source"].max(initial=0)) + 1
    left = pairs.left.astype(np.int64) * sources + c.entry["source"][pairs.right]
    right = pairs.right.astype(np.int64) * sources + c.entry["source"][pairs.left]
    found, codes = np.unique(np.concatenate([left, right]), return_inverse=True)
    codes = codes.astype(np.int32)
    return Rivalry(codes[: len(pairs)], codes[len(pairs) :], len(found))


@numba.njit(cache=True)
def _posteriors(odds, of_left, of_right, contests, rounds):  # type: ignore[no-untyped-def]
    n = len(odds)
    a, b = odds.copy(), odds.copy()  # what left tells right, and right tells left
    heard = np.zeros(contests)
    for _ in range(rounds):
        heard[:] = 0.0
        for e in range(n):
            heard[of_left[e]] += b[e]
            heard[of_right[e]] += a[e]
        for e in range(n):
            old_a, old_b = a[e], b[e]
            a[e] = odds[e] / (1.0 + max(0.0, heard[of_left[e]] - old_b))
            b[e] = odds[e] / (1.0 + max(0.0, heard[of_right[e]] - old_a))
    out = np.empty(n)
    for e in range(n):
        both = a[e] * (b[e] / odds[e])
        out[e] = both / (1.0 + both)
    return out


def posteriors(log_odds: Floats, contests: Rivalry) -> Floats:
    """The chance that each pair is one incident, by belief propagation for matchings: in each contest at most one holds."""
    odds = np.exp(np.clip(log_odds, -30.0, 30.0))
    return _posteriors(odds, contests.of_left, contests.of_right, contests.contests, ROUNDS)  # type: ignore[no-any-return]
