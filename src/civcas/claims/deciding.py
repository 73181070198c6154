"""Which choices decide a claim: each one's share of the variance, and the plainest rule for when the claim holds."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

MOST_CHOICES_IN_A_RULE = 3
WORTH_ANOTHER = 0.03
"""A rule with one more choice must be better by this much in F1, or the shorter one is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """The share of the variance of the answers' logarithm that one choice explains."""

    choice: str
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A few choices, each with the words under which the claim tends to hold, and how well that describes the readings."""

    takes: Mapping[str, tuple[str, ...]]
    leaves: Mapping[str, tuple[str, ...]]
    inside: int
    held_inside: int
    outside: int
    held_outside: int


def shares(choices: Mapping[str, Sequence[str]], values: Array) -> tuple[Share, ...]:
    """Each choice's share of the variance of `values` (one column of words a choice, one element a reading), largest first.

    Refusals leave the grid uneven, so main effects overlap; each choice gets its average gain in R² over all orders of adding choices
    (Shapley value; Lindeman, Merenda & Gold 1980). The shares add up to the R² of all main effects; the rest is interaction.
    """
    names = [name for name, words in choices.items() if len(set(words)) > 1]
    if len(values) < 3 or not names or float(np.ptp(values)) == 0:
        return ()
    explained = _explained({name: _dummies(choices[name]) for name in names}, values)
    count = len(names)
    found = []
    for name in names:
        others = [other for other in names if other != name]
        gain = 0.0
        for size in range(count):
            weight = math.factorial(size) * math.factorial(count - size - 1) / math.factorial(count)
            for taken in itertools.combinations(others, size):
                gain += weight * (explained[frozenset((*taken, name))] - explained[frozenset(taken)])
        found.append(Share(choice=name, share=round(max(gain, 0.0), 4)))
    return tuple(sorted(found, key=lambda s: (-s.share, s.choice)))


def _dummies(words: Sequence[str]) -> Array:
    levels = {word: place for place, word in enumerate(dict.fromkeys(words))}
    columns = np.eye(len(levels))[[levels[word] for word in words]]
    return np.asarray(columns[:, 1:])


def _explained(blocks: Mapping[str, Array], values: Array) -> dict[frozenset[str], float]:
    """R² of every subset of blocks, from one cross-product matrix."""
    names = list(blocks)
    design = np.column_stack([blocks[name] for name in names])
    design, centred = design - design.mean(axis=0), values - values.mean()
    gram, moment, total = design.T @ design, design.T @ centred, float(centred @ centred)
    ends = np.cumsum([blocks[name].shape[1] for name in names])
    columns = {name: range(end - blocks[name].shape[1], end) for name, end in zip(names, ends, strict=True)}
    explained = {frozenset[str](): 0.0}
    for size in range(1, len(names) + 1):
        for taken in itertools.combinations(names, size):
            at = [column for name in taken for column in columns[name]]
            solved = np.linalg.lstsq(gram[np.ix_(at, at)], moment[at], rcond=1e-10)[0]
            explained[frozenset(taken)] = float(moment[at] @ solved) / total
    return explained


def rule(choices: Mapping[str, Sequence[str]], holds: Flags) -> Rule | None:
    """The plainest conjunction of choices that tells readings that hold from those that do not, or None where none does.

    For each choice only its words in order of how often they hold are considered (best one, best two, …), for up to three choices at
    once; the best F1 wins, and a longer rule must be clearly better than a shorter one.
    """
    if not holds.any() or holds.all():
        return None
    levels = {name: tuple(dict.fromkeys(words)) for name, words in choices.items()}
    tried = {name: _best_words(words, holds) for name, words in choices.items() if len(levels[name]) > 1}
    best, best_score = None, _f1(np.ones(len(holds), bool), holds)
    for size in range(1, MOST_CHOICES_IN_A_RULE + 1):
        found, score = _best_of_size(tried, holds, size)
        if found is not None and score > best_score + WORTH_ANOTHER:
            best, best_score = found, score
    if best is None:
        return None
    left = {name: tuple(w for w in levels[name] if w not in words) for name, words in best.takes.items()}
    return replace(best, leaves=left)


def _best_words(words: Sequence[str], holds: Flags) -> list[tuple[tuple[str, ...], Flags]]:
    column = np.asarray(words)
    levels = list(dict.fromkeys(words))
    often = {word: holds[column == word].mean() for word in levels}
    order = sorted(levels, key=lambda word: (-often[word], levels.index(word)))
    kept = [tuple(sorted(order[:size], key=levels.index)) for size in range(1, len(order))]
    return [(taken, np.isin(column, taken)) for taken in kept]


def _best_of_size(
    tried: Mapping[str, list[tuple[tuple[str, ...], Flags]]], holds: Flags, size: int
) -> tuple[Rule | None, float]:
    best, best_score = None, -1.0
    for names in itertools.combinations(tried, size):
        for combination in itertools.product(*(tried[name] for name in names)):
            inside = np.logical_and.reduce([flags for _, flags in combination])
            score = _f1(inside, holds)
            if score > best_score:
                best_score = score
                best = Rule(
                    takes={name: words for name, (words, _) in zip(names, combination, strict=True)},
                    leaves={},
                    inside=int(inside.sum()),
                    held_inside=int((inside & holds).sum()),
                    outside=int((~inside).sum()),
                    held_outside=int((~inside & holds).sum()),
                )
    return best, best_score


def _f1(inside: Flags, holds: Flags) -> float:
    both = int((inside & holds).sum())
    return 2 * both / (int(inside.sum()) + int(holds.sum())) if both else 0.0
