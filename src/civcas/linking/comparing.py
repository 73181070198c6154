"""How two reports compare, field by field: each comparison is a level, and what a level is worth is learned."""

from __future__ import annotations

from typing import Any, NamedTuple

import numba
import numpy as np
import numpy.typing as npt

from civcas.linking.accounts import LABELS_KEPT, LOCATED, RADII, Accounts
from civcas.linking.days import SPAN, distributions, patterns

FIELDS = (
    "day",
    "distance",
    "place name",
    "killed",
    "injured",
    "means",
    "belligerent",
    "targeted",
    "struck",
    "neighbourhood",
    "people",
)
DAY, WHERE, NAME, KILLED, INJURED, MEANS, WHO, TARGETED, STRUCK, NEAR, PEOPLE = range(len(FIELDS))
DAY_EDGES = np.array([0.55, 0.4, 0.27, 0.17, 0.1, 0.05, 0.02, 0.007])  # falling probability that the days are one
LEAST_DAY = 0.0015
KM_EDGES = np.array([0.02, 0.35, 1.0, 2.5, 6.0, 15.0, 40.0, 120.0])
RADIUS = np.array([*RADII, np.inf])
BEYOND = 2.5  # pairs farther apart than this many radii are not candidates
RELATIONS, SIZES = 7, 9
_LABELS = LABELS_KEPT + 1
LEVELS = (
    len(DAY_EDGES) + 1, 21 * 9 + 1, 5 * 3 * 3 * 2, 1 + SIZES * RELATIONS, 1 + SIZES * RELATIONS,
    1 + _LABELS * (_LABELS + 1) // 2, 5 * 3, 5, 3, 5, 6,
)  # fmt: skip
WIDTH = max(LEVELS)


ENTRY_OF_A_REPORT = np.dtype([
    ("at", "i4"), ("theatre", "i4"), ("source", "i4"), ("publisher", "i4"),
    ("first", "i4"), ("end", "i4"), ("centre", "i4"), ("reach", "i4"), ("shape_", "i4"),
    ("x", "f4"), ("y", "f4"), ("precision", "i4"), ("label", "i4"), ("kind", "i4"), ("struck", "i4"),
    ("killed_min", "f4"), ("killed_max", "f4"), ("injured_min", "f4"), ("injured_max", "f4"),
    ("place", "u8"), ("district", "u8"), ("belligerents", "u8"), ("targeted", "u8"), ("neighbourhood", "u8"),
    ("family", "u8"), ("people", "u8"),
], align=True)  # fmt: skip


class Columns(NamedTuple):
    """What comparisons read, in the form compiled code takes: one entry a report, and the tables of days."""

    entry: Any
    overlaps: Any
    chance: Any


def columns(accounts: Accounts) -> tuple[Accounts, Columns]:
    """The accounts in the order of their likeliest day within each theatre, and what compiled code reads."""
    first, chance, wide = distributions(accounts)
    centre = np.where(wide, first, first + SPAN // 2).astype(np.int32)
    order = np.lexsort((np.arange(len(accounts)), centre, accounts.theatre))
    a = accounts.taken(order)
    first, chance, wide, centre = first[order], chance[order], wide[order], centre[order]
    entry = np.zeros(len(a), ENTRY_OF_A_REPORT)
    for name in ENTRY_OF_A_REPORT.names or ():
        if hasattr(a, name):
            entry[name] = getattr(a, name)
    entry["at"], entry["first"], entry["centre"], entry["reach"] = (
        np.arange(len(a)),
        first,
        centre,
        _reach(chance, wide),
    )
    entry["x"], entry["y"] = _kilometres(a)
    entry["shape_"], overlaps = patterns(chance, wide)
    return a, Columns(entry, overlaps, chance)


def _reach(chance: npt.NDArray[np.float32], wide: npt.NDArray[np.bool_]) -> npt.NDArray[np.int32]:
    """How many days either side of the middle hold what matters of each distribution."""
    away = np.abs(np.arange(SPAN) - SPAN // 2)
    held = np.where(chance > 0.02, away[None, :], 0).max(axis=1)
    return np.where(wide, 0, held).astype(np.int32)


def _kilometres(a: Accounts) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Positions on a plane, kilometres; distances within a theatre are right to a few in a hundred."""
    middle = np.zeros(a.theatre.max(initial=0) + 1)
    for t in np.unique(a.theatre):
        located = a.latitude[(a.theatre == t) & ~np.isnan(a.latitude)]
        middle[t] = np.median(located) if len(located) else 0.0
    scale = 111.32 * np.cos(np.radians(middle))[a.theatre]
    return (a.longitude * scale).astype(np.float32), (a.latitude * 110.57).astype(np.float32)


@numba.njit(cache=True, inline="always")
def below(value, edges):  # type: ignore[no-untyped-def]
    for k in range(len(edges)):
        if value <= edges[k]:
            return k
    return len(edges)


@numba.njit(cache=True)
def ones(x):  # type: ignore[no-untyped-def]
    n = 0
    while x:
        x &= x - np.uint64(1)
        n += 1
    return n


@numba.njit(cache=True)
def alike(a, b):  # type: ignore[no-untyped-def]
    """0 nothing to compare, 1 the same, 2 near, 3 alike in part, 4 different."""
    if a == 0 or b == 0:
        return 0
    if a == b:
        return 1
    share = ones(a & b) / ones(a | b)
    return 2 if share >= 0.6 else 3 if share >= 0.35 else 4


@numba.njit(cache=True)
def size_of(count):  # type: ignore[no-untyped-def]
    if count < 4:
        return int(count)
    return 4 if count < 6 else 5 if count < 10 else 6 if count < 20 else 7 if count < 50 else 8


@numba.njit(cache=True)
def counts(a_low, a_high, b_low, b_high):  # type: ignore[no-untyped-def]
    """0 unknown; else how large the higher minimum is, and how two ranges lie: equal, overlapping, apart by how much."""
    if np.isnan(a_low) or np.isnan(b_low):
        return 0
    gap = max(a_low, b_low) - min(a_high, b_high)
    if gap <= 0:
        relation = 2
        if a_low == b_low and a_high == b_high:
            relation = 0 if a_low == a_high else 1
    elif gap <= 1:
        relation = 3
    else:
        ratio = (max(a_low, b_low) + 0.5) / (min(a_high, b_high) + 0.5)
        relation = 4 if ratio < 1.35 else 5 if ratio < 2 else 6
    return 1 + size_of(max(a_low, b_low)) * RELATIONS + relation


@numba.njit(cache=True)
def apart(one, other):  # type: ignore[no-untyped-def]
    """Kilometres between two reports; -1 where one is not located."""
    if one.precision == LOCATED or other.precision == LOCATED:
        return np.float32(-1.0)
    dx, dy = one.x - other.x, one.y - other.y
    return np.sqrt(dx * dx + dy * dy)


@numba.njit(cache=True)
def where(one, other, km):  # type: ignore[no-untyped-def]
    """The finer and the coarser class of precision, and the distance; 0 where one is not located."""
    if km < 0:
        return 0
    low, high = min(one.precision, other.precision), max(one.precision, other.precision)
    return 1 + (high * (high + 1) // 2 + low) * 9 + below(km, KM_EDGES)


@numba.njit(cache=True)
def named(one, other, km):  # type: ignore[no-untyped-def]
    """How the names of place and district compare, with whether the coordinates already say the same."""
    coarse = max(one.precision, other.precision)
    state = 0 if km < 0 else 1 if km <= 0.5 * (RADIUS[coarse] + 0.5) else 2
    d = alike(one.district, other.district)
    district = 0 if d == 0 else 1 if d <= 2 else 2
    return ((alike(one.place, other.place) * 3 + district) * 3 + state) * 2 + (1 if coarse >= 3 else 0)


@numba.njit(cache=True)
def labels(a, b):  # type: ignore[no-untyped-def]
    if a < 0 or b < 0:
        return 0
    low, high = min(a, b), max(a, b)
    return 1 + high * (high + 1) // 2 + low


@numba.njit(cache=True)
def who(one, other):  # type: ignore[no-untyped-def]
    kind = 0 if one.kind < 0 or other.kind < 0 else 1 if one.kind == other.kind else 2
    return alike(one.belligerents, other.belligerents) * 3 + kind


@numba.njit(cache=True)
def people(one, other):  # type: ignore[no-untyped-def]
    """Named victims: 0 unknown, 1 two shared, 2 one shared, 3 the family only, 4 the family perhaps, 5 none."""
    if one.people and other.people:
        shared = ones(one.people & other.people)
        if shared:
            return 1 if shared > 1 else 2
    family = alike(one.family, other.family)
    return 0 if family == 0 else 3 if family <= 2 else 4 if family == 3 else 5


@numba.njit(cache=True)
def day_level(p):  # type: ignore[no-untyped-def]
    k = 0
    while k < len(DAY_EDGES) and p < DAY_EDGES[k]:
        k += 1
    return k


@numba.njit(cache=True)
def may_match(one, other, km):  # type: ignore[no-untyped-def]
    """Whether two reports of days that agree lie near enough to be compared; without coordinates, by their names."""
    if km < 0:
        return (
            one.district == 0
            or other.district == 0
            or alike(one.district, other.district) <= 3
            or alike(one.place, other.place) in (1, 2)
        )
    return km <= BEYOND * (RADIUS[one.precision] + RADIUS[other.precision])


@numba.njit(cache=True)
def compare(one, other, km, day, out):  # type: ignore[no-untyped-def]
    """Write the level of every field of one pair."""
    out[DAY] = day_level(day)
    out[WHERE] = where(one, other, km)
    out[NAME] = named(one, other, km)
    out[KILLED] = counts(one.killed_min, one.killed_max, other.killed_min, other.killed_max)
    out[INJURED] = counts(one.injured_min, one.injured_max, other.injured_min, other.injured_max)
    out[MEANS] = labels(one.label, other.label)
    out[WHO] = who(one, other)
    out[TARGETED] = alike(one.targeted, other.targeted)
    out[STRUCK] = 0 if one.struck < 0 or other.struck < 0 else 1 if one.struck == other.struck else 2
    out[NEAR] = alike(one.neighbourhood, other.neighbourhood)
    out[PEOPLE] = people(one, other)
