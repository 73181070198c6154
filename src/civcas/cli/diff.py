"""`civcas diff OLDER NEWER`: what a newer vintage of a dataset added, removed and changed."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Annotated

import typer

from civcas.catalog import Command

EXAMPLES = """Examples:

  civcas diff tables-25.1/ tables-26.1/

Exit codes: 0 the same · 1 they differ · 2 they cannot be compared.
"""


def attach(app: typer.Typer) -> None:
    @app.command(epilog=EXAMPLES, help="Compare two vintages of a dataset, row by row.")
    def diff(
        older: Annotated[Path, typer.Argument(help="Folder of tables of the older vintage.")],
        newer: Annotated[Path, typer.Argument(help="Folder of tables of the newer vintage.")],
        as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
    ) -> None:
        from civcas.register.difference import differences

        found = differences(older, newer)
        if as_json:
            typer.echo(json.dumps([dataclasses.asdict(each) for each in found], ensure_ascii=False, indent=2))
        for each in () if as_json else found:
            typer.echo(
                f"{each.table}: {each.added:,} added, {each.removed:,} removed, {each.changed:,} changed, {each.same:,} the same"
            )
            for column, count in each.columns.items():
                typer.echo(f"  {count:>10,} × {column}")
            for became, ids in each.examples.items():
                if ids:
                    typer.echo(f"  {became}: {', '.join(ids)}")
        if any(each.added or each.removed or each.changed for each in found):
            raise typer.Exit(1)


ENTRY = Command(name="diff", attach=attach, order=24)
