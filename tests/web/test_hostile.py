"""Nothing that a source wrote executes, steers or breaks out, in any page, picture, script or file."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyarrow as pa
import pytest

from civcas.public.public import About, Public
from civcas.public.tables import SHOWN
from civcas.web.folder import write_pages
from civcas.web.language import languages
from civcas.web.rendering import pages
from civcas.web.replying import reply
from civcas.web.site import Site
from made_up_public import made_up_public

CORPUS = (
    "<script>window.hit=1</script>", "\"><img src=x onerror=window.hit=1>", "' onmouseover='window.hit=1",
    "</title><script>window.hit=1</script>", "</textarea><svg onload=window.hit=1>", "javascript:window.hit=1",
    "{{ 7*7 }}{% include 'base.html' %}", "<!--<script>window.hit=1//-->", "]]><script>window.hit=1</script>",
    "\u202egnp.exe\u2066x\u2069", "=HYPERLINK(\"http://evil.example\")", "+1+1", "@SUM(A1)", "-2+3", "\uff1d1+1", "\t=1+1",
    "../../etc/passwd", "..\\..\\x", "%2e%2e%2fx", "\u2028window.hit=1\u2029", "</script><script>window.hit=1</script>",
    "a\u0000b\u001b[31m", "<iframe srcdoc='<script>parent.hit=1</script>'>", "&lt;script&gt;", "<style>*{display:none}</style>",
    "<base href='http://evil.example/'>", "<a href=javascript:window.hit=1>x</a>", "'; DROP TABLE incident; --", "\ud7ff\uffff",
    "ﷺ" * 40,
)  # fmt: skip
CLOSED = {"address", "geo_precision", "date_precision"}


def hostile(n: int = 40) -> Public:
    """A made-up case in which every text of every table is hostile, but for the names that tie rows together."""
    public = made_up_public(n)
    tables = {}
    for at, (name, table) in enumerate(public.tables.items()):
        columns = {}
        for field in SHOWN[name].fields:
            column = table[field.name]
            tied = (
                field.name.endswith("_id")
                or field.name in ("reports", "subject", "survivors")
                or field.name in CLOSED
                or field.words
            )
            if field.type == pa.string() and not tied:
                column = pa.array([CORPUS[(i + at) % len(CORPUS)] for i in range(table.num_rows)], pa.string())
            columns[field.name] = column
        tables[name] = pa.table(columns)
    bad = CORPUS[0]
    claims = ({"article": {"title": bad, "author": CORPUS[1], "outlet": CORPUS[3]}, "how": [bad], "claims": [
        {"id": "c1", "says": CORPUS[3], "verdict": "not a factual claim", "because": bad, "kind": CORPUS[1], "context": CORPUS[4],
         "sources": [{"title": bad, "url": "javascript:window.hit=1", "note": CORPUS[1]}]},
    ]},)  # fmt: skip
    about = About(
        title=bad,
        case=bad,
        sequence=3,
        head="f" * 64,
        as_of="2026-11-22",
        cite_as=CORPUS[1],
        contact=CORPUS[3],
        mask=CORPUS[4],
    )
    return Public.of(about, tables, claims)


@pytest.fixture(scope="module")
def hostile_site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return Site.make(hostile(), tmp_path_factory.mktemp("hostile") / "site.db")


class Read(HTMLParser):
    """What a browser would make of a page: which elements may act, and which attributes may."""

    MAY_RUN = ("script", "style", "iframe", "object", "embed", "base", "img", "link", "meta", "form")

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.acting: list[tuple[str, dict[str, str | None]]] = []
        self.attributes: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.MAY_RUN:
            self.acting.append((tag, dict(attrs)))
        self.attributes += [(name, value or "") for name, value in attrs]


def judge(text: str) -> None:
    read = Read()
    read.feed(text)
    for tag, attributes in read.acting:
        assert tag in ("script", "link", "meta", "form"), (tag, attributes)
        if tag == "script":
            assert attributes.get("type") == "application/json" or re.fullmatch(
                r"[./\w-]*(assets|data)/[\w./-]+\.js", attributes["src"] or ""
            )
        if tag == "link":
            assert not (attributes["href"] or "").startswith(("http", "//"))
    for name, value in read.attributes:
        assert not name.startswith("on") and name not in ("style", "srcdoc"), (name, value)
        if name in ("href", "src", "action"):
            assert re.match(r"(?!//)(/|\.\./|#|data:,$|[\w.-]+(/|\.(html|js|css|svg|csv|json)|$))", value), (
                name,
                value,
            )
    body = re.sub(r"<script type=\"application/json\".*?</script>", "", text, flags=re.S)
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00-\x08\x1b]", body)


def addresses(site: Site) -> Iterator[str]:
    for prefix in ("", "/ar"):
        for page in pages().values():
            yield f"{prefix}/{page.address}".rstrip("/") or "/"
        for row in site.ask("SELECT address FROM incident LIMIT 32"):
            yield f"{prefix}/incidents/{quote(row['address'])}"
    for bad in CORPUS:
        if "\ud7ff" not in bad:
            yield f"/incidents?q={quote(bad)}"
            yield f"/incidents?belligerents={quote(bad)}&province={quote(bad)}"
            yield f"/incidents?sort={quote(bad)}"
            yield f"/incidents/{quote(bad, safe='')}"


def test_no_page_holds_anything_that_could_act(hostile_site: Site) -> None:
    seen = 0
    for address in addresses(hostile_site):
        path, _, question = address.partition("?")
        answer = reply(hostile_site, path, question)
        assert answer.status in (200, 308, 400, 404), address
        judge(answer.body.decode())
        seen += 1
    assert seen > 150


def test_pictures_are_xml_that_holds_no_script(hostile_site: Site) -> None:
    for code in ("", "ar/"):
        for name in ("deaths-by-grade", "deaths-by-belligerent", "coverage", "map"):
            answer = reply(hostile_site, f"/embed/{code}{name}.svg", "")
            if answer.status == 404:
                continue
            for element in ET.fromstring(answer.body).iter():
                assert element.tag.rpartition("}")[2] not in ("script", "foreignObject", "image", "iframe", "a")
                assert not any(key.lower().startswith("on") or "href" in key for key in element.attrib)
            judge(reply(hostile_site, f"/embed/{code}{name}.html", "").body.decode())


def test_no_cell_of_a_file_is_a_formula(hostile_site: Site) -> None:
    for name in SHOWN:
        text = "".join(reply(hostile_site, f"/data/{name}.csv", "").pieces or ())
        kinds = {f.name: f.type for f in SHOWN[name].fields}
        for row in csv.DictReader(io.StringIO(text)):
            assert not [
                v
                for k, v in row.items()
                if kinds[k] == pa.string() and v.startswith(("=", "+", "-", "@", "\t", "\r", "＝"))
            ]
    raw = json.loads(reply(hostile_site, "/data/incident.json", "_size=max").body)["rows"]
    assert {row["place"] for row in raw} >= set(CORPUS[:20]), "JSON keeps what was received"


def test_the_columns_for_scripts_end_no_script(hostile_site: Site) -> None:
    text = reply(hostile_site, "/data/incidents.js", "").body.decode()
    assert "<" not in text and "\u2028" not in text and "\u2029" not in text


def test_no_name_leads_out_of_the_folder(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    public = hostile(4)
    write_pages(public, out)
    assert {p.name for p in tmp_path.iterdir()} == {"out"}
    for path in out.rglob("*.html"):
        judge(path.read_text(encoding="utf-8"))


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
def test_a_browser_runs_nothing_of_it(tmp_path: Path, browser: Any) -> None:
    write_pages(hostile(30), tmp_path)
    page = browser.new_context(viewport={"width": 1000, "height": 800}).new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: asked.append("a dialog"))
    paths = [
        p for code in languages() for p in sorted((tmp_path if code == "en" else tmp_path / code).glob("*/index.html"))
    ]
    paths += [
        tmp_path / "index.html",
        *sorted((tmp_path / "incidents").glob("*.html"))[:12],
        *sorted((tmp_path / "embed").glob("*.html")),
    ]
    for path in paths:
        page.goto(path.as_uri())
        for summary in page.locator("summary").all()[:12]:
            summary.click()
        assert page.evaluate("[window.hit, document.querySelectorAll('img,iframe,base').length]") == [None, 0], path
    assert [url for url in asked if not url.startswith(("file:", "data:,", "blob:"))] == []
    shutil.rmtree(tmp_path, ignore_errors=True)
    page.context.close()
