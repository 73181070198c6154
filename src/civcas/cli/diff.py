"""`civcas diff`: what changed between two moments of a case, or between two vintages of a dataset."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from civcas.catalog import Command
from civcas.cli.option import Case, Json, print_json, span, words
from civcas.errors import BadInput

if TYPE_CHECKING:
    from civcas.case.difference import Difference
    from civcas.register.difference import Difference as TableDifference

SHOWN = 20
HELP = """List what the case says differently at two moments, each with the decision or import that did it.

With two folders of tables, compare those row by row.

Examples:

  civcas diff --from 2017-01-23 --to 2017-06-30

  civcas diff --from @41                 since entry 41

  civcas diff tables-25.1/ tables-26.1/  two vintages of a dataset

  civcas diff --rules airwars-2023 ours.yaml   what another rule set counts differently

Exit codes: 0 done · 1 two folders differ · 2 they cannot be compared
"""


def attach(app: typer.Typer) -> None:
    @app.command("diff", help=HELP)
    def diff(
        older: Annotated[Path | None, typer.Argument(help="Folder of tables of the older vintage.")] = None,
        newer: Annotated[Path | None, typer.Argument(help="Folder of tables of the newer vintage.")] = None,
        start: Annotated[str | None, typer.Option("--from", help="A day, a time or an entry (@41).")] = None,
        to: Annotated[str, typer.Option("--to", help="The same; now if left out.")] = "now",
        rules: Annotated[
            tuple[str, str] | None,
            typer.Option(help="Two rule sets, by name or file: count the case by both.", metavar="RULES RULES"),
        ] = None,
        case: Case = Path(),
        as_json: Json = False,
    ) -> None:
        if rules and not (older or newer or start):
            _compare_rules(case, *rules, as_json=as_json)
        elif older and newer and start is None:
            _compare_folders(older, newer, as_json=as_json)
        elif start is not None and older is None:
            _compare_moments(case, start, to, as_json=as_json)
        else:
            raise BadInput(
                "it is not clear what to compare",
                where="civcas diff",
                expected="two folders, --from a moment of a case, or two --rules",
            )


def _compare_moments(case: Path, start: str, to: str, *, as_json: bool) -> None:
    from civcas.case.case import Case as Opened

    with Opened.open(case) as opened:
        found = opened.diff(start, to)
    if as_json:
        print_json(found.to_dict())
    else:
        _print_moments(found)


def _print_moments(found: Difference) -> None:
    if not found.decided and not found.imported:
        typer.echo(f"Nothing changed between {found.start} and {found.to}")
    for made in found.imported:
        typer.echo(
            f"{made.table} of {made.dataset}: {made.added:,} added, {made.removed:,} removed, {made.changed:,} changed "
            f"(entry {made.entry}, {made.at[:10]}, {made.author})"
        )
        for row in made.rows[:SHOWN]:
            cell = f" {row.column}: {row.before} → {row.after}" if row.column else ""
            typer.echo(f"  {row.change} {row.key}{cell}")
        if len(made.rows) > SHOWN:
            typer.echo(f"  … and {made.added + made.removed + made.changed - SHOWN:,} more; --json names them")
    for each in found.decided:
        typer.echo(
            f"{each.about} of {each.subject}: {words(each.before)} → {words(each.after)} "
            f"(entry {each.entry}, {each.at[:10]}, {each.author}, because {each.because})"
        )


def _compare_rules(case: Path, before: str, after: str, *, as_json: bool) -> None:
    """Every incident that two rule sets count differently, with the sentences of the second."""
    from civcas.assessing.rule_set import find
    from civcas.assessing.whole_case import changed, harm_table
    from civcas.cli.assessed import assessed

    given = assessed(None, case, None)
    was, now = (
        harm_table(given.reports, given.stands_in, find(rules), copy_of=given.copies) for rules in (before, after)
    )
    found = changed(was, now).to_pylist()
    if as_json:
        print_json({"from": find(before).id, "to": find(after).id, "counted": now.num_rows, "changed": found})
        return
    typer.echo(f"{len(found):,} of {now.num_rows:,} counts differ between {find(before).id} and {find(after).id}")
    for row in found[:SHOWN]:
        typer.echo(f"{row['incident_id']}, {row['group']} {row['outcome']}: {span(row['min_before'], row['max_before'])} → "
                   f"{span(row['min_after'], row['max_after'])}\n  {row['derivation']}")  # fmt: skip
    if len(found) > SHOWN:
        typer.echo(f"… and {len(found) - SHOWN:,} more; --json names them")


def _compare_folders(older: Path, newer: Path, *, as_json: bool) -> None:
    from civcas.register.difference import differences

    found = differences(older, newer)
    if as_json:
        print_json([dataclasses.asdict(each) for each in found])
    for each in () if as_json else found:
        _print_table(each)
    if any(each.added or each.removed or each.changed for each in found):
        raise typer.Exit(1)


def _print_table(each: TableDifference) -> None:
    typer.echo(
        f"{each.table}: {each.added:,} added, {each.removed:,} removed, {each.changed:,} changed, {each.same:,} the same"
    )
    for column, count in each.columns.items():
        typer.echo(f"  {count:>10,} × {column}")
    for became, ids in each.examples.items():
        if ids:
            typer.echo(f"  {became}: {', '.join(ids)}")


ENTRY = Command(name="diff", attach=attach, order=26)
