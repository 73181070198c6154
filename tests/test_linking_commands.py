"""What a person types: link, review, count, consistency."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from case_of_reports import case_of_reports
from civcas.case.case import Case
from civcas.cli.app import build
from civcas.errors import BadInput, CivcasError, UnknownName
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


def test_few_reports_are_said_to_have_rough_chances(reports: Path) -> None:
    assert pq.read_table(reports).num_rows < 2_500
    assert json.loads(run("link", reports, "--json"))["chances_are_rough"]
    assert "take chances for rough" in run("link", reports)


def test_a_rule_decides_once_and_is_named(reports: Path, tmp_path: Path) -> None:
    kept = tmp_path / "decisions.jsonl"
    first = json.loads(run("link", reports, "--decisions", kept, "--apply", "at-0.9", "--json"))
    again = json.loads(run("link", reports, "--decisions", kept, "--apply", "at-0.9", "--json"))
    assert first["decided"] > 20
    assert again["decided"] < first["decided"] / 4  # only pairs that the first decisions themselves made sure
    assert json.loads(kept.read_text().splitlines()[0])["by"] == "rule at-0.9"


def test_parts_are_linked_alike_and_keep_every_decision(reports: Path, tmp_path: Path) -> None:
    whole, parts, kept = tmp_path / "whole.parquet", tmp_path / "parts.parquet", tmp_path / "decisions.jsonl"
    run("link", reports, "--incidents", whole, "--json")
    first = json.loads(run("link", reports, "--parts", 60, "--propose", parts, "--json"))
    likeliest = pq.read_table(parts).to_pylist()[0]
    assert likeliest["one_incident"] and first["rows"] == first["candidate_pairs"] > 100
    one, other = likeliest["report_id_l"], likeliest["report_id_r"]
    kept.write_text(
        json.dumps({"kind": "unlink", "value": {"report_id_l": one, "report_id_r": other}, "by": "a recorder"}) + "\n"
    )
    out = json.loads(
        run("link", reports, "--parts", 60, "--decisions", kept, "--incidents", parts, "--apply", "at-0.9", "--json")
    )
    stands = {r["report_id"]: r["incident_id"] for r in pq.read_table(parts).to_pylist()}
    assert stands[one] != stands[other] and len(stands) == first["reports"]
    assert out["decided"] > 20 and len(kept.read_text().splitlines()) == out["decided"] + 1
    together = {r["report_id"]: r["incident_id"] for r in pq.read_table(whole).to_pylist()}
    assert sum(stands[r] == together[r] for r in stands) > 0.9 * len(stands)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--parts", 7], "at least 30"),
        (["--parts", 365, "--between", "agency", "ngo"], "Leave out --parts"),
        (["--engine", "spark"], "Add --parts"),
        (["--parts", 365, "--engine", "abacus"], "abacus"),
    ],
)
def test_options_that_parts_cannot_serve_are_refused(reports: Path, words: list[object], said: str) -> None:
    with pytest.raises(CivcasError, match=said):
        run("link", reports, *words, "--json")


@pytest.mark.spark
@pytest.mark.filterwarnings("ignore")
def test_a_case_on_spark_is_linked_part_by_part_as_here(reports: Path, tmp_path: Path) -> None:
    pytest.importorskip("pyspark", reason="pip install 'civcas[spark]'")
    here, there = tmp_path / "here.csv", tmp_path / "there.csv"
    run("link", reports, "--parts", 60, "--propose", here, "--json")
    run("link", reports, "--parts", 60, "--engine", "spark", "--propose", there, "--json")
    assert there.read_text() == here.read_text()


@pytest.mark.parametrize("parts", [[], ["--parts", 365]])
def test_where_nothing_is_proposed_that_is_said_and_no_number_is_made_up(tmp_path: Path, parts: list[object]) -> None:
    lone = tmp_path / "lone.parquet"
    pq.write_table(world()[0].slice(0, 1), lone)
    assert json.loads(run("link", lone, *parts, "--json"))["expected_precision"] is None
    assert "No two are proposed" in run("link", lone, *parts)


def test_learning_that_was_refused_is_said_by_link_and_by_review(
    reports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "civcas.linking.learning.degenerate", lambda weights: "agreement on day would count against a pair"
    )
    refused = "Weights learned from these reports were refused (agreement on day would count against a pair)"
    assert refused in run("link", reports)
    reviewed = run("review", reports, "--decisions", tmp_path / "d.jsonl", "--by", "A. Reviewer", typed="q")
    assert refused in " ".join(reviewed.split())
    assert (
        json.loads(run("link", reports, "--json"))["learning_refused"] == "agreement on day would count against a pair"
    )


def test_learning_that_was_not_refused_is_not_spoken_of(reports: Path) -> None:
    assert "refused" not in run("link", reports)


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
        ("link", "reviewed side by side", "A. Reviewer"), ("later", "", "A. Reviewer"), ("unlink", "same hospital", "A. Reviewer"),
    ]  # fmt: skip
    run("review", reports, "--decisions", kept, "--by", "A. Reviewer", "--pairs", 1, typed="y")
    asked = [tuple(json.loads(line)["value"].values()) for line in kept.read_text().splitlines()]
    assert len(set(asked)) == 4


def test_a_question_mark_says_what_the_keys_mean(reports: Path, tmp_path: Path) -> None:
    said = run("review", reports, "--decisions", tmp_path / "d.jsonl", "--by", "A. Reviewer", typed="x?q")
    assert "“x” means nothing here; ? says what the keys mean." in said
    assert "l: come back to this pair when nothing else is left." in said
    assert not (tmp_path / "d.jsonl").exists()


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
    text = "Nine people were killed when a market was hit in the east of the town on Monday morning"
    reports = pa.table({
        "report_id": ["a", "b", "c"], "source": ["S", "T", "U"], "civ_killed_min": [9, 9, 5], "civ_killed_max": [9, 9, 5],
        "text": [text, text + ".", "Five dead in the market"],
    })  # fmt: skip
    pq.write_table(reports, tmp_path / "r.parquet")
    pq.write_table(pa.table({"incident_id": ["i"] * 3, "report_id": ["a", "b", "c"]}), tmp_path / "in.parquet")
    found = json.loads(run("count", tmp_path / "r.parquet", "--incidents", tmp_path / "in.parquet", "--json"))
    assert (found["copies"], found["civilians_killed_min"], found["civilians_killed_max"]) == (1, 5, 9)


@pytest.fixture
def case(tmp_path: Path) -> Path:
    return case_of_reports(tmp_path)


def decided_in(case: Path) -> dict[str, tuple[str, str, str]]:
    with Case.open(case) as opened:
        return {r["subject"]: (r["decision"], r["author"], r["because"]) for r in opened.decisions().to_pylist()}


def test_answers_go_to_the_ledger_and_a_later_sitting_goes_on_from_there(case: Path) -> None:
    shown = run("review", "--case", case, "--by", "A. Reviewer", "--pairs", 2, typed="yltboth name the hospital\nn")
    assert "2 answered; they are in the ledger" in shown
    first = decided_in(case)
    assert sorted(first.values()) == [
        ("link", "A. Reviewer", "reviewed side by side"), ("unlink", "A. Reviewer", "both name the hospital"),
    ]  # fmt: skip
    run("review", "--case", case, "--by", "B. Reviewer", "--pairs", 1, typed="y")
    second = decided_in(case)
    assert len(second) == 3
    assert first.items() <= second.items()


def test_a_decision_is_never_undone_by_a_rerun_not_even_by_a_rule(case: Path, tmp_path: Path) -> None:
    sure = json.loads(run("link", "--case", case, "--propose", tmp_path / "p.parquet", "--json"))
    pair = pq.read_table(tmp_path / "p.parquet").slice(0, 1).to_pylist()[0]
    one, other = pair["report_id_l"], pair["report_id_r"]
    assert pair["chance"] > 0.9 and "decided" not in sure
    run("review", "--case", case, "--by", "A. Reviewer", "--pair", one, other, typed="n")
    ruled = json.loads(
        run("link", "--case", case, "--apply", "at-0.9", "--incidents", tmp_path / "in.parquet", "--json")
    )
    kept = decided_in(case)
    stands_in = {r["report_id"]: r["incident_id"] for r in pq.read_table(tmp_path / "in.parquet").to_pylist()}
    assert ruled["decided"] > 5
    assert kept[f"{one} + {other}"][:2] == ("unlink", "A. Reviewer")
    assert stands_in[one] != stands_in[other]
    assert {by for kind, by, _ in kept.values() if kind == "link"} == {"rule at-0.9"}
    again = json.loads(run("link", "--case", case, "--apply", "at-0.9", "--json"))
    assert again["decided"] < ruled["decided"] / 4


def test_going_back_replaces_the_last_answer_and_the_ledger_holds_both(case: Path) -> None:
    run("review", "--case", case, "--by", "A. Reviewer", "--pairs", 2, typed="yby?n")
    run("review", "--case", case, "--by", "A. Reviewer", "--pairs", 2, typed="ybnq")
    with Case.open(case) as opened:
        entries = [e for e in opened.ledger.entries() if "link" in e.says.get("decision", "")]
    corrected = [e for e in entries if e.says["supersedes"] is not None]
    assert [e.kind for e in corrected] == ["correction", "correction"]
    assert [e.says["decision"] for e in corrected] == ["link", "unlink"]


def test_what_was_left_for_later_comes_back_last(case: Path) -> None:
    first = run("review", "--case", case, "--by", "A. Reviewer", typed="lq")
    again = run("review", "--case", case, "--by", "A. Reviewer", typed="q")
    heads = [next(line for line in shown.splitlines() if "┃" in line) for shown in (first, again)]
    assert heads[0] != heads[1]


def test_a_pair_that_is_no_candidate_and_a_missing_place_are_refused(case: Path) -> None:
    with pytest.raises(BadInput, match="no candidates"):
        run("review", "--case", case, "--by", "me", "--pair", "m0001", "nobody")
    with pytest.raises(BadInput, match="a place"):
        run("review", "r.parquet")
    with pytest.raises(BadInput, match="both a case and a file"):
        run("link", "--case", case, "--decisions", "d.jsonl")
