"""A window is a span of whole days, written the way people write it: 2016, 2016-01, 2015-10..2016-09, 2015-09-30..2016-12-31."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass

from civcas.errors import BadInput

_POINT = re.compile(r"^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$")


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """From `first` to `last`, both days counted."""

    first: dt.date
    last: dt.date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise BadInput(
                f"the window ends ({self.last}) before it begins ({self.first})", expected="first..last, in that order"
            )

    @classmethod
    def parse(cls, text: object) -> Window:
        """Read `2016`, `2016-01`, `2016-01-05` or two of these joined by `..`."""
        first, dots, last = str(text).strip().partition("..")
        begin, end = _span(first, text), _span(last if dots else first, text)
        return cls(begin[0], end[1])

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def whole_months(self) -> bool:
        return self.first.day == 1 and (self.last + dt.timedelta(days=1)).day == 1

    @property
    def months(self) -> int:
        """Calendar months touched; the number of months where `whole_months` holds."""
        return month_number(self.last) - month_number(self.first) + 1

    def overlap_days(self, other: Window) -> int:
        return max(0, (min(self.last, other.last) - max(self.first, other.first)).days + 1)

    def likeness(self, other: Window) -> float:
        """Days in both over days in either: 1 when the windows are the same, 0 when they do not meet."""
        both = self.overlap_days(other)
        return both / (self.days + other.days - both)

    def __str__(self) -> str:
        if not self.whole_months:
            return f"{self.first}" if self.first == self.last else f"{self.first}..{self.last}"
        if self.first.month == 1 and self.last.month == 12:
            return f"{self.first:%Y}" if self.first.year == self.last.year else f"{self.first:%Y}..{self.last:%Y}"
        return f"{self.first:%Y-%m}" if self.months == 1 else f"{self.first:%Y-%m}..{self.last:%Y-%m}"


def month_number(day: dt.date) -> int:
    """Months since year 0, so that months can be subtracted."""
    return day.year * 12 + day.month - 1


def _span(point: str, whole: object) -> tuple[dt.date, dt.date]:
    found = _POINT.match(point.strip())
    try:
        if not found:
            raise ValueError
        year, month, day = (int(part) if part else None for part in found.groups())
        assert year is not None
        if month is None:
            return dt.date(year, 1, 1), dt.date(year, 12, 31)
        if day is None:
            return dt.date(year, month, 1), dt.date(year, month, calendar.monthrange(year, month)[1])
        return dt.date(year, month, day), dt.date(year, month, day)
    except ValueError:
        raise BadInput(
            f"{str(whole)!r} is not a window", expected="2016, 2016-01, 2015-10..2016-09 or 2015-09-30..2016-12-31"
        ) from None
