"""`civcas diff`: what changed between two moments, and what did it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from civcas.catalog import Command
from civcas.cli.option import Case, Json, print_json, words

if TYPE_CHECKING:
    from civcas.case.difference import Difference

SHOWN = 20
HELP = """List what the case says differently at two moments, each with the decision or import that did it.

Examples:

  civcas diff --from 2017-01-23 --to 2017-06-30

  civcas diff --from @41                 since entry 41
"""


def attach(app: typer.Typer) -> None:
    @app.command("diff", help=HELP)
    def diff(
        start: Annotated[str, typer.Option("--from", help="A day, a time or an entry (@41).")],
        to: Annotated[str, typer.Option("--to", help="The same; now if left out.")] = "now",
        case: Case = Path(),
        as_json: Json = False,
    ) -> None:
        from civcas.case.case import Case as Opened

        with Opened.open(case) as opened:
            found = opened.diff(start, to)
        if as_json:
            print_json(found.to_dict())
        else:
            _print(found)


def _print(found: Difference) -> None:
    if not found.decided and not found.imported:
        typer.echo(f"Nothing changed between {found.start} and {found.to}")
    for made in found.imported:
        typer.echo(
            f"{made.table} of {made.dataset}: {made.added:,} added, {made.removed:,} removed, {made.changed:,} changed "
            f"(entry {made.entry}, {made.at[:10]}, {made.author})"
        )
        for row in made.rows[:SHOWN]:
            cell = f" {row.column}: {row.before} → {row.after}" if row.column else ""
            typer.echo(f"  {row.change} {row.key}{cell}")
        if len(made.rows) > SHOWN:
            typer.echo(f"  … and {made.added + made.removed + made.changed - SHOWN:,} more; --json names them")
    for each in found.decided:
        typer.echo(
            f"{each.about} of {each.subject}: {words(each.before)} → {words(each.after)} "
            f"(entry {each.entry}, {each.at[:10]}, {each.author}, because {each.because})"
        )


ENTRY = Command(name="diff", attach=attach, order=26)
