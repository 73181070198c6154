"""What each level is worth, learned without labels: expectation and maximisation over candidates that compete."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from civcas.linking.accounts import RADII
from civcas.linking.candidates import Pairs
from civcas.linking.comparing import (
    DAY,
    FIELDS,
    INJURED,
    KILLED,
    KM_EDGES,
    LEVELS,
    MEANS,
    NAME,
    NEAR,
    PEOPLE,
    RELATIONS,
    STRUCK,
    TARGETED,
    WHERE,
    WHO,
    WIDTH,
)  # fmt: skip

Table = npt.NDArray[np.float64]
STRENGTH = 50.0  # how many matched pairs the starting weights count as
FEWEST_PARTNERS, MOST_PARTNERS = 0.05, 20.0  # a report's partners on average, between which learning stays
CLEARLY_LESS = 0.8  # times as likely in one incident as by chance, under which full agreement cannot be meant
U_STRENGTH = 1000.0  # how many chance pairs a theatre's own frequencies are mixed with

# How matched pairs spread over the relations of a field, before any data: rounded from what recorders see.
_NAMES = np.array([np.nan, 0.6, 0.2, 0.1, 0.1])
ORDERED = (
    DAY,
    KILLED,
    INJURED,
    STRUCK,
    PEOPLE,
    TARGETED,
    NEAR,
)  # fields whose first group agrees most, whose last least
_COUNTS = np.array([0.42, 0.1, 0.2, 0.18, 0.04, 0.04, 0.02])


def _groups(field: int) -> tuple[npt.NDArray[np.int64], Table]:
    """For each level of a field, a group, and how matched pairs spread over the groups; group 0 is “not known”."""
    level = np.arange(LEVELS[field])
    if field == DAY:
        return level + 1, np.array([np.nan, 0.3, 0.2, 0.15, 0.1, 0.1, 0.07, 0.04, 0.03, 0.01])
    if field == WHERE:
        return _distance_groups()
    if field == NAME:
        place, district = level // 18, level // 6 % 3
        return np.where(place == 0, np.where(district == 0, 0, 4 + district), place), np.array(
            [np.nan, 0.5, 0.18, 0.08, 0.05, 0.15, 0.04]
        )
    if field in (KILLED, INJURED):
        return np.where(level == 0, 0, (level - 1) % RELATIONS + 1), np.array([np.nan, *_COUNTS])
    if field == MEANS:
        high = ((np.sqrt(8 * np.maximum(level - 1, 0) + 1) - 1) // 2).astype(int)
        low = level - 1 - high * (high + 1) // 2
        return np.where(level == 0, 0, np.where(low == high, 1, 2)), np.array([np.nan, 0.75, 0.25])
    if field == WHO:
        name, kind = level // 3, level % 3
        return np.where(name > 0, name, np.where(kind > 0, 4 + kind, 0)), np.array(
            [np.nan, 0.7, 0.05, 0.02, 0.03, 0.17, 0.03]
        )
    if field == STRUCK:
        return level, np.array([np.nan, 0.85, 0.15])
    if field == PEOPLE:
        return level, np.array([np.nan, 0.3, 0.2, 0.3, 0.1, 0.1])
    assert field in (TARGETED, NEAR)
    return level, _NAMES


def _distance_groups() -> tuple[npt.NDArray[np.int64], Table]:
    """Distance within each pair of precision classes falls off over the coarser radius."""
    edges = np.concatenate([[0.0], KM_EDGES, [400.0]])
    groups, shares = [0], [np.nan]
    for high in range(6):
        for low in range(high + 1):
            radius = RADII[min(high, 4)] + 0.3 * RADII[min(low, 4)]
            kept = np.exp(-edges / radius * 1.5)
            spread = np.maximum(kept[:-1] - kept[1:], 0.002)
            groups += list(range(len(shares), len(shares) + 9))
            shares += list(spread / spread.sum())
    return np.array(groups), np.array(shares)


def starting(field: int, unmatched: Table) -> Table:
    """The spread of matched pairs over the levels of one field before learning: within each group as among all pairs."""
    group, share = _groups(field)
    own = unmatched[: LEVELS[field]] + 1e-6
    total = np.bincount(group, own, minlength=len(share))
    known = 1 - own[group == 0].sum() / own.sum() if (group == 0).any() else 1.0
    if field == WHERE:  # each pair of classes keeps its own share
        block = (np.arange(1, len(own)) - 1) // 9
        mass = np.bincount(block, own[1:]) / own.sum()
        m = np.concatenate([[own[0] / own.sum()], mass[block] * share[1:]])
    else:
        m = own / total[group] * np.where(group == 0, (1 - known), share[group] * known)
    out = np.zeros(WIDTH)
    out[: LEVELS[field]] = m / m.sum()
    return out


@dataclass(frozen=True, slots=True)
class Weights:
    """Natural-log weights of every level for one theatre each, and what one report may expect of its candidates."""

    matched: Table  # field × level: spread of matched pairs
    unmatched: dict[int, Table]  # theatre → field × level: spread of the pairs that do not match
    partners: float  # partners a report has on average among its candidates
    refused: str = ""  # why what was learned was refused and the starting weights stand; empty where it was not

    def of(self, theatre: int) -> Table:
        return np.log(self.matched + 1e-9) - np.log(self.unmatched[theatre] + 1e-9)


def spread(seen: Table) -> Table:
    return seen / np.maximum(seen.sum(axis=1, keepdims=True), 1.0)  # type: ignore[no-any-return]


def begin(seen: dict[int, npt.NDArray[np.int64]], chance_pairs: Table, partners: float) -> Weights:
    """Weights before learning, from how often each level occurs among all candidates."""
    everywhere = spread(sum(seen.values()) + U_STRENGTH * chance_pairs)
    matched = np.array([starting(f, everywhere[f]) for f in range(len(FIELDS))])
    return Weights(matched, {t: own_spread(s, chance_pairs) for t, s in seen.items()}, partners)


def own_spread(seen: Any, chance_pairs: Table) -> Table:
    return spread(seen + U_STRENGTH * chance_pairs)


def unmatched(
    pairs: Pairs,
    chance: Table,
    theatre: npt.NDArray[np.int32],
    seen: dict[int, npt.NDArray[np.int64]],
    steps: dict[int, int],
    chance_pairs: Table,
) -> dict[int, Table]:
    """The spread of pairs that do not match: what was seen, less what is expected to match."""
    left: dict[int, Table] = {}
    of = theatre[pairs.left].astype(np.int64)
    size = (max(seen, default=0) + 1) * WIDTH
    matched = [
        np.bincount(of * WIDTH + pairs.levels[:, f], chance, minlength=size).reshape(-1, WIDTH)
        for f in range(len(FIELDS))
    ]
    for t, counts in seen.items():
        here = np.array([m[t] for m in matched])
        left[t] = np.maximum(counts - here / steps[t], 0.01 * counts)
    return {t: own_spread(s, chance_pairs) for t, s in left.items()}


def prior(partners: float, could: npt.NDArray[np.int32], sources: float) -> npt.NDArray[np.float32]:
    """Log prior odds a report: the partners it may expect, spread over those it could have.

    In each contest with another source a report has a partner with chance q; of matchings, those with one pair more
    are q / (1 - q)² times as likely, spread over the partners it could have.
    """
    q = min(0.9, partners / max(1.0, sources - 1))
    return np.log(partners / (1 - q) ** 2 / np.maximum(could, 1)).astype(np.float32)


def log_odds(
    pairs: Pairs, theatre: npt.NDArray[np.int32], prior_of: npt.NDArray[np.float32], weights: Weights
) -> Table:
    """Prior and summed weights of each pair."""
    before = 0.5 * (prior_of[pairs.left] + prior_of[pairs.right]).astype(np.float64)
    return before + summed(pairs, theatre, weights)


def summed(pairs: Pairs, theatre: npt.NDArray[np.int32], weights: Weights) -> Table:
    """What the fields of each pair weigh together, by the weights of its theatre."""
    of, out = theatre[pairs.left], np.zeros(len(pairs))
    tables = _tables(of, weights)
    for f in range(len(FIELDS)):
        out += tables[of, f, pairs.levels[:, f]]
    return out


def weighed(pairs: Pairs, of: npt.NDArray[np.integer[Any]], weights: Weights) -> Table:
    """What each field of each pair weighs, a column a field, by the weights of the pair's theatre `of`."""
    return _tables(of, weights)[of[:, None], np.arange(len(FIELDS)), pairs.levels]  # type: ignore[no-any-return]


def _tables(of: npt.NDArray[np.integer[Any]], weights: Weights) -> Table:
    """The weights of every theatre that is in `of`: theatre × field × level."""
    tables = np.zeros((int(of.max(initial=0)) + 1, len(FIELDS), WIDTH))
    for t in np.unique(of):
        tables[t] = weights.of(int(t))
    return tables


def guarded(learned: Weights, start: Weights) -> Weights:
    """The learned weights; the starting ones, with the reason, where learning ended in an optimum that cannot be meant.

    Expectation–maximisation finds some optimum, not the right one: one in which agreement counts against a pair, or in which
    the number of partners runs away, describes something else than incidents.
    """
    reason = degenerate(learned)
    return replace(start, refused=reason) if reason else learned


def degenerate(weights: Weights) -> str:
    """What is wrong with learned weights; nothing where they may be used."""
    if weights.partners >= MOST_PARTNERS:
        return f"a report would have {MOST_PARTNERS:g} partners on average or more"
    if not weights.unmatched:
        return ""
    unmatched = np.mean(list(weights.unmatched.values()), axis=0)
    for field in ORDERED:
        group, share = _groups(field)
        spreads = (table[field][: LEVELS[field]] for table in (weights.matched, unmatched))
        matched, by_chance = (np.bincount(group, spread, minlength=len(share)) for spread in spreads)
        best, worst = (matched[at] / max(by_chance[at], 1e-9) for at in (1, len(share) - 1))
        if best < min(CLEARLY_LESS, 0.5 * worst):  # a field that says nothing may fall either way
            return f"agreement on {FIELDS[field]} would count against a pair"
    return ""


def maximise(pairs: Pairs, chance: Table, start: Table) -> Table:
    """The spread of matched pairs, each counted by its chance, with the starting weights as pseudo-counts."""
    out = np.empty_like(start)
    for f in range(len(FIELDS)):
        found = np.bincount(pairs.levels[:, f], chance, minlength=WIDTH)
        out[f] = (found + STRENGTH * start[f]) / (found.sum() + STRENGTH)
    return out
