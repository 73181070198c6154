"""`civcas log`: the history of one subject, or of the case."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from civcas.catalog import Command
from civcas.cli.option import Case, Json, print_json, span, words

HELP = """Show what was recorded on one subject, from the file that brought it to the last decision; or on all.

Examples:

  civcas log airwars:CS1203

  civcas log belligerent:Russia

  civcas log --as-of 2017-01-23 --json
"""


def attach(app: typer.Typer) -> None:
    @app.command("log", help=HELP)
    def log(
        subject: Annotated[
            str | None, typer.Argument(help="Id of a report, incident or figure; or a published name.")
        ] = None,
        as_of: Annotated[
            str | None, typer.Option("--as-of", help="A day, a time or an entry (@41); now if left out.")
        ] = None,
        case: Case = Path(),
        as_json: Json = False,
    ) -> None:
        from civcas.case.case import Case as Opened
        from civcas.errors import BadInput

        with Opened.open(case) as opened:
            events = opened.log(subject, until=as_of)
        if subject is not None and not events:
            raise BadInput(
                f"nothing was recorded on {subject!r}",
                where="civcas log",
                expected="the id of a record, as in its table",
            )
        if as_json:
            print_json([asdict(event) for event in events])
            return
        for event in events:
            about = "" if event.subject == subject else f" {event.subject}"
            typer.echo(f"{event.entry:>6}  {event.at[:19]}Z  {event.author}  {event.kind}{about}: {told(event.values)}")
            if event.because:
                typer.echo(f"        because: {event.because}")


def told(values: dict[str, Any]) -> str:
    """One entry in a line."""
    if "decision" in values:
        before = f" (instead of entry {values['supersedes']})" if values["supersedes"] else ""
        return f"{values['about']} is {words(values['value'])}{before}"
    if "row" in values:
        return f"came with {values['table']}, {_numbers(values['row'])}"
    if "dataset" in values:
        return f"{values['original']['name']} as {values['dataset']}: {values['given']:,} given, {values['unread']:,} unread"
    return ", ".join(f"{name} {value}" for name, value in values.items())


def _numbers(row: dict[str, Any]) -> str:
    """The counts a row was published with, or as much of it as fits a line."""
    from civcas.terms.typed_decision import count_columns

    found = [
        f"{name} {span(row.get(low), row.get(high))}"
        for name, (low, high) in count_columns().items()
        if low in row or high in row
    ]
    if "date_start" in row:
        found.append(str(row["date_start"]))
    return (
        ", ".join(
            found
            + [
                str(row[name])
                for name in ("place", "belligerents", "grading", "measure", "source_title")
                if name in row
            ]
        )
        or "no count"
    )


ENTRY = Command(name="log", attach=attach, order=25)
