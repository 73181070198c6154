"""The rows of a list of incidents as HTML, without a template: a list is the page asked for most, and of a thousand pieces."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from markupsafe import Markup, escape

from civcas.web.bidi import isolated
from civcas.web.language import language
from civcas.web.links import Links
from civcas.web.marking import grades, listed
from civcas.web.site import Row

ALIKE = 50_000  # texts whose HTML is remembered: places and parties recur from page to page


def rows_html(rows: Sequence[Row], links: Links) -> Markup:
    """One table row an incident; every imported text is escaped and isolated."""
    code = links.language
    chips = grades(code)
    return Markup("\n".join(_row(row, links, code, chips[row["grading"]]) for row in rows))


def _row(row: Row, links: Links, code: str, chip: str) -> str:
    where = _place(code, row["place"], row["province"])
    return (
        f'<tr><th scope="row"><a href="{escape(links.incident(row["address"]))}">{isolated(row["code"] or row["address"])}</a></th>'
        f'<td class="date">{_when(code, row["date_start"], row["date_end"], row["date_precision"])}</td>'
        f'<td class="place">{where}</td><td class="by">{_parties(code, row["belligerents"])}</td>'
        f'<td class="number">{_killed(code, row["killed_min"], row["killed_max"])}</td><td>{chip}</td></tr>'
    )


@lru_cache(ALIKE)
def _place(code: str, place: str | None, province: str | None) -> str:
    first = isolated(place or province or language(code).plain("unlocated"))
    return f'{first} <span class="quiet">{isolated(province)}</span>' if place and province else str(first)


@lru_cache(ALIKE)
def _parties(code: str, belligerents: str | None) -> str:
    return str(listed(language(code), belligerents))


@lru_cache(ALIKE)
def _when(code: str, first: str | None, last: str | None, precision: str | None) -> str:
    return f"<bdi>{escape(language(code).when(first, last, precision))}</bdi>"


@lru_cache(ALIKE)
def _killed(code: str, low: int | None, high: int | None) -> str:
    return f'<bdi class="n">{escape(language(code).range(low, high))}</bdi>'
