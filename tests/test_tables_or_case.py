"""A folder of imported tables and a case of the same file give the same answers; one bad row stops none, and is named."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from civcas import importers
from command_line import civcas

SAMPLES = Path(importers.__file__).parent / "samples"
Row = dict[str, str]
MONTHS = 12


def written(path: Path, sample: str, rows: Callable[[Row], list[Row]]) -> Path:
    """A file in the shape of a sample, of the rows made from its first."""
    with (SAMPLES / sample).open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        made = rows(next(reader))
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(made[0]))
        writer.writeheader()
        writer.writerows(made)
    return path


def spread(first: Row, name: str, **more: Callable[[int, Any], str]) -> list[Row]:
    """Eight rows a month for a year, with ids of their own."""
    rng = np.random.default_rng(7)
    return [
        first | {name: f"{n}"} | {key: make(n, rng) for key, make in more.items()} for n in range(1, 8 * MONTHS + 1)
    ]


def day(n: int, rng: Any) -> str:
    return f"2016-{(n - 1) // 8 + 1:02d}-{n % 28 + 1:02d}"


def place(n: int, rng: Any) -> str:
    return f"Exampleville {n}"


def airwars(first: Row) -> list[Row]:
    rows = spread(
        first, "airwars_id", date=day, location=place, belligerents=lambda n, rng: "Air Force A" if n % 3 else "Air Force B",
        civ_killed_min=lambda n, rng: str(n % 5), civ_killed_max=lambda n, rng: str(n % 5 + n % 2),
    )  # fmt: skip
    rows = [row | {"published": ""} for row in rows]
    return [*rows[:-1], rows[-1] | {"children_killed_min": "3", "children_killed_max": "1"}]


def ged(first: Row) -> list[Row]:
    rows = spread(
        first, "id", date_start=day, where_coordinates=place, deaths_civilians=lambda n, rng: str(n % 5),
        side_a=lambda n, rng: "Government of Exampleland" if n % 3 else "Other Force",
    )  # fmt: skip
    rows = [
        row | {"date_end": row["date_start"], "best": row["deaths_civilians"], "high": "9", "low": "0"} for row in rows
    ]
    return [*rows[:-1], rows[-1] | {"high": "1", "low": "8"}]


def tbij(first: Row) -> list[Row]:
    rows = spread(
        first, "strike_id", location=place, min_civil_killed=lambda n, rng: str(n % 5),
        max_civil_killed=lambda n, rng: str(n % 5 + n % 2), date=lambda n, rng: f"{day(n, rng)}T00:00:00Z",
    )  # fmt: skip
    rows = [row | {"max_ppl_killed": "9"} for row in rows]
    return [*rows[:-1], rows[-1] | {"min_strikes": "4", "max_strikes": "1", "min_injured": "5", "max_injured": "2"}]


TWO_A = ("--exposed", "Air Force A", "--reference", "Air Force B")
TWO_G = ("--exposed", "Government of Exampleland", "--reference", "Other Force")
FILES: dict[str, tuple[str, Callable[[Row], list[Row]], str, tuple[tuple[str, ...], ...]]] = {
    "airwars": ("airwars/wide_table.csv", airwars, "unknown", (TWO_A, ("--belligerent", "Air Force A"))),
    "ucdp_ged": ("ucdp_ged/events.csv", ged, "Exampleland", (TWO_G, ("--belligerent", "Other Force"))),
    "tbij_drones": ("tbij_drones/strikes.csv", tbij, "Exampleland", ((), ("--belligerent", "US Military"))),
}


@pytest.fixture(scope="module", params=FILES)
def both(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path, Path]:
    """The format, a folder of its tables, and a case of the same file."""
    sample, rows, _, _ = FILES[request.param]
    folder = tmp_path_factory.mktemp(request.param)
    file = written(folder / "given.csv", sample, rows)
    tables, case = folder / "tables", folder / "case"
    done = [
        civcas("import", request.param, file, "--out", tables), civcas("new", case),
        civcas("import", request.param, file, "--case", case),
    ]  # fmt: skip
    assert [each.returncode for each in done] == [0, 0, 0], done
    return request.param, tables, case


def answers(both: tuple[str, Path, Path], *words: str) -> list[dict[str, Any]]:
    _, tables, case = both
    found = []
    for where in (("--tables", tables), ("--case", case)):
        ran = civcas("measure", *words, *where, "--json")
        assert ran.returncode in (0, 3), ran.stderr
        found.append({k: v for k, v in json.loads(ran.stdout).items() if k != "seconds"})
    return found


def questions(kind: str) -> list[tuple[str, ...]]:
    _, _, area, (two, one) = FILES[kind]
    read = ("--area", area, "--window", "2016", "--grades", "all")
    asked = [("civcas_total", *one, *read), ("incident_rate", *one, *read[2:])]
    return asked + ([("rate_ratio", *two, *read), ("incident_ratio", *two, *read[2:])] if two else [])


def test_a_folder_of_imported_tables_answers_as_a_case_does_to_the_digit(both: tuple[str, Path, Path]) -> None:
    for words in questions(both[0]):
        of_tables, of_case = answers(both, *words)
        assert of_tables == of_case, words
        assert of_tables.get("value") is not None, of_tables


def test_a_row_that_contradicts_itself_is_named_by_both(both: tuple[str, Path, Path]) -> None:
    """About children, all those killed, strikes or injured: no question on civilians killed is stopped by it, and it is listed."""
    _, tables, case = both
    for ran in (civcas("tables", "--tables", tables), civcas("status", "--case", case)):
        assert ran.returncode == 0, ran.stderr
    assert "range inverted" in ran.stdout
    ran = civcas("sql", "SELECT subject, kind, about FROM doubt ORDER BY ALL", "--case", case, "--json")
    assert ran.returncode == 0, ran.stderr
    listed = json.loads(ran.stdout)
    assert {row["kind"] for row in listed} == {"range inverted"} and f"{8 * MONTHS}" in listed[0]["subject"]


CIVILIANS = (("airwars", {"civ_killed_min": "7", "civ_killed_max": "3"}),)


@pytest.mark.parametrize(("format_", "wrong"), CIVILIANS)
def test_a_contradiction_about_those_asked_for_is_said_beside_the_sum(tmp_path: Path, format_: str, wrong: Row) -> None:
    sample, rows, area, _ = FILES[format_]
    file = written(tmp_path / "given.csv", sample, lambda first: [*rows(first)[:-1], rows(first)[-1] | wrong])
    assert civcas("import", format_, file, "--out", tmp_path / "tables").returncode == 0
    words = (
        "civcas_total",
        "--belligerent",
        "Air Force B",
        "--area",
        area,
        "--window",
        "2016",
        "--tables",
        tmp_path / "tables",
    )
    ran = civcas("measure", *words, "--json")
    assert ran.returncode == 0, ran.stderr
    told = " ".join(json.loads(ran.stdout)["notes"])
    assert "1 row contradicts itself" in told and "airwars:96 7–3" in told and "without a number" in told


def test_several_files_imported_at_once_are_one_register(tmp_path: Path) -> None:
    sample, rows, area, _ = FILES["airwars"]
    whole = written(tmp_path / "whole.csv", sample, rows)
    parts = [
        written(tmp_path / "one.csv", sample, lambda first: rows(first)[:40]),
        written(tmp_path / "two.csv", sample, lambda first: rows(first)[40:]),
    ]
    assert civcas("import", "airwars", whole, "--out", tmp_path / "of-whole").returncode == 0
    assert civcas("import", "airwars", *parts, "--out", tmp_path / "of-parts").returncode == 0
    words = ("civcas_total", "--belligerent", "Air Force A", "--area", area, "--window", "2016", "--json", "--tables")
    told = [json.loads(civcas("measure", *words, tmp_path / name).stdout) for name in ("of-whole", "of-parts")]
    assert told[0]["value"] == told[1]["value"] > 0
