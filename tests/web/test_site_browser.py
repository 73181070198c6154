"""Every page in a browser: fits a telephone, asks no one for anything, breaks no policy, and axe finds nothing serious."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from browsing import address, until
from checked_article import checked_article
from civcas.web.folder import write_pages
from civcas.web.rendering import pages
from made_up_public import made_up_public

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
VIEWS = [("en", 1280, "light"), ("ar", 390, "dark")]  # each language, width and scheme once
NOISE = ("GPU stall", "WebGL", "swiftshader")  # what a browser without a graphics card says of itself


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release small enough that axe looks at every cell in a second."""
    import dataclasses

    first, *others = (article := checked_article())["claims"]
    claims = [first | {"readings": first["readings"][::20]}, *others]
    public = dataclasses.replace(made_up_public(24), claims=(article | {"claims": claims},))
    out = tmp_path_factory.mktemp("small")
    write_pages(public, out)
    return out


def addresses() -> list[str]:
    from civcas.web.links import file_of

    return [file_of(p.address) for p in pages().values()] + [
        "incidents/cs000001.html", "incidents/cs999999.html", "embed/deaths-by-grade.html",
    ]  # fmt: skip


@pytest.mark.parametrize("path", addresses())
@pytest.mark.parametrize(("code", "width", "scheme"), VIEWS)
def test_a_page_fits_asks_no_one_keeps_its_policy_and_axe_finds_nothing_serious(
    browser: Any, small: Path, path: str, code: str, width: int, scheme: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    name = path if code == "en" else f"embed/ar/{path[6:]}" if path.startswith("embed/") else f"ar/{path}"
    shown = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme).new_page()
    complaints: list[str] = []
    asked: list[str] = []
    shown.on("console", lambda message: complaints.append(message.text))
    shown.on("pageerror", lambda wrong: complaints.append(str(wrong)))
    shown.on("request", lambda request: asked.append(request.url))
    shown.goto((small / name).as_uri())
    for summary in shown.locator("summary:visible").all():
        summary.click()
    assert shown.evaluate("document.documentElement.scrollWidth") == width
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
    assert [text for text in complaints if not any(noise in text for noise in NOISE)] == []
    found = axe.Axe().run(shown).response["violations"]
    serious = [
        (v["id"], v["impact"], [n["target"] for n in v["nodes"]][:3])
        for v in found
        if v["impact"] in ("serious", "critical")
    ]
    assert serious == []
    shown.context.close()


def test_no_page_is_wider_than_its_screen_in_the_other_language_either(browser: Any, small: Path) -> None:
    shown = browser.new_context(viewport={"width": 390, "height": 900}).new_page()
    for path in [small / name for name in addresses()] + sorted((small / "incidents/").glob("*.html"))[:6]:
        shown.goto(path.as_uri())
        assert shown.evaluate("document.documentElement.scrollWidth") == 390, path.name
    shown.context.close()


def test_paper_is_white_whatever_the_screen_and_shows_no_form(browser: Any, small: Path) -> None:
    shown = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="dark").new_page()
    shown.goto((small / "incidents/index.html").as_uri())
    assert shown.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(22, 25, 29)"
    shown.emulate_media(media="print", color_scheme="dark")
    assert shown.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert not shown.locator("form.filters").is_visible()
    shown.context.close()


@pytest.mark.parametrize("code", ["en", "ar"])
def test_by_keyboard_from_the_overview_to_the_report_behind_a_number_and_back(
    browser: Any, folder: Path, code: str
) -> None:
    shown = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    shown.goto((folder / ("" if code == "en" else code) / "index.html").as_uri())
    shown.keyboard.press("Tab")
    until(shown, "document.activeElement.className === 'skip'")
    shown.locator('main a[href*="incidents/index.html?"]').first.focus()
    shown.keyboard.press("Enter")
    shown.wait_for_selector("[data-found]")
    until(shown, "Number(document.querySelector('[data-found]').dataset.found) < 300")
    shown.wait_for_load_state()
    before = address(shown)
    assert "?" in before
    shown.locator("table[data-list] tbody th a").first.focus()
    shown.keyboard.press("Enter")
    shown.wait_for_selector("article.incident")
    shown.go_back()
    shown.wait_for_selector("[data-found]")
    assert address(shown) == before
    shown.goto((folder / ("" if code == "en" else code) / "incidents/cs000002.html").as_uri())
    number = shown.locator("details.number-behind summary").first
    number.focus()
    shown.keyboard.press("Enter")
    shown.locator("details.number-behind a, details.number-behind p").first.wait_for(state="visible")
    shown.context.close()
