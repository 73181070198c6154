"""A folder to import into, and a short way to import."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from civcas.catalog import find
from civcas.importers.importer import Imported, Options
from civcas.importers.reading import read

Take = Callable[..., Imported]


@pytest.fixture
def take(tmp_path: Path) -> Take:
    """`take("airwars", path_or_text, **options)` imports a file, or text written to one."""
    count = 0

    def importing(name: str, given: Path | str | bytes, **options: Any) -> Imported:
        nonlocal count
        count += 1
        path = given if isinstance(given, Path) else tmp_path / f"given-{count}.csv"
        if isinstance(given, str):
            path.write_text(given, encoding="utf-8")
        elif isinstance(given, bytes):
            path.write_bytes(given)
        return read(find("importers", name), path, tmp_path / f"out-{count}", Options(**options))

    return importing
