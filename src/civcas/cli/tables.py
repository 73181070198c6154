"""`civcas tables`: the tables there are, and what each field holds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import typer

from civcas.catalog import Command
from civcas.cli.tables_at_hand import tables_at_hand
from civcas.terms.tables import TABLES, Table, data_dictionary, table

HELP = """The tables civcas works on: what a row is, and how many rows are at hand. With a NAME, its fields.

Examples:

  civcas tables

  civcas tables harm_by_period

  civcas tables --markdown > data-dictionary.md
"""


def tables(
    name: str | None = typer.Argument(None, help="A table, to see its fields.", metavar="[NAME]"),
    folder: Path | None = typer.Option(
        None, "--tables", help="A folder of tables, in place of those that ship.", metavar="DIR"
    ),
    markdown: bool = typer.Option(False, "--markdown", help="Print the whole data dictionary as Markdown."),
    as_json: bool = typer.Option(False, "--json", help="Print as JSON."),
) -> None:
    chosen = [table(name)] if name else list(TABLES.values())
    if markdown:
        typer.echo(data_dictionary(chosen), nl=False)
        return
    rows = {key: int(held.count().to_pyarrow().as_py()) for key, held in tables_at_hand(folder).items()}
    if as_json:
        typer.echo(json.dumps([_plain(each, rows) for each in chosen], ensure_ascii=False, indent=2))
    elif name:
        _show_fields(chosen[0])
    else:
        _show_tables(chosen, rows)


def _plain(each: Table, rows: dict[str, int]) -> dict[str, Any]:
    fields = [
        {"name": f.name, "type": str(f.type), "unit": f.unit, "meaning": f.meaning, "sensitivity": str(f.sensitivity)}
        for f in each.fields
    ]
    return {
        "name": each.name,
        "a_row_is": each.a_row_is,
        "rows": rows.get(each.name),
        "key": each.key,
        "fields": fields,
    }


def _show_tables(chosen: list[Table], rows: dict[str, int]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table as Grid

    grid = Grid(box=box.SIMPLE_HEAD, header_style="bold")
    grid.add_column("table", no_wrap=True)
    grid.add_column("a row is")
    grid.add_column("rows", justify="right")
    for each in chosen:
        grid.add_row(each.name, each.a_row_is, f"{rows[each.name]:,}" if each.name in rows else "–")
    Console(highlight=False).print(grid)


def _show_fields(each: Table) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table as Grid

    console = Console(highlight=False)
    console.print(f"[bold]{each.name}[/bold]: a row is {each.a_row_is}")
    grid = Grid(box=box.SIMPLE_HEAD, header_style="bold")
    for column in ("field", "type", "unit", "meaning", "who may see it"):
        grid.add_column(column)
    for field in each.fields:
        grid.add_row(field.name, str(field.type), field.unit, field.meaning, str(field.sensitivity))
    console.print(grid)


def attach(app: typer.Typer) -> None:
    app.command("tables", help=HELP)(tables)


ENTRY = Command(name="tables", attach=attach, order=13)
