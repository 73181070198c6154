"""What a release shows, read back from its folder: the tables, the claims and what it is called."""

from __future__ import annotations

import json
from pathlib import Path

from civcas.public.public import About, Public
from civcas.release.data import FOLDER, read_tables
from civcas.release.verify import verify


def reopened(folder: Path) -> Public:
    """The same that the release was made from; raises Damaged where a file is not as it was written."""
    manifest = verify(folder)
    claims, about = folder / FOLDER / "claims.json", folder / FOLDER / "about.json"
    said = tuple(json.loads(claims.read_text(encoding="utf-8"))) if claims.is_file() else ()
    if about.is_file():
        told = About(**json.loads(about.read_text(encoding="utf-8")))
    else:
        told = About(
            title=manifest.title, case=manifest.case, sequence=manifest.sequence, head=manifest.head,
            as_of=manifest.as_of, version=manifest.version,
        )  # fmt: skip
    return Public.of(told, read_tables(folder), said)
