"""What a person types to count and grade a case: by rule, by another rule set, and by hand with a reason."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from case_of_reports import case_of_reports
from civcas.case.case import Case
from civcas.cli.app import build
from civcas.errors import BadInput, UnknownName


def run(*words: object) -> str:
    result = CliRunner().invoke(build(), [str(w) for w in words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A case in which two reports of different sources are linked."""
    folder = case_of_reports(tmp_path_factory.mktemp("assessed"))
    with Case.open(folder) as opened:
        rows = opened.tables()["report"].to_pyarrow().to_pylist()
    first = rows[0]
    other = next(r for r in rows if r["source"] != first["source"])
    run(
        "decide",
        "link",
        first["report_id"],
        other["report_id"],
        "--because",
        "one strike",
        "--case",
        folder,
        "--by",
        "anna",
    )
    return folder


def test_every_incident_is_graded_and_linked_reports_count_as_one_incident(case: Path, tmp_path: Path) -> None:
    found = json.loads(
        run("grade", "--case", case, "--out", tmp_path / "g.parquet", "--who", tmp_path / "w.parquet", "--json")
    )
    table = pq.read_table(tmp_path / "g.parquet").to_pylist()
    both = [row for row in table if row["sources"] == 2]
    assert found["incidents"] == len(table) == sum(found["standing"].values())
    asked = run(
        "sql", "SELECT incident_id FROM incident_report GROUP BY 1 HAVING count(*) = 2", "--case", case, "--json"
    )
    assert len(both) == 1 and both[0]["incident_id"] in asked  # the register names it alike
    assert "2 independent sources report harm to civilians" in both[0]["because"]
    shares = pq.read_table(tmp_path / "w.parquet").to_pylist()
    assert all(row["share_max"] == 1.0 and row["belligerent"] == "Army of X" for row in shares)
    assert "stand" in run("grade", "--case", case)


def test_a_persons_grade_stands_with_its_reason_and_the_derived_one_stays_beside_it(tmp_path: Path) -> None:
    case = case_of_reports(tmp_path, incidents=8)
    before = json.loads(run("grade", "--case", case, "--json"))
    run("decide", "grade", "m0001", "Fair", "--because", "seen by two of us", "--case", case, "--by", "anna")
    after = json.loads(run("grade", "--case", case, "--out", tmp_path / "g.parquet", "--json"))
    row = next(r for r in pq.read_table(tmp_path / "g.parquet").to_pylist() if r["incident_id"] == "m0001")
    assert (row["standing"], row["derived"] in ("Weak", "Contested"), after["graded_by_people"]) == ("Fair", True, 1)
    assert "anna grades it Fair: seen by two of us" in row["because"]
    assert after["derived"] == before["derived"]


def test_another_rule_set_says_which_counts_it_changes_and_why(case: Path, tmp_path: Path) -> None:
    (tmp_path / "ours.yaml").write_text(
        run("count", "--show-rules", "airwars-2023").replace("minimum: corroborated", "minimum: lowest")
    )
    found = json.loads(run("diff", "--case", case, "--rules", "airwars-2023", tmp_path / "ours.yaml", "--json"))
    same = json.loads(run("diff", "--case", case, "--rules", "airwars-2023", "airwars-2023", "--json"))
    assert same["changed"] == []
    assert all(row["min_before"] != row["min_after"] for row in found["changed"])
    assert all("lowest number any independent source gives" in row["derivation"] for row in found["changed"])
    assert "counts differ between airwars-2023@1" in run(
        "diff", "--case", case, "--rules", "airwars-2023", tmp_path / "ours.yaml"
    )
    counted = json.loads(run("count", "--case", case, "--against", "ucdp", "--json"))
    assert counted["rules"] == "airwars-2023@1"


def test_unknown_rules_and_both_a_case_and_files_are_refused(case: Path) -> None:
    with pytest.raises(UnknownName, match="airwars-2023"):
        run("diff", "--case", case, "--rules", "airwars-2032", "ucdp")
    with pytest.raises(BadInput, match="not clear which reports"):
        run("grade", "reports.parquet", "--case", case)
    with pytest.raises(BadInput, match="two --rules"):
        run("diff", "--case", case)
