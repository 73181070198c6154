"""A release on disk, opened to be compared or continued: it is verified first."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from civcas.release.changes import Release
from civcas.release.data import FOLDER, read_tables
from civcas.release.manifest import Manifest
from civcas.release.verify import verify


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A whole release: its manifest, and what it is compared by."""

    manifest: Manifest
    release: Release


def open_release(folder: Path) -> Opened:
    """Verify a release and read its tables; raises Damaged where it is not as it was written."""
    manifest = verify(folder)
    claims = folder / FOLDER / "claims.json"
    said = tuple(json.loads(claims.read_text(encoding="utf-8"))) if claims.is_file() else ()
    release = Release(tables=read_tables(folder), claims=said, policy=manifest.policy, sequence=manifest.sequence)
    return Opened(manifest=manifest, release=release)
