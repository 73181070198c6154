"""What a person types: link, review, count, consistency."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from civcas.cli.app import build
from civcas.errors import BadInput, UnknownName
from made_up_reports import world


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("reports") / "reports.parquet"
    pq.write_table(world()[0], path)
    return path


def run(*words: object, typed: str = "") -> str:
    result = CliRunner().invoke(build(), [str(w) for w in words], input=typed, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_a_proposal_is_written_with_its_reasons_and_decides_nothing(reports: Path, tmp_path: Path) -> None:
    found = json.loads(
        run("link", reports, "--propose", tmp_path / "pairs.parquet", "--incidents", tmp_path / "in.parquet", "--json")
    )
    pairs = pq.read_table(tmp_path / "pairs.parquet")
    assert found["reports"] == pq.read_table(reports).num_rows
    assert pairs["chance"].to_pylist() == sorted(pairs["chance"].to_pylist(), reverse=True)
    assert all(a < b for a, b in zip(pairs["report_id_l"].to_pylist(), pairs["report_id_r"].to_pylist(), strict=True))
    assert "day" in pairs["because"][0].as_py()
    assert pq.read_table(tmp_path / "in.parquet").num_rows == found["reports"]
    assert "decided" not in found


def test_a_rule_decides_once_and_is_named(reports: Path, tmp_path: Path) -> None:
    kept = tmp_path / "decisions.jsonl"
    first = json.loads(run("link", reports, "--decisions", kept, "--apply", "at-0.9", "--json"))
    again = json.loads(run("link", reports, "--decisions", kept, "--apply", "at-0.9", "--json"))
    assert first["decided"] > 20
    assert again["decided"] < first["decided"] / 4  # only pairs that the first decisions themselves made sure
    assert json.loads(kept.read_text().splitlines()[0])["by"] == "rule at-0.9"


def test_an_unknown_rule_is_refused(reports: Path) -> None:
    with pytest.raises(BadInput, match="best"):
        run("link", reports, "--apply", "best", "--json")


def test_two_sources_are_matched_and_what_only_one_has_is_listed(reports: Path, tmp_path: Path) -> None:
    found = json.loads(
        run("link", reports, "--between", "agency", "ngo", "--propose", tmp_path / "m.parquet", "--json")
    )
    table = pq.read_table(tmp_path / "m.parquet").to_pylist()
    assert found["matched"] == sum(1 for r in table if r["found_in"] == "both") > 20
    assert all((r["first"] is None) == (r["found_in"] == "second") for r in table)
    with pytest.raises(UnknownName, match="agency"):
        run("link", reports, "--between", "agenzy", "ngo", "--json")


def test_answers_are_kept_at_once_and_the_review_resumes(reports: Path, tmp_path: Path) -> None:
    kept = tmp_path / "decisions.jsonl"
    shown = run(
        "review", reports, "--decisions", kept, "--by", "A. Reviewer", "--pairs", 3, typed="yltsame hospital\nnq"
    )
    assert "2 answered" in shown
    assert "km apart" in shown
    made = [json.loads(line) for line in kept.read_text().splitlines()]
    assert [(d["kind"], d["because"], d["by"]) for d in made] == [
        ("link", "reviewed side by side", "A. Reviewer"), ("unlink", "same hospital", "A. Reviewer"),
    ]  # fmt: skip
    run("review", reports, "--decisions", kept, "--by", "A. Reviewer", "--pairs", 1, typed="y")
    subjects = [json.loads(line)["subject"] for line in kept.read_text().splitlines()]
    assert len(set(subjects)) == 3


def test_a_case_is_counted_by_a_named_rule_set(reports: Path, tmp_path: Path) -> None:
    run("link", reports, "--incidents", tmp_path / "in.parquet", "--json")
    found = json.loads(run("count", reports, "--incidents", tmp_path / "in.parquet", "--against", "ucdp", "--json"))
    assert found["rules"] == "airwars-2023@1"
    assert 0 < found["civilians_killed_min"] <= found["civilians_killed_max"]
    assert found["changed"] > 0
    assert "dozens" in run("count", "--show-rules", "airwars-2023")


def test_contradictions_are_counted(reports: Path) -> None:
    assert isinstance(json.loads(run("consistency", reports, "--json")), dict)


@pytest.mark.parametrize(
    "words", [["link", "none.parquet"], ["count"], ["review", "none.parquet", "--decisions", "d", "--by", "me"]]
)
def test_what_cannot_be_read_is_refused_with_one_message(words: list[Any]) -> None:
    with pytest.raises(BadInput):
        run(*words)


def test_copies_of_one_text_are_counted_with_one_voice(tmp_path: Path) -> None:
    import pyarrow as pa

    text = "Nine people were killed when a market was hit in the east of the town on Monday morning"
    reports = pa.table({
        "report_id": ["a", "b", "c"], "source": ["S", "T", "U"], "civ_killed_min": [9, 9, 5], "civ_killed_max": [9, 9, 5],
        "text": [text, text + ".", "Five dead in the market"],
    })  # fmt: skip
    pq.write_table(reports, tmp_path / "r.parquet")
    pq.write_table(pa.table({"incident_id": ["i"] * 3, "report_id": ["a", "b", "c"]}), tmp_path / "in.parquet")
    found = json.loads(run("count", tmp_path / "r.parquet", "--incidents", tmp_path / "in.parquet", "--json"))
    assert (found["copies"], found["civilians_killed_min"], found["civilians_killed_max"]) == (1, 5, 9)
