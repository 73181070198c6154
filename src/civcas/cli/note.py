"""`civcas note`: writes a remark into the ledger."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from civcas.catalog import Command
from civcas.cli.option import By, Case, author

HELP = """Write a remark into the ledger, on a subject or on the case.

Examples:

  civcas note "called the hospital, they will send the list"

  civcas note "the source's account is suspended" --subject airwars:CS1203
"""


def attach(app: typer.Typer) -> None:
    @app.command("note", help=HELP)
    def note(
        text: Annotated[str, typer.Argument(help="The remark.")],
        subject: Annotated[str, typer.Option(help="What it is about.")] = "note",
        case: Case = Path(),
        by: By = "",
    ) -> None:
        from civcas.case.case import Case as Opened

        with Opened.open(case) as opened:
            typer.echo(f"Entry {opened.note(text, author=author(by), subject=subject)}")


ENTRY = Command(name="note", attach=attach, order=28)
