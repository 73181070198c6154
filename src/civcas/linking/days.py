"""Which day a report means: a probability for each day, from its date, its precision and the day it was published."""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt

from civcas.linking.accounts import UNKNOWN_DAY, Accounts

SPAN = 15  # days kept of each report's distribution
WIDEST = 400  # longer ranges are known by their ends only

# Reported minus true day of a date given to the day, and days from the event to publication: rounded from how
# 23,361 source links of the field's reference recorder date theirs (83% the same day, 12% the next).
DATE_ERROR = np.array([0.010, 0.055, 0.835, 0.080, 0.010])  # -2 … +2
DATE_BLUNDER = 1e-4  # any other day, such as day and month swapped
LAG = np.array([0.70, 0.15, 0.05, 0.04, 0.008, 0.008, 0.008, 0.02])  # 0 … 7 days
LAG_LATER, LAG_BEFORE = 4e-4, 1e-4


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
            at = min(max(0, peak - SPAN // 2), max(0, len(p) - SPAN))
            first[i] = low + at
            for d in range(min(SPAN, len(p) - at)):
                chance[i, d] = p[at + d] / total
    return first, chance, wide


@numba.njit(cache=True)
def same_day(i, j, first, chance, wide, end):  # type: ignore[no-untyped-def]
    """The probability that two reports mean one day, were their errors independent."""
    if wide[i] and wide[j]:
        shared = min(end[i], end[j]) - max(first[i], first[j]) + 1
        return max(0, shared) * chance[i, 0] * chance[j, 0]
    if wide[i] or wide[j]:
        w, k = (i, j) if wide[i] else (j, i)
        total = 0.0
        for d in range(SPAN):
            if first[w] <= first[k] + d <= end[w]:
                total += chance[k, d]
        return total * chance[w, 0]
    shift = first[j] - first[i]
    if shift >= SPAN or shift <= -SPAN:
        return 0.0
    total = 0.0
    for d in range(max(0, shift), min(SPAN, SPAN + shift)):
        total += chance[i, d] * chance[j, d - shift]
    return total
