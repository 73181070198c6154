"""`civcas open`: gives back an original."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import typer

from civcas.catalog import Command
from civcas.cli.option import Case, writing

HELP = """Copy an original out of the case, after checking that it is still the file that was taken in.

Exit codes: 0 copied · 2 no such original, or erased · 18 it is not the file that was taken in.

Examples:

  civcas open 9f86d081884c7d65… --out airwars.csv
"""


def attach(app: typer.Typer) -> None:
    @app.command("open", help=HELP)
    def open_original(
        sha256: Annotated[str, typer.Argument(help="The original's SHA-256, as in civcas log --json.")],
        out: Annotated[Path, typer.Option(help="A new file for the copy.")],
        case: Case = Path(),
    ) -> None:
        from civcas.case.case import Case as Opened
        from civcas.ledger.damage import Damage, Damaged

        with Opened.open(case) as opened, opened.vault.open(sha256) as original:
            if flaw := opened.vault.check(sha256):
                raise Damaged(Damage.ORIGINALS, f"original {sha256}: {flaw.found}", where=str(opened.path))
            with writing(out), out.open("xb") as copy:
                shutil.copyfileobj(original, copy)
        typer.echo(f"Copied to {out}")


ENTRY = Command(name="open", attach=attach, order=29)
