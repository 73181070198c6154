"""Incidents added up by month: one row a side and month (and area), months without an incident included."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from civcas.errors import BadInput
from civcas.measures.incidents.rows import Floats, Mask, Rows
from civcas.terms.vocabulary import Bound
from civcas.terms.window import Window, month_number

EVERYWHERE = "everywhere"


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """Arrays of one length: what is recorded for a side in a month of its window, and in how many days of it.

    `low`, `high` are sums over incidents, `high` infinite where one of them has no highest number; `unknown` incidents have no
    number and add nothing to either.
    """

    side: NDArray[np.int64]
    month: NDArray[np.int64]
    area: NDArray[Any]
    days: Floats
    incidents: Floats
    low: Floats
    high: Floats
    unknown: Floats

    def label(self, row: int) -> str:
        return month_label(int(self.month[row]))


def month_label(number: int) -> str:
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def panel(rows: Rows, counted: Mask, windows: Sequence[Window], *, by_area: bool = False) -> Panel:
    """Add the counted incidents up. A month a window cuts holds the days that are inside it.

    A month without a recorded incident is a month with none recorded: 0 incidents, sums of 0.
    """
    months = _months_of(rows.day)
    areas = sorted(set(rows.province[counted])) if by_area else [EVERYWHERE]
    if not areas:
        raise BadInput("no incident is counted under this reading", do="Try other gradings, attribution or window")
    place = {area: number for number, area in enumerate(areas)}
    where = np.array([place[area] for area in rows.province[counted]]) if by_area else np.zeros(int(counted.sum()), int)
    made = []
    for side, window in enumerate(windows):
        first, count = month_number(window.first), window.months
        mine = counted & (rows.side == side)
        cell = (months[mine] - first) * len(areas) + where[rows.side[counted] == side]
        size = count * len(areas)
        sums = [
            np.bincount(cell, weights=weight[mine], minlength=size).astype(float)
            for weight in (
                np.ones(len(rows.day)),
                rows.count(Bound.MIN),
                rows.count(Bound.MAX),
                rows.without_a_number.astype(float),
            )
        ]
        days = np.array([_days_inside(first + each, window) for each in range(count)], float)
        made.append((
            np.full(size, side), np.repeat(np.arange(first, first + count), len(areas)),
            np.tile(np.array(areas, object), count), np.repeat(days, len(areas)), *sums,
        ))  # fmt: skip
    side_, month, area, days_, incidents, low, high, unknown = (
        np.concatenate(column) for column in zip(*made, strict=True)
    )
    return Panel(
        side=side_, month=month, area=area, days=days_, incidents=incidents, low=low, high=high, unknown=unknown
    )


def _months_of(day: NDArray[np.datetime64]) -> NDArray[np.int64]:
    """Months since year 0, as `month_number` counts them."""
    return day.astype("datetime64[M]").astype(np.int64) + 1970 * 12


def _days_inside(month: int, window: Window) -> int:
    first = dt.date(month // 12, month % 12 + 1, 1)
    last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
    return Window(first, last).overlap_days(window)
