"""A clean table of text is typed as it is read; whatever is not clean is read carefully; both ways say the same."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from imported_rows import rows

import civcas.importers
from civcas.catalog import find
from civcas.importers import reading
from civcas.importers.importer import Imported, Options
from civcas.importers.published import kept_texts
from civcas.importers.reading import read
from civcas.register.asking import ask

SAMPLES = Path(civcas.importers.__file__).parent / "samples"
TEXTS = sorted(p for p in SAMPLES.rglob("*") if p.suffix.lower() in (".csv", ".tsv", ".txt"))
HEADER = "id,type_of_violence,side_a,side_b,date_start,date_end,deaths_civilians,best,high,low,note\n"
EVENTS = (
    '1,1,Government of A,Group B,2016-01-02,2016-01-02,3,5,6,4,"near a bridge, at noon"\n'
    "2,3,Group B,,2016-01-03,2016-01-05,,2,2,2,007\n"
    '3,2,Group B,Group C,2016-01-04,2016-01-04,0,1,1,3,"two\nlines"\n'
)


@pytest.fixture
def ways(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Import one file both ways: as it comes, and carefully; and whether the straight way was taken to its end."""

    def both(name: str, file: Path, **options: Any) -> tuple[Imported, Imported, bool]:
        straight, ended = reading._straight, []

        def watched(*given: Any) -> Any:
            ended.append(straight(*given))
            return ended[-1]

        monkeypatch.setattr(reading, "_straight", watched)
        quick = read(find("importers", name), file, tmp_path / "quick", Options(**options))
        monkeypatch.setattr(reading, "_straight", lambda *_: None)
        careful = read(find("importers", name), file, tmp_path / "careful", Options(**options))
        monkeypatch.setattr(reading, "_straight", straight)
        return quick, careful, ended[0] is not None

    return both


def assert_same(quick: Imported, careful: Imported) -> None:
    assert quick.accounts == careful.accounts
    assert (quick.sha256, quick.layout, quick.encoding) == (careful.sha256, careful.layout, careful.encoding)
    for name in careful.tables.keys() - {"published"}:
        assert quick.reader(name).read_all().equals(careful.reader(name).read_all()), name


@pytest.mark.parametrize("file", TEXTS, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_every_sample_of_text_is_read_straight_and_says_what_the_careful_way_says(ways, file: Path) -> None:
    quick, careful, straight = ways(file.parent.name, file)
    assert straight
    assert_same(quick, careful)


@pytest.mark.parametrize(
    "row",
    [
        "4,1,A,B,2016-01-02,2016-01-02,about 6,1,1,1,x\n",
        "4,1,A,B,2016-02-30,2016-03-01,6,1,1,1,x\n",
        ",1,A,B,2016-01-02,2016-01-02,6,1,1,1,x\n",
        "4,1,A,B,2016-01-02,2016-01-02,6,1,1\n",
        "4,1,A,B,2016-01-02,2016-01-02,6,1,1,1,x,y\n",
        '4,1,A,B,2016-01-02,2016-01-02,6,1,1,1,"x"y\n',
    ],
    ids=["no number", "no day", "no id", "too few cells", "too many cells", "a stray quote"],
)
def test_one_dirty_row_sends_the_whole_file_the_careful_way(ways, tmp_path: Path, row: str) -> None:
    file = tmp_path / "events.csv"
    file.write_text(HEADER + EVENTS + row, encoding="utf-8")
    quick, careful, straight = ways("ucdp_ged", file)
    assert not straight
    assert_same(quick, careful)
    unread = 0 if row.startswith(",") else 1  # a row without an id is counted, and named by what it says
    assert (quick.accounts.given, quick.accounts.read, quick.accounts.unread) == (4, 4 - unread, unread)
    assert quick.accounts.doubts.get("no id", 0) == 1 - unread


def test_a_row_to_look_at_twice_is_still_read_straight(ways, tmp_path: Path) -> None:
    file = tmp_path / "events.csv"
    file.write_text(HEADER + EVENTS, encoding="utf-8")
    quick, careful, straight = ways("ucdp_ged", file, country="Exampleland")
    assert straight
    assert_same(quick, careful)
    assert quick.accounts.doubts == {"a range whose lowest exceeds its highest": 1}
    assert rows(quick, "flagged")[0]["reason"] == "all_killed_min is 3 but all_killed_max is 1"
    assert [r["country"] for r in rows(quick)] == ["Exampleland"] * 3


def test_ids_given_twice_are_told_apart_either_way(ways, tmp_path: Path) -> None:
    file = tmp_path / "events.csv"
    file.write_text(HEADER + EVENTS + EVENTS.splitlines(keepends=True)[1], encoding="utf-8")
    quick, careful, _ = ways("ucdp_ged", file)
    assert_same(quick, careful)
    assert [r["report_id"] for r in rows(quick)] == ["ucdp_ged:1", "ucdp_ged:2", "ucdp_ged:3", "ucdp_ged:2#2"]
    assert [(f["row"], f["kind"], f["other_row"]) for f in rows(quick, "flagged")][-1] == (4, "the same row again", 2)


def test_the_text_of_a_wide_table_is_kept_byte_for_byte_and_every_cell_stands_in_extra(take, tmp_path: Path) -> None:
    file = tmp_path / "events.csv"
    file.write_text(HEADER + EVENTS, encoding="utf-8")
    imported = take("ucdp_ged", file)
    assert imported.kept and imported.kept.read_bytes() == file.read_bytes()
    assert "published" not in imported.tables
    extra = [r["extra"] for r in rows(imported)]
    assert '"note":"near a bridge, at noon"' in extra[0]
    assert '"note":"007"' in extra[1]
    assert '"note":"two\\nlines"' in extra[2]


def test_rows_that_were_not_read_do_not_shift_what_is_kept_beside_the_others(take) -> None:
    middle = "9,1,A,B,2016-01-02,2016-01-02,about 6,1,1,1,unread\n"
    first, *rest = EVENTS.splitlines(keepends=True)
    found = rows(take("ucdp_ged", HEADER + middle + first + middle + "".join(rest) + middle))
    assert [(r["report_id"], r["row"]) for r in found] == [("ucdp_ged:1", 2), ("ucdp_ged:2", 4), ("ucdp_ged:3", 5)]
    assert [f'"id":"{r["report_id"][-1]}"' in r["extra"] for r in found] == [True] * 3


def test_a_long_table_is_streamed_with_each_row_beside_what_stood_in_it(take) -> None:
    count = 130_000
    body = "".join(f"{n},3,Group B,,2016-01-03,2016-01-05,1,2,2,2,n{n}\n" for n in range(count))
    imported = take("ucdp_ged", HEADER + body)
    seen = 0
    for batch in imported.reader("report"):
        assert batch.num_rows <= 50_000
        for place in (0, batch.num_rows - 1):
            row = batch.slice(place, 1).to_pylist()[0]
            assert f'"note":"n{row["row"] - 1}"' in row["extra"]
        seen += batch.num_rows
    assert seen == count


def test_published_rows_can_be_asked_for_in_sql_whether_they_are_kept_as_text_or_as_a_table(
    take, tmp_path: Path
) -> None:
    take("ucdp_ged", HEADER + EVENTS)
    take("ucdp_ged", HEADER + EVENTS.splitlines(keepends=True)[0] + "9,1,A,B,2016-01-02,2016-01-02,about 6,1,1,1,odd\n")
    texts = kept_texts(tmp_path)
    assert [path.name for path in texts] == ["published.csv"]
    answer = ask(tmp_path, "SELECT id, note FROM published ORDER BY ALL", limit=10, texts=texts)
    assert [row[0] for row in answer.rows] == ["1", "1", "2", "3", "9"]
    assert "two\nlines" in [row[1] for row in answer.rows]


def test_a_small_import_loads_no_library_that_takes_longer_than_the_import() -> None:
    sample = SAMPLES / "ucdp_ged" / "events.csv"
    words = f"""
import pathlib, sys, tempfile
from civcas.catalog import find
from civcas.importers.reading import read
with tempfile.TemporaryDirectory() as out:
    read(find("importers", "ucdp_ged"), pathlib.Path({str(sample)!r}), pathlib.Path(out))
print(sorted({{"pandas", "ibis"}} & set(sys.modules)))
"""
    ran = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True)
    assert (ran.stdout, ran.stderr) == ("[]\n", "")


CELL = st.text(alphabet=st.sampled_from(list("ab01239-,;:\"'.\n\r\t =+@٣الب😀\x01")), max_size=6)
NUMBER = st.one_of(CELL, st.integers(0, 30).map(str), st.just(""))
ROW = st.tuples(
    CELL, CELL, CELL, CELL, st.sampled_from(["2016-01-02", "", "x"]), st.just(""), NUMBER, NUMBER, NUMBER, NUMBER, CELL
)


@pytest.mark.slow
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(table=st.lists(ROW, max_size=6), quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
def test_whatever_the_cells_hold_both_ways_say_the_same(ways, tmp_path: Path, table: list, quoting: int) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n", quoting=quoting).writerows(table)
    file = tmp_path / "events.csv"
    file.write_bytes((HEADER + text.getvalue()).encode())
    quick, careful, _ = ways("ucdp_ged", file)
    assert_same(quick, careful)
    # a carriage return that nothing quotes ends a row, so another reader says how many there are
    given = [row for row in csv.reader(io.StringIO(text.getvalue(), newline="")) if row]
    assert quick.accounts.given == len(given)
