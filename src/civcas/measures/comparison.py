"""What `civcas_total`, `rate` and `rate_ratio` share: from readings to sums, exposures and rates, one array element a reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import ibis
import numpy as np
import numpy.typing as npt

from civcas.catalog import Tables
from civcas.errors import BadInput
from civcas.measures import count_model
from civcas.measures.count_model import FEWEST_MONTHS, Dispersion, LogRate
from civcas.measures.declared_exposure import DeclaredExposure, NoExposure, match
from civcas.measures.harm_sums import MonthlyHarm, WindowSums, window_sums
from civcas.terms.estimate import Refusal
from civcas.terms.reading import Reading
from civcas.terms.vocabulary import Exposure
from civcas.terms.window import Window

Array = npt.NDArray[np.float64]
NEIGHBOURS = 12
"""How many months on each side of a short window its dispersion is borrowed from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One side of every reading: its sums, its exposure, its rate, what must be said, and why it refuses where it does."""

    sums: WindowSums
    exposure: Array
    rate: LogRate
    notes: list[tuple[str, ...]]
    refusals: list[tuple[str, str] | None]


@dataclass(frozen=True)
class Reader:
    """Holds what several readings share: the cube of one area, and exposures and dispersions already worked out."""

    tables: Tables
    cube: MonthlyHarm
    exposures: dict[tuple[str, Exposure, Window], DeclaredExposure | NoExposure] = field(default_factory=dict)
    borrowed: dict[tuple[object, ...], tuple[float, float]] = field(default_factory=dict)

    @classmethod
    def of(cls, tables: Tables, *, area: str) -> Reader:
        harm: ibis.Table = tables["harm_by_period"]
        return cls(tables=tables, cube=MonthlyHarm.of(harm, area=area))

    def side(self, readings: Sequence[Reading], *, side: int) -> Side:
        """Sums, exposures and rates of one side of every reading."""
        for belligerent in dict.fromkeys(r.belligerents[side] for r in readings):
            self.cube.require(belligerent)
        for window in dict.fromkeys(r.window_of(side) for r in readings):
            self._require_overlap(window)
        sums = window_sums(self.cube, readings, side=side)
        exposure, notes, refusals = self._exposures(readings, sums, side)
        dispersion = self._dispersion(readings, sums, side, notes)
        rate = count_model.log_rate(deaths=sums.deaths, exposure=exposure, dispersion=dispersion)
        for place in np.flatnonzero(sums.without).tolist():
            who = readings[place].belligerents[side]
            notes[place] += (f"{who}: {sums.without[place]:,.0f} incidents without a number, added as nothing",)
        return Side(sums=sums, exposure=exposure, rate=rate, notes=notes, refusals=refusals)

    def _require_overlap(self, window: Window) -> None:
        if not window.overlap_days(self.cube.covers):
            raise BadInput(
                f"the window {window} lies outside the data",
                where=f"harm_by_period, {self.cube.area}",
                expected=f"a window within {self.cube.covers}",
            )

    def _exposures(
        self, readings: Sequence[Reading], sums: WindowSums, side: int
    ) -> tuple[Array, list[tuple[str, ...]], list[tuple[str, str] | None]]:
        plain = {
            Exposure.MONTH: sums.months,
            Exposure.DAY: sums.days,
            Exposure.INCIDENT: sums.incidents,
            Exposure.NONE: np.ones(len(readings)),
        }
        exposure, notes, refusals = np.full(len(readings), np.nan), [()] * len(readings), [None] * len(readings)
        told: list[tuple[str, ...]] = list(notes)
        refused: list[tuple[str, str] | None] = list(refusals)
        for place, reading in enumerate(readings):
            window, unit = reading.window_of(side), reading.exposure_of(side)
            refused[place] = self._no_vintage(reading) or self._outside(window)
            if unit in plain:
                exposure[place] = plain[unit][place]
                continue
            found = self._declared(reading.belligerents[side], unit, window)
            if isinstance(found, NoExposure):
                refused[place] = refused[place] or (found.reason, found.needs)
            else:
                exposure[place], told[place] = found.amount, (found.note,)
        return exposure, told, refused

    def _no_vintage(self, reading: Reading) -> tuple[str, str] | None:
        if reading.as_of is None:
            return None
        day = reading.as_of
        return (
            f"harm_by_period holds one vintage, so what was known on {day} cannot be read from it",
            f"the table as it stood on {day}",
        )

    def _outside(self, window: Window) -> tuple[str, str] | None:
        if not window.whole_months:
            return (
                f"the data are by calendar month and the window {window} cuts a month",
                "data by day, or a window of whole months",
            )
        if window.overlap_days(self.cube.covers) < window.days:
            return (
                f"the window {window} reaches beyond the data, which cover {self.cube.covers}",
                f"data for all of {window}",
            )
        return None

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
                f"{who}: {months} cannot show its own dispersion; taken from the {NEIGHBOURS} months on each side",
            )
        return Dispersion(phi=phi, degrees=degrees)

    def _borrow(self, reading: Reading, side: int) -> tuple[float, float]:
        window = reading.window_of(side)
        key = (reading.belligerents[side], reading.grades, reading.attribution, reading.bound, window)
        if key not in self.borrowed:
            deaths, _, _ = self.cube.series(key[:4])
            first = max(0, _month(window, self.cube) - NEIGHBOURS)
            last = _month(window, self.cube) + window.months + NEIGHBOURS
            self.borrowed[key] = count_model.dispersion_by_differences(deaths[first:last])
        return self.borrowed[key]


def _month(window: Window, cube: MonthlyHarm) -> int:
    return window.first.year * 12 + window.first.month - 1 - cube.first_month


def refusal(measure: str, reading: Reading, why: tuple[str, str]) -> Refusal:
    return Refusal(measure=measure, reason=why[0], needs=why[1], reading=reading)


def by_area(tables: Tables, readings: Sequence[Reading]) -> dict[str, list[int]]:
    """The places of the readings of each area, as each area has its own cube."""
    places: dict[str, list[int]] = {}
    for place, reading in enumerate(readings):
        places.setdefault(reading.area, []).append(place)
    return places
