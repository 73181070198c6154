"""The rows of what was imported, as Python sees them."""

from __future__ import annotations

from typing import Any

from civcas.importers.importer import Imported


def rows(imported: Imported, table: str = "") -> list[dict[str, Any]]:
    """The rows of one table, or of the main one."""
    name = table or next(iter(imported.tables))
    return imported.reader(name).read_all().to_pylist()
