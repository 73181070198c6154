"""The answers of a grid as columns, one element a reading: what the rules about many readings at once are computed on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from civcas.claims.grid import Grid
from civcas.claims.outcome import Outcome, interval
from civcas.terms.estimate import Estimate
from civcas.terms.vocabulary import ReadingOutcome

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """Readings as columns of length n; numbers are on the scale the readings are compared on, nan where refused.

    `value`, `low`, `high`: the answer and its interval (an open end is infinite, no interval is nan). `error`: the standard error.
    `deviations`: how far each redrawn answer lies from the answer itself, shape (times, n); None where nothing could be redrawn.
    `neutral`: where two compared sides are equal, on the same scale; None where nothing is compared.
    """

    value: Array
    low: Array
    high: Array
    error: Array
    supports: Flags
    contradicts: Flags
    refused: Flags
    direction: NDArray[np.int64]
    logarithmic: bool
    neutral: float | None = None
    deviations: NDArray[np.float32] | None = None

    @classmethod
    def of(cls, grid: Grid, outcomes: Sequence[Outcome], *, no_difference: float | None) -> Curve:
        """Ratios, and positive numbers of which none is a difference, are compared by their logarithm."""
        value, low, high, level = _numbers(grid)
        seen = np.isfinite(value)
        log = no_difference != 0 and bool((value[seen] > 0).all())
        with np.errstate(divide="ignore", invalid="ignore"):
            ends = [np.log(np.fmax(each, 0)) if log else each for each in (value, low, high)]
        deviations = None
        if grid.draws is not None:
            with np.errstate(divide="ignore", invalid="ignore"):
                drawn = np.log(grid.draws) if log else grid.draws
            deviations = (drawn - ends[0]).astype(np.float32)
            deviations[~np.isfinite(deviations)] = 0.0
        neutral = None if no_difference is None else math.log(no_difference) if log else no_difference
        says = [each.says for each in outcomes]
        return cls(
            value=ends[0],
            low=ends[1],
            high=ends[2],
            error=_error(ends, level, deviations),
            supports=np.array([each == ReadingOutcome.SUPPORTS for each in says], bool),
            contradicts=np.array([each == ReadingOutcome.CONTRADICTS for each in says], bool),
            refused=np.array([each == ReadingOutcome.REFUSED for each in says], bool),
            direction=np.array([each.direction for each in outcomes], np.int64),
            logarithmic=log,
            neutral=neutral,
            deviations=deviations,
        )

    def plain(self, number: float) -> float:
        """A number of this scale as the measure gives it."""
        return math.exp(number) if self.logarithmic else number


def _numbers(grid: Grid) -> tuple[Array, Array, Array, Array]:
    rows = []
    for cell in grid.cells:
        answer = cell.answer
        if not isinstance(answer, Estimate):
            rows.append((math.nan,) * 4)
            continue
        low, high = interval(answer) or (math.nan, math.nan)
        rows.append((answer.value, low, high, math.nan if answer.level is None else answer.level))
    columns = np.array(rows, float).reshape(-1, 4)
    return columns[:, 0], columns[:, 1], columns[:, 2], columns[:, 3]


def _error(ends: Sequence[Array], level: Array, deviations: NDArray[np.float32] | None) -> Array:
    """The standard error: of the redrawn answers, or a quarter of an interval of 95%."""
    if deviations is not None:
        return np.asarray(deviations.std(axis=0, dtype=np.float64))
    with np.errstate(invalid="ignore"):
        width = ends[2] - ends[1]
    return np.where(np.isfinite(width) & np.isfinite(level), width / 4, 0.0)
