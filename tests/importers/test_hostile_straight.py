"""What is not safe is refused before the straight way reads a row, and damage that a fuzzer once found stays refused."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import openpyxl
import pytest
from imported_rows import rows

from civcas.errors import BadInput
from civcas.importers import reading
from civcas.importers.importer import Options
from civcas.importers.opening import LONGEST_LINE
from civcas.importers.proposing import propose

HEADER = b"code,airwars_id,date,belligerents,grading,civ_killed_min,civ_killed_max\n"
ROW = b"X1,1,2016-01-02,A,Fair,7,8\n"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (HEADER + ROW + b"X2,2,2016-01-02,A\x00B,Fair,7,8\n", "the text holds a NUL byte"),
        (HEADER + b"X1,1,2016-01-02," + b"A" * (LONGEST_LINE + 10), "a line is longer than 4 MiB"),
        (b"PK\x03\x04" + HEADER, "the archive cannot be opened"),
        (b"\x1f\x8b\x08" + HEADER, "cannot be unpacked"),
    ],
    ids=["a NUL", "a long line", "no archive", "no gzip"],
)
def test_what_is_not_safe_is_refused_before_a_row_is_read(
    take, monkeypatch: pytest.MonkeyPatch, content: bytes, said: str
) -> None:
    monkeypatch.setattr(reading, "_straight", lambda *_: pytest.fail("a row was read"))
    with pytest.raises(BadInput, match=said):
        take("airwars", content)


def test_a_cell_of_many_lines_longer_than_any_row_may_be_is_listed_as_unread(take) -> None:
    lines = (b"a" * 1000 + b"\n") * 9000
    imported = take("airwars", HEADER + ROW + b'X2,2,2016-01-02,"' + lines + b'",Fair,7,8\n' + ROW)
    assert (imported.accounts.given, imported.accounts.read, imported.accounts.unread) == (3, 2, 1)
    assert rows(imported, "unread")[0]["reason"].startswith("the row is too long")


def test_a_cell_that_begins_like_a_formula_stays_the_text_it_is(take) -> None:
    [row] = rows(take("airwars", HEADER + b"=1+1,=cmd|' /C calc'!A0,2016-01-02,@SUM(A1),+x,7,8\n"))
    assert (row["code"], row["report_id"]) == ("=1+1", "airwars:=cmd|' /C calc'!A0")
    assert (row["belligerents"], row["grading"]) == ("@SUM(A1)", "+x")


def test_columns_named_like_the_readers_own_stay_apart(take) -> None:
    own = ["civcas row", "civcas id", "Civcas Reason", "file_row_number", "value 1"]
    header = HEADER.strip() + b"," + ",".join(own).encode() + b"\n"
    clean, unclean = header + ROW.strip() + b",a,b,c,d,e\n", b"X2,2,never,A,Fair,7,8,a,b,c,d,e\n"
    said = [name if name == "value 1" else f"{name}_2" for name in own]
    for content in (clean, clean + unclean):
        [row] = rows(take("airwars", content))
        assert (row["row"], json.loads(row["extra"])) == (1, dict(zip(said, "abcde", strict=True)))


def test_keys_of_json_named_like_the_readers_own_stay_and_keys_alike_are_refused(take, tmp_path: Path) -> None:
    mapping = tmp_path / "m.yaml"
    mapping.write_text("fields: {date_start: Date, civ_killed_min: Killed}\n", encoding="utf-8")
    given = {"Date": "2016-01-02", "Killed": 3, "row": 5, "civcas id": 6}
    [row] = rows(take("mapped", json.dumps([given]), mapping=mapping))
    assert (row["civ_killed_min"], json.loads(row["extra"])["row_2"], json.loads(row["extra"])["civcas id_2"]) == (
        3,
        "5",
        "6",
    )
    with pytest.raises(BadInput, match="'KILLED' and 'Killed' differ by case or blanks alone"):
        take("mapped", json.dumps([given, given | {"KILLED": 4}]), mapping=mapping)


def workbook() -> bytes:
    made = io.BytesIO()
    book = openpyxl.Workbook()
    for row in (["Date", "Killed"], ["2016-01-01", 3]):
        book.active.append(row)
    book.save(made)
    return made.getvalue()


def zipped_table() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", HEADER + ROW)
    return made.getvalue()


def damaged(content: bytes, kind: str) -> bytes:
    """The first entry of an archive with one thing wrong."""
    changed = bytearray(content)
    first = content.index(b"PK\x03\x04")
    directory = content.index(b"PK\x01\x02")
    if kind == "no entry where it should be":
        changed[first : first + 4] = b"XXXX"
    elif kind == "an entry before the file begins":
        changed[directory + 42 : directory + 46] = b"\xff\xff\xff\xf0"
        changed[-6:-2] = b"\xff\xff\xff\x7f"
    elif kind == "a stream that does not unpack":
        begin = first + 30 + int.from_bytes(content[first + 26 : first + 28], "little")
        changed[begin : begin + 8] = b"\xff" * 8
    elif kind == "a sum that does not agree":
        changed[directory + 16 : directory + 20] = b"\0\0\0\0"
    elif kind == "a password":
        changed[directory + 8] |= 1
        changed[first + 6] |= 1
    return bytes(changed)


KINDS = (
    "no entry where it should be",
    "an entry before the file begins",
    "a stream that does not unpack",
    "a sum that does not agree",
    "a password",
)


@pytest.mark.parametrize("kind", KINDS)
def test_an_archive_with_one_thing_wrong_is_refused_in_words(take, tmp_path: Path, kind: str) -> None:
    mapping = tmp_path / "m.yaml"
    mapping.write_text("fields: {date_start: Date, civ_killed_min: Killed}\n", encoding="utf-8")
    book = tmp_path / "a.xlsx"
    book.write_bytes(damaged(workbook(), kind))
    with pytest.raises(BadInput):
        take("mapped", book, mapping=mapping)
    with pytest.raises(BadInput):
        propose(book, Options())
    with pytest.raises(BadInput):
        take("airwars", damaged(zipped_table(), kind))


def resource(**other: object) -> dict[str, object]:
    """A description of one file, with something else in it."""
    return {"name": "report", "path": "given.csv", "hash": "sha256:0", "schema": {"fields": [{"name": "row"}]}} | other


PACKAGES = [
    [],
    3,
    {"resources": 3},
    {"resources": [], "civcas": 3},
    *(
        {"civcas": {"escaped": True}, "resources": [each]}
        for each in (
            {"name": "report"},
            resource(schema={"fields": [3]}),
            resource(schema={"fields": [{"name": 3}]}),
            resource(name=3),
            resource(path="x\0"),
            resource(path="x" * 5000),
            resource(path="../given.csv"),
            resource(path="/etc/hostname"),
        )
    ),
]


@pytest.mark.parametrize("described", PACKAGES, ids=range(len(PACKAGES)))
def test_a_description_of_another_shape_is_no_package(take, described: object) -> None:
    with pytest.raises(BadInput):
        take("package", json.dumps(described))
