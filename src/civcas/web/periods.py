"""Sums of a case that holds no incidents, only totals by belligerent and period."""

from __future__ import annotations

from civcas.terms.range_sum import sums_of_periods_sql
from civcas.web.site import Site
from civcas.web.totals import Sum, main_span, number


def by_belligerent(site: Site) -> dict[str, dict[str, Sum]]:
    """belligerent → grading → sum over every area and period, sole and shared alike.

    An incident that names several stands under each, so these rows do not add up to a total of the case; none is shown.
    """
    found: dict[str, dict[str, Sum]] = {}
    for row in site.ask(
        f"SELECT belligerent, grading, {sums_of_periods_sql()} FROM harm_by_period GROUP BY 1, 2 ORDER BY 1, 2"
    ):
        name, grading = row.pop("belligerent"), row.pop("grading")
        found.setdefault(name, {})[grading] = Sum(**row)
    return found


def recorded(site: Site, area: str, belligerent: str) -> list[str]:
    """Every month of the span in which a belligerent is recorded in an area: 2016-03, 2016-04 and so on; empty where it is not.

    A row that covers several months counts in each of them.
    """
    counted: dict[str, int] = {}
    for row in site.ask(
        "SELECT substr(period_start, 1, 7) AS first, substr(period_end, 1, 7) AS last, sum(incidents) AS n FROM harm_by_period "
        "WHERE area = ? AND belligerent = ? GROUP BY 1, 2", (area, belligerent),
    ):  # fmt: skip
        for month in _months(row["first"], row["last"]):
            counted[month] = counted.get(month, 0) + row["n"]
    return main_span(counted)


def _months(first: str, last: str) -> list[str]:
    return [f"{n // 12:04d}-{n % 12 + 1:02d}" for n in range(number(first), number(last) + 1)]
