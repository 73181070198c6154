"""The register of a folder of imported tables: Parquet files of the same table, whichever dataset they came from, are one table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import ibis

from civcas.errors import BadInput
from civcas.register.building import build
from civcas.terms.tables import TABLES, table

ASIDE = ("unread", "flagged")


def open_folder(folder: Path, db: Any = None) -> dict[str, ibis.Table]:
    """The register's tables by name, on the engine `db` (an Ibis connection; DuckDB in memory if none)."""
    db = db or ibis.duckdb.connect()
    found: dict[str, list[Path]] = {}
    for path in sorted(folder.rglob("*.parquet")):
        if path.stem in TABLES and path.stem not in ASIDE:
            found.setdefault(path.stem, []).append(path)
    if not found:
        raise BadInput(
            "there are no tables in the folder", where=str(folder), expected="a folder that civcas import --out wrote"
        )
    return build({name: together(db, name, paths) for name, paths in found.items()})


def sources(folder: Path) -> tuple[dict[str, Any], ...]:
    """What each import said of its dataset: licence, citation, hash, and whether rows may be published again."""
    return tuple(json.loads(p.read_text(encoding="utf-8")) for p in sorted(folder.rglob("accounts.json")))


def together(db: Any, name: str, paths: list[Path]) -> ibis.Table:
    """Files of one table as one, in the contract's columns; a column that a file of an older contract lacks is unknown in it."""
    parts = [_in_contract(db.read_parquet(str(path)), name) for path in paths]
    return ibis.union(*parts) if len(parts) > 1 else parts[0]


def _in_contract(rows: ibis.Table, name: str) -> ibis.Table:
    columns = table(name).schema.names
    if tuple(rows.columns) == tuple(columns):
        return rows
    lacking = {f.name: ibis.null(ibis.dtype(f.type)) for f in table(name).fields if f.name not in rows.columns}
    return rows.mutate(**lacking).select(*columns)
