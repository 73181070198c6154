"""Masks places: a point becomes the middle of a square, the same one whenever it is asked for, never finer than what is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from civcas.terms.vocabulary import GeoPrecision

KM_PER_DEGREE = 111.32  # of latitude, on a sphere of 6,371 km to within half a percent
DECIMALS = 4  # of a masked point: 11 m, far below the side of any square

# How far from the published point the place may be, in km, as each class of precision is used by recorders.
SPREAD_KM = {
    GeoPrecision.COUNTRY: 500.0, GeoPrecision.PROVINCE: 60.0, GeoPrecision.DISTRICT: 25.0, GeoPrecision.SUBDISTRICT: 12.0,
    GeoPrecision.CITY: 8.0, GeoPrecision.TOWN: 4.0, GeoPrecision.VILLAGE: 2.0, GeoPrecision.NEIGHBOURHOOD: 1.5,
    GeoPrecision.STREET: 0.5, GeoPrecision.LANDMARK: 0.5, GeoPrecision.WITHIN_100M: 0.1, GeoPrecision.WITHIN_1M: 0.05,
    GeoPrecision.EXACT: 0.05,
}  # fmt: skip
UNKNOWN_SPREAD_KM = 8.0

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Masked:
    """Points in degrees and how far from them the place may be, in km; NaN where nothing is shown."""

    latitude: Floats
    longitude: Floats
    radius_km: Floats


def on_grid(
    latitude: Floats, longitude: Floats, spread_km: Floats, *, grid_km: float, reach_km: float | Floats = 0.0
) -> Masked:
    """Each point as the middle of the square it lies in.

    The square's side is `grid_km`, or twice the spread of the published precision where that is wider. Squares are counted from
    the equator and from Greenwich in whole steps, so that the same point gives the same square in every output and for ever.
    The radius reaches the square's farthest corner and beyond it by the spread, and by `reach_km` where the point is itself the
    middle of an area: the place lies within it.
    """
    latitude, longitude = np.asarray(latitude, float), np.asarray(longitude, float)
    known = np.isfinite(latitude) & np.isfinite(longitude) & (np.abs(latitude) <= 90) & (np.abs(longitude) <= 180)
    side_km = np.maximum(grid_km, 2 * spread_km)
    north = side_km / KM_PER_DEGREE
    middle = np.clip((np.floor(latitude / north) + 0.5) * north, -90.0, 90.0)
    east = np.minimum(side_km / (KM_PER_DEGREE * np.maximum(np.cos(np.radians(middle)), 0.01)), 360.0)
    across = np.clip((np.floor(longitude / east) + 0.5) * east, -180.0, 180.0)
    radius = np.ceil(10 * (side_km * np.sqrt(0.5) * CURVED + spread_km + reach_km)) / 10
    shown = [np.where(known, values, np.nan) for values in (middle.round(DECIMALS), across.round(DECIMALS), radius)]
    return Masked(latitude=shown[0], longitude=shown[1], radius_km=shown[2])


def in_rings(latitude: Floats, longitude: Floats, north: Floats, east: Floats, *, grid_km: float) -> Floats:
    """How far points are from the middle of their area, in km, rounded up to rings four squares wide.

    A ring holds more ground than a square of the grid does, so that it tells less than the grid would.
    """
    ring = 4 * grid_km
    return np.asarray(np.ceil(distance_km(latitude, longitude, north, east) / ring) * ring)


CURVED = 1.05  # a square on a sphere is wider at its side towards the equator


def spread_of(precision: Sequence[str | None]) -> Floats:
    """How far from a published point the place may be, in km, by the words of its precision."""
    known = {str(word): km for word, km in SPREAD_KM.items()}
    seen: dict[str | None, float] = {}
    for word in set(precision):
        found = [name for name in known if word is not None and word.startswith(name)]
        seen[word] = known[max(found, key=len)] if found else UNKNOWN_SPREAD_KM
    return np.array([seen[word] for word in precision], float)


def distance_km(latitude: Floats, longitude: Floats, to_latitude: Floats, to_longitude: Floats) -> Floats:
    """Great-circle distance between points in degrees, by the haversine formula."""
    one, other = np.radians(latitude), np.radians(to_latitude)
    half = np.sin((other - one) / 2) ** 2
    half = half + np.cos(one) * np.cos(other) * np.sin(np.radians(to_longitude - longitude) / 2) ** 2
    return np.asarray(2 * 6371.0 * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0))))
