"""`civcas release`: publishes a case, and checks and compares what was published."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from civcas.catalog import Command
from civcas.cli.option import By, Case, Json, author, print_json

BUILD = """Write what a case says into a new folder that anyone can read, search, cite and keep.

OUT is a static site that opens from a disk or any web server, with the data as CSV, Parquet and GeoJSON, notes on method and
on what is not known, the changes against the previous release, and release.json, which proves the rest. What is shown, and how
places are masked, stands in [redaction] of civcas.toml. Every byte is searched for what must not leave the case: a folder
that holds any of it is not written. The same entry gives the same bytes; a release is never overwritten.

Exit codes: 0 written · 2 not usable, or something would leak; nothing was written.

Examples:

  civcas release build public/2026-11 --case raqqa

  civcas release build public/2026-12 --case raqqa --previous public/2026-11

  civcas release build again --case raqqa --until @41
"""
VERIFY = """Hold a release against its manifest: every file is there, is as it was written, and there is no other.

Exit codes: 0 whole · 2 not usable · 20 the manifest is damaged · 21 a file is missing · 22 a file was changed · 23 a file was
added · 24 whole, but not the release whose hash was given.

Examples:

  civcas release verify public/2026-11

  civcas release verify public/2026-11 --hash 5e0c…
"""
DIFF = """Say what changed between two releases, incident by incident, and why.

Exit codes: 0 compared, whether they differ or not · 2 not usable · 20 to 23 as in verify.

Examples:

  civcas release diff public/2026-11 public/2026-12

  civcas release diff public/2026-11 public/2026-12 --json | jq '.counts'
"""


def build(
    out: Annotated[Path, typer.Argument(help="A new folder.", metavar="OUT")],
    case: Case = Path(),
    until: Annotated[str | None, typer.Option(help="A day, a time or an entry (@41); now if left out.")] = None,
    version: Annotated[str, typer.Option(help="Its name; the day and number of the last entry if left out.")] = "",
    previous: Annotated[
        Path | None,
        typer.Option(help="The release before it: changes are listed, and its addresses go on resolving."),
    ] = None,
    no_record: Annotated[
        bool,
        typer.Option("--no-record", help="Do not note the release in the ledger; to try, or to build one again."),
    ] = False,
    by: By = "",
    as_json: Json = False,
) -> None:
    from civcas.case.case import Case as Opened
    from civcas.release.building import build as build_release
    from civcas.release.building import record
    from civcas.web.basemap import choose

    choose(None, case)
    with Opened.open(case) as opened, _steps(quiet=as_json) as tell:
        built = build_release(opened, out, until=until, version=version, previous=previous, tell=tell)
        if not no_record:
            record(opened, built, author=author(by))
    _print_built(out, built, as_json=as_json)


def verify(
    folder: Annotated[Path, typer.Argument(help="A release.", metavar="DIR")],
    hash_: Annotated[str, typer.Option("--hash", help="Its hash, as noted elsewhere.")] = "",
    as_json: Json = False,
) -> None:
    from civcas.release.damage import Damaged
    from civcas.release.verify import verify as verify_release

    try:
        manifest = verify_release(folder, expected=hash_)
    except Damaged as damaged:
        if as_json:
            told = {"whole": False, "damage": damaged.damage.name.lower(), "says": damaged.found}
            print_json(told | {"exit_code": damaged.exit_code})
        raise
    if as_json:
        print_json({"whole": True, "version": manifest.version, "hash": manifest.hash, "files": len(manifest.files)})
        return
    typer.echo(f"Whole: release {manifest.version}, {len(manifest.files):,} files, hash {manifest.hash}")


def diff(
    older: Annotated[Path, typer.Argument(help="A release.", metavar="A")],
    newer: Annotated[Path, typer.Argument(help="Another.", metavar="B")],
    as_json: Json = False,
) -> None:
    from civcas.release.difference import difference
    from civcas.release.telling_changes import as_markdown

    told = difference(older, newer)
    typer.echo(
        json.dumps(told, ensure_ascii=False, indent=1, default=str)
        if as_json
        else as_markdown(told, title=told["title"])
    )


def attach(app: typer.Typer) -> None:
    release = typer.Typer(
        help="Publish a case as a folder that never changes; check and compare what was published.",
        no_args_is_help=True,
    )
    app.add_typer(release, name="release")
    release.command("build", help=BUILD)(build)
    release.command("verify", help=VERIFY)(verify)
    release.command("diff", help=DIFF)(diff)


@contextmanager
def _steps(*, quiet: bool) -> Iterator[Callable[[str], None]]:
    """Says on standard error what is being done."""
    from rich.console import Console

    with Console(stderr=True, quiet=quiet).status("opening the case") as status:
        yield lambda step: status.update(step)


def _print_built(out: Path, built: Any, *, as_json: bool) -> None:
    manifest = built.manifest
    size = sum(file["bytes"] for file in manifest.files.values())
    if as_json:
        print_json({
            "path": str(out), "version": manifest.version, "hash": manifest.hash, "sequence": manifest.sequence,
            "files": len(manifest.files), "bytes": size, "rows": manifest.rows, "changes": built.changes,
            "warnings": built.warnings,
        })  # fmt: skip
        return
    typer.echo(f"Release {manifest.version}: {len(manifest.files):,} files, {size / 1e6:,.1f} MB, in {out}")
    typer.echo(f"Its hash, to be noted elsewhere: {manifest.hash}")
    if manifest.previous:
        typer.echo(f"{built.changes:,} changes against release {manifest.previous['version']}: see CHANGES.md")
    for warning in built.warnings:
        typer.echo(f"Before you publish: {warning}", err=True)


ENTRY = Command(name="release", attach=attach, order=70)
