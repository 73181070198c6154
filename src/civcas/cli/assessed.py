"""Which reports a command assesses, which incident each stands in, and whose copies they are: of a case, or of files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Assessed:
    """Reports, the incident of each, the report each copy repeats, and the grades that people gave (none for files)."""

    reports: pa.Table
    stands_in: pa.Table
    copies: dict[str, str]
    grades: pa.Table | None


def assessed(files: list[Path] | None, case: Path | None, incidents: Path | None) -> Assessed:
    """What is to be assessed. Without a table of incidents, decided links of a case join reports; in files each stands alone."""
    import pyarrow as pa

    from civcas.cli.link import read_reports, reports_at_hand

    reports = reports_at_hand(files, case)
    stands_in = read_reports([incidents]) if incidents else None
    if case is None:
        alone = pa.table({"incident_id": reports["report_id"], "report_id": reports["report_id"]})
        return Assessed(reports, stands_in if stands_in is not None else alone, copies_of(reports), None)
    from civcas.case.case import Case
    from civcas.case.pairs import decided, grades_decided, incidents_decided

    with Case.open(case) as opened:
        stands_in = stands_in if stands_in is not None else incidents_decided(reports, decided(opened))
        return Assessed(reports, stands_in, copies_of(reports), grades_decided(opened, stands_in))


def copies_of(reports: pa.Table) -> dict[str, str]:
    """Which report each near-duplicate text repeats: copies speak with one voice."""
    from civcas.linking.copies import copies

    if "text" not in reports.column_names or reports["text"].null_count == reports.num_rows:
        return {}
    ids, first = reports["report_id"].to_pylist(), copies(reports["text"])
    return {ids[row]: ids[of] for row, of in enumerate(first.tolist()) if row != of}
