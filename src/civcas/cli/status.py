"""`civcas status`: what a case holds, and what is unfinished."""

from __future__ import annotations

from pathlib import Path

import typer

from civcas.catalog import Command
from civcas.cli.option import Case, Json, print_json

HELP = """Say what the case holds, what an interruption left unfinished, and what to look after.

Examples:

  civcas status

  civcas status --case raqqa --json
"""


def attach(app: typer.Typer) -> None:
    @app.command("status", help=HELP)
    def status(case: Case = Path(), as_json: Json = False) -> None:
        from civcas.case.case import Case as Opened

        with Opened.open(case) as opened:
            found = opened.status()
        if as_json:
            print_json(found.to_dict())
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
        for line in found.unfinished:
            typer.secho(f"Unfinished: {line}", fg="yellow")
        for line in found.warnings:
            typer.echo(f"Note: {line}")


ENTRY = Command(name="status", attach=attach, order=21)
