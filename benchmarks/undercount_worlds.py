"""Worlds whose truth is known: people with made-up chances to be listed, and the overlaps that a recorder would see of them.

Each world breaks an assumption of one method or another. In every table the chance to stand on a list is drawn anew, between 0.20
and 0.45: three lists then hold about 69% of people, five about 86%. `HELD_OUT` was looked at once, after the default was chosen.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from civcas.measures.undercount.overlap import Overlap

PEOPLE, FEW = 1_500, 120
CHANCES = (0.20, 0.45)
TIED = 1.2  # by how much being on the first list moves the log-odds of the second
HIDDEN, HARDLY = 0.10, 0.01  # the share that is hard to reach, and their chance on each list

Chance = np.random.Generator
Marks = NDArray[np.bool_]


def _logits(chance: Chance, lists: int) -> NDArray[np.float64]:
    drawn = chance.uniform(*CHANCES, lists)
    return np.asarray(np.log(drawn / (1 - drawn)))


def _marked(chance: Chance, logits: NDArray[np.float64]) -> Marks:
    return np.asarray(chance.random(logits.shape) < 1 / (1 + np.exp(-logits)))


def independent(chance: Chance, lists: int, *, people: int = PEOPLE) -> Marks:
    """Everyone alike, lists blind to each other."""
    return _marked(chance, np.tile(_logits(chance, lists), (people, 1)))


def _tied(chance: Chance, lists: int, shift: float) -> Marks:
    logits = np.tile(_logits(chance, lists), (PEOPLE, 1))
    marks = _marked(chance, logits)
    marks[:, 1] = _marked(chance, logits[:, 1] + shift * (marks[:, 0] - marks[:, 0].mean()))
    return marks


def positive(chance: Chance, lists: int) -> Marks:
    """Whom the first list holds, the second is likelier to hold."""
    return _tied(chance, lists, TIED)


def negative(chance: Chance, lists: int) -> Marks:
    """Whom the first list holds, the second is less likely to hold."""
    return _tied(chance, lists, -TIED)


def unequal(chance: Chance, lists: int) -> Marks:
    """People differ in how visible they are to every list: log-odds spread by a standard deviation of 1."""
    return _marked(chance, _logits(chance, lists) + chance.standard_normal((PEOPLE, 1)))


def hard_to_reach(chance: Chance, lists: int) -> Marks:
    """One person of ten has a chance of 1 in 100 on every list."""
    marks = independent(chance, lists)
    hidden = chance.random(PEOPLE) < HIDDEN
    marks[hidden] = chance.random((int(hidden.sum()), lists)) < HARDLY
    return marks


def small(chance: Chance, lists: int) -> Marks:
    """The first world with 120 people."""
    return independent(chance, lists, people=FEW)


def two_areas(chance: Chance, lists: int) -> Marks:
    """Every list reaches one of two areas better than the other, and people differ in how visible they are."""
    logits = np.tile(_logits(chance, lists), (PEOPLE, 1))
    first = chance.random((PEOPLE, 1)) < 0.6
    better = np.where(np.arange(lists) % 2 == 0, 0.8, -0.8)
    visible = 0.7 * chance.standard_normal((PEOPLE, 1))
    return _marked(chance, logits + np.where(first, better, -better) + visible)


WORLDS: dict[str, Callable[[Chance, int], Marks]] = {
    "independent": independent,
    "positive dependence": positive,
    "negative dependence": negative,
    "unequal capture": unequal,
    "hard to reach": hard_to_reach,
    "120 people": small,
}
HELD_OUT: dict[str, Callable[[Chance, int], Marks]] = {"two areas": two_areas}


def table(world: str, lists: int, seed: int) -> tuple[Overlap, int]:
    """The overlap of one made-up table of a world, and how many people there really are."""
    worlds = WORLDS | HELD_OUT
    chance = np.random.default_rng([20261130, list(worlds).index(world), lists, seed])
    marks = worlds[world](chance, lists)
    listed = marks[marks.any(axis=1)].astype(np.int64)
    return Overlap.of(listed, np.ones(len(listed), dtype=np.int64)), len(marks)
