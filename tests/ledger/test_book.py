"""The ledger, on SQLite and on PostgreSQL: the same tests, the same promises."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
from pathlib import Path

import pytest
import sqlalchemy as sa
from appending import append_many
from made import Clock

from civcas.errors import BadInput, Busy, Conflict
from civcas.ledger.book import Ledger
from civcas.ledger.clock import ClockRunsBackwards
from civcas.ledger.deciding import decide, standing
from civcas.ledger.entry import GENESIS, Draft, text_of
from civcas.ledger.moment import Moment
from civcas.ledger.replay import replay
from civcas.ledger.verify import Database, verify
from civcas.terms.decision import Decision, count, link


def draft(text: str) -> Draft:
    return Draft("note", "note", "{}", text)


def killed(low: int, high: int, *, subject: str = "airwars:CS1", supersedes: int | None = None) -> Decision:
    made = count(subject, "civ_killed", low, high, because="page corrected")
    return Decision(
        kind=made.kind, subject=made.subject, about=made.about, value=made.value, because=made.because, supersedes=supersedes
    )  # fmt: skip


def test_each_entry_holds_the_hash_of_the_one_before_and_its_own(ledger: Ledger) -> None:
    done = ledger.append([draft("one"), draft("two")], author="anna", batch="b1")
    first, second = ledger.entries()
    assert (done.first, done.last, done.hash) == (1, 2, second.hash)
    assert first.previous == GENESIS and second.previous == first.hash
    assert text_of(first) == (
        '{"at":"2016-05-01T12:00:01.000000Z","author":"anna","batch":"b1","body":{},"kind":"note",'
        f'"previous":"{GENESIS}","reason":"one","sequence":1,"subject":"note"}}'
    )
    assert first.hash == hashlib.sha256(text_of(first).encode()).hexdigest()


def test_text_of_any_script_and_quotes_is_kept_and_hashed_as_it_is(ledger: Ledger) -> None:
    strange = 'قصف "الرقة" \\ \n\t ✝ \u202e " : { } \x7f'
    ledger.append([Draft("note", strange, json.dumps({"k": "é"}, ensure_ascii=False), strange)], author="نور")
    (entry,) = ledger.entries()
    assert (entry.author, entry.subject, entry.reason, entry.says) == ("نور", strange, strange, {"k": "é"})
    assert verify(Database(ledger)).entries == 1


@pytest.mark.parametrize("text", ["a\0b", "\ud800"])
def test_text_that_no_database_can_hold_is_refused_on_both(ledger: Ledger, text: str) -> None:
    with pytest.raises(BadInput, match="cannot be stored"):
        ledger.append([draft(text)], author="anna")
    assert ledger.head().sequence == 0


def test_a_batch_is_all_or_nothing(ledger: Ledger) -> None:
    def no(connection: sa.Connection) -> None:
        raise RuntimeError("no")

    ledger.append([draft("kept")], author="anna")
    with pytest.raises(RuntimeError):
        ledger.append([draft("a"), draft("b")], author="anna", guard=no)
    assert [entry.reason for entry in ledger.entries()] == ["kept"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entry SET reason = 'x'",
        "DELETE FROM entry",
        "UPDATE checkpoint SET hash = 'x'",
        "DELETE FROM checkpoint",
        "INSERT INTO entry SELECT * FROM entry WHERE sequence = 1",
    ],
)
def test_the_database_refuses_to_change_or_remove(ledger: Ledger, statement: str) -> None:
    ledger.append([draft("kept")], author="anna")
    with ledger.store.writing() as connection:
        ledger.store.insert(
            connection,
            sa.table("checkpoint", *map(sa.column, ("sequence", "at", "hash", "key", "signature"))),
            [(1, "", "", "", "")],
        )
    with pytest.raises(BadInput), ledger.store.writing() as connection:
        connection.exec_driver_sql(statement)
    assert [entry.reason for entry in ledger.entries()] == ["kept"]


def test_sqlite_refuses_a_replace_and_postgresql_a_truncate(ledger: Ledger) -> None:
    ledger.append([draft("kept")], author="anna")
    statement = "INSERT OR REPLACE INTO entry SELECT 1,at,'eve',kind,subject,body,reason,batch,previous,hash FROM entry"
    with pytest.raises(BadInput, match="nothing in the ledger is changed"), ledger.store.writing() as connection:
        connection.exec_driver_sql(statement if ledger.store.sqlite else "TRUNCATE entry")
    assert [entry.author for entry in ledger.entries()] == ["anna"]


def test_an_entry_without_author_is_refused(ledger: Ledger) -> None:
    with pytest.raises(BadInput, match="no author"):
        ledger.append([draft("x")], author=" ")


def test_a_clock_a_little_behind_takes_the_time_of_the_last_entry_and_one_far_behind_is_refused(
    ledger: Ledger, clock: Clock
) -> None:
    ledger.append([draft("one")], author="anna")
    clock.set("2016-05-01T11:59:59+00:00")
    ledger.append([draft("two")], author="anna")
    assert {entry.at for entry in ledger.entries()} == {"2016-05-01T12:00:01.000000Z"}
    clock.set("2016-05-01T11:00:00+00:00")
    with pytest.raises(ClockRunsBackwards, match="clock says 2016-05-01T11:00:01"):
        ledger.append([draft("three")], author="anna")
    assert ledger.head().sequence == 2


def test_entries_are_read_up_to_a_day_a_time_or_a_number(ledger: Ledger, clock: Clock) -> None:
    for day in ("2017-01-22T10:00:00+00:00", "2017-01-23T23:59:58+00:00", "2017-01-24T00:00:00+00:00"):
        clock.set(day)
        ledger.append([draft(day[:10])], author="anna")

    def read(moment: str) -> list[str]:
        return [entry.reason for entry in ledger.entries(until=Moment.parse(moment))]

    assert read("2017-01-23") == ["2017-01-22", "2017-01-23"]
    assert read("2017-01-23T12:00") == ["2017-01-22"]
    assert read("2017-01-24T02:00+02:00") == ["2017-01-22", "2017-01-23"]
    assert read("@1") == ["2017-01-22"]
    assert len(read("now")) == 3


def test_a_correction_supersedes_and_both_stay(ledger: Ledger) -> None:
    first = decide(ledger, [killed(3, 5)], author="anna").last
    second = decide(ledger, [killed(3, 7, supersedes=first)], author="boris").last
    assert [entry.says["value"] for entry in ledger.entries()] == [{"max": 5, "min": 3}, {"max": 7, "min": 3}]
    stands = standing(ledger, "airwars:CS1", "civ_killed")
    assert stands and (stands.sequence, stands.by, stands.value) == (second, "boris", {"min": 3, "max": 7})


def test_of_two_authors_who_saw_the_same_the_second_is_told_and_nothing_is_lost(ledger: Ledger) -> None:
    first = decide(ledger, [killed(3, 5)], author="anna").last
    decide(ledger, [killed(3, 7, supersedes=first)], author="boris")
    with pytest.raises(Conflict, match=r"you saw entry 1, but boris decided it .*\(entry 2\)"):
        decide(ledger, [killed(3, 9, supersedes=first)], author="clara")
    with pytest.raises(Conflict, match="you saw no decision"):
        decide(ledger, [killed(3, 9)], author="clara")
    assert ledger.head().sequence == 2


def test_one_conflict_in_a_batch_stops_the_whole_batch(ledger: Ledger) -> None:
    decide(ledger, [killed(1, 1, subject="airwars:CS500")], author="anna")
    with pytest.raises(Conflict, match="airwars:CS500"):
        decide(ledger, [killed(1, 2, subject=f"airwars:CS{n}") for n in range(1000)], author="boris")
    assert ledger.head().sequence == 1


def test_a_decision_that_supersedes_what_is_not_there_is_refused(ledger: Ledger) -> None:
    with pytest.raises(BadInput, match="entry 7 does not decide it"):
        decide(ledger, [killed(1, 2, supersedes=7)], author="anna")
    with pytest.raises(BadInput, match="decides the same thing twice"):
        decide(ledger, [killed(1, 2), killed(1, 3)], author="anna")


def test_replay_gives_the_last_decision_of_each_aspect_at_that_moment(ledger: Ledger) -> None:
    first = decide(ledger, [killed(3, 5), link("r:2", "r:1", because="same place")], author="anna").first
    decide(ledger, [killed(3, 7, supersedes=first)], author="boris")
    decide(ledger, [killed(0, 0, subject="airwars:CS2")], author="anna")

    now = replay(ledger)
    assert now.select(["subject", "about", "sequence", "supersedes"]).to_pylist() == [
        {"subject": "airwars:CS1", "about": "civ_killed", "sequence": 3, "supersedes": 1},
        {"subject": "airwars:CS2", "about": "civ_killed", "sequence": 4, "supersedes": None},
        {"subject": "r:1 + r:2", "about": "link", "sequence": 2, "supersedes": None},
    ]
    assert json.loads(now["value"][0].as_py()) == {"min": 3, "max": 7}
    then = replay(ledger, Moment.parse("@2"))
    assert then["sequence"].to_pylist() == [1, 2] and then.schema == now.schema
    assert replay(ledger, Moment.parse("2015-01-23")).num_rows == 0


def test_a_long_ledger_is_read_and_verified_in_full(ledger: Ledger) -> None:
    for _ in range(3):
        ledger.append([draft(str(number)) for number in range(7000)], author="anna")
    assert verify(Database(ledger)).entries == 21_000
    assert sum(1 for _ in ledger.entries()) == 21_000


@pytest.mark.slow
def test_what_8_processes_append_at_once_is_there_once_and_chained(address: Path | str) -> None:
    Ledger.create(address, case="a-case").close()
    with multiprocessing.get_context("spawn").Pool(8) as pool:
        done = pool.starmap(append_many, [(address, f"author {number}", 25) for number in range(8)])
    acknowledged = {number: own for each in done for number, own in each}
    ledger = Ledger.open(address)
    entries = list(ledger.entries())
    assert len(entries) == 200 and {entry.sequence: entry.hash for entry in entries} == acknowledged
    assert len({entry.reason for entry in entries}) == 200
    assert verify(Database(ledger)).entries == 200
    ledger.close()


def test_a_ledger_that_someone_else_holds_is_said_to_be_busy(ledger: Ledger, address: Path | str) -> None:
    other = Ledger.open(address, wait_seconds=0.2)
    with ledger.store.writing(), pytest.raises(Busy, match="someone else is writing"):
        other.append([draft("x")], author="anna")
    other.append([draft("y")], author="anna")
    other.close()


def test_readers_are_not_held_up_by_a_writer(ledger: Ledger, address: Path | str) -> None:
    ledger.append([draft("one")], author="anna")
    other = Ledger.open(address, wait_seconds=0.2)
    with ledger.store.writing():
        assert other.head().sequence == 1
    other.close()


def test_a_database_that_is_none_of_ours_or_newer_is_refused(address: Path | str, ledger: Ledger) -> None:
    with ledger.store.writing() as connection:
        connection.exec_driver_sql("UPDATE about SET value = '2' WHERE name = 'schema'")
    with pytest.raises(BadInput, match=r"written by a newer civcas \(schema 2\)"):
        Ledger.open(address)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_text("this is a letter, not a database, and long enough to have a header" * 20)
    with pytest.raises(BadInput, match="not a ledger, or the file is damaged"):
        Ledger.open(tmp_path / "x.db")


def test_an_address_of_another_database_is_refused() -> None:
    with pytest.raises(BadInput, match="no ledger address"):
        Ledger.open("mysql://me@localhost/x")


@pytest.mark.parametrize(
    "address",
    [pytest.param("postgresql", marks=[pytest.mark.postgresql, pytest.mark.xdist_group("postgresql")])],
    indirect=True,
)
def test_a_server_that_goes_away_in_the_middle_of_writing_is_said_so(ledger: Ledger, address: Path | str) -> None:
    ledger.append([draft("kept")], author="anna")
    other = Ledger.open(address)

    def cut(connection: sa.Connection) -> None:
        own = connection.scalar(sa.text("SELECT pg_backend_pid()"))
        with other.store.reading() as outside:
            outside.execute(sa.text("SELECT pg_terminate_backend(:own)"), {"own": own})

    with pytest.raises(Busy, match="the database cannot be reached"):
        ledger.append([draft("lost")], author="anna", guard=cut)
    assert [entry.reason for entry in ledger.entries()] == ["kept"]
    other.close()
