"""Which pair to show a reviewer next: the one whose answer changes most, by reports moved or by deaths at stake."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from civcas.linking.proposing import Proposal, Settled
from civcas.linking.questions import joins, leaves

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
    worth = np.where(left == right, _if_parted(proposal), _if_joined(proposal))
    if order == Order.DEATHS:
        killed = np.nan_to_num(proposal.accounts.killed_max)
        worth = np.minimum(proposal.chance, 1 - proposal.chance) * np.maximum(killed[pairs.left], killed[pairs.right])
    worth[_already(proposal, settled)] = 0.0
    telling = np.flatnonzero(worth > 1e-4)
    telling = telling[np.lexsort((pairs.right[telling], pairs.left[telling], -worth[telling]))]
    return _no_cluster_twice(telling, left, right, most)


def _if_joined(proposal: Proposal) -> npt.NDArray[np.float64]:
    """Pairs of reports that joining two clusters would join, times its chance; asked of the likeliest pair between them."""
    found = joins(proposal.pairs, proposal.member, proposal.worth, np.empty((len(proposal.pairs), 0)))
    between = np.flatnonzero(found.of >= 0)
    which, worth = found.of[between], proposal.worth[between]
    best = np.full(len(found.key), -np.inf)
    np.maximum.at(best, which, worth)
    stake = found.product * proposal.lessons.joined(found.draw)
    out = np.zeros(len(proposal.pairs))
    out[between] = np.where(worth >= best[which], stake[which], 0.0)
    return out


def _if_parted(proposal: Proposal) -> npt.NDArray[np.float64]:
    """Pairs that would part if a report left its cluster, times the chance that it should; asked of its likeliest partner."""
    pairs, member = proposal.pairs, proposal.member
    found = leaves(pairs, member, proposal.worth, np.empty((len(pairs), 0)))
    stake = found.beside * proposal.lessons.parted(found.hold)
    inside = member[pairs.left] == member[pairs.right]
    looser = np.where(stake[pairs.left] >= stake[pairs.right], pairs.left, pairs.right)
    best = np.full(len(member), -np.inf)
    np.maximum.at(best, looser[inside], proposal.worth[inside])
    return np.where(inside & (proposal.worth >= best[looser]), stake[looser], 0.0)


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
