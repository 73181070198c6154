"""`civcas serve`: the public pages of a case or of a release, live, to read only."""

from __future__ import annotations

import os
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from civcas.catalog import Command
from civcas.cli.option import Case, working

if TYPE_CHECKING:
    from civcas.web.following import Making

HELP = """Serve the public pages of a case, live, or those of a release.

Only what the case's policy lets anyone see is served, and nothing can be sent. New decisions show within seconds. Needs the extra web. To
let others in, put a web server that speaks https before it (docs/how-to-serve.md).

Examples:

  civcas serve --case syria

  civcas serve --release syria-2026-11 --port 8080
"""
EVERY = 5.0  # seconds between two looks at the ledger

Release = Annotated[
    Path | None, typer.Option("--release", help="Folder of a release, in place of a case.", metavar="DIR")
]
Host = Annotated[
    str, typer.Option("--host", help="Address to listen on; this machine alone unless given.", metavar="ADDRESS")
]
Port = Annotated[int, typer.Option("--port", help="Port to listen on.", min=1, max=65535)]
Basemap = Annotated[
    Path | None,
    typer.Option(
        "--basemap",
        help="GeoJSON or TopoJSON to draw below the map, in place of the one that comes along.",
        metavar="FILE",
    ),
]
Workers = Annotated[int, typer.Option("--workers", help="Processes that answer.", min=1, max=64)]


def serve(
    case: Case = Path(),
    release: Release = None,
    host: Host = "127.0.0.1",
    port: Port = 8001,
    workers: Workers = 2,
    basemap: Basemap = None,
) -> None:
    from civcas.web import server  # says which extra is missing, before anything is made
    from civcas.web.basemap import choose
    from civcas.web.following import Making

    choose(basemap, None if release else case)
    with tempfile.TemporaryDirectory(prefix="civcas-serve-") as folder:
        making, done = Making(Path(folder)), threading.Event()
        head = _show(making, case, release)
        os.environ[server.DATABASE] = str(making.name)
        watching = threading.Thread(target=_watch, args=(making, case, head, done), daemon=True)
        if release is None:
            watching.start()
        typer.echo(f"Serving on http://{host}:{port} (Ctrl-C ends it)")
        try:
            _run(host, port, workers)
        finally:
            done.set()


def _show(making: Making, case: Path, release: Path | None) -> str:
    """Make the tables of a case or a release; the head of the ledger they stand at."""
    if release is not None:
        from civcas.release.reopening import reopened

        with working("Verifying the release"):
            return making.show(reopened(release)).about.head
    with working("Reading the case"):
        return _show_case(making, case)


def _show_case(making: Making, case: Path) -> str:
    from civcas.case.case import Case as Opened
    from civcas.public.showing import showing

    with Opened.open(case) as opened:
        return making.show(showing(opened)).about.head


def _watch(making: Making, case: Path, head: str, done: threading.Event) -> None:
    """Make the tables again when the ledger has grown. A case that cannot be read now is tried again; what was made is served on."""
    from civcas.case.case import Case as Opened
    from civcas.errors import CivcasError

    while not done.wait(EVERY):
        try:
            with Opened.open(case) as opened:
                grown = opened.ledger.head().hash != head
            if grown:
                head = _show_case(making, case)
        except CivcasError as problem:
            typer.echo(f"The pages stay as they were: {problem.found}", err=True)


def _run(host: str, port: int, workers: int) -> None:
    import uvicorn

    uvicorn.run(
        "civcas.web.server:application", factory=True, host=host, port=port, workers=workers, access_log=False, log_level="warning",
        server_header=False, date_header=True, limit_concurrency=1000, timeout_keep_alive=10, h11_max_incomplete_event_size=16_384,
        ws="none", lifespan="off",
    )  # fmt: skip


def attach(app: typer.Typer) -> None:
    app.command("serve", help=HELP)(serve)


ENTRY = Command(name="serve", attach=attach, order=65)
