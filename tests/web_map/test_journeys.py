"""A reader's way by keyboard alone: overview, one belligerent and one month, map, incident, the report behind a number, and back."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest

from browsing import address, back, expect, until, until_asked
from civcas.terms.window import Window
from civcas.web.query import Query
from civcas.web.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
MOST_TABS = 90
ASKED = Query(belligerents=("Coalition",), window=Window.parse("2016-03"))


def tab_to(page: Any, selector: str) -> None:
    """Presses the tab key until the element has attention; a reader could not get there otherwise."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} cannot be reached with the tab key from {page.url}")


def choose(page: Any, value: str) -> None:
    """By the first letter of a choice, again until it stands there: whole words are put together only while keys come quickly."""
    for _ in range(page.evaluate("document.activeElement.options.length")):
        page.keyboard.press(value[0])
        if page.evaluate("document.activeElement.value") == value:
            return
    raise AssertionError(f"{value} cannot be chosen by its first letter")


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("where", ["live", "on_disk"])
def test_from_the_overview_to_the_report_behind_a_number_and_back(
    opened: Any, live: str, on_disk: str, site: Site, where: str, language: str
) -> None:
    begin = {"live": live, "on_disk": on_disk}[where] + ("" if language == "en" else "/ar")
    page = opened(begin if where == "live" else f"{begin}/index.html")
    tab_to(page, '.menu a[href*="incidents"]')
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-list]")
    page.wait_for_load_state()  # until then keys may go to what is not there yet

    # when one belligerent and one month are asked for
    tab_to(page, ".filters summary")
    page.keyboard.press("Enter")
    tab_to(page, "#belligerents")
    until(page, "document.activeElement.options.length > 1")
    choose(page, "Coalition")
    for name, day in (("from", "03012016"), ("to", "03312016")):
        tab_to(page, f"#{name}")
        page.keyboard.type(day)
    if where == "live":
        page.keyboard.press("Enter")
    expected = site.found(ASKED).incidents
    page.wait_for_selector(f'[data-found="{expected}"]')
    page.wait_for_load_state()
    until_asked(page, "belligerents=Coalition")

    # then the map shows the same, and its address says so
    tab_to(page, '.take a[href*="map"]')
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-map][data-ready]")
    page.wait_for_selector(f'[data-found="{expected}"]')
    until_asked(page, "belligerents=Coalition", "window=2016-03")
    page.wait_for_load_state()

    # and an incident of it is reached through the list beside the map
    tab_to(page, "[data-places] button")
    for _ in range(12):
        page.keyboard.press("Enter")
        until(page, "!civcas.page.map.map.isMoving()")
        if page.locator(".maplibregl-popup a").count():
            break
        until(page, "document.activeElement.closest('[data-places]') !== null")
    tab_to(page, ".maplibregl-popup a") if not page.evaluate(
        "document.activeElement.matches('.maplibregl-popup a')"
    ) else None
    at_map = address(page)
    page.keyboard.press("Enter")
    page.wait_for_selector("article.incident")
    page.wait_for_load_state()

    # and the report behind its number
    if page.locator(".number-behind").count():
        tab_to(page, ".number-behind summary")
        page.keyboard.press("Enter")
        tab_to(page, '.number-behind a[href^="#report-"]')
        page.keyboard.press("Enter")
        expect(page.locator(".reports li:target")).to_be_visible()
        back(page)

    # and back, to the map as it was left
    page.go_back()
    page.wait_for_selector(f'[data-found="{expected}"]')
    assert urlsplit(address(page)).query == urlsplit(at_map).query
    assert page.complaints == []
    assert {urlsplit(url).netloc for url in page.asked if not url.startswith(("blob:", "data:"))} <= {
        urlsplit(begin).netloc
    }
