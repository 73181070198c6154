"""`civcas new`: makes a case."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from civcas.catalog import Command
from civcas.cli.option import By, Passphrase, author

if TYPE_CHECKING:
    from civcas.case.case import Case

HELP = """Make a case: a folder for originals, ledger, tables, claims and hand-made files.

Called again after an interruption, it finishes. The signing key is written to keys/signing.pem; give --key to keep it
outside the folder, which is safer, and --passphrase to lock it.

Examples:

  civcas new raqqa --title "Raqqa 2017"

  civcas new ours --publisher "Our Centre" --licence "CC BY 4.0"

  civcas new raqqa --ledger postgresql://me@localhost/raqqa --key ~/keys/raqqa.pem

  civcas new example --example
"""

ASKED = "On what terms may others use your own data (such as CC BY 4.0)? Leave empty if you do not know yet"
EXAMPLE_TITLE = "Eight times as many? Civilian harm in Syria, 2014–2025"
EXAMPLE_TERMS = """
# What this case lets out, and who publishes it. See docs/how-to-publish.md.
[redaction]
places = "grid"
grid_km = 5
source_addresses = true  # the figures that ship cite published pages

[publication]
publisher = "the worked example of civcas"
licence = "Facts; cite the source of each row"
"""


def attach(app: typer.Typer) -> None:
    @app.command("new", help=HELP)
    def new(
        folder: Annotated[Path, typer.Argument(help="A new or empty folder.", metavar="DIR")],
        title: Annotated[str, typer.Option(help="What the case is called.")] = "",
        ledger: Annotated[str, typer.Option(help="A file in the folder, or a postgresql:// address.")] = "ledger.db",
        key: Annotated[str, typer.Option(help="Where the signing key is kept.")] = "keys/signing.pem",
        passphrase: Passphrase = "",
        publisher: Annotated[str, typer.Option(help="Who publishes the case.")] = "",
        licence: Annotated[
            str,
            typer.Option(
                help="On what terms others may use your own tables; without it nothing of them is published yet."
            ),
        ] = "",
        example: Annotated[
            bool, typer.Option("--example", help="Take in the tables and claims of the worked example.")
        ] = False,
        by: By = "",
    ) -> None:
        from civcas.case.case import Case
        from civcas.case.folder import make

        key = key if key == "keys/signing.pem" else str(Path(key).expanduser().absolute())
        title = title or (EXAMPLE_TITLE if example else "")
        began = not (folder / "civcas.toml").exists()
        if began and not example and not licence and sys.stdin.isatty():
            licence = typer.prompt(ASKED, default="", show_default=False)
        make(folder, author=author(by), title=title, ledger=ledger, key=key, passphrase=passphrase)
        with Case.open(folder) as case:
            if began and not example:
                _write_terms(case, publisher.strip(), licence.strip())
            if example:
                _fill_with_example(case, author(by))
            typer.echo(f"Made the case {case.path}")
            typer.echo(f"Its public key, to be noted elsewhere: {case.ledger.entry(1).says['key']}")
            typer.echo(f"Its signing key: {case.key_path}. Whoever has it can sign as you do; keep a copy offline.")


def _write_terms(case: Case, publisher: str, licence: str) -> None:
    """Whose data the case is and on what terms, as a release and an export read it from civcas.toml."""
    from civcas.cli.writing import write_whole

    said = {"publisher": publisher, "licence": licence}
    lines = [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in said.items() if value]
    if lines:
        settings = case.path / "civcas.toml"
        text = settings.read_text(encoding="utf-8").rstrip("\n")
        write_whole(settings, "\n".join([text, "", "[publication]", *lines, ""]))


def _fill_with_example(case: Case, by: str) -> None:
    """The shipped tables through the ledger, copies of the shipped claims to read and change, and terms to publish them on."""
    from importlib.resources import files

    from civcas.case.example import take_in_example
    from civcas.cli.demo import ARTICLES
    from civcas.cli.writing import write_whole

    take_in_example(case, author=by)
    for name in ARTICLES:
        shipped = files("civcas.claims") / "articles" / f"{name}.yaml"
        write_whole(case.path / "claims" / f"{name}.yaml", shipped.read_text(encoding="utf-8"))
    settings = case.path / "civcas.toml"
    write_whole(settings, settings.read_text(encoding="utf-8") + EXAMPLE_TERMS)


ENTRY = Command(name="new", attach=attach, order=20)
