"""The list: every filter of a query, search, order and pages, and how many of how many are shown."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from civcas.web import charts
from civcas.web.choosing import Choosing
from civcas.web.doubted import doubted, share
from civcas.web.page import Asked, Page
from civcas.web.query import Query
from civcas.web.site import Row, Site

# scripts in their order, the columns of the incidents among them
FILTERING = (
    "civcas.js",
    "data/incidents.js",
    "query.js",
    "filter.js",
    "words.js",
    "clusters.js",
    "rows.js",
    "filters.js",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """One filter in force, and the query without it."""

    name: str
    value: str
    without: Query


def context(asked: Asked) -> dict[str, Any]:
    site, query = asked.site, asked.query
    listed = site.incidents(query)
    last = max(1, -(-listed.found // query.size))
    return {
        "rows": listed.rows,
        "found": listed.found,
        "of": listed.of,
        "sums": listed.sums,
        "in_doubt": doubted(site, query),
        "share": share,
        "last": last,
        **form(asked),
    }


def form(asked: Asked) -> dict[str, Any]:
    """What the form of filters offers, and the filters in force: the same on every page that has it."""
    return {"chips": chips(asked), "choosing": Choosing(asked=asked)}


def chips(asked: Asked) -> list[Chip]:
    """Every filter in force with the query that is left without it, in the order of `charts.filters`."""
    query = asked.query
    left: list[Query] = [
        replace(query, belligerents=tuple(b for b in query.belligerents if b != name)) for name in query.belligerents
    ]
    left += [replace(query, grading=tuple(g for g in query.grading if g != name)) for name in query.grading]
    usual = Query()
    for name in (
        "grades",
        "area",
        "province",
        "q",
        "window",
        "strike_status",
        "attribution",
        "named",
        "dated",
        "located",
        "numbered",
    ):
        if getattr(query, name) != getattr(usual, name):
            left.append(replace(query, **{name: getattr(usual, name)}))
    return [
        Chip(name=name, value=value, without=replace(without, page=1))
        for (name, value), without in zip(charts.filters(asked), left, strict=True)
    ]


def rows(site: Site, query: Query) -> list[Row]:
    return site.incidents(query).rows


ENTRY = Page(
    name="incidents", address="incidents", template="incidents.html", context=context, menu=20, rows=rows,
    folder_scripts=(*FILTERING, "list.js"),
)  # fmt: skip
