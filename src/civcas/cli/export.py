"""`civcas export FORMAT OUT`: writes the register in a form others can open."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from civcas.catalog import Command, Tables, find
from civcas.cli.option import AsOf, OfCase, working
from civcas.cli.tables_at_hand import folder_or_case
from civcas.errors import BadInput

EXAMPLES = """Examples:

  civcas export csv out/ --tables tables/
  civcas export package out/ --tables tables/ --internal
  civcas export geojson map/ --tables tables/ --internal
  civcas export sqlite out/ --case mycase/ --as-of 2016-12-31

Without --internal, columns that are internal (exact places and texts of incidents) are left out, and rows of datasets whose licence
forbids it are not written. Restricted columns are never written.

Exit codes: 0 written · 2 there was nothing to write, or it may not be written.
"""


def attach(app: typer.Typer) -> None:
    @app.command(epilog=EXAMPLES, help="Write the register as CSV, Parquet, GeoJSON, a data package, SQLite and more.")
    def export(
        format_: Annotated[
            str, typer.Argument(metavar="FORMAT", help="One of those that civcas formats lists as written.")
        ],
        out: Annotated[Path, typer.Argument(help="Folder to write into.")],
        tables: Annotated[
            Path | None,
            typer.Option(help="Folder of tables, as civcas import --out writes them; tables/ unless given."),
        ] = None,
        case: OfCase = None,
        as_of: AsOf = None,
        internal: Annotated[
            bool, typer.Option("--internal", help="Write internal columns too; not for publication.")
        ] = False,
        title: Annotated[str, typer.Option(help="Title written into the export.")] = "civcas register",
        as_json: Annotated[bool, typer.Option("--json", help="Print what was written as JSON.")] = False,
    ) -> None:
        from civcas.exporters.exporter import Request
        from civcas.terms.vocabulary import Sensitivity

        exporter = find("exporters", format_, kind="format")
        folder = folder_or_case(tables, case, as_of)
        register, said = _of_folder(folder) if case is None else _of_case(case, as_of)
        if not internal:
            _reject_closed(said)
        clearance = Sensitivity.INTERNAL if internal else Sensitivity.PUBLIC
        request = Request(tables=register, out=out, clearance=clearance, title=title, sources=said)
        with working(f"Writing {exporter.title}"):
            written = exporter.write(request)
        if as_json:
            typer.echo(json.dumps(written, indent=2))
            return
        for file, rows in written.items():
            typer.echo(f"{rows:>12,}  {out / file}")
        if internal:
            typer.echo("Internal columns were written: not for publication.", err=True)


Said = tuple[dict[str, Any], ...]


def _of_folder(folder: Path) -> tuple[Tables, Said]:
    from civcas.register.folder import open_folder, sources

    return open_folder(folder), sources(folder)


def _of_case(case: Path, as_of: str | None) -> tuple[Tables, Said]:
    from civcas.case.laying_out import register_of, sources_of

    return register_of(case, as_of), sources_of(case, as_of)


def _reject_closed(said: Said) -> None:
    closed = [s for s in said if not s.get("redistribute")]
    if closed:
        raise BadInput(
            f"rows of {closed[0]['dataset']} may not be published again: {closed[0]['licence']}",
            where="civcas export",
            do="Ask the publisher, or say --internal if the export stays among the people of the case.",
        )


ENTRY = Command(name="export", attach=attach, order=65)
