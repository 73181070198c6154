"""Telling: the same checked article as a page, in a terminal, as JSON and in a notebook."""

from __future__ import annotations

import base64
import hashlib
import io
import itertools
import json
import re
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console

from checked_article import SORTIES, checked_article, claim, with_readings
from civcas.telling import summary, words
from civcas.telling.as_json import dumps
from civcas.telling.curve import curve_html
from civcas.telling.page import page, stylesheet
from civcas.telling.terminal import tell


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    return checked_article()


@pytest.fixture(scope="module")
def html(report: dict[str, Any]) -> str:
    return page(report)


def in_terminal(report: dict[str, Any], *, width: int, encoding: str = "utf-8", claims: int = 1) -> str:
    buffer = io.BytesIO()
    console = Console(
        file=io.TextIOWrapper(buffer, encoding=encoding, write_through=True), width=width, color_system=None
    )
    tell(report, console)
    tell(report | {"claims": report["claims"][:claims]}, console, full=True)
    return buffer.getvalue().decode(encoding)


# -- words


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2015-10..2016-09 vs 2014-09..2016-09", "Oct 2015 – Sep 2016 vs Sep 2014 – Sep 2016"),
        ("2016-01", "Jan 2016"),
        ("2017", "2017"),
        ("2015-09-30..2016-12-31", "30 Sep 2015 – 31 Dec 2016"),
        ("each-side-from-its-start", "each side from its start"),
        ("2016-13", "2016-13"),
    ],
)
def test_a_window_is_said_as_a_newspaper_would(text: str, said: str) -> None:
    assert words.window(text) == said


def test_a_measures_own_options_are_choices_like_any_other() -> None:
    assert words.choices({"window": "2016", "options": {"lag_days": 30}}) == {"Window": "2016", "Lag days": "30"}


@pytest.mark.parametrize(
    ("value", "said"), [(None, "—"), (0.2612, "0.26"), (8, "8.00"), (39.94, "39.94"), (3600, "3,600"), (118.7, "119")]
)
def test_a_number_has_the_digits_a_reader_can_use(value: float | None, said: str) -> None:
    assert words.amount(value) == said


# -- summary


def test_refusals_are_grouped_by_reason_with_the_choice_they_share(report: dict[str, Any]) -> None:
    assert summary.refusals(report["claims"][0]) == [
        {"why": SORTIES, "count": 72, "where": ["Divided by: per declared sortie"]}
    ]


def test_the_grid_in_a_sentence_counts_every_outcome(report: dict[str, Any]) -> None:
    said = summary.in_a_sentence(report["claims"][0])
    assert said.startswith("216 readings give a number, from 0.20 to 40") and "72 readings refused" in said
    assert sum(summary.outcomes(report["claims"][0]).values()) == 288


def test_notes_that_differ_only_in_their_numbers_are_told_once() -> None:
    rows = [
        {"status": "supports", "value": 1.0, "notes": [f"{n} incidents without a number", "unlike units"]}
        for n in (4, 7, 13)
    ]
    one = claim("C1", "", "supported", readings=rows)
    assert summary.kinds_of_notes(one) == [
        "4 incidents without a number (2 more notes alike, with other numbers)",
        "unlike units",
    ]


def test_what_would_decide_a_claim_is_told_once() -> None:
    one = claim("C1", "", "cannot be told", would_decide="records", needs=["records", "dates"])
    assert summary.wanted(one) == ["records", "dates"]


def test_a_window_that_has_a_name_is_shown_with_its_months() -> None:
    row = {
        "window": "each-side-from-its-start",
        "spans": "2016-01..2016-03 vs 2015",
        "status": "supports",
        "value": 1.0,
    }
    one = claim("C1", "", "supported", readings=[row])
    assert list(summary.table(one)["groups"]) == ["each side from its start: Jan 2016 – Mar 2016 vs 2015"]


@pytest.mark.parametrize(
    ("expect", "found", "said"),
    [
        ({"value": 8, "within": 0.25}, (8.0, (6.0, 10.0)), "8 (anything from 6 to 10 counts)"),
        ({"value": 8}, (8.0, None), "8"),
        ({"low": 1, "high": 3}, (None, (1.0, 3.0)), "1 to 3"),
        ({"low": 1}, (None, (1.0, float("inf"))), "1 or more"),
        ({"high": 3}, (None, (float("-inf"), 3.0)), "up to 3"),
        (None, (None, None), "some"),
    ],
)
def test_what_is_claimed_is_a_number_with_tolerance_a_range_or_words(expect: Any, found: Any, said: str) -> None:
    one = claim("C1", "", "supported", expect=expect, claimed="some")
    assert summary.claimed(one) == found
    assert summary.claimed_words(one) == said


def test_two_claims_of_one_id_get_two_addresses() -> None:
    assert summary.anchors([{"id": "C 1"}, {"id": "c-1"}, {"id": "خبر"}]) == [
        "claim-c-1",
        "claim-c-1-again-2",
        "claim-unnamed",
    ]


# -- the page


def test_the_policy_allows_the_pages_own_style_and_nothing_else(html: str) -> None:
    (style,) = re.findall(r"<style>(.*?)</style>", html, re.S)
    assert style == stylesheet()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]+)"', html)
    assert policy.startswith("default-src &#39;none&#39;") and f"sha256-{digest}" in policy
    assert "unsafe" not in policy


def test_the_page_holds_no_script_no_inline_style_and_asks_no_one_for_anything(html: str) -> None:
    assert not re.search(r"<script|<iframe|<img|<object|\son[a-z]+=|\sstyle=|@import|url\(|src=", html)
    assert re.findall(r'<link [^>]*href="([^"]*)"', html) == ["data:,"]


def test_only_web_addresses_become_links(html: str) -> None:
    assert 'href="https://recorder.example/table"' in html
    assert "javascript:" not in html


def test_words_of_the_article_are_never_markup(html: str) -> None:
    assert "A partnership with &lt;the&gt; Northern state is a &#34;bad&#34; idea &amp; would fail" in html


def test_every_claim_is_reachable_from_the_overview_and_every_address_is_unique(html: str) -> None:
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', html)) <= set(ids)
    assert html.count('<tr>\n        <th scope="row"><a href="#claim-') == 6


def test_headings_descend_without_a_gap(html: str) -> None:
    levels = [int(n) for n in re.findall(r"<h([1-6])[ >]", html)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_every_reading_is_in_the_table_with_its_notes(html: str) -> None:
    first = html[html.index('id="claim-c01-readings"') : html.index('id="claim-c02"')]
    assert first.count('class="status"') == 288
    assert first.count("<sup>2</sup>") == 72  # the warning about unlike units
    assert first.count("compares unlike units") == 1


def test_arabic_keeps_its_own_direction(html: str) -> None:
    assert re.search(r'<h3 id="claim-c03-says" dir="auto">ضربات', html)


def test_a_claim_without_numbers_is_told_without_a_picture(html: str) -> None:
    untold = html[html.index('id="claim-c26"') : html.index('id="claim-j1"')]
    assert "<figure" not in untold and "What would decide it" in untold


def test_an_article_with_nothing_in_it_is_still_a_page() -> None:
    assert "0 claims" in page({"civcas": "0.1.0", "article": {}, "claims": []})


# -- the terminal


@pytest.mark.parametrize("width", [80, 120])
def test_no_line_is_wider_than_the_terminal(report: dict[str, Any], width: int) -> None:
    told = in_terminal(report, width=width, claims=6)
    assert max(cell_len(line) for line in told.splitlines()) <= width


def test_the_terminal_shows_every_verdict_and_the_claims_curve(report: dict[str, Any]) -> None:
    told = in_terminal(report, width=120)
    for one in report["claims"]:
        assert one["id"] in told and one["verdict"] in told
    assert "154     62" in told and "claimed: 8" in told and "62%" in told
    assert (
        "the same as Oct 2015 – Sep 2016, per month" in " ".join(told.split())
        and "1 more meaning without a number" in told
    )
    assert "The author left out: grading Fair + Confirmed" in " ".join(told.split())
    assert f"72 readings: {SORTIES}" in " ".join(told.split())


def test_a_terminal_that_knows_only_ascii_gets_a_curve_it_can_show(report: dict[str, Any]) -> None:
    told = in_terminal(report, width=80, encoding="ascii", claims=3)
    assert "# contradicts" in told and "Oct 2015 - Sep 2016" in told


def test_a_claim_cannot_steer_the_terminal(report: dict[str, Any]) -> None:
    hostile = claim("X", "quiet\x1b[2J\x1b]0;owned\x07 text \u202egnol", "cannot be told", because="\x9b31m")
    told = in_terminal(report | {"claims": [hostile]}, width=80)
    assert not re.search("[\x1b\x07\x9b\u202e]", told) and "quiet" in told


# -- JSON and notebooks


def test_json_keeps_every_word_and_order(report: dict[str, Any]) -> None:
    told = dumps(report)
    assert json.loads(told) == report and "ضربات" in told
    assert list(json.loads(told)) == ["civcas", "article", "claims", "rerun"]


def test_json_never_holds_a_number_that_is_none() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        dumps({"value": float("nan")})


def test_a_notebook_gets_the_curve_with_its_style_and_its_table(report: dict[str, Any]) -> None:
    shown = curve_html(report["claims"][0])
    assert shown.count("<style>") == 1 and shown.count("<svg") == 2 and "<script" not in shown
    assert shown.count("<tr>") == 289


def test_a_notebook_gets_the_verdict_where_there_is_no_number(report: dict[str, Any]) -> None:
    shown = curve_html(report["claims"][3])
    assert "cannot be told" in shown and "<svg" not in shown


def test_a_claim_whose_every_reading_refused_is_told_in_all_forms() -> None:
    refused = [{"window": "2016", "value": None, "low": None, "high": None, "status": "refused", "why": "no data"}]
    report = {"civcas": "0.1.0", "article": {}, "claims": [with_readings("C9", "x", "cannot be told", refused)]}
    assert "No reading gives a number" in page(report)
    assert "no data" in in_terminal(report, width=80)
    assert "cannot be told" in curve_html(report["claims"][0])
