"""The list of a release filters by itself: the same incidents in the same markup as the server's, from a disk."""

from __future__ import annotations

from typing import Any

import pytest

from browsing import back, until, until_asked, until_number
from civcas.terms.vocabulary import Grading
from civcas.web.query import Query
from civcas.web.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
LIST = "/incidents/index.html"


@pytest.mark.parametrize("language", ["", "/ar"])
def test_rows_drawn_by_script_are_the_rows_of_the_template(opened: Any, on_disk: str, language: str) -> None:
    bare = opened(f"{on_disk}{language}{LIST}", java_script_enabled=False)
    drawn = opened(f"{on_disk}{language}{LIST}?size=100")
    until(drawn, "civcas.list !== undefined")
    texts = """(selector) => [...document.querySelectorAll(selector)]
        .map((each) => [each.tagName, each.className, each.innerText, each.getAttribute('href')])"""
    parts = "[data-list] tbody :is(th, td, a, span, bdi)"
    assert drawn.evaluate(texts, parts) == bare.evaluate(texts, parts)


def test_a_filtered_list_holds_what_the_server_finds_page_after_page(opened: Any, on_disk: str, site: Site) -> None:
    query = Query(grading=(Grading.FAIR,), q="town", sort="-killed", size=25)
    page = opened(f"{on_disk}{LIST}?{query.to_query()}")
    found = site.found(query)
    codes: list[str] = []
    for number in range(1, -(-found.incidents // 25) + 1):
        until(page, "(n) => +document.querySelector('[data-pager] span').textContent.match(/[0-9]+/)[0] === n", number)
        codes += page.locator("[data-list] tbody th").all_inner_texts()
        if page.locator('[data-turn="next"]').count():
            page.locator('[data-turn="next"]').press("Enter")
    expected = [
        r["code"] for n in range(1, -(-found.incidents // 25) + 1) for r in site.incidents(query.varied(page=n)).rows
    ]
    assert codes == expected
    back(page)
    until_asked(page, f"page={-(-found.incidents // 25) - 1}")
    assert page.complaints == []


def test_a_chip_takes_its_filter_away_and_back_brings_it_again(opened: Any, on_disk: str, site: Site) -> None:
    page = opened(f"{on_disk}{LIST}?grading=Fair&belligerents=Coalition")
    both = site.found(Query(grading=(Grading.FAIR,), belligerents=("Coalition",))).incidents
    until_number(page, "found", both)
    page.locator(".chips li a").first.press("Enter")
    until_number(page, "found", site.found(Query(grading=(Grading.FAIR,))).incidents)
    back(page)
    until_number(page, "found", both)


def test_nothing_found_is_said_and_is_not_nothing_happened(opened: Any, on_disk: str) -> None:
    page = opened(f"{on_disk}{LIST}?q=nowhereatall")
    until_number(page, "found", 0)
    assert page.locator("[data-list] tbody tr").count() == 0
    assert "Nothing was found, which is not the same as nothing happened." in page.locator("[data-tell]").inner_text()
