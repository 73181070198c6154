"""Which reports stand together: pairs attract or repel by their log odds, and each report joins where the sum is best.

Correlation clustering (Bansal, Blum and Chawla 2004) by greedy additive contraction, then by moving single reports
while that gains (Keuper et al. 2015 give both steps for the multicut problem). Pairs that were not candidates repel.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
import numpy.typing as npt

MISSING = -4.0
CLIP = 6.0
ROUNDS = 6
MUST, MUST_NOT = 1e6, -1e6

Ints = npt.NDArray[np.integer[Any]]
Floats = npt.NDArray[np.float64]


def clusters(n: int, left: Ints, right: Ints, log_odds: Floats) -> Ints:
    """A cluster number for each of `n` reports: the place of its first member.

    `log_odds` beyond ±1000 are decisions: must and must not stand together.
    """
    worth = np.where(np.abs(log_odds) > 1000, log_odds, np.clip(log_odds, -CLIP, CLIP))
    start, to, value = _adjacency(n, left, right, worth)
    positive = np.flatnonzero(worth > 0)
    order = positive[np.lexsort((right[positive], left[positive], -log_odds[positive]))]
    member = _contract(n, left[order], right[order], start, to, value)
    _move(member, start, to, value)
    return _first_member(member)


def _adjacency(n: int, left: Ints, right: Ints, worth: Floats) -> tuple[npt.NDArray[np.int64], Ints, Floats]:
    ends, others, values = np.concatenate([left, right]), np.concatenate([right, left]), np.concatenate([worth, worth])
    order = np.lexsort((others, ends))
    start = np.zeros(n + 1, np.int64)
    np.cumsum(np.bincount(ends, minlength=n), out=start[1:])
    return start, others[order], values[order]


@numba.njit(cache=True)
def _contract(n, left, right, start, to, value):  # type: ignore[no-untyped-def]
    """Join two clusters, best pair first, where all pairs between them together attract."""
    root, following, last, size = np.arange(n), np.full(n, -1), np.arange(n), np.ones(n, np.int64)
    for e in range(len(left)):
        a, b = root[left[e]], root[right[e]]
        if a == b:
            continue
        if size[a] < size[b]:
            a, b = b, a
        gain, met = 0.0, 0
        k = b
        while k >= 0:
            for at in range(start[k], start[k + 1]):
                if root[to[at]] == a:
                    gain += value[at]
                    met += 1
            k = following[k]
        if gain + MISSING * (size[a] * size[b] - met) <= 0:
            continue
        following[last[a]] = b
        last[a] = last[b]
        size[a] += size[b]
        k = b
        while k >= 0:
            root[k] = a
            k = following[k]
    return root


@numba.njit(cache=True)
def _move(member, start, to, value):  # type: ignore[no-untyped-def]
    """Move single reports to the cluster, or the solitude, where the pairs they stand in sum to most."""
    n = len(member)
    size = np.zeros(n, np.int64)
    for i in range(n):
        size[member[i]] += 1
    empty = np.flatnonzero(size == 0)
    spare = len(empty)
    free = np.empty(n, np.int64)  # numbers of clusters that nobody is in; at most all of them
    free[:spare] = empty
    total, met = np.zeros(n), np.zeros(n, np.int64)
    near = np.empty(n, np.int64)
    for _ in range(ROUNDS):
        moved = 0
        for i in range(n):
            count = 0
            for at in range(start[i], start[i + 1]):
                g = member[to[at]]
                if met[g] == 0:
                    near[count] = g
                    count += 1
                total[g] += value[at]
                met[g] += 1
            own = member[i]
            here = total[own] + MISSING * (size[own] - 1 - met[own])
            best, where = 0.0, -1
            for k in range(count):
                g = near[k]
                if g != own:
                    there = total[g] + MISSING * (size[g] - met[g])
                    if there > best + 1e-9:
                        best, where = there, g
            for k in range(count):
                total[near[k]], met[near[k]] = 0.0, 0
            if best <= here + 1e-9 and here >= 0:
                continue
            if best > max(here, 0.0) + 1e-9:
                target = where
            elif here < -1e-9 and spare > 0:
                spare -= 1
                target = free[spare]
            else:
                continue
            size[own] -= 1
            if size[own] == 0:
                free[spare] = own
                spare += 1
            size[target] += 1
            member[i] = target
            moved += 1
        if moved == 0:
            break


def _first_member(member: Ints) -> Ints:
    _, first, codes = np.unique(member, return_index=True, return_inverse=True)
    return first[codes].astype(np.int32)
