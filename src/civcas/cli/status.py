"""`civcas status`: what a case holds, and what is unfinished."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from civcas.catalog import Command
from civcas.cli.option import Case, Json, print_json

if TYPE_CHECKING:
    from civcas.case.case import Case as Opened

HELP = """Say what the case holds, what an interruption left unfinished, and what to look after: what is not signed, and rows that are
doubted (a range that contradicts itself, a row that may stand twice, one number that outweighs the rest).

Examples:

  civcas status

  civcas status --case raqqa --json
"""


def attach(app: typer.Typer) -> None:
    @app.command("status", help=HELP)
    def status(case: Case = Path(), as_json: Json = False) -> None:
        from civcas.case.case import Case as ACase

        with ACase.open(case) as opened:
            found = opened.status()
            doubts = [] if found.unfinished else _doubts(opened)
        if as_json:
            print_json({**found.to_dict(), "doubts": doubts})
            return
        typer.echo(f"{found.title or 'A case'} in {found.path}")
        typer.echo(f"{found.entries} entries, the last of {found.last or 'never'}; signed to entry {found.signed_to}")
        typer.echo(f"{found.originals} originals, {found.decisions} decisions")
        for each in found.datasets:
            tables = ", ".join(f"{table} {rows:,}" for table, rows in each["tables"].items())
            typer.echo(
                f"  {each['dataset']}: {each['given']:,} rows given, {each['read']:,} read, {each['unread']:,} unread "
                f"({tables}); vintage {each['vintages']}, entry {each['entry']}"
            )
        for each in doubts:
            typer.echo(f"Doubted: {_told(each)}; see: civcas consistency --case {found.path}")
        for line in found.unfinished:
            typer.secho(f"Unfinished: {line}", fg="yellow")
        for line in found.warnings:
            typer.echo(f"Note: {line}")


def _doubts(case: Opened) -> list[dict[str, Any]]:
    """How many reports are doubted and why, with the people killed that sums take from their incidents."""
    from civcas.register.building import build
    from civcas.terms.doubt import DoubtKind
    from civcas.terms.range_sum import RangeSum

    tables = build(case.tables(), case.decisions())
    if "doubt" not in tables:
        return []
    rows = tables["doubt"].to_pyarrow().to_pylist()
    found = []
    for kind in map(str, DoubtKind):
        of_kind = {(row["incident_id"] or row["subject"]): row for row in rows if row["kind"] == kind}
        if of_kind:
            killed = RangeSum.of((row["killed_min"], row["killed_max"]) for row in of_kind.values()).killed
            found.append({"kind": kind, "rows": len(of_kind), "killed_min": killed[0], "killed_max": killed[1]})
    return found


def _told(doubt: dict[str, Any]) -> str:
    from civcas.terms.doubt import DOUBLES, DoubtKind, range_words

    counted = doubt["kind"] in (*DOUBLES, DoubtKind.OUTLIER)
    killed = f" ({range_words(doubt['killed_min'], doubt['killed_max'])} killed in them, counted)" if counted else ""
    return f"{doubt['rows']:,} {doubt['kind']}{killed}"


ENTRY = Command(name="status", attach=attach, order=21)
