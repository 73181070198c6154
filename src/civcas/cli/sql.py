"""`civcas sql "…"`: asks the tables a question; nothing can be changed by it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from civcas.catalog import Command
from civcas.errors import BadInput

EXAMPLES = """Examples:

  civcas sql "SELECT count(*) FROM report" --tables tables/
  civcas sql "SELECT belligerents, sum(civ_killed_min) FROM report GROUP BY 1" --tables tables/ --json

Exit codes: 0 answered · 2 the question could not be asked, or would change something.
"""


def attach(app: typer.Typer) -> None:
    @app.command(epilog=EXAMPLES, help="Ask the tables in SQL (DuckDB's); read-only.")
    def sql(
        question: Annotated[str, typer.Argument(help="One SELECT.")],
        tables: Annotated[Path, typer.Option(help="Folder of tables, as civcas import --out writes them.")] = Path(
            "tables"
        ),
        limit: Annotated[int, typer.Option(help="Rows shown at most.")] = 1000,
        as_json: Annotated[bool, typer.Option("--json", help="Print rows as JSON.")] = False,
    ) -> None:
        from civcas.register.asking import ask

        if not tables.is_dir():
            raise BadInput(
                "there is no such folder", where=str(tables), expected="a folder of tables; see civcas import --out"
            )
        answer = ask(tables, question, limit=limit)
        if as_json:
            rows = [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]
            typer.echo(json.dumps(rows, ensure_ascii=False, indent=2, default=str))
            return
        _print(answer.columns, answer.rows)
        if answer.more:
            typer.echo(f"… more than {limit:,} rows; say --limit to see more", err=True)


def _print(columns: list[str], rows: list[tuple[Any, ...]]) -> None:
    """Columns under one another, an unknown value empty; plain text, so that it can be piped on."""
    shown = [list(columns), *([("" if v is None else str(v)) for v in row] for row in rows)]
    widths = [max(len(row[i]) for row in shown) for i in range(len(columns))]
    for row in shown:
        typer.echo("  ".join(v.ljust(w) for v, w in zip(row, widths, strict=True)).rstrip())


ENTRY = Command(name="sql", attach=attach, order=64)
