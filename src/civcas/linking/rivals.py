"""A source tells of an incident once, so a report's candidate partners in one other source compete."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from civcas.linking.candidates import Pairs

ROUNDS = 4
BALANCING, FIRST_GAIN = 6, 1.1
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Rivalry:
    """For each pair, the two contests it stands in: (left report, source of the right) and the reverse."""

    of_left: npt.NDArray[np.integer[Any]]
    of_right: npt.NDArray[np.integer[Any]]
    contests: int


def rivalry(source: npt.NDArray[np.integer[Any]], pairs: Pairs) -> Rivalry:
    sources = int(source.max(initial=0)) + 1
    left = pairs.left.astype(np.int64) * sources + source[pairs.right]
    right = pairs.right.astype(np.int64) * sources + source[pairs.left]
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


def heard(log_odds: Floats, contests: Rivalry, theatre: npt.NDArray[np.integer[Any]]) -> Floats:
    """The chance of each pair once its rivals are heard, where `log_odds` are right for pairs taken one by one.

    Hearing rivals moves belief from one pair to another and must not make pairs true or false in sum: before they compete, the
    odds of each theatre's pairs are raised by one factor, such that as many are expected true after as before.
    """
    theatres = int(theatre.max(initial=0)) + 1
    expected = np.bincount(theatre, 1 / (1 + np.exp(-log_odds)), theatres)
    gain = np.full(theatres, FIRST_GAIN)
    for _ in range(BALANCING):
        now = np.bincount(theatre, posteriors(log_odds + gain[theatre], contests), theatres)
        gain += 1.5 * np.log((expected + 1e-9) / (now + 1e-9))
    return posteriors(log_odds + gain[theatre], contests)
