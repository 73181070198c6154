"""Writes a file whole or not at all, so that a full disk or a lost connection leaves the old one."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from civcas.errors import BadInput


def write_whole(path: Path, text: str) -> None:
    """Put `text` into `path` by way of a file beside it; a folder that is missing is made."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as wrong:
        raise BadInput(
            f"cannot write here ({wrong.strerror})", where=str(path), do="Name a folder you may write to."
        ) from None
    beside = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.chmod(0o644)
        beside.replace(path)
    except OSError as wrong:
        beside.unlink(missing_ok=True)
        raise BadInput(
            f"the file could not be written ({wrong.strerror})",
            where=str(path),
            do="What was there before is unchanged.",
        ) from None
