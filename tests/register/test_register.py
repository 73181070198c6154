"""What the register says at a moment: decisions applied from when they were made, nothing counted twice, unknown kept unknown."""

from __future__ import annotations

from pathlib import Path

import pytest
from laid_out import day, decision, report, rows

from civcas.errors import BadInput
from civcas.register.asking import ask
from civcas.register.building import build
from civcas.terms.tables import TABLES


def test_two_published_names_of_one_party_are_one_belligerent_once() -> None:
    given = report({"belligerents": "A; Army of A"}, {"belligerents": "Army of A"})
    same = [decision("belligerent", "belligerent:Army of A", {"belligerent": "A"})]
    assert rows(build(given)["attribution"], "incident_id", "belligerent", "named") == [
        ("d:1", "A", 2),
        ("d:1", "Army of A", 2),
        ("d:2", "Army of A", 1),
    ]
    assert rows(build(given, same)["attribution"], "incident_id", "belligerent", "named", "share_min") == [
        ("d:1", "A", 1, 1.0),
        ("d:2", "A", 1, 1.0),
    ]


def test_a_decision_counts_from_when_it_was_made_and_the_later_of_two_stands() -> None:
    given = report({"province": "Nord"})
    decided = [
        decision("place", "place:Nord", {"place": "North"}, at="2026-01-01T00:00:00"),
        decision("place", "place:Nord", {"place": "Far North"}, at="2026-02-01T00:00:00"),
        decision("place", "place:Nord", {"as_published": True}, at="2026-03-01T00:00:00"),
    ]
    for until, expected in (
        ("2025-12-31", "Nord"),
        ("2026-01-15", "North"),
        ("2026-02-15", "Far North"),
        (None, "Nord"),
    ):
        assert rows(build(given, decided, until)["incident"], "province") == [(expected,)]


def test_counts_gradings_and_withdrawals_are_applied_and_the_report_imported_is_not_touched() -> None:
    given = report(
        {"civ_killed_min": 1, "civ_killed_max": 2, "date_start": day("2016-02-03")},
        {"civ_killed_min": 5, "civ_killed_max": 5},
    )
    decided = [
        decision("count", "d:1", {"min": 3, "max": None}, about="civ_killed"),
        decision("grade", "d:1", {"grading": "Confirmed"}, about="grading"),
        decision("withdraw", "d:2", {"withdrawn": True}, about="standing"),
    ]
    built = build(given, decided)
    assert rows(built["harm"], "incident_id", "min", "max") == [("d:1", 3, None)]
    assert rows(built["harm_by_period"], "grading", "killed_min", "killed_max", "incidents") == [
        ("Confirmed", 3, None, 1)
    ]
    assert rows(given["report"], "report_id", "civ_killed_min") == [("d:1", 1), ("d:2", 5)]


def test_unknown_is_not_zero_and_an_inverted_range_is_unknown_with_the_reason() -> None:
    january = {"date_start": day("2016-01-05")}
    given = report(
        january | {"civ_killed_min": 0, "civ_killed_max": 0},
        january,
        january | {"civ_killed_min": 7, "civ_killed_max": 3},
        {"civ_killed_min": 9},
    )
    built = build(given)
    assert rows(built["harm"], "incident_id", "min", "max", "rule") == [
        ("d:1", 0, 0, "as published"), ("d:3", None, None, "unknown: published lowest exceeds highest"), ("d:4", 9, None, "as published"),
    ]  # fmt: skip
    [month] = built["harm_by_period"].to_pyarrow().to_pylist()
    assert (month["incidents"], month["killed_min"], month["without_a_number"]) == (3, 0, 2)
    assert (month["period_start"], month["period_end"]) == (day("2016-01-01"), day("2016-01-31"))


def test_only_rows_that_a_publisher_holds_to_be_incidents_become_incidents() -> None:
    given = report({}, {"row_is": "person"}, {"row_is": "account"})
    assert rows(build(given)["incident"], "incident_id") == [("d:1",)]


def test_a_grading_outside_the_vocabulary_is_kept_in_the_incident_and_ungraded_in_sums() -> None:
    built = build(report({"grading": "Possible", "date_start": day("2016-01-05")}))
    assert rows(built["incident"], "grading") == [("Possible",)]
    assert rows(built["harm_by_period"], "grading") == [("ungraded",)]


def test_every_table_built_has_the_contracts_columns() -> None:
    for name, table in build(report({"date_start": day("2016-01-05")})).items():
        assert set(table.columns) == set(TABLES[name].schema.names), name


def test_decisions_without_an_author_or_reason_are_refused() -> None:
    with pytest.raises(BadInput, match="the decisions lack by, because"):
        build(report({}), [{"kind": "place", "subject": "place:x", "value": "y", "at": "2026"}])


@pytest.mark.parametrize(
    "question",
    ["DROP VIEW report", "COPY report TO '/tmp/x.csv'", "SELECT 1; SELECT 2", "SELECT * FROM read_text('/etc/hostname')",
     "SELECT * FROM read_csv('/etc/passwd')", "ATTACH '/tmp/x.db'", "SET threads = 1", "INSTALL httpfs", "SELEC 1", "PRAGMA version"],
)  # fmt: skip
def test_a_question_cannot_change_anything_or_look_elsewhere(tmp_path: Path, question: str) -> None:
    report({})["report"].to_parquet(tmp_path / "report.parquet")
    with pytest.raises(BadInput):
        ask(tmp_path, question, limit=10)
    assert ask(tmp_path, "SELECT count(*) AS n FROM report", limit=10).rows == [(1,)]
