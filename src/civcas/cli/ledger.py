"""`civcas ledger`: the ledger as one file that anyone can check, and back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from civcas.catalog import Command
from civcas.cli.option import By, Case, author, working, writing

EXPORT = """Write the ledger into one file: header, entries, checkpoints, and a trailer with the counts.

Anyone can check it, with civcas verify FILE or by hand: each line's hash is the SHA-256 of the entry's bytes.

Examples:

  civcas ledger export raqqa.jsonl
"""
IMPORT = """Make a ledger again from an exported file, entry for entry, in a case that has none yet.

DIR is a folder with the case's civcas.toml and nothing in its ledger. The file is verified first.

Exit codes: 0 done · 2 not usable · those of civcas verify.

Examples:

  civcas ledger import raqqa.jsonl --case raqqa
"""


def attach(app: typer.Typer) -> None:
    ledger = typer.Typer(
        help="Write the ledger to a file that anyone can check, and read it back.", no_args_is_help=True
    )
    app.add_typer(ledger, name="ledger")

    @ledger.command("export", help=EXPORT)
    def export_ledger(
        file: Annotated[Path, typer.Argument(help="A new file.")], case: Case = Path(), by: By = ""
    ) -> None:
        from civcas.case.case import Case as Opened
        from civcas.errors import BadInput
        from civcas.ledger.entry import EntryKind
        from civcas.ledger.portable import export

        if file.exists():
            raise BadInput("this file is there already", where=str(file), expected="a new file")
        with Opened.open(case) as opened, writing(file), working("Writing the ledger"):
            body: dict[str, object] = {"file": file.name}
            opened.remember(EntryKind.NOTE, "ledger export", body, author=author(by), reason="ledger exported")
            typer.echo(f"{file}: {export(opened.ledger, file):,} bytes")

    @ledger.command("import", help=IMPORT)
    def import_ledger(file: Annotated[Path, typer.Argument(help="An exported ledger.")], case: Case = Path()) -> None:
        from civcas.case.case import Case as Opened
        from civcas.ledger.book import Ledger
        from civcas.ledger.portable import load

        with Opened.open(case) as opened:
            book = Ledger.create(opened.ledger_address, case=opened.settings.id)
        try:
            with working("Verifying and reading the ledger"):
                found = load(file, book)
        finally:
            book.close()
        typer.echo(f"{found.entries:,} entries, the last with hash {found.hash}")


ENTRY = Command(name="ledger", attach=attach, order=32)
