"""The case folder: where each thing is, what is unfinished, and the one vault and ledger that belong to it."""

from __future__ import annotations

import os
import stat
import uuid
from functools import cached_property
from pathlib import Path
from typing import Self

from civcas.case.settings import FILE, Settings, read_settings, write_settings
from civcas.errors import BadInput, ReadOnly
from civcas.ledger.book import Ledger
from civcas.ledger.checkpoint import new_key, public_key, read_key
from civcas.ledger.clock import Clock, system_clock
from civcas.ledger.entry import Draft, EntryKind
from civcas.terms.canonical import canonical
from civcas.vault import Vault, explained, part_file, place

INSIDE = ("originals", "tables", "claims", "hand", "keys")


class Folder:
    """One case on disk. Making one opens nothing but its settings; the ledger is opened when first used."""

    def __init__(self, path: Path, settings: Settings, *, clock: Clock = system_clock) -> None:
        self.path, self.settings, self.clock = path, settings, clock
        self.vault = Vault(path / "originals")

    @classmethod
    def open(cls, path: str | Path, *, clock: Clock = system_clock) -> Self:
        folder = Path(path).expanduser().absolute()
        return cls(folder, read_settings(folder), clock=clock)

    @property
    def tables_folder(self) -> Path:
        return self.path / "tables"

    @property
    def ledger_address(self) -> Path | str:
        """A path inside the folder, or a database's address."""
        return self.settings.ledger if "://" in self.settings.ledger else self.path / self.settings.ledger

    @property
    def key_path(self) -> Path:
        return self.path / self.settings.key

    @cached_property
    def ledger(self) -> Ledger:
        ledger = Ledger.open(self.ledger_address, clock=self.clock)
        if ledger.case != self.settings.id:
            ledger.close()
            raise BadInput(f"this ledger is of case {ledger.case}", where=str(self.path), expected=self.settings.id)
        return ledger

    def close(self) -> None:
        if "ledger" in self.__dict__:
            self.ledger.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def remember(self, kind: EntryKind, subject: str, body: dict[str, object], *, author: str, reason: str) -> int:
        """Append one entry that is no decision, and return its number."""
        entry = Draft(str(kind), subject, canonical(body), reason)
        return self.ledger.append([entry], author=author).last


def make(
    path: str | Path,
    *,
    author: str,
    title: str = "",
    ledger: str = "ledger.db",
    key: str = "keys/signing.pem",
    passphrase: str = "",
    clock: Clock = system_clock,
) -> None:
    """Make a case in a folder that is new or empty; called again after an interruption, it finishes.

    `civcas.toml` comes first, so that what an interruption leaves can be opened and says what it lacks.
    """
    folder = Path(path).expanduser().absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not (folder / FILE).exists():
            _refuse_what_is_there(folder)
            write_settings(folder, Settings(id=uuid.uuid4().hex, title=title, ledger=ledger, key=key))
        case = Folder.open(folder, clock=clock)
        for name in INSIDE:
            (folder / name).mkdir(exist_ok=True, mode=0o700)
        _finish(case, author=author, passphrase=passphrase)
    except FileExistsError:
        raise BadInput("this is a file", where=str(folder), expected="a new or empty folder") from None
    except OSError as failed:
        raise explained(failed, where=folder) from failed


def _finish(case: Folder, *, author: str, passphrase: str) -> None:
    if not case.key_path.exists():
        write_key(case, passphrase=passphrase)
    ledger = Ledger.create(case.ledger_address, case=case.settings.id, clock=case.clock)
    try:
        if ledger.case != case.settings.id:
            raise BadInput(f"this database holds the ledger of case {ledger.case}", where=ledger.store.where)
        if ledger.head().sequence:
            raise BadInput(
                "this is a case already, and whole", where=str(case.path), do="Look at it with: civcas status"
            )
        key = public_key(read_key(case.key_path, passphrase=passphrase))
        body = canonical({"case": case.settings.id, "key": key, "title": case.settings.title})
        ledger.append([Draft(str(EntryKind.NOTE), "case", body, "the case begins")], author=author)
    finally:
        ledger.close()


def write_key(case: Folder, *, passphrase: str) -> str:
    """Make a signing key where the settings say, for its owner alone, and return the public key."""
    with part_file(case.key_path.parent) as (file, part):
        file.write(new_key(passphrase=passphrase))
        place(file, part, case.key_path, mode=0o600)
    return public_key(read_key(case.key_path, passphrase=passphrase))


def renew_key(case: Folder, *, author: str, passphrase: str = "") -> str:
    """Make a new signing key in place of one that is lost, and say so in the ledger; returns the public key."""
    if case.key_path.exists():
        raise BadInput(
            "the signing key is here", where=str(case.key_path), do="Move it away first if it is not to be used"
        )
    key = write_key(case, passphrase=passphrase)
    case.remember(EntryKind.NOTE, "key", {"key": key}, author=author, reason="a new signing key")
    return key


def _refuse_what_is_there(folder: Path) -> None:
    if not os.access(folder, os.W_OK, effective_ids=True):
        raise ReadOnly("this folder cannot be written by this user", where=str(folder), do="Nothing was made")
    if any(not found.name.startswith(".part-") for found in folder.iterdir()):
        raise BadInput("this folder is not empty, and not a case", where=str(folder), expected="a new or empty folder")


def seen_by_others(folder: Path) -> bool:
    """Whether other users of this machine may look into the case."""
    return bool(folder.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))
