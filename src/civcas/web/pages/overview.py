"""The first page: how many are recorded as killed, by which rule, and what is not known."""

from __future__ import annotations

from typing import Any

from civcas.drawing.frame import Figure
from civcas.terms.vocabulary import Grades, Grading
from civcas.web import charts, coverage, periods, totals
from civcas.web.doubted import doubted, share
from civcas.web.page import Asked, Page
from civcas.web.query import Query
from civcas.web.site import Row, Site
from civcas.web.totals import HEADLINE, Sum

NOTHING_KNOWN = {"without_a_number": "numbered", "undated": "dated", "unlocated": "located", "unattributed": "named"}
LATEST = 5


def context(asked: Asked) -> dict[str, Any]:
    """The headline and its parts. A case without incidents shows its sums by period instead."""
    found = totals.cells(asked.site)
    gradings = totals.by_grading(found)
    return {
        "has_incidents": bool(found),
        "in_doubt": doubted(asked.site, Query(grades=Grades.FAIR_CONFIRMED)),
        "share": share,
        "headline": totals.add(found, lambda cell: cell.headline),
        "everything": totals.add(found),
        "counted": {g: s for g, s in gradings.items() if g in HEADLINE},
        "apart": {g: s for g, s in gradings.items() if g not in HEADLINE},
        "headline_query": Query(grades=Grades.FAIR_CONFIRMED),
        "grading_query": {str(g): Query(grading=(g,)) for g in Grading if g in gradings},
        "unknown": unknown(found),
        "figures": figures(asked),
        "belligerents": _belligerents(asked.site) if found else periods.by_belligerent(asked.site),
        "span": totals.months(found),
        "corrections": asked.site.ask("SELECT * FROM correction ORDER BY sequence DESC LIMIT ?", (LATEST,)),
        "sources": asked.site.ask("SELECT * FROM source ORDER BY dataset"),
    }  # fmt: skip


def figures(asked: Asked) -> dict[str, Figure]:
    whole = Asked(site=asked.site, query=Query(), language=asked.language)
    drawn = {"deaths-by-grade": charts.deaths_by_grade(whole), "coverage": coverage.figure(whole)}
    return {name: figure for name, figure in drawn.items() if figure}


def rows(site: Site, query: Query) -> list[Row]:
    """Every cell of the sums: grading × belligerents × month × located × strike status; they add up to the headline."""
    return [
        {
            "grading": c.grading, "belligerents": c.belligerents or None, "month": c.month or None, "located": c.located,
            "strike_status": c.strike_status or None, "in_headline": c.headline, "incidents": c.sum.incidents,
            "killed_min": c.sum.killed_min, "killed_max": c.sum.killed_max, "without_a_number": c.sum.without_a_number,
            "open_above": c.sum.open_above,
        }
        for c in totals.cells(site, query)
    ]  # fmt: skip


def unknown(found: list[totals.Cell]) -> dict[str, tuple[Sum, Query]]:
    """What is not known, with the filters that list it."""
    sums = {
        "without_a_number": Sum(incidents=totals.add(found).without_a_number),
        "undated": totals.add(found, lambda cell: not cell.month),
        "unlocated": totals.add(found, lambda cell: not cell.located),
        "unattributed": totals.add(found, lambda cell: cell.named == 0),
    }
    return {name: (sums[name], Query().varied(**{field: "no"})) for name, field in NOTHING_KNOWN.items()}


def _belligerents(site: Site) -> dict[str, Sum]:
    """Headline sums of every incident that names a belligerent; a shared incident stands under each."""
    return {
        name: sum((s for kind in kinds.values() for g, s in kind.items() if g in HEADLINE), Sum())
        for name, kinds in totals.by_belligerent(site).items()
    }


ENTRY = Page(
    name="overview", address="", template="overview.html", context=context, menu=10, rows=rows, figures=figures
)
