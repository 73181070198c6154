"""Every way of changing a ledger quietly, on both databases and in the exported file, with the exit code it ends in."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from made import Clock

from civcas.case.case import Case
from civcas.cli.app import main
from civcas.errors import CivcasError
from civcas.ledger.book import Head, Ledger
from civcas.ledger.checkpoint import Checkpoint, _signed
from civcas.ledger.damage import Damage
from civcas.ledger.entry import Draft, Entry, hash_of, text_of
from civcas.ledger.portable import export, lines, load, verify_file
from civcas.ledger.store import CHECKPOINT, ENTRY
from civcas.terms.canonical import canonical

Rows = list[Entry]
SIGNED, LENGTH = 8, 12


def rehashed(rows: Rows, start: int = 0) -> Rows:
    """The rows as one who knows the method would chain them anew."""
    done = rows[:start]
    for row in rows[start:]:
        linked = row._replace(sequence=len(done) + 1, previous=done[-1].hash if done else "0" * 64)
        done.append(linked._replace(hash=hash_of(linked)))
    return done


def other_chain(rows: Rows) -> Rows:
    return rehashed([row._replace(reason=f"other {row.reason}") for row in rows])


def swapped(rows: Rows, *, with_numbers: bool) -> Rows:
    fifth, sixth = rows[4], rows[5]
    pair = [sixth, fifth] if with_numbers else [sixth._replace(sequence=5), fifth._replace(sequence=6)]
    return [*rows[:4], *pair, *rows[6:]]


def replaced(rows: Rows, number: int, **what: Any) -> Rows:
    return [row._replace(**what) if row.sequence == number else row for row in rows]


def one_digit(hash: str) -> str:
    return ("1" if hash[0] == "0" else "0") + hash[1:]


TAMPERINGS: dict[str, tuple[Callable[[Rows], Rows], Damage]] = {
    "a letter of a reason": (lambda rows: replaced(rows, 5, reason="entrz 5"), Damage.ALTERED),
    "a digit of a body": (lambda rows: replaced(rows, 5, body='{"number":4}'), Damage.ALTERED),
    "another author": (lambda rows: replaced(rows, 5, author="eve"), Damage.ALTERED),
    "an earlier time": (lambda rows: replaced(rows, 5, at="2015-05-01T12:00:05.000000Z"), Damage.ALTERED),
    "a digit of a hash": (lambda rows: replaced(rows, 5, hash=one_digit(rows[4].hash)), Damage.ALTERED),
    "a digit of a previous hash": (
        lambda rows: replaced(rows, 5, previous=one_digit(rows[4].previous)),
        Damage.ALTERED,
    ),
    "the last entry": (lambda rows: replaced(rows, LENGTH, reason="x"), Damage.ALTERED),
    "an entry and its hash": (
        lambda rows: [*rows[:4], rehashed(replaced(rows, 5, reason="x"), 4)[4], *rows[5:]],
        Damage.SPLICED,
    ),
    "two entries exchanged": (lambda rows: swapped(rows, with_numbers=False), Damage.REORDERED),
    "the first moved to the end": (
        lambda rows: [row._replace(sequence=n) for n, row in enumerate([*rows[1:], rows[0]], 1)],
        Damage.REORDERED,
    ),
    "the tail of another chain": (lambda rows: [*rows[:6], *other_chain(rows)[6:]], Damage.SPLICED),
    "an entry of another chain": (lambda rows: [*rows[:6], other_chain(rows)[6], *rows[7:]], Damage.SPLICED),
    "an entry missing": (lambda rows: [*rows[:4], *rows[5:]], Damage.GAP),
    "the first entries missing": (lambda rows: rows[3:], Damage.GAP),
    "cut below what is signed": (lambda rows: rows[: SIGNED - 1], Damage.TAIL_DROPPED),
    "changed and chained anew": (lambda rows: rehashed(replaced(rows, 5, reason="x")), Damage.REWRITTEN),
    "another chain of the same length": (other_chain, Damage.REWRITTEN),
}
IN_THE_FILE_ONLY = {"two lines exchanged": (lambda rows: swapped(rows, with_numbers=True), Damage.REORDERED)}


def filled(case: Case) -> Case:
    """A case of 12 entries whose first 8 are signed."""
    for number in range(2, LENGTH + 1):
        case.ledger.append([Draft("note", "note", f'{{"number":{number}}}', f"entry {number}")], author="anna")
        if number == SIGNED:
            case.checkpoint()
    return case


def overwrite(ledger: Ledger, rows: Rows) -> None:
    """What one who owns the database can do: drop the triggers and write what they like."""
    tables = ("entry", "checkpoint")
    with ledger.store.writing() as connection:
        for table in tables:
            for name in ("stays", "is_kept", "is_new"):
                on = "" if ledger.store.sqlite else f" ON {table}"
                connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {table}_{name}{on}")
        connection.execute(ENTRY.delete())
        ledger.store.insert(connection, ENTRY, rows)


def written(path: Path, rows: Rows, checkpoints: list[Checkpoint], case: str) -> Path:
    """The exported file as one who knows the method would write it, trailer and all."""
    body = [
        canonical({"header": {"case": case, "civcas_ledger": 1}}),
        *(f'{{"hash":"{row.hash}","entry":{text_of(row)}}}' for row in rows),
        *(canonical({"checkpoint": checkpoint._asdict()}) for checkpoint in checkpoints),
    ]
    text = "".join(line + "\n" for line in body)
    counts = {"entries": len(rows), "checkpoints": len(checkpoints), "head": rows[-1].hash}
    trailer = canonical({"trailer": {**counts, "sha256": hashlib.sha256(text.encode()).hexdigest()}})
    path.write_text(text + trailer + "\n", encoding="utf-8")
    return path


def exit_code(*words: str | Path) -> int:
    with pytest.raises(SystemExit) as left:
        main([str(word) for word in words])
    assert isinstance(left.value.code, int)
    return left.value.code


@pytest.mark.parametrize("name", TAMPERINGS)
def test_each_tampering_of_a_database_is_found(case: Case, name: str) -> None:
    tamper, damage = TAMPERINGS[name]
    rows = list(filled(case).ledger.entries())
    assert exit_code("verify", "--case", case.path) == 0
    overwrite(case.ledger, tamper(rows))
    assert exit_code("verify", "--case", case.path) == exit_code("verify", case.path) == damage


@pytest.mark.parametrize("name", TAMPERINGS | IN_THE_FILE_ONLY)
def test_each_tampering_of_an_exported_ledger_is_found(plain_case: Case, tmp_path: Path, name: str) -> None:
    tamper, damage = (TAMPERINGS | IN_THE_FILE_ONLY)[name]
    rows, id = list(filled(plain_case).ledger.entries()), plain_case.settings.id
    signed = [Checkpoint._make(row) for row in _checkpoints(plain_case)]
    assert exit_code("verify", written(tmp_path / "whole.jsonl", rows, signed, id)) == 0
    assert (tmp_path / "whole.jsonl").read_text() == "".join(lines(plain_case.ledger))
    assert exit_code("verify", written(tmp_path / "tampered.jsonl", tamper(rows), signed, id)) == damage


def _checkpoints(case: Case) -> list[Any]:
    with case.ledger.store.reading() as connection:
        return list(connection.execute(CHECKPOINT.select()))


def test_a_tail_cut_off_after_the_last_signature_is_found_only_with_a_checkpoint_kept_elsewhere(
    case: Case, tmp_path: Path
) -> None:
    rows = list(filled(case).ledger.entries())
    kept = tmp_path / "kept.checkpoint"
    kept.write_text(case.checkpoint().to_json(case.settings.id))
    overwrite(case.ledger, rows[: LENGTH - 2])
    with case.ledger.store.writing() as connection:
        connection.execute(CHECKPOINT.delete().where(CHECKPOINT.c.sequence > SIGNED))
    assert exit_code("verify", "--case", case.path) == 0
    assert exit_code("verify", "--case", case.path, "--against", kept) == Damage.TAIL_DROPPED

    written(tmp_path / "cut.jsonl", rows[: LENGTH - 2], [], case.settings.id)
    assert exit_code("verify", tmp_path / "cut.jsonl") == 0
    assert exit_code("verify", tmp_path / "cut.jsonl", "--against", kept) == Damage.TAIL_DROPPED


def test_a_wrong_key_is_found(case: Case, tmp_path: Path) -> None:
    """Another public key than the one noted elsewhere; a checkpoint that someone else signed; one whose digits changed."""
    filled(case)
    right, wrong = case.ledger.entry(1).says["key"], "0" * 64
    file = tmp_path / "ledger.jsonl"
    export(case.ledger, file)
    for words in (["--case", case.path], [file]):
        assert exit_code("verify", *words, "--key", right) == 0
        assert exit_code("verify", *words, "--key", wrong) == Damage.WRONG_KEY

    head = case.ledger.head()
    forged = _signed(
        Head(head.sequence, head.hash, head.at), Ed25519PrivateKey.generate(), at=head.at, case=case.settings.id
    )
    altered = forged._replace(key=right)
    for number, signed in enumerate([forged, altered]):
        kept = tmp_path / f"{number}.checkpoint"
        kept.write_text(signed.to_json(case.settings.id))
        assert exit_code("verify", "--case", case.path, "--against", kept) == Damage.WRONG_KEY
        rows = list(case.ledger.entries())
        assert (
            exit_code("verify", written(tmp_path / "forged.jsonl", rows, [signed], case.settings.id))
            == Damage.WRONG_KEY
        )


@pytest.mark.parametrize("share", [0.3, 0.7, 0.99])
def test_a_file_cut_short_is_found(plain_case: Case, tmp_path: Path, share: float) -> None:
    export(filled(plain_case).ledger, tmp_path / "whole.jsonl")
    whole = (tmp_path / "whole.jsonl").read_bytes()
    (tmp_path / "cut.jsonl").write_bytes(whole[: int(len(whole) * share)])
    assert exit_code("verify", tmp_path / "cut.jsonl") == Damage.TRUNCATED
    at_a_line = whole.rsplit(b"\n", 2)[0] + b"\n"
    (tmp_path / "cut.jsonl").write_bytes(at_a_line)
    assert exit_code("verify", tmp_path / "cut.jsonl") == Damage.TRUNCATED


def test_rows_that_the_trailer_does_not_count_are_found(plain_case: Case, tmp_path: Path) -> None:
    export(filled(plain_case).ledger, tmp_path / "whole.jsonl")
    text = (tmp_path / "whole.jsonl").read_text().splitlines(keepends=True)
    (tmp_path / "less.jsonl").write_text("".join([*text[:LENGTH], *text[LENGTH + 1 :]]))
    assert exit_code("verify", tmp_path / "less.jsonl") == Damage.TRUNCATED


def test_no_flipped_bit_of_an_exported_ledger_goes_unseen(plain_case: Case, tmp_path: Path) -> None:
    export(filled(plain_case).ledger, tmp_path / "whole.jsonl")
    whole, draw = (tmp_path / "whole.jsonl").read_bytes(), random.Random(3)
    for place in draw.sample(range(len(whole)), 300):
        flipped = bytearray(whole)
        flipped[place] ^= 1 << draw.randrange(8)
        (tmp_path / "flipped.jsonl").write_bytes(flipped)
        with pytest.raises(CivcasError):
            verify_file(tmp_path / "flipped.jsonl")


def test_verify_says_as_json_what_it_found(plain_case: Case, capsys: pytest.CaptureFixture[str]) -> None:
    rows = list(filled(plain_case).ledger.entries())
    overwrite(plain_case.ledger, replaced(rows, 5, author="eve"))
    assert exit_code("verify", "--case", plain_case.path, "--json") == 10
    told = json.loads(capsys.readouterr().out)
    assert (told["whole"], told["damage"], told["entry"], told["exit_code"]) == (False, "altered", 5, 10)


def test_every_damage_has_an_exit_code_of_its_own_that_the_help_names(capsys: pytest.CaptureFixture[str]) -> None:
    assert len({int(each) for each in Damage}) == 9 and not {0, 1, 2, 3} & {int(each) for each in Damage}
    assert exit_code("verify", "--help") == 0
    help = capsys.readouterr().out
    assert all(f"{int(each)} {each.name.lower().replace('_', ' ')}" in help for each in Damage)


def test_an_exported_ledger_read_back_is_the_ledger_byte_for_byte(ledger: Ledger, clock: Clock, tmp_path: Path) -> None:
    for number in range(30):
        ledger.append([Draft("note", "قصف", canonical({"n": number / 7, "z": None}), "é \u2028 x")], author="anna")
    export(ledger, tmp_path / "one.jsonl")
    again = Ledger.create(tmp_path / "again.db", case="a-case", clock=clock)
    assert load(tmp_path / "one.jsonl", again).entries == 30
    assert list(again.entries()) == list(ledger.entries())
    export(again, tmp_path / "two.jsonl")
    assert (tmp_path / "one.jsonl").read_bytes() == (tmp_path / "two.jsonl").read_bytes()
    with pytest.raises(CivcasError, match="has entries already"):
        load(tmp_path / "one.jsonl", again)
    again.close()
