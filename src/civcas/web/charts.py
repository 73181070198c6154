"""The site's pictures: sums laid out for the drawing room, each with its title, description, reading and citation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from civcas.drawing.frame import Figure
from civcas.drawing.line_chart import MOST_SERIES, Series, line_chart
from civcas.drawing.stacked_columns import Layer, stacked_columns
from civcas.terms.vocabulary import Grading, StrikeStatus
from civcas.web import totals
from civcas.web.language import Language
from civcas.web.page import Asked
from civcas.web.totals import Cell, Sum

KINDS = {
    Grading.CONFIRMED: ("C", "confirmed"), Grading.FAIR: ("F", "fair"), Grading.CONTESTED: ("X", "contested"),
    Grading.WEAK: ("W", "weak"), Grading.CONTESTED_DISCOUNTED: ("XD", "contested"), Grading.DISCOUNTED: ("D", "discounted"),
    Grading.UNGRADED: ("U", "ungraded"),
}  # fmt: skip
STATUSES: dict[str, tuple[str, str]] = {
    StrikeStatus.DECLARED: ("D", "confirmed"), StrikeStatus.LIKELY: ("L", "fair"),
    StrikeStatus.SINGLE_SOURCE: ("S", "weak"), StrikeStatus.CONTESTED: ("X", "contested"),
    "": ("?", "ungraded"),
}  # fmt: skip


def deaths_by_grade(asked: Asked) -> Figure | None:
    """Lowest numbers of civilians killed by month, stacked by grading, inside the outline of the highest numbers."""
    found = totals.cells(asked.site, asked.query)
    months, words = totals.months(found), asked.language
    if not months:
        return None
    layers = [
        Layer(label=words.word("grading", grading), letter=letter, kind=kind, values=low, highest=high)
        for grading, (letter, kind) in KINDS.items()
        for low, high in [_bounds(found, months, lambda cell, grading=grading: cell.grading == grading)]  # type: ignore[misc]
        if any(low) or any(high) or None in high
    ]
    left_out = totals.outside(found, months)
    return stacked_columns(
        [words.day(m) for m in months], layers, **told(asked, "deaths-by-grade"), outline=words.plain("chart.outline"),
        axis=words.plain("chart.killed"), **_heads(words), or_more=_or_more(words), reading=_reading(asked, left_out),
    )  # fmt: skip


def deaths_by_belligerent(asked: Asked) -> Figure | None:
    """Lowest to highest numbers of civilians killed by month, for the belligerents named most, headline gradings only."""
    words = asked.language
    found = [cell for cell in totals.cells(asked.site, asked.query) if cell.headline]
    months, names = totals.months(found), asked.site.choices("belligerent")[:MOST_SERIES]
    if not months or not names:
        return None
    series = []
    for name in names:
        low, high = _bounds(found, months, lambda cell, name=name: name in cell.belligerents.split("; "))  # type: ignore[misc]
        series.append(Series(label=name, values=low, lows=low, highs=high))
    return line_chart(
        [words.day(m) for m in months], series, **told(asked, "deaths-by-belligerent"), axis=words.plain("chart.killed"),
        or_more=_or_more(words), reading=_reading(asked, totals.outside(found, months)),
    )  # fmt: skip


def declared_and_alleged(asked: Asked) -> Figure | None:
    """Incidents by month and by how surely a belligerent acted there: declared by itself, or alleged by others."""
    words = asked.language
    found = totals.cells(asked.site, asked.query)
    months = totals.months(found)
    if not months:
        return None
    layers = []
    for status, (letter, kind) in STATUSES.items():
        counted = totals.by([c for c in found if c.strike_status == status], lambda cell: cell.month)
        values = [counted[m].incidents if m in counted else 0 for m in months]
        if any(values):
            layers.append(
                Layer(label=words.word("strike_status", status or None), letter=letter, kind=kind, values=values)
            )
    return stacked_columns(
        [words.day(m) for m in months], layers, **told(asked, "declared-and-alleged"), axis=words.plain("chart.incidents"),
        period=words.plain("month"), reading=_reading(asked, totals.outside(found, months)),
    ) if layers else None  # fmt: skip


def cited(asked: Asked) -> str:
    """What a copied picture must say about where it came from."""
    about = asked.site.about
    said = about.cite_as or about.title
    state = (
        asked.language.plain("foot.release", version=about.version)
        if about.version
        else asked.language.plain("foot.entry", n=about.sequence)
    )
    return " · ".join(
        p for p in (said, state, asked.language.day(about.as_of) if about.as_of else "", about.head[:12]) if p
    )


def told(asked: Asked, name: str) -> dict[str, Any]:
    words = asked.language
    return {
        "id": name, "title": words.plain(f"chart.{name}"), "description": words.plain(f"chart.{name}.description"),
        "caption": words.plain(f"chart.{name}.caption"), "citation": cited(asked),
    }  # fmt: skip


def _heads(words: Language) -> dict[str, str]:
    return {
        "period": words.plain("month"), "lowest": words.plain("chart.lowest", layer="{}"),
        "highest": words.plain("chart.highest", layer="{}"),
    }  # fmt: skip


def _or_more(words: Language) -> Callable[[float], str]:
    return lambda low: words.range(int(low), None)


def _reading(asked: Asked, left_out: Sum) -> str:
    """Which incidents the picture shows, and what it cannot show."""
    words = asked.language
    chosen = "; ".join(f"{name} {value}" for name, value in filters(asked))
    parts = [words.plain("chart.reading", reading=chosen) if chosen else words.plain("chart.everything")]
    if left_out.incidents:
        parts.append(words.plain("chart.undated", n=left_out.incidents, killed=words.range(*left_out.killed)))
    return " ".join(parts)


def filters(asked: Asked) -> list[tuple[str, str]]:
    """Every filter of the query in words, name and value."""
    query, words = asked.query, asked.language
    said = [(words.plain("filter.belligerents"), b) for b in query.belligerents]
    said += [(words.plain("filter.grading"), words.word("grading", g)) for g in query.grading]
    if str(query.grades) != "all":
        said.append((words.plain("filter.grades"), words.word("grades", query.grades)))
    for name in ("area", "province", "q"):
        if value := getattr(query, name):
            said.append((words.plain(f"filter.{name}"), value))
    if query.window:
        said.append(
            (words.plain("filter.window"), words.when(query.window.first.isoformat(), query.window.last.isoformat()))
        )
    if query.strike_status:
        said.append((words.plain("filter.strike_status"), words.word("strike_status", query.strike_status)))
    if str(query.attribution) != "any":
        said.append((words.plain("filter.attribution"), words.word("attribution", query.attribution)))
    said += [
        (words.plain(f"filter.{name}"), words.plain(getattr(query, name)))
        for name in ("named", "dated", "located", "numbered")
        if getattr(query, name)
    ]
    return said


def _bounds(
    found: Sequence[Cell], months: Sequence[str], when: Callable[[Cell], bool]
) -> tuple[list[int], list[int | None]]:
    """Lowest and highest sums by month; a highest sum that is open is None."""
    sums = totals.by([cell for cell in found if when(cell)], lambda cell: cell.month)
    of_months = [sums.get(m, Sum()) for m in months]
    return [s.least for s in of_months], [None if s.open_above else s.most for s in of_months]
