"""Which day a report means: a probability for each day, from its date, its precision and the day it was published."""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt

from civcas.linking.accounts import UNKNOWN_DAY, Accounts

SPAN = 15  # days kept of each report's distribution
WIDEST = 400  # longer ranges are known by their ends only

# Assumed, not learned. Reported minus true day of a date given to the day: near what was measured on 23,361 source links of the
# field's reference recorder (83% the same day, 12% the next). Days from event to publication: those of the made-up worlds that
# the benchmark generates, so real sources that publish later gain less from it.
DATE_ERROR = np.array([0.010, 0.055, 0.835, 0.080, 0.010])  # -2 … +2
DATE_BLUNDER = 1e-4  # any other day, such as day and month swapped
LAG = np.array([0.70, 0.15, 0.05, 0.04, 0.008, 0.008, 0.008, 0.02])  # 0 … 7 days
LAG_LATER, LAG_BEFORE = 4e-4, 1e-4
MOST_SHAPES = 400

Overlaps = npt.NDArray[np.float32]


def distributions(accounts: Accounts) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float32], npt.NDArray[np.bool_]]:
    """For each report: the first of 15 days, their probabilities, and whether its day is spread wider than that.

    A wide report's probabilities are 1 over the length of its range. Unknown dates are wide, with no days.
    """
    return _distributions(accounts.start, accounts.end, accounts.published, accounts.precise)  # type: ignore[no-any-return]


@numba.njit(cache=True)
def _likelihood(day, start, end, published, precise):  # type: ignore[no-untyped-def]
    if precise:
        off = start - day
        p = DATE_ERROR[off + 2] if -2 <= off <= 2 else DATE_BLUNDER
    else:
        p = 1.0 / (end - start + 1) if start <= day <= end else DATE_BLUNDER
    if published != UNKNOWN_DAY:
        lag = published - day
        p *= LAG_BEFORE if lag < 0 else LAG[lag] if lag <= 7 else LAG_LATER
    return p


@numba.njit(cache=True, parallel=True)
def _distributions(start, end, published, precise):  # type: ignore[no-untyped-def]
    n = len(start)
    first = np.empty(n, np.int32)
    chance = np.zeros((n, SPAN), np.float32)
    wide = np.zeros(n, np.bool_)
    for i in numba.prange(n):
        if start[i] == UNKNOWN_DAY:
            first[i] = UNKNOWN_DAY
            wide[i] = True
            continue
        low, high = start[i] - 7, end[i] + 7
        if published[i] != UNKNOWN_DAY and abs(published[i] - start[i]) < 200:
            low, high = min(low, published[i] - 7), max(high, published[i])
        high = min(high, low + WIDEST)
        p = np.empty(high - low + 1)
        for d in range(len(p)):
            p[d] = _likelihood(low + d, start[i], end[i], published[i], precise[i])
        total = p.sum()
        best, at, running = -1.0, 0, 0.0
        for d in range(len(p)):
            running += p[d]
            if d >= SPAN:
                running -= p[d - SPAN]
            if running > best * (1 + 1e-9):
                best, at = running, max(0, d - SPAN + 1)
        if best < 0.6 * total:
            wide[i] = True
            first[i] = start[i]
            chance[i, :] = 1.0 / max(1, end[i] - start[i] + 1)
        else:
            peak = at + np.argmax(p[at : at + SPAN])
            at = min(max(0, peak - SPAN // 2), max(0, len(p) - SPAN))  # type: ignore[assignment]
            first[i] = low + at
            for d in range(min(SPAN, len(p) - at)):
                chance[i, d] = p[at + d] / total
    return first, chance, wide


def patterns(chance: npt.NDArray[np.float32], wide: npt.NDArray[np.bool_]) -> tuple[npt.NDArray[np.int32], Overlaps]:
    """Which of a few shapes each distribution has, and the chance that two shapes mean one day, by the days between them.

    Reports dated alike have one shape; where there are more than 400, the rare ones take the nearest of the frequent.
    """
    shapes, which, count = np.unique(np.round(chance, 3), axis=0, return_inverse=True, return_counts=True)
    which = which.reshape(-1)
    if len(shapes) > MOST_SHAPES:
        frequent = np.sort(np.argsort(-count, kind="stable")[:MOST_SHAPES])
        nearest = np.array([np.abs(shapes[frequent] - s).sum(axis=1).argmin() for s in shapes])
        shapes, which = shapes[frequent], nearest[which]
    table = np.zeros((len(shapes), len(shapes), 2 * SPAN - 1), np.float32)
    for shift in range(1 - SPAN, SPAN):  # the second begins `shift` days after the first
        left = shapes[:, max(0, shift) : SPAN + min(0, shift)]
        right = shapes[:, max(0, -shift) : SPAN - max(0, shift)]
        table[:, :, shift + SPAN - 1] = left @ right.T
    return np.where(wide, -1, which).astype(np.int32), table


@numba.njit(cache=True)
def same_day(one, other, overlaps, chance):  # type: ignore[no-untyped-def]
    """The probability that two reports mean one day, were their errors independent."""
    if one.shape_ >= 0 and other.shape_ >= 0:
        shift = other.first - one.first
        if shift >= SPAN or shift <= -SPAN:
            return np.float32(0.0)
        return overlaps[one.shape_, other.shape_, shift + SPAN - 1]
    return _with_a_wide_one(one, other, chance)


@numba.njit(cache=True)
def _with_a_wide_one(one, other, chance):  # type: ignore[no-untyped-def]
    if one.first == UNKNOWN_DAY or other.first == UNKNOWN_DAY:
        return np.float32(0.0)
    if one.shape_ < 0 and other.shape_ < 0:
        shared = min(one.end, other.end) - max(one.first, other.first) + 1
        return np.float32(max(0, shared) / ((one.end - one.first + 1) * (other.end - other.first + 1)))
    wide, narrow = (one, other) if one.shape_ < 0 else (other, one)
    total = np.float32(0.0)
    for d in range(SPAN):
        if wide.first <= narrow.first + d <= wide.end:
            total += chance[narrow.at, d]
    return total / np.float32(wide.end - wide.first + 1)
