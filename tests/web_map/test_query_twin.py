"""The query of the scripts and the query of the server mean the same: addresses, incidents found, and their order."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs

import pytest

from civcas.errors import CivcasError
from civcas.terms.vocabulary import Attribution, Bound, Exposure, Grades, Grading, StrikeStatus
from civcas.terms.window import Window
from civcas.web.folding import folded
from civcas.web.query import SORTS, Query
from civcas.web.site import Site
from made_up_public import ARABIC, PROVINCES, SIDES

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
SEARCHES = (
    "made", "MADE-UP town", "cs0001", "CS00 12", "السكرى", "حى السُكّري", "حَي", "Raqq", "Hasakah 10", "rus mil", "!!!", "a_b",
    "made_up", "up_t", "Té", "‮12", "١٢", "Ⅻ", "town 7 unknown", "x" * 300, "%27;--", "<script>", "coalition;",
)  # fmt: skip
WINDOWS = (
    "2016",
    "2015-10",
    "2015-10-03",
    "2015..2016-02",
    "2015-09-30..2016-12-31",
    "2014-02",
    "1999..2030",
    "2016-02-29",
)
GIVEN = {
    "belligerents": (*SIDES, "Nobody we know", "Coalition; Russian Military"), "area": ("Syria", "Iraq"), "window": WINDOWS,
    "grades": tuple(Grades), "bound": tuple(Bound), "attribution": tuple(Attribution), "exposure": tuple(Exposure),
    "grading": tuple(Grading), "strike_status": tuple(StrikeStatus), "province": tuple(p[0] for p in PROVINCES), "q": SEARCHES,
    "named": ("yes", "no"), "dated": ("yes", "no"), "located": ("yes", "no"), "numbered": ("yes", "no"), "sort": SORTS,
}  # fmt: skip
REFUSED = (
    "colour=red", "grades=every", "window=2016-13", "window=2016-02-30", "window=2017..2016", "window=0000", "page=0", "page=-1",
    "size=251", "sort=name", "page=٣", "named=maybe", "window=2016..", "grading=Fair&grading=Good",
)  # fmt: skip


@pytest.fixture(scope="module")
def page(browser: Any, bare_page: str) -> Iterator[Any]:
    opened = browser.new_page()
    opened.goto(bare_page)
    yield opened
    opened.close()


def random_query(rng: random.Random) -> Query:
    words = {name: [rng.choice(values)] for name, values in GIVEN.items() if rng.random() < 0.16}
    for name in ("belligerents", "grading"):
        if rng.random() < 0.2:
            words[name] = rng.sample(GIVEN[name], 3)
    return Query.of(words)


def queries(n: int) -> list[Query]:
    rng = random.Random(7)
    return [random_query(rng) for _ in range(n)] + [Query.of({"q": [q]}) for q in SEARCHES]


def test_both_find_the_same_incidents_in_the_same_order_for_random_queries(page: Any, site: Site) -> None:
    asked = [query.varied(size=250) for query in queries(300)]
    mine = [[row["address"] for row in site.incidents(query).rows] for query in asked]
    counts = [site.incidents(query).found for query in asked]
    theirs = page.evaluate(
        """(addresses) => addresses.map((address) => {
            const query = civcas.Query.of(address);
            const found = civcas.sorted(civcas.filter(query), query.sort);
            return {found: found.length, rows: Array.from(found.slice(0, 250), (i) => civcas.text('address', i))};
        })""",
        [query.to_query() for query in asked],
    )
    for query, rows, found, answer in zip(asked, mine, counts, theirs, strict=True):
        assert (answer["found"], answer["rows"]) == (found, rows), query.to_query()
    assert len({found for found in counts}) > 60, "the queries must tell apart"


def test_both_write_the_same_address(page: Any) -> None:
    asked = queries(200) + [Query(window=Window.parse(w), page=3, size=25, q="~*(é)'+ &") for w in WINDOWS]
    written = page.evaluate(
        "(all) => all.map((a) => civcas.Query.print(civcas.Query.of(a)))", [q.to_query() for q in asked]
    )
    assert written == [query.to_query() for query in asked]


@pytest.mark.parametrize("address", REFUSED)
def test_both_refuse_the_same_addresses(page: Any, address: str) -> None:
    with pytest.raises(CivcasError):
        Query.of(parse_qs(address))
    refused = page.evaluate(
        "(a) => { try { return String(civcas.Query.of(a)); } catch (e) { return e.name; } }", address
    )
    assert refused == "Unreadable"


def test_both_fold_every_letter_alike(page: Any) -> None:
    """Letters that Unicode gained after this Python's tables, and Cherokee, whose cases fold the other way round, may differ."""
    letters = [
        c
        for c in map(chr, [*range(0x20, 0xD800), *range(0xE000, 0x1FB00)])
        if unicodedata.category(c) != "Cn" and not "\u13a0" <= c <= "\u13ff" and not "\uab70" <= c <= "\uabbf"
    ]
    theirs = page.evaluate("(letters) => letters.map(civcas.folded)", letters)
    assert {c: (folded(c), other) for c, other in zip(letters, theirs, strict=True) if folded(c) != other} == {}


def test_a_place_in_arabic_is_found_however_it_is_spelt(page: Any) -> None:
    found = page.evaluate("civcas.filter(civcas.Query.of('q=حى السُكّرى')).length")
    assert found == page.evaluate("(q) => civcas.filter(civcas.Query.of('q=' + q)).length", ARABIC[0]) > 0
