"""`civcas sql "…"`: asks the tables a question; nothing can be changed by it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from civcas.catalog import Command
from civcas.cli.option import AsOf, OfCase, working
from civcas.cli.tables_at_hand import folder_or_case

if TYPE_CHECKING:
    from civcas.register.asking import Rows

EXAMPLES = """Examples:

  civcas sql "SELECT count(*) FROM report" --tables tables/
  civcas sql "SELECT belligerents, sum(civ_killed_min) FROM report GROUP BY 1" --tables tables/ --json
  civcas sql "SELECT belligerent, sum(killed_min) FROM harm_by_period GROUP BY 1" --case mycase/ --as-of 2016-12-31

Exit codes: 0 answered · 2 the question could not be asked, or would change something.
"""


def attach(app: typer.Typer) -> None:
    @app.command(
        epilog=EXAMPLES, help="Ask a folder of tables, or the register of a case, in SQL (DuckDB's); read-only."
    )
    def sql(
        question: Annotated[str, typer.Argument(help="One SELECT.")],
        tables: Annotated[
            Path | None,
            typer.Option(help="Folder of tables, as civcas import --out writes them; tables/ unless given."),
        ] = None,
        case: OfCase = None,
        as_of: AsOf = None,
        limit: Annotated[int, typer.Option(help="Rows shown at most.")] = 1000,
        as_json: Annotated[bool, typer.Option("--json", help="Print rows as JSON.")] = False,
    ) -> None:
        answer = _asked(folder_or_case(tables, case, as_of), case, as_of, question, limit)
        if as_json:
            rows = [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]
            typer.echo(json.dumps(rows, ensure_ascii=False, indent=2, default=str))
            return
        _print(answer.columns, answer.rows)
        if answer.more:
            typer.echo(f"… more than {limit:,} rows; say --limit to see more", err=True)


def _asked(folder: Path, case: Path | None, as_of: str | None, question: str, limit: int) -> Rows:
    if case is None:
        from civcas.importers.published import kept_texts
        from civcas.register.asking import ask

        return ask(folder, question, limit=limit, texts=kept_texts(folder))
    from civcas.case.laying_out import ask_case

    with working("Laying out the register"):
        return ask_case(case, question, limit=limit, until=as_of)


def _print(columns: list[str], rows: list[tuple[Any, ...]]) -> None:
    """Columns under one another, an unknown value empty; plain text, so that it can be piped on."""
    shown = [list(columns), *([("" if v is None else str(v)) for v in row] for row in rows)]
    widths = [max(len(row[i]) for row in shown) for i in range(len(columns))]
    for row in shown:
        typer.echo("  ".join(v.ljust(w) for v, w in zip(row, widths, strict=True)).rstrip())


ENTRY = Command(name="sql", attach=attach, order=64)
