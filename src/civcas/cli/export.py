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

  civcas export xlsx out/ --case mycase/

  civcas export package out/ --tables tables/ --internal
  civcas export geojson map/ --tables tables/ --internal
  civcas export sqlite out/ --case mycase/ --as-of 2016-12-31

csv, parquet and geojson hold the table incidents too, one row an incident, for a spreadsheet program or a map; xlsx is that table
alone. Without --internal, columns that are internal (exact places and texts of incidents) are left out, and rows of datasets whose licence
forbids it are not written. Restricted columns are never written.

Exit codes: 0 written · 2 there was nothing to write, or it may not be written.
"""


def attach(app: typer.Typer) -> None:
    @app.command(
        epilog=EXAMPLES, help="Write the register as CSV, XLSX, Parquet, GeoJSON, a data package, SQLite and more."
    )
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
        from civcas.exporters.incidents import with_incidents
        from civcas.terms.tables import TABLES
        from civcas.terms.vocabulary import Sensitivity

        exporter = find("exporters", format_, kind="format")
        folder = folder_or_case(tables, case, as_of)
        register, said = _of_folder(folder) if case is None else _of_case(case, as_of)
        if not internal:
            register = _published(register, said, case)
        clearance = Sensitivity.INTERNAL if internal else Sensitivity.PUBLIC
        register, contract = with_incidents(register, TABLES)
        request = Request(tables=register, out=out, clearance=clearance, title=title, sources=said, contract=contract)
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


def _published(register: Tables, said: Said, case: Path | None) -> Tables:
    """What may be published of it, by the policy that a release of the case has; a folder of tables has none."""
    from civcas.public import policy
    from civcas.public.held_back import without_held_back

    closed = [(s["dataset"], str(s.get("licence") or "no licence is known")) for s in said if not s.get("redistribute")]
    if case is not None:
        rule = policy.read_policy(case)
        policy.refuse_closed(rule, closed, licence=policy.read_imprint(case).licence)
        return without_held_back(register, [s["dataset"] for s in said if not rule.publishes(s["dataset"])])
    if open_questions := policy.undecided(policy.Policy(), closed):
        name, terms = open_questions[0]
        raise BadInput(
            f"rows of {name} may not be published again: {terms}",
            where="civcas export",
            do="Import it into a case and decide there, in its civcas.toml; or say --internal if the export stays among the people "
            "who may see it.",
        )
    return register


ENTRY = Command(name="export", attach=attach, order=65)
