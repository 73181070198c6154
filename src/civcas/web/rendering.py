"""Draws a page from its template: escaped everywhere, in one language, with the links of where it will stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from civcas.catalog import entries
from civcas.telling import page as telling_page
from civcas.terms.version import VERSION
from civcas.web.basemap import chosen_script
from civcas.web.bidi import isolated, unsteered
from civcas.web.language import Language, language, languages
from civcas.web.links import Links
from civcas.web.marking import Says, grades
from civcas.web.page import Asked, Page
from civcas.web.query import Query
from civcas.web.row import rows_html
from civcas.web.site import Site
from civcas.web.telling_scripts import told

NATIVE = {"en": "English", "ar": "العربية", "ru": "Русский", "uk": "Українська"}
FOLDER_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "worker-src 'self' blob:; base-uri 'none'; form-action 'self'"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A page ready to be written: which, for what query, in which language, with which links."""

    page: Page
    site: Site
    query: Query
    links: Links

    @property
    def asked(self) -> Asked:
        return Asked(site=self.site, query=self.query, language=language(self.links.language))

    def html(self) -> str:
        return render(
            self.page.template, self.site, self.links, self.page.context(self.asked), query=self.query, page=self.page
        )


def render(
    template: str,
    site: Site,
    links: Links,
    context: Mapping[str, Any],
    *,
    query: Query | None = None,
    page: Page | None = None,
) -> str:
    """The text of a page; what every template may use is given here, what this one shows in `context`."""
    words = language(links.language)
    given = _given(site, links, words) | {"page": page, "query": query or Query()}
    drawn = _templates().get_template(template).render(given, frame=_frame(site, links, given), **context)
    return unsteered(drawn)  # whatever part it came by, a picture's or a claim's


def _given(site: Site, links: Links, words: Language) -> dict[str, Any]:
    return {
        "about": site.about, "links": links, "lang": words, "t": words.say, "plain": words.plain, "grade": grades(words.code),
        "says": Says(words), "menu": menu(),
    }  # fmt: skip


def _frame(site: Site, links: Links, given: Mapping[str, Any]) -> Mapping[str, Markup]:
    """What stands around every page alike: drawn once for each language, page of the menu and depth of folder."""
    key = ("frame", links.language, links.live, links.page(""), given["page"] and given["page"].name)
    return site.remember(
        key,
        lambda: {part: Markup(_templates().get_template(f"{part}.html").render(given)) for part in ("menu", "foot")},
    )


@cache
def pages() -> dict[str, Page]:
    """Every page there is, by its name."""
    return entries("web.pages")


@cache
def menu() -> tuple[Page, ...]:
    return tuple(sorted((p for p in pages().values() if p.menu), key=lambda p: p.menu))


@cache
def stylesheet() -> str:
    """The one style sheet of the site: the pictures', the report page's, then its own."""
    own = files("civcas.web").joinpath("assets/site.css").read_text(encoding="utf-8")
    return f"{telling_page.stylesheet()}\n{own}"


@cache
def assets() -> dict[str, bytes]:
    """Every file of the site that is the same for all: style and scripts, by the name it is asked for."""
    folder = Path(str(files("civcas.web").joinpath("assets")))
    found = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
    own = chosen_script()
    return {
        **{name: path.read_bytes() for name, path in found.items()},
        "site.css": stylesheet().encode(),
        **({"basemap.js": own} if own else {}),
    }


@cache
def _templates() -> Environment:
    engine = Environment(
        loader=PackageLoader("civcas.web"), autoescape=True, trim_blocks=True, lstrip_blocks=True,
        undefined=StrictUndefined, auto_reload=False,
    )  # fmt: skip
    engine.filters |= {"own": lambda text: isolated(str(text))}
    engine.globals |= {
        "version": VERSION, "languages": languages(), "native": NATIVE, "folder_policy": FOLDER_POLICY,
        "Query": Query, "told": told, "rows_html": rows_html,
    }  # fmt: skip
    return engine
