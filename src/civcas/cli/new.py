"""`civcas new`: makes a case."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from civcas.catalog import Command
from civcas.cli.option import By, Passphrase, author

HELP = """Make a case: a folder for originals, ledger, tables, claims and hand-made files.

Called again after an interruption, it finishes. The signing key is written to keys/signing.pem; give --key to keep it
outside the folder, which is safer, and --passphrase to lock it.

Examples:

  civcas new raqqa --title "Raqqa 2017"

  civcas new raqqa --ledger postgresql://me@localhost/raqqa --key ~/keys/raqqa.pem
"""


def attach(app: typer.Typer) -> None:
    @app.command("new", help=HELP)
    def new(
        folder: Annotated[Path, typer.Argument(help="A new or empty folder.", metavar="DIR")],
        title: Annotated[str, typer.Option(help="What the case is called.")] = "",
        ledger: Annotated[str, typer.Option(help="A file in the folder, or a postgresql:// address.")] = "ledger.db",
        key: Annotated[str, typer.Option(help="Where the signing key is kept.")] = "keys/signing.pem",
        passphrase: Passphrase = "",
        by: By = "",
    ) -> None:
        from civcas.case.case import Case
        from civcas.case.folder import make

        key = key if key == "keys/signing.pem" else str(Path(key).expanduser().absolute())
        make(folder, author=author(by), title=title, ledger=ledger, key=key, passphrase=passphrase)
        with Case.open(folder) as case:
            typer.echo(f"Made the case {case.path}")
            typer.echo(f"Its public key, to be noted elsewhere: {case.ledger.entry(1).says['key']}")
            typer.echo(f"Its signing key: {case.key_path}. Whoever has it can sign as you do; keep a copy offline.")


ENTRY = Command(name="new", attach=attach, order=20)
