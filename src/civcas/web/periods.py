"""Sums of a case that holds no incidents, only totals by belligerent and period."""

from __future__ import annotations

from civcas.terms.range_sum import sums_of_periods_sql
from civcas.web.site import Site
from civcas.web.totals import Sum


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
