"""The options that several commands share, spelt once."""

from __future__ import annotations

import contextlib
import getpass
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

Case = Annotated[Path, typer.Option("--case", envvar="CIVCAS_CASE", help="Folder of the case.", metavar="DIR")]
OfCase = Annotated[
    Path | None,
    typer.Option("--case", help="The register of this case, in place of a folder of tables.", metavar="DIR"),
]
AsOf = Annotated[
    str | None, typer.Option("--as-of", help="With --case: as it stood then; a day, a time or an entry (@41).")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
By = Annotated[
    str,
    typer.Option("--by", envvar="CIVCAS_AUTHOR", help="Who does this; your login name unless given.", metavar="NAME"),
]
Because = Annotated[str, typer.Option("--because", help="Why; kept for ever.", metavar="REASON")]
Passphrase = Annotated[
    str,
    typer.Option(
        "--passphrase", envvar="CIVCAS_PASSPHRASE", help="Of the signing key, where it has one.", show_envvar=True
    ),
]


@contextlib.contextmanager
def working(what: str) -> Iterator[None]:
    """Shows, to a person at a terminal, that something longer is under way."""
    from rich.console import Console

    with Console(stderr=True).status(what):
        yield


@contextlib.contextmanager
def writing(path: Path) -> Iterator[None]:
    """A file for the user is written: a full disk, a missing folder or a missing right is one clear message."""
    from civcas.errors import BadInput
    from civcas.vault import explained

    try:
        yield
    except FileNotFoundError:
        raise BadInput("there is no such folder", where=str(path.absolute().parent)) from None
    except FileExistsError:
        raise BadInput("this file is there already", where=str(path), expected="a new file") from None
    except OSError as failed:
        raise explained(failed, where=path) from failed


def author(by: str) -> str:
    """The name an entry is signed with."""
    return by or getpass.getuser()


def print_json(value: Any) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def words(value: Any) -> str:
    """What was decided or published, as a person writes it: {"min": 3, "max": 7} is 3–7."""
    if not isinstance(value, dict):
        return "nothing" if value is None else str(value)
    if value.get("as_published"):
        return "as published"
    if value.keys() == {"min", "max"}:
        return span(value["min"], value["max"])
    return ", ".join(f"{name} {said}" for name, said in value.items() if said is not None)


def span(low: float | None, high: float | None) -> str:
    """A range that may be open: 3–7, 7, at least 3, at most 7, unknown."""
    if low is None and high is None:
        return "unknown"
    if low is None or high is None:
        return f"at least {low:,g}" if low is not None else f"at most {high:,g}"
    return f"{low:,g}" if low == high else f"{low:,g}–{high:,g}"
