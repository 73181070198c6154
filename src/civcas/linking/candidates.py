"""Which pairs are worth weighing: near in time and space by each report's own precision; the best few of each report are kept."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from civcas.linking.comparing import DAY, DAY_EDGES, FIELDS, LEAST_DAY, WIDTH, Columns, apart, compare, may_match
from civcas.linking.days import same_day

KEPT = 24  # best later partners kept of each report
SHARES = 8  # parts one theatre is surveyed in side by side
LARGEST_PART = 50_000
TRIES, WANTED = 400_000, 20_000
LEAST = -5.0  # log odds under which a pair is not kept


@dataclass(frozen=True, slots=True)
class Pairs:
    """Candidate pairs: places in the accounts, and the level of each field."""

    left: npt.NDArray[np.int32]
    right: npt.NDArray[np.int32]
    levels: npt.NDArray[np.uint16]

    def __len__(self) -> int:
        return len(self.left)


@numba.njit(cache=True)
def nearness(one, other, overlaps, chance):  # type: ignore[no-untyped-def]
    """Kilometres apart and the chance of one day; a negative chance where the pair is no candidate.

    No two incidents of one publisher are: it says itself that they are two, and a person who knows better can link them.
    """
    if one.publisher >= 0 and one.publisher == other.publisher:
        return np.float32(0.0), np.float32(-1.0)
    if one.shape_ >= 0 and other.shape_ >= 0 and other.centre - one.centre > one.reach + other.reach:
        return np.float32(0.0), np.float32(-1.0)
    km = apart(one, other)
    if km >= 0 and not may_match(one, other, km):
        return km, np.float32(-1.0)
    day = same_day(one, other, overlaps, chance)
    if day < LEAST_DAY or (km < 0 and not may_match(one, other, km)):
        return km, np.float32(-1.0)
    return km, day


@numba.njit(cache=True)
def last_centre(one, furthest):  # type: ignore[no-untyped-def]
    return one.end + furthest if one.shape_ < 0 else one.centre + one.reach + furthest


@numba.njit(cache=True, parallel=True)
def _survey(entry, overlaps, chance, a, b, end, step, furthest):  # type: ignore[no-untyped-def]
    """For one part: how many partners each report could have, and how often each level occurs among every `step`-th."""
    partners = np.zeros((SHARES, end - a), np.int32)
    seen = np.zeros((SHARES, len(FIELDS), WIDTH), np.int64)
    for share in numba.prange(SHARES):
        out = np.empty(len(FIELDS), np.uint16)
        for i in range(a + share, b, SHARES):
            one = entry[i]
            last = last_centre(one, furthest)
            for j in range(i + 1, end):
                other = entry[j]
                if other.centre > last:
                    break
                if one.source == other.source:
                    continue
                km, day = nearness(one, other, overlaps, chance)
                if day < 0:
                    continue
                partners[share, i - a] += 1
                partners[share, j - a] += 1
                if (i * 7919 + j) % step == 0:
                    compare(one, other, km, day, out)
                    for f in range(len(FIELDS)):
                        seen[share, f, out[f]] += 1
    return partners.sum(axis=0), seen.sum(axis=0)


@numba.njit(cache=True)
def _background(entry, tries, wanted, sources):  # type: ignore[no-untyped-def]
    """How often each level occurs among chance pairs, of two `sources` or of any, that lie near enough, whatever their days."""
    seen = np.zeros((len(FIELDS), WIDTH), np.int64)
    out = np.empty(len(FIELDS), np.uint16)
    n, found, state = len(entry), 0, np.uint64(88172645463325252)
    for _ in range(tries):
        state ^= state << np.uint64(13)
        state ^= state >> np.uint64(7)
        state ^= state << np.uint64(17)
        one, other = entry[(state >> np.uint64(33)) % np.uint64(n)], entry[state % np.uint64(n)]
        if (sources == 2 and one.source == other.source) or one.at == other.at or one.theatre != other.theatre:
            continue
        km = apart(one, other)
        if may_match(one, other, km):
            compare(one, other, km, np.float32(0.0), out)
            for f in range(len(FIELDS)):
                seen[f, out[f]] += 1
            found += 1
            if found == wanted:
                break
    return seen


@numba.njit(cache=True, parallel=True)
def _weigh(entry, overlaps, chance, a, b, end, weights, prior, furthest, kept_j, kept_w, kept):  # type: ignore[no-untyped-def]
    """For one part: the best partners after each report, by summed weights and prior."""
    for share in numba.prange(SHARES):
        out = np.empty(len(FIELDS), np.uint16)
        for i in range(a + share, b, SHARES):
            one = entry[i]
            last = last_centre(one, furthest)
            n, worst = 0, 0
            for j in range(i + 1, end):
                other = entry[j]
                if other.centre > last:
                    break
                km, day = nearness(one, other, overlaps, chance)
                if day < 0:
                    continue
                compare(one, other, km, day, out)
                w = np.float32(0.5) * (prior[i] + prior[j])
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


@numba.njit(cache=True)
def _lay_out(entry, overlaps, chance, a, kept_j, kept, start, left, right, levels):  # type: ignore[no-untyped-def]
    for r in range(len(kept)):
        order = np.sort(kept_j[r, : kept[r]])
        for k in range(kept[r]):
            j, at = order[k], start[r] + k
            left[at], right[at] = a + r, j
            one, other = entry[a + r], entry[j]
            compare(one, other, apart(one, other), same_day(one, other, overlaps, chance), levels[at])


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of one theatre's reports, rows `begin` to `stop`; partners are sought up to `end`, beyond the stretch."""

    theatre: int
    begin: int
    stop: int
    end: int

    @property
    def step(self) -> int:
        """Every how many pairs are compared to learn how often each level occurs."""
        return 1 if self.stop - self.begin < 5000 else 3 if self.stop - self.begin < 20_000 else 11


def parts(c: Columns) -> list[Part]:
    """The reports by theatre and stretch of time, each small enough to be worked on alone."""
    theatre, found = c.entry["theatre"], []
    begins: Any = np.flatnonzero(np.r_[True, theatre[1:] != theatre[:-1]]) if len(theatre) else []
    for a, b in zip(begins, [*begins[1:], len(theatre)], strict=False):
        cuts = np.linspace(a, b, 1 + -(-(b - a) // LARGEST_PART)).astype(int)
        found += [Part(int(theatre[a]), int(x), int(y), int(b)) for x, y in pairwise(cuts)]
    return found


def background(c: Columns) -> npt.NDArray[np.float64]:
    """The spread of every field among chance pairs: what pairs that do not match look like where few candidates tell."""
    seen = _background(c.entry, TRIES, WANTED, 2) if len(c.entry) > 1 else np.zeros((len(FIELDS), WIDTH))
    if len(c.entry) > 1 and not seen.any():
        seen = _background(c.entry, TRIES, WANTED, 1)
    spread = seen / max(1, seen[0].sum())
    spread[DAY] = 0.0
    spread[DAY, : len(DAY_EDGES) + 1] = 1 / (len(DAY_EDGES) + 1)
    return spread  # type: ignore[no-any-return]


def furthest(c: Columns, part: Part) -> int:
    return int(c.entry["reach"][part.begin : part.end].max(initial=0)) + 1


def survey(c: Columns, part: Part) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]:
    """How many partners in other sources each report from `begin` to `end` could have, and how often each level occurs."""
    return _survey(*c, part.begin, part.stop, part.end, part.step, furthest(c, part))  # type: ignore[no-any-return]


def keep(c: Columns, part: Part, weights: npt.NDArray[np.float32], prior: npt.NDArray[np.float32]) -> Pairs:
    """The candidate pairs that begin in one part, under these weights and log prior odds a report."""
    n = part.stop - part.begin
    kept_j, kept_w, kept = np.empty((n, KEPT), np.int32), np.empty((n, KEPT), np.float32), np.zeros(n, np.int64)
    _weigh(*c, part.begin, part.stop, part.end, weights, prior, furthest(c, part), kept_j, kept_w, kept)
    start = np.cumsum(kept) - kept
    total = int(kept.sum())
    left, right = np.empty(total, np.int32), np.empty(total, np.int32)
    levels = np.empty((total, len(FIELDS)), np.uint16)
    _lay_out(*c, part.begin, kept_j, kept, start, left, right, levels)
    return Pairs(left, right, levels)


def joined(found: list[Pairs]) -> Pairs:
    """The pairs of several parts, in order."""
    if not found:
        return Pairs(np.empty(0, np.int32), np.empty(0, np.int32), np.empty((0, len(FIELDS)), np.uint16))
    return Pairs(*(np.concatenate([getattr(p, name) for p in found]) for name in ("left", "right", "levels")))
