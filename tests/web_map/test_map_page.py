"""The map's page: what is found adds up, every way in is there, and the browser has nothing to complain of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from looking import number

from browsing import back, expect, until, until_asked, until_number
from civcas.terms.window import Window
from civcas.web.query import Query
from civcas.web.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
MAP = "/map/index.html"
QUERIES = (
    Query(), Query(belligerents=("Coalition",)), Query(window=Window.parse("2016")), Query(window=Window.parse("2015-03"), named="yes"),
    Query(q="حي"), Query(located="no"), Query(dated="no"), Query(area="Iraq"),
)  # fmt: skip


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
@pytest.mark.parametrize("where", ["live", "on_disk", "arabic"])
def test_the_map_asks_no_other_host_breaks_no_policy_and_axe_finds_nothing_serious(
    opened: Any, live: str, on_disk: str, where: str, width: int, scheme: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    address = {"live": f"{live}/map", "on_disk": on_disk + MAP, "arabic": f"{on_disk}/ar{MAP}"}[where]
    page = opened(address, ready=True, width=width, color_scheme=scheme)
    page.locator(".filters summary").click()
    assert page.complaints == []
    assert {urlsplit(url).netloc for url in page.asked if not url.startswith(("blob:", "data:"))} <= {
        urlsplit(address).netloc
    }
    found = axe.run(page, options={"resultTypes": ["violations"]}).response["violations"]
    assert [
        (v["id"], [n["html"][:90] for n in v["nodes"]][:3]) for v in found if v["impact"] in ("serious", "critical")
    ] == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (
        "nothing is wider than the screen"
    )


@pytest.fixture(scope="module")
def a_map(browser: Any, on_disk: str) -> Iterator[Any]:
    """One page of the map that tests take in turn; `asked` gives it another address without loading it again."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(on_disk + MAP)
    page.wait_for_selector("[data-map][data-ready]")
    until(page, "civcas.page.begun === true")
    yield page
    page.close()


def asked(page: Any, query: str = "", view: str = "") -> Any:
    """As if the reader came to this address; `view` is zoom/latitude/longitude."""
    page.evaluate(
        "(a) => { history.pushState(null, '', a); dispatchEvent(new PopStateEvent('popstate')); }", f"?{query}"
    )
    if view:
        zoom, latitude, longitude = map(float, view.split("/"))
        page.evaluate("(to) => civcas.page.map.map.jumpTo(to)", {"zoom": zoom, "center": [longitude, latitude]})
    else:
        page.evaluate("civcas.page.map.fit()")
    page.locator("[data-in-view]").uncheck()
    return page


def test_what_is_found_is_on_the_map_or_in_a_tray_whatever_is_asked(a_map: Any, site: Site) -> None:
    for query in QUERIES:
        page = asked(a_map, query.to_query())
        found = site.found(query).incidents
        assert number(page, "found") == found
        assert number(page, "placed") + number(page, "unlocated") == found
        if not query.located:
            assert number(page, "placed") == site.found(query.varied(located="yes")).incidents
        any_time = site.found(query.varied(window=None)).incidents
        outside = number(page, "outside") if query.window else 0
        assert number(page, "in-time") + outside + number(page, "undated") == any_time
        assert number(page, "in-time") + (0 if query.window else number(page, "undated")) == found


def test_the_trays_lead_to_the_incidents_they_count(opened: Any, on_disk: str) -> None:
    page = opened(f"{on_disk}{MAP}", ready=True)
    for mark in ("unlocated", "undated"):
        page.goto(f"{on_disk}{MAP}")
        until(page, "!!document.querySelector('a[data-undated]')")
        counted = number(page, mark)
        page.locator(f"a[data-{mark}]").click()
        page.wait_for_selector("[data-list] tbody tr")
        assert counted > 0
        until_number(page, "found", counted)
        expect(page.locator("[data-list] tbody tr")).to_have_count(counted)


def test_every_located_incident_in_view_is_in_exactly_one_cluster(a_map: Any, site: Site) -> None:
    page = asked(a_map)
    for zoom in (4, 6.5, 9):
        members = page.evaluate(
            """(zoom) => civcas.places.cluster(civcas.page.found, zoom, {west: -180, south: -85, east: 180, north: 85})
                .flatMap((cluster) => cluster.members)""",
            zoom,
        )
        assert len(members) == len(set(members)) == site.found(Query(located="yes")).incidents


def test_an_incident_known_to_a_province_is_an_area_of_its_size_and_no_pin(a_map: Any) -> None:
    page = asked(a_map, "", "9/36.2/37.15")
    drawn = page.evaluate(
        """() => {
            const {map, sheet} = civcas.page.map;
            const {x, y} = civcas.places.positions();
            const km = civcas.incidents.columns.radius_km;
            const inKm = (item) => map.unproject([item.x, item.y]).distanceTo(map.unproject([item.x + item.area, item.y])) / 1000;
            return [...civcas.page.found].filter((i) => x[i] === x[i]).map((i) => {
                const item = sheet.placed({n: 1, members: [i], x: x[i], y: y[i]});
                return {form: item.form, across: inKm(item), km: km[i]};
            });
        }"""
    )
    assert {item["form"] for item in drawn if item["km"] > 10} == {"letterOnly"}
    assert {item["form"] for item in drawn if item["km"] <= 10} == {"single"}
    for item in drawn:
        if item["km"] > 10:
            assert item["across"] == pytest.approx(item["km"], rel=0.02), "as wide on the map as in kilometres"


def test_the_handles_of_the_timeline_move_by_keys_and_back_undoes_them(a_map: Any) -> None:
    page = asked(a_map)
    handle = page.locator("[data-from]")
    handle.focus()
    before = int(handle.get_attribute("aria-valuenow"))
    page.keyboard.press("PageUp")
    page.keyboard.press("ArrowRight")
    expect(handle).to_have_attribute("aria-valuenow", str(before + 13))
    year, month = divmod(before + 13, 12)
    until_asked(page, f"window={year}-{month + 1:02d}" if month else f"window={year}")
    found = number(page, "found")
    page.locator("[data-to]").focus()
    page.keyboard.press("Home")
    expect(page.locator("[data-to]")).to_have_attribute("aria-valuenow", str(before + 13))  # it stops at the other
    back(page)
    until_number(page, "found", found)
    back(page)
    expect(handle).to_have_attribute("aria-valuenow", str(before + 12))
    back(page)
    until(page, "!location.search.includes('window=')")
    until_number(page, "found", 400)


def test_a_key_that_is_held_is_one_step_back_and_its_last_place_is_in_the_address(a_map: Any) -> None:
    """A held key comes thirty times a second: so many steps of a history are refused by browsers, and no reader wants them."""
    page = asked(a_map)
    handle = page.locator("[data-from]")
    handle.focus()
    before, steps = int(handle.get_attribute("aria-valuenow")), page.evaluate("history.length")
    for _ in range(12):
        page.keyboard.down("ArrowRight")  # the second and later ones say that they repeat
    expect(handle).to_have_attribute("aria-valuenow", str(before + 12))
    page.keyboard.up("ArrowRight")
    year, month = divmod(before + 12, 12)
    until_asked(page, f"window={year}-{month + 1:02d}" if month else f"window={year}")
    assert page.evaluate("history.length") == steps + 1
    back(page)
    expect(handle).to_have_attribute("aria-valuenow", str(before))
    until_number(page, "found", 400)


def test_a_hand_that_leaves_the_handle_with_the_key_down_ends_the_move(a_map: Any) -> None:
    page = asked(a_map)
    handle = page.locator("[data-from]")
    handle.focus()
    for _ in range(3):
        page.keyboard.down("ArrowRight")
    page.locator("[data-in-view]").focus()
    page.keyboard.up("ArrowRight")
    steps = page.evaluate("history.length")
    handle.focus()
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("history.length") == steps + 1, "the next move is a step of its own"


def test_a_thousand_moves_of_a_drag_write_few_addresses_and_the_last_is_written(a_map: Any) -> None:
    page = asked(a_map)
    written = page.evaluate(
        """() => {
            let written = 0;
            const before = history.replaceState;
            history.replaceState = (...given) => { written++; return before.apply(history, given); };
            const {timeline} = civcas.page;
            const [begin] = timeline.span;
            for (let n = 0; n < 1000; n++) timeline.set(begin + 1 + (n % 20), begin + 30, true);
            timeline.onWindow(timeline.window, false);
            history.replaceState = before;
            return written;
        }"""
    )
    assert written <= 2
    until(page, "civcas.Query.of(location.search).window.first === civcas.page.query.window.first")
    assert page.locator("[data-from]").get_attribute("aria-valuenow") == str(
        page.evaluate("civcas.page.timeline.span[0] + 20")
    )


def test_two_dates_give_any_span_of_days(a_map: Any, site: Site) -> None:
    page = asked(a_map)
    page.locator("[data-first]").fill("2015-03-10")
    page.locator("[data-last]").fill("2015-07-04")
    page.locator("[data-last]").blur()
    until_asked(page, "window=2015-03-10..2015-07-04")
    expected = site.found(Query(window=Window.parse("2015-03-10..2015-07-04"))).incidents
    assert expected > 0
    until_number(page, "found", expected)
    page.locator("[data-clear]").click()
    until_number(page, "found", 400)


def test_the_table_holds_everything_found_and_on_wish_only_what_is_in_view(a_map: Any, site: Site) -> None:
    page = asked(a_map, "belligerents=Turkish+Military")
    found = site.incidents(Query(belligerents=("Turkish Military",), size=250))
    until_number(page, "found", found.found)
    codes = page.locator("[data-table] tbody th").all_inner_texts()
    for turn in range(2, -(-found.found // 25) + 1):
        page.locator('.map-table [data-turn="next"]').press("Enter")
        until(
            page, "(n) => +document.querySelector('.map-table .pager span').textContent.match(/[0-9]+/)[0] === n", turn
        )
        codes += page.locator("[data-table] tbody th").all_inner_texts()
    assert page.locator('.map-table [data-turn="next"]').count() == 0
    assert codes == [row["code"] for row in found.rows]
    asked(page, "belligerents=Turkish+Military", "8/36.2/37.15")
    page.locator("[data-in-view]").check()
    in_view = page.evaluate("civcas.page.map.clusters.reduce((n, c) => n + c.n, 0)")
    assert 0 < min(in_view, 25) < found.found
    expect(page.locator("[data-table] tbody tr")).to_have_count(min(in_view, 25))


def test_incidents_at_one_place_are_listed_and_escape_gives_attention_back(opened: Any, on_disk: str) -> None:
    """The first thirty located incidents of the columns are put at one place before the page reads them."""
    at_one = "addEventListener('DOMContentLoaded', () => { const {latitude, longitude} = civcas.incidents.columns; "
    at_one += "let n = 0; latitude.forEach((y, i) => { if (y === y && n++ < 30) [latitude[i], longitude[i]] = [36.2, 37.15]; }); }, true);"
    page = opened(f"{on_disk}{MAP}#12/36.2/37.15", ready=True, before=at_one)
    entry = page.locator("[data-places] button").first
    entry.focus()
    for _ in range(3):  # a first look closer, where another lies near
        page.keyboard.press("Enter")
        until(page, "!civcas.page.map.map.isMoving()")
        if page.locator(".maplibregl-popup").count():
            break
    popup = page.locator(".maplibregl-popup")
    expect(popup.locator("li")).to_have_count(8)
    listed = popup.locator("li").all_inner_texts()
    popup.locator('[data-turn="next"]').press("Enter")
    expect(popup.locator("li").first).not_to_have_text(listed[0])
    expect(popup.locator("li")).to_have_count(8)
    page.keyboard.press("Escape")
    expect(popup).to_have_count(0)
    until(page, "document.activeElement.closest('[data-places]') !== null")


def test_arrow_keys_go_through_the_list_beside_and_move_the_map(a_map: Any) -> None:
    page = asked(a_map)
    page.locator("[data-places] button").first.focus()
    page.keyboard.press("ArrowDown")
    until(page, "[...document.querySelectorAll('[data-places] button')].indexOf(document.activeElement) === 1")
    until(page, "civcas.page.map.chosen === civcas.page.map.clusters[1]")
    expect(page.locator('[data-places] button[tabindex="0"]')).to_have_count(1)  # one stop of the tab key
    west = page.evaluate("civcas.page.map.map.getCenter().lng")
    page.locator(".maplibregl-canvas").focus()
    page.keyboard.press("ArrowRight")
    until(page, "(west) => civcas.page.map.map.getCenter().lng > west && !civcas.page.map.map.isMoving()", west)


def test_whoever_asks_for_less_motion_gets_none(opened: Any, on_disk: str) -> None:
    page = opened(f"{on_disk}{MAP}", ready=True, reduced_motion="reduce")
    zoom = page.evaluate("civcas.page.map.map.getZoom()")
    page.locator("[data-places] button").first.press("Enter")
    assert page.evaluate("civcas.page.map.map.isMoving()") is False
    until(page, "(zoom) => civcas.page.map.map.getZoom() > zoom", zoom)


def test_without_script_the_drawn_map_stands_and_nothing_empty_does(opened: Any, live: str) -> None:
    page = opened(f"{live}/map?belligerents=Coalition", java_script_enabled=False)
    expect(page.locator(".map-picture svg[role=img]").first).to_be_visible()
    expect(page.locator(".filters")).to_be_visible()
    assert not page.locator(".map-frame").is_visible()
    assert not page.locator(".map-time").is_visible()


def test_without_webgl_the_drawn_map_stands_and_the_table_works(opened: Any, on_disk: str) -> None:
    blind = "HTMLCanvasElement.prototype.getContext = new Proxy(HTMLCanvasElement.prototype.getContext, "
    blind += "{apply: (get, canvas, given) => /webgl/.test(given[0]) ? null : Reflect.apply(get, canvas, given)});"
    page = opened(f"{on_disk}{MAP}?belligerents=Coalition", before=blind)
    page.wait_for_selector("[data-map][data-failed]", state="attached")
    expect(page.locator(".map-picture svg[role=img]").first).to_be_visible()
    expect(page.locator("[data-table] tbody tr")).to_have_count(25)
    page.locator("[data-from]").press("PageUp")
    until_asked(page, "window=")


def test_an_address_that_means_nothing_is_said_and_filters_nothing(opened: Any, on_disk: str) -> None:
    page = opened(f"{on_disk}{MAP}?colour=<img src=x onerror=alert(1)>", ready=True)
    assert number(page, "found") == 400
    assert page.complaints == []


def test_who_is_named_in_a_cluster_is_said_in_letters_and_names_beside_it(a_map: Any) -> None:
    page = asked(a_map)
    entry = page.locator("[data-places] li").first
    said = entry.locator(".map-heard").all_inner_texts()
    assert "Coalition:" in said
    letters = entry.locator(".map-shares svg text").all_text_contents()
    assert len(set(letters)) == len(letters) == len(said)
    counts = page.evaluate("civcas.page.map.clusters[0].shares.map((share) => share.n)")
    assert sum(counts) == page.evaluate("civcas.page.map.clusters[0].n")


def test_one_date_of_another_age_opens_no_span_on_the_timeline_and_is_counted_beside_it(
    opened: Any, on_disk: str
) -> None:
    """Two dated incidents of the columns are put into 1970 before the page reads them."""
    other = "addEventListener('DOMContentLoaded', () => { const {date_start: days} = civcas.incidents.columns; "
    other += "let n = 0; days.forEach((day, i) => { if (day !== civcas.NONE && n++ < 2) days[i] = 0; }); }, true);"
    page = opened(f"{on_disk}{MAP}", ready=True, before=other)
    until_number(page, "apart", 2)
    assert int(page.locator("[data-from]").get_attribute("aria-valuenow")) >= 2014 * 12
    assert number(page, "in-time") + 2 + number(page, "undated") == number(page, "found") == 400
    page.locator("[data-first]").fill("1970-01-01")
    page.locator("[data-last]").fill("1970-12-31")
    page.locator("[data-last]").blur()
    until_number(page, "found", 2)
    assert number(page, "in-time") + number(page, "outside") + number(page, "undated") == 400
