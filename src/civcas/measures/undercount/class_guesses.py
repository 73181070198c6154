"""Guesses at the classes, made from what chains say, and the ladder that lets every chain pass between them.

Chains that do not agree sit in different parts of one posterior. What each says of its classes, averaged over a stretch,
is a guess; guesses with the same number of classes are joined. `class_levels` says how a ladder uses them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.special import betaln, gammaln

from civcas.measures.undercount.overlap import Overlap

SMALLEST = 5  # a class of fewer people on average is no part of a guess
SPREAD = 2e-4  # the chance that a guess leaves to all its parts alike, so that none is impossible
FEW = 0.5  # fewer expected on a list are taken as none: it changes the path, not the ends, and is quicker
FIRST_TIMES = (0.0, 0.1, 0.4, 0.7, 0.85, 0.95, 0.99)

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Guess:
    """How many of each pattern are expected in each part (patterns × parts), and how many unseen (parts)."""

    table: Floats
    unseen: Floats

    @property
    def parts(self) -> int:
        return len(self.unseen)

    @classmethod
    def of(cls, total: Floats, counts: NDArray[np.int64]) -> Guess:
        """From people added up over a stretch (patterns + 1 × classes, the unseen last): its classes of some size."""
        steps = total[:-1].sum() / counts.sum()
        table, unseen = total[:-1] / steps, total[-1] / steps
        people = table.sum(axis=0)
        large = np.argsort(-people)[: max(int((people >= SMALLEST).sum()), 1)]
        return cls(table=_spread(table[:, large], counts), unseen=np.maximum(unseen[large], 0.05))

    def alike(self, other: Guess) -> Guess:
        """The other guess, its parts in this one's order."""
        shares = other.table / other.table.sum(axis=1, keepdims=True)
        order = linear_sum_assignment(-(self.table.T @ shares))[1]
        return Guess(table=other.table[:, order], unseen=other.unseen[order])


def _spread(table: Floats, counts: NDArray[np.int64]) -> Floats:
    """Rows that sum to the counts again, no cell empty."""
    parts, whole = table.shape[1], table.sum(axis=1, keepdims=True)
    shares = np.divide(table, whole, out=np.full_like(table, 1 / parts), where=whole > 0)
    return np.asarray(((1 - SPREAD) * shares + SPREAD / parts) * counts[:, None])


def joined(guesses: Sequence[Guess]) -> list[Guess]:
    """One guess for each number of parts: the mean of those that have so many."""
    by_parts: dict[int, list[Guess]] = {}
    for each in guesses:
        same = by_parts.setdefault(each.parts, [])
        same.append(same[0].alike(each) if same else each)
    return [
        Guess(table=np.mean([g.table for g in same], axis=0), unseen=np.mean([g.unseen for g in same], axis=0))
        for _, same in sorted(by_parts.items())
    ]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ladder:
    """Levels between guesses (0) and the posterior (1): their times, and what is added to ln f_t so that every guess is met.

    `added`: levels × guesses.
    """

    overlap: Overlap
    guesses: tuple[Guess, ...]
    times: Floats
    added: Floats

    @classmethod
    def first(cls, overlap: Overlap, guesses: Sequence[Guess]) -> Ladder:
        added = np.zeros((len(FIRST_TIMES), len(guesses)))
        return cls(overlap=overlap, guesses=tuple(guesses), times=np.array(FIRST_TIMES), added=added)

    def fixed(self) -> tuple[Any, ...]:
        """The arrays that every chain's levels share, padded to the most parts of any guess."""
        count, most, lists = len(self.guesses), max(g.parts for g in self.guesses), len(self.overlap.lists)
        shares = np.ones((count, len(self.overlap.counts), most))
        missed, expected, ones = np.zeros((count, most + 1)), np.zeros((count, most)), np.zeros((count, most, lists))
        for turn, guess in enumerate(self.guesses):
            c, everyone = guess.parts, guess.unseen.sum() + self.overlap.n
            shares[turn, :, :c] = guess.table / self.overlap.counts[:, None]
            missed[turn, :c], missed[turn, most] = np.log(guess.unseen / everyone), np.log(self.overlap.n / everyone)
            expected[turn, :c] = guess.table.sum(axis=0) + guess.unseen
            listed = guess.table.T @ self.overlap.patterns
            ones[turn, :c] = np.where(listed < FEW, 0.0, listed)
        powers = shares[None] ** (1 - self.times)[:, None, None, None]
        parts = np.array([guess.parts for guess in self.guesses])
        profiles, orders = _evidence(expected, ones, parts)
        offset = self.added - (1 - self.times)[:, None] * (profiles + orders)
        return self.times, offset, powers, np.log(shares), missed, expected, ones, parts, profiles

    def moving(self, chance: np.random.Generator) -> tuple[Any, ...]:
        """A state for every level: people drawn from a guess, the guesses in turn, parts labelled in their order."""
        levels, most, count = len(self.times), max(g.parts for g in self.guesses), len(self.overlap.counts)
        turns = np.arange(levels) % len(self.guesses)
        tables, unseen = np.zeros((levels, count, most), dtype=np.int64), np.zeros((levels, most), dtype=np.int64)
        for level, turn in enumerate(turns):
            guess = self.guesses[turn]
            shares = guess.table / guess.table.sum(axis=1, keepdims=True)
            tables[level, :, : guess.parts] = chance.multinomial(self.overlap.counts, shares)
            unseen[level, : guess.parts] = chance.poisson(guess.unseen)
        ones = np.einsum("lxc,xj->lcj", tables, self.overlap.patterns.astype(np.int64))
        labels = np.tile(np.arange(most), (levels, 1))
        return turns, labels, np.ones(levels), tables, tables.sum(axis=1), unseen, ones

    def tallies(self) -> tuple[Floats, Floats, Floats]:
        """Changes of place tried and (in sum of chances) made by level, and how often each level held each guess."""
        return np.zeros(len(self.times)), np.zeros(len(self.times)), np.zeros(self.added.shape)

    def tuned(self, tallies: Sequence[tuple[Floats, Floats, Floats]]) -> Ladder:
        """Levels where places change as often everywhere, and guesses rare at a level helped there by half of what they lack."""
        tried, made, met = (sum(each) for each in zip(*tallies, strict=True))
        steps = np.concatenate([[0.0], np.cumsum(1 - made / np.maximum(tried, 1) + 0.02)])
        ends = np.append(self.times, 1.0)
        times = np.interp(np.linspace(0, steps[-1], len(ends)), steps, ends)[:-1]
        lack = np.log((met + 5) / (met + 5).mean(axis=1, keepdims=True))
        added = np.vstack([self.added - lack / 2, np.zeros(len(self.guesses))])
        added -= added.mean(axis=1, keepdims=True)
        moved = [np.interp(times, ends, column) for column in added.T]
        return replace(self, times=times, added=np.array(moved).T)


def _evidence(expected: Floats, ones: Floats, parts: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """ln ∫ of each guess's profiles, and about that of its weights: more parts would be met less at the ladder's foot."""
    profiles, orders = np.zeros(len(parts)), np.zeros(len(parts))
    for turn, c in enumerate(parts):
        size, listed = expected[turn, :c], ones[turn, :c]
        profiles[turn] = betaln(1 + listed, 1 + size[:, None] - listed).sum()
        orders[turn] = gammaln(1 + size).sum() - gammaln(1 + size.sum())
    return profiles, orders


def none(classes: int, lists: int) -> tuple[tuple[Any, ...], tuple[Any, ...], tuple[Any, ...]]:
    """The arrays of a ladder without levels."""
    whole, flat, wide, deep = np.zeros(0, np.int64), np.zeros(0), np.zeros((0, 0)), np.zeros((0, 0, 0))
    fixed = (flat, wide, np.zeros((0, 0, 0, 0)), deep, wide, wide, deep, whole, flat)
    counts, cubes = np.zeros((0, classes), np.int64), np.zeros((0, classes, lists), np.int64)
    return fixed, (whole, counts, flat, cubes, counts, counts, cubes), (flat, flat, wide)
