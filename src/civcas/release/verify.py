"""Holds a release against its manifest, file by file."""

from __future__ import annotations

import hashlib
from pathlib import Path

from civcas.release.damage import Damage, Damaged
from civcas.release.manifest import FILE, Manifest, names, read_manifest


def verify(folder: Path, *, expected: str = "") -> Manifest:
    """The manifest of a release that is whole; raises Damaged for the first thing that is not as it was written.

    `expected` is a hash that was noted elsewhere: a release that somebody rewrote whole, manifest and all, differs from it.
    """
    manifest = read_manifest(folder)
    if expected and manifest.hash != expected:
        raise Damaged(Damage.ANOTHER, f"its hash is {manifest.hash}, not {expected}", where=str(folder))
    there = names(folder)
    for name in sorted(manifest.files.keys() - set(there)):
        raise Damaged(Damage.MISSING, name, where=str(folder))
    for name, file in manifest.files.items():
        path = folder / name
        if path.is_symlink() or not path.is_file() or path.stat().st_size != file["bytes"]:
            raise Damaged(Damage.CHANGED, name, where=str(folder))
        with path.open("rb") as stream:
            if hashlib.file_digest(stream, "sha256").hexdigest() != file["sha256"]:
                raise Damaged(Damage.CHANGED, name, where=str(folder))
    for name in there:
        if name != FILE and name not in manifest.files:
            raise Damaged(Damage.EXTRA, name, where=str(folder))
    return manifest
