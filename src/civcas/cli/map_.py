"""`civcas map FILE`: proposes how to read a table of your own; a person checks it, then imports with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from civcas.catalog import Command
from civcas.errors import BadInput

EXAMPLES = """Examples:

  civcas map sheet.xlsx                       writes sheet.mapping.yaml beside it
  civcas map list.csv --to hand/list.yaml --encoding windows-1256

Then: edit what it asks under `decide`, and civcas import mapped FILE --mapping THAT --out tables/

Exit codes: 0 written · 2 the file could not be used.
"""


def attach(app: typer.Typer) -> None:
    @app.command("map", epilog=EXAMPLES, help="Propose a mapping for a table of your own, for a person to edit.")
    def map_(
        file: Annotated[Path, typer.Argument(help="CSV, TSV, XLSX, JSON, JSONL or Parquet.")],
        to: Annotated[
            Path | None, typer.Option(help="Where to write the mapping; FILE.mapping.yaml if not said.")
        ] = None,
        encoding: Annotated[str, typer.Option(help="Encoding, where it is not found.")] = "",
        delimiter: Annotated[str, typer.Option(help="What separates cells, where , ; tab and | do not.")] = "",
        sheet: Annotated[str, typer.Option(help="Name of the sheet of a spreadsheet that has several.")] = "",
        as_json: Annotated[bool, typer.Option("--json", help="Print what was proposed as JSON.")] = False,
    ) -> None:
        from civcas.importers.importer import Options
        from civcas.importers.proposing import propose

        target = to or file.with_name(file.name.split(".")[0] + ".mapping.yaml")
        if target.exists():
            raise BadInput("there is a mapping already", where=str(target), do="Edit it, or write elsewhere with --to.")
        proposal = propose(file, Options(encoding=encoding, delimiter=delimiter, sheet=sheet))
        target.write_text(proposal.yaml, encoding="utf-8")
        if as_json:
            said = {"mapping": str(target), "decide": proposal.questions, "unmapped": proposal.unmapped}
            typer.echo(json.dumps(said, ensure_ascii=False, indent=2))
            return
        typer.echo(f"{target}: proposed; check every field.")
        for question in proposal.questions:
            typer.echo(f"  decide: {question}")
        if proposal.unmapped:
            typer.echo(f"  kept under extra: {', '.join(proposal.unmapped)}")


ENTRY = Command(name="map", attach=attach, order=61)
