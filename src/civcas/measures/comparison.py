"""What `civcas_total`, `rate` and `rate_ratio` share: from readings to sums, exposures and rates, one array element a reading."""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import ibis
import numpy as np
import numpy.typing as npt

from civcas.catalog import Tables
from civcas.errors import BadInput
from civcas.measures import rate_spread
from civcas.measures.count_model import FEWEST_MONTHS, LogRate
from civcas.measures.declared_exposure import DeclaredExposure, NoExposure, Published, match
from civcas.measures.harm_sums import MonthlyHarm, WindowSums, key_of, window_sums
from civcas.measures.identifying import not_identifiable
from civcas.measures.month_correlation import NEIGHBOURS
from civcas.terms.estimate import Answer, Refusal
from civcas.terms.reading import Reading
from civcas.terms.vocabulary import Bound, Estimand, Exposure
from civcas.terms.window import Window

Array = npt.NDArray[np.float64]
Why = tuple[str, str]
"""Why there is no number, and what would make one possible."""

HOW_SUMS = (
    "Deaths are added up over whole calendar months, at the lowest or highest number that the recorder holds for each incident. An "
    "incident that names several belligerents counts once for each. Incidents without a number add nothing; they are counted apart.",
)
HOW_INTERVALS = (
    "The 95% interval says how far the campaign's usual rate may lie from the rate of these months. It allows for months that differ, for "
    "months that resemble the month before, and for the few incidents that hold most deaths.",
    f"How much months resemble each other is learnt from the window and up to {NEIGHBOURS} months on each side. Windows of fewer than "
    "six months take from there how much months differ, too.",
    "With the bound 'range' both ends of each side's numbers are carried through, and the interval lies around the whole range.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One side of every reading: its sums, its exposure, its rate, what must be said, and why it refuses where it does."""

    sums: WindowSums
    exposure: Array
    rate: LogRate
    notes: list[tuple[str, ...]]
    refusals: list[Why | None]

    def why_no_interval(self, place: int) -> str:
        """In a sentence, where `rate` has no spread; empty where it has one."""
        if np.isfinite(self.rate.log_variance[place]):
            return ""
        if self.sums.deaths[place] == 0:
            return rate_spread.NO_DEATH
        if self.sums.effective[place] < rate_spread.FEWEST_EFFECTIVE:
            return rate_spread.ONE_INCIDENT
        return rate_spread.FEW_MONTHS


@dataclass(frozen=True, slots=True, kw_only=True)
class Ends:
    """One side of every reading as it is asked, and at its lowest and highest numbers where the reading carries the range."""

    asked: Side
    least: Side
    most: Side


def carries_range(reading: Reading) -> bool:
    """Whether both ends of the recorded numbers belong to the answer."""
    return reading.bound == Bound.RANGE or reading.estimand == Estimand.AS_IT_WAS


@dataclass(frozen=True)
class Reader:
    """Holds what several readings share: the cube of one area, and exposures and spreads already worked out."""

    tables: Tables
    cube: MonthlyHarm
    spreads: rate_spread.Spreads
    exposures: dict[tuple[str, Exposure, Window], DeclaredExposure | NoExposure] = field(default_factory=dict)
    refused: dict[tuple[object, ...], Why | None] = field(default_factory=dict)
    spelled: dict[str, Sequence[Reading]] = field(default_factory=dict)

    @classmethod
    def of(cls, tables: Tables, *, area: str) -> Reader:
        harm: ibis.Table = tables["harm_by_period"]
        cube = MonthlyHarm.of(harm, area=area)
        return cls(tables=tables, cube=cube, spreads=rate_spread.Spreads.in_cube(cube))

    @cached_property
    def published(self) -> Published:
        """What was published on the area; read only where a reading divides by it."""
        return Published.of(self.tables, area=self.cube.area)

    def ends(self, readings: Sequence[Reading], *, side: int) -> Ends:
        """One side of every reading; `value` of a range is that at its lowest numbers."""
        asked, low, high = self._spelled(readings)
        now = self.side(asked, side=side)
        if low is asked:
            return Ends(asked=now, least=now, most=now)
        least, most = (self.side(each, side=side, open_ends=True) for each in (low, high))
        return Ends(asked=now, least=least, most=most)

    def _spelled(self, readings: Sequence[Reading]) -> tuple[Sequence[Reading], ...]:
        """The readings as they are asked, at their lowest and at their highest numbers; the same lists for both sides."""
        if self.spelled.get("of") is readings:
            return self.spelled["asked"], self.spelled["low"], self.spelled["high"]
        asked = [replace(r, bound=Bound.MIN) if r.bound == Bound.RANGE else r for r in readings]
        low = high = asked
        if any(map(carries_range, readings)):
            low = [
                a if not carries_range(r) or a.bound == Bound.MIN else replace(r, bound=Bound.MIN)
                for r, a in zip(readings, asked, strict=True)
            ]
            high = [replace(r, bound=Bound.MAX) if carries_range(r) else r for r in readings]
        self.spelled.update(of=readings, asked=asked, low=low, high=high)
        return asked, low, high

    def side(self, readings: Sequence[Reading], *, side: int, open_ends: bool = False, only_sums: bool = False) -> Side:
        """Sums, exposures and rates of one side of every reading; `only_sums` leaves out how sure the rates are.

        A highest sum without an upper end is refused, or infinite if `open_ends`.
        """
        for belligerent in dict.fromkeys(r.belligerents[side] for r in readings):
            self.cube.require(belligerent)
        sums = window_sums(self.cube, readings, side=side)
        refusals = [self._refusal(r.belligerents[side], r.window_of(side), r.as_of) for r in readings]
        notes: list[tuple[str, ...]] = [()] * len(readings)
        exposure = self._exposure(readings, sums, side, notes, refusals)
        variance = degrees = np.full(len(readings), np.nan)
        if not only_sums:
            variance, degrees = self._spread(readings, sums, side, notes, refusals)
        deaths = self._highest(readings, sums, side, refusals, open_ends=open_ends)
        with np.errstate(divide="ignore", invalid="ignore"):
            rate = LogRate(rate=deaths / exposure, log_variance=variance, degrees=degrees)
        self._say_what_has_no_number(readings, sums, side, notes, refusals)
        return Side(sums=sums, exposure=exposure, rate=rate, notes=notes, refusals=refusals)

    def _refusal(self, belligerent: str, window: Window, as_of: dt.date | None) -> Why | None:
        key = (belligerent, window, as_of)
        if key not in self.refused:
            self.refused[key] = why_not(self.cube, belligerent, window, as_of)
        return self.refused[key]

    def _highest(
        self, readings: Sequence[Reading], sums: WindowSums, side: int, refusals: list[Why | None], *, open_ends: bool
    ) -> Array:
        """Deaths, where a sum of highest numbers without an upper end is infinite, or refused."""
        deaths = sums.deaths.copy()
        for place in np.flatnonzero(sums.open_above).tolist():
            reading = readings[place]
            if reading.bound == Bound.MAX and open_ends:
                deaths[place] = np.inf
            elif reading.bound == Bound.MAX:
                who = f"{reading.belligerents[side]} in {reading.window_of(side)}"
                reason = f"some incidents of {who} have a lowest number of killed and no highest one, so the highest sum is not known"
                refusals[place] = refusals[place] or (
                    reason,
                    "the bound min or range, or a highest number for these incidents",
                )
        return deaths

    def _exposure(
        self,
        readings: Sequence[Reading],
        sums: WindowSums,
        side: int,
        notes: list[tuple[str, ...]],
        refusals: list[Why | None],
    ) -> Array:
        """What each reading's deaths are divided by; declared exposures add their note, or refuse."""
        plain = {
            Exposure.MONTH: sums.months,
            Exposure.DAY: sums.days,
            Exposure.INCIDENT: sums.incidents,
            Exposure.NONE: np.ones(len(readings)),
        }
        exposure = np.full(len(readings), np.nan)
        for place, reading in enumerate(readings):
            unit = reading.exposure_of(side)
            if unit in plain:
                exposure[place] = plain[unit][place]
                continue
            found = self._declared(reading.belligerents[side], unit, reading.window_of(side))
            if isinstance(found, NoExposure):
                refusals[place] = refusals[place] or (found.reason, found.needs)
            else:
                exposure[place] = found.amount
                notes[place] += (found.note,)
        return exposure

    def _declared(self, belligerent: str, unit: Exposure, window: Window) -> DeclaredExposure | NoExposure:
        key = (belligerent, unit, window)
        if key not in self.exposures:
            self.exposures[key] = match(self.published, belligerent=belligerent, unit=unit, window=window)
        return self.exposures[key]

    def _spread(
        self,
        readings: Sequence[Reading],
        sums: WindowSums,
        side: int,
        notes: list[tuple[str, ...]],
        refusals: list[Why | None],
    ) -> tuple[Array, Array]:
        """Squared scale and degrees of freedom of each log rate; nan where the reading is refused."""
        places = [place for place, why in enumerate(refusals) if why is None]
        variance, degrees = np.full(len(readings), np.nan), np.full(len(readings), np.nan)
        parts = [
            (key_of(r, side), r.window_of(side), rate_spread.shape_of(r.exposure_of(side)))
            for r in (readings[place] for place in places)
        ]
        variance[places], degrees[places] = self.spreads.of(parts)
        for place in places:
            if sums.months[place] < FEWEST_MONTHS and np.isfinite(variance[place]):
                months = f"{sums.months[place]:.0f} month" + ("s" if sums.months[place] > 1 else "")
                notes[place] += (
                    f"{readings[place].belligerents[side]}: {months} cannot show how months differ; "
                    f"this is taken from up to {NEIGHBOURS} months on each side",
                )
        return variance, degrees

    def _say_what_has_no_number(
        self,
        readings: Sequence[Reading],
        sums: WindowSums,
        side: int,
        notes: list[tuple[str, ...]],
        refusals: list[Why | None],
    ) -> None:
        """Unknown stands beside the sum; where every incident is without a number, there is no sum."""
        for place in np.flatnonzero(sums.without).tolist():
            who, without = readings[place].belligerents[side], int(sums.without[place])
            told = "1 incident is" if without == 1 else f"{without:,} incidents are"
            if sums.incidents[place] == 0 and sums.deaths[place] == 0:
                reason = f"{who}: {told} recorded in {readings[place].window_of(side)}, and none has a number of killed"
                refusals[place] = refusals[place] or (reason, "a number of killed for these incidents")
            notes[place] += (
                f"{who}: {told} without a number; they add nothing, so the sums are too low by the deaths in them",
            )


def why_not(cube: MonthlyHarm, belligerent: str, window: Window, as_of: dt.date | None) -> Why | None:
    """Why the table cannot answer for this belligerent and window, if it cannot; a window wholly outside is an error."""
    if not window.overlap_days(cube.covers):
        raise BadInput(
            f"the window {window} lies outside the data",
            where=f"harm_by_period, {cube.area}",
            expected=f"a window within {cube.covers}",
        )
    if as_of is not None:
        reason = f"harm_by_period holds one vintage, so what was known on {as_of} cannot be read from it"
        return reason, f"the table as it stood on {as_of}"
    if not window.whole_months:
        reason = f"the data are by calendar month and the window {window} cuts a month"
        return reason, "data by day, or a window of whole months"
    recorded = cube.recorded(belligerent)
    if window.overlap_days(recorded) < window.days:
        reason = (
            f"the window {window} reaches beyond the months in which {belligerent} is recorded, {recorded}; "
            "outside them the table cannot tell no harm from no record"
        )
        return reason, f"data on {belligerent} for all of {window}"
    return None


def refusal(measure: str, reading: Reading, why: Why) -> Refusal:
    return Refusal(measure=measure, reason=why[0], needs=why[1], reading=reading)


def by_area(tables: Tables, readings: Sequence[Reading], answered: Container[int]) -> dict[str, list[int]]:
    """The places of the readings of each area that have no answer yet, as each area has its own cube."""
    places: dict[str, list[int]] = {}
    for place, reading in enumerate(readings):
        if place not in answered:
            places.setdefault(reading.area, []).append(place)
    return places


def unidentifiable(tables: Tables, readings: Sequence[Reading], *, measure: str) -> dict[int, Answer]:
    """Refusals of the readings that name a belligerent whom the data cannot tell from others there, by their place."""
    if "not_identifiable" not in tables:
        return {}
    asked: dict[tuple[str, str], Refusal | None] = {}
    refused: dict[int, Answer] = {}
    for place, reading in enumerate(readings):
        for side, belligerent in enumerate(reading.belligerents):
            key = (belligerent, reading.area)
            if key not in asked:
                asked[key] = not_identifiable(tables, measure=measure, reading=reading, side=side)
            found = asked[key]
            if found is not None:
                refused[place] = replace(found, reading=reading)
    return refused
