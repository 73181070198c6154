"""Who is named: how the headline divides, every grading, and rates with their readings, intervals and denominators."""

from __future__ import annotations

from typing import Any

from civcas.drawing.frame import Figure
from civcas.terms.vocabulary import Attribution, Exposure, Grades, Grading
from civcas.web import charts, periods, rates, totals
from civcas.web.doubted import doubted, share
from civcas.web.page import Asked, Page
from civcas.web.query import Query
from civcas.web.site import Row, Site
from civcas.web.totals import HEADLINE, Sum

MOST = 40  # belligerents on the page; all are in the CSV


def context(asked: Asked) -> dict[str, Any]:
    site, words = asked.site, asked.language
    found = totals.cells(site)
    named = totals.by_belligerent(site)
    rated = rates.rates(site, asked.query)
    return {
        "has_incidents": bool(found),
        "in_doubt": doubted(asked.site, Query(grades=Grades.FAIR_CONFIRMED)),
        "share": share,
        "divided": divided(found),
        "headline": totals.add(found, lambda cell: cell.headline),
        "gradings": [
            g for g in map(str, Grading) if any(g in kind for kinds in named.values() for kind in kinds.values())
        ],
        "named": dict(sorted(named.items(), key=lambda item: (-_incidents(item[1]), item[0]))[:MOST]),
        "by_period": {} if found else periods.by_belligerent(site),
        "rated": rated,
        "rates_say": rates.says(rated, words, asked.query),
        "reading_of": lambda one: rates.reading_of(one, words),
        "exposures": [str(e) for e in Exposure if e is not Exposure.NONE],
        "attributions": list(map(str, Attribution)),
        "figures": figures(asked),
    }


def divided(found: list[totals.Cell]) -> dict[str, Sum]:
    """The headline by who is named: each belligerent alone, several together, nobody. It adds up, since each incident is in one row."""
    parts = totals.by(
        [c for c in found if c.headline], lambda c: c.belligerents if c.named == 1 else "; " if c.named else ""
    )
    alone = {
        name: parts[name] for name in sorted(parts, key=lambda n: (-parts[n].incidents, n)) if name not in ("; ", "")
    }
    return alone | {name: parts[name] for name in ("; ", "") if name in parts}


def figures(asked: Asked) -> dict[str, Figure]:
    whole = Asked(site=asked.site, query=Query(), language=asked.language)
    drawn = {
        "deaths-by-belligerent": charts.deaths_by_belligerent(whole),
        "declared-and-alleged": charts.declared_and_alleged(whole),
        "rates": rates.figure(asked),
    }
    return {name: figure for name, figure in drawn.items() if figure}


def rows(site: Site, query: Query) -> list[Row]:
    """Belligerent × sole or shared × grading. A shared incident stands under each belligerent: sole rows, shared incidents once
    and unattributed ones add up to the headline, not all rows."""
    return [
        {
            "belligerent": name, "attribution": kind, "grading": grading, "in_headline": grading in HEADLINE,
            "incidents": s.incidents, "killed_min": s.killed_min, "killed_max": s.killed_max, "without_a_number": s.without_a_number,
            "open_above": s.open_above,
        }
        for name, kinds in totals.by_belligerent(site, query).items() for kind, sums in kinds.items() for grading, s in sums.items()
    ]  # fmt: skip


def _incidents(kinds: dict[str, dict[str, Sum]]) -> int:
    return sum(s.incidents for sums in kinds.values() for s in sums.values())


ENTRY = Page(
    name="belligerents",
    address="belligerents",
    template="belligerents.html",
    context=context,
    menu=40,
    rows=rows,
    figures=figures,
)
