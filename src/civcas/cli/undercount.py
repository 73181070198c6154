"""`civcas undercount LISTS.csv`: how many are on no list, for people who have only a table of lists."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from civcas.catalog import Command
from civcas.errors import BadInput

if TYPE_CHECKING:
    from civcas.measures.undercount.strata import Strata
    from civcas.terms.estimate import Answer

EXIT_REFUSED = 3
METHODS_HELP = """How to estimate: auto, all (every method side by side), chapman, loglinear, loglinear-average, stepwise, \
graphs, latent-classes or no-highest-order."""
HELP = """Estimate how many are on no list, from how the lists overlap.

LISTS.csv has one row a person, or one row a pattern with a column of counts (count, n, freq), and one column of 0 and 1
for each list. Lists must have been gathered separately and linked, so that the same person is known to be the same.

Examples:
  civcas undercount lists.csv
  civcas undercount lists.csv --method all --svg methods.svg
  civcas undercount lists.csv --strata month --strata sex --json

Exit codes: 0 a number · 2 the file was not usable · 3 refused: these lists cannot carry a number, the reason is printed.
"""


def attach(app: typer.Typer) -> None:
    @app.command("undercount", help=HELP)
    def undercount(
        lists_file: Annotated[Path, typer.Argument(metavar="LISTS.csv", help="The table of lists.")],
        method: Annotated[str, typer.Option(help=METHODS_HELP)] = "auto",
        lists: Annotated[
            str, typer.Option(help="The columns that are lists, with commas between; found by default.")
        ] = "",
        count: Annotated[str | None, typer.Option(help="The column that counts people; found by default.")] = None,
        strata: Annotated[
            list[str] | None, typer.Option(help="A column to estimate separately by, and add up; may be repeated.")
        ] = None,
        missing: Annotated[
            str, typer.Option(help="People of unknown stratum: impute, or drop (with a warning).")
        ] = "impute",
        level: Annotated[float, typer.Option(help="Nominal coverage of the intervals.")] = 0.95,
        seed: Annotated[int | None, typer.Option(help="Seed of random draws; the same seed, the same answer.")] = None,
        as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
        svg: Annotated[Path | None, typer.Option(help="Write the picture to this file.")] = None,
        html: Annotated[Path | None, typer.Option(help="Write the answer as a page to this file.")] = None,
    ) -> None:
        _refuse_wrong_options(level, missing, method, strata or [])
        from civcas.measures.undercount import sheet

        names = tuple(part.strip() for part in lists.split(",") if part.strip())
        read, unused = sheet.read(lists_file, lists=names, count=count, strata=strata or [])
        answers = _answers(read, method, level, seed, missing, quiet=as_json)
        told = _told(answers, read.whole.n, unused)
        _write(told, answers, svg, html)
        if as_json:
            typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
        else:
            _print(told, answers)
        if all(type(each).__name__ == "Refusal" for each in answers):
            raise typer.Exit(EXIT_REFUSED)


def _refuse_wrong_options(level: float, missing: str, method: str, strata: list[str]) -> None:
    if not 0 < level < 1:
        raise BadInput(f"--level is {level}", expected="a number between 0 and 1, such as 0.95")
    if missing not in ("impute", "drop"):
        raise BadInput(f"--missing is {missing!r}", expected="impute or drop")
    if method == "all" and strata:
        raise BadInput("--method all cannot be combined with --strata", do="Name one method, or leave out --strata.")


def _answers(read: Strata, method: str, level: float, seed: int | None, missing: str, *, quiet: bool) -> list[Answer]:
    from rich.console import Console

    from civcas.measures.undercount import answering, methods

    with Console(stderr=True, quiet=quiet).status("estimating") as status:
        wish = methods.Wish(level=level, progress=status.update)
        wish = wish if seed is None else replace(wish, seed=seed)
        if method == "all":
            return answering.compare(read.whole, wish=wish)
        return [answering.answer(read, method_name=method, wish=wish, missing=missing)]  # type: ignore[arg-type]


def _told(answers: list[Answer], documented: int, unused: tuple[str, ...]) -> dict[str, Any]:
    """What is printed, as plain values; assumptions stand beside each answer's diagnostics."""
    from civcas.measures.undercount.answering import verdict

    rows = []
    for each in answers:
        row = each.to_dict()
        row["assumptions"] = row["diagnostics"].pop("assumptions", [])
        rows.append(row)
    if len(rows) == 1:
        return rows[0] | {"documented": documented, "unused_columns": list(unused)}
    return {"documented": documented, "says": verdict(answers), "answers": rows, "unused_columns": list(unused)}


def _write(told: dict[str, Any], answers: list[Answer], svg: Path | None, html: Path | None) -> None:
    if svg is None and html is None:
        return
    from civcas.measures.undercount import page, picture

    drawn = picture.draw(answers, documented=told["documented"], title="How many in all, documented and on no list")
    if svg is not None:
        svg.write_text(drawn, encoding="utf-8")
    if html is not None:
        html.write_text(page.compose(answers, drawn, says=told.get("says", "")), encoding="utf-8")


def _print(told: dict[str, Any], answers: list[Answer]) -> None:
    from rich.console import Console
    from rich.padding import Padding
    from rich.table import Table

    from civcas.terms.estimate import Estimate

    console = Console(highlight=False)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("method", "documented", "on no list", "in all", "interval"):
        table.add_column(heading, justify="left" if heading == "method" else "right")
    for each in answers:
        title = str(each.diagnostics.get("title", each.measure))
        if isinstance(each, Estimate):
            unseen = each.diagnostics["unseen"]
            table.add_row(title, f"{each.n:,}", f"{unseen['value']:,.0f}", f"{each.value:,.0f}",
                          f"{each.low:,.0f}–{each.high:,.0f}  {each.interval}")  # fmt: skip
        else:
            table.add_row(title, f"{told['documented']:,}", "–", "–", "[yellow]no number[/]")
    console.print(table)
    for line in _lines(answers):
        console.print(Padding(line, (1, 0, 0, 0)))
    if len(answers) > 1:
        console.print(Padding(f"[bold]{told['says']}[/]", (1, 0, 0, 0)))
    if told["unused_columns"]:
        console.print(Padding(f"Columns not used: {', '.join(told['unused_columns'])}.", (1, 0, 0, 0)))


def _lines(answers: list[Answer]) -> list[str]:
    """The sentences under the table: all of one answer; of several, what each adds, and what all share once."""
    from civcas.terms.estimate import Estimate

    several, lines = len(answers) > 1, []
    for each in answers:
        title = f"{each.diagnostics.get('title', each.measure)}: " if several else ""
        if not isinstance(each, Estimate):
            lines.append(f"[yellow]{title}{each.reason}.[/] What would help: {each.needs}.")
        elif several:
            shared = [note for note in each.notes if sum(note in getattr(a, "notes", ()) for a in answers) > 1]
            lines += [note if note in shared else f"{title}{note}" for note in each.notes]
        else:
            lines += [each.says, *each.notes, *(f"Assumed: {text}" for text in each.diagnostics["assumptions"])]
    return list(dict.fromkeys(lines))


ENTRY = Command(name="undercount", attach=attach, order=40)
