"""Where what a case holds comes from: the datasets that stand, and which of them may not be published row by row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyarrow as pa

from civcas.case.intake import Import
from civcas.public.tables import SOURCE


def closed(stand: Iterable[Import]) -> Iterator[tuple[str, str]]:
    """Datasets with rows whose licence does not let them be published again, with what it says."""
    for made in sorted(stand, key=lambda each: each.dataset):
        if made.tables and not made.notes.get("redistribute"):
            yield made.dataset, str(made.notes.get("licence") or "no licence is known")


def source(stand: Iterable[Import]) -> pa.Table:
    """The table `source`, a dataset a row."""
    rows = [
        {
            "dataset": made.dataset, "format": made.format, "citation": made.notes.get("citation"),
            "licence": made.notes.get("licence"), "vintage": made.notes.get("vintage") or None,
            "sha256": made.original.sha256, "imported": made.at[:10], "given": made.given, "read": made.read,
            "unread": made.unread,
        }
        for made in sorted(stand, key=lambda each: each.dataset)
    ]  # fmt: skip
    columns = {
        f.name: pa.array([row[f.name] for row in rows], pa.string() if f.name == "imported" else f.type)
        for f in SOURCE.fields
    }
    return pa.table(columns)
