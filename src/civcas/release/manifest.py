"""The manifest of a release: what it was made of and every file in it by its hash, in one file that proves the rest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from civcas.release.damage import Damage, Damaged
from civcas.terms.canonical import canonical, digest

FILE = "release.json"
FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """`sequence` and `head` name the ledger's last entry; `files` maps each path to its SHA-256 and bytes.

    `hash` is made of everything else: two releases with one hash are the same, byte for byte.
    """

    version: str
    title: str
    case: str
    sequence: int
    head: str
    as_of: str
    civcas: str
    policy: Mapping[str, Any]
    rows: Mapping[str, int]
    files: Mapping[str, Mapping[str, Any]]
    previous: Mapping[str, str] | None = None
    format: int = FORMAT
    hash: str = field(default="")

    def sealed(self) -> Manifest:
        return Manifest(**{**asdict(self), "hash": self.expected_hash()})

    def expected_hash(self) -> str:
        said = asdict(self)
        del said["hash"]
        return digest(canonical(said))

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a release; raises Damaged where it is missing, unreadable or not what its hash was made of."""
    path = folder / FILE
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        manifest = Manifest(**said)
        names = [PurePosixPath(name) for name in manifest.files]
        whole = manifest.hash == manifest.expected_hash() and all(
            isinstance(file["sha256"], str) and isinstance(file["bytes"], int) for file in manifest.files.values()
        )
    except FileNotFoundError:
        raise Damaged(Damage.MANIFEST, f"there is no {FILE}", where=str(folder)) from None
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as wrong:
        raise Damaged(Damage.MANIFEST, f"it cannot be read ({type(wrong).__name__})", where=str(path)) from None
    if not whole:
        raise Damaged(Damage.MANIFEST, "it does not have the content its hash was made of", where=str(path))
    if any(name.is_absolute() or ".." in name.parts or "\\" in str(name) for name in names):
        raise Damaged(Damage.MANIFEST, "it names a file outside the release", where=str(path))
    return manifest


def listed(folder: Path) -> dict[str, dict[str, Any]]:
    """Every file under the folder but the manifest, by path, with its hash and bytes."""
    return {name: _file(folder / name) for name in names(folder) if name != FILE}


def names(folder: Path) -> list[str]:
    """Paths of everything under the folder that is no folder, in order."""
    found = (path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())
    return sorted(path.relative_to(folder).as_posix() for path in found)


def _file(path: Path) -> dict[str, Any]:
    with path.open("rb") as stream:
        return {"bytes": path.stat().st_size, "sha256": hashlib.file_digest(stream, "sha256").hexdigest()}
