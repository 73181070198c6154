from __future__ import annotations

import datetime as dt

import pytest

from civcas import Window
from civcas.errors import BadInput


@pytest.mark.parametrize(
    ("text", "first", "last", "days"),
    [
        ("2016", "2016-01-01", "2016-12-31", 366),
        ("2016-02", "2016-02-01", "2016-02-29", 29),
        ("2015-10..2016-09", "2015-10-01", "2016-09-30", 366),
        ("2015-09-30..2016-12-31", "2015-09-30", "2016-12-31", 459),
        ("2016-01-05", "2016-01-05", "2016-01-05", 1),
    ],
)
def test_a_window_is_read_the_way_people_write_it(text: str, first: str, last: str, days: int) -> None:
    window = Window.parse(text)
    assert (window.first.isoformat(), window.last.isoformat(), window.days) == (first, last, days)
    assert str(window) == text


@pytest.mark.parametrize("text", ["", "spring", "2016-13", "2016-02-30", "2016..", "2016-09..2016-01", "2016-1"])
def test_what_is_not_a_window_is_refused_with_the_forms_there_are(text: str) -> None:
    with pytest.raises(BadInput, match="window"):
        Window.parse(text)


def test_whole_months_are_told_from_windows_that_cut_a_month() -> None:
    assert Window.parse("2016-02").whole_months
    assert not Window.parse("2016-02-01..2016-02-28").whole_months


def test_likeness_is_days_in_both_over_days_in_either() -> None:
    year, half = Window.parse("2015"), Window.parse("2015-01..2015-06")
    assert year.likeness(half) == 181 / 365
    assert year.likeness(Window.parse("2016")) == 0
    assert year.overlap_days(Window(dt.date(2015, 12, 31), dt.date(2016, 1, 5))) == 1
