"""Records of months drawn again: what every reading would say if the campaign's incidents had come about once more.

A cell (belligerent, month, grading, attribution) is drawn once, whatever readings are asked: its month's shock, common to all cells of the
belligerent in that month and correlated over months as the belligerent's record shows, and noise of its own incidents (compound Poisson:
relative variance κ/n for n incidents, κ = E(X²)/E(X)² of the numbers killed). A sum's deviation is the deaths-weighed mean of its cells';
all sums together are one matrix product for each belligerent. Each reading's deviations are then scaled so that the middle 95% of the
draws is as wide as its own interval: how wide comes from the interval, how readings move together comes from the cells they share.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
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
Part = tuple[Grades, Attribution, Bound, int, int, bool]
"""Grades, attribution, bound, first month and the month after the last, and whether the sum is divided by its incidents."""

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
    reader: Reader, readings: Sequence[Reading], rates: LogRate, answered: npt.NDArray[np.bool_], *, times: int, seed: int
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
        wide = half / ndtri(0.5 + LEVEL / 2) / np.sqrt((apart**2).mean(axis=0))
        apart *= np.where(answered, wide, np.nan)
        np.exp(apart, out=apart)
        apart *= rates.rate
    return apart


def _deviations(
    cube: MonthlyHarm, who: str, readings: Sequence[Reading], side: int, *, times: int, seed: int
) -> Array:
    """Relative deviations of one belligerent's sums, shape (times, readings)."""
    parts = [_part(reading, side) for reading in readings]
    unique = {part: place for place, part in enumerate(dict.fromkeys(parts))}
    counts = cube.counts[cube.belligerents.index(who)]
    incidents = counts[..., QUANTITIES.index("incidents")] - counts[..., QUANTITIES.index("without_a_number")]
    filled = np.flatnonzero(incidents > 0)
    masks = np.zeros((2, len(filled), len(unique)))
    for part, place in unique.items():
        masks[:, :, place] = _mask(counts, incidents, part, cube.first_month).reshape(2, -1)[:, filled]
    arrivals, sizes = _cells(cube, who, incidents, times=times, seed=seed)
    drawn = np.concatenate([arrivals.reshape(times, -1)[:, filled], sizes.reshape(times, -1)[:, filled]], axis=1)
    return np.asarray((drawn @ masks.reshape(-1, len(unique)))[:, [unique[part] for part in parts]])


def _part(reading: Reading, side: int) -> Part:
    bound = Bound.MAX if reading.bound == Bound.MAX else Bound.MIN
    per_incident = reading.exposure_of(side) == Exposure.INCIDENT
    window = reading.window_of(side)
    first = month_number(window.first)
    return reading.grades, reading.attribution, bound, first, first + window.months, per_incident


def _mask(counts: Array, incidents: Array, part: Part, origin: int) -> Array:
    """What each cell's arrivals and sizes weigh in one sum; shape (2, months, gradings, attributions)."""
    grades, attribution, bound, first, stop, per_incident = part
    inside = np.zeros(incidents.shape, bool)
    gradings = [list(Grading).index(g) for g in grades.gradings]
    columns = [ATTRIBUTIONS.index(a) for a in TAKES[attribution]]
    inside[np.ix_(range(max(first - origin, 0), min(stop - origin, len(counts))), gradings, columns)] = True
    deaths = np.where(inside, counts[..., QUANTITIES.index(f"killed_{bound}")], 0.0)
    share = deaths / max(deaths.sum(), 1.0)
    number = np.where(inside, incidents, 0.0)
    less = number / max(number.sum(), 1.0) if per_incident else 0.0
    return np.stack([share - less, share])


def _cells(cube: MonthlyHarm, who: str, incidents: Array, *, times: int, seed: int) -> tuple[Array, Array]:
    """Draws of every cell's number of incidents and of their mean size, as relative deviations; shape (times, *incidents.shape).

    The seed is of the belligerent and area, so that no other reading changes them.
    """
    habits = _habits(cube, who)
    random = np.random.default_rng([seed, zlib.crc32(f"{cube.area}\n{who}".encode())])
    months = len(incidents)
    shocks = random.standard_normal((times, months))
    for month in range(1, months):
        fresh = np.sqrt(1 - habits.correlation**2) * shocks[:, month]
        shocks[:, month] = habits.correlation * shocks[:, month - 1] + fresh
    spread = 1 / np.sqrt(np.fmax(incidents, 1.0))
    arrivals = random.standard_normal((times, *incidents.shape)) * spread
    arrivals += np.sqrt(habits.shock) * shocks[:, :, None, None]
    sizes = random.standard_normal((times, *incidents.shape)) * (spread * np.sqrt(habits.sizes - 1))
    return arrivals, sizes


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
