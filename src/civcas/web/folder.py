"""Writes the whole site as a folder that opens from a disk.

`index.html`, `incidents/index.html` and so on for each page; `incidents/<address>.html` for each incident, and for each that no longer
stands; `incidents/list/2.html` and on for the rest of the list, so that every incident is reached without script; `ar/…` the same in
Arabic; `assets/`; `data/incidents.js`; `embed/`. Files that a release adds to `data/` before this runs are listed on the data page.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path

from civcas.public.public import Public
from civcas.web import embedding, incident, incidents_js, storing
from civcas.web.language import language, languages
from civcas.web.links import FolderLinks
from civcas.web.query import Query
from civcas.web.rendering import Shown, assets, pages, render
from civcas.web.site import Row, Site

IN_LIST = 100  # incidents on one page of the list
AT_ONCE = 400  # incidents a process writes between two reports of its progress
PROCESSES = 2

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A run of incidents to write in every language, by row number, both ends included."""

    database: Path
    folder: Path
    first: int
    last: int


def write_pages(public: Public, folder: Path, *, progress: Progress | None = None) -> int:
    """Write every page of `public` under `folder`, which is there; the same tables give the same bytes. How many files it wrote.

    `progress(done, of)` is told about incidents, from this process.
    """
    with tempfile.TemporaryDirectory(prefix="civcas-site-") as passing:
        site = Site.make(public, Path(passing) / "site.db")
        wrote = _assets(site, folder)
        site.files = _data_files(folder / "data")
        tasks = [
            Task(database=site.path, folder=folder, first=first, last=min(first + AT_ONCE - 1, site.of))
            for first in range(1, site.of + 1, AT_ONCE)
        ]
        done = 0
        for task, files in _each(tasks):
            done, wrote = done + task.last - task.first + 1, wrote + files
            if progress:
                progress(done, site.of)
        for code in languages():
            wrote += _pages(site, folder, code)
        return wrote


def _each(tasks: list[Task]) -> Iterable[tuple[Task, int]]:
    """Few incidents here, many in two processes started afresh, so that no lock of this one is carried over."""
    if len(tasks) < 2 * PROCESSES:
        yield from ((task, write_incidents(task)) for task in tasks)
        return
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        yield from zip(tasks, pool.map(write_incidents, tasks), strict=True)


def write_incidents(task: Task) -> int:
    """The pages of some incidents in every language."""
    site = Site(task.database)
    rows = site.ask(
        f"SELECT {storing.columns('incident')} FROM incident WHERE rowid BETWEEN ? AND ? ORDER BY rowid",
        (task.first, task.last),
    )
    told = incident.told(site, rows)
    for code in languages():
        words = language(code)
        for one in told:
            links = FolderLinks(language=code, here=f"incidents/{one.row['address']}")
            _write(
                task.folder,
                links,
                render("incident.html", site, links, incident.shown(one, words), page=pages()["incidents"]),
            )
    return len(told) * len(languages())


def _pages(site: Site, folder: Path, code: str) -> int:
    """Every page but the incidents' own: the menu's, the rest of the list, and what became of those that are gone."""
    wrote = 0
    for page in pages().values():
        links = FolderLinks(language=code, here=page.address)
        _write(folder, links, Shown(page=page, site=site, query=Query(size=IN_LIST), links=links).html())
        wrote += 1
    for number in range(2, -(-site.of // IN_LIST) + 1):
        links = FolderLinks(language=code, here=f"incidents/list/{number}")
        listed = Shown(page=pages()["incidents"], site=site, query=Query(size=IN_LIST, page=number), links=links)
        _write(folder, links, listed.html())
        wrote += 1
    for gone in site.ask("SELECT * FROM gone ORDER BY address"):
        links = FolderLinks(language=code, here=f"incidents/{gone['address']}")
        _write(folder, links, render("gone.html", site, links, incident.gone(gone), page=pages()["incidents"]))
        wrote += 1
    return wrote + embedding.write(site, folder, code)


def _assets(site: Site, folder: Path) -> int:
    (folder / "assets").mkdir(parents=True, exist_ok=True)
    (folder / "data").mkdir(exist_ok=True)
    about = json.dumps(asdict(site.about), ensure_ascii=False, indent=1, sort_keys=True)
    (folder / "data" / "about.json").write_text(about + "\n", encoding="utf-8")
    for name, content in assets().items():
        path = folder / "assets" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    with (folder / "data" / "incidents.js").open("w", encoding="utf-8") as out:
        out.writelines(incidents_js.written(site))
    return len(assets()) + 2


def _data_files(data: Path) -> list[Row]:
    return [
        {"name": path.relative_to(data).as_posix(), "bytes": path.stat().st_size, "sha256": _sha256(path)}
        for path in sorted(data.rglob("*"))
        if path.is_file() and path.suffix != ".js"
    ]


def _sha256(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _write(folder: Path, links: FolderLinks, text: str) -> None:
    path = folder / links.file
    if not path.parent.is_dir():
        path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode("utf-8", "replace"))
