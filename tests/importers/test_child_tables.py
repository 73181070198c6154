"""Tables that hang on others: victims, sources and casualties of incidents, totals of days, and events their publisher took back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import ibis
import pytest
from imported_rows import rows

import civcas.importers
from civcas.errors import BadInput
from civcas.register.building import build

SAMPLES = Path(civcas.importers.__file__).parent / "samples"


def sample(take: Any, name: str, file: str) -> list[dict[str, Any]]:
    return rows(take(name, SAMPLES / name / file))


def flagged(take: Any, name: str, file: str) -> dict[str, int]:
    return dict(take(name, SAMPLES / name / file).accounts.doubts)


def test_a_victim_is_a_person_of_an_incident_and_who_it_was_is_in_the_restricted_field_alone(take: Any) -> None:
    one, two, three = sample(take, "airwars_victims", "victims.csv")
    assert (one["row_is"], one["code"], one["all_killed_min"], one["all_injured_min"]) == ("person", "X001", 1, None)
    assert (two["all_killed_min"], two["all_injured_max"]) == (None, 1)
    assert (three["all_killed_min"], three["all_injured_min"]) == (None, None)
    assert json.loads(one["person"])["name"] == "Made-up Name One"
    assert "Made-up" not in (one["extra"] or "") + (two["extra"] or "")
    assert flagged(take, "airwars_victims", "victims.csv") == {"neither killed nor injured": 1, "not published": 1}


def test_a_source_is_an_account_without_a_number(take: Any) -> None:
    one, two = sample(take, "airwars_sources", "sources.csv")
    assert [(r["row_is"], r["source"], r["civ_killed_min"]) for r in (one, two)] == [
        ("account", "Example Agency", None),
        ("account", "Example Channel", None),
    ]
    assert json.loads(one["extra"])["archive_url"] == "https://example.org/archive/a"


def test_casualties_stand_under_their_group_and_other_groups_are_kept_and_flagged(take: Any) -> None:
    civilians, children, journalists = sample(take, "airwars_casualties", "casualties.csv")
    columns = ("civ_killed_min", "civ_killed_max", "civ_injured_min", "civ_injured_max", "children_killed_min")
    assert [civilians[c] for c in columns] == [3, 5, None, 2, None]
    assert [children[c] for c in columns] == [None, None, None, None, 1]
    assert [journalists[c] for c in columns] == [None] * 5
    assert json.loads(journalists["extra"])["killed_min"] == "1"
    assert flagged(take, "airwars_casualties", "casualties.csv") == {"a group without a count of its own": 1}


def test_a_day_without_a_report_is_unknown_and_what_its_publisher_extrapolates_is_no_count(take: Any) -> None:
    first, second, missing = sample(take, "daily_casualties", "days.csv")
    assert (first["row_is"], first["date_start"].isoformat()) == ("period", "2024-01-01")
    assert [r["all_killed_min"] for r in (first, second, missing)] == [12, 9, None]
    assert [r["all_injured_max"] for r in (first, second, missing)] == [30, None, None]
    assert json.loads(missing["extra"])["ext_killed"] == "7"
    assert flagged(take, "daily_casualties", "days.csv") == {
        "a report of another period than one day": 2,
        "extrapolated by the publisher": 1,
    }
    assert [r["all_killed_max"] for r in sample(take, "daily_casualties", "days.json")] == [12, 0]


def test_a_total_of_a_day_makes_no_incident(take: Any) -> None:
    table = take("daily_casualties", SAMPLES / "daily_casualties" / "days.csv").reader("report").read_all()
    assert build({"report": ibis.memtable(table)})["incident"].to_pyarrow().num_rows == 0


def test_events_that_acled_deleted_stand_in_no_register_and_their_import_keeps_them(take: Any) -> None:
    events = take("acled", SAMPLES / "acled" / "events.csv").reader("report").read_all()
    deleted = take("acled_deletions", SAMPLES / "acled_deletions" / "deleted.csv").reader("withdrawal").read_all()
    assert [(r["taken_back"], str(r["withdrawn"])) for r in deleted.to_pylist()] == [
        ("acled:EXA2", "2024-06-01"),
        ("acled:EXA9", "None"),
    ]
    built = build({"report": ibis.memtable(events), "withdrawal": ibis.memtable(deleted)})
    assert built["report"].to_pyarrow()["report_id"].to_pylist() == ["acled:EXA1"]
    assert built["incident"].to_pyarrow()["incident_id"].to_pylist() == ["acled:EXA1"]
    assert sorted(events["report_id"].to_pylist()) == ["acled:EXA1", "acled:EXA2"]


def test_deletions_take_back_events_of_the_dataset_they_are_named_after_each_time_they_stand(take: Any) -> None:
    given = (SAMPLES / "acled" / "events.csv").read_text(encoding="utf-8")
    twice = given + given.splitlines(keepends=True)[-1]
    events = take("acled", twice, dataset="acled_2016").reader("report").read_all()
    assert events["report_id"].to_pylist() == ["acled_2016:EXA1", "acled_2016:EXA2", "acled_2016:EXA2#2"]
    deleted = take("acled_deletions", SAMPLES / "acled_deletions" / "deleted.csv", dataset="acled_2016_deletions")
    withdrawal = deleted.reader("withdrawal").read_all()
    built = build({"report": ibis.memtable(events), "withdrawal": ibis.memtable(withdrawal)})
    assert built["report"].to_pyarrow()["report_id"].to_pylist() == ["acled_2016:EXA1"]


def test_deletions_that_do_not_say_whose_they_are_are_refused(take: Any) -> None:
    with pytest.raises(BadInput, match="the dataset 'mine' does not say whose events were deleted"):
        take("acled_deletions", SAMPLES / "acled_deletions" / "deleted.csv", dataset="mine")


def test_a_moment_of_deletion_beyond_any_calendar_is_unknown_and_kept(take: Any) -> None:
    (row,) = (
        take("acled_deletions", "event_id_cnty,deleted_timestamp\nEXA2,99999999999999999\n")
        .reader("withdrawal")
        .read_all()
        .to_pylist()
    )
    assert row["withdrawn"] is None
    assert "99999999999999999" in row["extra"]
