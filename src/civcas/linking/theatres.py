"""Which reports may meet at all: those of one country, where an unknown country is read off the map of the others."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

Ints = npt.NDArray[np.integer[Any]]
Degrees = npt.NDArray[np.floating[Any]]

NEIGHBOUR = 100.0  # kilometres within which a report with a country tells where another happened
EARTH = 6371.0


def theatres(country: Ints, latitude: Degrees, longitude: Degrees) -> Ints:
    """The code of the country of each report; one that names none (0) has that of the nearest report that does.

    Degrees may be nan. Where all that name a country name the same, the others are taken to be of it too, wherever they lie within
    reach or have no place. What is farther than 100 km from any stays with its like, under 0. The order of rows does not matter.
    """
    known, located = country > 0, ~(np.isnan(latitude) | np.isnan(longitude))
    if known.all() or not known.any():
        return country
    found = country.copy()
    only = np.unique(country[known])
    if len(only) == 1:
        found[~known & ~located] = only[0]
    there, asked = known & located, ~known & located
    if there.any() and asked.any():
        found[asked] = _nearest(latitude, longitude, country, there, asked)
    return found


def _nearest(
    latitude: Degrees, longitude: Degrees, country: Ints, there: npt.NDArray[np.bool_], asked: npt.NDArray[np.bool_]
) -> Ints:
    marked = np.unique(np.column_stack([latitude[there], longitude[there], country[there]]).astype(np.float64), axis=0)
    _, first = np.unique(marked[:, :2], axis=0, return_index=True)
    marked = marked[first]
    tree = cKDTree(_on_sphere(marked[:, 0], marked[:, 1]))
    reach = 2 * np.sin(NEIGHBOUR / EARTH / 2)
    distance, at = tree.query(_on_sphere(latitude[asked], longitude[asked]), distance_upper_bound=reach)
    codes = np.append(marked[:, 2], 0).astype(country.dtype)
    return np.where(np.isfinite(distance), codes[at], 0)


def _on_sphere(latitude: Degrees, longitude: Degrees) -> npt.NDArray[np.float64]:
    """Points of a ball of radius 1; chords between them grow with the distance."""
    phi, lam = np.radians(np.asarray(latitude, np.float64)), np.radians(np.asarray(longitude, np.float64))
    return np.column_stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)])
