"""The OpenAPI description of what programs can ask, made from the pages, the query and the allow-list."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

import pyarrow as pa

from civcas.public.tables import SHOWN
from civcas.terms.table import Table
from civcas.terms.version import VERSION
from civcas.terms.vocabulary import Attribution, Bound, Exposure, Grades, Grading, StrikeStatus
from civcas.web.api import FACETS, LARGEST, SHAPES, SIZE
from civcas.web.query import SORTS, YES_NO, Query
from civcas.web.rendering import pages
from civcas.web.site import Site

CLOSED: dict[str, tuple[str, ...]] = {
    "grades": tuple(map(str, Grades)), "bound": tuple(map(str, Bound)), "attribution": tuple(map(str, Attribution)),
    "exposure": tuple(map(str, Exposure)), "grading": tuple(map(str, Grading)), "strike_status": tuple(map(str, StrikeStatus)),
    "named": YES_NO, "dated": YES_NO, "located": YES_NO, "numbered": YES_NO, "sort": SORTS,
}  # fmt: skip
MANY = ("belligerents", "grading")
JSON_TYPES = {
    pa.string(): "string",
    pa.int64(): "integer",
    pa.float64(): "number",
    pa.date32(): "string",
    pa.bool_(): "boolean",
}


def document(site: Site) -> bytes:
    """OpenAPI 3.1 as JSON."""
    told = {
        "openapi": "3.1.0",
        "info": {"title": site.about.title, "version": site.about.version or f"entry {site.about.sequence}",
                 "description": f"Read-only. Made by civcas {VERSION}. Unknown is null, never 0."},
        "paths": _paths(),
        "components": {"schemas": {name: _schema(table) for name, table in SHOWN.items()} | {"Error": ERROR}},
    }  # fmt: skip
    return json.dumps(told, ensure_ascii=False, indent=1).encode()


ERROR = {
    "type": "object",
    "required": ["ok", "error", "errors", "status"],
    "properties": {
        "ok": {"const": False}, "error": {"type": "string"}, "errors": {"type": "array", "items": {"type": "string"}},
        "status": {"type": "integer"},
    },
}  # fmt: skip


def _paths() -> dict[str, Any]:
    query, own = _query_parameters(), _own_parameters()
    paths: dict[str, Any] = {}
    for page in pages().values():
        if page.rows is None:
            continue
        rows = {"$ref": "#/components/schemas/incident"} if page.name == "incidents" else {"type": "object"}
        more = own if page.name == "incidents" else own[2:3]
        for form in ("json", "csv"):
            paths[f"/{page.address or page.name}.{form}"] = _get(
                f"The rows of the page {page.name}", form, [*query, *(more if form == "json" else ())], rows
            )
    paths["/incidents/{address}.json"] = _get(
        "One incident with all that stands behind it", "json",
        [{"name": "address", "in": "path", "required": True, "schema": {"type": "string"}}], {"type": "object"},
    )  # fmt: skip
    for name, table in SHOWN.items():
        for form in ("json", "csv"):
            row = {"$ref": f"#/components/schemas/{name}"}
            paths[f"/data/{name}.{form}"] = _get(table.a_row_is, form, own[:3] if form == "json" else [], row)
    return paths


def _get(says: str, form: str, parameters: list[dict[str, Any]], row: dict[str, Any]) -> dict[str, Any]:
    body = {"type": "object", "properties": {"ok": {"const": True}, "rows": {"type": "array", "items": row}}}
    content = {"application/json": {"schema": body}} if form == "json" else {"text/csv": {"schema": {"type": "string"}}}
    wrong = {
        "description": "what is wrong",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
    }
    return {
        "get": {
            "summary": says,
            "parameters": parameters,
            "responses": {"200": {"description": says, "content": content}, "400": wrong},
        }
    }


def _query_parameters() -> list[dict[str, Any]]:
    found = []
    for each in fields(Query):
        if each.name in ("page", "size"):
            continue
        one: dict[str, Any] = {"type": "string"} | ({"enum": list(CLOSED[each.name])} if each.name in CLOSED else {})
        found.append(
            {"name": each.name, "in": "query", "schema": {"type": "array", "items": one} if each.name in MANY else one}
        )
    return found


def _own_parameters() -> list[dict[str, Any]]:
    return [
        {
            "name": "_size",
            "in": "query",
            "schema": {"type": "integer", "minimum": 0, "maximum": LARGEST, "default": SIZE},
        },
        {"name": "_next", "in": "query", "schema": {"type": "string"}},
        {"name": "_shape", "in": "query", "schema": {"type": "string", "enum": list(SHAPES), "default": SHAPES[0]}},
        {
            "name": "_facet",
            "in": "query",
            "schema": {"type": "array", "items": {"type": "string", "enum": list(FACETS)}},
        },
    ]


def _schema(table: Table) -> dict[str, Any]:
    return {
        "type": "object",
        "description": f"A row is {table.a_row_is}.",
        "properties": {
            f.name: {
                "type": [JSON_TYPES[f.type], "null"] if f.nullable else JSON_TYPES[f.type],
                "description": f.meaning,
                **({"format": "date"} if pa.types.is_date(f.type) else {}),
            }
            for f in table.fields
        },
    }
