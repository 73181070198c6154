"""How sure each reading's rate is: the long-run spread of its window's months, worked out once for readings that share them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from civcas.measures import count_model, month_correlation
from civcas.measures.count_model import FEWEST_MONTHS
from civcas.measures.harm_sums import Key, MonthlyHarm, Series
from civcas.measures.month_correlation import NEIGHBOURS
from civcas.terms.vocabulary import Exposure
from civcas.terms.window import Window, month_number

Array = npt.NDArray[np.float64]
Part = tuple[Key, Window, Exposure]
"""A way of counting, a window, and how the exposure is spread over its months."""

FEWEST_EFFECTIVE = 2.0
"""Below so many equal incidents one incident carries the sum, and what others would have brought is not to be seen."""
FEWEST_RECORDED = 8
"""With fewer months in all, how alike they are cannot be told: six alone held the truth in as few as 80 of 100 records."""
NO_DEATH = "No death is recorded, so no interval can be given."
ONE_INCIDENT = (
    "One incident holds all or most of the deaths, and what other incidents would have brought cannot be seen. "
    "So no interval can be given."
)
FEW_MONTHS = "Too few months are recorded, or have deaths, to tell how they vary, so no interval can be given."
TOO_WIDE = (
    "The interval would reach further than a factor of 1,000 from the value, which says nothing; so none is given."
)


def shape_of(exposure: Exposure) -> Exposure:
    """How an exposure is spread over months: by days, by incidents, or evenly where only its total is known."""
    return exposure if exposure in (Exposure.DAY, Exposure.INCIDENT) else Exposure.MONTH


def log_levels(deaths: Array, exposure: Array) -> Array:
    """Months on a scale on which a month of twice the deaths is as far as one of half of them; shape (rows, months).

    A third of the mean is added first, so that months without deaths are far but not endlessly far.
    """
    if not deaths.shape[1]:
        return deaths
    even = deaths * exposure.mean(axis=1, keepdims=True) / exposure
    return np.asarray(np.log(even + 0.3 * even.mean(axis=1, keepdims=True) + 0.5))


@lru_cache(maxsize=4)
def _known(belligerents: tuple[str, ...], first_month: int, contents: str) -> dict[Part, tuple[float, float]]:
    return {}


@dataclass(frozen=True)
class Spreads:
    """Squared scale and degrees of freedom of the log rate, by part; nan where the months cannot tell."""

    cube: MonthlyHarm
    known: dict[Part, tuple[float, float]] = field(default_factory=dict)

    @classmethod
    def in_cube(cls, cube: MonthlyHarm) -> Spreads:
        """Those worked out for the same months before, if they were among the last few; months that are equal have equal spreads."""
        contents = hashlib.sha256(cube.counts.tobytes()).hexdigest()
        return cls(cube=cube, known=_known(cube.belligerents, cube.first_month, contents))

    def of(self, parts: Sequence[Part]) -> tuple[Array, Array]:
        """Variances and degrees of each part, shape (parts,)."""
        new = [part for part in dict.fromkeys(parts) if part not in self.known]
        stretches = {
            (who, window): self.cube.around(who, window, months=NEIGHBOURS)
            for who, window in dict.fromkeys((part[0][0], part[1]) for part in new)
        }
        sizes: dict[tuple[int, int, Exposure], list[Part]] = {}
        for part in new:
            stretch = stretches[part[0][0], part[1]]
            sizes.setdefault((part[1].months, stretch.stop - stretch.start, part[2]), []).append(part)
        series = {key: self.cube.series(key) for key in dict.fromkeys(part[0] for part in new)}
        for (_, _, shape), alike in sizes.items():
            around = [stretches[part[0][0], part[1]] for part in alike]
            variance, degrees = self._spread(alike, around, [series[part[0]] for part in alike], shape)
            self.known.update(zip(alike, zip(variance.tolist(), degrees.tolist(), strict=True), strict=True))
        both = np.array([self.known[part] for part in parts]).reshape(-1, 2)
        return both[:, 0], both[:, 1]

    def _spread(
        self, parts: Sequence[Part], stretches: Sequence[slice], series: Sequence[Series], shape: Exposure
    ) -> tuple[Array, Array]:
        """Of parts whose windows, and the stretches around them, are of one length."""
        inner, outer = [], []
        for (_, window, _), stretch, each in zip(parts, stretches, series, strict=True):
            first = month_number(window.first) - self.cube.first_month
            inner.append(self._columns(each, slice(first, first + window.months), shape))
            outer.append(self._columns(each, stretch, shape))
        near, far = (np.ascontiguousarray(np.array(columns).swapaxes(0, 1)) for columns in (inner, outer))
        return spread_of(near, far, per_incident=shape == Exposure.INCIDENT)

    def _columns(self, series: Series, months: slice, shape: Exposure) -> list[Array]:
        exposure = {Exposure.INCIDENT: series.incidents, Exposure.DAY: self.cube.days}.get(
            shape, np.ones_like(self.cube.days)
        )
        return [column[months] for column in (series.deaths, exposure, series.squares)]


def spread_of(window: Array, around: Array, *, per_incident: bool) -> tuple[Array, Array]:
    """Squared scale and degrees of freedom of the log rate of each row.

    `window` and `around` have shape (3, rows, months): deaths, exposure, and squares of deaths over incidents. Months without exposure say
    nothing of deaths per incident and deviate by nothing.
    """
    deaths, exposure, squares = window
    near = count_model.influence(deaths, exposure)
    far = count_model.influence(around[0], around[1])
    total = deaths.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        floor = 1 / total if per_incident else squares.sum(axis=1) / total**2
        effective = total**2 / squares.sum(axis=1)
    levels = (
        [_signed_root(far), _signed_root(near)]
        if per_incident
        else [log_levels(*each[:2]) for each in (around, window)]
    )
    own = levels[1] if deaths.shape[1] >= FEWEST_MONTHS else None
    found = count_model.spread(near, far, month_correlation.chances(levels[0], own), floor=floor)
    usable = (effective >= FEWEST_EFFECTIVE) & (around.shape[2] >= FEWEST_RECORDED)
    if deaths.shape[1] >= FEWEST_MONTHS:
        usable &= (deaths > 0).sum(axis=1) > 1
    return np.where(usable, found.variance, np.nan), np.where(usable, found.degrees, np.nan)


def _signed_root(deviations: Array) -> Array:
    """Deviations on a scale on which one terrible month does not outweigh all others; unknown ones are 0."""
    return np.asarray(np.nan_to_num(np.sign(deviations) * np.sqrt(np.abs(deviations))))
