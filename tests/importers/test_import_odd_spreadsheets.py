"""Three spreadsheets nobody has seen, each read with a proposed mapping and one edit."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pytest
import yaml
from imported_rows import rows

from civcas.errors import BadInput, UnknownName
from civcas.importers.importer import Options
from civcas.importers.proposing import propose


@pytest.fixture
def proposed(tmp_path: Path):
    """Propose a mapping for a file, make one edit (old text, new text), and write it down."""

    def proposing(file: Path, old: str, new: str) -> Path:
        text = propose(file, Options()).yaml
        assert old in text
        path = tmp_path / "mapping.yaml"
        path.write_text(text.replace(old, new), encoding="utf-8")
        return path

    return proposing


def test_arabic_headers_and_digits(tmp_path: Path, take, proposed) -> None:
    file = tmp_path / "قائمة.csv"
    file.write_text(
        "التاريخ,الموقع,المحافظة,الجهة المسؤولة,عدد القتلى,التقييم\n"
        "٢٠١٦-٠٣-٠٤,بلدة أولى,الشمال,القوة أ،القوة ب,٣-٥,مؤكد\n"
        "٢٠١٦-٠٣-١٥,بلدة ثانية,الجنوب,القوة ب,٠,ضعيف\n"
        "٢٠١٦-٠٤-٠١,بلدة ثالثة,الجنوب,القوة أ,,مؤكد\n",
        encoding="utf-8",
    )
    text = propose(file, Options()).yaml
    asked = text[text.index("decide:") :]
    assert "عدد القتلى: civilians only, or everybody" in asked
    edited = text.replace(asked, "").replace(
        "grading: التقييم", "grading: {column: التقييم, words: {مؤكد: Confirmed, ضعيف: Weak}}"
    )
    mapping = proposed(file, text, edited)
    imported = take("mapped", file, mapping=mapping)
    assert (imported.accounts.given, imported.accounts.read) == (3, 3)
    found = [
        (r["date_start"], r["place"], r["belligerents"], r["civ_killed_min"], r["civ_killed_max"], r["grading"])
        for r in rows(imported)
    ]
    assert found == [
        (dt.date(2016, 3, 4), "بلدة أولى", "القوة أ; القوة ب", 3, 5, "Confirmed"),
        (dt.date(2016, 3, 15), "بلدة ثانية", "القوة ب", 0, 0, "Weak"),
        (dt.date(2016, 4, 1), "بلدة ثالثة", "القوة أ", None, None, "Confirmed"),
    ]


def test_semicolons_decimal_commas_and_windows_1256(tmp_path: Path, take, proposed) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(
        "Code;Date;الموقع;Lat;Lon;Killed;Actor\n"
        "a-1;05/04/2016;بلدة;36,5;37,25;7;Air force A\n"
        "a-2;06/04/2016;قرية;36,75;37,5;unclear;Air force A\n".encode("windows-1256")
    )
    question = propose(file, Options()).questions
    assert [q.split(":")[0] for q in question] == ["date_start", "Killed"]
    text = propose(file, Options()).yaml
    mapping = proposed(file, text[text.index("decide:") :], "")
    imported = take("mapped", file, mapping=mapping)
    assert imported.encoding == "windows-1256"
    found = [
        (r["report_id"], r["date_start"], r["place"], r["latitude"], r["longitude"], r["civ_killed_min"])
        for r in rows(imported)
    ]
    assert found == [
        ("list:a-1", dt.date(2016, 4, 5), "بلدة", 36.5, 37.25, 7),
        ("list:a-2", dt.date(2016, 4, 6), "قرية", 36.75, 37.5, None),
    ]


def test_two_date_formats_and_merged_cells(tmp_path: Path, take, proposed) -> None:
    file = tmp_path / "book.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (
        ["Incidents of our area", None, None, None, None],
        ["Province", "Date", "Village", "Killed", "Perpetrator"],
        ["North", dt.datetime(2016, 3, 14), "First", 2, "Militia B"],
        [None, "15.03.2016", "Second", 3, "Militia B"],
        ["South", "17.03.2016", "Third", None, "=1+1"],
    ):
        sheet.append(row)
    sheet.merge_cells("A1:E1")
    sheet.merge_cells("A3:A4")
    book.save(file)
    text = propose(file, Options()).yaml
    assert "%Y-%m-%d" in text and "%d.%m.%Y" in text
    assert "cells are merged" in text
    edited = text[: text.index("decide:")].replace("merged: blank", "merged: fill")
    mapping = proposed(file, text[text.index("dataset:") :], edited[edited.index("dataset:") :])
    imported = take("mapped", file, mapping=mapping)
    assert (imported.accounts.given, imported.accounts.read) == (3, 3)
    found = [
        (r["province"], r["date_start"], r["place"], r["civ_killed_min"], r["belligerents"]) for r in rows(imported)
    ]
    assert found == [
        ("North", dt.date(2016, 3, 14), "First", 2, "Militia B"),
        ("North", dt.date(2016, 3, 15), "Second", 3, "Militia B"),
        ("South", dt.date(2016, 3, 17), "Third", None, None),  # a formula without a stored value is not run
    ]


def test_a_mapping_with_an_open_question_imports_nothing(tmp_path: Path, take) -> None:
    mapping = tmp_path / "m.yaml"
    mapping.write_text("fields: {date_start: Date}\ndecide: [this or that]\n", encoding="utf-8")
    with pytest.raises(BadInput, match=r"leaves something to decide: this or that"):
        take("mapped", "Date,Killed\n2016-01-01,3\n", mapping=mapping)


def test_a_wrong_word_in_a_mapping_is_answered_with_the_right_ones(tmp_path: Path, take) -> None:
    mapping = tmp_path / "m.yaml"
    mapping.write_text("fields: {date_strat: Date}\n", encoding="utf-8")
    with pytest.raises(UnknownName, match="did you mean 'date_start'"):
        take("mapped", "Date,Killed\n2016-01-01,3\n", mapping=mapping)


@pytest.mark.parametrize(
    "text",
    ['[{"d": "2016-01-01", "k": 3}, {"d": "2016-01-02", "k": null}]', '{"rows": [{"d": "2016-01-01", "k": 3}, {"d": "2016-01-02"}]}',
     '{"d": "2016-01-01", "k": 3}\n{"d": "2016-01-02", "k": null}\n'],
    ids=["list", "list under a key", "lines"],
)  # fmt: skip
def test_json_and_json_lines_are_read_like_tables(tmp_path: Path, take, text: str) -> None:
    mapping = tmp_path / "m.yaml"
    mapping.write_text("fields: {date_start: d, civ_killed_min: k, civ_killed_max: k}\n", encoding="utf-8")
    found = [(r["row"], r["date_start"], r["civ_killed_min"]) for r in rows(take("mapped", text, mapping=mapping))]
    assert found == [(1, dt.date(2016, 1, 1), 3), (2, dt.date(2016, 1, 2), None)]


def test_a_line_that_is_not_json_is_kept_as_unread(tmp_path: Path, take) -> None:
    mapping = tmp_path / "m.yaml"
    mapping.write_text("fields: {date_start: d}\n", encoding="utf-8")
    imported = take("mapped", '{"d": "2016-01-01"}\n{"d": \n[1]\n{"d": "2016-01-02"}\n', mapping=mapping)
    assert (imported.accounts.given, imported.accounts.read, imported.accounts.unread) == (4, 2, 2)
    assert [r["text"] for r in rows(imported, "unread")] == ['{"d": ', "[1]"]


def test_the_upper_of_two_columns_of_deaths_is_proposed_as_the_upper_end(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(
        "Incident no.;Date of event;Village;Civilian deaths (min);Civilian deaths (max);Lat.\n"
        "A-1;05.03.2016;قرية;3;5;33,5138\nA-2;17.03.2016;قرية;k.A.;k.A.;\n".encode("cp1256")
    )
    proposal = yaml.safe_load(propose(file, Options()).yaml)
    assert (proposal["id"], proposal["encoding"]) == ("Incident no.", "windows-1256")
    low, high = proposal["fields"]["civ_killed_min"], proposal["fields"]["civ_killed_max"]
    assert (low["column"], high["column"]) == ("Civilian deaths (min)", "Civilian deaths (max)")
    assert len(proposal["decide"]) == 2


def test_at_least_five_is_five_or_more_and_about_six_is_asked(take, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text(
        "Day,Killed civilians\n14 March 2016,at least 5\n15 March 2016,6 - 8\n16 March 2016,about 6\n17 March 2016,several\n",
        encoding="utf-8",
    )
    proposal = yaml.safe_load(propose(file, Options()).yaml)
    assert proposal["fields"]["civ_killed_min"]["words"] == {"at least 5": "5+"}
    assert "what does 'about 6' mean?" in proposal.pop("decide")[0]
    for end in ("min", "max"):
        proposal["fields"][f"civ_killed_{end}"]["words"]["about 6"] = "6"
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text(yaml.safe_dump(proposal), encoding="utf-8")
    found = [(r["civ_killed_min"], r["civ_killed_max"]) for r in rows(take("mapped", file, mapping=mapping))]
    assert found == [(5, None), (6, 8), (6, 6), (None, None)]


def test_a_list_whose_dead_are_found_under_no_name_asks_for_them(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("Day,Town,Toll\n2016-03-14,A,4\n", encoding="utf-8")
    assert "no column looks like a number of people killed" in propose(file, Options()).questions[0]
