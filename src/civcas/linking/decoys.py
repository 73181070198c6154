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

MOVED_BY = (10, -10)  # days: beyond nearly all errors of dates, and within one burst of violence
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
def _meet(entry, other_of, overlaps, chance, weights, i, j, end, last, own, found, apart):  # type: ignore[no-untyped-def]
    """Count the later partners of report `i` by source and weight; how many are surely apart, by source."""
    out = np.empty(len(FIELDS), np.uint16)
    one = entry[i]
    found[:] = 0.0
    apart[:] = 0.0
    while j < end:
        other = other_of[j]
        if other.centre > last:
            break
        if i != j and (own or other.centre > one.centre or (i + j) % 2 == 0):
            km, day = nearness(one, other, overlaps, chance)
            if day >= 0:
                compare(one, other, km, day, out)
                w = np.float32(0.0)
                for f in range(len(FIELDS)):
                    w += weights[f, out[f]]
                same = 1 if one.source == other.source else 0
                at = min(max(int((w - LEAST_WEIGHT) / STEP), 0), STEPS - 1)
                found[same, at] += 1.0
                if w < SURELY_APART:
                    apart[same] += 1.0
        j += 1


@numba.njit(cache=True, parallel=True)
def _count(entry, moved, overlaps, chance, weights, crowd, begin, stop, first, end, step, furthest):  # type: ignore[no-untyped-def]
    """Pairs and decoys of every `step`-th report; a report's decoys are scaled to its own number of pairs surely apart."""
    pairs = np.zeros((SHARES, CROWDS, 2, STEPS))
    decoys = np.zeros((SHARES, CROWDS, 2, STEPS))
    for share in numba.prange(SHARES):
        centres = entry.centre[first:end]
        found, apart = np.zeros((2, STEPS)), np.zeros(2)
        by_chance, decoys_apart = np.zeros((2, STEPS)), np.zeros(2)
        for i in range(begin + share * step, stop, SHARES * step):
            one = entry[i]
            last = last_centre(one, furthest)
            _meet(entry, entry, overlaps, chance, weights, i, i + 1, end, last, True, found, apart)
            pairs[share, crowd[i]] += found
            for m in range(len(moved)):
                by = moved[m][first].centre - entry[first].centre
                j = first + np.searchsorted(centres, one.centre - by)
                _meet(entry, moved[m], overlaps, chance, weights, i, j, end, last, False, by_chance, decoys_apart)
                for same in range(2):
                    scale = (apart[same] + SMOOTH) / (decoys_apart[same] + SMOOTH) / len(moved)
                    decoys[share, crowd[i], same] += by_chance[same] * scale
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
    return found


def _moved(entry: Any, days: int) -> Any:
    out = entry.copy()
    for name in ("first", "end", "centre"):
        out[name] += days
    return out
