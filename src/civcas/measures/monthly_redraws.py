"""Records of months drawn again: what every reading would say if the campaign's incidents had come about once more.

A cell (belligerent, month, grading, attribution) is drawn once, whatever readings are asked: its month's shock, common to all cells of the
belligerent in that month and correlated over months as the belligerent's record shows, and noise of its own incidents (compound Poisson:
relative variance κ/n for n incidents, κ = E(X²)/E(X)² of the numbers killed). A sum's deviation is the deaths-weighed mean of its cells';
all sums together are one matrix product for each belligerent. Each reading's deviations are then scaled so that the middle 95% of the
draws is as wide as its own interval: how wide comes from the interval, how readings move together comes from the cells they share.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from civcas.measures import count_model, month_correlation
from civcas.measures.comparison import Reader
from civcas.measures.count_model import LogRate
from civcas.measures.harm_sums import ATTRIBUTIONS, QUANTITIES, TAKES, MonthlyHarm
from civcas.measures.rate_spread import log_levels
from civcas.terms.reading import Reading
from civcas.terms.vocabulary import Attribution, Bound, Exposure, Grades, Grading
from civcas.terms.window import month_number

Array = npt.NDArray[np.float64]
Part = tuple[Grades, Attribution, int, int, str]
"""Grades, attribution, first month and the month after the last, and what is summed."""

LEVEL = 0.95
LARGEST_SHOCK = 1.0
"""Relative variance of a month's level, at most: a campaign that dies away is not a month that might have been."""
LEAST_SIZES = 1.05
"""κ of numbers killed that hardly differ."""
FEWEST_MONTHS = 6
UNKNOWN_VARIANCE = 0.25
"""Relative variance of a month's level where too few months are recorded to tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """How one belligerent's record varies: relative variance and correlation of its months' levels, and κ of numbers killed."""

    shock: float
    correlation: float
    sizes: float


def redraw(
    reader: Reader,
    readings: Sequence[Reading],
    rates: LogRate,
    answered: npt.NDArray[np.bool_],
    *,
    times: int,
    seed: int,
) -> Array:
    """Drawn answers, shape (times, readings): `rates` times exp(deviation), first side less second; nan where not `answered`."""
    apart = np.zeros((times, len(readings)))
    for side in range(len(readings[0].belligerents)):
        for who in dict.fromkeys(reading.belligerents[side] for reading in readings):
            places = [p for p, r in enumerate(readings) if r.belligerents[side] == who and answered[p]]
            if not places:
                continue
            drawn = _deviations(reader.cube, who, [readings[p] for p in places], side, times=times, seed=seed)
            apart[:, places] += drawn if side == 0 else -drawn
    half = count_model.reach(rates.log_variance, rates.degrees, level=LEVEL)
    with np.errstate(divide="ignore", invalid="ignore"):
        wide = half / ndtri(0.5 + LEVEL / 2) / np.sqrt(np.einsum("ij,ij->j", apart, apart) / times)
        apart *= np.where(answered, wide, np.nan)
        np.exp(apart, out=apart)
        apart *= rates.rate
    return apart


def _deviations(cube: MonthlyHarm, who: str, readings: Sequence[Reading], side: int, *, times: int, seed: int) -> Array:
    """Relative deviations of one belligerent's sums, shape (times, readings): of deaths, less those of incidents where per incident."""
    deaths = [
        (*_part(reading, side), f"killed_{Bound.MAX if reading.bound == Bound.MAX else Bound.MIN}")
        for reading in readings
    ]
    numbers = [
        (*part[:-1], "numbered") if _per_incident(reading, side) else None
        for part, reading in zip(deaths, readings, strict=True)
    ]
    counts = cube.counts[cube.belligerents.index(who)]
    cells = {name: counts[..., place] for place, name in enumerate(QUANTITIES)}
    cells["numbered"] = cells["incidents"] - cells["without_a_number"]
    arrivals, totals = _cells(cube, who, cells["numbered"], times=times, seed=seed)
    unique = {part: place for place, part in enumerate(dict.fromkeys(deaths))}
    apart = (totals @ _masks(cells, list(unique), cube.first_month))[:, [unique[part] for part in deaths]]
    divided = [place for place, part in enumerate(numbers) if part]
    if divided:
        unique = {part: place for place, part in enumerate(dict.fromkeys(part for part in numbers if part))}
        drawn = arrivals @ _masks(cells, list(unique), cube.first_month)
        apart[:, divided] -= drawn[:, [unique[part] for part in numbers if part]]
    return np.asarray(apart)


def _part(reading: Reading, side: int) -> tuple[Grades, Attribution, int, int]:
    window = reading.window_of(side)
    first = month_number(window.first)
    return reading.grades, reading.attribution, first, first + window.months


def _per_incident(reading: Reading, side: int) -> bool:
    return reading.exposure_of(side) == Exposure.INCIDENT


def _masks(cells: Mapping[str, Array], parts: Sequence[Part], origin: int) -> Array:
    """What share of each sum every cell holds; shape (cells with a number, parts), one column a sum, summing to 1."""
    filled = np.flatnonzero(cells["numbered"] > 0)
    masks = np.zeros((len(parts), len(filled)))
    kinds: dict[tuple[Grades, Attribution, str], Array] = {}
    months = filled // int(np.prod(cells["numbered"].shape[1:]))
    for place, (grades, attribution, first, stop, quantity) in enumerate(parts):
        kind = (grades, attribution, quantity)
        if kind not in kinds:
            held = np.zeros_like(cells[quantity])
            gradings = [list(Grading).index(g) for g in grades.gradings]
            columns = [ATTRIBUTIONS.index(a) for a in TAKES[attribution]]
            chosen = np.ix_(range(len(held)), gradings, columns)
            held[chosen] = cells[quantity][chosen]
            kinds[kind] = held.ravel()[filled]
        begin, end = np.searchsorted(months, (first - origin, stop - origin))
        masks[place, begin:end] = kinds[kind][begin:end]
    return np.asarray((masks / np.fmax(masks.sum(axis=1, keepdims=True), 1e-300)).T)


def _cells(cube: MonthlyHarm, who: str, incidents: Array, *, times: int, seed: int) -> tuple[Array, Array]:
    """Draws of the number of incidents of every cell that has some, and of its deaths, as relative deviations; shapes (times, cells).

    The seed is of the belligerent and area, so that no other reading changes them.
    """
    habits = _habits(cube, who)
    random = np.random.default_rng([seed, zlib.crc32(f"{cube.area}\n{who}".encode())])
    shocks = random.standard_normal((times, len(incidents)))
    for month in range(1, len(incidents)):
        fresh = np.sqrt(1 - habits.correlation**2) * shocks[:, month]
        shocks[:, month] = habits.correlation * shocks[:, month - 1] + fresh
    filled = np.flatnonzero(incidents > 0)
    spread = 1 / np.sqrt(incidents.ravel()[filled])
    arrivals = random.standard_normal((times, len(filled))) * spread
    arrivals += np.sqrt(habits.shock) * shocks[:, filled // int(np.prod(incidents.shape[1:]))]
    sizes = random.standard_normal((times, len(filled))) * (spread * np.sqrt(habits.sizes - 1))
    return arrivals, arrivals + sizes


def _habits(cube: MonthlyHarm, who: str) -> Habits:
    """From all that is recorded of a belligerent, whatever grade, at the lowest numbers."""
    counts = cube.counts[cube.belligerents.index(who)].sum(axis=(1, 2))
    recorded = cube.recorded(who)
    first = month_number(recorded.first) - cube.first_month
    stretch = slice(first, first + recorded.months)
    deaths, incidents = counts[stretch, QUANTITIES.index("killed_min")], counts[stretch, QUANTITIES.index("incidents")]
    incidents = incidents - counts[stretch, QUANTITIES.index("without_a_number")]
    if len(deaths) < FEWEST_MONTHS or not deaths.sum():
        return Habits(shock=UNKNOWN_VARIANCE, correlation=0.0, sizes=2.0)
    levels = log_levels(deaths[None], np.ones((1, len(deaths))))
    chance = month_correlation.chances(levels)[0]
    rho, own = chance @ month_correlation.GRID
    neighbours = float((np.diff(levels[0]) ** 2).mean() / 2)
    shock = (1 - own) * neighbours / (1 - (1 - own) * rho)
    return Habits(shock=float(min(shock, LARGEST_SHOCK)), correlation=float(rho), sizes=_sizes(deaths, incidents))


def _sizes(deaths: Array, incidents: Array) -> float:
    """κ = E(X²)/E(X)² of the numbers killed, from how months' deaths scatter about their number of incidents."""
    mean = deaths.sum() / max(incidents.sum(), 1.0)
    seen = incidents > 0
    scatter = ((deaths - mean * incidents)[seen] ** 2).sum() / max(incidents.sum(), 1.0)
    return float(max(1 + scatter / mean**2, LEAST_SIZES))
