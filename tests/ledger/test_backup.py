"""A backup, and the case that is restored from it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from made import take_in

from civcas.case.case import Case
from civcas.case.restore import restore
from civcas.errors import BadInput
from civcas.ledger.portable import lines
from civcas.terms.typed_decision import typed

BECAUSE = "page corrected 2016-05-02"


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
