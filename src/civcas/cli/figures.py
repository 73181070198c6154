"""`civcas figures`: which published figures were known at a day."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from civcas.catalog import Command
from civcas.cli.option import Case, Json, print_json, span

HELP = """List published figures as they were known on a day, each with its source.

Two clocks are kept apart: --as-of is when a figure was published, --known is when the case had learned of it. Where a
source gives a month or a year, its last day counts. Figures without a date of publication are counted, not placed.

Examples:

  civcas figures --belligerent Russia --window 2015-10 --as-of 2015-12-31

  civcas figures --belligerent Russia --window 2015-10
"""


def attach(app: typer.Typer) -> None:
    @app.command("figures", help=HELP)
    def figures(
        as_of: Annotated[str | None, typer.Option("--as-of", help="Published by this day; any if left out.")] = None,
        known: Annotated[str | None, typer.Option(help="As the case knew it: a day, a time or an entry (@41).")] = None,
        belligerent: Annotated[str | None, typer.Option(help="Who is alleged to have acted.")] = None,
        area: Annotated[str | None, typer.Option(help="Where.")] = None,
        window: Annotated[
            str | None, typer.Option(help="The period the figure covers: 2015-10, 2015-09-30..2015-12-31.")
        ] = None,
        measure: Annotated[str | None, typer.Option(help="Words the measure holds.")] = None,
        case: Case = Path(),
        as_json: Json = False,
    ) -> None:
        from civcas.case.case import Case as Opened
        from civcas.case.figure import Asked, undated

        chosen = {"belligerent": belligerent, "area": area, "window": window, "measure": measure}
        with Opened.open(case) as opened:
            found = opened.figures(as_of=as_of, known=known, **chosen).to_pylist()
            from civcas.case.case import moment

            without = undated(opened, Asked.of(**chosen), known=moment(known)).num_rows if as_of else 0
        if as_json:
            print_json({"as_of": as_of, "known": known, "figures": found, "without_a_date": without})
            return
        for each in found:
            _print(each)
        if not found:
            typer.echo("No such figure had been published" + (f" by {as_of}" if as_of else ""))
        if without:
            typer.echo(f"{without} more have no date of publication, so no one can say whether they were known by then")


def _print(each: dict[str, Any]) -> None:
    typer.echo(
        f"{each['belligerent']}, {each['area']}, {each['period_start']} to {each['period_end']}: {each['measure']}"
    )
    typer.secho(f"  {span(each['low'], each['high'])} {each['unit']}", bold=True, nl=False)
    typer.echo(f"  [{each['standing']}{' by ' + each['successor'] if each['successor'] else ''}]")
    typer.echo(f"  {each['figure_id']}, {_published(each)}; {each['source_title']} {each['source_url'] or ''}".rstrip())
    if each["corrected_by"]:
        was = span(each["published_low"], each["published_high"])
        typer.echo(
            f"  published as {was}; corrected by entry {each['corrected_by']}, because {each['corrected_because']}"
        )


def _published(each: dict[str, Any]) -> str:
    by = f"published by {each['published_by']}" if each["published_by"] else "day of publication not known"
    return f"{by}, learned {each['learned_at'][:10]} (entry {each['learned_entry']})"


ENTRY = Command(name="figures", attach=attach, order=27)
