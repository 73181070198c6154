"""What programs ask beside the pages: rows as JSON or CSV, in the habits that Datasette made known."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from civcas.errors import BadInput, UnknownName
from civcas.exporters.csv_files import MARK, RISKY
from civcas.public.tables import SHOWN
from civcas.web import storing
from civcas.web.page import Page
from civcas.web.query import Query
from civcas.web.site import Row, Site
from civcas.web.where import where

SIZE, LARGEST = 100, 1_000  # rows of a page of JSON, and at most
SHAPES = ("objects", "arrays", "array", "arrayfirst")
FACETS = ("grading", "country", "province", "strike_status", "dataset", "geo_precision", "belligerent", "month", "year")
MOST_FACETS = 4  # facets of one question
IN_FACET = 100  # values of one facet
TRACKERS = ("utm_", "fbclid", "gclid", "mc_")  # what others append to links; it means nothing here
FACET = {
    "grading": "coalesce(grading, 'ungraded')",
    "month": "substr(date_start, 1, 7)",
    "year": "substr(date_start, 1, 4)",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """An address's parameters, parted: what the query means, and how the answer is wanted."""

    query: Query
    size: int | None = None
    next: str = ""
    shape: str = "objects"
    facets: tuple[str, ...] = ()
    release: str = ""

    @classmethod
    def of(cls, given: Mapping[str, list[str]]) -> Words:
        """Read `_size`, `_next`, `_shape`, `_facet` and `release`; `from` and `to` become the window; the rest is the query."""
        own = {name: values for name, values in given.items() if not name.startswith(("_", *TRACKERS))}
        release = (own.pop("release", None) or [""])[-1]
        asked = {name: values for name, values in given.items() if name.startswith("_")}
        for name in asked:
            if name not in ("_size", "_next", "_shape", "_facet"):
                raise UnknownName("parameter", name, ("_size", "_next", "_shape", "_facet"))
        facets = tuple(dict.fromkeys(asked.get("_facet", ())))
        for facet in facets:
            if facet not in FACETS:
                raise UnknownName("facet", facet, FACETS)
        if len(facets) > MOST_FACETS:
            raise BadInput(f"{len(facets)} facets are asked for", expected=f"at most {MOST_FACETS}")
        shape = (asked.get("_shape") or ["objects"])[-1]
        if shape not in SHAPES:
            raise UnknownName("shape", shape, SHAPES)
        return cls(
            query=Query.of(_window(own)), size=_size(asked.get("_size")), next=(asked.get("_next") or [""])[-1], shape=shape,
            facets=facets, release=release,
        )  # fmt: skip


def _window(own: dict[str, list[str]]) -> dict[str, list[str]]:
    """Two dates of a form as one window; one that is left empty is open on that side."""
    if "from" not in own and "to" not in own:
        return own
    first, last = ((own.pop(name, None) or [""])[-1].strip() for name in ("from", "to"))
    if first or last:
        own["window"] = [f"{first or '1900-01-01'}..{last or '2100-12-31'}"]
    return own


def _size(given: list[str] | None) -> int | None:
    if not given:
        return None
    if given[-1] == "max":
        return LARGEST
    if not given[-1].isascii() or not given[-1].isdigit() or not 0 <= int(given[-1][:9]) <= LARGEST:
        raise BadInput(f"_size is {given[-1][:40]!r}", expected=f"a whole number up to {LARGEST}, or max")
    return int(given[-1])


def incidents(site: Site, words: Words, *, path: str) -> dict[str, Any]:
    """One page of the incidents a query finds, with how many there are and the cursor of the next page."""
    size, start = words.size if words.size is not None else SIZE, _cursor(words.next)
    query = words.query
    found = site.found(query)
    rows = site.rows(query, size, start) if size else []
    answer = _shaped(rows, [f.name for f in SHOWN["incident"].fields], words.shape)
    after = start + size
    more = size > 0 and after < found.incidents
    return answer | {
        "found": found.incidents, "of": site.of, "killed_min": found.killed_min, "killed_max": found.killed_max,
        "without_a_number": found.without_a_number, "open_above": found.open_above, "query": query.to_query(page=1),
        "next": str(after) if more else None, "next_url": _next_url(path, words, after) if more else None,
        "facets": {name: facet(site, query, name) for name in words.facets},
    }  # fmt: skip


def table(site: Site, name: str, words: Words) -> dict[str, Any]:
    """One page of a public table, in the order of its key; the cursor is the last row's number."""
    size, start = words.size if words.size is not None else SIZE, _cursor(words.next)
    rows = site.ask(
        f'SELECT rowid AS _row, {storing.columns(name)} FROM "{name}" WHERE rowid > ? ORDER BY rowid LIMIT ?',
        (start, size),
    )
    last = rows[-1]["_row"] if rows else start
    for row in rows:
        del row["_row"]
    more = bool(rows) and bool(site.ask(f'SELECT 1 FROM "{name}" WHERE rowid > ? LIMIT 1', (last,)))
    path = f"/data/{name}.json"
    return _shaped(rows, [f.name for f in SHOWN[name].fields], words.shape) | {
        "of": site.sizes[name], "next": str(last) if more else None, "next_url": _next_url(path, words, last) if more else None,
    }  # fmt: skip


def page_rows(site: Site, page: Page, words: Words) -> dict[str, Any]:
    """The rows behind any other page, whole."""
    assert page.rows
    rows = page.rows(site, words.query)
    return _shaped(rows, list(rows[0]) if rows else [], words.shape) | {"next": None}


def facet(site: Site, query: Query, name: str) -> list[dict[str, Any]]:
    """What occurs in a column among the incidents found, and how often; a shared incident counts under each belligerent."""
    condition, values = where(query)
    column = FACET.get(name, name)
    joined = "incident JOIN party ON party.incident = incident.rowid" if name == "belligerent" else "incident"
    question = (
        f"SELECT {column} AS value, count(*) AS count FROM {joined} WHERE {condition} "
        f"GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {IN_FACET}"
    )
    return site.remember(("facet", name, condition, *values), lambda: site.ask(question, values))


def _shaped(rows: list[Row], columns: list[str], shape: str) -> dict[str, Any]:
    told: Any = rows
    if shape == "arrays":
        told = [list(row.values()) for row in rows]
    elif shape == "arrayfirst":
        told = [next(iter(row.values())) for row in rows]
    return {"ok": True, "columns": columns, "rows": told}


def dumped(answer: Mapping[str, Any], shape: str) -> bytes:
    """The whole answer, or for the shapes that are arrays their rows alone."""
    told = answer["rows"] if shape in ("array", "arrayfirst") and "rows" in answer else answer
    return json.dumps(told, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=str).encode(
        "utf-8", "replace"
    )


def csv_text(rows: Iterable[Mapping[str, Any]], columns: list[str]) -> Iterator[str]:
    """Rows as CSV in pieces. Text that begins like a formula gets an apostrophe before it; numbers stay numbers; unknown is empty."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    for number, row in enumerate(rows, 1):
        writer.writerow([_cell(row[c]) for c in columns])
        if number % 500 == 0:
            yield out.getvalue()
            out.seek(0)
            out.truncate()
    yield out.getvalue()


def _cell(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return MARK + value if value.startswith((*RISKY, MARK)) else value


def _cursor(given: str) -> int:
    if not given:
        return 0
    if not given.isascii() or not given.isdigit() or len(given) > 12:
        raise BadInput(f"_next is {given[:40]!r}", expected="the cursor that the page before gave")
    return int(given)


def _next_url(path: str, words: Words, cursor: int) -> str:
    own: list[tuple[str, str]] = [("_next", str(cursor))]
    if words.size is not None:
        own.append(("_size", str(words.size)))
    if words.shape != "objects":
        own.append(("_shape", words.shape))
    own += [("_facet", f) for f in words.facets]
    asked = replace(words.query, page=1).to_query()
    return f"{path}?{'&'.join(p for p in (asked, urlencode(own)) if p)}"
