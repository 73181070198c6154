"""Panel: events counted by place and calendar month, and what happened in the places around each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.spatial import cKDTree

from civcas.measures.consequences.events import CONTROL, OUTCOME, TREATMENT, Events
from civcas.measures.consequences.strata import squares
from civcas.measures.consequences.wakes import KM_PER_DEGREE, unit_vectors

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """Counts by place and month, places × months; months run without a gap from the first event to the last.

    `around` is 1 where two different places lie within `reach` kilometres of one another, places × places.
    """

    outcome: Floats
    treatment: Floats
    control: Floats | None
    around: csr_array
    reach: float

    @property
    def shape(self) -> tuple[int, int]:
        return self.outcome.shape[0], self.outcome.shape[1]


def tabulate(events: Events, *, km: float = 25.0, dose: bool = False, reach: float | None = None) -> Panel:
    """Events counted by place (the place they name, or squares of `km`) and calendar month; with `dose`, what treatments did.

    A place and month without a reported event counts zero, which holds only where reporting never stopped. Unless `reach` is
    given, it is two squares, or twice the middle distance from a named place to its nearest neighbour.
    """
    named = events.place is not None
    place = squares(events.latitude, events.longitude, km) if events.place is None else events.place
    place = np.unique(place, return_inverse=True)[1].ravel()
    month = events.days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    month -= month.min()
    shape = (int(place.max()) + 1, int(month.max()) + 1)

    def counted(kind: int, weight: Floats | None = None) -> Floats:
        here = events.kind == kind
        flat = place[here] * shape[1] + month[here]
        held = None if weight is None else np.nan_to_num(weight[here])
        return np.bincount(flat, weights=held, minlength=shape[0] * shape[1]).reshape(shape).astype(np.float64)

    middle = _middles(events, place)
    if reach is None:
        reach = 2.0 * (_nearest(middle) if named else km)
    return Panel(
        outcome=counted(OUTCOME),
        treatment=counted(TREATMENT, events.dose if dose else None),
        control=counted(CONTROL) if events.number(CONTROL) else None,
        around=_around(middle, reach),
        reach=float(reach),
    )


def _middles(events: Events, place: NDArray[np.int64]) -> Floats:
    """The mean position of each place's events on the unit sphere, places × 3."""
    points = unit_vectors(events)
    middle = np.stack([np.bincount(place, weights=column) for column in points.T], axis=1)
    return np.asarray(middle / np.linalg.norm(middle, axis=1, keepdims=True))


def _nearest(middle: Floats) -> float:
    """Kilometres from a place to its nearest neighbour, for the middle place; 0 where there is only one."""
    if len(middle) < 2:
        return 0.0
    return _kilometres(float(np.median(cKDTree(middle).query(middle, k=2)[0][:, 1])))


def _kilometres(chord: float) -> float:
    return float(np.degrees(2 * np.arcsin(min(chord / 2, 1.0))) * KM_PER_DEGREE)


def _around(middle: Floats, reach: float) -> csr_array:
    """1 where two different places lie within `reach` kilometres, places × places; sparse, since most do not."""
    chord = 2 * np.sin(np.radians(min(reach / KM_PER_DEGREE, 180.0)) / 2) * (1 + 1e-9)
    pairs = cKDTree(middle).query_pairs(chord, output_type="ndarray")
    both = np.concatenate([pairs, pairs[:, ::-1]])
    return csr_array((np.ones(len(both)), (both[:, 0], both[:, 1])), shape=(len(middle), len(middle)))
