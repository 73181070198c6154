"""A source seldom tells of an incident twice, so a report's candidate partners in one other source compete."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from civcas.linking.candidates import Pairs

ROUNDS = 4
TWICE = 0.02  # a source does repeat itself at times: how much two rivals that both hold weigh, against one (generated worlds, five seeds)
LARGEST = 20.0  # log odds, so that sums of squares stay exact enough to be taken from
BALANCING, FIRST_GAIN = 12, 1.5
BALANCED = 0.001  # of the pairs expected, which may be missed where rivals are heard
GAINS = (
    -4.0,
    8.0,
)  # log odds between which they are sought: where every pair competes with a surer one, none is enough
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
def _told(odds, others, squares, own):  # type: ignore[no-untyped-def]
    """The odds that a contest leaves to one of its pairs: its rivals' sum and sum of squares, its own share of them taken out."""
    rivals = max(0.0, others - own)
    two = max(0.0, 0.5 * (rivals * rivals - (squares - own * own)))
    return odds * (1.0 + TWICE * rivals) / (1.0 + rivals + TWICE * two)


@numba.njit(cache=True)
def _posteriors(odds, of_left, of_right, contests, rounds):  # type: ignore[no-untyped-def]
    n = len(odds)
    a, b = odds.copy(), odds.copy()  # what left tells right, and right tells left
    others, squares = np.zeros(contests), np.zeros(contests)
    for _ in range(rounds):
        others[:] = 0.0
        squares[:] = 0.0
        for e in range(n):
            others[of_left[e]] += b[e]
            others[of_right[e]] += a[e]
            squares[of_left[e]] += b[e] * b[e]
            squares[of_right[e]] += a[e] * a[e]
        for e in range(n):
            old_a, old_b = a[e], b[e]
            a[e] = _told(odds[e], others[of_left[e]], squares[of_left[e]], old_b)
            b[e] = _told(odds[e], others[of_right[e]], squares[of_right[e]], old_a)
    out = np.empty(n)
    for e in range(n):
        both = a[e] * (b[e] / odds[e])
        out[e] = both / (1.0 + both)
    return out


def posteriors(log_odds: Floats, contests: Rivalry) -> Floats:
    """The chance that each pair is one incident, by belief propagation for matchings: in each contest one holds, seldom two."""
    odds = np.exp(np.clip(log_odds, -LARGEST, LARGEST))
    return _posteriors(odds, contests.of_left, contests.of_right, contests.contests, ROUNDS)  # type: ignore[no-any-return]


def heard(log_odds: Floats, contests: Rivalry, theatre: npt.NDArray[np.integer[Any]]) -> Floats:
    """The chance of each pair once its rivals are heard, where `log_odds` are right for pairs taken one by one.

    Hearing rivals moves belief from one pair to another and must not make pairs true or false in sum: before they compete, the
    odds of each theatre's pairs are raised by one factor, such that as many are expected true after as before.
    """
    expected = _sums(1 / (1 + np.exp(-log_odds)), theatre)
    gain = np.full(len(expected), FIRST_GAIN)
    before, missed_before = gain, np.zeros(len(expected))
    for _ in range(BALANCING):
        chance = posteriors(log_odds + gain[theatre], contests)
        missed = expected - _sums(chance, theatre)
        if (np.abs(missed) <= BALANCED * expected).all():
            break
        slope = (
            0.5 * _sums(chance * (1 - chance), theatre) + 1e-9
        )  # about half of what is gained is lost again to rivals
        moved = gain != before
        secant = (missed_before - missed) / np.where(moved, gain - before, 1.0)
        slope = np.where(moved & (secant > 0.3 * slope), secant, slope)
        before, missed_before = gain, missed
        gain = np.clip(gain + np.clip(missed / slope, -1.0, 1.0), *GAINS)
    return chance


def _sums(of_pairs: Floats, theatre: npt.NDArray[np.integer[Any]]) -> Floats:
    return np.asarray(np.bincount(theatre, of_pairs, int(theatre.max(initial=0)) + 1), np.float64)
