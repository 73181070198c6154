"""The register of a case at a moment: what was imported, as decided until then, and whose data it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from civcas.case.case import Case, moment
from civcas.case.vintage import files, standing, tables
from civcas.catalog import Tables
from civcas.register.asking import Rows, ask_register
from civcas.register.building import build


def register_of(folder: Path, until: str | None = None) -> Tables:
    """Its tables by name, on the engine of the case's settings."""
    with Case.open(folder) as case:
        return build(case.tables(until), case.decisions(until))


def sources_of(folder: Path, until: str | None = None) -> tuple[dict[str, Any], ...]:
    """What each import that stands said of its dataset: licence, citation, hash, and whether rows may be published again."""
    with Case.open(folder) as case:
        made = standing(case, moment(until)).values()
        return tuple({"dataset": each.dataset, "sha256": each.original.sha256, **each.notes} for each in made)


def ask_case(folder: Path, question: str, *, limit: int, until: str | None = None) -> Rows:
    """The answer to one SELECT over the register, in DuckDB whichever engine the case has; nothing can be changed by it."""
    with Case.open(folder) as case:
        held = tables(case, moment(until), engine="duckdb")
        paths = files(case, list(standing(case, moment(until)).values()))
        listed = sorted({path for each in paths.values() for path in each})
        return ask_register(build(held, case.decisions(until)), listed, question, limit=limit)
