"""The folder of a release: every page there, the same bytes each time, nothing that only a server could answer."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from urllib.parse import unquote

from civcas.web.folder import write_pages
from civcas.web.rendering import pages
from made_up_public import made_up_public


def hashes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_same_tables_give_the_same_bytes(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for out in (first, second):
        out.mkdir()
        write_pages(made_up_public(30), out)
    assert hashes(first) == hashes(second)


def test_every_page_and_every_incident_is_there_in_every_language(folder: Path) -> None:
    for prefix in ("", "ar/"):
        for page in pages().values():
            assert (folder / f"{prefix}{page.address or '.'}/index.html").is_file()
        assert len(list((folder / f"{prefix}incidents").glob("cs*.html"))) == 301, "300 incidents and one that is gone"
    assert (folder / "data/about.json").is_file() and (folder / "data/incidents.js").is_file()


def test_without_script_the_list_reaches_every_incident(folder: Path) -> None:
    listed = [folder / "incidents/index.html", *sorted((folder / "incidents/list").glob("*.html"))]
    found = {m for path in listed for m in re.findall(r'href="[./]*incidents/(cs\d+)\.html"', path.read_text())}
    assert len(listed) == 3 and len(found) == 300


def test_every_link_of_every_page_leads_to_a_file(folder: Path) -> None:
    broken = []
    for path in [
        p for p in folder.rglob("*.html") if "incidents/cs" not in p.as_posix() or p.stem in ("cs000001", "cs999999")
    ]:
        for link in re.findall(r'(?:href|src|action)="([^"#]+)', path.read_text(encoding="utf-8")):
            if link.startswith("data:"):
                continue
            target = (path.parent / unquote(link.split("?")[0])).resolve()
            if not target.is_file() or not target.is_relative_to(folder.resolve()):
                broken.append((path.relative_to(folder).as_posix(), link))
    assert broken == []


def test_progress_is_told_to_the_end(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    write_pages(made_up_public(12), tmp_path, progress=lambda done, of: told.append((done, of)))
    assert told[-1] == (12, 12)
