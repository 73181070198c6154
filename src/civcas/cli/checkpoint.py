"""`civcas checkpoint`: signs the last entry, and writes a copy to keep elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from civcas.catalog import Command
from civcas.cli.option import By, Case, Passphrase, author, writing

HELP = """Sign the ledger's last entry, and write the signature to a file that you keep elsewhere.

A copy in other hands (a colleague, a lawyer, a newspaper) is what proves later that nothing was cut off or rewritten.

Examples:

  civcas checkpoint --out 2026-05-02.checkpoint

  civcas checkpoint --new-key       the signing key was lost: make another, and say so in the ledger
"""


def attach(app: typer.Typer) -> None:
    @app.command("checkpoint", help=HELP)
    def checkpoint(
        out: Annotated[Path | None, typer.Option(help="File for the copy; printed if left out.")] = None,
        new_key: Annotated[
            bool, typer.Option("--new-key", help="Make a new signing key, as the old one is lost.")
        ] = False,
        case: Case = Path(),
        passphrase: Passphrase = "",
        by: By = "",
    ) -> None:
        from civcas.case.case import Case as Opened
        from civcas.case.folder import renew_key

        with Opened.open(case) as opened:
            if new_key:
                typer.echo(f"The new public key: {renew_key(opened, author=author(by), passphrase=passphrase)}")
            signed = opened.checkpoint(passphrase=passphrase)
            text = signed.to_json(opened.settings.id)
        if out is None:
            typer.echo(text)
            return
        with writing(out):
            out.write_text(text + "\n", encoding="utf-8")
        typer.echo(f"Signed entry {signed.sequence}; keep {out} somewhere else than the case")


ENTRY = Command(name="checkpoint", attach=attach, order=23)
