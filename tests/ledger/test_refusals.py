"""What is not a case, may not be written, or is locked: one clear message each."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from made import Clock, take_in

import civcas
from civcas.case.case import Case
from civcas.case.folder import make
from civcas.errors import BadInput, ReadOnly
from civcas.ledger.checkpoint import read_key


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
