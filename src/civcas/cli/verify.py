"""`civcas verify`: proves that nothing was changed quietly, or says what was."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from civcas.catalog import Command
from civcas.cli.option import Case, Json, print_json
from civcas.ledger.damage import Damage, Damaged

CODES = "\n\n".join(f"{int(each)} {each.name.lower().replace('_', ' ')}: {each.says}" for each in Damage)
HELP = f"""Hold the ledger of a case, or an exported ledger, against its hashes and signatures.

Entries cut off at the end leave no trace in the ledger itself: they are found only with --against, a checkpoint that was
kept elsewhere. In the same way --key gives a public key that was noted elsewhere.

Exit codes:

0 whole · 2 not a case or a ledger

{CODES}

Examples:

  civcas verify --case raqqa --originals

  civcas verify ledger.jsonl --against checkpoint.json --key 5e0c…
"""


def attach(app: typer.Typer) -> None:
    @app.command("verify", help=HELP)
    def verify(
        file: Annotated[
            Path | None, typer.Argument(help="An exported ledger, or the folder of a case; the case's own if left out.")
        ] = None,
        case: Case = Path(),
        originals: Annotated[bool, typer.Option("--originals", help="Hash every original again.")] = False,
        against: Annotated[list[Path], typer.Option(help="A checkpoint kept elsewhere; may be repeated.")] = [],  # noqa: B006
        key: Annotated[list[str], typer.Option(help="A public key noted elsewhere; may be repeated.")] = [],  # noqa: B006
        as_json: Json = False,
    ) -> None:
        try:
            found = (
                _file(file, against, key)
                if file and not file.is_dir()
                else _case(file or case, originals, against, key)
            )
        except Damaged as damaged:
            if as_json:
                told = {
                    "whole": False,
                    "damage": damaged.damage.name.lower(),
                    "entry": damaged.sequence,
                    "says": damaged.found,
                }
                print_json(told | {"exit_code": damaged.exit_code})
            raise
        if as_json:
            print_json(found)
            return
        typer.echo(
            f"Whole: {found['entries']:,} entries, {found['checkpoints']} checkpoints, last hash {found['hash']}"
        )
        if found.get("originals") is not None:
            typer.echo(f"{found['originals']:,} originals are the files that were taken in")
        if found["signed_to"] < found["entries"]:
            typer.echo(
                f"No checkpoint vouches for entries {found['signed_to'] + 1} to {found['entries']}: "
                "had some been cut off after them, no one could tell"
            )


def _case(folder: Path, originals: bool, against: list[Path], keys: list[str]) -> dict[str, Any]:
    from rich.console import Console
    from rich.progress import Progress

    from civcas.case.case import Case as Opened
    from civcas.case.checking import check

    with Opened.open(folder) as opened, Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("Ledger", total=None)

        def told(done: int, total: int) -> None:
            progress.update(task, description="Originals", completed=done, total=total)

        return check(opened, originals=originals, against=against, keys=keys, progress=told).to_dict()


def _file(path: Path, against: list[Path], keys: list[str]) -> dict[str, Any]:
    from dataclasses import asdict

    from civcas.ledger.checkpoint import read_checkpoint, read_public_key
    from civcas.ledger.portable import File, verify_file

    kept = [read_checkpoint(each, case=File(path).case) for each in against]
    return {"whole": True, **asdict(verify_file(path, kept=kept, keys=[read_public_key(key) for key in keys]))}


ENTRY = Command(name="verify", attach=attach, order=22)
