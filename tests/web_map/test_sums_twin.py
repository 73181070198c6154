"""The sums that scripts make of ranges are those of the server: open ends stay open, unknown is never zero."""

from __future__ import annotations

import random
from typing import Any

import pytest

from civcas.terms.range_sum import RangeSum
from civcas.web.rendering import assets

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
Ends = tuple[int | None, int | None]
WORKED: list[list[Ends]] = [
    [(4, None), (5, 5)], [(None, None), (None, None)], [(0, 0)], [(None, 7)], [(7, 3), (2, 2)], [(7, 3)], [(0, None)], [],
]  # fmt: skip


def lists(n: int) -> list[list[Ends]]:
    rng = random.Random(3)
    end = lambda: None if rng.random() < 0.3 else rng.randrange(9)  # noqa: E731
    return WORKED + [[(end(), end()) for _ in range(rng.randrange(1, 8))] for _ in range(n)]


def test_scripts_sum_ranges_as_the_server_does(browser: Any, bare_page: str) -> None:
    page = browser.new_page()
    page.goto(bare_page)
    page.add_script_tag(content=assets()["clusters.js"].decode())
    asked = lists(300)
    found = page.evaluate(
        """(lists) => lists.map((ranges) => {
            const column = (side) => Int32Array.from(ranges, (each) => (each[side] === null ? civcas.NONE : each[side]));
            civcas.incidents.columns.killed_min = column(0);
            civcas.incidents.columns.killed_max = column(1);
            const sum = civcas.places.sums(Uint32Array.from(ranges.keys()));
            const end = (value) => (value === civcas.NONE ? null : value);
            return [end(sum.low), end(sum.high), sum.numberless, sum.open];
        })""",
        asked,
    )
    page.close()
    sums = [RangeSum.of(ranges) for ranges in asked]
    assert found == [[*s.killed, s.without_a_number, s.open_above] for s in sums]
