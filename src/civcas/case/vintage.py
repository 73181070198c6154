"""Which tables the case held at a moment: of each dataset the last import, and nothing of what was erased."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from civcas.case.folder import Folder
from civcas.case.intake import Import, imports, table_path
from civcas.catalog import Tables
from civcas.errors import BadInput
from civcas.ledger.entry import EntryKind
from civcas.ledger.moment import Moment
from civcas.register.engine import connect
from civcas.register.folder import together
from civcas.terms.tables import TABLES


def standing(case: Folder, until: Moment | None = None) -> dict[str, Import]:
    """The vintage of each dataset that stood at a moment, by dataset."""
    return {made.dataset: made for made in kept(case, until)}


def kept(case: Folder, until: Moment | None = None) -> list[Import]:
    """Every import up to a moment, in order, but those whose original has been erased since: those are gone for good."""
    gone = erased(case)
    return [made for made in imports(case, until) if made.original.sha256 not in gone]


def erased(case: Folder) -> set[str]:
    """The hashes of the originals that were erased."""
    return {entry.says["sha256"] for entry in case.ledger.entries(kinds=[EntryKind.ERASURE])}


def files(case: Folder, chosen: list[Import]) -> dict[str, list[Path]]:
    """The Parquet files of these imports by table; a file that is gone is asked for."""
    found: dict[str, list[Path]] = defaultdict(list)
    for made in chosen:
        for name, file in made.tables.items():
            path = table_path(case, name, file)
            if not path.exists():
                raise BadInput(
                    f"the table {name} of {made.dataset} (entry {made.sequence}) is not here",
                    where=str(path.parent),
                    do=f"Import its original again: civcas open {made.original.sha256} --out '{made.original.name}', "
                    f"then civcas import {made.format} '{made.original.name}'",
                )
            found[name].append(path)
    return dict(found)


def tables(case: Folder, until: Moment | None = None, *, engine: str = "") -> Tables:
    """The tables that stood at a moment, each dataset in its last vintage, as imported: no decision is applied.

    They are held by the engine of the case's settings, or by the one named here.
    """
    settings = case.settings
    db = connect(engine or settings.engine, address=settings.engine_address, memory=settings.engine_memory)
    found = files(case, list(standing(case, until).values()))
    return {name: together(db, name, sorted(set(paths))) for name, paths in found.items() if name in TABLES}
