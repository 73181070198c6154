"""A case's register asked in SQL and exported: as it stands, as it stood, and never changed by it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from civcas import importers
from command_line import civcas

SAMPLES = Path(importers.__file__).parent / "samples"
COUNT = "SELECT count(*) AS n FROM incident"


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Entries 1 to 4: the case begins, an import, a link, and who is cleared. Nothing here changes it."""
    folder = tmp_path_factory.mktemp("given") / "case"
    done = [
        civcas("new", folder),
        civcas("import", "ucdp_ged", SAMPLES / "ucdp_ged" / "events.csv", "--case", folder),
    ]
    one, other = [row["report_id"] for row in asked("SELECT report_id FROM report ORDER BY 1 LIMIT 2", folder)]
    [party] = asked(f"SELECT min(belligerent) AS who FROM attribution WHERE incident_id = '{one}'", folder)
    done += [
        civcas("decide", "link", one, other, "--because", "the same day and place", "--case", folder),
        civcas(
            "decide", "attribution", one, f"{party['who']}: cleared", "--because", "it was not there", "--case", folder
        ),
    ]
    assert [each.returncode for each in done] == [0] * 4, done
    return folder


def asked(question: str, folder: Path, *more: str) -> list[dict[str, Any]]:
    ran = civcas("sql", question, "--case", folder, "--json", *more)
    assert ran.returncode == 0, ran.stderr
    rows: list[dict[str, Any]] = json.loads(ran.stdout)
    return rows


def test_the_register_of_a_case_is_asked_as_it_stands_and_as_it_stood(case: Path) -> None:
    [now], [before] = asked(COUNT, case), asked(COUNT, case, "--as-of", "@2")
    assert now["n"] == before["n"] - 1
    [alias] = asked("SELECT alias, incident_id, because FROM incident_alias", case)
    assert alias["alias"] > alias["incident_id"] and alias["because"] == "the same day and place"
    assert asked("SELECT * FROM incident_alias", case, "--as-of", "@2") == []


def test_what_was_decided_changes_who_is_held_responsible_and_a_measure_asks_the_same_register(case: Path) -> None:
    before = asked("SELECT belligerent FROM attribution", case, "--as-of", "@3")
    assert len(asked("SELECT belligerent FROM attribution", case)) == len(before) - 1
    [month] = asked("SELECT belligerent, area, period_start, killed_min FROM harm_by_period ORDER BY ALL LIMIT 1", case)
    words = ["--belligerent", month["belligerent"], "--area", month["area"], "--window", month["period_start"][:7]]
    ran = civcas("measure", "civcas_total", "--case", case, "--grades", "all", "--json", *words)
    assert ran.returncode in (0, 3), ran.stderr


@pytest.mark.parametrize(
    "question",
    ["DROP VIEW report", "DELETE FROM report", "SELECT 1; SELECT 2", "SELECT * FROM read_text('/etc/hostname')",
     "SELECT * FROM '{case}/civcas.toml'", "SELECT * FROM read_blob('{case}/keys/signing.pem')", "ATTACH '{case}/ledger.db'",
     "SET enable_external_access = true", "COPY report TO '{case}/x.csv'"],
)  # fmt: skip
def test_a_question_to_a_case_changes_nothing_and_reads_nothing_else(case: Path, question: str) -> None:
    before = sorted((p, p.stat().st_size) for p in case.rglob("*") if "ledger.db-" not in p.name)
    assert civcas("sql", question.format(case=case), "--case", case).returncode == 2
    assert sorted((p, p.stat().st_size) for p in case.rglob("*") if "ledger.db-" not in p.name) == before


def test_a_case_is_exported_as_it_stood_with_the_licences_of_what_it_holds(case: Path, tmp_path: Path) -> None:
    now, then = tmp_path / "now", tmp_path / "then"
    assert civcas("export", "package", now, "--case", case).returncode == 0
    assert civcas("export", "package", then, "--case", case, "--as-of", "@2").returncode == 0
    rows = [len((out / "incident.csv").read_text(encoding="utf-8").splitlines()) for out in (now, then)]
    assert rows[0] == rows[1] - 1
    described = json.loads((now / "datapackage.json").read_text(encoding="utf-8"))
    assert described["licenses"] == [{"title": "CC BY 4.0"}]
    assert described["sources"][0]["dataset"] == "ucdp_ged" and len(described["sources"][0]["sha256"]) == 64
    assert "it was not there" not in (now / "attribution.csv").read_text(encoding="utf-8")


def test_rows_that_may_not_be_published_again_leave_a_case_for_its_people_only(tmp_path: Path) -> None:
    case = tmp_path / "closed"
    civcas("new", case)
    civcas("import", "acled", SAMPLES / "acled" / "events.csv", "--case", case)
    refused = civcas("export", "csv", tmp_path / "out", "--case", case)
    assert refused.returncode == 2 and "rows of acled may not be published again" in refused.stderr
    assert civcas("export", "csv", tmp_path / "out", "--case", case, "--internal").returncode == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["sql", COUNT, "--as-of", "@2"], "--as-of asks what a case knew"),
        (["sql", COUNT, "--case", "x", "--tables", "y"], "both a folder of tables and a case are named"),
        (["export", "csv", "out", "--tables", "no-such-folder"], "there is no such folder"),
        (["export", "csv", "out", "--case", "no-such-folder"], "there is no such folder"),
    ],
)
def test_what_does_not_go_together_is_one_clear_message(words: list[str], says: str) -> None:
    ran = civcas(*words)
    assert ran.returncode == 2 and says in ran.stderr and "Traceback" not in ran.stderr


def test_an_engine_address_that_is_none_is_refused(tmp_path: Path) -> None:
    case = tmp_path / "case"
    civcas("new", case)
    settings = case / "civcas.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + 'engine_address = "http://x"\n', encoding="utf-8")
    ran = civcas("sql", COUNT, "--case", case)
    assert ran.returncode == 2 and "engine_address is 'http://x'" in ran.stderr
