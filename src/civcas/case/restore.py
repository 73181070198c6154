"""Making a case again from a backup, and holding it against its own hashes before it gets its name."""

from __future__ import annotations

import contextlib
import hashlib
import json
import secrets
import shutil
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import IO, Any

from civcas.case.backup import FORMAT, LEDGER, MANIFEST
from civcas.case.checking import Checked, check
from civcas.case.folder import INSIDE, Folder
from civcas.case.sealing import is_sealed, opening
from civcas.case.settings import FILE, read_settings, rename_ledger
from civcas.errors import BadInput
from civcas.ledger.book import Ledger
from civcas.ledger.portable import load
from civcas.vault import CHUNK, PART, explained

KNOWN = (FILE, LEDGER, MANIFEST, "originals", "tables", "claims", "hand")
_NEVER_CHANGE = ("originals", "tables")


def restore(path: Path, folder: Path, *, identity: Path | None = None, ledger: str = "ledger.db") -> Checked:
    """Make the case of a backup in a new or empty folder; chain, counts and every file's hash are checked first.

    `identity` holds the private key of an encrypted backup. `ledger` is where the restored ledger goes: a file in
    the folder or the address of an empty PostgreSQL database; never the place the backup came from.
    The private signing key is not in a backup: put it back by hand, or make a new one.
    """
    target = folder.expanduser().absolute()
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise BadInput("this folder is not empty", where=str(folder), expected="a new or empty folder")
    part = target.with_name(f"{PART}{secrets.token_hex(8)}")
    try:
        part.mkdir(mode=0o700, parents=True)
        with _stream(path, identity) as stream:
            manifest = _unpack(stream, part, where=str(path))
        found = _settle(part, manifest, ledger=ledger, where=str(path))
        if target.exists():
            target.rmdir()
        part.rename(target)
    except OSError as failed:
        raise explained(failed, where=target) from failed
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return found


@contextlib.contextmanager
def _stream(path: Path, identity: Path | None) -> Iterator[IO[bytes]]:
    if not path.is_file():
        raise BadInput("there is no such backup", where=str(path))
    if is_sealed(path):
        if identity is None:
            raise BadInput("this backup is encrypted", where=str(path), do="Give its private key: --identity FILE")
        with opening(path, identity) as stream:
            yield stream
    else:
        with path.open("rb") as stream:
            yield stream


def _unpack(stream: IO[bytes], part: Path, *, where: str) -> dict[str, Any]:
    """Write every member under the folder and hold each against the manifest, which comes last."""
    hashes: dict[str, str] = {}
    try:
        with tarfile.open(fileobj=stream, mode="r|") as archive:
            for member in archive:
                content = archive.extractfile(member) if member.isreg() else None
                hashes[member.name] = _write(content, part / _safe(member.name, content, where=where))
    except (tarfile.TarError, EOFError) as wrong:
        raise BadInput(
            f"this is not a whole backup: {wrong}", where=where, expected="a file of civcas backup"
        ) from None
    if MANIFEST not in hashes:
        raise BadInput("the backup was cut short: it has no manifest", where=where, expected="the whole file")
    manifest = json.loads((part / MANIFEST).read_text(encoding="utf-8"))
    _hold_against(manifest, hashes, where=where)
    (part / MANIFEST).unlink()
    return dict(manifest)


def _safe(name: str, content: IO[bytes] | None, *, where: str) -> PurePosixPath:
    """The member's place in the folder; nothing that could land elsewhere, and no link, is taken."""
    place = PurePosixPath(name)
    strange = place.is_absolute() or ".." in place.parts or "\\" in name or "\0" in name
    if content is None or strange or not place.parts or place.parts[0] not in KNOWN:
        raise BadInput(
            f"the backup holds {name!r}, which is not part of a case", where=where, do="Nothing was restored"
        )
    return place


def _write(content: IO[bytes] | None, path: Path) -> str:
    assert content is not None
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest = hashlib.sha256()
    with path.open("xb") as file:
        while chunk := content.read(CHUNK):
            digest.update(chunk)
            file.write(chunk)
    path.chmod(0o444 if path.suffix != ".erased" and path.parts[-3] in _NEVER_CHANGE else 0o600)
    return digest.hexdigest()


def _hold_against(manifest: Mapping[str, Any], hashes: Mapping[str, str], *, where: str) -> None:
    if manifest.get("civcas_backup") != FORMAT:
        raise BadInput(
            "this backup was written by a newer civcas", where=where, do="Upgrade: pip install --upgrade civcas"
        )
    expected = {name: file["sha256"] for name, file in manifest["files"].items()}
    differ = sorted(
        name for name in expected.keys() | hashes.keys() - {MANIFEST} if expected.get(name) != hashes.get(name)
    )
    if differ:
        raise BadInput(f"{len(differ)} files are not as they were backed up, {differ[0]} first", where=where)


def _settle(part: Path, manifest: Mapping[str, Any], *, ledger: str, where: str) -> Checked:
    """Give the ledger a database, and check the whole: chain, counts and originals."""
    settings = read_settings(part)
    if settings.ledger != ledger:
        rename_ledger(part, ledger)
    for name in INSIDE:
        (part / name).mkdir(exist_ok=True, mode=0o700)
    case = Folder.open(part)
    book = Ledger.create(case.ledger_address, case=settings.id)
    try:
        load(part / LEDGER, book)
    finally:
        book.close()
    (part / LEDGER).unlink()
    with case:
        found = check(case, originals=True)
    if (found.entries, found.hash) != (manifest["entries"], manifest["head"]):
        raise BadInput("the restored ledger is not the one backed up", where=where)
    return found
