"""The report in a browser: fits a telephone, asks no one for anything, breaks no policy, and axe finds nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from browsing import launched, until
from checked_article import checked_article
from civcas.telling.page import page

pytest.importorskip("playwright.sync_api")
SIZES = [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")]
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module")
def browser(driver: Any) -> Iterator[Any]:
    yield from launched(driver, "--disable-gpu")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    path: Path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(page(thinned(checked_article())), encoding="utf-8")
    return path.as_uri()


def thinned(report: dict[str, Any]) -> dict[str, Any]:
    """The same report with a fifth of the readings: axe looks at every cell, and all rows are made alike."""
    first, *others = report["claims"]
    return report | {"claims": [first | {"readings": first["readings"][::5]}, *others]}


def opened(browser: Any, address: str, width: int, scheme: str) -> Any:
    shown = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme).new_page()
    shown.complaints, shown.asked = [], []
    shown.on("console", lambda message: shown.complaints.append(message.text))
    shown.on("request", lambda request: shown.asked.append(request.url))
    shown.goto(address)
    for summary in shown.locator("summary").all():
        summary.click()
    return shown


@pytest.mark.parametrize(("width", "scheme"), SIZES)
def test_the_report_fits_asks_no_one_keeps_its_policy_and_axe_finds_nothing(
    browser: Any, address: str, width: int, scheme: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    shown = opened(browser, address, width, scheme)
    assert shown.evaluate("document.documentElement.scrollWidth") == width
    assert shown.asked == [address]
    assert shown.complaints == []
    found = axe.Axe().run(shown).response["violations"]
    assert [(v["id"], v["impact"], [n["target"] for n in v["nodes"]][:3]) for v in found] == []
    shown.context.close()


@pytest.mark.parametrize(
    ("width", "seen", "hidden"), [(1280, ".cv-wide", ".cv-narrow"), (390, ".cv-narrow", ".cv-wide")]
)
def test_each_width_gets_its_own_picture(browser: Any, address: str, width: int, seen: str, hidden: str) -> None:
    shown = opened(browser, address, width, "light")
    shown.locator(seen).first.wait_for(state="visible")
    assert not shown.locator(hidden).first.is_visible()
    shown.context.close()


def test_dark_changes_the_paper_and_print_is_always_light(browser: Any, address: str) -> None:
    shown = opened(browser, address, 1280, "dark")
    colour = "getComputedStyle(document.body).backgroundColor"
    assert shown.evaluate(colour) == "rgb(22, 25, 29)"
    shown.emulate_media(media="print", color_scheme="dark")
    assert shown.evaluate(colour) == "rgb(255, 255, 255)"
    shown.context.close()


def test_the_first_key_offers_to_skip_to_the_verdicts(browser: Any, address: str) -> None:
    shown = opened(browser, address, 1280, "light")
    shown.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    shown.goto(address)
    shown.keyboard.press("Tab")
    until(shown, "document.activeElement.textContent === 'Skip to the verdicts'")
    shown.keyboard.press("Enter")
    until(shown, "document.activeElement.id === 'main'")
    shown.context.close()


def test_the_link_under_the_picture_opens_the_table(browser: Any, address: str) -> None:
    shown = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    shown.goto(address)
    assert not shown.locator("#claim-c01-readings").is_visible()
    shown.get_by_role("link", name="All numbers as a table").first.click()
    shown.locator("#claim-c01-readings").wait_for(state="visible")
    shown.context.close()
