"""What a page is: where it is found, which template draws it, and what that template needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from civcas.drawing.frame import Figure
from civcas.web.language import Language
from civcas.web.query import Query
from civcas.web.site import Row, Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a page is made from: the site, the query of the address, and the language it is told in."""

    site: Site
    query: Query
    language: Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page, the same live and in a release. `context(asked)` computes all that the template shows; templates compute nothing.

    `address` is the path without suffix: `incidents` is /incidents live and incidents/index.html in a release. `menu` orders it
    in the navigation; 0 leaves it out. `rows(site, query)` are the same numbers for the page's JSON and CSV; `scripts` are names of
    assets in the order they run, `data/incidents.js` among them where its columns are needed; `folder_scripts` run only in a folder,
    where no server answers a form. `figures(asked)` are the pictures that others may embed.
    """

    name: str
    address: str
    template: str
    context: Callable[[Asked], dict[str, Any]]
    menu: int = 0
    rows: Callable[[Site, Query], list[Row]] | None = None
    figures: Callable[[Asked], dict[str, Figure]] | None = None
    scripts: tuple[str, ...] = ()
    folder_scripts: tuple[str, ...] = ()
