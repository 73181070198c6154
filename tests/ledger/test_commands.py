"""The commands of a case, as a person types them."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from made import take_in

from civcas.case.case import Case
from civcas.cli.app import main

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(plain_case: Case, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Types a command in a case that holds two reports; returns exit code and what was printed."""
    take_in(plain_case, ("airwars:CS1", 3, 5), ("airwars:CS2", None, None))
    monkeypatch.setenv("CIVCAS_CASE", str(plain_case.path))
    monkeypatch.setenv("CIVCAS_AUTHOR", "anna")
    monkeypatch.setenv("COLUMNS", "200")

    def typed(words: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as left:
            main(shlex.split(words))
        printed = capsys.readouterr()
        assert "Traceback" not in printed.err
        return int(left.value.code or 0), printed.out + printed.err

    return typed


def told(run: Run, words: str) -> Any:
    code, out = run(f"{words} --json")
    assert code == 0, out
    return json.loads(out)


def test_new_makes_a_case_and_says_which_key_to_note(run: Run, tmp_path: Path) -> None:
    code, out = run(f"new {tmp_path / 'raqqa'} --title 'Raqqa 2017'")
    assert code == 0 and "Its public key, to be noted elsewhere: " in out
    assert told(run, f"status --case {tmp_path / 'raqqa'}")["title"] == "Raqqa 2017"


def test_status_tells_entries_datasets_and_what_is_not_signed(run: Run) -> None:
    code, out = run("status")
    assert code == 0
    assert "airwars: 2 rows given, 2 read, 0 unread (report 2); vintage 1, entry 2" in out
    assert "entries 1 to 2 are not signed yet" in out


def test_decide_log_and_diff_show_a_correction_with_its_reason(run: Run) -> None:
    code, out = run('decide civ_killed airwars:CS1 3-7 --because "page corrected 2016-05-02"')
    assert (code, out) == (0, "Entry 3: civ_killed of airwars:CS1 is now 3–7\n")
    assert "instead of 3–7 (entry 3, anna)" in run("decide civ_killed airwars:CS1 4-7 --because 'one more name'")[1]
    lines = run("log airwars:CS1")[1].splitlines()
    assert "anna  import: came with report, civ_killed 3–5, " in lines[0] and lines[0].endswith(", Fair")
    assert lines[1].endswith("anna  correction: civ_killed is 3–7") and lines[2].endswith(
        "because: page corrected 2016-05-02"
    )
    assert lines[3].endswith("civ_killed is 4–7 (instead of entry 3)")
    line = run("diff --from @2")[1]
    assert line.startswith("civ_killed of airwars:CS1: 3–5 → 4–7 (entry 4, ") and line.endswith(
        ", anna, because one more name)\n"
    )
    assert told(run, "diff --from @2")["decided"][0]["before"] == {"min": 3, "max": 5}
    assert run("diff --from now")[1].startswith("Nothing changed")


def test_a_conflict_leaves_with_3_and_says_how_to_go_on(run: Run) -> None:
    run("decide grade airwars:CS1 Fair --because first --by boris")
    code, out = run("decide grade airwars:CS1 Weak --because second --seen 0")
    assert code == 3 and "you saw no decision, but boris decided it" in out and "--seen 3" in out
    assert run("decide grade airwars:CS1 Weak --because second --seen 3")[0] == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("decide civ_killed airwars:CS9 3 --because x", "no subject 'airwars:CS9'; did you mean 'airwars:CS2'"),
        ("decide civ_killed airwars:CS1 3 --because ' '", "gives no reason"),
        ("log airwars:CS9", "nothing was recorded on 'airwars:CS9'"),
        ("log --as-of yesterday", "'yesterday' is not a moment"),
        ("diff --from 2017-13-01", "'2017-13-01' is not a moment"),
        ("figures", "the case held no figures at that moment"),
        ("figures --as-of soon", "'soon' is not a day"),
        ("verify nothing.jsonl", "cannot be read as an exported ledger"),
        ("verify --key 12", "'12' is not a public key"),
        ("verify --against civcas.toml", "this is not a checkpoint"),
        ("status --case /nowhere", "there is no such folder"),
        ("open 0000 --out x", "there is no original 0000"),
        ("restore nothing.backup drill", "there is no such backup"),
        ("backup", "the backup has no name"),
        ("backup /nowhere/x.backup", "there is no such folder"),
        ("erase 0000 --because x --with boris", "there is no original 0000"),
        ("checkpoint --new-key", "the signing key is here"),
    ],
)
def test_what_cannot_be_used_is_one_message_and_exit_code_2(run: Run, words: str, says: str) -> None:
    code, out = run(words)
    assert code == 2 and says in out


def test_checkpoint_verify_and_a_lost_key(run: Run, plain_case: Case, tmp_path: Path) -> None:
    kept = tmp_path / "kept.checkpoint"
    assert run(f"checkpoint --out {kept}")[0] == 0
    run("note 'called the hospital'")
    assert told(run, f"verify --originals --against {kept}") | {"hash": ""} == {
        "whole": True, "entries": 3, "checkpoints": 2, "signed_to": 2, "hash": "", "originals": 1,
    }  # fmt: skip
    assert "No checkpoint vouches for entries 3 to 3" in run("verify")[1]
    plain_case.key_path.unlink()
    assert "The new public key: " in run(f"checkpoint --new-key --out {tmp_path / 'new.checkpoint'}")[1]
    assert run(f"verify --against {tmp_path / 'new.checkpoint'}")[0] == 0


def test_an_original_comes_back_as_it_was_and_is_erased_by_two(run: Run, plain_case: Case, tmp_path: Path) -> None:
    sha256 = plain_case.imports()[0].original.sha256
    assert run(f"open {sha256} --out {tmp_path / 'copy.csv'}")[0] == 0
    assert (tmp_path / "copy.csv").read_text() == "as published"
    assert "takes two people" in run(f"erase {sha256} --because order --with anna")[1]
    assert run(f"erase {sha256} --because order --with boris")[0] == 0
    code, out = run(f"open {sha256} --out {tmp_path / 'again.csv'}")
    assert code == 2 and "was erased on" in out and ": order." in out
    assert run("verify --originals")[0] == 0


def test_backup_restore_and_the_ledger_file(run: Run, tmp_path: Path) -> None:
    pytest.importorskip("pyrage", reason="pyrage is not installed: pip install 'civcas[backups]'")
    public = run(f"backup --new-key {tmp_path / 'backup.key'}")[1].split()[5]
    assert "encrypted" in run(f"backup {tmp_path / 'sealed'} --to {public}")[1]
    made = told(run, f"backup {tmp_path / 'plain'}.backup")
    assert made["encrypted"] is False and made["entries"] == 4
    assert told(run, f"restore {tmp_path / 'plain'}.backup {tmp_path / 'drill'} --drill")["entries"] == 4
    code, out = run(f"restore {tmp_path / 'sealed'} {tmp_path / 'kept'} --identity {tmp_path / 'backup.key'}")
    assert code == 0 and "3 entries and 1 originals, all whole" in out
    assert "restored from a backup" in run(f"log --case {tmp_path / 'kept'}")[1]

    assert run(f"ledger export {tmp_path / 'ledger.jsonl'}")[0] == 0
    assert run(f"verify {tmp_path / 'ledger.jsonl'}")[0] == 0
    (tmp_path / "drill" / "ledger.db").unlink()
    assert run(f"ledger import {tmp_path / 'ledger.jsonl'} --case {tmp_path / 'drill'}")[0] == 0
    assert "5 entries" in run(f"status --case {tmp_path / 'drill'}")[1]


@pytest.mark.parametrize(
    "word",
    [
        "new",
        "status",
        "verify",
        "checkpoint",
        "decide",
        "log",
        "diff",
        "figures",
        "note",
        "open",
        "backup",
        "restore",
        "erase",
    ],
)
def test_each_command_explains_itself_with_examples(run: Run, word: str) -> None:
    code, out = run(f"{word} --help")
    assert code == 0 and "Examples:" in out and f"civcas {word}" in out
