"""Texts that try to run, to end a script, or to turn their neighbours around do nothing in the map, its popups and the list."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from civcas.public.public import Public
from civcas.web import folder
from made_up_public import made_up_public

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
HOSTILE = (
    "<img src=x onerror=alert(1)>", "</script><script>alert(2)</script>", '"><svg onload=alert(3)>', "javascript:alert(4)",
    "{{7*7}}${7*7}", "\u202egnp.exe\u202d", "line\u2028alert(5)\u2029", "<!--<script>", "'-alert(6)-'", "&lt;b&gt;", "\\u003cscript>",
    "]]><script>alert(7)</script>", "<iframe srcdoc='<script>alert(8)</script>'>", "\u2066\u200b\u200f<b>", "=cmd|'/c calc'!A1",
)  # fmt: skip


def hostile_public() -> Public:
    """Every text of the incidents that anyone may see says something hostile, in turn."""
    made = made_up_public(60)
    incident = made.tables["incident"]
    for name in ("code", "place", "province", "country", "belligerents"):
        texts = pa.array([HOSTILE[(i + len(name)) % len(HOSTILE)].replace(";", "") for i in range(60)])
        incident = incident.set_column(incident.column_names.index(name), name, texts)
    attribution = made.tables["attribution"]
    texts = pa.array([HOSTILE[i % len(HOSTILE)] for i in range(attribution.num_rows)])
    attribution = attribution.set_column(attribution.column_names.index("belligerent"), "belligerent", texts)
    return Public.of(made.about, {**made.tables, "incident": incident, "attribution": attribution})


def test_nothing_of_the_data_runs_in_the_map_its_popups_or_the_list(opened: Any, tmp_path: Any) -> None:
    folder.write_pages(hostile_public(), tmp_path)
    page = opened(f"{tmp_path.as_uri()}/map/index.html", ready=True)
    told = page.evaluate(
        """() => { const all = Array.from(civcas.page.found, (i) => civcas.popupOf({n: 1, members: [i], key: i, x: 0.5, y: 0.5}));
            document.body.append(...all, civcas.popupOf({n: 2, members: [...civcas.page.found]})); return all.length; }"""
    )
    assert told == 60
    page.locator("[data-places] button").first.press("Enter")
    page.goto(f"{tmp_path.as_uri()}/incidents/index.html?q=alert")
    page.wait_for_selector("[data-list] tbody tr")
    for where in ("map/index.html", "incidents/index.html?size=100", "ar/map/index.html"):
        page.goto(f"{tmp_path.as_uri()}/{where}")
        page.wait_for_selector("table tbody tr", state="attached")
        assert (
            page.evaluate(
                "document.querySelectorAll('[onerror], [onload], main iframe, main img, main b script').length"
            )
            == 0
        )
        shown = page.evaluate("document.querySelector('main').innerText")
        assert "\u202e" not in shown and "\u202d" not in shown, "an override of direction is not shown"
    assert page.complaints == [], "no dialog, no violation of the policy, no error"
