"""Which pairs are worth weighing: near in time and space by each report's own precision; the best few of each report are kept."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
import numpy.typing as npt

from civcas.linking.comparing import FIELDS, LEAST_DAY, WIDTH, Columns, apart, compare, may_match
from civcas.linking.days import same_day

KEPT = 24  # best later partners kept of each report
SHARES = 8  # parts one theatre is surveyed in side by side
LEAST = -5.0  # log odds under which a pair is not kept


@dataclass(frozen=True, slots=True)
class Pairs:
    """Candidate pairs: places in the accounts, and the level of each field."""

    left: npt.NDArray[np.int32]
    right: npt.NDArray[np.int32]
    levels: npt.NDArray[np.uint16]

    def __len__(self) -> int:
        return len(self.left)


@numba.njit(cache=True, inline="always")
def _last(c, i, b, furthest):  # type: ignore[no-untyped-def]
    return c.end[i] + furthest if c.wide[i] else c.centre[i] + c.reach[i] + furthest


@numba.njit(cache=True)
def _in_time(c, i, j):  # type: ignore[no-untyped-def]
    if c.wide[i] or c.wide[j]:
        return same_day(i, j, c.first, c.chance, c.wide, c.end)
    if c.centre[j] - c.centre[i] > c.reach[i] + c.reach[j]:
        return 0.0
    return same_day(i, j, c.first, c.chance, c.wide, c.end)


@numba.njit(cache=True, parallel=True)
def _survey(c, a, b, step, furthest):  # type: ignore[no-untyped-def]
    """For one theatre: how many partners each report could have, and how often each level occurs among every `step`-th."""
    partners = np.zeros((SHARES, b - a), np.int32)
    seen = np.zeros((SHARES, len(FIELDS), WIDTH), np.int64)
    for share in numba.prange(SHARES):
        out = np.empty(len(FIELDS), np.uint16)
        for i in range(a + share, b, SHARES):
            last = _last(c, i, b, furthest)
            for j in range(i + 1, b):
                if c.centre[j] > last:
                    break
                day = _in_time(c, i, j)
                if day < LEAST_DAY:
                    continue
                km = apart(c, i, j)
                if c.source[i] == c.source[j] or not may_match(c, i, j, km):
                    continue
                partners[share, i - a] += 1
                partners[share, j - a] += 1
                if (i * 7919 + j) % step == 0:
                    compare(c, i, j, km, day, out)
                    for f in range(len(FIELDS)):
                        seen[share, f, out[f]] += 1
    return partners.sum(axis=0), seen.sum(axis=0)


@numba.njit(cache=True, parallel=True)
def _weigh(c, a, b, weights, prior, furthest, kept_j, kept_w, kept):  # type: ignore[no-untyped-def]
    """For one theatre: the best partners after each report, by summed weights and prior."""
    for i in numba.prange(a, b):
        out = np.empty(len(FIELDS), np.uint16)
        last = _last(c, i, b, furthest)
        n = 0
        worst = 0
        for j in range(i + 1, b):
            if c.centre[j] > last:
                break
            day = _in_time(c, i, j)
            if day < LEAST_DAY:
                continue
            km = apart(c, i, j)
            if not may_match(c, i, j, km):
                continue
            compare(c, i, j, km, day, out)
            w = 0.5 * (prior[i] + prior[j])
            for f in range(len(FIELDS)):
                w += weights[f, out[f]]
            if w < LEAST:
                continue
            if n < KEPT:
                kept_j[i - a, n], kept_w[i - a, n] = j, w
                if kept_w[i - a, worst] > w:
                    worst = n
                n += 1
            elif w > kept_w[i - a, worst]:
                kept_j[i - a, worst], kept_w[i - a, worst] = j, w
                for k in range(KEPT):
                    if kept_w[i - a, k] < kept_w[i - a, worst]:
                        worst = k
        kept[i - a] = n


@numba.njit(cache=True, parallel=True)
def _lay_out(c, a, kept_j, kept, start, left, right, levels):  # type: ignore[no-untyped-def]
    for r in numba.prange(len(kept)):
        i = a + r
        order = np.sort(kept_j[r, : kept[r]])
        for k in range(kept[r]):
            j, at = order[k], start[r] + k
            left[at], right[at] = i, j
            compare(c, i, j, apart(c, i, j), _in_time(c, i, j), levels[at])


def furthest(c: Columns, a: int, b: int) -> int:
    return int(c.reach[a:b].max(initial=0)) + 1


def step(a: int, b: int) -> int:
    """Every how many pairs of a theatre of this size are compared to learn how often each level occurs."""
    return 1 if b - a < 5000 else 3 if b - a < 30_000 else 11


def survey(c: Columns, a: int, b: int) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]:
    return _survey(c, a, b, step(a, b), furthest(c, a, b))  # type: ignore[no-any-return]


def keep(c: Columns, a: int, b: int, weights: npt.NDArray[np.float32], prior: npt.NDArray[np.float32]) -> Pairs:
    """The candidate pairs of one theatre, rows `a` to `b`, under these weights and log prior odds a report."""
    n = b - a
    kept_j, kept_w, kept = np.empty((n, KEPT), np.int32), np.empty((n, KEPT), np.float32), np.zeros(n, np.int64)
    _weigh(c, a, b, weights, prior, furthest(c, a, b), kept_j, kept_w, kept)
    start = np.cumsum(kept) - kept
    total = int(kept.sum())
    left, right = np.empty(total, np.int32), np.empty(total, np.int32)
    levels = np.empty((total, len(FIELDS)), np.uint16)
    _lay_out(c, a, kept_j, kept, start, left, right, levels)
    return Pairs(left, right, levels)
