"""Strata: places and periods within which chance may be thought to decide which event is treatment and which control."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from civcas.measures.consequences.events import Events
from civcas.measures.consequences.wakes import KM_PER_DEGREE

QUARTER, YEAR = 91.3125, 365.25
ENOUGH = 8  # wakes in the stratum of the middle wake, below which places are made wider


@dataclass(frozen=True, slots=True, kw_only=True)
class Strata:
    """`label` of each wake's stratum from 0, and how wide a place and how long a period is."""

    label: NDArray[np.int64]
    km: float
    days: float

    @property
    def many(self) -> int:
        return int(self.label.max()) + 1 if len(self.label) else 0


def lay(events: Events, position: NDArray[np.int64], *, km: float, days: float = QUARTER) -> Strata:
    """Squares of at least `km` and periods of at least `days`, widened until the middle wake shares one with enough others.

    Only where and when the wakes are decides it, never which are treatment, so a permutation within strata stays valid.
    """
    for period in (days, max(days, YEAR), np.inf):
        side = km
        while side < 4000:
            label = _labels(events, position, side, period)
            if np.median(np.bincount(label)[label]) >= min(ENOUGH, len(position)):
                return Strata(label=label, km=side, days=float(period))
            side *= 2
            if period < np.inf and side > 16 * km:
                break
    return Strata(label=np.zeros(len(position), dtype=np.int64), km=np.inf, days=np.inf)


def _labels(events: Events, position: NDArray[np.int64], km: float, days: float) -> NDArray[np.int64]:
    when = events.days[position]
    period = np.zeros(len(when)) if np.isinf(days) else np.floor((when - events.days[0]) / days)
    square = squares(events.latitude[position], events.longitude[position], km)
    return np.unique(np.stack([period, square], 1), axis=0, return_inverse=True)[1].ravel().astype(np.int64)


def squares(latitude: NDArray[np.float64], longitude: NDArray[np.float64], km: float) -> NDArray[np.int64]:
    """The number, from 0, of the square of `km` each point lies in; a square is as wide as high at its own latitude."""
    height = km / KM_PER_DEGREE
    band = np.floor(latitude / height)
    width = height / np.maximum(np.cos(np.radians(np.minimum(np.abs(band + 0.5) * height, 89))), 0.02)
    key = np.stack([band, np.floor(longitude / width)], axis=1)
    return np.unique(key, axis=0, return_inverse=True)[1].ravel().astype(np.int64)
