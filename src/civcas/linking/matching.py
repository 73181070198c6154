"""Two publishers' incidents, one to one or one to many: matched, only in the first, only in the second, and counts that differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from civcas.linking.proposing import Proposal

Ints = npt.NDArray[np.integer[Any]]
THRESHOLD = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """Pairs between two sources, by place in the accounts, with the chance that both are one incident."""

    left: Ints
    right: Ints
    chance: npt.NDArray[np.float64]
    levels: npt.NDArray[np.uint16]


@numba.njit(cache=True)
def _each_once(left, right, n, once_left, once_right):  # type: ignore[no-untyped-def]
    taken = np.zeros(n, np.bool_)
    kept = np.zeros(len(left), np.bool_)
    for e in range(len(left)):
        if (once_left and taken[left[e]]) or (once_right and taken[right[e]]):
            continue
        taken[left[e]] = taken[right[e]] = kept[e] = True
    return kept


def _between(proposal: Proposal, threshold: float, sides: tuple[int, int]) -> tuple[Ints, Ints, Ints]:
    """Places of the pairs between two sources at or above the threshold, best first, the first source's report left."""
    source, pairs = proposal.accounts.source, proposal.pairs
    of_left, of_right = source[pairs.left], source[pairs.right]
    here = np.flatnonzero((np.minimum(of_left, of_right) == min(sides)) & (np.maximum(of_left, of_right) == max(sides))
                          & (of_left != of_right) & (proposal.chance >= threshold))  # fmt: skip
    row = proposal.accounts.row
    here = here[np.lexsort((row[pairs.right[here]], row[pairs.left[here]], -proposal.log_odds[here]))]
    forward = of_left[here] == sides[0]
    return (
        here,
        np.where(forward, pairs.left[here], pairs.right[here]),
        np.where(forward, pairs.right[here], pairs.left[here]),
    )


def one_to_one(
    proposal: Proposal, *, threshold: float = THRESHOLD, sides: tuple[int, int] | None = None, many: bool = False
) -> Matched:
    """The likeliest pairs first, each report once; `many` lets one report of the first side stand for several of the second.

    `sides` are the codes of two sources; by default the only two there are.
    """
    codes = np.unique(proposal.accounts.source)
    here, left, right = _between(proposal, threshold, sides or (int(codes[0]), int(codes[-1])))
    kept = _each_once(left, right, len(proposal.accounts), not many, True)
    return Matched(
        left=left[kept], right=right[kept], chance=proposal.chance[here[kept]], levels=proposal.pairs.levels[here[kept]]
    )
