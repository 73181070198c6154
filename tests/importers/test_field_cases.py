"""Files as people in the field have them: each kind is read whole, or says what is doubtful. Real examples, and neighbours."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest
import yaml
from imported_rows import rows

from civcas.errors import BadInput
from civcas.importers.importer import Options
from civcas.importers.proposing import propose
from civcas.terms.flag_kinds import (
    AGE_AND_BIRTH,
    AGE_IMPOSSIBLE,
    DEAD_BEFORE_BIRTH,
    MERGED,
    NO_ID,
    SAME_ID_OTHER_ROW,
    SAME_ROW,
    SAME_ROW_OTHER_ID,
)

HXL = "#date+occurred,#adm1,#affected+killed\n"
PERSONS = "id,name,en_name,age,dob,sex,source\n"


@pytest.fixture
def case(real_data: Path):
    """The folder of one of the field cases."""

    def named(number: str) -> Path:
        found = sorted((real_data / "field").glob(f"{number}-*"))
        if not found:
            pytest.skip("the field cases are not with the data: set CIVCAS_TEST_DATA to a folder that holds field/")
        return found[0]

    return named


def flags(imported) -> list[tuple]:
    return [(f["row"], f["kind"], f["other_row"]) for f in rows(imported, "flagged")]


def proposed(path: Path) -> dict:
    return yaml.safe_load(propose(path, Options()).yaml)


# 01: a header with digits in it, or empty columns on the right


def test_a_header_with_digits_and_one_with_blanks_are_headers(case) -> None:
    fields = proposed(case("01") / "list.csv")["fields"]
    assert fields["date_start"]["column"] == "Date" and fields["place"] == "Place"
    columns = {name: cell if isinstance(cell, str) else cell["column"] for name, cell in fields.items()}
    assert (columns["civ_killed_min"], columns["children_killed_min"]) == ("Killed", "Children under 18 killed")
    fields = proposed(case("01") / "blanks-right.csv")["fields"]
    assert fields["place"] == "Place" and fields["civ_killed_min"] == "Killed"


@pytest.mark.parametrize(
    "header",
    ["Date,Place,Deaths 2014", "Date,Place,Killed (Review 01/10/2024)", "Date,Place,Killed,2014,2015,,,,", "Date;Place;Killed, 18+"],
)  # fmt: skip
def test_headers_of_other_lists_are_found_below_a_preamble(tmp_path: Path, header: str) -> None:
    mark = ";" if ";" in header else ","
    row = mark.join(["2023-10-08", "Town A", "6"] + [""] * (header.count(mark) - 2))
    file = tmp_path / "list.csv"
    file.write_text(f"List of 2016{mark * header.count(mark)}\n{header}\n{row}\n", encoding="utf-8")
    assert proposed(file)["fields"]["date_start"]["column"] == "Date"


def test_a_table_without_a_header_is_refused_with_what_a_header_is(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("2023-10-08,6,7\n2023-10-09,7,8\n", encoding="utf-8")
    with pytest.raises(BadInput, match=r"list\.csv: none of the first 40 rows is a row that names") as refused:
        propose(file, Options())
    assert "Expected: a row that names two or more columns, each differently, in words" in str(refused.value)
    assert "; missing: ." not in str(refused.value)


# 03: doubles


def test_the_same_event_twice_is_flagged_with_the_row_it_repeats(take, case) -> None:
    imported = take("ucdp_ged", case("03") / "events.csv")
    assert flags(imported) == [(2, SAME_ROW, 1)]
    assert [r["report_id"] for r in rows(imported)] == ["ucdp_ged:1001", "ucdp_ged:1001#2", "ucdp_ged:1002"]


EVENTS = "id,type_of_violence,side_a,side_b,date_start,date_end,deaths_civilians,best,high,low\n"
EVENT = "3,Group A,Civilians,2024-01-05,2024-01-05,4,4,6,4\n"
OTHER = "3,Group A,Civilians,2024-01-09,2024-01-09,1,1,1,1\n"


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("", []),
        (f"1,{EVENT}", []),
        (f"1,{EVENT}2,{OTHER}", []),
        (f"1,{EVENT}2,{EVENT}", [(2, SAME_ROW_OTHER_ID, 1)]),
        (f"1,{EVENT}1,{OTHER}", [(2, SAME_ID_OTHER_ROW, 1)]),
        (f"1,{EVENT}1,{EVENT}1,{OTHER}2,{EVENT}", [(2, SAME_ROW, 1), (3, SAME_ID_OTHER_ROW, 1), (4, SAME_ROW_OTHER_ID, 1)]),
        (f"1,{OTHER}1,{EVENT}1,{EVENT}", [(2, SAME_ID_OTHER_ROW, 1), (3, SAME_ROW, 2)]),
    ],
    ids=["no row", "one", "two", "twin under another id", "another row under the id", "all kinds", "twin of the second"],
)  # fmt: skip
def test_each_kind_of_double_is_told_apart(take, body: str, found: list) -> None:
    if not body:
        return
    imported = take("ucdp_ged", EVENTS + body)
    assert flags(imported) == found
    assert imported.accounts.unread == 0


def test_doubles_are_told_the_same_way_when_a_row_sends_the_file_the_careful_way(take) -> None:
    imported = take("ucdp_ged", EVENTS + f"9,3,A,B,never,,1,1,1,1\n1,{EVENT}2,{EVENT}")
    assert flags(imported) == [(3, SAME_ROW_OTHER_ID, 2)]


def test_a_table_that_numbers_no_rows_flags_the_row_again(take, tmp_path: Path) -> None:
    imported = take("hxl", HXL + "2024-05-01,North,3\n2024-05-02,North,3\n2024-05-01,North,3\n")
    assert flags(imported) == [(3, SAME_ROW, 1)]
    mapping = tmp_path / "m.yaml"
    mapping.write_text("id: Nr\nfields: {date_start: Date, civ_killed_min: Killed}\n", encoding="utf-8")
    imported = take("mapped", "Nr,Date,Killed\n1,2024-05-01,3\n1,2024-05-02,4\n2,2024-05-01,3\n", mapping=mapping)
    assert flags(imported) == [(2, SAME_ID_OTHER_ROW, 1), (3, SAME_ROW_OTHER_ID, 1)]


def test_accounts_of_two_incidents_that_say_the_same_are_no_doubles(take) -> None:
    head = "post_id,code,name,language,url,archive_url,media,hash\n"
    imported = take(
        "airwars_sources",
        head + "1,CS1,Paper,ar,http://a,,0,h1\n2,CS2,Paper,ar,http://a,,0,h2\n2,CS2,Paper,ar,http://a,,0,h3\n",
    )
    assert flags(imported) == [(3, SAME_ROW_OTHER_ID, 2)]


def test_a_mapping_may_not_make_the_ids_that_civcas_makes(take, tmp_path: Path) -> None:
    mapping = tmp_path / "m.yaml"
    mapping.write_text("fields: {report_id: Nr, civ_killed_min: Killed}\n", encoding="utf-8")
    with pytest.raises(BadInput, match="report_id is made by civcas"):
        take("mapped", "Nr,Killed\n1,3\n1,4\n", mapping=mapping)


# 04 and 05: a person without an id, and lists that lack a column


def test_a_person_without_an_id_is_counted_and_flagged(take, case) -> None:
    imported = take("victim_lists", case("04") / "list.csv", country="Exampleland")
    assert sum(r["all_killed_min"] for r in rows(imported)) == 2
    assert flags(imported) == [(2, NO_ID, None)]
    assert len({r["report_id"] for r in rows(imported)}) == 2


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("ucdp_ged", EVENTS + f"1,{EVENT},{OTHER}"),
        ("acled", "event_id_cnty,event_date,event_type,actor1,country,fatalities\nX1,2016-01-02,Battle,A,X,1\n,2016-01-03,Battle,A,X,2\n"),
        ("gtd", "eventid,iyear,imonth,iday,country_txt,gname,nkill,nkillter\n1,2016,1,2,X,A,1,0\n,2016,1,3,X,A,2,0\n"),
        ("ibc", "IBC code,Start Date,End Date,Reported Minimum,Reported Maximum\nk1,2003-01-01,,1,1\n,2003-01-02,,1,1\n"),
        ("hxl", "#event+id,#affected+killed\n1,2\n,3\n"),
        ("icews", "Event ID\tEvent Date\tSource Name\tTarget Name\n1\t2016-01-02\tA\tB\n \t2016-01-03\tA\tB\n"),
    ],
)  # fmt: skip
def test_a_row_without_an_id_is_counted_by_every_importer(take, name: str, text: str) -> None:
    imported = take(name, text)
    assert (imported.accounts.read, imported.accounts.unread) == (2, 0)
    assert flags(imported) == [(2, NO_ID, None)]


def test_a_withdrawal_that_names_no_event_stays_unread(take) -> None:
    imported = take("acled_deletions", "event_id_cnty,deleted_timestamp\nX1,1460000000\n,1460000000\n")
    assert (imported.accounts.read, imported.accounts.unread) == (1, 1)


def test_a_list_without_a_source_is_read_with_the_source_unknown(take, case) -> None:
    found = rows(take("victim_lists", case("05") / "list.csv", country="Exampleland"))
    assert [(r["all_killed_min"], r["source"]) for r in found] == [(1, None), (1, None)]


def test_a_list_without_ids_and_under_older_names_is_read(take) -> None:
    [row] = rows(take("victim_lists", "Name,English Name,Gender,Age,Date of birth\nاسم,Made-up,f,12,2012-01-01\n"))
    assert json.loads(row["person"]) == {
        "name": "اسم",
        "en_name": "Made-up",
        "dob": "2012-01-01",
        "sex": "f",
        "age": "12",
    }
    older = EVENTS.replace("best,high,low", "best_est,high_est,low_est").replace("date_start", "DATE_START")
    [event] = rows(take("ucdp_ged", older + f"1,{EVENT}"))
    assert (event["all_killed_best"], event["all_killed_max"]) == (4, 6)


def test_events_without_a_code_are_read_with_the_code_unknown(take, case) -> None:
    found = rows(take("icews", case("09") / "events-no-cameo.tab"))
    assert [(str(r["date"]), r["code"], r["intensity"]) for r in found] == [
        ("2017-01-01", None, -10),
        ("2017-01-13", None, 0),
    ]


# 06: what cannot be of a person


def test_ages_that_cannot_be_are_flagged(take, case) -> None:
    imported = take("victim_lists", case("06") / "list.csv", country="Exampleland")
    assert flags(imported) == [(1, AGE_IMPOSSIBLE, None), (2, AGE_AND_BIRTH, None)]
    assert [r["all_killed_min"] for r in rows(imported)] == [1, 1]


@pytest.mark.parametrize(
    ("age", "dob", "kind"),
    [
        ("0", "2024-01-01", ""), ("120", "", ""), ("", "", ""), ("30", "1994-02-03", ""), ("29", "1994-02-03", ""), ("32", "1994", ""),
        ("N/A", "n/a", ""), ("6 months", "2024-01-01", ""), ("٣٠", "١٩٩٤", ""),
        ("121", "", AGE_IMPOSSIBLE), ("-1", "", AGE_IMPOSSIBLE), ("1994", "1994-02-03", AGE_IMPOSSIBLE),
        ("5", "2003", AGE_AND_BIRTH), ("40", "1994-02-03", AGE_AND_BIRTH), ("", "2031-01-01", DEAD_BEFORE_BIRTH),
    ],
)  # fmt: skip
def test_an_age_is_held_against_what_can_be(take, age: str, dob: str, kind: str) -> None:
    import datetime as dt

    imported = take("victim_lists", PERSONS + f"1,Made-up,Made-up,{age},{dob},m,h\n", today=dt.date(2026, 6, 1))
    assert [k for _, k, _ in flags(imported)] == ([kind] if kind else [])
    assert imported.accounts.read == 1


# 07 and 08: JSON of other shapes, merged cells


def test_hxl_as_lists_wrapped_or_spoken_is_read(take, case) -> None:
    assert [r["all_killed_min"] for r in rows(take("hxl", case("07") / "data.json"))] == [3, 4]
    assert [r["all_killed_min"] for r in rows(take("hxl", case("07") / "wrapped.json"))] == [3]
    [spoken] = rows(take("hxl", case("07") / "spoken-date.csv"))
    assert (str(spoken["date_start"]), spoken["all_killed_min"]) == ("2024-05-01", 3)


TAGGED = {"#date+occurred": "2024-05-01", "#adm1": "North", "#affected+killed": 3}
LISTED = [["#date+occurred", "#adm1", "#affected+killed"], ["2024-05-01", "North", 3], ["2024-05-02", None, 4.0]]


@pytest.mark.parametrize(
    ("document", "killed"),
    [
        ({"meta": {"page": 1, "tags": ["a"]}, "payload": {"rows": [TAGGED]}}, [3]),
        ({"d": {"results": LISTED}}, [3, 4]),
        ({"rows": LISTED, "notes": []}, [3, 4]),
        ([TAGGED, TAGGED | {"#affected+killed": 5}], [3, 5]),
        ({"fields": [{"name": "x"}], "records": [TAGGED]}, [3]),
        ([["When", "Where", "Killed"], *LISTED], [3, 4]),
    ],
)
def test_rows_of_json_are_found_in_what_wraps_them(take, document: object, killed: list) -> None:
    assert [r["all_killed_min"] for r in rows(take("hxl", json.dumps(document)))] == killed


def test_json_with_two_lists_of_rows_is_refused_with_their_places(take) -> None:
    with pytest.raises(BadInput, match="holds several lists of rows: /a, /b"):
        take("hxl", json.dumps({"a": [TAGGED], "b": [TAGGED]}))
    with pytest.raises(BadInput, match="holds no list of rows"):
        take("hxl", json.dumps({"a": 3}))


def test_a_merged_country_holds_for_each_row_and_is_flagged(take, case) -> None:
    imported = take("hxl", case("08") / "merged.xlsx")
    assert [r["country"] for r in rows(imported)] == ["Exampleland"] * 2
    assert sum(r["all_killed_min"] for r in rows(imported)) == 7
    assert [kind for _, kind, _ in flags(imported)] == [MERGED]


def test_a_merged_number_is_not_counted_twice_and_a_merged_row_stays_blank(take, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["List"], ["#date+occurred", "#adm1", "#meta+note", "#affected+killed"], ["2024-05-01", "North", None, 3],
                ["2024-05-02", None, None, None], [], ["2024-05-04", "South", "x", 1]):  # fmt: skip
        book.active.append(row)
    for cells in ("A1:D1", "B3:B4", "D3:D4", "B3:B4"):
        book.active.merge_cells(cells)
    book.active.merge_cells("B6:C6")
    book.save(tmp_path / "a.xlsx")
    imported = take("hxl", tmp_path / "a.xlsx")
    assert [(r["province"], r["all_killed_min"]) for r in rows(imported)] == [
        ("North", 3),
        ("North", None),
        ("South", 1),
    ]
    said = [(f["row"], f["reason"]) for f in rows(imported, "flagged")]
    assert said == [
        (2, "B4 is merged with B3, which says 'North': taken for this row too"),
        (2, "D4 is merged with D3, which says '3': left blank, since a number must not be counted twice"),
        (3, "C6 is merged with B6, which says 'South': left blank, since that is another column"),
    ]
    assert [r["province"] for r in rows(take("hxl", tmp_path / "a.xlsx", merged="blank"))] == ["North", None, "South"]


# words for nothing known


@pytest.mark.parametrize("word", ["N/A", "n/a", "NA", "-", "unknown", "?", "NaN", "Null", "غير معروف"])
def test_a_word_for_nothing_known_is_unknown_in_every_importer(take, word: str) -> None:
    for imported in (
        take("hxl", HXL + f"{word},North,{word}\n"),
        take("airwars", f"airwars_id,date,civ_killed_min,civ_killed_max,latitude\n1,{word},{word},{word},{word}\n"),
    ):
        assert (imported.accounts.read, imported.accounts.unread) == (1, 0)
        assert rows(imported)[0]["date_start"] is None


def test_eastern_digits_are_numbers_everywhere(take) -> None:
    assert rows(take("hxl", HXL + "٢٠٢٤-٠٥-٠١,North,١٢\n"))[0]["all_killed_min"] == 12
