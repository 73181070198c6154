"""Every form of the data says the same, adds up to the headline, and opens in a spreadsheet program without a formula."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from civcas.public.public import Public
from civcas.public.tables import SHOWN
from civcas.release.data import read_tables, write_data
from civcas.release.notes import counts
from civcas.release.telling_changes import one_line
from made_up_public import made_up_public

FORMULAS = [
    "=1+1",
    "+1",
    "-1+2",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1",
    "＋1",
    "－1",
    "＠a",
    "=cmd|' /C calc'!A0",
    "'=1",
    '=HYPERLINK("x")',
]
XSS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "]]>",
    "`${x}`",
    "javascript:alert(1)",
    "a\u202egpj.exe",
    "\u2028",
    "|x|",
]
HEADLINE = ("Fair", "Confirmed")


def number(text: Any) -> int | None:
    return None if text in (None, "") else int(text)


def from_csv(folder: Path) -> list[dict[str, Any]]:
    with (folder / "data" / "incident.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def from_parquet(folder: Path) -> list[dict[str, Any]]:
    return list(pq.read_table(folder / "data" / "incident.parquet").drop_columns(["geometry"]).to_pylist())


def from_geojson(folder: Path) -> list[dict[str, Any]]:
    features = json.loads((folder / "data" / "incident.geojson").read_text(encoding="utf-8"))["features"]
    return [feature["properties"] | {"geometry": feature["geometry"]} for feature in features]


def sums(rows: Iterable[dict[str, Any]]) -> dict[tuple[str, str, str, bool], tuple[int, int, int]]:
    """Incidents and bounds by grading, whom they name, month and whether they have a point; the trays are cells like any other."""
    cells: dict[tuple[str, str, str, bool], tuple[int, int, int]] = {}
    for row in rows:
        located = row["geometry"] is not None if "geometry" in row else row["latitude"] not in (None, "")
        month = str(row["date_start"] or "undated")[:7]
        key = (row["grading"] or "ungraded", row["belligerents"] or "nobody named", month, located)
        n, low, high = cells.get(key, (0, 0, 0))
        cells[key] = (n + 1, low + (number(row["killed_min"]) or 0), high + (number(row["killed_max"]) or 0))
    return cells


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(incidents=st.integers(1, 60), seed=st.integers(0, 10_000))
def test_the_sum_over_gradings_parties_and_months_with_every_tray_is_the_headline_in_every_form(
    incidents: int, seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("sums")
    public = made_up_public(incidents, reports_each=1, seed=seed)
    write_data(public, folder)
    found = counts(public)
    by_form = [sums(read(folder)) for read in (from_csv, from_parquet, from_geojson)]
    assert by_form[0] == by_form[1] == by_form[2]
    cells = by_form[0]
    assert sum(n for n, _, _ in cells.values()) == found["incidents"] == incidents
    headline = [cell for key, cell in cells.items() if key[0] in HEADLINE]
    told = (
        found["headline_incidents"],
        found["headline_min"] or 0,
        found["headline_max"] or 0,
    )  # None: no number is known
    assert tuple(map(sum, zip((0, 0, 0), *headline, strict=True))) == told


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> tuple[Public, Path]:
    """Imported text that means harm in every text column of the shown incidents."""
    folder = tmp_path_factory.mktemp("hostile")
    public = made_up_public(len(FORMULAS + XSS), reports_each=1)
    incident = public.tables["incident"]
    for name in ("code", "place", "province", "country", "strike_type", "belligerents"):
        at = incident.schema.get_field_index(name)
        incident = incident.set_column(at, incident.schema.field(name), pa.array(FORMULAS + XSS))
    public = Public.of(public.about, {**public.tables, "incident": incident})
    write_data(public, folder)
    return public, folder


def test_no_cell_of_a_csv_begins_a_formula_and_numbers_stay_numbers(hostile: tuple[Public, Path]) -> None:
    _, folder = hostile
    for row in from_csv(folder):
        for name in ("code", "place", "province", "country", "belligerents"):
            assert row[name][0] not in "=+-@\t\r\n＝＋－＠"
        assert not row["longitude"].startswith("'")
    described = json.loads((folder / "data" / "datapackage.json").read_text(encoding="utf-8"))
    assert described["civcas"]["escaped"] is True


def test_lossless_forms_hold_the_text_as_it_is(hostile: tuple[Public, Path]) -> None:
    public, folder = hostile
    expected = public.tables["incident"]["place"].to_pylist()
    assert [row["place"] for row in from_parquet(folder)] == expected == [row["place"] for row in from_geojson(folder)]


def test_what_was_written_is_read_back_as_it_was(hostile: tuple[Public, Path]) -> None:
    public, folder = hostile
    back = read_tables(folder)
    for name, table in public.tables.items():
        in_order = [(key, "ascending") for key in SHOWN[name].key]
        assert back[name].to_pylist() == table.sort_by(in_order).to_pylist()


def test_every_file_of_the_package_is_described_by_its_hash(hostile: tuple[Public, Path]) -> None:
    _, folder = hostile
    described = json.loads((folder / "data" / "datapackage.json").read_text(encoding="utf-8"))
    assert {r["path"] for r in described["resources"]} == {path.name for path in (folder / "data").glob("*.csv")}
    assert all(r["schema"]["fields"] and r["hash"].startswith("sha256:") for r in described["resources"])


@pytest.mark.parametrize("text", [*FORMULAS, *XSS])
def test_imported_text_in_a_note_is_one_quiet_line(text: str) -> None:
    quiet = one_line(f"a {text} b")
    assert "\n" not in quiet and "<" not in quiet and "\u202e" not in quiet and quiet.count("`") == quiet.count("\\`")
