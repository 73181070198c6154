"""A case that holds made-up reports, for tests of what a person types."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from civcas.case.case import Case
from civcas.case.folder import make
from civcas.terms.tables import table
from made_up_reports import world


def case_of_reports(folder: Path, *, incidents: int = 60) -> Path:
    """A new case in this folder with the reports of a made-up world as one dataset."""
    reports = world(incidents=incidents)[0]
    kept = [name for name in reports.column_names if name in table("report").schema.names]
    reports = reports.select(kept).append_column("dataset", pa.array(["made up"] * reports.num_rows))
    make(folder / "case", author="anna", title="Made up")
    original = folder / "list.csv"
    original.write_text("as published")
    with Case.open(folder / "case") as opened:
        opened.take_in(
            original,
            dataset="made up",
            format="test",
            tables={"report": reports},
            given=reports.num_rows,
            author="anna",
        )
    return folder / "case"
