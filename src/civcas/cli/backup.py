"""`civcas backup`: the whole case in one file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from civcas.catalog import Command
from civcas.cli.option import By, Case, Json, author, print_json, working

HELP = """Write the whole case into one file, while others go on working; with --to, encrypted to a public key.

The signing key is not in a backup. Keep it, and the private key of --new-key, somewhere else. Try your backups: civcas restore.

Examples:

  civcas backup --new-key backup.key        once; prints the public key

  civcas backup /media/disk/raqqa-2026-05-02.backup --to age1qx…
"""


def attach(app: typer.Typer) -> None:
    @app.command("backup", help=HELP)
    def backup(
        file: Annotated[Path | None, typer.Argument(help="A new file.")] = None,
        to: Annotated[str | None, typer.Option(help="Public key to encrypt to, or the file that holds it.")] = None,
        new_key: Annotated[
            Path | None, typer.Option(help="Make a private key for backups, and stop.", metavar="FILE")
        ] = None,
        case: Case = Path(),
        by: By = "",
        as_json: Json = False,
    ) -> None:
        from civcas.case.case import Case as Opened
        from civcas.case.sealing import new_identity
        from civcas.errors import BadInput

        if new_key is not None:
            typer.echo(
                f"The public key, for --to: {new_identity(new_key)}\nKeep {new_key} away from the case and from its backups"
            )
            return
        if file is None:
            raise BadInput("the backup has no name", expected="civcas backup FILE")
        with Opened.open(case) as opened, working("Writing the backup"):
            made = opened.backup(file, author=author(by), to=to)
        if as_json:
            print_json(made.to_dict())
            return
        sealed = "encrypted" if made.encrypted else "not encrypted: whoever has it can read it"
        typer.echo(f"{made.path}: {made.files} files, {made.entries} entries, {made.bytes:,} bytes, {sealed}")
        typer.echo(f"SHA-256 {made.sha256}")


ENTRY = Command(name="backup", attach=attach, order=30)
