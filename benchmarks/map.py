"""How long until the map is drawn and can be used, from the address to `data-ready`, in Chromium without a graphics card.

    python benchmarks/map.py [--sizes 20000 200000] [--times 3]

Prints for each size, from a disk and from a server: the median and the slowest of `--times` visits with an empty cache, what the
browser's own processes took of the processor, and how large the columns are. Targets: 20,000 incidents 1.5 s, 200,000 incidents 4 s.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import uvicorn
from playwright.sync_api import sync_playwright

from civcas.web import folder, server
from civcas.web.links import FolderLinks
from civcas.web.query import Query
from civcas.web.rendering import Shown, pages
from civcas.web.site import Site
from made_up_public import made_up_public

ARGUMENTS = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
TARGETS = {20_000: 1.5, 200_000: 4.0}


def main() -> None:
    given = argparse.ArgumentParser()
    given.add_argument("--sizes", type=int, nargs="+", default=list(TARGETS))
    given.add_argument("--times", type=int, default=3)
    asked = given.parse_args()
    for size in asked.sizes:
        with tempfile.TemporaryDirectory(prefix="civcas-map-") as place:
            site = Site.make(made_up_public(size, reports_each=1), Path(place) / "site.db")
            measure(site, Path(place), size, asked.times)


def measure(site: Site, place: Path, size: int, times: int) -> None:
    on_disk = place / "release"
    on_disk.mkdir()
    folder._assets(site, on_disk)
    links = FolderLinks(language="en", here="map")
    folder._write(on_disk, links, Shown(page=pages()["map"], site=site, query=Query(), links=links).html())
    columns = (on_disk / "data" / "incidents.js").stat().st_size
    print(
        f"{size:,} incidents, columns {columns / 1e6:.1f} MB, target {TARGETS.get(size, 0):g} s; load {os.getloadavg()[0]:.1f}"
    )
    show("from a disk", visits((on_disk / "map" / "index.html").as_uri(), times))
    address, stop = served(site)
    show("from a server", visits(f"{address}/map", times))
    stop()


def visits(address: str, times: int) -> list[tuple[float, float]]:
    """Seconds until ready, and seconds of processor that the whole browser took until then; each in a browser of its own."""
    taken = []
    for _ in range(times):
        with sync_playwright() as tool:
            browser = tool.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.goto("about:blank")
            before = processor()
            page.goto(address)
            page.wait_for_selector("[data-map][data-ready]", timeout=60_000)
            after = processor()
            taken.append((int(page.get_attribute("[data-map]", "data-ready") or 0) / 1000, after - before))
            browser.close()
    return taken


def processor() -> float:
    """Seconds of processor taken by this process's descendants that still run."""
    stats = {
        p.name: p.joinpath("stat").read_text().rpartition(")")[2].split()
        for p in Path("/proc").iterdir()
        if p.name.isdigit()
    }
    mine, found = {str(os.getpid())}, True
    while found:
        found = {pid for pid, s in stats.items() if s[1] in mine and pid not in mine}
        mine |= found
    mine.discard(str(os.getpid()))
    return sum(int(stats[pid][11]) + int(stats[pid][12]) for pid in mine if pid in stats) / os.sysconf("SC_CLK_TCK")


def served(site: Site) -> tuple[str, Callable[[], Any]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    running = uvicorn.Server(uvicorn.Config(server.Server(lambda: site), port=port, log_level="error", lifespan="off"))
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    while not running.started:
        time.sleep(0.02)

    def stop() -> None:
        running.should_exit = True
        thread.join()

    return f"http://127.0.0.1:{port}", stop


def show(name: str, taken: list[tuple[float, float]]) -> None:
    ready, cpu = zip(*taken, strict=True)
    print(
        f"  {name}: ready after {statistics.median(ready):.2f} s (slowest {max(ready):.2f} s), processor {statistics.median(cpu):.2f} s"
    )


if __name__ == "__main__":
    main()
