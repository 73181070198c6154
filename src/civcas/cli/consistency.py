"""`civcas consistency`: what cannot be right together in a table of reports."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from civcas.catalog import Command

HELP = """List reports that contradict themselves or one another; nothing is changed.

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
    from civcas.assessing.consistency import consistency as check
    from civcas.cli.link import reports_at_hand, write

    found = check(reports_at_hand(files, case))
    counted = {row["values"]: row["counts"] for row in found["check"].value_counts().to_pylist()}
    if out:
        write(found, out)
    typer.echo(
        json.dumps(counted)
        if as_json
        else "\n".join(f"{n:6,}  {check}" for check, n in sorted(counted.items())) or "Nothing found."
    )


def attach(app: typer.Typer) -> None:
    app.command("consistency", help=HELP)(consistency)


ENTRY = Command(name="consistency", attach=attach, order=53)
