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
from civcas.terms.reading import Reading
from civcas.terms.vocabulary import Attribution, Bound, Grades, Grading
from civcas.terms.window import Window, month_number

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Key = tuple[str, Grades, Attribution, Bound]

ATTRIBUTIONS = ("sole", "shared")
TAKES = {Attribution.SOLE: ("sole",), Attribution.SHARED: ("shared",), Attribution.ANY: ATTRIBUTIONS}
QUANTITIES = ("killed_min", "killed_max", "incidents", "without_a_number", "open_above")


def monthly_harm(harm: ibis.Table, *, area: str) -> ibis.Table:
    """Incidents and killed by belligerent, month, grading and attribution in one area.

    `open_above` counts rows with numbers whose highest sum is null or nan: nobody says how many it may be at most.
    """
    highest = harm.killed_max
    unsaid = highest.isnull() | highest.isnan() if highest.type().is_floating() else highest.isnull()
    known = harm.mutate(
        killed_max=ibis.ifelse(unsaid, harm.killed_min, highest),
        open_above=(unsaid & (harm.incidents > harm.without_a_number)).cast("int64"),
    )
    return (
        known.filter(known.area == area)
        .group_by("belligerent", "period_start", "period_end", "grading", "attribution")
        .agg(**{quantity: known[quantity].sum() for quantity in QUANTITIES})
        .order_by("belligerent", "period_start", "grading", "attribution")
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Deaths, incidents with a number and without one, by month of the cube; arrays of one shape.

    `squares` are Σd²/n over the cells of each month, as if a cell's deaths d fell equally on its n incidents: the least that the squares
    of the incidents' own numbers can sum to. `open_above` are rows without an upper end.
    """

    deaths: Array
    incidents: Array
    without: Array
    squares: Array
    open_above: Array


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

    def series(self, key: Key) -> Series:
        """What is recorded by month for one way of counting."""
        belligerent, grades, attribution, bound = key
        chosen = self.counts[self.belligerents.index(belligerent)]
        gradings = [list(Grading).index(g) for g in grades.gradings]
        columns = [ATTRIBUTIONS.index(a) for a in TAKES[attribution]]
        cells = chosen[:, gradings][:, :, columns].reshape(len(chosen), -1, len(QUANTITIES))
        deaths = cells[..., QUANTITIES.index(f"killed_{Bound.MAX if bound == Bound.MAX else Bound.MIN}")]
        without = cells[..., QUANTITIES.index("without_a_number")]
        numbered = cells[..., QUANTITIES.index("incidents")] - without
        return Series(
            deaths=deaths.sum(axis=1),
            incidents=numbered.sum(axis=1),
            without=without.sum(axis=1),
            squares=(deaths**2 / np.fmax(numbered, 1.0)).sum(axis=1),
            open_above=cells[..., QUANTITIES.index("open_above")].sum(axis=1),
        )

    @cached_property
    def days(self) -> Array:
        """Days of each month."""
        numbers = range(self.first_month, self.first_month + self.counts.shape[1] + 1)
        firsts = np.array([dt.date(n // 12, n % 12 + 1, 1) for n in numbers], dtype="datetime64[D]")
        return np.asarray(np.diff(firsts).astype(float))


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowSums:
    """Sums over each reading's window on one side; arrays, one element a reading."""

    deaths: Array
    incidents: Array
    without: Array
    squares: Array
    open_above: Array
    months: Array
    days: Array

    @property
    def effective(self) -> Array:
        """How many equal incidents carry the sum at most: Kish's (Σd)²/Σd²; 0 where there are no deaths."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(self.squares > 0, self.deaths**2 / self.squares, 0.0)


def window_sums(cube: MonthlyHarm, readings: Sequence[Reading], *, side: int) -> WindowSums:
    """The sums of each reading's months; readings that share window, grades and the rest are worked out once."""
    keys = [(key_of(r, side), r.window_of(side)) for r in readings]
    unique = {key: place for place, key in enumerate(dict.fromkeys(keys))}
    which = np.array([unique[key] for key in keys])
    known = {key: cube.series(key) for key in dict.fromkeys(key for key, _ in unique)}
    inside, months = _inside(cube, [window for _, window in unique])

    def summed(name: str) -> Array:
        return np.asarray(
            np.where(inside, np.stack([getattr(known[key], name) for key, _ in unique]), 0).sum(axis=1)[which]
        )

    names = ("deaths", "incidents", "without", "squares", "open_above")
    days = np.array([window.days for _, window in unique], float)[which]
    return WindowSums(**{name: summed(name) for name in names}, months=months[which], days=days)


def key_of(reading: Reading, side: int) -> Key:
    """How one side of a reading counts."""
    return reading.belligerents[side], reading.grades, reading.attribution, reading.bound


def _inside(cube: MonthlyHarm, windows: Sequence[Window]) -> tuple[Flags, Array]:
    """Which of the cube's months each window takes, and how many months it has, whether the cube covers them or not."""
    starts = np.array([month_number(w.first) for w in windows])[:, None] - cube.first_month
    stops = np.array([month_number(w.last) for w in windows])[:, None] - cube.first_month
    columns = np.arange(cube.counts.shape[1])
    return (columns >= starts) & (columns <= stops), (stops - starts + 1)[:, 0].astype(float)
