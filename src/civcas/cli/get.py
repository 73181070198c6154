"""`civcas get NAME`: downloads a dataset from its publisher, and says what was sent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from civcas.catalog import Command, entries, find
from civcas.errors import BadInput

EXAMPLES = """Examples:

  civcas get ucdp_ged --to downloads/
  civcas get                              datasets that can be downloaded, and where to ask for the others

Nothing is fetched but the one file, from the publisher's own address, over HTTPS. A download that was cut off goes on where it stopped.

Exit codes: 0 downloaded · 2 it cannot be downloaded; the message says where to get it by hand.
"""


def attach(app: typer.Typer) -> None:
    @app.command(epilog=EXAMPLES, help="Download a dataset from its publisher.")
    def get(
        name: Annotated[str, typer.Argument(help="One of civcas formats.")] = "",
        to: Annotated[Path, typer.Option(help="Folder to download into.")] = Path("downloads"),
        as_json: Annotated[bool, typer.Option("--json", help="Print what was downloaded as JSON.")] = False,
    ) -> None:
        if not name:
            for entry in entries("importers").values():
                if entry.page.startswith("http"):
                    typer.echo(f"{entry.name:18} {entry.download or 'by hand: ' + entry.page}")
            return
        said = fetched(find("importers", name, kind="dataset"), to)
        if as_json:
            typer.echo(json.dumps(said, ensure_ascii=False, indent=2))
            return
        typer.echo(f"{said['path']}: {said['size']:,} bytes, SHA-256 {said['sha256']}")
        typer.echo(f"licence: {said['licence']}; cite: {said['citation']}")


def fetched(importer: Any, to: Path, **reached: Any) -> dict[str, Any]:
    """Download with progress on standard error; what was sent is noted beside the file."""
    from rich.console import Console
    from rich.progress import DownloadColumn, Progress, TransferSpeedColumn

    from civcas.importers.downloading import download

    if not importer.download:
        raise BadInput(f"{importer.name} cannot be downloaded by a program", do=by_hand(importer))
    with Progress(
        *Progress.get_default_columns(), DownloadColumn(), TransferSpeedColumn(), console=Console(stderr=True)
    ) as shown:
        task = shown.add_task(importer.name, total=None)
        try:
            got = download(
                importer.download,
                to,
                tell=lambda done, whole: shown.update(task, completed=done, total=whole or None),
                **reached,
            )
        except BadInput as refused:
            raise BadInput(refused.found, where=refused.where, expected=refused.expected,
                           do=refused.do or by_hand(importer)) from None  # fmt: skip
    said = {
        "path": str(got.path),
        "url": got.url,
        "size": got.size,
        "sha256": got.sha256,
        "licence": importer.licence,
        "citation": importer.citation,
    }
    got.path.with_name(got.path.name + ".source.json").write_text(
        json.dumps(said, ensure_ascii=False, indent=2), encoding="utf-8"
    )
    return said


def by_hand(importer: Any) -> str:
    return f"Download it by hand from {importer.page}, then: civcas import {importer.name} FILE"


ENTRY = Command(name="get", attach=attach, order=63)
