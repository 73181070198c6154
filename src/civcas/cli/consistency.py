"""`civcas consistency`: what cannot be right together in a table of reports."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from civcas.catalog import Command
from civcas.terms.doubt import DOUBLES, DoubtKind

if TYPE_CHECKING:
    import pyarrow as pa

NAMED_ALOUD = tuple(map(str, (*DOUBLES, DoubtKind.OUTLIER, DoubtKind.RUNNING)))
MOST = 20  # lines printed

HELP = """List reports that contradict themselves or one another, may stand twice, or outweigh all others; nothing is changed.

A pair that may be a double is gone from the list once decided: civcas decide link ID ID, unlink ID ID, or withdraw ID. So is an outlier
once its number is decided: civcas decide civ_killed ID 7.

\b
civcas consistency --case DIR
civcas consistency reports.parquet
civcas consistency reports.parquet --out findings.csv --json
"""


def consistency(
    files: Annotated[list[Path] | None, typer.Argument(help="Report tables, Parquet; none with --case.")] = None,
    case: Annotated[Path | None, typer.Option(help="Folder of the case.", metavar="DIR")] = None,
    out: Annotated[Path | None, typer.Option(help="Write every finding here, Parquet or CSV.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    from civcas.cli.link import write

    found = _found(files, case)
    counted = {row["values"]: row["counts"] for row in found["check"].value_counts().to_pylist()}
    if out:
        write(found, out)
    if as_json:
        typer.echo(json.dumps(counted))
        return
    typer.echo("\n".join(f"{n:6,}  {check}" for check, n in sorted(counted.items())) or "Nothing found.")
    for line in _named(found):
        typer.echo(line)


def _found(files: list[Path] | None, case: Path | None) -> pa.Table:
    """The findings: of files as they are, of a case as decided."""
    from civcas.assessing.consistency import consistency as check
    from civcas.cli.link import reports_at_hand

    reports = reports_at_hand(files, case)
    if case is None:
        return check(reports)
    from civcas.case.case import Case
    from civcas.register.decided import Decided
    from civcas.register.linked import SIDES
    from civcas.terms.decision import DecisionKind

    with Case.open(case) as opened:
        decided = Decided.of(opened.decisions())
    pairs = {
        kind: [(str(each.value[SIDES[0]]), str(each.value[SIDES[1]])) for each in decided.of_kind(kind)]
        for kind in (DecisionKind.LINK, DecisionKind.UNLINK)
    }
    found = check(reports, incident_of=_together(pairs[DecisionKind.LINK]), apart=set(pairs[DecisionKind.UNLINK]))
    settled = {each.subject for each in decided.of_kind(DecisionKind.COUNT) if each.about == "civ_killed"}
    gone = {each.subject for each in decided.of_kind(DecisionKind.WITHDRAW, DecisionKind.SUPERSEDE)}
    keep = [
        not (row["report_id"] in gone or (row["report_id"] in settled and row["check"] == str(DoubtKind.OUTLIER)))
        for row in found.to_pylist()
    ]
    return found.filter(keep) if keep else found


def _together(pairs: list[tuple[str, str]]) -> dict[str, str]:
    """The incident of each linked report, named after the first of its group."""
    group: dict[str, set[str]] = {}
    for one, other in pairs:
        joined = group.get(one, {one}) | group.get(other, {other})
        group |= dict.fromkeys(joined, joined)
    return {report: min(members) for report, members in group.items()}


def _named(found: pa.Table) -> list[str]:
    """Doubles and outliers by name: a sum holds them until somebody decides."""
    rows = [row for row in found.to_pylist() if row["check"] in NAMED_ALOUD]
    lines = [f"  {row['report_id']}: {row['says']}" for row in rows[:MOST]]
    return lines + ([f"  and {len(rows) - MOST:,} more; write all with --out FILE"] if len(rows) > MOST else [])


def attach(app: typer.Typer) -> None:
    app.command("consistency", help=HELP)(consistency)


ENTRY = Command(name="consistency", attach=attach, order=53)
