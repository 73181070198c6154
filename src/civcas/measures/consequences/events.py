"""Events: what happened when and where, of three kinds: treatment, control and outcome."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from civcas.errors import BadInput

OUTCOME, TREATMENT, CONTROL = 0, 1, 2
KINDS = ("outcome", "treatment", "control")
MANY_ROWS = 5  # different events, from which it is no chance that every one stands twice
FAR = 10.0  # degrees between the middles of two kinds, beyond which their coordinates cannot be of one conflict


@dataclass(frozen=True, slots=True, kw_only=True)
class Events:
    """Events sorted by time, those of the same time in the order of the file; all arrays are as long as there are events.

    `days` counts days since 1970-01-01 (parts of a day allowed); `kind` is OUTCOME, TREATMENT or CONTROL; `dose` is what
    the event did (people killed), nan where unknown; `place` the number of
    the place it names; `match` (events × columns) what matched events must share. `notes` say which rows could not be used, and why.
    """

    days: NDArray[np.float64]
    latitude: NDArray[np.float64]
    longitude: NDArray[np.float64]
    kind: NDArray[np.int64]
    dose: NDArray[np.float64] | None = None
    place: NDArray[np.int64] | None = None
    match: NDArray[np.float64] | None = None
    notes: tuple[str, ...] = ()

    def number(self, kind: int) -> int:
        return int(np.sum(self.kind == kind))

    @property
    def span(self) -> float:
        return float(self.days[-1] - self.days[0]) if len(self.days) else 0.0


def sorted_by_time(
    *, days: NDArray[np.float64], latitude: NDArray[np.float64], longitude: NDArray[np.float64], kind: NDArray[np.int64],
    dose: NDArray[np.float64] | None = None, place: NDArray[np.int64] | None = None,
    match: NDArray[np.float64] | None = None, notes: tuple[str, ...] = (),
) -> Events:  # fmt: skip
    """Events in the order every design needs; the order of the file decides among the same times."""
    order = np.argsort(days, kind="stable")
    return Events(
        days=days[order].astype(np.float64),
        latitude=latitude[order].astype(np.float64),
        longitude=longitude[order].astype(np.float64),
        kind=kind[order].astype(np.int64),
        dose=None if dose is None else dose[order].astype(np.float64),
        place=None if place is None else place[order],
        match=None if match is None else match[order].astype(np.float64),
        notes=notes,
    )


def check_coordinates(events: Events) -> None:
    """Refuse coordinates that cannot be right: outside the globe, swapped, or kinds on different continents."""
    off = (np.abs(events.latitude) > 90) | (np.abs(events.longitude) > 180)
    if off.any():
        first = int(np.flatnonzero(off)[0])
        swapped = bool((np.abs(events.longitude[off]) <= 90).all())
        raise BadInput(
            f"{int(off.sum())} events lie outside the globe, the first at latitude {events.latitude[first]:g}, "
            f"longitude {events.longitude[first]:g}" + ("; latitude and longitude look swapped" if swapped else ""),
            expected="latitude -90 to 90, longitude -180 to 180, in degrees",
            do="Name the columns with --latitude and --longitude.",
        )
    middles = {
        k: np.array([np.median(events.latitude[events.kind == k]), np.median(events.longitude[events.kind == k])])
        for k in np.unique(events.kind)
    }
    for k, middle in middles.items():
        others = [m for j, m in middles.items() if j != k]
        if others and all(np.abs(middle - m).max() > FAR for m in others):
            turned = all(np.abs(middle[::-1] - m).max() < FAR / 2 for m in others)
            raise BadInput(
                f"the {KINDS[int(k)]} events lie around latitude {middle[0]:.1f}, longitude {middle[1]:.1f}, far from all others"
                + ("; swapped, they would lie among them" if turned else ""),
                expected="events of one conflict, in degrees north and east",
                do="Look whether latitude and longitude are swapped in one of the files.",
            )


def check_spread(events: Events, *, longest: float) -> None:
    """Refuse events that all share one day or one place, and windows the data are too short for."""
    if events.span == 0:
        raise BadInput("all events have the same date", expected="events before and after one another")
    if np.ptp(events.latitude) == 0 and np.ptp(events.longitude) == 0:
        raise BadInput(
            "all events are at one place, so windows of space compare nothing",
            expected="treatment and control events at several places",
            do="Ask with --design hawkes, which uses times alone.",
        )
    if events.span < 3 * longest:
        raise BadInput(
            f"the data cover {events.span:g} days, and the longest window is {longest:g} days before and after",
            expected=f"at least {3 * longest:g} days, or shorter windows",
            do="Give shorter windows with --days.",
        )


def check_moments(events: Events) -> None:
    """Refuse treatments, or controls, that all fall on one day: whatever else happened that day cannot be told from them."""
    for kind in (TREATMENT, CONTROL):
        days = np.floor(events.days[events.kind == kind])
        if len(days) and np.ptp(days) == 0:
            raise BadInput(f"all {KINDS[kind]} events are on one day", expected=f"{KINDS[kind]} events on several days")


def check_copies(events: Events) -> None:
    """Refuse events of which every one stands twice, and kinds of events that are copies of one another."""
    rows = np.stack([events.days, events.latitude, events.longitude, events.kind.astype(np.float64)], axis=1)
    many = np.unique(rows, axis=0, return_counts=True)[1]
    if len(many) >= MANY_ROWS and np.gcd.reduce(many) > 1:
        raise BadInput(
            "every event stands twice or more, at the same time and place",
            expected="each event once: copies make chance look like certainty",
            do="Take the copies out, or say --duplicates drop.",
        )
    moments = {k: np.unique(rows[events.kind == k, :3], axis=0) for k in np.unique(events.kind)}
    for k, moment in moments.items():
        for j, other in moments.items():
            if j > k and np.array_equal(moment, other):
                raise BadInput(
                    f"the {KINDS[int(k)]} and the {KINDS[int(j)]} events have the same times and places, one for one",
                    expected="different events: one column or file may have been given twice",
                )


def check_kinds(events: Events, *, controls: bool = True) -> None:
    """Refuse when a kind has no events."""
    for kind in (OUTCOME, TREATMENT, CONTROL) if controls else (OUTCOME, TREATMENT):
        if not events.number(kind):
            raise BadInput(
                f"there are no {KINDS[kind]} events",
                expected="events of all three kinds: without a control there is nothing to compare with"
                if kind == CONTROL
                else "events of this kind",
                do=f"Name a kind that occurs with --{KINDS[kind]}.",
            )
