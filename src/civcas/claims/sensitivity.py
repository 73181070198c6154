"""How much of the spread between readings each choice explains, beyond what chance alone would make it explain."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from civcas.claims.curve import Array


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """The share of the spread that one choice explains, net of chance, with an interval where the answers could be redrawn."""

    choice: str
    share: float
    low: float | None = None
    high: float | None = None


def shares(
    choices: Mapping[str, Sequence[str]], values: Array, deviations: np.ndarray | None = None
) -> tuple[Share, ...]:
    """Each choice's share of the spread of `values` (one column of words a choice, one element a reading), largest first.

    Refusals leave the grid uneven, so main effects overlap; each choice gets its average gain in explained sum of squares over all orders
    of adding choices (Shapley value; Lindeman, Merenda & Gold 1980). With `deviations`, shape (times, readings), the sum of squares that
    redrawn answers make by chance is taken out first, from each choice and from the whole, and the interval holds 95% of the shares of
    redrawn curves. The shares add up to what all main effects explain; the rest is interaction. Copies must have been left out.
    """
    names = [name for name, words in choices.items() if len(set(words)) > 1]
    if len(values) < 3 or not names or float(np.ptp(values)) == 0:
        return ()
    drawn = np.zeros((0, len(values))) if deviations is None else np.asarray(deviations, float)
    columns = np.vstack([values[None], values + drawn, drawn]).T
    columns = columns - columns.mean(axis=0)
    total = (columns**2).sum(axis=0)
    blocks = {name: _dummies(choices[name]) for name in names}
    explained = _explained(blocks, columns)
    found = [_share(name, _gain(name, names, explained), total, len(drawn)) for name in names]
    return tuple(sorted(found, key=lambda each: (-each.share, each.choice)))


def _share(name: str, gain: Array, total: Array, times: int) -> Share:
    """`gain` and `total` hold the curve seen, then the redrawn curves, then chance alone."""
    if not times:
        return Share(choice=name, share=round(float(max(gain[0] / total[0], 0.0)), 4))
    redrawn, chance = slice(1, 1 + times), slice(1 + times, None)
    by_chance, all_by_chance = float(gain[chance].mean()), float(total[chance].mean())
    net = _ratio(gain[0] - by_chance, total[0] - all_by_chance)
    # a redrawn curve holds chance twice: that of the record seen, and that of the drawing
    again = _ratio(gain[redrawn] - 2 * by_chance, total[redrawn] - 2 * all_by_chance)
    low, high = np.quantile(again, [0.025, 0.975])
    return Share(choice=name, share=round(float(net), 4), low=round(float(low), 4), high=round(float(high), 4))


def _ratio(part: Array | float, whole: Array | float) -> Array:
    part, whole = np.asarray(part), np.asarray(whole)
    return np.asarray(np.clip(np.where(whole > 0, part / np.where(whole > 0, whole, 1), 0.0), 0.0, 1.0))


def _gain(name: str, names: Sequence[str], explained: Mapping[frozenset[str], Array]) -> Array:
    others = [other for other in names if other != name]
    count = len(names)
    gain = np.zeros_like(explained[frozenset()])
    for size in range(count):
        weight = math.factorial(size) * math.factorial(count - size - 1) / math.factorial(count)
        for taken in itertools.combinations(others, size):
            gain = gain + weight * (explained[frozenset((*taken, name))] - explained[frozenset(taken)])
    return gain


def _dummies(words: Sequence[str]) -> Array:
    levels = {word: place for place, word in enumerate(dict.fromkeys(words))}
    columns = np.eye(len(levels))[[levels[word] for word in words]]
    return np.asarray(columns[:, 1:])


def _explained(blocks: Mapping[str, Array], columns: Array) -> dict[frozenset[str], Array]:
    """The sum of squares that every subset of blocks explains in each column, from one cross-product matrix."""
    names = list(blocks)
    design = np.column_stack([blocks[name] for name in names])
    design = design - design.mean(axis=0)
    gram, moment = design.T @ design, design.T @ columns
    ends = np.cumsum([blocks[name].shape[1] for name in names])
    columns_of = {name: range(end - blocks[name].shape[1], end) for name, end in zip(names, ends, strict=True)}
    explained = {frozenset[str](): np.zeros(columns.shape[1])}
    for size in range(1, len(names) + 1):
        for taken in itertools.combinations(names, size):
            at = [column for name in taken for column in columns_of[name]]
            solved = np.linalg.lstsq(gram[np.ix_(at, at)], moment[at], rcond=1e-10)[0]
            explained[frozenset(taken)] = np.asarray((moment[at] * solved).sum(axis=0))
    return explained
