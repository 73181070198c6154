"""Wakes: how many events of a kind happened before and after an event, near it, in sliding windows of time and space."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from civcas.measures.consequences.compiling import compiled
from civcas.measures.consequences.events import OUTCOME, TREATMENT, Events

KM_PER_DEGREE = 111.111  # of a great circle, as Schutte and Donnay (2014) count it

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Windows:
    """The windows that slide: every number of days with every number of kilometres."""

    days: tuple[int, ...]
    km: tuple[float, ...]

    @property
    def pairs(self) -> list[tuple[int, float]]:
        return [(t, s) for t in self.days for s in self.km]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wakes:
    """One row for each treatment or control event; counts are shaped wakes × days × kilometres.

    `before`, `after`: outcome events in the window; `trend`: the outcome's later half of the window before, less
    its earlier half; `earlier`: outcome events in the window of the same length that ends where `before` begins.
    `same_*` and `mixed_*`: other wakes of the own and of the other kind in the window. `whole` says whether the window
    lies inside the days the data cover, before and after; `whole_earlier` also asks that of `earlier`.
    """

    position: NDArray[np.int64]  # row of the event in `Events`, which is sorted by time
    treated: NDArray[np.bool_]
    windows: Windows
    before: Counts
    earlier: Counts
    trend: NDArray[np.float64]
    after: Counts
    same_before: Counts
    same_after: Counts
    mixed_before: Counts
    mixed_after: Counts
    whole: NDArray[np.bool_]
    whole_earlier: NDArray[np.bool_]


def count(events: Events, windows: Windows, *, same_day: bool = False) -> Wakes:
    """Count every wake of `events` in every window.

    A day is a whole day between two times. After an event it is the days 1..T; before it too, but with `same_day` the
    outcome events of the same day that stand earlier in the file are counted as before, which makes days 0..T
    (the published algorithm's asymmetry). Distance is that of the great circle. Nothing is assumed of unreported events:
    a wake holds what was reported. Schutte, S. and Donnay, K. (2014), Political Geography 41.
    """
    is_wake = events.kind != OUTCOME
    position = np.flatnonzero(is_wake)
    days = np.asarray(windows.days, dtype=np.int64)
    chords = (2 * np.sin(np.radians(np.asarray(windows.km) / KM_PER_DEGREE) / 2)) ** 2
    grid = _grid(events, reach_km=max(windows.km))
    counted = _count(
        position, events.days, unit_vectors(events), events.kind, chords, days, int(not same_day), *grid
    )  # fmt: skip
    since, until = events.days - events.days[0], events.days[-1] - events.days
    room_before, room_after = since[position, None] > days, until[position, None] > days
    return Wakes(
        position=position,
        treated=events.kind[position] == TREATMENT,
        windows=windows,
        **dict(zip(_COLUMNS, counted, strict=True)),
        whole=room_before & room_after,
        whole_earlier=room_before & room_after & (since[position, None] > 2 * days),
    )


_COLUMNS = (
    "before", "earlier", "trend", "after", "same_before", "same_after", "mixed_before", "mixed_after",
)  # fmt: skip


def unit_vectors(events: Events) -> NDArray[np.float64]:
    """Places as points on the unit sphere (events × 3), so that distances need no trigonometry."""
    latitude, longitude = np.radians(events.latitude), np.radians(events.longitude)
    level = np.cos(latitude)
    return np.stack([level * np.cos(longitude), level * np.sin(longitude), np.sin(latitude)], axis=1)


def _grid(events: Events, *, reach_km: float) -> tuple[Any, ...]:
    """Events by cell, and by time within a cell; a wake's neighbours lie in its own and the eight cells around it."""
    height = reach_km / KM_PER_DEGREE * 1.000001
    furthest = np.radians(min(89.0, float(np.abs(events.latitude).max()) + height))
    columns = max(1, int(360 / (height / np.cos(furthest))))
    band = np.floor((events.latitude + 90) / height).astype(np.int64)
    column = np.minimum((np.mod(events.longitude, 360) / 360 * columns).astype(np.int64), columns - 1)
    cell = band * columns + column
    order = np.argsort(cell, kind="stable")
    cells, starts = np.unique(cell[order], return_index=True)
    return band, column, columns, order, cells, np.append(starts, len(order))


@compiled
def _count(
    position: Any,
    time: Any,
    place: Any,
    kind: Any,
    chords: Any,
    days: Any,
    first_day: Any,
    band: Any,
    column: Any,
    columns: Any,
    order: Any,
    cells: Any,
    starts: Any,
) -> Any:
    wakes, windows, radii, longest = len(position), len(days), len(chords), days.max()
    before = np.zeros((wakes, windows, radii), np.int64)
    earlier = np.zeros((wakes, windows, radii), np.int64)
    trend = np.zeros((wakes, windows, radii))
    after = np.zeros((wakes, windows, radii), np.int64)
    same_before = np.zeros((wakes, windows, radii), np.int64)
    same_after = np.zeros((wakes, windows, radii), np.int64)
    mixed_before = np.zeros((wakes, windows, radii), np.int64)
    mixed_after = np.zeros((wakes, windows, radii), np.int64)
    past = np.zeros((3, radii, 2 * longest + 1), np.int64)
    future = np.zeros((3, radii, longest + 1), np.int64)
    for w in range(wakes):
        past[:] = 0
        future[:] = 0
        i = position[w]
        for d_band in range(-1, 2):
            for d_column in range(-1, 2):
                if columns < 3 and d_column >= columns - 1:
                    continue
                target = (band[i] + d_band) * columns + (column[i] + d_column) % columns
                c = np.searchsorted(cells, target)
                if c == len(cells) or cells[c] != target:
                    continue
                members = order[starts[c] : starts[c + 1]]
                at = _first_not_before(members, time, time[i] - 2 * longest - 1)
                for j in members[at:]:
                    if time[j] - time[i] >= longest + 1:
                        break
                    if j == i:
                        continue
                    x = place[i, 0] - place[j, 0]
                    y = place[i, 1] - place[j, 1]
                    z = place[i, 2] - place[j, 2]
                    chord = x * x + y * y + z * z
                    if chord > chords[-1]:
                        continue
                    r = np.searchsorted(chords, chord)
                    which = 0 if kind[j] == 0 else (1 if kind[j] == kind[i] else 2)
                    day = int(np.floor(abs(time[i] - time[j])))
                    if j < i:
                        if first_day <= day <= 2 * longest:
                            past[which, r, day] += 1
                    elif 1 <= day <= longest:
                        future[which, r, day] += 1
        for which in range(3):
            for r in range(1, radii):
                past[which, r] += past[which, r - 1]
                future[which, r] += future[which, r - 1]
        for t in range(windows):
            last = days[t]
            half = last // 2
            for r in range(radii):
                series = past[0, r]
                before[w, t, r] = series[: last + 1].sum()
                earlier[w, t, r] = series[last + 1 : 2 * last + 1].sum()
                if last % 2 == 0:
                    trend[w, t, r] = series[:half].sum() - series[half : last + 1].sum()
                else:
                    lower = series[:half].sum() - series[half : last + 1].sum()
                    upper = series[: half + 1].sum() - series[half + 1 : last + 1].sum()
                    trend[w, t, r] = (lower + upper) / 2
                after[w, t, r] = future[0, r, : last + 1].sum()
                same_before[w, t, r] = past[1, r, : last + 1].sum()
                same_after[w, t, r] = future[1, r, : last + 1].sum()
                mixed_before[w, t, r] = past[2, r, : last + 1].sum()
                mixed_after[w, t, r] = future[2, r, : last + 1].sum()
    return before, earlier, trend, after, same_before, same_after, mixed_before, mixed_after


@compiled
def _first_not_before(members: Any, time: Any, moment: Any) -> Any:
    low, high = 0, len(members)
    while low < high:
        middle = (low + high) // 2
        if time[members[middle]] < moment:
            low = middle + 1
        else:
            high = middle
    return low
