"""A query as a condition over the table `incident`: the one place where filters are given their meaning on the server."""

from __future__ import annotations

import re
from typing import Any

from civcas.terms.vocabulary import Attribution, Grades
from civcas.web.folding import folded
from civcas.web.query import Query
from civcas.web.storing import RARE

_WORD = re.compile(r"\w+", re.UNICODE)
PRESENCE = {"dated": "date_start", "located": "latitude", "numbered": "coalesce(killed_min, killed_max)"}


def where(query: Query) -> tuple[str, list[Any]]:
    """The condition and its parameters. An incident that spans several days counts by its first, as the register's months do."""
    parts: list[str] = []
    values: list[Any] = []

    def also(part: str, *given: Any) -> None:
        parts.append(part)
        values.extend(given)

    if query.belligerents:
        marks = ", ".join("?" for _ in query.belligerents)
        also(
            f"(parties & (SELECT coalesce(sum(bit), 0) FROM side WHERE bit < {RARE} AND belligerent IN ({marks})) OR parties & {RARE} "
            f"AND EXISTS (SELECT 1 FROM party WHERE party.incident = incident.rowid AND party.belligerent IN ({marks})))",
            *query.belligerents, *query.belligerents,
        )  # fmt: skip
    if query.attribution is not Attribution.ANY:
        also("named = 1" if query.attribution is Attribution.SOLE else "named > 1")
    if query.named:
        also("named > 0" if query.named == "yes" else "named = 0")
    if query.area:
        also("country = ?", query.area)
    if query.province:
        also("province = ?", query.province)
    if query.window:
        also("date_start BETWEEN ? AND ?", query.window.first.isoformat(), query.window.last.isoformat())
    if query.grades is not Grades.ALL or query.grading:
        marks = ", ".join("?" for _ in query.gradings)
        also(f"coalesce(grading, 'ungraded') IN ({marks})", *map(str, query.gradings))
    if query.strike_status:
        also("strike_status = ?", query.strike_status)
    for name, column in PRESENCE.items():
        if asked := getattr(query, name):
            also(f"{column} IS {'NOT ' if asked == 'yes' else ''}NULL")
    if query.q and (words := _WORD.findall(folded(query.q))):
        # quoted, so that nothing typed is an operator; the last word may be unfinished
        also(
            "rowid IN (SELECT rowid FROM incident_words WHERE incident_words MATCH ?)",
            " ".join(f'"{w}"*' for w in words),
        )
    return " AND ".join(parts) or "1", values
