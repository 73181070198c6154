"""What differs between two releases: changes with their reasons, and the files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from civcas.errors import BadInput
from civcas.release.changes import changes
from civcas.release.reading import open_release
from civcas.release.telling_changes import as_json


def difference(older: Path, newer: Path) -> dict[str, Any]:
    """The changes from one release to another of the same case, as CHANGES.json tells them, and which files differ."""
    before, after = open_release(older), open_release(newer)
    if before.manifest.case != after.manifest.case:
        raise BadInput(
            "the two releases are of different cases", where=f"{older} and {newer}", expected="two of one case"
        )
    named = {"version": before.manifest.version, "hash": before.manifest.hash}
    told = as_json(changes(before.release, after.release), before=named, version=after.manifest.version)
    old, new = before.manifest.files, after.manifest.files
    files = {
        "added": sorted(new.keys() - old.keys()),
        "removed": sorted(old.keys() - new.keys()),
        "changed": sorted(name for name in old.keys() & new.keys() if old[name]["sha256"] != new[name]["sha256"]),
    }
    made = {
        name: [getattr(before.manifest, name), getattr(after.manifest, name)]
        for name in ("sequence", "civcas", "policy")
        if getattr(before.manifest, name) != getattr(after.manifest, name)
    }
    return told | {"title": after.manifest.title, "made_otherwise": made, "files": files}
