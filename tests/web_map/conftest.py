"""A browser, and a made-up case as a folder on a disk and from a server, with every complaint of the browser written down."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from browsing import launched
from civcas.public.public import Public
from civcas.web import folder, incidents_js, server
from civcas.web.rendering import assets
from civcas.web.site import Site
from made_up_public import made_up_public

Open = Callable[..., Any]


@pytest.fixture(scope="package")
def browser(driver: Any) -> Iterator[Any]:
    yield from launched(driver, "--use-angle=swiftshader", "--enable-unsafe-swiftshader")


@pytest.fixture(scope="package")
def public() -> Public:
    return made_up_public(400)


@pytest.fixture(scope="package")
def site(public: Public, tmp_path_factory: pytest.TempPathFactory) -> Site:
    return Site.make(public, tmp_path_factory.mktemp("site") / "site.db")


@pytest.fixture(scope="package")
def on_disk(public: Public, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a release's folder."""
    place = tmp_path_factory.mktemp("release")
    folder.write_pages(public, place)
    return place.as_uri()


@pytest.fixture(scope="package")
def live(site: Site) -> Iterator[str]:
    """The address of a server of the same case."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    running = uvicorn.Server(uvicorn.Config(server.Server(lambda: site), port=port, log_level="error", lifespan="off"))
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    while not running.started:
        assert thread.is_alive(), "the server ended before it began"
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    running.should_exit = True
    thread.join()


@pytest.fixture
def opened(browser: Any) -> Iterator[Open]:
    """Opens an address; what the page complains of and asks for is kept beside it, and every page is closed in the end."""
    contexts = []

    def open_(address: str, *, ready: bool = False, width: int = 1280, before: str = "", **options: Any) -> Any:
        contexts.append(browser.new_context(viewport={"width": width, "height": 900}, **options))
        page = contexts[-1].new_page()
        page.complaints, page.asked = [], []
        page.on("console", lambda message: page.complaints.append(message.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("dialog", lambda dialog: (page.complaints.append(dialog.message), dialog.dismiss()))
        page.on("request", lambda request: page.asked.append(request.url))
        if before:
            page.add_init_script(before)
        page.goto(address)
        if ready:
            until_ready(page)
        return page

    yield open_
    for context in contexts:
        context.close()


def until_ready(page: Any) -> None:
    page.wait_for_selector("[data-map][data-ready]")


@pytest.fixture(scope="package")
def bare_page(site: Site, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A page that loads the scripts and the columns, and shows nothing."""
    place = tmp_path_factory.mktemp("bare")
    scripts = ("civcas.js", "query.js", "filter.js")
    for name in scripts:
        (place / name).write_bytes(assets()[name])
    Path(place / "incidents.js").write_text("".join(incidents_js.written(site)), encoding="utf-8")
    tags = "".join(f'<script src="{script}"></script>' for script in (*scripts, "incidents.js"))
    (place / "index.html").write_text(f'<!doctype html><meta charset="utf-8"><title>bare</title>{tags}', "utf-8")
    return (place / "index.html").as_uri()
