"""`civcas decide`: settles something, with a reason."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from civcas.catalog import Command
from civcas.cli.option import Because, By, Case, Json, author, print_json, words
from civcas.terms.decision import Decision

HELP = """Settle one thing: a number, a date, a place, a name, a grade, who is held responsible, a link. Nothing earlier is overwritten.

WORD is a count (civ_killed, civ_injured, all_killed, strikes, value), date, location (the place of one report), named (the belligerents
one report names), grade, attribution, belligerent and place (a name in the whole case), link, unlink, withdraw or supersede. As VALUE,
as-published takes earlier decisions back. What was received is kept, and shown beside what was decided.

Exit codes: 0 recorded · 2 not usable · 3 someone decided the same in the meantime: look, and decide again with --seen.

Examples:

  civcas decide civ_killed airwars:CS1203 3-7 --because "page corrected 2026-05-02"

  civcas decide date airwars:CS1203 2016-03-05 --because "the video was posted that evening"

  civcas decide location airwars:CS1203 "Tabqa @ 35.84,38.55" --because "another town of the same name was meant"

  civcas decide named airwars:CS1203 "Russian Military; Syrian Regime" --because "the row named them as one word"

  civcas decide grade airwars:CS1203 Fair --because "second credible source, see note"

  civcas decide attribution airwars:CS1203 "Russian Military: contested" --because "two parties named"

  civcas decide belligerent "Russia" "Russian Military" --because "same party"

  civcas decide place "Al-Raqqah" "Raqqa @ 35.95,39.01" --because "spelling"

  civcas decide link airwars:CS1203 ucdp_ged:123456 --because "same place, day and names"

  civcas decide withdraw airwars:CS1203 --because "the source took it back"

  civcas decide supersede published_figures:4 published_figures:6 --because "the revised figure of the same month"

  civcas decide civ_killed airwars:CS1203 as-published --because "the correction was mistaken"
"""


def attach(app: typer.Typer) -> None:
    @app.command("decide", help=HELP)
    def decide(
        word: Annotated[str, typer.Argument(help="What is decided.")],
        subject: Annotated[str, typer.Argument(help="Id of a report, incident or figure; or a published name.")],
        because: Because,
        value: Annotated[str, typer.Argument(help="What it is to be.")] = "",
        seen: Annotated[
            int | None,
            typer.Option(help="Entry you saw as standing (0 for none); the one that stands now if left out."),
        ] = None,
        case: Case = Path(),
        by: By = "",
        as_json: Json = False,
    ) -> None:
        from civcas.case.case import Case as Opened
        from civcas.terms.typed_decision import typed

        asked = typed(word, subject, value, because=because)
        with Opened.open(case) as opened:
            stood = opened.standing(asked.subject, asked.about)
            before = seen if seen is not None else stood.sequence if stood else None
            done = opened.decide(replace(asked, supersedes=before or None), author=author(by))
            recorded = opened.ledger.entry(done.last)
        if as_json:
            print_json({**recorded._asdict(), "body": recorded.says})
            return
        typer.echo(f"Entry {done.last}: {asked.about} of {asked.subject} is now {words(asked.value)}{_instead(stood)}")


def _instead(stood: Decision | None) -> str:
    return f", instead of {words(stood.value)} (entry {stood.sequence}, {stood.by})" if stood else ""


ENTRY = Command(name="decide", attach=attach, order=24)
