"""How the numbers of this case were made, and what they leave out, told from the same data as the numbers."""

from __future__ import annotations

from typing import Any

from civcas.terms.vocabulary import Grading
from civcas.web import totals
from civcas.web.page import Asked, Page
from civcas.web.pages import overview
from civcas.web.query import Query
from civcas.web.site import Row, Site

PARTS = (
    "incident",
    "count",
    "headline",
    "grades",
    "attribution",
    "rates",
    "mask",
    "undercount",
    "missing",
    "sources",
    "limits",
    "again",
)


def context(asked: Asked) -> dict[str, Any]:
    site = asked.site
    return {
        "parts": PARTS,
        "gradings": list(map(str, Grading)),
        "rules": rules(site),
        "unknown": overview.unknown(totals.cells(site)),
        "everything": totals.add(totals.cells(site)),
        "sources": site.ask("SELECT * FROM source ORDER BY dataset"),
    }


def rules(site: Site) -> list[Row]:
    """The rules that made the counts of this case, with how many each made."""
    return site.remember(
        "rules", lambda: site.ask("SELECT rule, count(*) AS n FROM harm GROUP BY 1 ORDER BY n DESC, rule LIMIT 50")
    )


def rows(site: Site, query: Query) -> list[Row]:
    return rules(site)


ENTRY = Page(name="methods", address="methods", template="methods.html", context=context, menu=60, rows=rows)
