"""`civcas check`: hold the claims of a file against every reading of the tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer

from civcas.catalog import Command
from civcas.cli.option import working
from civcas.cli.tables_at_hand import tables_at_hand

EXAMPLES = """

Examples:

  civcas check op-ed.yaml

  civcas check op-ed.yaml --claim C01

  civcas check op-ed.yaml --data ~/conflict-data

  civcas check op-ed.yaml --as-of 2015-12-31

  civcas check op-ed.yaml --html report.html

  civcas check op-ed.yaml --json | jq '.claims[0].verdict'

Exit codes: 0 checked, whatever the verdicts · 2 the file or the tables were not usable
"""


def check(
    claims: Path = typer.Argument(..., help="A claims file (YAML), one article a file.", metavar="CLAIMS.yaml"),
    claim: list[str] = typer.Option([], "--claim", help="Check only this claim; may be given again.", metavar="ID"),
    tables: Path | None = typer.Option(
        None, "--tables", help="A folder of tables, in place of those that ship.", metavar="DIR"
    ),
    case: Path | None = typer.Option(
        None, "--case", help="The register of this case, in place of the tables that ship.", metavar="DIR"
    ),
    data: Path | None = typer.Option(
        None, "--data", help="The folder of files that claims name; the claims file's own unless given.", metavar="DIR"
    ),
    as_of: str | None = typer.Option(
        None, "--as-of", help="Give the verdict by what was published on this day too.", metavar="DAY"
    ),
    html: Path | None = typer.Option(None, "--html", help="Write the report to this file.", metavar="FILE"),
    as_json: bool = typer.Option(False, "--json", help="Print the result as JSON."),
) -> None:
    with working("Checking every reading"):
        told = checked_document(claims, only=claim, tables=tables, case=case, as_of=as_of, data=data)
    if html is not None:
        write_page(told, html)
    tell(told, as_json=as_json, full=bool(claim), page=html)


def checked_document(
    claims: Path,
    *,
    only: list[str],
    tables: Path | None,
    case: Path | None = None,
    as_of: str | None = None,
    data: Path | None = None,
) -> dict[str, Any]:
    """Read, check, and gather what every form of the report shows."""
    from civcas.claims.check import check as check_article
    from civcas.claims.claim_file import read
    from civcas.telling.document import document
    from civcas.terms.reading import day

    article = read(claims)
    checked = check_article(article, tables_at_hand(tables, case), only=only, as_of=day(as_of), data=data)
    words = [
        "civcas check",
        str(claims),
        *(f"--claim {c}" for c in only),
        *([f"--tables {tables}"] if tables else []),
        *([f"--case {case}"] if case else []),
        *([f"--data {data}"] if data else []),
        *([f"--as-of {as_of}"] if as_of else []),
    ]
    return document(checked, command=" ".join(words), shipped=tables is None and case is None)


def write_page(told: dict[str, Any], path: Path) -> None:
    """Write the report whole or not at all."""
    from civcas.cli.writing import write_whole
    from civcas.telling.page import page

    write_whole(path, page(told))


def tell(told: dict[str, Any], *, as_json: bool, full: bool, page: Path | None) -> None:
    """Print the result in the form asked for."""
    if as_json:
        from civcas.telling.as_json import dumps

        typer.echo(dumps(told), nl=False)
        return
    from rich.console import Console

    from civcas.telling import terminal

    console = Console()
    terminal.tell(told, console, full=full)
    if page is not None:
        console.print(f"Report: {page}", soft_wrap=True, highlight=False)


def attach(app: typer.Typer) -> None:
    app.command("check", help="Hold written claims against every defensible reading of the data." + EXAMPLES)(check)


ENTRY = Command(name="check", attach=attach, order=11)
