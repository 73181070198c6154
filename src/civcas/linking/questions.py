"""What a reviewer may be asked about a clustering: whether two clusters are one, and whether a report belongs where it stands.

Each question weighs all pairs between its two sides, not only the one that is shown; their sum is taken over the root of their
number, since pairs of the same reports repeat one another.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from civcas.linking.candidates import Pairs
from civcas.linking.clustering import CLIP, MISSING

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True)
class Joins:
    """One question for each two clusters with a candidate pair between them; `of` gives each pair's question, -1 inside clusters.

    `draw` is how much the two attract, `product` how many pairs of reports lie between them.
    """

    key: npt.NDArray[np.int64]
    of: npt.NDArray[np.int64]
    product: Floats
    draw: Floats
    features: Floats


@dataclass(frozen=True, slots=True)
class Leaves:
    """One question for each report: `hold` is how much its cluster attracts it, less the best other one; `beside` who stands with it."""

    hold: Floats
    beside: Floats
    features: Floats


def joins(pairs: Pairs, member: Ints, worth: Floats, features: Floats) -> Joins:
    """Questions between clusters; `features` has a row for each pair, and may have no columns."""
    n = len(member)
    size = np.bincount(member, minlength=n)
    of = np.full(len(pairs), -1, np.int64)
    between = np.flatnonzero(member[pairs.left] != member[pairs.right])
    key, which, met = np.unique(
        _key(member, pairs.left[between], pairs.right[between]), return_inverse=True, return_counts=True
    )
    of[between] = which
    product: Floats = size[key // n].astype(np.float64) * size[key % n]
    drawn = np.bincount(which, np.clip(worth[between], -CLIP, CLIP), minlength=len(key)) + MISSING * (product - met)
    root = np.sqrt(product)
    return Joins(key, of, product, drawn / root, _summed(which, features[between], len(key)) / root[:, None])


def leaves(pairs: Pairs, member: Ints, worth: Floats, features: Floats) -> Leaves:
    """Questions whether reports leave; of a report that stands alone nothing can be asked."""
    n = len(member)
    size = np.bincount(member, minlength=n)
    ends, others = np.concatenate([pairs.left, pairs.right]), np.concatenate([pairs.right, pairs.left])
    at = np.tile(np.arange(len(pairs)), 2)
    found, which, met = np.unique(ends.astype(np.int64) * n + member[others], return_inverse=True, return_counts=True)
    report, cluster = found // n, found % n
    own = cluster == member[report]
    drawn = np.bincount(which, np.clip(worth, -CLIP, CLIP)[at], minlength=len(found)).astype(
        np.float64
    )  # whole numbers where empty
    drawn += MISSING * (size[cluster] - own - met)
    held, elsewhere, beside = np.zeros(n), np.zeros(n), (size[member] - 1).astype(float)
    held[report[own]] = drawn[own]
    np.maximum.at(elsewhere, report[~own], drawn[~own])
    rival = ~own & (drawn > 0) & (drawn >= elsewhere[report])
    sign = np.where(own, 1.0, np.where(rival, -1.0, 0.0))[which]
    counted = sign != 0
    weighed = _summed(ends[counted], features[at[counted]] * sign[counted, None], n)
    root = np.sqrt(np.maximum(beside, 1))
    return Leaves((held - elsewhere) / root, beside, weighed / root[:, None])


def asked(
    pairs: Pairs, member: Ints, worth: Floats, features: Floats, left: Ints, right: Ints
) -> tuple[Floats, Floats, npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """The draw and the features of the questions that these pairs of reports put; whether each is about leaving, and which can be told.

    Two reports of one cluster ask whether the looser of them belongs there.
    """
    to_join, to_leave = joins(pairs, member, worth, features), leaves(pairs, member, worth, features)
    inside = member[left] == member[right]
    looser = np.where(to_leave.hold[left] <= to_leave.hold[right], left, right)
    wanted = _key(member, left, right)
    at = np.minimum(np.searchsorted(to_join.key, wanted), max(0, len(to_join.key) - 1))
    told = inside | (to_join.key[at] == wanted) if len(to_join.key) else inside
    draw, weighed = to_leave.hold[looser], to_leave.features[looser]
    if len(to_join.key):
        draw = np.where(inside, draw, to_join.draw[at])
        weighed = np.where(inside[:, None], weighed, to_join.features[at])
    return draw, weighed, inside, told


def _key(member: Ints, left: Ints, right: Ints) -> npt.NDArray[np.int64]:
    one, other = member[left].astype(np.int64), member[right].astype(np.int64)
    return np.minimum(one, other) * len(member) + np.maximum(one, other)


def _summed(which: Ints, features: Floats, n: int) -> Floats:
    out = np.empty((n, features.shape[1]))
    for column in range(features.shape[1]):
        out[:, column] = np.bincount(which, features[:, column], minlength=n)
    return out
