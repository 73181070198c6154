"""Whether lists speak of the same time: what lists of different times share says nothing of what all of them missed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from civcas.terms.window import Window

ENOUGH = 30  # dated incidents from which the time a list speaks of can be told
MIDDLE = (0.025, 0.975)  # share of a list's incidents between which it is taken to speak
MOST_OUTSIDE = 0.2

Days = npt.NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The window that holds all but the earliest and latest few incidents of a list, and what share of all lies outside the others'."""

    name: str
    window: Window
    outside: float


def spans(days: Days, of_list: npt.NDArray[np.object_]) -> tuple[Span, ...]:
    """The span of each list with enough incidents. `days` since 1970, one a list and incident that it reports."""
    windows = {}
    for name in sorted(set(of_list.tolist())):
        own = days[of_list == name]
        if len(own) >= ENOUGH:
            first, last = np.quantile(own, MIDDLE)
            windows[name] = (int(np.floor(first)), int(np.ceil(last)))
    found = []
    for name, (first, last) in windows.items():
        begin, end = max(f for f, _ in windows.values()), min(e for _, e in windows.values())
        own = days[of_list == name]
        outside = float(((own < begin) | (own > end)).mean())
        found.append(Span(name=name, window=Window(_day(first), _day(last)), outside=outside))
    return tuple(found)


def of_different_times(found: tuple[Span, ...]) -> bool:
    """Whether more than a fifth of a list lies outside the time that all of them speak of."""
    return any(span.outside > MOST_OUTSIDE for span in found)


def shared(found: tuple[Span, ...]) -> Window | None:
    """The months that all lists speak of; None where there are none."""
    first, last = max(s.window.first for s in found), min(s.window.last for s in found)
    return Window.parse(f"{first:%Y-%m}..{last:%Y-%m}") if first <= last else None


def _day(number: int) -> dt.date:
    return dt.date(1970, 1, 1) + dt.timedelta(days=number)
