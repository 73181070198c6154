"""`civcas erase`: removes an original for a lawful reason; two people, and a tombstone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from civcas.catalog import Command
from civcas.cli.option import Because, By, Case, author

HELP = """Remove an original, and the tables read from it, for a lawful reason. Its hash and the ledger stay.

It takes two people. Backups taken before still hold the file: see to those too.

Examples:

  civcas erase 9f86d081884c7d65… --with "B. Second" --because "order of the court of 2026-05-02"
"""


def attach(app: typer.Typer) -> None:
    @app.command("erase", help=HELP)
    def erase(
        sha256: Annotated[str, typer.Argument(help="The original's SHA-256.")],
        because: Because,
        second: Annotated[str, typer.Option("--with", help="The second person.", metavar="NAME")],
        case: Case = Path(),
        by: By = "",
    ) -> None:
        from civcas.case.case import Case as Opened

        with Opened.open(case) as opened:
            entry = opened.erase(sha256, reason=because, author=author(by), second=second)
        typer.echo(f"Erased; entry {entry} and a tombstone say why")


ENTRY = Command(name="erase", attach=attach, order=33)
