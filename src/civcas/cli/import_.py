"""`civcas import FORMAT FILE…`: reads published files into tables and says what became of every row."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from civcas.catalog import Command
from civcas.cli.option import By, author
from civcas.errors import BadInput

EXAMPLES = """Examples:

  civcas import airwars incidents.csv --country Syria --out tables/
  civcas import ucdp_ged GEDEvent_v26_1.csv --case mycase/ --vintage 26.1
  civcas import mapped sheet.xlsx --mapping sheet.mapping.yaml --out tables/

Exit codes: 0 read, with the accounts printed · 2 a file could not be used, and nothing was written for it.
"""


def attach(app: typer.Typer) -> None:
    @app.command(
        "import", epilog=EXAMPLES, help="Read published files into tables; every row is read, or listed as unread."
    )
    def import_(
        format_: Annotated[str, typer.Argument(metavar="FORMAT", help="One of `civcas formats`.")],
        files: Annotated[list[Path], typer.Argument(help="Files as their publisher gives them.")],
        case: Annotated[Path | None, typer.Option(help="Keep the originals and tables in this case.")] = None,
        out: Annotated[
            Path | None, typer.Option(help="Write the tables, as Parquet, into this folder instead.")
        ] = None,
        dataset: Annotated[str, typer.Option(help="Name of the dataset, where it is not the format's own.")] = "",
        vintage: Annotated[str, typer.Option(help="Version or date of the dataset: 26.1, 2026-05-02.")] = "",
        country: Annotated[str, typer.Option(help="Country of the whole file, where the file names none.")] = "",
        mapping: Annotated[
            Path | None, typer.Option(help="The mapping file of format `mapped`; see civcas map.")
        ] = None,
        encoding: Annotated[str, typer.Option(help="Encoding of the text, where civcas cannot tell it.")] = "",
        delimiter: Annotated[str, typer.Option(help="What separates cells, where , ; tab and | do not.")] = "",
        sheet: Annotated[str, typer.Option(help="Name of the sheet of a spreadsheet that has several.")] = "",
        member: Annotated[str, typer.Option(help="Name of the file inside an archive that has several.")] = "",
        date_format: Annotated[
            list[str] | None,
            typer.Option(
                help="How days are written, where the file cannot show it: day-first, month-first, or a pattern such as %d/%m/%Y. "
                "For one column: COLUMN=day-first. May be given several times."
            ),
        ] = None,
        by: By = "",
        as_json: Annotated[bool, typer.Option("--json", help="Print the accounts as JSON.")] = False,
    ) -> None:
        from civcas.importers.importer import Options

        if (case is None) == (out is None):
            raise BadInput("say where the tables go", expected="either --case DIR or --out DIR")
        take = _into_case(case, author(by)) if case else _into_folder(out or Path(), several=len(files) > 1)
        options = Options(
            dataset=dataset, vintage=vintage, country=country, mapping=mapping, encoding=encoding, delimiter=delimiter,
            sheet=sheet, member=member, date_formats=tuple(date_format or ()),
        )  # fmt: skip
        accounts = [_shown(take, format_, file, options, quiet=as_json) for file in files]
        if as_json:
            typer.echo(json.dumps(accounts, ensure_ascii=False, indent=2, default=str))
            return
        for each in accounts:
            print_accounts(each)


Take = Callable[[str, Path, Any], Any]


def _shown(take: Take, format_: str, file: Path, options: Any, *, quiet: bool) -> dict[str, Any]:
    """Read one file while saying on standard error what is being done."""
    from rich.console import Console

    with Console(stderr=True, quiet=quiet).status(f"reading {file.name}") as status:
        imported = take(format_, file, replace(options, tell=status.update))
    return dict(imported.to_dict())


def _into_folder(out: Path, *, several: bool) -> Take:
    from civcas.catalog import find
    from civcas.importers.reading import read

    def take(format_: str, file: Path, options: Any) -> Any:
        importer = find("importers", format_, kind="format")
        imported = read(importer, file, out / file.name.split(".")[0] if several else out, options)
        (imported.folder / "accounts.json").write_text(
            json.dumps(imported.to_dict(), ensure_ascii=False, indent=2), encoding="utf-8"
        )
        return imported

    return take


def _into_case(case: Path, by: str) -> Take:
    from civcas.case.taking import take

    return lambda format_, file, options: take(case, format_, file, options, author=by)


def print_accounts(accounts: dict[str, Any]) -> None:
    """The accounts of one file as a small table: what was given, where it went, and what to look at."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    shown = Table(show_header=False, box=None, pad_edge=False)
    shown.add_column(justify="right")
    shown.add_column()
    shown.add_row(f"{accounts['given']:,}", "rows given")
    shown.add_row(f"{accounts['read']:,}", "read: " + _listing(accounts["tables"]))
    shown.add_row(f"{accounts['unread']:,}", Text("unread" + _because(accounts["reasons"])))
    shown.add_row(f"{accounts['flagged']:,}", Text("read and flagged" + _because(accounts["doubts"])))
    console = Console(highlight=False)
    console.print(
        f"{accounts['file']} ({accounts['importer']}: {accounts['layout']})", style="bold", soft_wrap=True, markup=False
    )
    console.print(shown)
    console.print(
        f"SHA-256 {accounts['sha256'][:16]}…; licence: {accounts['licence']}", style="dim", soft_wrap=True, markup=False
    )


def _because(counts: dict[str, int]) -> str:
    return ": " + _listing(counts) if counts else ""


def _listing(counts: dict[str, int], most: int = 6) -> str:
    named = [f"{count:,} {name}" for name, count in list(counts.items())[:most]]
    return ", ".join(named) + (", …" if len(counts) > most else "")


ENTRY = Command(name="import", attach=attach, order=60)
