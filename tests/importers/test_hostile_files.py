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
