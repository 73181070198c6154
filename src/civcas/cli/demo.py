"""`civcas demo`: the worked example, from claim to verdict, with the tables that ship."""

from __future__ import annotations

import tempfile
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import typer

from civcas.catalog import Command
from civcas.cli.check import checked_document, tell, write_page
from civcas.cli.writing import write_whole

ARTICLES = ("op_ed_2017", "claims_by_others")

HELP = """Check the claims of an op-ed of January 2017 with the tables that ship.

With DIR it also writes the claims files, to read and change, and a report for each.

Examples:

  civcas demo

  civcas demo civcas-demo

  civcas demo civcas-demo --json
"""


def demo(
    folder: Path | None = typer.Argument(None, help="Where to write the claims and the reports.", metavar="[DIR]"),
    as_json: bool = typer.Option(False, "--json", help="Print what `check --json` prints for the op-ed's claims."),
) -> None:
    if folder is None:
        with tempfile.TemporaryDirectory() as passing:
            tell(_checked(Path(passing), ARTICLES[0]), as_json=as_json, full=False, page=None)
        return
    documents = {name: _checked(folder, name) for name in ARTICLES}
    for name, told in documents.items():
        write_page(told, folder / f"{name}.html")
    tell(documents[ARTICLES[0]], as_json=as_json, full=False, page=(folder / f"{ARTICLES[0]}.html").resolve())


def _checked(folder: Path, name: str) -> dict[str, Any]:
    """Check a copy of a shipped claims file; a copy that a person has changed is kept and checked as it stands."""
    path = folder / f"{name}.yaml"
    if not path.exists():
        with as_file(files("civcas.claims") / "articles" / f"{name}.yaml") as shipped:
            write_whole(path, shipped.read_text(encoding="utf-8"))
    return checked_document(path, only=[], tables=None)


def attach(app: typer.Typer) -> None:
    app.command("demo", help=HELP)(demo)


ENTRY = Command(name="demo", attach=attach, order=10)
