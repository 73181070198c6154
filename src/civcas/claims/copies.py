"""Readings that say the same thing count once, and readings that share most of their data share one vote.

A copy is a reading that gives the same answer as one listed before it, or so nearly the same that the difference is a tenth of a standard
error while their redrawn answers rise and fall together. A copy is shown and has no vote. Readings whose redrawn answers correlate by
more than 0.95 hold the same information though their answers differ: together they weigh as much as one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from civcas.claims.curve import Array, Curve, Flags

TOGETHER = 0.95
"""Redrawn answers that correlate by more than this come from the same data."""
NEAR = 0.1
"""Answers nearer than this many standard errors, from the same data, are copies."""
SAME = 1e-9
Places = NDArray[np.int64]


def leaders(curve: Curve, members: Places) -> Places:
    """For each member the reading that votes for it: itself, or the first member of which it is a copy.

    `members` are positions in the curve, in the order listed. A reading that refused has no copy and is none.
    """
    votes = members.copy()
    kept = np.empty_like(members)
    count = 0
    for at, place in enumerate(members.tolist()):
        if curve.refused[place]:
            continue
        same = np.flatnonzero(are_copies(curve, kept[:count], np.full(count, place)))
        if len(same):
            votes[at] = kept[same[0]]
        else:
            kept[count] = place
            count += 1
    return votes


def are_copies(curve: Curve, first: Places, second: Places) -> Flags:
    """Whether each of `second` is a copy of the one of `first` beside it: an equal answer, or nearly equal and from the same data."""
    equal, near = np.ones(len(first), bool), np.ones(len(first), bool)
    room = np.maximum(NEAR * curve.error[second], SAME)
    for end in (curve.value, curve.low, curve.high):
        one, other = end[first], end[second]
        same = (one == other) | (np.isnan(one) & np.isnan(other))
        with np.errstate(invalid="ignore"):
            apart = np.abs(one - other)
        equal &= same | (apart <= SAME)
        near &= same | (apart <= room)
    if curve.deviations is None:
        return equal
    unsure = np.flatnonzero(near & ~equal)
    if len(unsure):
        pair = [_unit(curve.deviations[:, each[unsure]]) for each in (first, second)]
        equal[unsure] = (pair[0] * pair[1]).sum(axis=0) > TOGETHER
    return equal


def weights(curve: Curve, voters: Places) -> Array:
    """One over the number of voters that share each voter's data, summing to 1; equal where nothing was redrawn."""
    count = len(voters)
    if count == 0:
        return np.zeros(0)
    group = np.arange(count)
    if curve.deviations is not None:
        group = _clusters(_unit(curve.deviations[:, voters]))
    sizes = np.bincount(group, minlength=count)[group]
    weight = 1.0 / sizes
    return np.asarray(weight / weight.sum())


def _clusters(columns: NDArray[np.float32]) -> Places:
    """Each column joins the first column that leads a cluster and correlates with it, or leads a new one."""
    count = columns.shape[1]
    first = np.empty_like(columns)
    group = np.empty(count, np.int64)
    led = 0
    for at in range(count):
        together = np.flatnonzero(first[:, :led].T @ columns[:, at] > TOGETHER)
        if len(together):
            group[at] = together[0]
            continue
        first[:, led], group[at] = columns[:, at], led
        led += 1
    return group


def _unit(columns: NDArray[np.float32]) -> NDArray[np.float32]:
    """Columns about their mean with length 1, so that products of columns are correlations; a column without spread stays 0."""
    centred = columns - columns.mean(axis=0)
    length = np.sqrt((centred**2).sum(axis=0))
    return np.asarray(centred / np.where(length > 0, length, 1), dtype=np.float32)
