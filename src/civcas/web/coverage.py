"""Where the records come from, month by month: a month without reports is a month that nobody may have looked at."""

from __future__ import annotations

from civcas.drawing.frame import Figure
from civcas.drawing.heat_strip import heat_strip
from civcas.web import charts, totals
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
    words, months = asked.language, totals.months(totals.cells(asked.site)) or _every_month(found)
    left_out = sum(row["n"] for row in found if not months[0] <= row["month"] <= months[-1])
    by_dataset: dict[str, dict[str, int]] = {}
    for row in found:
        by_dataset.setdefault(row["dataset"], {})[row["month"]] = row["n"]
    most = sorted(by_dataset.items(), key=lambda item: (-sum(item[1].values()), item[0]))[:ROWS]
    return heat_strip(
        [words.day(m) for m in months], [(name, [of.get(m, 0) for m in months]) for name, of in most],
        **charts.told(asked, "coverage"), axis=words.plain("chart.reports"), period=words.plain("month"),
        reading=" ".join(p for p in (words.plain("chart.everything"), left_out and words.plain("chart.reports_outside", n=left_out)) if p),
    )  # fmt: skip


def _every_month(found: list[Row]) -> list[str]:
    """Where there are only reports: the last ten years of the span that most of them speak of."""
    counted: dict[str, int] = {}
    for row in found:
        counted[row["month"]] = counted.get(row["month"], 0) + row["n"]
    return totals.main_span(counted)[-120:]
