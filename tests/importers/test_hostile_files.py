"""Files made to break a reader are refused with one clear message, or read whole: nothing crashes, hangs, fills memory or loses a row."""

from __future__ import annotations

import csv
import gzip
import io
import resource
import struct
import zipfile
import zlib
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from imported_rows import rows

import civcas.importers
from civcas.catalog import entries, find
from civcas.errors import BadInput
from civcas.importers.importer import Options
from civcas.importers.opening import LONGEST_LINE
from civcas.importers.reading import read

SAMPLES = Path(civcas.importers.__file__).parent / "samples"
HEADER = b"code,airwars_id,date,belligerents,grading,civ_killed_min,civ_killed_max\n"
ROW = b"X1,1,2016-01-02,A,Fair,7,8\n"


def zipped(path: Path, entries_: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries_.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return path


def test_a_packed_file_is_read_like_the_plain_one(take, tmp_path: Path) -> None:
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(HEADER + ROW))
    for path in (tmp_path / "a.csv.gz", zipped(tmp_path / "a.zip", {"folder/a.csv": HEADER + ROW})):
        assert take("airwars", path).accounts.read == 1


def test_an_archive_of_several_files_asks_which(take, tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"a.csv": HEADER + ROW, "b.csv": HEADER})
    with pytest.raises(BadInput, match=r"Say which with --member: a\.csv, b\.csv"):
        take("airwars", path)
    assert take("airwars", path, member="a.csv").accounts.read == 1


@pytest.mark.parametrize("packed", ["zip", "gz"])
def test_a_bomb_is_refused_before_it_unfolds(take, tmp_path: Path, packed: str) -> None:
    path = tmp_path / f"bomb.{packed}"
    if packed == "zip":
        zipped(path, {"a.csv": bytes(200 << 20)})
    else:
        path.write_bytes(gzip.compress(bytes(200 << 20)))
    with pytest.raises(BadInput, match="as a zip bomb does"):
        take("airwars", path)


def test_a_header_that_lies_about_the_size_is_refused(take, tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"a.csv": HEADER + ROW * 10_000})
    content = bytearray(path.read_bytes())
    central = content.rindex(b"PK\x01\x02")
    content[central + 24 : central + 28] = struct.pack("<I", 100)
    path.write_bytes(bytes(content))
    with pytest.raises(BadInput, match="cannot be unpacked"):
        take("airwars", path)


def test_entries_that_overlap_are_refused(take, tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"a.csv": HEADER + ROW * 100, "b.csv": HEADER + ROW * 100})
    content = bytearray(path.read_bytes())
    second = content.rindex(b"PK\x01\x02")
    content[second + 42 : second + 46] = struct.pack("<I", 0)  # the second entry now begins where the first does
    path.write_bytes(bytes(content))
    with pytest.raises(BadInput):
        take("airwars", path, member="b.csv")


@pytest.mark.parametrize("name", ["../a.csv", "/etc/a.csv", "a\\..\\b.csv", "C:a.csv", "x" * 300 + ".csv"])
def test_an_entry_with_a_tricky_name_is_refused(take, tmp_path: Path, name: str) -> None:
    with pytest.raises(BadInput, match="the archive holds an entry named"):
        take("airwars", zipped(tmp_path / "a.zip", {name: HEADER + ROW}))


def test_a_link_in_an_archive_is_refused(take, tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        entry = zipfile.ZipInfo("a.csv")
        entry.external_attr = 0o120777 << 16
        archive.writestr(entry, "/etc/passwd")
    with pytest.raises(BadInput, match="no links"):
        take("airwars", path)


def test_too_many_entries_are_refused(take, tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for n in range(10_001):
            archive.writestr(f"{n}", b"")
    with pytest.raises(BadInput, match="10001 entries"):
        take("airwars", path)


def test_a_nul_is_refused(take) -> None:
    with pytest.raises(BadInput, match="the text holds a NUL byte"):
        take("airwars", HEADER + ROW + b"X2,2,2016-01-02,A\x00B,Fair,7,8\n")


@pytest.mark.slow
def test_a_line_beyond_measure_is_refused_in_little_memory(take, tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    with path.open("wb") as file:
        file.write(HEADER + b"X1,1,2016-01-02,")
        file.truncate(2 << 30)  # two gibibytes that take no space on the disk
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(BadInput, match="NUL byte"):
        take("airwars", path)
    with path.open("wb") as file:
        file.write(HEADER + b"X1,1,2016-01-02," + b"A" * (LONGEST_LINE + 10))
    with pytest.raises(BadInput, match="a line is longer than 4 MiB"):
        take("airwars", path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000  # kibibytes


def test_a_quote_that_is_never_closed_loses_no_row_in_silence(take) -> None:
    text = HEADER + ROW + b'X2,2,2016-01-02,"A,Fair,7,8\n' + ROW * 3
    accounts = take("airwars", text).accounts
    assert accounts.read + accounts.unread == accounts.given
    assert accounts.read == 1 and accounts.unread >= 1


def spreadsheet(path: Path, part: str, content: bytes) -> Path:
    """A workbook with one part replaced or added."""
    plain = io.BytesIO()
    book = openpyxl.Workbook()
    book.active.append(["Date", "Killed"])
    book.active.append(["2016-01-01", "=1+1"])
    book.save(plain)
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(path, "w") as new:
        for entry in old.infolist():
            if entry.filename != part:
                new.writestr(entry.filename, old.read(entry))
        new.writestr(part, content)
    return path


@pytest.fixture
def mapping(tmp_path: Path) -> Path:
    path = tmp_path / "m.yaml"
    path.write_text("fields: {date_start: Date, civ_killed_min: Killed}\n", encoding="utf-8")
    return path


def test_billion_laughs_are_refused(take, tmp_path: Path, mapping: Path) -> None:
    laughs = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><worksheet>&b;</worksheet>'
    with pytest.raises(BadInput, match="declares XML entities"):
        take("mapped", spreadsheet(tmp_path / "a.xlsx", "xl/worksheets/sheet1.xml", laughs), mapping=mapping)


def test_a_formula_is_not_run_and_a_broken_sheet_is_refused(take, tmp_path: Path, mapping: Path) -> None:
    imported = take("mapped", spreadsheet(tmp_path / "a.xlsx", "docProps/other.xml", b"<x/>"), mapping=mapping)
    assert rows(imported)[0]["civ_killed_min"] is None
    with pytest.raises(BadInput, match="the spreadsheet cannot be read"):
        take("mapped", spreadsheet(tmp_path / "b.xlsx", "xl/worksheets/sheet1.xml", b"<worksheet"), mapping=mapping)


def test_json_nested_beyond_measure_is_refused(take, mapping: Path) -> None:
    with pytest.raises(BadInput):
        take("mapped", b"[" * 100_000 + b"]" * 100_000, mapping=mapping)


def test_broken_json_with_text_of_several_bytes_a_character_is_refused(take) -> None:
    for cut in range(6):
        with pytest.raises(BadInput, match="the JSON cannot be read"):
            take("victim_lists", "[{" + "x" * cut + '"name": "' + "اسم" * 200 + '", oops}]')


def test_a_mapping_cannot_run_code(take, tmp_path: Path) -> None:
    path = tmp_path / "m.yaml"
    path.write_text("!!python/object/apply:os.system ['true']\n", encoding="utf-8")
    with pytest.raises(BadInput, match="the mapping is not YAML"):
        take("mapped", b"a,b\n1,2\n", mapping=path)


def test_names_and_values_made_of_sql_stay_text(take, tmp_path: Path) -> None:
    nasty = "x'); DROP TABLE given_rows; --"
    path = tmp_path / "m.yaml"
    path.write_text(
        f'dataset: "{nasty}"\nfields: {{place: "{nasty}", country: {{constant: "{nasty}"}}}}\n', encoding="utf-8"
    )
    [row] = rows(take("mapped", f'"{nasty}",b\n"{nasty}",2\n', mapping=path))
    assert (row["place"], row["country"], row["dataset"]) == (nasty, nasty, nasty)


NOTHING = [b"", b"\n\n", b"\xff\xfe", b"PAR1", b"PK\x03\x04", b"\x1f\x8b", b"{", b"[]", b'{"Result": 3}', b"\x00" * 100]


@pytest.mark.slow
@pytest.mark.parametrize("content", NOTHING)
def test_a_file_that_is_nothing_is_refused(take, content: bytes) -> None:
    for name in entries("importers"):
        with pytest.raises(BadInput):
            take(name, content)


def test_damaged_archives_are_refused(take, tmp_path: Path) -> None:
    good = gzip.compress(HEADER + ROW * 1000)
    for broken in (good[:-20], good[:30] + b"\xff" * 20 + good[50:]):
        (tmp_path / "a.gz").write_bytes(broken)
        with pytest.raises((BadInput, zlib.error), match="cannot be unpacked"):
            take("airwars", tmp_path / "a.gz")


CELL = st.text(alphabet=st.sampled_from(list("abcXYZ0123456789-,;:\"'.\n\r\t =+@٣الب😀\x01")), max_size=12)


@pytest.mark.slow
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(table=st.lists(st.lists(CELL, min_size=7, max_size=7), max_size=12), end=st.sampled_from(["\n", "\r\n"]))
def test_whatever_the_cells_hold_every_row_is_accounted_for(
    tmp_path_factory: pytest.TempPathFactory, table: list[list[str]], end: str
) -> None:
    folder = tmp_path_factory.mktemp("any")
    text = io.StringIO()
    csv.writer(text, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(table)
    (folder / "a.csv").write_bytes(HEADER + text.getvalue().encode())
    accounts = read(find("importers", "airwars"), folder / "a.csv", folder / "out", Options()).accounts
    assert accounts.given == len(table)
    assert accounts.read + accounts.unread == accounts.given


@pytest.mark.slow
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(data=st.data())
def test_a_damaged_sample_is_refused_or_read_with_balanced_accounts(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    file = data.draw(st.sampled_from(sorted(p for p in SAMPLES.rglob("*.*sv"))))
    content = bytearray(file.read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place : place + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=4))
    folder = tmp_path_factory.mktemp("damaged")
    (folder / file.name).write_bytes(bytes(content))
    try:
        accounts = read(find("importers", file.parent.name), folder / file.name, folder / "out", Options()).accounts
    except BadInput as refused:
        assert str(refused)
    else:
        assert accounts.balanced


def sheet(path: Path, part: bytes, replaced: bytes) -> Path:
    """A sheet of one row, in whose XML one part was replaced."""
    book, plain = openpyxl.Workbook(), io.BytesIO()
    for row in (["Date", "Killed"], ["2016-01-02", 3]):
        book.active.append(row)
    book.save(plain)
    with zipfile.ZipFile(plain) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    changed = {n: c.replace(part, replaced) if n.endswith("sheet1.xml") else c for n, c in parts.items()}
    assert changed != parts
    return zipped(path, changed)


@pytest.fixture
def killed(tmp_path: Path) -> Path:
    path = tmp_path / "killed.yaml"
    path.write_text("fields: {date_start: Date, civ_killed_min: Killed, civ_killed_max: Killed}", encoding="utf-8")
    return path


def test_a_sheet_is_as_large_as_its_cells_whatever_size_it_declares(take, killed: Path, tmp_path: Path) -> None:
    imported = take("mapped", sheet(tmp_path / "a.xlsx", b'ref="A1:B2"', b'ref="A1:XFD1048576"'), mapping=killed)
    assert [(r["civ_killed_min"], r["extra"]) for r in rows(imported)] == [(3, '{"Date":"2016-01-02","Killed":"3"}')]


def test_a_cell_far_out_does_not_fill_the_rows_before_it(take, killed: Path, tmp_path: Path) -> None:
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    with pytest.raises(BadInput, match="the table has 16,384 columns"):
        take("mapped", sheet(tmp_path / "a.xlsx", b"</sheetData>", far), mapping=killed)


def test_cells_merged_over_a_whole_sheet_are_not_filled(take, killed: Path, tmp_path: Path) -> None:
    merged = b'</sheetData><mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    file = sheet(tmp_path / "a.xlsx", b"</sheetData>", merged)
    assert take("mapped", file, mapping=killed).accounts.read == 1
    killed.write_text(killed.read_text(encoding="utf-8") + "\nmerged: fill\n", encoding="utf-8")
    with pytest.raises(BadInput, match="more than 1,000,000 cells are merged"):
        take("mapped", file, mapping=killed)


def test_a_value_to_the_right_of_a_long_table_loses_no_row(take, killed: Path, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Date", "Killed"])
    for n in range(120):
        book.active.append(["2016-01-02", n, *(["a note"] if n == 100 else [])])
    book.save(tmp_path / "a.xlsx")
    imported = take("mapped", tmp_path / "a.xlsx", mapping=killed)
    assert (imported.accounts.read, imported.accounts.unread) == (120, 0)
    assert '"column_3":"a note"' in rows(imported)[100]["extra"]


def test_more_columns_than_a_question_can_hold_are_refused(take, killed: Path) -> None:
    with pytest.raises(BadInput, match="the table has 3,002 columns"):
        take("mapped", "Date,Killed," + ",".join(f"c{n}" for n in range(3000)) + "\n", mapping=killed)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"%PDF-1.7\n1 0 obj", "the file is a PDF document"),
        (b"\n <!DOCTYPE html><html><body>403, forbidden</body></html>", "the file is a web page"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "a document of an old office program"),
        (b"\x89PNG\r\n\x1a\n" + bytes(20), "the file is a picture"),
        (b"7z\xbc\xaf'\x1c" + bytes(20), "the file is a 7z archive"),
    ],
    ids=["pdf", "html", "xls", "png", "7z"],
)
def test_a_file_that_is_no_table_is_called_what_it_is(take, tmp_path: Path, content: bytes, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        take("airwars", content)
    with pytest.raises(BadInput, match=says):
        take("airwars", zipped(tmp_path / "a.zip", {"a.csv": content}))
    assert not list(tmp_path.glob("out-*"))


def test_an_archive_in_an_archive_is_refused_under_the_name_of_the_file_given(take, tmp_path: Path) -> None:
    inner = zipped(tmp_path / "inner.zip", {"a.csv": HEADER + ROW}).read_bytes()
    with pytest.raises(BadInput, match=r"outer\.zip: what is packed in the file is packed itself"):
        take("airwars", zipped(tmp_path / "outer.zip", {"inner.zip": inner}))
