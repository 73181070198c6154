"""One file that holds the whole case, taken while work goes on: ledger, originals, tables, claims and hand-made files."""

from __future__ import annotations

import contextlib
import hashlib
import io
import tarfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from civcas.case.folder import Folder
from civcas.case.intake import imports, table_path
from civcas.case.sealing import sealing
from civcas.case.settings import FILE
from civcas.case.vintage import erased
from civcas.errors import BadInput
from civcas.ledger.entry import EntryKind
from civcas.ledger.moment import Moment
from civcas.ledger.portable import export, verify_file
from civcas.terms.canonical import canonical
from civcas.vault import part_file, place

LEDGER, MANIFEST = "ledger.jsonl", "manifest.json"
FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """What was written: the ledger's last entry in it, its files, and the hash of the file itself."""

    path: str
    entries: int
    head: str
    files: int
    bytes: int
    sha256: str
    encrypted: bool

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def backup(case: Folder, path: Path, *, author: str, to: str | None = None) -> Backup:
    """Write the backup, whole or not at all; with `to`, encrypted to that public key.

    The ledger is read in one transaction, so others may go on writing; of originals and tables, which never change,
    those it speaks of follow. The private signing key is not in it: keep that elsewhere. Tables that are not here are
    left out, as they can be made again; an original that is not here stops the backup.
    """
    if path.exists():
        raise BadInput("this file is there already", where=str(path), expected="a new file")
    if not path.absolute().parent.is_dir():
        raise BadInput("there is no such folder", where=str(path.parent))
    case.remember(EntryKind.NOTE, "backup", {"encrypted": to is not None}, author=author, reason="backup taken")
    with part_file(path.absolute().parent) as (file, part):
        with sealing(file, to) if to else contextlib.nullcontext(file) as stream:
            entries, head, count = _write(case, stream)
        file.flush()
        with part.open("rb") as again:
            sha256 = hashlib.file_digest(again, "sha256").hexdigest()
        place(file, part, path.absolute(), mode=0o600)
    size = path.stat().st_size
    return Backup(
        path=str(path), entries=entries, head=head, files=count, bytes=size, sha256=sha256, encrypted=to is not None
    )


def _write(case: Folder, stream: IO[bytes]) -> tuple[int, str, int]:
    """The archive: the files, and last the manifest that names every one with its hash."""
    manifest: dict[str, dict[str, Any]] = {}
    with tarfile.open(fileobj=stream, mode="w|", format=tarfile.PAX_FORMAT) as archive:
        with part_file(case.path) as (_, spool):
            spool.unlink()
            export(case.ledger, spool)
            whole = verify_file(spool)
            manifest[LEDGER] = _add_file(archive, spool, LEDGER)
        for name, content in _small(case):
            manifest[name] = _add(archive, name, io.BytesIO(content), len(content), hashlib.sha256(content).hexdigest())
        for source in _large(case, Moment(sequence=whole.entries)):
            manifest[str(source.relative_to(case.path))] = _add_file(
                archive, source, str(source.relative_to(case.path))
            )
        about = {
            "civcas_backup": FORMAT,
            "case": case.settings.id,
            "entries": whole.entries,
            "head": whole.hash,
            "files": manifest,
        }
        content = canonical(about).encode()
        _add(archive, MANIFEST, io.BytesIO(content), len(content), "")
    return whole.entries, whole.hash, len(manifest)


def _small(case: Folder) -> Iterator[tuple[str, bytes]]:
    """Settings, claims, hand-made files and tombstones: read at once, since people edit some of them."""
    yield FILE, (case.path / FILE).read_bytes()
    chosen = [
        *(case.path / "claims").rglob("*"),
        *(case.path / "hand").rglob("*"),
        *case.vault.folder.glob("??/*.erased"),
    ]
    for source in sorted(chosen):
        if source.is_file() and not source.is_symlink():
            yield str(source.relative_to(case.path)), source.read_bytes()


def _large(case: Folder, until: Moment) -> Iterator[Path]:
    """Originals and tables that the ledger spoke of at that moment, each once."""
    gone, seen = erased(case), set[Path]()
    for made in imports(case, until):
        if made.original.sha256 in gone:
            continue
        original = case.vault.path(made.original.sha256)
        if not original.exists():
            raise BadInput(
                f"original {original.name} is missing", where=str(case.path), do="Look: civcas verify --originals"
            )
        here = [table_path(case, name, file) for name, file in made.tables.items()]
        for source in [original, *(path for path in here if path.exists())]:
            if source not in seen:
                seen.add(source)
                yield source


def _add_file(archive: tarfile.TarFile, source: Path, name: str) -> dict[str, Any]:
    with source.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        return _add(archive, name, file, source.stat().st_size, sha256)


def _add(archive: tarfile.TarFile, name: str, content: IO[bytes], size: int, sha256: str) -> dict[str, Any]:
    """One member, without owner and time: neither is the case's to tell."""
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    archive.addfile(member, content)
    return {"sha256": sha256, "bytes": size}
