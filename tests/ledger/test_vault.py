from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from civcas.errors import BadInput
from civcas.vault import Vault

HELLO = hashlib.sha256(b"hello").hexdigest()


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path / "originals")


@pytest.fixture
def hello(tmp_path: Path) -> Path:
    path = tmp_path / "hello.txt"
    path.write_bytes(b"hello")
    return path


def test_an_original_is_named_by_its_hash_and_may_not_be_written(vault: Vault, hello: Path) -> None:
    kept = vault.keep(hello)
    assert (kept.sha256, kept.name, kept.bytes) == (HELLO, "hello.txt", 5)
    assert vault.path(HELLO).stat().st_mode & 0o777 == 0o444
    with vault.open(HELLO) as original:
        assert original.read() == b"hello"


def test_the_same_bytes_twice_are_one_original_that_is_not_written_again(vault: Vault, hello: Path) -> None:
    vault.keep(hello)
    first = vault.path(HELLO).stat()
    vault.keep(hello.rename(hello.with_name("other name.txt")))
    assert list(vault.originals()) == [HELLO]
    assert (vault.path(HELLO).stat().st_ino, vault.path(HELLO).stat().st_mtime_ns) == (first.st_ino, first.st_mtime_ns)


def test_a_stream_that_breaks_leaves_nothing(vault: Vault) -> None:
    class Breaking:
        def __init__(self) -> None:
            self.given = False

        def read(self, size: int) -> bytes:
            if self.given:
                raise ConnectionError("gone")
            self.given = True
            return b"half"

    with pytest.raises(ConnectionError):
        vault.keep_stream(Breaking(), name="x")  # type: ignore[arg-type]
    assert list(vault.originals()) == [] and vault.leftovers() == []


def test_a_changed_original_and_a_missing_one_are_found(vault: Vault, hello: Path) -> None:
    vault.keep(hello)
    assert vault.check(HELLO) is None
    vault.path(HELLO).chmod(0o600)
    vault.path(HELLO).write_bytes(b"hallo")
    changed = vault.check(HELLO)
    assert changed and hashlib.sha256(b"hallo").hexdigest() in changed.found
    vault.path(HELLO).unlink()
    missing = vault.check(HELLO)
    assert missing and missing.found == "it is missing"


def test_an_erased_original_leaves_a_tombstone_and_cannot_come_back(vault: Vault, hello: Path) -> None:
    vault.keep(hello)
    vault.erase(HELLO, reason="order of the court", by=("anna", "boris"), at="2016-05-01T00:00:00.000000Z")
    assert not vault.holds(HELLO) and vault.check(HELLO) is None
    assert vault.tombstone(HELLO) == {
        "sha256": HELLO, "reason": "order of the court", "by": ["anna", "boris"], "at": "2016-05-01T00:00:00.000000Z",
    }  # fmt: skip
    with pytest.raises(BadInput, match="was erased on 2016-05-01: order of the court"):
        vault.open(HELLO)
    with pytest.raises(BadInput, match="was erased"):
        vault.keep(hello)
    assert list(vault.originals()) == []


@pytest.mark.parametrize(("path", "says"), [("none.txt", "there is no such file"), ("", "this is a folder")])
def test_what_is_not_a_file_is_refused(vault: Vault, tmp_path: Path, path: str, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        vault.keep(tmp_path / path)


@pytest.mark.parametrize("name", ["../hello.txt", "/etc/hostname", "ABC", HELLO.upper(), ""])
def test_what_is_no_hash_names_no_file(vault: Vault, hello: Path, name: str) -> None:
    with pytest.raises(BadInput, match="there is no original"):
        vault.open(name)
