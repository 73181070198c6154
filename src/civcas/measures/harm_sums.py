"""Sums of recorded harm over windows, for many readings at once.

One Ibis expression brings the table down to a cube (belligerent × month × grading × attribution); every reading is then a choice
of gradings and attributions and a stretch of months.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import ibis
import numpy as np
import numpy.typing as npt

from civcas.errors import BadInput, UnknownName
from civcas.measures import count_model
from civcas.measures.count_model import Dispersion
from civcas.terms.reading import Reading
from civcas.terms.vocabulary import Attribution, Bound, Exposure, Grades, Grading
from civcas.terms.window import Window, month_number

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Key = tuple[str, Grades, Attribution, Bound]

ATTRIBUTIONS = ("sole", "shared")
TAKES = {Attribution.SOLE: ("sole",), Attribution.SHARED: ("shared",), Attribution.ANY: ATTRIBUTIONS}
QUANTITIES = ("killed_min", "killed_max", "incidents", "without_a_number")


def monthly_harm(harm: ibis.Table, *, area: str) -> ibis.Table:
    """Incidents and killed by belligerent, month, grading and attribution in one area."""
    return (
        harm.filter(harm.area == area)
        .group_by("belligerent", "period_start", "period_end", "grading", "attribution")
        .agg(**{quantity: harm[quantity].sum() for quantity in QUANTITIES})
        .order_by("belligerent", "period_start", "grading", "attribution")
    )


@dataclass(frozen=True)
class MonthlyHarm:
    """The cube: `counts[belligerent, month, grading, attribution, quantity]`; a month without a row has none recorded."""

    area: str
    belligerents: tuple[str, ...]
    first_month: int
    counts: Array

    @classmethod
    def of(cls, harm: ibis.Table, *, area: str) -> MonthlyHarm:
        """Run the expression; the months must be whole calendar months."""
        rows = monthly_harm(harm, area=area).to_pyarrow().to_pydict()
        if not rows["belligerent"]:
            areas = sorted(harm.select("area").distinct().to_pyarrow()["area"].to_pylist())
            raise UnknownName("area", area, areas, where="harm_by_period")
        starts, ends = rows["period_start"], rows["period_end"]
        odd = next((s for s, e in zip(starts, ends, strict=True) if Window.parse(f"{s:%Y-%m}") != Window(s, e)), None)
        if odd is not None:
            raise BadInput(
                f"a period that begins {odd} is not a calendar month", where="harm_by_period", expected="months"
            )
        names = tuple(sorted(set(rows["belligerent"])))
        gradings = [str(g) for g in Grading]
        unknown = sorted(set(rows["grading"]) - set(gradings))
        if unknown:
            raise UnknownName("grading", unknown[0], gradings, where="harm_by_period")
        months = np.array([month_number(s) for s in starts])
        counts = np.zeros((len(names), months.max() - months.min() + 1, len(gradings), 2, len(QUANTITIES)))
        where = (
            np.array([names.index(n) for n in rows["belligerent"]]),
            months - months.min(),
            np.array([gradings.index(g) for g in rows["grading"]]),
            np.array([ATTRIBUTIONS.index(a) for a in rows["attribution"]]),
        )
        for place, quantity in enumerate(QUANTITIES):
            np.add.at(counts[..., place], where, np.array(rows[quantity], float))
        return cls(area=area, belligerents=names, first_month=int(months.min()), counts=counts)

    @property
    def covers(self) -> Window:
        """From the first month with any row to the last: outside, nothing is known."""
        last = self.first_month + self.counts.shape[1]
        end = dt.date(last // 12, last % 12 + 1, 1) - dt.timedelta(days=1)
        return Window(dt.date(self.first_month // 12, self.first_month % 12 + 1, 1), end)

    def recorded(self, belligerent: str) -> Window:
        """From the first month in which a belligerent is recorded, under any grade, to the last."""
        of = self.counts[self.belligerents.index(belligerent), ..., QUANTITIES.index("incidents")]
        months = np.flatnonzero(of.sum(axis=(1, 2))) + self.first_month
        first, last = int(months[0]), int(months[-1]) + 1
        end = dt.date(last // 12, last % 12 + 1, 1) - dt.timedelta(days=1)
        return Window(dt.date(first // 12, first % 12 + 1, 1), end)

    def around(self, belligerent: str, window: Window, *, months: int) -> slice:
        """A window's months with those around it in which the belligerent is recorded; the first of all may be partial and is left out."""
        recorded = self.recorded(belligerent)
        first, last = (month_number(day) - self.first_month for day in (window.first, window.last))
        begin = month_number(recorded.first) - self.first_month + 1
        end = month_number(recorded.last) - self.first_month
        return slice(max(begin, first - months), min(end, last + months) + 1)

    def require(self, belligerent: str) -> None:
        if belligerent not in self.belligerents:
            raise UnknownName("belligerent", belligerent, self.belligerents, where=f"harm_by_period, {self.area}")

    def series(self, key: Key) -> tuple[Array, Array, Array]:
        """Deaths, incidents with a number and incidents without one, by month, for one way of counting."""
        belligerent, grades, attribution, bound = key
        chosen = self.counts[self.belligerents.index(belligerent)]
        gradings = [list(Grading).index(g) for g in grades.gradings]
        columns = [ATTRIBUTIONS.index(a) for a in TAKES[attribution]]
        by_month = chosen[:, gradings][:, :, columns].sum(axis=(1, 2))
        deaths = by_month[:, QUANTITIES.index("killed_min" if bound == Bound.MIN else "killed_max")]
        without = by_month[:, QUANTITIES.index("without_a_number")]
        return deaths, by_month[:, QUANTITIES.index("incidents")] - without, without

    @cached_property
    def days(self) -> Array:
        """Days of each month."""
        numbers = range(self.first_month, self.first_month + self.counts.shape[1] + 1)
        firsts = np.array([dt.date(n // 12, n % 12 + 1, 1) for n in numbers], dtype="datetime64[D]")
        return np.asarray(np.diff(firsts).astype(float))


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowSums:
    """Sums over each reading's window on one side (arrays, one element a reading), and the φ of its deaths."""

    deaths: Array
    incidents: Array
    without: Array
    months: Array
    days: Array
    dispersion: Dispersion


def window_sums(cube: MonthlyHarm, readings: Sequence[Reading], *, side: int) -> WindowSums:
    """Sum and spread of each reading's months; readings that share window, grades and the rest are worked out once."""
    keys = [
        (r.belligerents[side], r.grades, r.attribution, r.bound, r.window_of(side), _shape(r.exposure_of(side)))
        for r in readings
    ]
    unique = {key: place for place, key in enumerate(dict.fromkeys(keys))}
    which = np.array([unique[key] for key in keys])
    known = {key: cube.series(key) for key in dict.fromkeys(key[:4] for key in unique)}
    deaths, incidents, without = (np.stack([known[key[:4]][column] for key in unique]) for column in range(3))
    inside, months = _inside(cube, [key[4] for key in unique])
    exposure = np.stack([_monthly_exposure(cube, key[5], known[key[:4]][1]) for key in unique])
    spread = count_model.dispersion(deaths, exposure, inside)
    return WindowSums(
        deaths=np.where(inside, deaths, 0).sum(axis=1)[which],
        incidents=np.where(inside, incidents, 0).sum(axis=1)[which],
        without=np.where(inside, without, 0).sum(axis=1)[which],
        months=months[which],
        days=np.array([key[4].days for key in unique], float)[which],
        dispersion=Dispersion(phi=spread.phi[which], degrees=spread.degrees[which]),
    )


def _inside(cube: MonthlyHarm, windows: Sequence[Window]) -> tuple[Flags, Array]:
    """Which of the cube's months each window takes, and how many months it has, whether the cube covers them or not."""
    starts = np.array([month_number(w.first) for w in windows])[:, None] - cube.first_month
    stops = np.array([month_number(w.last) for w in windows])[:, None] - cube.first_month
    columns = np.arange(cube.counts.shape[1])
    return (columns >= starts) & (columns <= stops), (stops - starts + 1)[:, 0].astype(float)


def _shape(exposure: Exposure) -> Exposure:
    """How an exposure is spread over months: by days, by incidents, or evenly where only its total is known."""
    return exposure if exposure in (Exposure.DAY, Exposure.INCIDENT) else Exposure.MONTH


def _monthly_exposure(cube: MonthlyHarm, shape: Exposure, incidents: Array) -> Array:
    if shape == Exposure.INCIDENT:
        return incidents
    return cube.days if shape == Exposure.DAY else np.ones_like(cube.days)
