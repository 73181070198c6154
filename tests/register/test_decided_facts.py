"""A date, a place and the names in one report are corrected by a decision, as a number is: what was received stays."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from laid_out import decision, link, report

from civcas.errors import BadInput
from civcas.register.building import build
from civcas.terms.typed_decision import typed
from command_line import civcas

DAY = dt.date(2016, 3, 1)
ROW = {
    "date_start": DAY,
    "date_end": DAY,
    "date_precision": "day",
    "place": "P",
    "latitude": 35.0,
    "longitude": 38.0,
    "civ_killed_min": 3,
}


def spelt(word: str, subject: str, value: str, at: str = "2026-01-01T00:00:00") -> dict[str, Any]:
    made = typed(word, subject, value, because="a reason")
    return decision(str(made.kind), made.subject, dict(made.value), at, about=made.about)


def incident(*decided: dict[str, Any], rows: tuple[dict[str, Any], ...] = (ROW,)) -> dict[str, Any]:
    built = build(report(*rows), list(decided))
    (row,) = built["incident"].to_pyarrow().to_pylist()
    named = built["attribution"].to_pyarrow()["belligerent"].to_pylist()
    return {**row, "named": sorted(named)}


def test_a_date_is_corrected_to_a_day_a_month_a_range_or_unknown() -> None:
    assert incident(spelt("date", "d:1", "2016-04-02"))["date_start"] == dt.date(2016, 4, 2)
    month = incident(spelt("date", "d:1", "2016-04"))
    assert (month["date_start"], month["date_end"], month["date_precision"]) == (
        dt.date(2016, 4, 1),
        dt.date(2016, 4, 30),
        "month",
    )
    span = incident(spelt("date", "d:1", "2016-04-02..2016-04-05"))
    assert (span["date_end"], span["date_precision"]) == (dt.date(2016, 4, 5), "range")
    nothing = incident(spelt("date", "d:1", "unknown"))
    assert (nothing["date_start"], nothing["date_precision"]) == (None, "unknown")


def test_a_date_moves_the_incident_to_its_month() -> None:
    built = build(report(ROW), [spelt("date", "d:1", "2017-05-06")])
    (month,) = built["harm_by_period"].to_pyarrow().to_pylist()
    assert month["period_start"] == dt.date(2017, 5, 1)


def test_a_place_is_corrected_with_its_point_or_without() -> None:
    with_point = incident(spelt("location", "d:1", "Tabqa @ 35.84,38.55"))
    assert (with_point["place"], with_point["latitude"], with_point["longitude"]) == ("Tabqa", 35.84, 38.55)
    without = incident(spelt("location", "d:1", "Tabqa"))
    assert (without["place"], without["latitude"]) == ("Tabqa", None)


def test_the_names_of_one_report_are_corrected() -> None:
    assert incident(spelt("named", "d:1", "B; C"))["named"] == ["B", "C"]


def test_the_later_decision_stands_and_what_was_published_can_be_taken_back_to() -> None:
    one, two = spelt("date", "d:1", "2016-04-02"), spelt("date", "d:1", "2016-05-02", at="2026-02-01T00:00:00")
    assert incident(one, two)["date_start"] == dt.date(2016, 5, 2)
    assert incident(one, spelt("date", "d:1", "as-published", at="2026-02-01T00:00:00"))["date_start"] == DAY


def test_of_linked_reports_what_a_person_decided_goes_first() -> None:
    rows = (ROW, ROW | {"place": "Q"})
    linked = link("d:1", "d:2")
    assert incident(linked, rows=rows)["place"] == "P"
    told = incident(linked, spelt("location", "d:2", "Tabqa"), spelt("date", "d:2", "2016-07-01"), rows=rows)
    assert (told["place"], told["date_start"]) == ("Tabqa", dt.date(2016, 7, 1))
    both = [spelt("date", "d:2", "2016-07-01"), spelt("date", "d:1", "2016-08-01", at="2026-03-01T00:00:00")]
    assert incident(linked, *both, rows=rows)["date_start"] == dt.date(2016, 8, 1)


@pytest.mark.parametrize(
    ("word", "value"),
    [("date", "soon"), ("date", "2016-13"), ("location", "Tabqa @ 95,38"), ("date", "2016-05-02..2016-04-02")],
)
def test_what_is_no_date_or_no_place_is_refused(word: str, value: str) -> None:
    with pytest.raises(BadInput):
        typed(word, "d:1", value, because="a reason")


def test_the_command_line_decides_and_the_log_keeps_both(tmp_path: Path) -> None:
    from civcas import importers

    case, sample = tmp_path / "case", Path(importers.__file__).parent / "samples" / "airwars" / "wide_table.csv"
    assert civcas("new", case).returncode == 0 and civcas("import", "airwars", sample, "--case", case).returncode == 0
    for words in (
        ("date", "airwars:1", "2016-02-04"),
        ("location", "airwars:1", "Elsewhere @ 36.5,37.5"),
        ("named", "airwars:1", "Air Force Z"),
    ):
        ran = civcas("decide", *words, "--because", "the page was corrected", "--case", case)
        assert ran.returncode == 0, ran.stderr
    ran = civcas(
        "sql",
        "SELECT date_start, place, latitude FROM incident WHERE incident_id = 'airwars:1'",
        "--case",
        case,
        "--json",
    )
    assert '"2016-02-04"' in ran.stdout and "Elsewhere" in ran.stdout and "36.5" in ran.stdout
    log = civcas("log", "airwars:1", "--case", case).stdout
    assert "Exampleville" in log and "Elsewhere" in log and "the page was corrected" in log
    assert civcas("decide", "date", "airwars:none", "2016-02-04", "--because", "x", "--case", case).returncode == 2
