"""A case from its first folder to its restored backup."""

from __future__ import annotations

import shutil
from pathlib import Path

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from made import Clock, report, take_in

import civcas
from civcas.case.case import Case
from civcas.case.folder import make
from civcas.errors import BadInput, UnknownName
from civcas.ledger.damage import Damage, Damaged
from civcas.terms import decision as make_decision
from civcas.terms.typed_decision import typed

BECAUSE = "page corrected 2016-05-02"


def values(column: ibis.Column) -> list[object]:
    return sorted(column.to_pyarrow().to_pylist(), key=str)


def test_a_new_case_has_its_folders_for_its_owner_alone_and_a_first_entry(case: Case) -> None:
    assert {path.name for path in case.path.iterdir()} >= {
        "civcas.toml",
        "originals",
        "tables",
        "claims",
        "hand",
        "keys",
    }
    assert case.path.stat().st_mode & 0o077 == 0 and case.key_path.stat().st_mode & 0o777 == 0o600
    (first,) = case.ledger.entries()
    assert (first.subject, first.says["title"], first.says["case"]) == ("case", "A case", case.settings.id)
    assert case.status().unfinished == ()


def test_open_is_offered_by_the_package(plain_case: Case) -> None:
    with civcas.open(plain_case.path) as opened:
        assert opened.settings == plain_case.settings


@pytest.mark.parametrize("lost", ["keys", "ledger.db", "originals"])
def test_an_interrupted_new_opens_says_what_is_unfinished_and_is_finished_by_new(
    plain_case: Case, clock: Clock, lost: str
) -> None:
    plain_case.close()
    path = plain_case.path / lost
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    if lost == "keys":
        (plain_case.path / "ledger.db").unlink()
    with Case.open(plain_case.path, clock=clock) as case:
        assert any("finish with: civcas new" in line for line in case.status().unfinished)
    if lost != "originals":
        make(plain_case.path, author="anna", clock=clock)
        with Case.open(plain_case.path, clock=clock) as case:
            assert case.status().unfinished == () and case.verify().entries == 1


def test_an_import_keeps_original_tables_unread_rows_and_one_entry(case: Case, tmp_path: Path) -> None:
    file = tmp_path / "airwars.csv"
    file.write_text("three rows", encoding="utf-8")
    unread = pa.table({"row": [3], "reason": ["min above max"], "content": ["CS3,7,3"]})
    tables = {"report": report(("airwars:CS1", 3, 5), ("airwars:CS2", None, None))}

    made = case.take_in(file, dataset="airwars", format="test", tables=tables, unread=unread, given=3, author="anna")

    assert (made.given, made.read, made.unread, made.sequence) == (3, 2, 1, 2)
    entry = case.ledger.entry(2)
    assert (entry.kind, entry.subject, entry.says["original"]["name"]) == ("import", "dataset:airwars", "airwars.csv")
    assert case.vault.path(made.original.sha256).read_bytes() == b"three rows"
    found = case.tables()
    assert values(found["report"].report_id) == ["airwars:CS1", "airwars:CS2"] and values(found["unread"].reason) == [
        "min above max"
    ]
    assert values(found["report"].civ_killed_min) == [3, None], "unknown stays unknown"


def test_the_same_file_again_changes_nothing_and_a_newer_one_is_a_new_vintage(case: Case) -> None:
    first = take_in(case, ("airwars:CS1", 3, 5), ("airwars:CS2", 1, 1))
    assert take_in(case, ("airwars:CS1", 3, 5), ("airwars:CS2", 1, 1)) == first and case.ledger.head().sequence == first
    second = take_in(case, ("airwars:CS1", 3, 7), ("airwars:CS3", 2, 2), content="newer")
    assert second == first + 1
    assert values(case.tables()["report"].report_id) == ["airwars:CS1", "airwars:CS3"]
    assert values(case.tables(f"@{first}")["report"].report_id) == ["airwars:CS1", "airwars:CS2"]


def test_a_stream_and_a_written_file_are_taken_in_as_a_table_is(plain_case: Case, tmp_path: Path) -> None:
    rows = report(("airwars:CS1", 3, 5), ("airwars:CS2", 1, 1))
    others = report(("other:CS1", 3, 5), ("other:CS2", 1, 1))  # two datasets of a case may not bring one id
    staged = plain_case.tables_folder / ".part-staged.parquet"
    pq.write_table(civcas.terms.tables.REPORT.conform(others), staged)
    for name, given in (("streamed", rows.to_reader()), ("written", staged)):
        (tmp_path / name).write_text(name)
        plain_case.take_in(
            tmp_path / name, dataset=name, format="test", tables={"report": given}, given=2, author="anna"
        )
    assert len(values(plain_case.tables()["report"].report_id)) == 4
    assert plain_case.status().unfinished == ()


def test_an_import_that_does_not_account_for_every_row_is_refused(plain_case: Case, tmp_path: Path) -> None:
    (tmp_path / "x").write_text("x")
    with pytest.raises(BadInput, match=r"2 of 1 rows are unread\.\nExpected: read \+ unread = given"):
        plain_case.take_in(
            tmp_path / "x", dataset="x", format="t", tables={}, unread=pa.table({"row": [1, 2]}), given=1, author="anna"
        )
    with pytest.raises(BadInput, match="no table 'reports'"):
        plain_case.take_in(
            tmp_path / "x", dataset="x", format="t", tables={"reports": report()}, given=0, author="anna"
        )


def test_what_an_interrupted_import_left_is_said_and_is_no_part_of_the_case(plain_case: Case, tmp_path: Path) -> None:
    take_in(plain_case, ("airwars:CS1", 3, 5))
    (tmp_path / "late.csv").write_text("late")
    plain_case.keep(tmp_path / "late.csv")
    stray = plain_case.tables_folder / "report" / f"{'0' * 64}.parquet"
    pq.write_table(report(("airwars:CS9", 1, 1)), stray)
    (plain_case.path / "originals" / ".part-1").write_text("ha")
    found = "\n".join(plain_case.status().unfinished)
    assert (
        "was kept, but no import speaks of it" in found
        and "1 tables were written" in found
        and "1 half-written" in found
    )
    assert len(values(plain_case.tables()["report"].report_id)) == 1
    assert plain_case.verify(originals=True).originals == 1


def test_tables_may_be_deleted_and_the_case_says_how_to_make_them_again(plain_case: Case) -> None:
    take_in(plain_case, ("airwars:CS1", 3, 5))
    shutil.rmtree(plain_case.tables_folder)
    with pytest.raises(BadInput, match=r"the table report of airwars \(entry 2\) is not here"):
        plain_case.tables()
    assert any("import its original again" in line for line in plain_case.status().unfinished)
    take_in(plain_case, ("airwars:CS1", 3, 5))
    assert len(values(plain_case.tables()["report"].report_id)) == 1


@pytest.mark.parametrize(
    ("word", "subject", "value", "stored"),
    [
        ("civ_killed", "airwars:CS1", "3-7", {"min": 3, "max": 7}),
        ("civ_killed", "airwars:CS1", "7", {"min": 7, "max": 7}),
        ("civ_killed", "airwars:CS1", "3-", {"min": 3, "max": None}),
        ("civ_killed", "airwars:CS1", "–7", {"min": None, "max": 7}),
        ("civ_killed", "airwars:CS1", "unknown", {"min": None, "max": None}),
        ("civ_killed", "airwars:CS1", "as-published", {"as_published": True}),
        ("grade", "airwars:CS1", "weak", {"grading": "Weak"}),
        ("attribution", "airwars:CS1", "Party A: known", {"belligerent": "Party A", "status": "known"}),
        ("belligerent", "Party B", "Party Bee", {"belligerent": "Party Bee"}),
        ("place", "Al-Town", "Town @ 35.95, -39", {"place": "Town", "latitude": 35.95, "longitude": -39.0}),
        (
            "link",
            "airwars:CS2",
            "airwars:CS1",
            {"report_id_l": "airwars:CS1", "report_id_r": "airwars:CS2", "incident_id": None},
        ),
        ("withdraw", "airwars:CS1", "", {"withdrawn": True}),
        ("supersede", "airwars:CS1", "airwars:CS2", {"successor": "airwars:CS2"}),
    ],
)
def test_every_kind_of_decision_is_typed_recorded_and_replayed(
    plain_case: Case, word: str, subject: str, value: str, stored: dict[str, object]
) -> None:
    take_in(plain_case, ("airwars:CS1", 3, 5), ("airwars:CS2", 1, 1))
    asked = typed(word, subject, value, because=BECAUSE)
    done = plain_case.decide(asked, author="anna")
    stands = plain_case.standing(asked.subject, asked.about)
    assert stands and (stands.kind, stands.value, stands.sequence, stands.by) == (asked.kind, stored, done.last, "anna")
    assert plain_case.decisions()["decision"].to_pylist() == [str(asked.kind)]


@pytest.mark.parametrize(
    ("word", "subject", "value", "says"),
    [
        ("civ_killed", "airwars:CS1", "7-3", "the lowest is 7 but the highest is 3"),
        ("civ_killed", "airwars:CS1", "many", "'many' is not a count"),
        ("civ_kiled", "airwars:CS1", "3", "no decision 'civ_kiled'; did you mean 'civ_killed'"),
        ("grade", "airwars:CS1", "Farr", "no grading 'Farr'; did you mean 'Fair'"),
        ("attribution", "airwars:CS1", "Party A", "is not an attribution"),
        ("link", "airwars:CS1", "airwars:CS1", "cannot be linked with itself"),
        ("supersede", "airwars:CS1", "", "needs a value"),
        ("civ_killed", "airwars:CS11", "3", "no subject 'airwars:CS11'; did you mean 'airwars:CS1'"),
        ("belligerent", "Party Z", "x", "no subject 'belligerent:Party Z'"),
        ("supersede", "airwars:CS1", "airwars:CS12", "no subject 'airwars:CS12'"),
    ],
)
def test_a_decision_that_cannot_stand_is_refused_in_one_message(
    plain_case: Case, word: str, subject: str, value: str, says: str
) -> None:
    take_in(plain_case, ("airwars:CS1", 3, 5))
    with pytest.raises((BadInput, UnknownName), match=says):
        plain_case.decide(typed(word, subject, value, because=BECAUSE), author="anna")
    assert plain_case.ledger.head().sequence == 2


def test_a_decision_without_a_reason_is_refused() -> None:
    with pytest.raises(BadInput, match="gives no reason"):
        make_decision.withdraw("airwars:CS1", because=" ")


def test_the_history_of_a_subject_begins_with_what_was_published(case: Case) -> None:
    take_in(case, ("airwars:CS1", 3, 5), ("airwars:CS2", 1, 1))
    first = case.decide(typed("civ_killed", "airwars:CS1", "3-7", because=BECAUSE), author="boris").last
    case.decide(typed("link", "airwars:CS2", "airwars:CS1", because="same names"), author="anna")
    take_in(case, ("airwars:CS1", 3, 5), ("airwars:CS2", 1, 1), content="new file, same row")
    take_in(case, ("airwars:CS1", 4, 5), ("airwars:CS2", 1, 1), content="newer")
    told = [(event.entry, event.kind, event.author) for event in case.log("airwars:CS1")]
    assert told == [
        (2, "import", "anna"),
        (first, "correction", "boris"),
        (4, "decision", "anna"),
        (6, "import", "anna"),
    ]
    assert case.log("airwars:CS1")[0].values["row"]["civ_killed_max"] == 5
    assert [event.entry for event in case.log()] == [1, 2, 3, 4, 5, 6]
    assert [event.entry for event in case.log("airwars:CS1", until="@3")] == [2, 3]


def test_diff_names_each_change_and_the_entry_that_did_it(case: Case, clock: Clock) -> None:
    clock.set("2016-06-01T09:00:00+00:00")
    take_in(case, ("airwars:CS1", 3, 5), ("airwars:CS2", 1, 1))
    clock.set("2016-06-02T09:00:00+00:00")
    corrected = case.decide(typed("civ_killed", "airwars:CS1", "3-7", because=BECAUSE), author="boris").last
    clock.set("2016-06-03T09:00:00+00:00")
    newer = take_in(case, ("airwars:CS1", 4, 5), ("airwars:CS3", 2, 2), content="newer")

    found = case.diff("2016-06-01", "2016-06-03")
    (decided,), (imported,) = found.decided, found.imported
    assert (decided.before, decided.after, decided.entry, decided.author) == (
        {"min": 4, "max": 5}, {"min": 3, "max": 7}, corrected, "boris",
    )  # fmt: skip
    assert (imported.table, imported.entry, imported.added, imported.removed, imported.changed) == (
        "report",
        newer,
        1,
        1,
        1,
    )
    assert [(row.key, row.change, row.column, row.before, row.after) for row in imported.rows] == [
        ("airwars:CS3", "added", None, None, None),
        ("airwars:CS2", "removed", None, None, None),
        ("airwars:CS1", "changed", "civ_killed_min", "3", "4"),
    ]
    nothing = case.diff("2016-06-03", "now")
    assert (nothing.decided, nothing.imported) == ((), ())
    assert case.diff("2016-06-02", "2016-06-02").decided == ()


def test_an_erasure_takes_two_people_and_leaves_hash_chain_and_tombstone(case: Case) -> None:
    take_in(case, ("airwars:CS1", 3, 5))
    sha256 = case.imports()[0].original.sha256
    with pytest.raises(BadInput, match="takes two people"):
        case.erase(sha256, reason="order of the court", author="anna", second="anna")
    entry = case.erase(sha256, reason="order of the court", author="anna", second="boris")
    assert case.erase(sha256, reason="order of the court", author="anna", second="boris") == entry, "again is once"
    assert case.verify(originals=True).originals == 1 and not case.vault.holds(sha256)
    assert "report" not in case.tables() and list(case.tables_folder.glob("*/*.parquet")) == []
    assert case.ledger.entry(2).says["original"]["sha256"] == sha256
    assert case.status().unfinished == ()


def test_verify_finds_an_original_that_changed(plain_case: Case) -> None:
    take_in(plain_case, ("airwars:CS1", 3, 5))
    path = plain_case.vault.path(plain_case.imports()[0].original.sha256)
    path.chmod(0o600)
    path.write_text("other")
    plain_case.verify()
    with pytest.raises(Damaged) as found:
        plain_case.verify(originals=True)
    assert found.value.damage == Damage.ORIGINALS
