"""Keeps originals by their hash, and never changes one."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from civcas.errors import BadInput, NoSpace, ReadOnly

CHUNK = 1 << 20
_HASH = re.compile("[0-9a-f]{64}")
PART = ".part-"
"""Begins the name of a file that is not yet whole; one that stays was left by an interruption."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """A file as it was taken in."""

    sha256: str
    name: str
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """An original that is not what it should be, and how."""

    sha256: str
    found: str


class Vault:
    """The originals of one case, in `folder`, each in a file named by its SHA-256."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, sha256: str) -> Path:
        """Where an original of that hash is kept; what is no hash names no file."""
        if not _HASH.fullmatch(sha256):
            raise BadInput(f"there is no original {sha256}", where=str(self.folder), expected="64 hexadecimal digits")
        return self.folder / sha256[:2] / sha256

    def keep(self, path: Path) -> Original:
        """Take in a file. The same bytes twice are one original; what is there is never written again."""
        try:
            with path.open("rb") as stream:
                return self.keep_stream(stream, name=path.name)
        except FileNotFoundError:
            raise BadInput("there is no such file", where=str(path)) from None
        except IsADirectoryError:
            raise BadInput("this is a folder", where=str(path), expected="a file") from None
        except PermissionError as refused:
            if refused.filename == str(path):
                raise BadInput("this file may not be read by this user", where=str(path)) from None
            raise

    def keep_stream(self, stream: BinaryIO, *, name: str) -> Original:
        """Take in what a stream gives, hashing while it is copied; whole and durable, or not at all."""
        with part_file(self.folder) as (file, part):
            digest, size = hashlib.sha256(), 0
            while chunk := stream.read(CHUNK):
                digest.update(chunk)
                size += file.write(chunk)
            sha256 = digest.hexdigest()
            self._refuse_erased(sha256)
            place(file, part, self.path(sha256))
        return Original(sha256=sha256, name=name, bytes=size)

    def open(self, sha256: str) -> BinaryIO:
        """The original's bytes; an erased one is answered with the reason it was erased for."""
        self._refuse_erased(sha256)
        try:
            return self.path(sha256).open("rb")
        except FileNotFoundError:
            raise BadInput(f"there is no original {sha256}", where=str(self.folder)) from None

    def holds(self, sha256: str) -> bool:
        return self.path(sha256).is_file()

    def check(self, sha256: str) -> Flaw | None:
        """Hash the original again; None where it is what was taken in, or was erased with a tombstone."""
        if self.tombstone(sha256) and not self.holds(sha256):
            return None
        if not self.holds(sha256):
            return Flaw(sha256=sha256, found="it is missing")
        with self.path(sha256).open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        return None if found == sha256 else Flaw(sha256=sha256, found=f"its bytes now have the hash {found}")

    def erase(self, sha256: str, *, reason: str, by: tuple[str, str], at: str) -> None:
        """Remove the bytes for a lawful reason and leave a tombstone. Done again after an interruption, it finishes.

        The caller has recorded the erasure in the ledger first.
        """
        stone = {"sha256": sha256, "reason": reason, "by": list(by), "at": at}
        if not self.tombstone(sha256):
            with part_file(self.folder) as (file, part):
                file.write(json.dumps(stone, ensure_ascii=False, indent=1).encode())
                place(file, part, self._stone(sha256))
        self.path(sha256).unlink(missing_ok=True)

    def tombstone(self, sha256: str) -> dict[str, object] | None:
        """Why, when and by whom an original was erased; None where it was not."""
        try:
            return dict(json.loads(self._stone(sha256).read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None

    def originals(self) -> Iterator[str]:
        """The hash of every original that is here, in order."""
        yield from sorted(path.name for path in self.folder.glob("??/*") if _HASH.fullmatch(path.name))

    def leftovers(self) -> list[Path]:
        """What an interruption left half-written; harmless, and no part of the case."""
        return leftovers(self.folder)

    def _stone(self, sha256: str) -> Path:
        return self.path(sha256).with_suffix(".erased")

    def _refuse_erased(self, sha256: str) -> None:
        if stone := self.tombstone(sha256):
            raise BadInput(
                f"original {sha256} was erased on {str(stone['at'])[:10]}: {stone['reason']}",
                where=str(self.folder),
                do="It cannot be opened or taken in again; its hash stays in the ledger",
            )


@contextlib.contextmanager
def part_file(folder: Path) -> Iterator[tuple[BinaryIO, Path]]:
    """A new file to write in a folder, gone at the end unless `place` gave it its name; a full disk is said so."""
    part = folder / f"{PART}{secrets.token_hex(8)}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            yield file, part
    except OSError as failed:
        raise explained(failed, where=folder) from failed
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


def place(file: BinaryIO, part: Path, final: Path, *, mode: int = 0o444) -> None:
    """Give a whole file its name, durably and in one step; where the name is taken, it stays as it is."""
    file.flush()
    os.fsync(file.fileno())
    if final.exists():
        return
    os.fchmod(file.fileno(), mode)
    if not final.parent.exists():
        final.parent.mkdir(exist_ok=True)
        flush_folder(final.parent.parent)
    part.rename(final)
    flush_folder(final.parent)


def flush_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def leftovers(folder: Path) -> list[Path]:
    return sorted(folder.rglob(f"{PART}*"))


def explained(failed: OSError, *, where: Path) -> OSError | NoSpace | ReadOnly:
    """A full disk or a folder that cannot be written, as one clear message; any other failure as it is."""
    if failed.errno in (errno.ENOSPC, errno.EDQUOT):
        return NoSpace(
            "no space is left on the disk",
            where=str(where),
            do="Nothing was recorded, and what was half-written is gone. Free some space, and try again",
        )
    if failed.errno in (errno.EACCES, errno.EROFS, errno.EPERM):
        return ReadOnly("this folder cannot be written by this user", where=str(where), do="Nothing was recorded")
    return failed
