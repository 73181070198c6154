"""Sums over incidents, each incident once: by grading, by who is named, by month, with all that is not known beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from civcas.terms.range_sum import RangeSum, sums_sql
from civcas.terms.vocabulary import Grades, Grading
from civcas.web.query import Query
from civcas.web.site import Site
from civcas.web.where import where

FAR = 60  # months without an incident after which another age begins
HEADLINE = tuple(map(str, Grades.FAIR_CONFIRMED.gradings))


Sum = RangeSum


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Incidents alike in grading, belligerents named, month of the first day and whether they are located."""

    grading: str
    belligerents: str  # as listed, separated by ; and empty where nobody is named
    named: int
    month: str  # 2016-03; empty where undated
    located: bool
    strike_status: str
    sum: Sum

    @property
    def headline(self) -> bool:
        return self.grading in HEADLINE


def cells(site: Site, query: Query | None = None) -> list[Cell]:
    """Every incident the query finds in exactly one cell: whatever is added up over them adds up to the headline."""
    condition, values = where(query or Query())
    return site.remember(
        ("cells", condition, *values), lambda: [_cell(row) for row in site.ask(_question(condition), values)]
    )


def add(found: Iterable[Cell], when: Callable[[Cell], bool] = lambda cell: True) -> Sum:
    total = Sum()
    for cell in found:
        if when(cell):
            total += cell.sum
    return total


def by(found: Iterable[Cell], key: Callable[[Cell], str]) -> dict[str, Sum]:
    """Sums by what `key` says of a cell, in the order first met."""
    sums: dict[str, Sum] = {}
    for cell in found:
        name = key(cell)
        sums[name] = sums.get(name, Sum()) + cell.sum
    return sums


def by_grading(found: Iterable[Cell]) -> dict[str, Sum]:
    """Every grading in the vocabulary's order, those without an incident left out."""
    sums = by(found, lambda cell: cell.grading)
    order = [str(g) for g in Grading]
    return {g: sums[g] for g in sorted(sums, key=lambda g: (order.index(g) if g in order else len(order), g))}


def by_belligerent(site: Site, query: Query | None = None) -> dict[str, dict[str, dict[str, Sum]]]:
    """belligerent → sole or shared → grading → sum. A shared incident stands under each that it names, so rows do not add up."""
    condition, values = where(query or Query())

    def make() -> dict[str, dict[str, dict[str, Sum]]]:
        found: dict[str, dict[str, dict[str, Sum]]] = {}
        for row in site.ask(_by_party(condition), values):
            kinds = found.setdefault(row["belligerent"], {"sole": {}, "shared": {}})
            kinds["sole" if row["sole"] else "shared"][row["grading"]] = _sum(row)
        return found

    return site.remember(("by_belligerent", condition, *values), make)


def months(found: Iterable[Cell]) -> list[str]:
    """Every calendar month of the span that holds most incidents, gaps included.

    A date of another age, such as a 1970 that a computer filled in, opens no span of its own: more than `FAR` months without an incident
    end one. What lies outside is counted by `outside`, and must be said beside the months.
    """
    counted: dict[str, int] = {}
    for cell in found:
        if cell.month:
            counted[cell.month] = counted.get(cell.month, 0) + cell.sum.incidents
    return main_span(counted)


def main_span(counted: Mapping[str, int]) -> list[str]:
    """Of months with how much each holds, every calendar month of the span that holds most; see `months`."""
    spans: list[list[str]] = []
    for month in sorted(counted):
        if spans and number(month) - number(spans[-1][-1]) <= FAR:
            spans[-1].append(month)
        else:
            spans.append([month])
    if not spans:
        return []
    most = max(spans, key=lambda span: sum(counted[m] for m in span))
    return [f"{n // 12:04d}-{n % 12 + 1:02d}" for n in range(number(most[0]), number(most[-1]) + 1)]


def number(month: str) -> int:
    """Months since year 0."""
    return int(month[:4]) * 12 + int(month[5:7]) - 1


def outside(found: Iterable[Cell], shown: Sequence[str]) -> Sum:
    """Incidents that months leave out: undated, or of another age."""
    return add(found, lambda cell: not cell.month or not shown or not shown[0] <= cell.month <= shown[-1])


SUMS = sums_sql()


def _question(condition: str) -> str:
    return (
        "SELECT coalesce(grading, 'ungraded') AS grading, coalesce(belligerents, '') AS belligerents, named, "
        "coalesce(substr(date_start, 1, 7), '') AS month, latitude IS NOT NULL AS located, "
        f"coalesce(strike_status, '') AS strike_status, {SUMS} "
        f"FROM incident WHERE {condition} GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6"
    )


def _by_party(condition: str) -> str:
    return (
        f"SELECT belligerent, named = 1 AS sole, coalesce(grading, 'ungraded') AS grading, {SUMS} "
        "FROM party JOIN incident ON incident.rowid = party.incident "
        f"WHERE incident.rowid IN (SELECT rowid FROM incident WHERE {condition}) "
        "GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
    )


def _cell(row: dict[str, Any]) -> Cell:
    words = ("grading", "belligerents", "named", "month", "strike_status")
    return Cell(**{name: row[name] for name in words}, located=bool(row["located"]), sum=_sum(row))


def _sum(row: dict[str, Any]) -> Sum:
    return Sum(**{name: row[name] for name in ("incidents", "least", "most", "without_a_number", "open_above")})
