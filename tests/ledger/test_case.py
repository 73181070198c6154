"""A case from its first folder to its restored backup."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from made import Clock, report, take_in

import civcas
from civcas.case.case import Case
from civcas.case.folder import make
from civcas.case.restore import restore
from civcas.errors import BadInput, ReadOnly, UnknownName
from civcas.ledger.checkpoint import read_key
from civcas.ledger.damage import Damage, Damaged
from civcas.ledger.portable import lines
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
    staged = plain_case.tables_folder / ".part-staged.parquet"
    pq.write_table(civcas.terms.tables.REPORT.conform(rows), staged)
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


def promised(case: Case) -> dict[str, bytes]:
    """Everything whose bytes a backup promises: the ledger as exported, and every file but keys and database."""
    chosen = [
        path
        for path in case.path.rglob("*")
        if path.is_file() and path.parent.name != "keys" and "ledger.db" not in path.name
    ]
    return {str(path.relative_to(case.path)): path.read_bytes() for path in chosen} | {
        "ledger": "".join(lines(case.ledger)).encode()
    }


def worked_in(case: Case) -> Case:
    take_in(case, ("airwars:CS1", 3, 5), ("airwars:CS2", 1, 1))
    case.decide(typed("civ_killed", "airwars:CS1", "3-7", because=BECAUSE), author="boris")
    take_in(case, ("airwars:CS1", 4, 5), content="newer")
    (case.path / "claims" / "one.yaml").write_text("says: something\n")
    (case.path / "hand" / "names.csv").write_text("published,named\nقوات,Forces\n")
    case.checkpoint()
    return case


def test_a_restored_backup_is_the_case(case: Case, tmp_path: Path) -> None:
    """The restore drill: in a clean place, chain, counts and fixity, and then every byte that is promised."""
    made = worked_in(case).backup(tmp_path / "case.backup", author="anna")
    found = restore(tmp_path / "case.backup", tmp_path / "drill")
    assert (found.entries, found.originals, found.hash) == (5, 2, made.head)
    with Case.open(tmp_path / "drill") as restored:
        expected, got = promised(case), promised(restored)
        if case.settings.ledger != "ledger.db":  # a restored case never writes to the database it came from
            assert restored.settings.ledger == "ledger.db"
            del expected["civcas.toml"], got["civcas.toml"]
        assert got == expected
        assert restored.tables()["report"].to_pyarrow().equals(case.tables()["report"].to_pyarrow())
        assert restored.decisions().equals(case.decisions())
        assert not restored.key_path.exists()


def test_a_backup_is_restored_to_an_empty_database_and_never_to_the_one_it_came_from(
    case: Case, server_address: Callable[[], str] | None, tmp_path: Path
) -> None:
    worked_in(case).backup(tmp_path / "case.backup", author="anna")
    target = server_address() if server_address else str(tmp_path / "elsewhere.db")
    restore(tmp_path / "case.backup", tmp_path / "restored", ledger=target)
    with Case.open(tmp_path / "restored") as restored:
        assert restored.settings.ledger == target and list(restored.ledger.entries()) == list(case.ledger.entries())
    with pytest.raises(BadInput, match="has entries already"):
        restore(tmp_path / "case.backup", tmp_path / "again", ledger=target)
    assert not (tmp_path / "again").exists()


def test_a_backup_to_a_public_key_opens_with_its_private_key_only(plain_case: Case, tmp_path: Path) -> None:
    pytest.importorskip("pyrage", reason="pyrage is not installed: pip install 'civcas[backups]'")
    from civcas.case.sealing import new_identity

    right, wrong = new_identity(tmp_path / "right.key"), new_identity(tmp_path / "wrong.key")
    assert right != wrong and (tmp_path / "right.key").stat().st_mode & 0o777 == 0o600
    worked_in(plain_case).backup(tmp_path / "sealed", author="anna", to=right)
    content = (tmp_path / "sealed").read_bytes()
    assert content.startswith(b"age-encryption.org/v1") and b"airwars" not in content

    with pytest.raises(BadInput, match="this backup is encrypted"):
        restore(tmp_path / "sealed", tmp_path / "drill")
    with pytest.raises(BadInput, match="cannot be decrypted"):
        restore(tmp_path / "sealed", tmp_path / "drill", identity=tmp_path / "wrong.key")
    (tmp_path / "cut").write_bytes(content[: len(content) // 2])
    with pytest.raises(BadInput, match="cannot be decrypted"):
        restore(tmp_path / "cut", tmp_path / "drill", identity=tmp_path / "right.key")
    assert not (tmp_path / "drill").exists()
    restore(tmp_path / "sealed", tmp_path / "drill", identity=tmp_path / "right.key")
    with Case.open(tmp_path / "drill") as restored:
        assert promised(restored) == promised(plain_case)
    with pytest.raises(BadInput, match="not a public key"):
        plain_case.backup(tmp_path / "other", author="anna", to="age1nonsense")


def test_a_backup_that_is_cut_changed_or_hostile_is_refused_and_leaves_nothing(
    plain_case: Case, tmp_path: Path
) -> None:
    import io
    import tarfile

    worked_in(plain_case).backup(tmp_path / "whole", author="anna")
    content = (tmp_path / "whole").read_bytes()
    (tmp_path / "cut").write_bytes(content[: len(content) // 2])
    (tmp_path / "changed").write_bytes(content.replace(b"as published", b"as publisked"))
    with tarfile.open(tmp_path / "hostile", "w") as archive:
        archive.addfile(tarfile.TarInfo("../outside"), io.BytesIO())
    for name, says in {
        "cut": "backup",
        "changed": "not as they were backed up",
        "hostile": "not part of a case",
    }.items():
        with pytest.raises(BadInput, match=says):
            restore(tmp_path / name, tmp_path / "drill")
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_dir()) == ["plain"]
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").write_text("x")
    with pytest.raises(BadInput, match="not empty"):
        restore(tmp_path / "whole", tmp_path / "full")


def test_a_backup_taken_while_another_writes_holds_one_moment(case: Case, tmp_path: Path) -> None:
    import threading

    take_in(case, ("airwars:CS1", 3, 5))
    done = threading.Event()

    def write() -> None:
        with Case.open(case.path, clock=case.clock) as other:
            while not done.is_set():
                other.note("meanwhile", author="boris")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(3):
            made = case.backup(tmp_path / f"{number}.backup", author="anna")
            assert restore(tmp_path / f"{number}.backup", tmp_path / f"drill{number}").hash == made.head
    finally:
        done.set()
        writer.join()


def test_a_locked_key_needs_its_passphrase(tmp_path: Path, clock: Clock) -> None:
    make(tmp_path / "case", author="anna", passphrase="right", clock=clock)
    with Case.open(tmp_path / "case", clock=clock) as case:
        for passphrase, says in {"": "takes its passphrase", "wrong": "the passphrase is wrong"}.items():
            with pytest.raises(BadInput, match=says):
                case.checkpoint(passphrase=passphrase)
        assert case.checkpoint(passphrase="right").sequence == 1
        case.key_path.unlink()
        with pytest.raises(BadInput, match="the signing key is not here"):
            case.checkpoint()


def test_a_key_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.pem").write_text("not a key")
    with pytest.raises(BadInput, match="not a private key"):
        read_key(tmp_path / "x.pem")


@contextmanager
def unprivileged() -> Iterator[None]:
    """As a user whom permissions bind; root is bound by none."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


def test_a_case_that_may_only_be_read_is_read_and_not_written(
    clock: Clock, tmp_path_factory: pytest.TempPathFactory
) -> None:
    import tempfile

    folder = Path(tempfile.mkdtemp(prefix="civcas-readonly-"))
    try:
        make(folder / "case", author="anna", clock=clock)
        with Case.open(folder / "case", clock=clock) as case:
            take_in(case, ("airwars:CS1", 3, 5))
        for path in [folder, *folder.rglob("*")]:
            path.chmod(0o555 if path.is_dir() else 0o444)
        with unprivileged(), Case.open(folder / "case", clock=clock) as case:
            assert case.verify(originals=True).entries == 2
            assert case.log("airwars:CS1")[0].entry == 2
            with pytest.raises(ReadOnly, match="can be read but not written"):
                case.note("x", author="anna")
            with pytest.raises(ReadOnly, match="cannot be written"):
                case.keep(folder / "airwars.csv")
            with pytest.raises(ReadOnly, match="cannot be written"):
                make(folder / "another", author="anna", clock=clock)
    finally:
        for path in [folder, *folder.rglob("*")]:
            path.chmod(0o700)
        shutil.rmtree(folder)


def test_what_is_not_a_case_is_refused(tmp_path: Path, clock: Clock) -> None:
    for name, text, says in (
        ("empty", None, "has no civcas.toml"),
        ("broken", "title = ", "not a readable civcas.toml"),
        ("newer", 'schema = 9\nid = "x"', "written by a newer civcas"),
        ("nameless", "schema = 1", "the case has no id"),
        ("odd", 'id = "x"\nengine = "abacus"', "engine is 'abacus'"),
    ):
        (tmp_path / name).mkdir()
        if text is not None:
            (tmp_path / name / "civcas.toml").write_text(text)
        with pytest.raises(BadInput, match=says):
            civcas.open(tmp_path / name)
    with pytest.raises(BadInput, match="no such folder"):
        civcas.open(tmp_path / "none")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("x")
    with pytest.raises(BadInput, match="not empty, and not a case"):
        make(tmp_path / "full", author="anna", clock=clock)


def test_a_case_made_twice_and_a_ledger_of_another_case_are_refused(tmp_path: Path, clock: Clock) -> None:
    for name in ("one", "two"):
        make(tmp_path / name, author="anna", clock=clock)
    with pytest.raises(BadInput, match="a case already, and whole"):
        make(tmp_path / "one", author="anna", clock=clock)
    shutil.copy(tmp_path / "two" / "ledger.db", tmp_path / "one" / "ledger.db")
    with pytest.raises(BadInput, match="this ledger is of case"):
        civcas.open(tmp_path / "one").log()


def test_a_ledger_whose_file_is_damaged_is_said_so(plain_case: Case) -> None:
    take_in(plain_case, ("airwars:CS1", 3, 5))
    plain_case.close()
    path = plain_case.path / "ledger.db"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    content = bytearray(path.read_bytes())
    content[100:4096] = bytes(3996)
    path.write_bytes(content)
    with pytest.raises(BadInput):
        civcas.open(plain_case.path).log()


FIRST = ("Airwars monthly report (C. Woods), Nov 2015", 255.0, 375.0)
REVISED = ("Syria Direct interview with Chris Woods, 2016", 345.0, 501.0)


def figures_of_october() -> pa.Table:
    month = {
        "belligerent": "Russia",
        "area": "Syria",
        "period_start": dt.date(2015, 10, 1),
        "period_end": dt.date(2015, 10, 31),
    }
    rows = [
        {
            "measure": "likely killed, fair (first published)",
            "source_title": FIRST[0],
            "value_low": FIRST[1],
            "value_high": FIRST[2],
        },
        {
            "measure": "likely killed (revised 2016)",
            "source_title": REVISED[0],
            "value_low": REVISED[1],
            "value_high": REVISED[2],
        },
        {"measure": "killed", "source_title": "a page without a date", "value_low": 1.0, "value_high": 2.0},
        {"measure": "killed", "source_title": "Monthly assessment October 2015", "value_low": 1.0, "value_high": 2.0},
        {
            "measure": "killed",
            "source_title": "A page",
            "published": dt.date(2015, 12, 31),
            "value_low": 9.0,
            "value_high": 9.0,
        },
    ]
    shared = month | {"unit": "civilian deaths", "dataset": "published_figures"}
    return pa.Table.from_pylist([shared | row | {"figure_id": f"published_figures:{n}"} for n, row in enumerate(rows, 1)],
                                schema=civcas.terms.tables.FIGURE.schema)  # fmt: skip


def test_october_2015_as_first_published_and_as_revised_each_with_its_source(case: Case, tmp_path: Path) -> None:
    (tmp_path / "figures.csv").write_text("x")
    case.take_in(
        tmp_path / "figures.csv", dataset="published_figures", format="t", tables={"figure": figures_of_october()}, given=5, author="anna"
    )  # fmt: skip
    case.decide(
        typed(
            "supersede",
            "published_figures:1",
            "published_figures:2",
            because="the source says: same month revised upward",
        ),
        author="anna",
    )

    def told(as_of: str | None) -> list[tuple[object, ...]]:
        found = case.figures(as_of=as_of, belligerent="russia", window="2015-10", measure="likely killed")
        return [(row["low"], row["high"], row["source_title"], row["standing"]) for row in found.to_pylist()]

    assert told("2015-12-31") == [(255.0, 375.0, FIRST[0], "stands")]
    assert told(None) == [(255.0, 375.0, FIRST[0], "superseded"), (345.0, 501.0, REVISED[0], "stands")]
    assert told("2015-11-29") == [], "a month that is known to its month is known by its last day"
    assert told("2016-12-31") == told(None)
    exact = case.figures(as_of="2015-12-31", measure="killed", belligerent="Russia").to_pylist()
    assert [row["figure_id"] for row in exact] == ["published_figures:1", "published_figures:5"]
    assert {row["learned_entry"] for row in exact} == {2}
    with pytest.raises(BadInput, match="held no figures at that moment"):
        case.figures(as_of="2026-12-31", known="@1")


def test_a_corrected_figure_is_shown_beside_what_was_published(plain_case: Case, tmp_path: Path) -> None:
    (tmp_path / "figures.csv").write_text("x")
    plain_case.take_in(
        tmp_path / "figures.csv", dataset="published_figures", format="t", tables={"figure": figures_of_october()}, given=5, author="anna"
    )  # fmt: skip
    plain_case.decide(
        typed("value", "published_figures:2", "345-", because="the upper bound is not in the text"), author="anna"
    )
    plain_case.decide(typed("withdraw", "published_figures:3", "", because="no source"), author="anna")
    rows = {row["figure_id"][-1]: row for row in plain_case.figures().to_pylist()}
    assert (rows["2"]["low"], rows["2"]["high"], rows["2"]["published_high"], rows["2"]["corrected_by"]) == (
        345.0,
        None,
        501.0,
        3,
    )
    assert rows["3"]["standing"] == "withdrawn"
    then = plain_case.figures(known="@2", measure="revised 2016").to_pylist()
    assert [row["high"] for row in then] == [501.0]


def test_the_shipped_figures_of_october_2015_differ_as_published(real_data: Path, plain_case: Case) -> None:
    import pyarrow.csv as pa_csv

    file = real_data / "airwars" / "published_figures.csv"
    given = pa_csv.read_csv(file, convert_options=pa_csv.ConvertOptions(strings_can_be_null=True))
    ids = pa.array([f"published_figures:{n}" for n in range(1, given.num_rows + 1)])
    table = given.append_column("figure_id", ids).append_column(
        "dataset", pa.array(["published_figures"] * given.num_rows)
    )
    plain_case.take_in(
        file, dataset="published_figures", format="t", tables={"figure": table}, given=given.num_rows, author="anna"
    )  # fmt: skip

    def told(as_of: str | None) -> set[tuple[object, ...]]:
        found = plain_case.figures(
            as_of=as_of, belligerent="Russia", window="2015-10", measure="likely killed"
        ).to_pylist()
        return {(row["low"], row["high"], row["source_title"]) for row in found}

    first, revised = (255.0, 375.0, FIRST[0]), (345.0, 501.0, REVISED[0])
    assert told("2015-12-31") == {first}
    assert told(None) == {first, revised}
