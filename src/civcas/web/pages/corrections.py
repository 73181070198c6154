"""What was settled or changed after it was first recorded, and which incidents no longer stand."""

from __future__ import annotations

from typing import Any

from civcas.web import incident
from civcas.web.page import Asked, Page
from civcas.web.query import Query
from civcas.web.site import Row, Site

MOST = 2_000  # entries on the page; every one is in the file


def context(asked: Asked) -> dict[str, Any]:
    site = asked.site
    logged = site.ask(
        "SELECT c.*, i.address, i.code FROM correction c LEFT JOIN incident i ON i.incident_id = c.subject "
        "ORDER BY c.sequence DESC LIMIT ?", (MOST,),
    )  # fmt: skip
    return {
        "logged": logged,
        "more": site.sizes["correction"] > MOST,
        "gone": [
            (row, incident.survivors(row))
            for row in site.ask("SELECT * FROM gone ORDER BY date DESC, address LIMIT ?", (MOST,))
        ],
    }


def rows(site: Site, query: Query) -> list[Row]:
    return site.ask("SELECT * FROM correction ORDER BY sequence DESC")


ENTRY = Page(
    name="corrections", address="corrections", template="corrections.html", context=context, menu=80, rows=rows
)
