"""`civcas sources`: where the tables that ship come from."""

from __future__ import annotations

import dataclasses
import json

import typer

from civcas.catalog import Command

HELP = """Where each table that ships comes from: source, terms, how it was computed, rows and hash.

Examples:

  civcas sources

  civcas sources --json
"""


def sources(as_json: bool = typer.Option(False, "--json", help="Print as JSON.")) -> None:
    from civcas.facts.provenance import provenance, verify

    shipped = provenance()
    for each in shipped:
        verify(each)
    if as_json:
        typer.echo(json.dumps([dataclasses.asdict(each) for each in shipped], ensure_ascii=False, indent=2))
        return
    from rich.console import Console
    from rich.padding import Padding
    from rich.text import Text

    console = Console(highlight=False)
    for each in shipped:
        console.print(Text(each.title, style="bold"))
        for label, text in (("source", each.source), ("address", each.url), ("terms", each.licence), ("how", each.how),
                            ("file", f"{each.file}, {each.rows:,} rows"), ("SHA-256", each.sha256)):  # fmt: skip
            if text:
                console.print(Padding(Text.assemble((f"{label:8}", "dim"), text), (0, 0, 0, 2)))
        console.print()


def attach(app: typer.Typer) -> None:
    app.command("sources", help=HELP)(sources)


ENTRY = Command(name="sources", attach=attach, order=14)
