"""Takes the tables that ship into a case: the worked example as a case of its own, each table with its original and its terms."""

from __future__ import annotations

from importlib.resources import as_file

from civcas.case.case import Case
from civcas.facts.provenance import folder, provenance
from civcas.facts.shipped import shipped_tables
from civcas.terms.tables import TABLES

FORMAT = "shipped"


def take_in_example(case: Case, *, author: str) -> list[str]:
    """Take in every shipped file that holds a table of the contract; returns the names of the datasets."""
    tables, taken = shipped_tables(), []
    for shipped in provenance():
        if shipped.holds not in TABLES:
            continue
        rows = tables[shipped.holds].to_pyarrow()
        notes = {
            "layout": FORMAT, "vintage": "", "licence": shipped.licence, "citation": f"{shipped.title} ({shipped.source})",
            "redistribute": True, "doubts": {}, "reasons": {},
        }  # fmt: skip
        with as_file(folder() / shipped.file) as path:
            dataset = shipped.file.removesuffix(".csv")
            case.take_in(path, dataset=dataset, format=FORMAT, tables={shipped.holds: rows}, given=shipped.rows, author=author,
                         notes=notes)  # fmt: skip
        taken.append(dataset)
    return taken
