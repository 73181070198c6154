"""A cell that says when is read as the span of days it names, by every importer alike, and never more exactly than it is written."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import openpyxl
import pytest
from imported_rows import rows

from civcas.errors import BadInput
from civcas.importers.answering import understood
from civcas.importers.days import read_span

LATEST = dt.date(2027, 12, 31)
TODAY = dt.date(2026, 6, 1)
HXL = "#date+occurred,#adm1,#affected+killed\n"
ICEWS = "Event ID\tEvent Date\tSource Name\tCAMEO Code\tIntensity\tTarget Name\n"


@pytest.mark.parametrize(
    ("cell", "first", "last", "precision"),
    [
        ("2016-04-12", "2016-04-12", "2016-04-12", "day"),
        ("2016-04-12T23:30:00+03:00", "2016-04-12", "2016-04-12", "day"),
        ("2016-04-12 23:30:00.000", "2016-04-12", "2016-04-12", "day"),
        ("20160412", "2016-04-12", "2016-04-12", "day"),
        ("14/4/16", "2016-04-14", "2016-04-14", "day"),
        ("14/4/85", "1985-04-14", "1985-04-14", "day"),
        ("31/12/27", "2027-12-31", "2027-12-31", "day"),
        ("31/12/28", "1928-12-31", "1928-12-31", "day"),
        ("1/13/2017", "2017-01-13", "2017-01-13", "day"),
        ("5/5/2016", "2016-05-05", "2016-05-05", "day"),
        ("12.04.2016", "2016-04-12", "2016-04-12", "day"),
        ("1 March 2015", "2015-03-01", "2015-03-01", "day"),
        ("Sunday, March 1st, 2015", "2015-03-01", "2015-03-01", "day"),
        ("2-Sep-13", "2013-09-02", "2013-09-02", "day"),
        ("1 de marzo de 2015", "2015-03-01", "2015-03-01", "day"),
        ("14 марта 2015 г.", "2015-03-14", "2015-03-14", "day"),
        ("١٤ آذار ٢٠١٥", "2015-03-14", "2015-03-14", "day"),
        ("14 كانون الثاني 2015", "2015-01-14", "2015-01-14", "day"),
        ("18/04/2016 night", "2016-04-18", "2016-04-18", "day"),
        ("18/04/2016 2:30 PM", "2016-04-18", "2016-04-18", "day"),
        ("2016-04", "2016-04-01", "2016-04-30", "month"),
        ("04/2016", "2016-04-01", "2016-04-30", "month"),
        ("February 2016", "2016-02-01", "2016-02-29", "month"),
        ("2015", "2015-01-01", "2015-12-31", "year"),
        ("2016-W15", "2016-04-11", "2016-04-17", "week"),
        ("mid April 2016", "2016-04-11", "2016-04-20", "range"),
        ("late February 2015", "2015-02-21", "2015-02-28", "range"),
        ("early 2016", "2016-01-01", "2016-04-30", "range"),
        ("Q2 2016", "2016-04-01", "2016-06-30", "range"),
        ("c. 5 May 2016", "2016-05-02", "2016-05-08", "week"),
        ("12-14 April 2016", "2016-04-12", "2016-04-14", "range"),
        ("12–14/04/2016", "2016-04-12", "2016-04-14", "range"),
        ("April 12-14, 2016", "2016-04-12", "2016-04-14", "range"),
        ("30 Dec 2015 - 2 Jan 2016", "2015-12-30", "2016-01-02", "range"),
        ("between 12 and 14 April 2016", "2016-04-12", "2016-04-14", "range"),
        ("2016-04-12/2016-04-14", "2016-04-12", "2016-04-14", "range"),
        ("April-May 2016", "2016-04-01", "2016-05-31", "range"),
        ("2015-2016", "2015-01-01", "2016-12-31", "range"),
        ("1900-01-01", "1900-01-01", "1900-01-01", "day"),
    ],
)
def test_a_cell_is_the_span_of_days_it_names(cell: str, first: str, last: str, precision: str) -> None:
    found, fault = understood(cell, formats=(), order="", epoch=0, latest=LATEST)
    assert found is not None, fault
    assert (found.first.isoformat(), found.last.isoformat(), found.precision) == (first, last, precision)


@pytest.mark.parametrize(
    "cell",
    ["9999-12-31", "0000-01-01", "0016-04-14", "1899-12-31", "2028-01-01", "infinity", "-infinity", "epoch", "now", "today",
     "31/02/2016", "2016-02-30", "2016-13-04", "14/14/2016", "Apr-16", "16-Apr", "12 April", "before 5 May 2016",
     "after 2015", "42472", "unknown", "several days", "14 - 12 April 2016", "16", "5"],
)  # fmt: skip
def test_a_cell_that_names_no_day_that_can_be_is_not_read(cell: str) -> None:
    found, fault = understood(cell, formats=(), order="", epoch=0, latest=LATEST)
    assert found is None and fault


@pytest.mark.parametrize("cell", ["9999-12-31", "0000-01-01", "infinity", "epoch", "1899-12-31", "2028-01-01"])
def test_a_day_outside_what_can_be_is_unread_with_the_reason(take, cell: str) -> None:
    imported = take("hxl", HXL + f"2016-04-12,North,3\n{cell},North,4\n", today=TODAY)
    assert (imported.accounts.read, imported.accounts.unread) == (1, 1)
    [unread] = rows(imported, "unread")
    assert unread["reason"].startswith(f"#date+occurred is '{cell}'; expected a day")
    if cell[0].isdigit() and cell != "0000-01-01":
        assert unread["reason"].endswith("expected a day from 1900-01-01 to 2027-12-31")


def dated(imported) -> list[tuple]:
    return [(str(r["date_start"]), str(r["date_end"]), r["date_precision"]) for r in rows(imported)]


def test_the_column_decides_which_comes_first(take) -> None:
    us = take("hxl", HXL + "3/4/2017,N,1\n1/13/2017,N,1\n")
    assert [first for first, _, _ in dated(us)] == ["2017-03-04", "2017-01-13"]
    european = take("hxl", HXL + "3/4/2017,N,1\n13/1/2017,N,1\n12-14/04/2016,N,1\n")
    assert [first for first, _, _ in dated(european)] == ["2017-04-03", "2017-01-13", "2016-04-12"]
    dots = take("hxl", HXL + "03.04.2017,N,1\n")
    assert dated(dots)[0][0] == "2017-04-03"
    american_dots = take("hxl", HXL + "03.04.2017,N,1\n04.13.2017,N,1\n")
    assert [first for first, _, _ in dated(american_dots)] == ["2017-03-04", "2017-04-13"]


@pytest.mark.parametrize("cell", ["3/4/2017", "3-4-17", "03/04/2017 14:30"])
def test_a_column_that_cannot_tell_is_refused_with_both_readings_and_can_be_told(take, cell: str) -> None:
    text = HXL + f"5/5/2017,N,1\n{cell},N,2\n"
    with pytest.raises(
        BadInput, match=r"column #date\+occurred: '0?3.*' is 3 April 2017 or 4 March 2017, and no other cell"
    ):
        take("hxl", text)
    assert dated(take("hxl", text, date_formats=("month-first",)))[1][0] == "2017-03-04"
    assert dated(take("hxl", text, date_formats=("#date+occurred=day-first",)))[1][0] == "2017-04-03"
    with pytest.raises(BadInput, match="there is no column of dates 'Elsewhere'"):
        take("hxl", text, date_formats=("Elsewhere=day-first",))
    with pytest.raises(BadInput, match="says nothing of days"):
        take("hxl", text, date_formats=("european",))


def test_a_column_that_contradicts_itself_reads_what_is_certain_and_no_more(take) -> None:
    imported = take("hxl", HXL + "13/1/2017,N,1\n1/13/2017,N,1\n3/4/2017,N,1\n")
    assert [first for first, _, _ in dated(imported)] == ["2017-01-13", "2017-01-13"]
    [unread] = rows(imported, "unread")
    assert unread["reason"] == (
        "#date+occurred is '3/4/2017'; expected one meaning: it may be 3 April 2017 or 4 March 2017"
    )


def test_a_pattern_reads_what_is_written_so_and_says_which_comes_first(take) -> None:
    imported = take(
        "hxl", HXL + "3/4/2017,N,1\n3/4/16,N,1\n2016-05,N,1\nmid April 2016,N,1\n", date_formats=("%m/%d/%Y",)
    )
    assert dated(imported) == [
        ("2017-03-04", "2017-03-04", "day"), ("2016-03-04", "2016-03-04", "day"), ("2016-05-01", "2016-05-31", "month"),
        ("2016-04-11", "2016-04-20", "range"),
    ]  # fmt: skip


def test_every_importer_reads_the_same_cells(take, tmp_path: Path) -> None:
    cells = ["1 March 2015", "March 2015", "2015", "12-14 April 2016", "18/04/2016 night", "c. 5 May 2016"]
    spans = [
        ("2015-03-01", "2015-03-01", "day"), ("2015-03-01", "2015-03-31", "month"), ("2015-01-01", "2015-12-31", "year"),
        ("2016-04-12", "2016-04-14", "range"), ("2016-04-18", "2016-04-18", "day"), ("2016-05-02", "2016-05-08", "week"),
    ]  # fmt: skip
    mapping = tmp_path / "m.yaml"
    mapping.write_text("id: id\nfields: {date_start: date, civ_killed_min: n}\n", encoding="utf-8")
    made = {
        "hxl": HXL + "".join(f"{c},N,1\n" for c in cells),
        "airwars": "code,airwars_id,date,belligerents,civ_killed_min,civ_killed_max\n"
        + "".join(f"X,{n},{c},A,1,1\n" for n, c in enumerate(cells)),
        "acled": "event_id_cnty,event_date,event_type,actor1,country,fatalities,time_precision\n"
        + "".join(f"X{n},{c},Battle,A,X,1,1\n" for n, c in enumerate(cells)),
        "mapped": "id,date,n\n" + "".join(f"{n},{c},1\n" for n, c in enumerate(cells)),
        "ibc": "IBC code,Start Date,End Date,Reported Minimum,Reported Maximum\n"
        + "".join(f"x{n},{c},{c},1,1\n" for n, c in enumerate(cells)),
    }
    for name, text in made.items():
        imported = take(name, text, **({"mapping": mapping} if name == "mapped" else {}))
        assert dated(imported) == spans, name
        assert imported.accounts.doubts == {"a day that is said to be about": 2 if name == "ibc" else 1}, name


def test_a_field_that_has_no_end_keeps_a_month_unknown_and_says_so(take) -> None:
    imported = take("icews", ICEWS + "1\tApril 2016\tA\t190\t-10\tB\n2\t12 April 2016\tA\t190\t-10\tB\n")
    assert [str(r["date"]) for r in rows(imported)] == ["None", "2016-04-12"]
    assert [(f["row"], f["kind"], f["reason"]) for f in rows(imported, "flagged")] == [
        (1, "a date that is less exact than a day", "Event Date is 'April 2016'")
    ]


def test_the_day_number_of_a_spreadsheet_is_a_day_in_a_spreadsheet_alone(take, tmp_path: Path) -> None:
    for epoch, day in ((1900, "2016-04-12"), (1904, "2020-04-13")):
        book = openpyxl.Workbook()
        book.epoch = dt.datetime(1904, 1, 1) if epoch == 1904 else book.epoch
        for row in (
            ["#date+occurred", "#adm1", "#affected+killed"],
            [42472, "N", 1],
            [dt.date(2016, 5, 1), "N", 1],
            [2015, "N", 1],
        ):
            book.active.append(row)
        book.save(tmp_path / f"{epoch}.xlsx")
        assert dated(take("hxl", tmp_path / f"{epoch}.xlsx")) == [
            (day, day, "day"), ("2016-05-01", "2016-05-01", "day"), ("2015-01-01", "2015-12-31", "year")
        ]  # fmt: skip
    assert take("hxl", HXL + "42472,N,1\n").accounts.unread == 1


def test_a_publisher_who_writes_the_month_first_is_read_so_unless_the_column_shows_otherwise(take) -> None:
    head = "date,country,location,number,line\n"
    starts = [str(r["period_start"]) for r in rows(take("strike_releases", head + "3/4/2016,Iraq,M,1,an airstrike\n"))]
    assert starts == ["2016-03-04"]
    turned = head + "3/4/2016,Iraq,M,1,an airstrike\n13/4/2016,Iraq,M,1,an airstrike\n"
    assert [str(r["period_start"]) for r in rows(take("strike_releases", turned))] == ["2016-04-03", "2016-04-13"]


def test_the_file_of_icews_of_2017_is_read(take, real_data: Path) -> None:
    folder = real_data / "field" / "09-icews-2017-file"
    if not folder.is_dir():
        pytest.skip("the field cases are not here")
    found = [(str(r["date"]), r["code"]) for r in rows(take("icews", folder / "events-us-dates.tab"))]
    assert found == [("2017-01-01", "190"), ("2017-01-13", "010")]


def test_an_order_makes_a_difference_only_where_a_cell_can_be_read_both_ways() -> None:
    for cell in ("2016-04-12", "12 April 2016", "April 2016", "5/5/2016"):
        assert read_span(cell, "dmy", LATEST) == read_span(cell, "mdy", LATEST)


def test_the_exact_cell_stays_beside_what_was_read_of_it(take) -> None:
    first, second = rows(take("hxl", HXL + "mid April 2016,North,3\n2016-04-12,North,3\n"))
    assert (json.loads(first["extra"]), second["extra"]) == ({"#date+occurred": "mid April 2016"}, None)


def test_the_command_line_takes_the_order_of_days(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from civcas.cli.app import main

    file = tmp_path / "list.csv"
    file.write_text(HXL + "3/4/2017,N,1\n", encoding="utf-8")
    for said, code in (
        (["--date-format", "#date+occurred=month-first"], 0),
        (["--date-format", "%m/%d/%Y"], 0),
        ([], 2),
    ):
        with pytest.raises(SystemExit) as left:
            main(["import", "hxl", str(file), "--out", str(tmp_path / "out"), "--json", *said])
        assert left.value.code == code
    assert "--date-format month-first" in capsys.readouterr().err


def test_many_different_cells_asked_by_several_threads_keep_their_own_answers(take) -> None:
    first = dt.date(2000, 1, 1)
    days = [first + dt.timedelta(days=n % 9000) for n in range(60_000)]
    body = "".join(
        f"{day.day} {day:%B} {day.year} at {n % 24:02d}:{n // 24 % 60:02d},N,1\n" for n, day in enumerate(days)
    )
    imported = take("hxl", HXL + body)
    assert imported.reader("report").read_all()["date_start"].to_pylist() == days


def test_a_year_that_has_a_column_of_its_own_is_a_year(take) -> None:
    assert dated(take("hxl", "#date+year,#affected+killed\n2015,3\n")) == [("2015-01-01", "2015-12-31", "year")]
