"""Which pair to show a reviewer next: the one whose answer changes most, by reports moved or by deaths at stake."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from civcas.linking.clustering import CLIP, MISSING
from civcas.linking.proposing import Proposal, Settled

Ints = npt.NDArray[np.integer[Any]]


class Order(StrEnum):
    """What a reviewer's time is spent on."""

    TEACHES = "teaches"  # the pairs of reports that the answer would join or part, by how open it is
    DEATHS = "deaths"  # the people killed whose incident is in doubt


def next_pairs(proposal: Proposal, settled: Settled, *, order: Order = Order.TEACHES, most: int = 1) -> Ints:
    """Places of the pairs (in `proposal.pairs`) to ask about, most telling first, no cluster twice.

    Pairs that are settled, or that settled pairs already decide, are not asked.
    """
    pairs, member = proposal.pairs, proposal.member
    left, right = member[pairs.left].astype(np.int64), member[pairs.right].astype(np.int64)
    size = np.bincount(member, minlength=len(member))
    worth = np.where(left == right, _if_parted(proposal, size), _if_joined(proposal, left, right, size))
    if order == Order.DEATHS:
        killed = np.nan_to_num(proposal.accounts.killed_max)
        worth = np.minimum(proposal.chance, 1 - proposal.chance) * np.maximum(killed[pairs.left], killed[pairs.right])
    worth[_already(proposal, settled)] = 0.0
    telling = np.flatnonzero(worth > 1e-4)
    telling = telling[np.lexsort((pairs.right[telling], pairs.left[telling], -worth[telling]))]
    return _no_cluster_twice(telling, left, right, most)


def _if_joined(
    proposal: Proposal, left: npt.NDArray[np.int64], right: npt.NDArray[np.int64], size: Ints
) -> npt.NDArray[np.float64]:
    """Pairs of reports that joining two clusters would join, times its chance; asked of the likeliest pair between them."""
    key = np.minimum(left, right) * len(size) + np.maximum(left, right)
    found, which, met = np.unique(key, return_inverse=True, return_counts=True)
    gain = np.bincount(which, np.clip(proposal.worth, -CLIP, CLIP), minlength=len(found))
    product = size[found // len(size)].astype(float) * size[found % len(size)]
    chance = 1 / (1 + np.exp(-np.clip((gain + MISSING * (product - met)) / np.sqrt(product), -30, 30)))
    worth = (product * chance)[which]
    best = np.full(len(found), -np.inf)
    np.maximum.at(best, which, proposal.worth)
    return np.where(proposal.worth >= best[which], worth, 0.0)


def _if_parted(proposal: Proposal, size: Ints) -> npt.NDArray[np.float64]:
    """Pairs that would part if a report left its cluster, times the chance that it should; asked of its likeliest partner.

    A report is held by what it shares with its cluster, less what draws it to the best other one.
    """
    pairs, member, n = proposal.pairs, proposal.member.astype(np.int64), len(size)
    ends, others = np.concatenate([pairs.left, pairs.right]), np.concatenate([pairs.right, pairs.left])
    drawn = ends.astype(np.int64) * n + member[others]
    found, which, met = np.unique(drawn, return_inverse=True, return_counts=True)
    worth = np.clip(proposal.worth, -CLIP, CLIP)
    report, cluster = found // n, found % n
    own = cluster == member[report]
    draw = np.bincount(which, np.concatenate([worth, worth]), minlength=len(found)) + MISSING * (
        size[cluster] - own - met
    )
    held, elsewhere = np.zeros(n), np.zeros(n)
    held[report[own]] = draw[own]
    np.maximum.at(elsewhere, report[~own], draw[~own])
    beside = size[member] - 1
    loose = 1 / (1 + np.exp(np.clip((held - elsewhere) / np.sqrt(np.maximum(beside, 1)), -30, 30)))
    stake = beside * loose
    inside = member[pairs.left] == member[pairs.right]
    weaker = np.where(stake[pairs.left] >= stake[pairs.right], pairs.left, pairs.right)
    best = np.full(n, -np.inf)
    np.maximum.at(best, weaker[inside], proposal.worth[inside])
    return np.where(inside & (proposal.worth >= best[weaker]), stake[weaker], 0.0)


def _already(proposal: Proposal, settled: Settled) -> npt.NDArray[np.bool_]:
    """Pairs settled, or decided by what is settled: within one settled group, or between two that are settled apart."""
    n = len(proposal.accounts)
    at = np.empty(n, np.int32)
    at[proposal.accounts.row] = np.arange(n)
    left, right = at[settled.left], at[settled.right]
    group = np.arange(n)
    changed = True
    while changed:
        before = group.copy()
        lowest = np.minimum(group[left[settled.same]], group[right[settled.same]])
        np.minimum.at(group, left[settled.same], lowest)
        np.minimum.at(group, right[settled.same], lowest)
        changed = bool((before != group).any())
    key = lambda a, b: np.minimum(group[a], group[b]).astype(np.int64) * n + np.maximum(group[a], group[b])  # noqa: E731
    apart = np.unique(key(left[~settled.same], right[~settled.same]))  # type: ignore[no-untyped-call]
    pairs = proposal.pairs
    return (group[pairs.left] == group[pairs.right]) | np.isin(key(pairs.left, pairs.right), apart)  # type: ignore[no-untyped-call, no-any-return]


def _no_cluster_twice(
    telling: npt.NDArray[np.int64], left: npt.NDArray[np.int64], right: npt.NDArray[np.int64], most: int
) -> Ints:
    used: set[int] = set()
    chosen: list[int] = []
    for at in telling.tolist():
        ends = {int(left[at]), int(right[at])}
        if not ends & used:
            used |= ends
            chosen.append(at)
            if len(chosen) == most:
                break
    return np.array(chosen, np.int32)
