"""What agreement by chance looks like: reports weighed against others moved in time, none of which can be one incident with them.

The idea is that of decoys in proteomics (Elias and Gygi 2007): what cannot be true, searched for as what may be, shows how often
each weight is reached by chance, here with the bursts, places and habits of the very data. Moved reports keep all but their days.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from civcas.linking.candidates import SHARES, Part, furthest, last_centre, nearness
from civcas.linking.comparing import FIELDS, Columns, compare

MOVED_BY = (4, -4, 5, -5)  # days: beyond most errors of dates, and within one burst of violence and its repeats
LEAST_WEIGHT, STEP, STEPS = -6.0, 0.5, 52
CROWDS = 12  # possible partners, by powers of 2
SURELY_APART = (
    -1.0
)  # summed weights under which a pair is taken for chance when the decoys are scaled to what they stand for
SMOOTH = 2.0
COMPARED = 400_000  # pairs of a part that are compared; more add time, not knowledge

Table = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Counted:
    """How many pairs, and how many decoys, have each weight: an axis each for crowd, same source and weight."""

    pairs: Table
    decoys: Table

    def __add__(self, other: Counted) -> Counted:
        return Counted(self.pairs + other.pairs, self.decoys + other.decoys)


@numba.njit(cache=True)
def _meet(entry, other_of, overlaps, chance, weights, i, j, end, last, own, found):  # type: ignore[no-untyped-def]
    """Count the later partners of report `i` by source and weight; a moved one only where the two are no candidates as they stand."""
    out = np.empty(len(FIELDS), np.uint16)
    one = entry[i]
    while j < end:
        other = other_of[j]
        if other.centre > last:
            break
        if i != j and (own or other.centre > one.centre or (i + j) % 2 == 0):
            km, day = nearness(one, other, overlaps, chance)
            if day >= 0 and (own or not _candidates(entry, i, j, overlaps, chance)):
                compare(one, other, km, day, out)
                w = np.float32(0.0)
                for f in range(len(FIELDS)):
                    w += weights[f, out[f]]
                same = 1 if one.source == other.source else 0
                found[same, min(max(int((w - LEAST_WEIGHT) / STEP), 0), STEPS - 1)] += 1.0
        j += 1


@numba.njit(cache=True)
def _candidates(entry, i, j, overlaps, chance):  # type: ignore[no-untyped-def]
    return nearness(entry[min(i, j)], entry[max(i, j)], overlaps, chance)[1] >= 0


@numba.njit(cache=True, parallel=True)
def _count(entry, moved, overlaps, chance, weights, crowd, begin, stop, first, end, step, furthest):  # type: ignore[no-untyped-def]
    """Pairs of every `step`-th report, and its decoys."""
    pairs = np.zeros((SHARES, CROWDS, 2, STEPS))
    decoys = np.zeros((SHARES, CROWDS, 2, STEPS))
    for share in numba.prange(SHARES):
        centres = entry.centre[first:end]
        for i in range(begin + share * step, stop, SHARES * step):
            one = entry[i]
            last = last_centre(one, furthest)
            _meet(entry, entry, overlaps, chance, weights, i, i + 1, end, last, True, pairs[share, crowd[i]])
            for m in range(len(moved)):
                by = moved[m][first].centre - entry[first].centre
                j = first + np.searchsorted(centres, one.centre - by)
                _meet(entry, moved[m], overlaps, chance, weights, i, j, end, last, False, decoys[share, crowd[i]])
    return pairs.sum(axis=0), decoys.sum(axis=0)


def counted(
    c: Columns, parts: list[Part], could: npt.NDArray[np.integer[Any]], weights: dict[int, npt.NDArray[np.float32]]
) -> dict[int, Counted]:
    """For each theatre, pairs and decoys by weight; `weights` are those of its levels, `could` each report's possible partners."""
    moved = np.stack([_moved(c.entry, by) for by in MOVED_BY])
    crowd = np.minimum(np.log2(np.maximum(could, 1)), CROWDS - 1).astype(np.int32)
    begins = {p.theatre: p.begin for p in reversed(parts)}
    found: dict[int, Counted] = {}
    for p in parts:
        step = 1 + int(could[p.begin : p.stop].sum()) // (2 * COMPARED)
        here = Counted(*_count(c.entry, moved, c.overlaps, c.chance, weights[p.theatre], crowd, p.begin, p.stop,
                               begins[p.theatre], p.end, step, furthest(c, p)))  # fmt: skip
        found[p.theatre] = found[p.theatre] + here if p.theatre in found else here
    return {t: _as_many_apart(each) for t, each in found.items()}


def _as_many_apart(counted: Counted) -> Counted:
    """Decoys scaled, in each crowd, such that as many as of the pairs are surely apart: on other days there is more or less violence."""
    apart = int((SURELY_APART - LEAST_WEIGHT) / STEP)
    of_pairs, of_decoys = (
        counts[:, :, :apart].sum(axis=2, keepdims=True) for counts in (counted.pairs, counted.decoys)
    )
    usual = (of_pairs.sum(axis=0) + SMOOTH) / (of_decoys.sum(axis=0) + SMOOTH)
    scale = (of_pairs + SMOOTH * usual) / (of_decoys + SMOOTH)
    return Counted(counted.pairs, counted.decoys * scale)  # of several moves, as many as of one


def _moved(entry: Any, days: int) -> Any:
    out = entry.copy()
    for name in ("first", "end", "centre"):
        out[name] += days
    return out
