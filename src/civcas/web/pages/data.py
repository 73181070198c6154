"""Everything as files: tables with their columns, where they come from, and under what terms."""

from __future__ import annotations

from typing import Any

from civcas.public.tables import SHOWN
from civcas.web.page import Asked, Page
from civcas.web.query import Query
from civcas.web.site import Row, Site
from civcas.web.storing import TYPES


def context(asked: Asked) -> dict[str, Any]:
    site = asked.site
    return {
        "tables": [
            {"name": name, "a_row_is": table.a_row_is, "rows": site.sizes[name], "fields": table.fields, "types": TYPES}
            for name, table in SHOWN.items()
        ],
        "files": site.files,
        "sources": site.ask("SELECT * FROM source ORDER BY dataset"),
    }


def rows(site: Site, query: Query) -> list[Row]:
    """Every column of every public table."""
    return [
        {"table": name, "column": f.name, "type": TYPES[f.type].lower(), "unit": f.unit, "meaning": f.meaning}
        for name, table in SHOWN.items()
        for f in table.fields
    ]


ENTRY = Page(name="data", address="data", template="data.html", context=context, menu=70, rows=rows)
