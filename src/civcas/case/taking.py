"""Takes a published file into a case: the original into the vault, its tables beside it, and one entry that accounts for every row."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pyarrow.parquet as pq

from civcas.case.case import Case
from civcas.catalog import Tables, find
from civcas.importers.importer import Imported, Options
from civcas.importers.reading import read
from civcas.terms.tables import TABLES

UNREAD = "unread"


def take(folder: Path, format_: str, file: Path, options: Options, *, author: str) -> Imported:
    """Read `file` through the importer of that format, and make what it says part of the case, whole or not at all."""
    importer = find("importers", format_, kind="format")
    with Case.open(folder) as case, tempfile.TemporaryDirectory(prefix="civcas-take-") as passing:
        imported = read(importer, file, Path(passing), options)
        said = imported.to_dict()
        case.commit(
            dataset=imported.dataset,
            format=imported.importer,
            original=case.keep(file),
            tables={name: imported.reader(name) for name in imported.tables if name in TABLES and name != UNREAD},
            unread=pq.read_table(imported.tables[UNREAD]) if UNREAD in imported.tables else None,
            given=said["given"],
            author=author,
            notes={
                key: said[key]
                for key in ("layout", "vintage", "licence", "citation", "redistribute", "doubts", "reasons")
            },
        )
    return imported


def register_of(folder: Path, until: str | None = None) -> Tables:
    """The register of a case at a moment: what was imported, as decided until then."""
    from civcas.register.building import build

    with Case.open(folder) as case:
        decided = case.decisions(until).rename_columns({"decision": "kind", "author": "by"})
        return build(case.tables(until), decided)
