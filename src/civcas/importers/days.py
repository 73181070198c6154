"""Reads one cell that says when: a day, a month, a year, or a span of days, never more exactly than it is written."""

from __future__ import annotations

import calendar
import datetime as dt
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace

from civcas.importers.months import CLOCK, HOUR, MONTH, MONTHS, WEEKDAY, folded

EARLIEST = dt.date(1900, 1, 1)
ABOUT = 3  # days on each side of a day that is said to be about
DAY, RANGE, WEEK, MONTHLY, YEAR = "day", "range", "week", "month", "year"
NOT_EXACT = "about"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From the first to the last day on which it may have happened; `note` says what a reader should know of it."""

    first: dt.date
    last: dt.date
    precision: str
    note: str = ""


def latest_day(today: dt.date) -> dt.date:
    """The last day that a file of today may name: the end of next year."""
    return dt.date(today.year + 1, 12, 31)


def possible(found: Span | None, latest: dt.date) -> bool:
    """Whether a span lies where a file of today may have it."""
    return found is not None and EARLIEST <= found.first <= found.last <= latest


def read_span(cell: str, order: str, latest: dt.date) -> Span | None:
    """What the cell says, with numbers in the `order` "dmy" or "mdy"; None where it says no span of days."""
    text = _plain(cell)
    about = re.match(r"(?:c\.?a?\.?|circa|about|around|approx(?:imately)?\.?|roughly|~|on or about)\s*(?=[\dm])", text)
    doubted = re.search(r"\s*(?:\?|\((?:approx(?:imately)?\.?|circa|about|estimated?)\))$", text)
    text = text[about.end() if about else 0 : doubted.start() if doubted else None].strip()
    found = _whole(text, order, latest) or _between(text, order, latest)
    return _loosened(found) if found and (about or doubted) else found


def orders(cell: str, latest: dt.date) -> tuple[Span | None, Span | None]:
    """What the cell says with the day first, and with the month first."""
    return read_span(cell, "dmy", latest), read_span(cell, "mdy", latest)


def serial(cell: str, epoch: int) -> Span | None:
    """A spreadsheet's number of a day, of five digits: days since the end of 1899 or the beginning of 1904."""
    if not re.fullmatch(r"\d{5}(?:\.\d+)?", cell.strip()):
        return None
    base = dt.date(1904, 1, 1) if epoch == 1904 else dt.date(1899, 12, 30)
    day = base + dt.timedelta(days=int(float(cell)))
    return Span(first=day, last=day, precision=DAY)


def _loosened(found: Span) -> Span:
    wide = dt.timedelta(days=ABOUT)
    if found.precision != DAY or not dt.date.min + wide <= found.first <= dt.date.max - wide:
        return replace(found, note=NOT_EXACT)
    return Span(first=found.first - wide, last=found.last + wide, precision=WEEK, note=NOT_EXACT)


def _plain(cell: str) -> str:
    """One spelling for what is written in many: western digits, one kind of dash, months as m01 … m12, no hours, no weekdays."""
    text = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in folded(cell))
    text = re.sub(r"[‐‑‒–—―−]", "-", text.replace("\u200f", "").replace("\u200e", ""))
    text = CLOCK.sub("", HOUR.sub("", WEEKDAY.sub("", _without_moment(text.strip()))))
    text = re.sub(r"\b(\d{1,2})(?:st|nd|rd|th|er|º|°)\b", r"\1", text)
    text = MONTH.sub(lambda m: f" m{MONTHS[m[0].rstrip('.')]:02d} ", text)
    text = re.sub(r"(?<![^\W\d_])(?:the|of|de|del|du|le|г\.?|года|року)(?![^\W\d_])", " ", text)
    return re.sub(r"\s*,\s*$", "", re.sub(r"\s+", " ", text)).strip()


def _without_moment(text: str) -> str:
    """`2016-04-12T23:30:00+03:00` is the day that is written, whatever its hour and zone."""
    return re.sub(r"^(\d{4}[-/.]\d{1,2}[-/.]\d{1,2})(?:[t ]\d{1,2}:\d\d.*|z)$", r"\1", text)


def _date(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _one_day(year: int, month: int, day: int) -> Span | None:
    found = _date(year, month, day)
    return Span(first=found, last=found, precision=DAY) if found else None


def _one_month(year: int, month: int) -> Span | None:
    first = _date(year, month, 1)
    return Span(first=first, last=end_of_month(first), precision=MONTHLY) if first else None


def end_of_month(day: dt.date) -> dt.date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def _one_year(year: int) -> Span | None:
    first, last = _date(year, 1, 1), _date(year, 12, 31)
    return Span(first=first, last=last, precision=YEAR) if first and last else None


def _year(written: str, latest: dt.date) -> int:
    """A year of two digits is the one in the hundred years that end with next year."""
    digits = written.lstrip("'’")
    if len(digits) == 4:
        return int(digits)
    year = latest.year - latest.year % 100 + int(digits)
    return year if year <= latest.year else year - 100


_YEAR = r"(['’]?\d\d|\d{4})"
_PATTERNS = {
    name: re.compile(pattern)
    for name, pattern in {
        "ymd": r"(\d{4})([-/. ])(\d{1,2})\2(\d{1,2})",
        "compact": r"(\d{4})(\d\d)(\d\d)",
        "numbers": r"(\d{1,2}) ?([-/. ]) ?(\d{1,2}) ?\2 ?" + _YEAR,
        "day month": r"(\d{1,2})[ .\-/]*m(\d\d)[ ,.\-/]*" + _YEAR,
        "month day": r"m(\d\d)[ .\-/]*(\d{1,2})(?:[ ]*[,\-/][ ]*|[ ]+)" + _YEAR,
        "year month day": r"(\d{4})[ ,.\-/]*m(\d\d)[ .\-/]*(\d{1,2})",
        "month": r"m(\d\d)[ ,.\-/]*(\d{4})|(\d{4})[ ,.\-/]*m(\d\d)",
        "month number": r"(\d{4})[-/.](\d{1,2})|(\d{1,2})[-/.](\d{4})",
        "year": r"(\d{4})",
        "quarter": r"q([1-4])[ \-/]*(\d{4})|(\d{4})[ \-/]*q([1-4])",
        "iso week": r"(\d{4})-?w(\d\d)",
    }.items()
}


def _whole(text: str, order: str, latest: dt.date) -> Span | None:
    """One day, month, year or named part of one."""
    return (
        _numeric(text, order, latest)
        or _with_month(text, latest)
        or _longer(text)
        or _part(text)
        or _week_of(text, order, latest)
    )


def _numeric(text: str, order: str, latest: dt.date) -> Span | None:
    if m := _PATTERNS["ymd"].fullmatch(text):
        return _one_day(int(m[1]), int(m[3]), int(m[4]))
    if m := _PATTERNS["compact"].fullmatch(text):
        return _one_day(int(m[1]), int(m[2]), int(m[3]))
    if m := _PATTERNS["numbers"].fullmatch(text):
        first, second = int(m[1]), int(m[3])
        day, month = (second, first) if order == "mdy" else (first, second)
        return _one_day(_year(m[4], latest), month, day)
    return None


def _with_month(text: str, latest: dt.date) -> Span | None:
    if m := _PATTERNS["day month"].fullmatch(text):
        return _one_day(_year(m[3], latest), int(m[2]), int(m[1]))
    if m := _PATTERNS["month day"].fullmatch(text):
        return _one_day(_year(m[3], latest), int(m[1]), int(m[2]))
    if m := _PATTERNS["year month day"].fullmatch(text):
        return _one_day(int(m[1]), int(m[2]), int(m[3]))
    return None


def _longer(text: str) -> Span | None:
    """A month, quarter, week or year that is named by itself."""
    if m := _PATTERNS["month"].fullmatch(text):
        return _one_month(int(m[2] or m[3]), int(m[1] or m[4]))
    if m := _PATTERNS["month number"].fullmatch(text):
        return _one_month(int(m[1] or m[4]), int(m[2] or m[3]))
    if m := _PATTERNS["year"].fullmatch(text):
        return _one_year(int(m[1]))
    if m := _PATTERNS["quarter"].fullmatch(text):
        year, last = int(m[2] or m[3]), 3 * int(m[1] or m[4])
        end = _date(year, last, 1)
        return Span(first=end.replace(month=last - 2), last=end_of_month(end), precision=RANGE) if end else None
    if m := _PATTERNS["iso week"].fullmatch(text):
        try:
            monday = dt.date.fromisocalendar(int(m[1]), int(m[2]), 1)
        except ValueError:
            return None
        return Span(first=monday, last=monday + dt.timedelta(days=6), precision=WEEK)
    return None


THIRDS = {"early": (1, 10), "beginning": (1, 10), "start": (1, 10), "mid": (11, 20), "middle": (11, 20),
          "late": (21, 31), "end": (21, 31), "first half": (1, 15), "second half": (16, 31), "last half": (16, 31)}  # fmt: skip
YEAR_THIRDS = {"early": (1, 4), "beginning": (1, 4), "start": (1, 4), "mid": (5, 8), "middle": (5, 8), "late": (9, 12),
               "end": (9, 12), "first half": (1, 6), "second half": (7, 12), "last half": (7, 12)}  # fmt: skip
_PART = re.compile(rf"({'|'.join(THIRDS)})[ -]*(?:in )?(.+)")


def _part(text: str) -> Span | None:
    """The first, second or last ten days of a month (or four months of a year), or half of one."""
    m = _PART.fullmatch(text)
    whole = _longer(m[2].strip()) if m else None
    if m is None or whole is None or whole.precision not in (MONTHLY, YEAR):
        return None
    if whole.precision == YEAR:
        begins, ends = YEAR_THIRDS[m[1]]
        return Span(first=whole.first.replace(month=begins), last=end_of_month(whole.first.replace(month=ends)),
                    precision=RANGE)  # fmt: skip
    begins, ends = THIRDS[m[1]]
    return Span(first=whole.first.replace(day=begins), last=whole.first.replace(day=min(ends, whole.last.day)),
                precision=RANGE)  # fmt: skip


def _week_of(text: str, order: str, latest: dt.date) -> Span | None:
    m = re.fullmatch(r"week (?:beginning |starting |commencing )?(.+)", text)
    found = (_numeric(m[1], order, latest) or _with_month(m[1], latest)) if m else None
    return Span(first=found.first, last=found.first + dt.timedelta(days=6), precision=WEEK) if found else None


_JOIN = re.compile(
    r"(?: +(?:to|until|till|through|thru|and|or|bis|au|al|à|y|et|по|до|إلى|الى|-|/) +|-+|/|&| +(?:to|and)(?=\d)|;)"
)
_LEAD = re.compile(r"^(?:between|from|entre|von|с|من|بين) +")


def _between(text: str, order: str, latest: dt.date) -> Span | None:
    """Two days, months or years in one cell, of which one may lack what the other says."""
    text = _LEAD.sub("", text)
    for join in _JOIN.finditer(text):
        left, right = text[: join.start()].strip(" ,"), text[join.end() :].strip(" ,")
        for first, last in _completed(left, right):
            begin, end = _whole(first, order, latest), _whole(last, order, latest)
            if begin and end and begin.first <= end.last and begin.precision == end.precision != WEEK:
                if begin == end:
                    return begin
                return Span(first=begin.first, last=end.last, precision=RANGE)
    return None


def _completed(left: str, right: str) -> Iterator[tuple[str, str]]:
    """Ways to fill in what one side leaves to the other."""
    if re.fullmatch(r"\d{1,2}", left):  # 12 - 14 April 2016; 12-14/04/2016
        if m := re.fullmatch(r"\d{1,2}([ .\-/]*m\d\d.*)", right):
            yield left + m[1], right
        if m := re.fullmatch(r"\d{1,2}([-/.].+)", right):
            yield left + m[1], right
        return
    year = re.search(r"(['’]?\b\d\d|\d{4})$", right)
    if re.fullmatch(r"m\d\d[ .]*\d{1,2}", left):  # April 12 - 14, 2016; April 12 - May 3, 2016
        if m := re.fullmatch(r"(\d{1,2})[ ,]+" + _YEAR, right):
            yield f"{left} {m[2]}", f"{left[:3]} {m[1]} {m[2]}"
        elif year:
            yield f"{left} {year[1]}", right
        return
    if year and re.fullmatch(r"\d{1,2}[ .\-/]*m\d\d|m\d\d", left):  # 30 April - 2 May 2016; April - May 2016
        yield f"{left} {year[1]}", right
        return
    if year and (m := re.fullmatch(r"\d{1,2}([-/.])\d{1,2}", left)):  # 12/04 - 14/04/2016
        yield f"{left}{m[1]}{year[1]}", right
    if m := re.fullmatch(r"(\d{4}[-/.]\d{1,2}[-/.])\d{1,2}", left):  # 2016-04-12/14; 2016-04-12/05-03
        if re.fullmatch(r"\d{1,2}", right):
            yield left, m[1] + right
        elif re.fullmatch(r"\d{1,2}[-/.]\d{1,2}", right):
            yield left, left[:5] + right
    yield left, right
