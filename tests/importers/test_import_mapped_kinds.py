"""A table of somebody's own may come as tab-separated text, one JSON object a line, a JSON document or Parquet: it says the same."""

from __future__ import annotations

import datetime as dt
import decimal
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from imported_rows import rows

from civcas.errors import BadInput
from civcas.importers.importer import Options
from civcas.importers.proposing import propose

MAPPING = """fields:
  date_start: Date
  place: Town
  civ_killed_min: {column: Killed, range: true}
  civ_killed_max: {column: Killed, range: true}
  latitude: Lat
"""
FIRST = {"Date": "2016-01-02", "Town": "A, north", "Killed": "3-5", "Lat": "36.5", "Code": "007"}
SECOND = {"Date": "2016-01-03", "Town": "بلدة", "Killed": "", "Lat": "", "Code": "x"}
SAID = [(dt.date(2016, 1, 2), "A, north", 3, 5, 36.5), (dt.date(2016, 1, 3), "بلدة", None, None, None)]


@pytest.fixture
def mapping(tmp_path: Path) -> Path:
    path = tmp_path / "mapping.yaml"
    path.write_text(MAPPING, encoding="utf-8")
    return path


def written(folder: Path, kind: str) -> Path:
    """The two rows in one of the kinds of file."""
    path = folder / f"list.{kind}"
    both = [FIRST, SECOND]
    if kind == "parquet":
        pq.write_table(pa.Table.from_pylist(both), path)
        return path
    text = {
        "tsv": "\n".join("\t".join(row) for row in [list(FIRST), list(FIRST.values()), list(SECOND.values())]) + "\n",
        "jsonl": "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in both),
        "json": json.dumps({"rows": both}),
    }[kind]
    path.write_text(text, encoding="utf-8")
    return path


def said(imported) -> list[tuple]:
    return [
        (r["date_start"], r["place"], r["civ_killed_min"], r["civ_killed_max"], r["latitude"]) for r in rows(imported)
    ]


@pytest.mark.parametrize("kind", ["tsv", "jsonl", "json", "parquet"])
def test_each_kind_of_file_says_the_same_and_keeps_what_no_field_takes(
    take, tmp_path: Path, mapping: Path, kind: str
) -> None:
    imported = take("mapped", written(tmp_path, kind), mapping=mapping)
    assert (imported.accounts.given, imported.accounts.read, imported.accounts.unread) == (2, 2, 0)
    assert said(imported) == SAID
    assert json.loads(rows(imported)[0]["extra"])["Code"] == "007"


@pytest.mark.parametrize("kind", ["tsv", "jsonl", "parquet"])
def test_a_mapping_is_proposed_from_each_kind_of_file(tmp_path: Path, kind: str) -> None:
    proposal = propose(written(tmp_path, kind), Options())
    assert "date_start" in proposal.yaml and "column: Killed" in proposal.yaml


def test_typed_columns_of_parquet_are_read_as_they_would_be_written(take, tmp_path: Path, mapping: Path) -> None:
    path = tmp_path / "typed.parquet"
    day = dt.date(2016, 1, 2)
    table = pa.table({
        "Date": pa.array([day, None]), "Town": pa.array(["A", "B"]).dictionary_encode(), "Killed": pa.array([3, None]),
        "Lat": pa.array([36.5, None]), "Who": pa.array([["X", "Y"], None]), "Sum": pa.array([decimal.Decimal("3.10"), None]),
        "At": pa.array([dt.datetime(2016, 1, 2, 3, 4), None]), "Raw": pa.array([b"\xff\x00", None]),
    })  # fmt: skip
    pq.write_table(table, path)
    imported = take("mapped", path, mapping=mapping)
    assert said(imported) == [(day, "A", 3, 3, 36.5), (None, "B", None, None, None)]
    extra = json.loads(rows(imported)[0]["extra"])
    assert (extra["Who"], extra["Sum"], extra["At"]) == ("[X, Y]", "3.10", "2016-01-02 03:04:00")


def test_a_moment_in_parquet_is_read_as_its_day(take, tmp_path: Path, mapping: Path) -> None:
    path = tmp_path / "moments.parquet"
    moments = [dt.datetime(2016, 1, 2, 3, 4, 5), dt.datetime(2016, 1, 3, 3, 4, 5, 600_001)]
    for zone in (None, "UTC"):
        dates = pa.array(moments, pa.timestamp("us", tz=zone))
        pq.write_table(pa.table({"Date": dates, "Town": ["A", "B"], "Killed": [1, 2], "Lat": [1.0, 2.0]}), path)
        imported = take("mapped", path, mapping=mapping)
        assert [r["date_start"] for r in rows(imported)] == [dt.date(2016, 1, 2), dt.date(2016, 1, 3)], zone


def test_a_cell_that_cannot_be_read_is_listed_with_its_row_from_each_kind(take, tmp_path: Path, mapping: Path) -> None:
    wrong = FIRST | {"Killed": "several"}
    (tmp_path / "a.jsonl").write_text(
        json.dumps(FIRST) + "\n" + json.dumps(wrong) + "\n[1]\nnot JSON\n\n", encoding="utf-8"
    )
    pq.write_table(pa.Table.from_pylist([FIRST, wrong]), tmp_path / "a.parquet")
    tabs = "\n".join("\t".join(row) for row in (FIRST, FIRST.values(), wrong.values(), ["too", "few"]))
    (tmp_path / "a.tsv").write_text(tabs, encoding="utf-8")
    reason = "Killed is 'several'; expected a number or a range like 3-5 or 5+"
    for name, unread in (
        ("a.jsonl", [(None, 3, "not a JSON object"), (None, 4, "not a JSON object"), (2, None, reason)]),
        ("a.parquet", [(2, None, reason)]),
        ("a.tsv", [(None, 4, "too few cells; expected 5 cells"), (2, None, reason)]),
    ):
        imported = take("mapped", tmp_path / name, mapping=mapping)
        assert imported.accounts.given == imported.accounts.read + imported.accounts.unread
        assert [(r["row"], r["line"], r["reason"]) for r in rows(imported, "unread")] == unread


def test_lines_of_json_may_lack_keys_and_hold_deeper_values(take, tmp_path: Path, mapping: Path) -> None:
    deeper = {"Date": "2016-01-02", "Town": {"name": "A"}, "Killed": 4, "Lat": 36, "a/b": [1, 2]}
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(deeper) + "\n" + json.dumps({"Date": "2016-01-03"}) + "\n", encoding="utf-8")
    imported = take("mapped", path, mapping=mapping)
    assert said(imported) == [
        (dt.date(2016, 1, 2), '{"name":"A"}', 4, 4, 36.0),
        (dt.date(2016, 1, 3), None, None, None, None),
    ]
    assert json.loads(rows(imported)[0]["extra"])["a/b"] == "[1,2]"


def test_a_parquet_file_that_is_cut_off_is_refused(take, tmp_path: Path, mapping: Path) -> None:
    whole = written(tmp_path, "parquet").read_bytes()
    with pytest.raises(BadInput, match="the Parquet file cannot be read"):
        take("mapped", whole[:-20], mapping=mapping)


def test_one_object_alone_on_a_line_is_a_row(take, tmp_path: Path, mapping: Path) -> None:
    path = tmp_path / "one.jsonl"
    path.write_text(json.dumps(FIRST) + "\n", encoding="utf-8")
    assert said(take("mapped", path, mapping=mapping)) == SAID[:1]


def test_sums_by_period_keep_the_columns_that_no_field_takes(take, mapping: Path) -> None:
    mapping.write_text(
        "table: harm_by_period\nfields: {belligerent: Who, area: {constant: X}, period_start: From, period_end: To, incidents: N, "
        "grading: {constant: Fair}, attribution: {constant: sole}, killed_min: Low, killed_max: High, without_a_number: None}\n",
        encoding="utf-8",
    )
    (row,) = rows(
        take("mapped", "Who,From,To,N,Low,High,None,Note\nA,2016-01-01,2016-01-31,3,4,9,1,007\n", mapping=mapping)
    )
    assert (row["belligerent"], row["killed_max"]) == ("A", 9)
    assert json.loads(row["extra"])["Note"] == "007"
