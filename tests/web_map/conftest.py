"""A browser, and a folder with the scripts of the map and the columns of a made-up case."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from civcas.web.columns import columns_script

from civcas.web.site import Site
from made_up_public import made_up_public

ARGUMENTS = [
    "--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="package")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api")
    chromium = shutil.which("chromium")
    if not chromium:
        pytest.skip("chromium is not installed: sudo apt-get install chromium")
    with playwright.sync_playwright() as tool:
        opened = tool.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return Site.make(made_up_public(400), tmp_path_factory.mktemp("site") / "site.db")


@pytest.fixture(scope="package")
def bare_page(site: Site, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A page that loads the scripts and the columns, and shows nothing."""
    folder = tmp_path_factory.mktemp("bare")
    shutil.copytree(Path(str(files("civcas.web").joinpath("assets"))), folder / "assets")
    (folder / "incidents.js").write_text(columns_script(site.public), encoding="utf-8")
    scripts = ("assets/civcas.js", "assets/query.js", "assets/filter.js", "incidents.js")
    tags = "".join(f'<script src="{script}"></script>' for script in scripts)
    (folder / "index.html").write_text(f'<!doctype html><meta charset="utf-8"><title>bare</title>{tags}', "utf-8")
    return (folder / "index.html").as_uri()
