"""`civcas restore`: a case made again from a backup, and checked."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from civcas.catalog import Command
from civcas.cli.option import By, Json, author, print_json, working

HELP = """Make a case again from a backup. Chain, counts and the hash of every file are checked before the folder gets its name.

Exit codes: 0 restored and whole · 2 not usable · those of civcas verify.

Examples:

  civcas restore raqqa-2026-05-02.backup drill --drill        try it out, and record nothing

  civcas restore raqqa-2026-05-02.backup raqqa --identity backup.key
"""


def attach(app: typer.Typer) -> None:
    @app.command("restore", help=HELP)
    def restore(
        file: Annotated[Path, typer.Argument(help="A file of civcas backup.")],
        folder: Annotated[Path, typer.Argument(help="A new or empty folder.", metavar="DIR")],
        identity: Annotated[
            Path | None, typer.Option(help="Private key of an encrypted backup.", metavar="FILE")
        ] = None,
        ledger: Annotated[
            str, typer.Option(help="Where its ledger goes: a file, or an empty PostgreSQL database.")
        ] = "ledger.db",
        drill: Annotated[bool, typer.Option("--drill", help="Leave the restored ledger as it was backed up.")] = False,
        by: By = "",
        as_json: Json = False,
    ) -> None:
        from civcas.case.case import Case as Opened
        from civcas.case.restore import restore as restored
        from civcas.ledger.entry import EntryKind

        with working("Restoring and checking"):
            found = restored(file, folder, identity=identity, ledger=ledger)
        if not drill:
            with Opened.open(folder) as opened:
                body: dict[str, object] = {"entries": found.entries, "head": found.hash}
                opened.remember(EntryKind.NOTE, "restore", body, author=author(by), reason="restored from a backup")
        if as_json:
            print_json(found.to_dict())
            return
        typer.echo(f"Restored {folder}: {found.entries:,} entries and {found.originals or 0:,} originals, all whole")
        typer.echo("Its signing key is not in a backup: put it back, or make another with civcas checkpoint --new-key")


ENTRY = Command(name="restore", attach=attach, order=31)
