"""A browser for tests. `CIVCAS_TEST_SLOW=12` makes every page twelve times slower, to see that tests wait for states and not for times."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from typing import Any

import pytest

PLAIN = ("--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync")
PATIENCE = 30_000 * max(1, int(os.environ.get("CIVCAS_TEST_SLOW", "1")) // 4)  # ms, on a machine that does other things


class Slowed:
    """A browser whose pages get only a part of the processor, as on an old telephone; all else is the browser's own."""

    def __init__(self, browser: Any, times: int) -> None:
        self._browser, self._times = browser, times

    def __getattr__(self, name: str) -> Any:
        return getattr(self._browser, name)

    def new_context(self, **options: Any) -> Any:
        context = self._browser.new_context(**options)
        context.set_default_timeout(PATIENCE)
        if self._times > 1:
            context.on("page", self._slow)
        return context

    def new_page(self, **options: Any) -> Any:
        return self.new_context(**options).new_page()

    def _slow(self, page: Any) -> None:
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": self._times})


def launched(driver: Any, *arguments: str) -> Iterator[Any]:
    """Debian's chromium, or a skip that says how to get it; closed in the end."""
    chromium = shutil.which("chromium")
    if not chromium:
        pytest.skip("chromium is not installed: sudo apt-get install chromium")
    opened = driver.chromium.launch(executable_path=chromium, args=[*PLAIN, *arguments])
    yield Slowed(opened, int(os.environ.get("CIVCAS_TEST_SLOW", "1")))
    opened.close()


def until(page: Any, expression: str, argument: Any = None) -> None:
    """Waits until an expression is true; Playwright's own way would evaluate it within the page, which the policy forbids."""
    stop = time.monotonic() + PATIENCE / 1000
    while not page.evaluate(expression, argument):
        assert time.monotonic() < stop, (
            f"never true: {expression} {argument if argument is not None else ''} at {address(page)}"
        )
        time.sleep(0.03)


def expect(shown: Any) -> Any:
    """Playwright's own, that looks again until what is expected is there, with our patience."""
    tool = pytest.importorskip("playwright.sync_api").expect
    tool.set_options(timeout=PATIENCE)
    return tool(shown)


def address(page: Any) -> str:
    """Where the page itself says that it is. What Playwright remembers comes later, when the browser's other process has told it."""
    return str(page.evaluate("location.href"))


def until_asked(page: Any, *parts: str) -> None:
    """Waits until the query of the address has these parts."""
    for part in parts:
        until(page, "(part) => location.search.includes(part)", part)


def until_number(page: Any, mark: str, wanted: int) -> None:
    """Waits until the number that the page puts beside a mark is this one."""
    expect(page.locator(f"[data-{mark}]").first).to_have_attribute(f"data-{mark}", str(wanted))


def back(page: Any) -> None:
    """One step back within a page, until the page has shown it. Playwright's `go_back` takes any new address for its answer, as of a map
    that came to rest, and a second one then goes back from where the first never left."""
    page.evaluate(
        "new Promise((done) => { addEventListener('popstate', () => done(), {once: true}); history.back(); })"
    )
