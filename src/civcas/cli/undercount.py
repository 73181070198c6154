"""`civcas undercount LISTS.csv`: how many are on no list, for people who have only a table of lists."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
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
  civcas undercount imputed-1.csv imputed-2.csv imputed-3.csv --strata sex

Several files are versions of the same lists (imputations, ways to link them); each is estimated, and all are pooled into one answer.

Exit codes: 0 a number · 2 the file was not usable · 3 refused: these lists cannot carry a number, the reason is printed.
"""


def attach(app: typer.Typer) -> None:
    @app.command("undercount", help=HELP)
    def undercount(
        lists_files: Annotated[
            list[Path], typer.Argument(metavar="LISTS.csv...", help="The table of lists; several are pooled.")
        ],
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
        combine: Annotated[
            str, typer.Option(help="How imputations become one answer: medians, or pool (as several files are).")
        ] = "medians",
        level: Annotated[float, typer.Option(help="Nominal coverage of the intervals.")] = 0.95,
        seed: Annotated[int | None, typer.Option(help="Seed of random draws; the same seed, the same answer.")] = None,
        as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
        svg: Annotated[
            Path | None, typer.Option("--svg", "--picture", metavar="FILE.svg", help="Write the picture to this file.")
        ] = None,
        html: Annotated[Path | None, typer.Option(help="Write the answer as a page to this file.")] = None,
    ) -> None:
        asked = _Asked(method=method, level=level, seed=seed, missing=missing, combine=combine)
        _refuse_wrong_options(asked, strata or [], lists_files)
        from civcas.measures.undercount import sheet

        names = tuple(part.strip() for part in lists.split(",") if part.strip())
        found = [sheet.read(each, lists=names, count=count, strata=strata or []) for each in lists_files]
        read, unused = {str(path): each for path, (each, _) in zip(lists_files, found, strict=True)}, found[0][1]
        answers = _answers(read, asked, quiet=as_json)
        told = _told(answers, round(sum(each.whole.n for each in read.values()) / len(read)), unused)
        _write(told, answers, svg, html)
        if as_json:
            typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
        else:
            _print(told, answers)
        if all(type(each).__name__ == "Refusal" for each in answers):
            raise typer.Exit(EXIT_REFUSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """How an answer is wanted, as the options say it."""

    method: str
    level: float
    seed: int | None
    missing: str
    combine: str


def _refuse_wrong_options(asked: _Asked, strata: list[str], files: list[Path]) -> None:
    if not 0 < asked.level < 1:
        raise BadInput(f"--level is {asked.level}", expected="a number between 0 and 1, such as 0.95")
    for option, given, known in (
        ("--missing", asked.missing, ("impute", "drop")),
        ("--combine", asked.combine, ("medians", "pool")),
    ):
        if given not in known:
            raise BadInput(f"{option} is {given!r}", expected=" or ".join(known))
    if asked.method == "all" and strata:
        raise BadInput("--method all cannot be combined with --strata", do="Name one method, or leave out --strata.")
    if asked.method == "all" and len(files) > 1:
        raise BadInput("--method all takes one file of lists", do="Name one method to pool several files.")
    if len({each.absolute() for each in files}) < len(files):
        raise BadInput("a file is named twice", expected="different versions of the same lists",
                       do="Name each file once: a copy adds nothing and narrows the interval.")  # fmt: skip


def _answers(read: dict[str, Strata], asked: _Asked, *, quiet: bool) -> list[Answer]:
    from rich.console import Console

    from civcas.measures.undercount import answering, methods

    with Console(stderr=True, quiet=quiet).status("estimating") as status:
        wish = methods.Wish(level=asked.level, progress=status.update)
        wish = wish if asked.seed is None else replace(wish, seed=asked.seed)
        if len(read) > 1:
            return [answering.pooled(list(read.values()), method_name=asked.method, wish=wish, names=list(read))]
        (one,) = read.values()
        if asked.method == "all":
            return answering.compare(one.whole, wish=wish)
        how: dict[str, Any] = {"missing": asked.missing, "combine": asked.combine}
        return [answering.answer(one, method_name=asked.method, wish=wish, **how)]


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

    drawn = picture.draw(answers, documented=told["documented"], says=told.get("says", ""))
    if svg is not None:
        svg.write_text(drawn.svg(headed=True), encoding="utf-8")
    if html is not None:
        html.write_text(page.compose(answers, drawn, says=told.get("says", "")), encoding="utf-8")


def _print(told: dict[str, Any], answers: list[Answer]) -> None:
    from rich.console import Console
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

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
        console.print(Padding(Text(f"Columns not used: {', '.join(told['unused_columns'])}."), (1, 0, 0, 0)))


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
