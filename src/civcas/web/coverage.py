"""Where the records come from, month by month: a month without reports is a month that nobody may have looked at."""

from __future__ import annotations

from civcas.drawing.frame import Figure
from civcas.drawing.heat_strip import heat_strip
from civcas.web import charts
from civcas.web.page import Asked
from civcas.web.site import Row, Site

ROWS = 12  # datasets shown; the rest stand in the table of sources


def counts(site: Site) -> list[Row]:
    """Reports of each dataset by month of the first day they give; where a dataset has none, its incidents."""
    return site.remember("coverage", lambda: site.ask(
        "SELECT dataset, substr(date_start, 1, 7) AS month, count(*) AS n FROM report WHERE date_start IS NOT NULL GROUP BY 1, 2 "
        "UNION ALL SELECT dataset, substr(date_start, 1, 7), count(*) FROM incident WHERE date_start IS NOT NULL "
        "AND dataset NOT IN (SELECT dataset FROM report) GROUP BY 1, 2 ORDER BY 1, 2"
    ))  # fmt: skip


def figure(asked: Asked) -> Figure | None:
    """One row a dataset, one cell a month."""
    found = counts(asked.site)
    if not found:
        return None
    words, months = asked.language, _every_month(found)
    by_dataset: dict[str, dict[str, int]] = {}
    for row in found:
        by_dataset.setdefault(row["dataset"], {})[row["month"]] = row["n"]
    most = sorted(by_dataset.items(), key=lambda item: (-sum(item[1].values()), item[0]))[:ROWS]
    return heat_strip(
        [words.day(m) for m in months], [(name, [of.get(m, 0) for m in months]) for name, of in most],
        **charts.told(asked, "coverage"), axis=words.plain("chart.reports"), period=words.plain("month"),
        reading=words.plain("chart.everything"),
    )  # fmt: skip


def _every_month(found: list[Row]) -> list[str]:
    first, last = min(r["month"] for r in found), max(r["month"] for r in found)
    start, end = (int(m[:4]) * 12 + int(m[5:7]) - 1 for m in (first, last))
    return [f"{m // 12:04d}-{m % 12 + 1:02d}" for m in range(start, end + 1)]
