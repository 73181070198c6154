"""Read + unread = given, always; and an empty cell is not zero."""

from __future__ import annotations

import pytest
from imported_rows import rows

from civcas.errors import BadInput

HEADER = "code,airwars_id,date,belligerents,grading,latitude,longitude,civ_killed_min,civ_killed_max,colour\n"


def test_a_row_is_read_as_published_and_unknown_columns_are_kept_under_extra(take) -> None:
    imported = take("airwars", HEADER + 'X1,1,2016-01-02,"A, B",Fair,36.1,37.2,3.0,5,blue\n')
    [row] = rows(imported)
    assert (row["report_id"], row["row"], row["belligerents"]) == ("airwars:1", 1, "A; B")
    assert (row["civ_killed_min"], row["civ_killed_max"]) == (3, 5)
    assert row["extra"] == '{"colour":"blue"}'


def test_an_empty_cell_is_unknown_and_zero_is_zero(take) -> None:
    first, second = rows(take("airwars", HEADER + "X1,1,2016-01-02,A,Fair,,,,,\nX2,2,2016-01-02,A,Fair,,,0,,\n"))
    assert (first["civ_killed_min"], first["civ_killed_max"]) == (None, None)
    assert (second["civ_killed_min"], second["civ_killed_max"]) == (0, None)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("X1,1,2016-01-02,A,Fair,,,about 6,7,", "civ_killed_min is 'about 6'; expected a whole number from 0 up"),
        ("X1,1,2016-01-02,A,Fair,,,1.5,7,", "civ_killed_min is '1.5'; expected a whole number from 0 up"),
        (
            "X1,1,2016-13-02,A,Fair,,,1,7,",
            "date is '2016-13-02'; expected a day, a month, a year or a span of days, such as 2016-04-12",
        ),
        ("X1,1,2016-01-02,A,Fair,361,,1,7,", "latitude is '361'; expected a number from -90 to 90"),
        ("X1,1,2016-01-02,A,Fair,,,1", "too few cells; expected 10 cells"),
        ('X1,1,2016-01-02,"A"B,Fair,,,1,7,', "quotes do not match; expected 10 cells"),
    ],
)
def test_a_row_that_cannot_be_read_is_kept_with_the_reason(take, row: str, reason: str) -> None:
    imported = take("airwars", HEADER + "X0,9,2016-01-01,A,Fair,,,1,1,\n" + row + "\nX2,8,2016-01-03,A,Fair,,,2,2,\n")
    assert (imported.accounts.given, imported.accounts.read, imported.accounts.unread) == (3, 2, 1)
    [unread] = rows(imported, "unread")
    assert unread["reason"].startswith(reason)
    assert unread["text"]


def test_a_range_that_ends_before_it_begins_is_kept_as_published_and_flagged(take) -> None:
    imported = take("airwars", HEADER + "X1,1,2016-01-02,A,Fair,,,7,3,\n")
    assert [(r["civ_killed_min"], r["civ_killed_max"]) for r in rows(imported)] == [(7, 3)]
    assert rows(imported, "flagged") == [
        {
            "row": 1,
            "kind": "a range whose lowest exceeds its highest",
            "reason": "civ_killed_min is 7 but civ_killed_max is 3",
            "other_row": None,
        }
    ]


def test_rows_the_publisher_gives_one_id_stay_apart(take) -> None:
    imported = take("airwars", HEADER + "X1,1,2016-01-02,A,Fair,,,7,8,\n" * 3)
    assert [r["report_id"] for r in rows(imported)] == ["airwars:1", "airwars:1#2", "airwars:1#3"]


def test_newlines_within_quotes_and_blank_lines_are_not_rows(take) -> None:
    text = HEADER + 'X1,1,2016-01-02,A,Fair,,,7,8,"two\n\nlines"\n\nX2,2,2016-01-02,A,Fair,,,7,8,\n\n'
    assert take("airwars", text).accounts.given == 2
    assert take("airwars", text.replace("\n", "\r\n").encode()).accounts.given == 2


def test_line_ends_of_several_kinds_lose_no_row(take) -> None:
    lines = [HEADER.strip(), *(f"X{n},{n},2016-01-02,A,Fair,,,7,8," for n in range(1, 5))]
    mixed = lines[0] + "\n" + lines[1] + "\r\n" + lines[2] + "\r" + lines[3] + "\n" + lines[4]
    assert take("airwars", mixed.encode()).accounts.read == 4


def test_the_same_file_gives_the_same_tables_byte_for_byte(take) -> None:
    text = HEADER + "".join(f"X{n},{n},2016-01-02,A,Fair,,,7,8,\n" for n in range(500))
    first, second = take("airwars", text), take("airwars", text)
    assert first.tables["report"].read_bytes() == second.tables["report"].read_bytes()
    assert first.sha256 == second.sha256


def test_a_file_of_another_format_is_refused_with_the_columns_it_lacks(take) -> None:
    with pytest.raises(BadInput, match="missing: airwars_id, date, civ_killed_min"):
        take("airwars", "a,b\n1,2\n")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_text_in_unicode_is_read_whatever_its_mark(take, encoding: str) -> None:
    [row] = rows(take("airwars", (HEADER + "X1,1,2016-01-02,الباب,Fair,,,7,8,\n").encode(encoding)))
    assert row["belligerents"] == "الباب"


def test_text_in_another_encoding_is_read_as_declared_and_never_replaced(take) -> None:
    given = (HEADER + "X1,1,2016-01-02,الباب,Fair,,,7,8,\n").encode("windows-1256")
    assert rows(take("airwars", given))[0]["belligerents"] == "الباب"
    with pytest.raises(BadInput, match="line 2 is not utf-8"):
        take("airwars", given, encoding="utf-8")
