"""What people open in a spreadsheet or on a map: one row an incident, open ends said, no cell a formula, one policy for all ways out."""

from __future__ import annotations

import csv
import datetime as dt
import json
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from civcas.catalog import find
from civcas.exporters.exporter import Request
from civcas.exporters.incidents import INCIDENTS, with_incidents
from civcas.public.held_back import without_held_back
from civcas.register.building import build
from civcas.terms.tables import TABLES
from civcas.terms.vocabulary import Sensitivity
from command_line import civcas

DAY = dt.date(2016, 3, 1)
ARABIC = "حي السكري"
USUAL = {
    "dataset": "d", "row_is": "incident", "country": "E", "grading": "Fair", "belligerents": "A; B", "date_start": DAY, "date_end": DAY,
    "date_precision": "day", "geo_precision": "village",
}  # fmt: skip
ROWS: list[dict[str, Any]] = [
    {
        "place": ARABIC,
        "source": "Agency",
        "latitude": 35.1,
        "longitude": 38.2,
        "civ_killed_min": 4,
        "children_killed_min": 1,
        "children_killed_max": 2,
    },
    {"place": "=1+1", "source": "@sum", "civ_killed_min": 0, "civ_killed_max": 0, "belligerents": "-A"},
    {"place": "+Q", "civ_killed_min": 9, "civ_killed_max": 3},
]


def register(*rows: dict[str, Any]) -> dict[str, ibis.Table]:
    given = [USUAL | {"report_id": f"d:{n}"} | row for n, row in enumerate(rows, start=1)]
    names = sorted({name for row in given for name in row})
    schema = TABLES["report"].schema
    table = pa.table({c: pa.array([row.get(c) for row in given], schema.field(c).type) for c in names})
    return build({"report": ibis.memtable(TABLES["report"].conform(table))})


def exported(format_: str, out: Path, *, internal: bool = True) -> dict[str, int]:
    tables, contract = with_incidents(register(*ROWS), TABLES)
    clearance = Sensitivity.INTERNAL if internal else Sensitivity.PUBLIC
    return find("exporters", format_, kind="format").write(
        Request(tables=tables, out=out, clearance=clearance, contract=contract)
    )


def test_a_row_holds_what_is_known_of_an_incident_and_says_which_ends_are_open() -> None:
    one, two, three = (
        with_incidents(register(*ROWS), TABLES)[0]["incidents"].order_by("incident_id").to_pyarrow().to_pylist()
    )
    assert (one["civilians_killed_low"], one["civilians_killed_high"], one["civilians_killed_open"]) == (4, None, True)
    assert (one["children_killed_low"], one["children_killed_high"], one["children_killed_open"]) == (1, 2, False)
    assert (one["women_killed_low"], one["women_killed_open"]) == (None, False)
    assert (one["belligerents"], one["sources"], one["reports"], one["place"]) == ("A; B", "Agency", "d:1", ARABIC)
    assert (two["civilians_killed_low"], two["civilians_killed_high"], two["doubts"]) == (0, 0, None)
    assert (three["civilians_killed_low"], three["civilians_killed_high"], three["civilians_killed_open"]) == (
        None,
        None,
        False,
    )
    assert three["doubts"] == "range inverted: civ_killed"


def test_csv_holds_it_and_no_cell_is_a_formula(tmp_path: Path) -> None:
    assert exported("csv", tmp_path)["incidents.csv"] == 3
    with (tmp_path / "incidents.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["incident_id"]: row for row in csv.DictReader(file)}
    assert (rows["d:1"]["civilians_killed_high"], rows["d:1"]["civilians_killed_open"], rows["d:1"]["place"]) == (
        "",
        "true",
        ARABIC,
    )
    assert (rows["d:2"]["place"], rows["d:2"]["belligerents"], rows["d:2"]["sources"]) == ("'=1+1", "'-A", "'@sum")


def test_a_workbook_holds_texts_numbers_and_days_and_no_formula(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    assert exported("xlsx", tmp_path) == {"incidents.xlsx": 3}
    book = load_workbook(tmp_path / "incidents.xlsx")
    head, *rows = book["incidents"].iter_rows()
    names = [cell.value for cell in head]
    assert names == [f.name for f in INCIDENTS.fields]
    cells = {row[0].value: dict(zip(names, row, strict=True)) for row in rows}
    assert not any(cell.data_type == "f" for row in rows for cell in row)
    assert (cells["d:2"]["place"].value, cells["d:2"]["belligerents"].value) == ("=1+1", "-A")
    assert (cells["d:1"]["place"].value, cells["d:1"]["civilians_killed_low"].value) == (ARABIC, 4)
    assert cells["d:1"]["civilians_killed_high"].value is None and cells["d:1"]["civilians_killed_open"].value is True
    assert cells["d:1"]["date_start"].value == dt.datetime(2016, 3, 1)
    assert [row[0].value for row in book["columns"].iter_rows()][1:] == names


def test_a_map_and_a_column_file_hold_it(tmp_path: Path) -> None:
    exported("geojson", tmp_path)
    features = json.loads((tmp_path / "incidents.geojson").read_text(encoding="utf-8"))["features"]
    (one,) = [f for f in features if f["id"] == "d:1"]
    assert one["geometry"]["coordinates"] == [38.2, 35.1] and one["properties"]["civilians_killed_open"] is True
    assert [f["geometry"] for f in features if f["id"] == "d:2"] == [None]
    exported("parquet", tmp_path)
    assert pq.read_table(tmp_path / "incidents.parquet").num_rows == 3


def test_without_leave_no_exact_place_is_written(tmp_path: Path) -> None:
    exported("csv", tmp_path, internal=False)
    assert "latitude" not in (tmp_path / "incidents.csv").read_text(encoding="utf-8").splitlines()[0]


OWN = "id,day,town,dead\n1,2016-03-01,Raqqa,4\n2,2016-03-02,Tabqa,2\n"
MAPPING = """dataset: own
table: report
id: id
fields:
  date_start: day
  place: town
  civ_killed_min: dead
  civ_killed_max: dead
by: a test
because: a list of our own
"""


def case_of_own(tmp_path: Path, *more: str) -> Path:
    case, sheet = tmp_path / "case", tmp_path / "own.csv"
    sheet.write_text(OWN, encoding="utf-8")
    assert civcas("new", case, *more).returncode == 0
    (tmp_path / "own.yaml").write_text(MAPPING, encoding="utf-8")
    ran = civcas("import", "mapped", sheet, "--mapping", tmp_path / "own.yaml", "--case", case)
    assert ran.returncode == 0, ran.stderr
    return case


def both_ways(case: Path, out: Path) -> list[int]:
    return [civcas("release", "--case", case, "--out", out / "r", "--version", "1").returncode,
            civcas("export", "csv", out / "e", "--case", case).returncode]  # fmt: skip


def test_a_release_and_an_export_follow_one_policy(tmp_path: Path) -> None:
    case = case_of_own(tmp_path)
    ran = civcas("export", "csv", tmp_path / "e", "--case", case)
    assert ran.returncode == 2 and "If it is your own table" in ran.stderr and "licence" in ran.stderr
    assert civcas("export", "csv", tmp_path / "i", "--case", case, "--internal").returncode == 0
    settings = case / "civcas.toml"
    words = settings.read_text(encoding="utf-8")
    name = json.loads(civcas("status", "--case", case, "--json").stdout)["datasets"][0]["dataset"]
    settings.write_text(words + f'\n[redaction.datasets.{name}]\npublish = true\nbecause = "ours"\n', encoding="utf-8")
    assert civcas("export", "csv", tmp_path / "e", "--case", case).returncode == 0
    assert "Raqqa" in (tmp_path / "e" / "incidents.csv").read_text(encoding="utf-8")
    settings.write_text(
        words + f'\n[redaction.datasets.{name}]\npublish = false\nbecause = "not yet"\n', encoding="utf-8"
    )
    assert civcas("export", "csv", tmp_path / "h", "--case", case).returncode == 0
    assert "Raqqa" not in (tmp_path / "h" / "incidents.csv").read_text(encoding="utf-8")


def test_a_case_made_with_a_licence_publishes_its_own_tables(tmp_path: Path) -> None:
    case = case_of_own(tmp_path, "--publisher", 'Our "Centre"', "--licence", "CC BY 4.0")
    ran = civcas("export", "csv", tmp_path / "e", "--case", case)
    assert ran.returncode == 0, ran.stderr


def test_a_table_of_another_is_not_opened_by_the_licence_of_the_case() -> None:
    from civcas.public.policy import OWN_TABLE, Policy, undecided

    closed = [("mine", OWN_TABLE), ("theirs", "no open licence found")]
    assert undecided(Policy(), closed, licence="CC BY 4.0") == [("theirs", "no open licence found")]
    assert undecided(Policy(), closed) == closed


def test_an_incident_goes_with_any_report_held_back() -> None:
    tables = register(ROWS[0], ROWS[1] | {"dataset": "secret"})
    kept = without_held_back(tables, ["secret"])
    assert kept["incident"].to_pyarrow()["incident_id"].to_pylist() == ["d:1"]
    assert set(kept["harm"].to_pyarrow()["incident_id"].to_pylist()) == {"d:1"}
    assert kept["harm_by_period"].to_pyarrow().num_rows == tables["harm_by_period"].to_pyarrow().num_rows


@pytest.mark.parametrize("format_", ["csv", "parquet", "geojson", "xlsx", "sqlite"])
def test_the_same_register_gives_the_same_rows(tmp_path: Path, format_: str) -> None:
    assert exported(format_, tmp_path / "a") == exported(format_, tmp_path / "b")
