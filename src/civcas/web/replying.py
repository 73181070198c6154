"""From an address to an answer: which page, table, picture or file it names, in which form. It knows no network and keeps no state."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, quote, unquote

from civcas.drawing import frame
from civcas.errors import CivcasError
from civcas.public.tables import SHOWN
from civcas.telling.page import policy
from civcas.web import api, embedding, incident, incidents_js, openapi, storing
from civcas.web.api import Words
from civcas.web.bidi import unsteered
from civcas.web.language import language, languages
from civcas.web.links import FIRST, Links, LiveLinks
from civcas.web.page import Page
from civcas.web.query import Query
from civcas.web.rendering import Shown, assets, pages, render
from civcas.web.site import Site, TooLong

HTML, JSON, CSV, SVG = (
    "text/html; charset=utf-8", "application/json; charset=utf-8", "text/csv; charset=utf-8", "image/svg+xml; charset=utf-8",
)  # fmt: skip
TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "json": JSON,
    "txt": "text/plain; charset=utf-8",
}
PERMANENT = HTTPStatus.PERMANENT_REDIRECT


@dataclass(kw_only=True)
class Reply:
    """An answer ready to be sent; `pieces` in place of `body` where it is too long to hold. `embeds` may be framed by other sites."""

    status: int = 200
    type: str = HTML
    body: bytes = b""
    pieces: Iterator[str] | None = None
    headers: dict[str, str] = field(default_factory=dict)
    embeds: bool = False

    @cached_property
    def squeezed(self) -> bytes:
        """The body in gzip's form, the same bytes for the same body."""
        squeeze = zlib.compressobj(4, zlib.DEFLATED, 31)
        return squeeze.compress(self.body) + squeeze.flush()


class NoSuchPage(CivcasError):
    """Nothing of this site is at that address."""


class NotOurs(CivcasError):
    """An address that a browser could take for another host's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A path taken apart: the language, the page without suffix, and the form it is wanted in."""

    language: str
    path: str
    form: str = ""  # json, csv or nothing for a page

    @classmethod
    def of(cls, path: str) -> Address:
        parts = path.strip("/").split("/")
        code = FIRST
        if parts[0] in languages() and parts[0] != FIRST:
            code, parts = parts[0], parts[1:]
        whole = "/".join(parts)
        stem, dot, suffix = whole.rpartition(".")
        if dot and suffix in ("json", "csv"):
            return cls(language=code, path=stem, form=suffix)
        return cls(language=code, path=whole)


def reply(site: Site, path: str, question: str) -> Reply:
    """The answer to `path?question`, errors included: it raises nothing but what is wrong with the program itself."""
    address = Address.of(unquote(path, errors="replace"))
    try:
        if len(path) > 1 and path.endswith("/"):
            return Reply(status=PERMANENT, headers={"Location": own_path(path.rstrip("/"))}, type=TYPES["txt"])
        return _reply(
            site, path, address, parse_qs(question, keep_blank_values=True, max_num_fields=60, errors="replace")
        )
    except NotOurs:
        return failed(site, address, 404, ["There is no such page."])
    except NoSuchPage as wrong:
        return failed(site, address, 404, [wrong.found])
    except TooLong as wrong:
        return failed(site, address, 503, [str(wrong)])
    except CivcasError as wrong:
        return failed(site, address, 400, str(wrong).splitlines())
    except ValueError:  # more fields than any query has
        return failed(site, address, 400, ["The address has too many parts."])


def _reply(site: Site, path: str, address: Address, given: dict[str, list[str]]) -> Reply:
    first, _, rest = address.path.partition("/")
    plain = unquote(path, errors="replace").strip("/")
    if first == "assets" or plain == "robots.txt":
        return _asset(plain)
    if first == "embed":
        return _embed(site, plain.removeprefix("embed/"))
    if plain == "api/openapi.json":
        return Reply(type=JSON, body=openapi.document(site))
    if plain == "data/incidents.js":
        return _columns(site)
    words = Words.of(given)
    if words.release and words.release not in (site.about.version, site.about.as_of):
        raise NoSuchPage(
            f"this site serves {site.about.version or 'the case as it stands'}, not release {words.release[:40]!r}"
        )
    if first == "data" and rest in SHOWN and address.form:
        return _table(site, rest, address.form, words)
    if first == "incidents" and rest:
        return _incident(site, address, rest)
    page = _page_at(address)
    if address.form:
        return _rows(site, page, address, words)
    return _page(site, page, address, words.query)


def _page_at(address: Address) -> Page:
    sought = "" if address.form and address.path in ("overview", "index") else address.path
    for page in pages().values():
        if page.address == sought and (sought or not address.form or address.path):
            return page
    raise NoSuchPage("there is no such page")


def _page(site: Site, page: Page, address: Address, query: Query) -> Reply:
    links = LiveLinks(language=address.language, here=page.address)
    if query.page > 1 and (page.name != "incidents" or (query.page - 1) * query.size >= site.found(query).incidents):
        raise NoSuchPage(f"the list has no page {query.page}")
    return Reply(body=_encoded(Shown(page=page, site=site, query=query, links=links).html()))


def _incident(site: Site, address: Address, name: str) -> Reply:
    """An incident, or what became of it: where one stands in its place, on to that one."""
    form = address.form
    row = site.incident(f"{name}.{form}") if form else None
    if row:  # an address that ends like a suffix
        name, form = f"{name}.{form}", ""
    row = row or site.incident(name)
    links = LiveLinks(language=address.language, here=f"incidents/{quote(name, safe='')}")
    if row is None:
        return _gone(site, name, form, links)
    if form == "json":
        return Reply(type=JSON, body=api.dumped({"ok": True, **incident.as_json(site, row)}, ""))
    if form:
        raise NoSuchPage("an incident has no CSV of its own; ask for its JSON")
    shown = incident.shown(incident.told(site, [row])[0], language(address.language))
    return Reply(body=_encoded(render("incident.html", site, links, shown, page=pages()["incidents"])))


def _gone(site: Site, name: str, form: str, links: LiveLinks) -> Reply:
    row = site.gone(name)
    if row is None:
        raise NoSuchPage("there is no such incident")
    survivors = [s for s in incident.survivors(row) if site.incident(s)]
    if len(survivors) == 1:
        to = links.incident(survivors[0]) + (f".{form}" if form else "")
        return Reply(status=PERMANENT, headers={"Location": own_path(to)}, type="text/plain; charset=utf-8")
    status = 200 if survivors else 410
    if form:
        return Reply(
            status=status, type=JSON, body=api.dumped({"ok": bool(survivors), "status": status, "gone": row}, "")
        )
    return Reply(
        status=status, body=_encoded(render("gone.html", site, links, incident.gone(row), page=pages()["incidents"]))
    )


def own_path(path: str) -> str:
    """A path of this site, never the address of another: one slash at its start, and nothing that ends a header."""
    if not path.startswith("/") or path.startswith(("//", "/\\")) or any(ord(c) < 33 or ord(c) > 126 for c in path):
        raise NotOurs("an address here leads only to this site")
    return path


def _rows(site: Site, page: Page, address: Address, words: Words) -> Reply:
    if page.rows is None:
        raise NoSuchPage("this page has no rows of its own")
    if page.name == "incidents":
        if address.form == "json":
            return Reply(type=JSON, body=api.dumped(api.incidents(site, words, path="/incidents.json"), words.shape))
        streamed = Site(site.path, seconds=site.seconds and site.seconds * 10).every(words.query)
        return _csv(api.csv_text(streamed, [f.name for f in SHOWN["incident"].fields]), "incidents")
    answer = api.page_rows(site, page, words)
    if address.form == "json":
        return Reply(type=JSON, body=api.dumped(answer, words.shape))
    return _csv(api.csv_text(page.rows(site, words.query), answer["columns"]), page.name)


def _table(site: Site, name: str, form: str, words: Words) -> Reply:
    if form == "json":
        return Reply(type=JSON, body=api.dumped(api.table(site, name, words), words.shape))
    streamed = Site(site.path, seconds=site.seconds and site.seconds * 10).each(
        f'SELECT {storing.columns(name)} FROM "{name}" ORDER BY rowid'
    )
    return _csv(api.csv_text(streamed, [f.name for f in SHOWN[name].fields]), name)


def _csv(pieces: Iterator[str], name: str) -> Reply:
    return Reply(type=CSV, pieces=pieces, headers={"Content-Disposition": f'attachment; filename="{name}.csv"'})


def _asset(name: str) -> Reply:
    if name == "robots.txt":
        return Reply(type=TYPES["txt"], body=b"User-agent: *\nDisallow: /*.csv\nDisallow: /*.json\n")
    content = assets().get(name.removeprefix("assets/"))
    if content is None:
        raise NoSuchPage("there is no such file")
    return Reply(type=TYPES.get(name.rpartition(".")[2], "application/octet-stream"), body=content)


def _embed(site: Site, rest: str) -> Reply:
    """A picture for another site's page."""
    code, slash, name = rest.rpartition("/")
    stem, _, form = name.rpartition(".")
    if slash and code not in languages():
        raise NoSuchPage("there is no such language")
    figure = embedding.figures(site, code or FIRST).get(stem)
    if figure is None or form not in ("svg", "html"):
        raise NoSuchPage("there is no such picture")
    if form == "svg":
        only_its_style = policy(frame.plain_stylesheet())
        return Reply(
            type=SVG,
            body=_encoded(unsteered(figure.svg())),
            embeds=True,
            headers={"Content-Security-Policy": only_its_style},
        )
    links: Links = LiveLinks(language=code or FIRST, here="")
    return Reply(body=_encoded(embedding.page_of(site, links, stem, figure)), embeds=True)


def _columns(site: Site) -> Reply:
    """The columns that the map reads, made and squeezed once for as long as the tables stand."""
    return site.remember(
        "incidents.js",
        lambda: Reply(type=TYPES["js"], body="".join(incidents_js.written(site)).encode("utf-8", "replace")),
    )


def failed(site: Site, address: Address, status: int, errors: list[str], *, id: str = "") -> Reply:
    """What went wrong, in the form that was asked for; of the program's own faults no more than a number to name them by."""
    if address.form:
        told: dict[str, Any] = {"ok": False, "error": errors[0], "errors": errors, "status": status}
        return Reply(status=status, type=JSON, body=api.dumped(told, ""))
    links = LiveLinks(language=address.language, here="")
    body = render("error.html", site, links, {"status": status, "errors": errors, "id": id})
    return Reply(status=status, body=_encoded(body))


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "replace")
