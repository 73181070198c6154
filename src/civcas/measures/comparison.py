"""What `civcas_total`, `rate` and `rate_ratio` share: from readings to sums, exposures and rates, one array element a reading."""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Sequence
from dataclasses import dataclass, field, replace

import ibis
import numpy as np
import numpy.typing as npt

from civcas.catalog import Tables
from civcas.errors import BadInput
from civcas.measures import count_model
from civcas.measures.count_model import FEWEST_MONTHS, Dispersion, LogRate
from civcas.measures.declared_exposure import DeclaredExposure, NoExposure, match
from civcas.measures.harm_sums import MonthlyHarm, WindowSums, window_sums
from civcas.measures.identifying import not_identifiable
from civcas.terms.estimate import Answer, Refusal
from civcas.terms.reading import Reading
from civcas.terms.vocabulary import Exposure
from civcas.terms.window import Window

Array = npt.NDArray[np.float64]
Why = tuple[str, str]
"""Why there is no number, and what would make one possible."""

HOW_SUMS = (
    "Deaths are sums over whole calendar months of the recorder's lowest or highest number for each incident. An incident that names "
    "several belligerents counts once for each of them. Incidents without a number add nothing and are counted apart.",
)
HOW_INTERVALS = (
    "Intervals are 95% intervals of quasi-Poisson rates; the over-dispersion is estimated from the months of the window by leaving out one "
    "at a time, or, where these are fewer than six, from up to twelve months on each side.",
)
INTERVAL = (
    "The interval is for the rate at which months like these come about, as if they were drawn again; not for the deaths recorded, which "
    "are as they are."
)
NEIGHBOURS = 12
"""From how many months on each side of a short window its dispersion is borrowed, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One side of every reading: its sums, its exposure, its rate, what must be said, and why it refuses where it does."""

    sums: WindowSums
    exposure: Array
    rate: LogRate
    notes: list[tuple[str, ...]]
    refusals: list[Why | None]


@dataclass(frozen=True)
class Reader:
    """Holds what several readings share: the cube of one area, and exposures and dispersions already worked out."""

    tables: Tables
    cube: MonthlyHarm
    exposures: dict[tuple[str, Exposure, Window], DeclaredExposure | NoExposure] = field(default_factory=dict)
    borrowed: dict[tuple[object, ...], tuple[float, float]] = field(default_factory=dict)
    refused: dict[tuple[object, ...], Why | None] = field(default_factory=dict)

    @classmethod
    def of(cls, tables: Tables, *, area: str) -> Reader:
        harm: ibis.Table = tables["harm_by_period"]
        return cls(tables=tables, cube=MonthlyHarm.of(harm, area=area))

    def side(self, readings: Sequence[Reading], *, side: int) -> Side:
        """Sums, exposures and rates of one side of every reading."""
        for belligerent in dict.fromkeys(r.belligerents[side] for r in readings):
            self.cube.require(belligerent)
        sums = window_sums(self.cube, readings, side=side)
        refusals = [self._refusal(r.belligerents[side], r.window_of(side), r.as_of) for r in readings]
        notes: list[tuple[str, ...]] = [()] * len(readings)
        exposure = self._exposure(readings, sums, side, notes, refusals)
        dispersion = self._dispersion(readings, sums, side, notes)
        rate = count_model.log_rate(deaths=sums.deaths, exposure=exposure, dispersion=dispersion)
        self._say_what_has_no_number(readings, sums, side, notes, refusals)
        return Side(sums=sums, exposure=exposure, rate=rate, notes=notes, refusals=refusals)

    def _refusal(self, belligerent: str, window: Window, as_of: dt.date | None) -> Why | None:
        key = (belligerent, window, as_of)
        if key not in self.refused:
            self.refused[key] = why_not(self.cube, belligerent, window, as_of)
        return self.refused[key]

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
            self.exposures[key] = match(
                self.tables, belligerent=belligerent, area=self.cube.area, unit=unit, window=window
            )
        return self.exposures[key]

    def _dispersion(
        self, readings: Sequence[Reading], sums: WindowSums, side: int, notes: list[tuple[str, ...]]
    ) -> Dispersion:
        """Dispersion from the window's own months, or from the months around it where those are too few."""
        phi, degrees = sums.dispersion.phi.copy(), sums.dispersion.degrees.copy()
        for place in np.flatnonzero(sums.months < FEWEST_MONTHS).tolist():
            phi[place], degrees[place] = self._borrow(readings[place], side)
            months = f"{sums.months[place]:.0f} month" + ("s" if sums.months[place] > 1 else "")
            who = readings[place].belligerents[side]
            notes[place] += (
                f"{who}: {months} cannot show its own dispersion; taken from up to {NEIGHBOURS} months on each side",
            )
        return Dispersion(phi=phi, degrees=degrees)

    def _borrow(self, reading: Reading, side: int) -> tuple[float, float]:
        window, per_incident = reading.window_of(side), reading.exposure_of(side) == Exposure.INCIDENT
        key = (reading.belligerents[side], reading.grades, reading.attribution, reading.bound)
        place = (*key, window, per_incident)
        if place not in self.borrowed:
            deaths, incidents, _ = self.cube.series(key)
            stretch = self.cube.around(key[0], window, months=NEIGHBOURS)
            if per_incident:
                self.borrowed[place] = count_model.dispersion_per_incident(deaths[stretch], incidents[stretch])
            else:
                self.borrowed[place] = count_model.dispersion_by_differences(deaths[stretch])
        return self.borrowed[place]

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
                f"{who}: {told} without a number; they add nothing, so the sums are too low by what they hold",
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
