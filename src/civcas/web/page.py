"""What a page is: where it is found, which template draws it, and what that template needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from civcas.web.query import Query
from civcas.web.site import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page, the same live and in a release. `context(site, query)` computes all that the template shows; templates compute nothing.

    `address` is the path without suffix: `incidents` is /incidents live and incidents/index.html in a release. `menu` orders it
    in the navigation; 0 leaves it out.
    """

    name: str
    address: str
    template: str
    context: Callable[[Site, Query], dict[str, Any]]
    menu: int = 0
