"""Pictures of the site: what they add up to, what they leave out and say so, and what a copy carries."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

import pyarrow as pa
import pytest

from civcas.drawing.stacked_columns import Layer, stacked_columns
from civcas.errors import BadInput
from civcas.public.tables import SHOWN
from civcas.web import charts, coverage, rates, totals
from civcas.web.language import language
from civcas.web.page import Asked
from civcas.web.query import Query
from civcas.web.site import Site
from made_up_public import made_up_public


def asked(site: Site, query: Query | None = None, code: str = "en") -> Asked:
    return Asked(site=site, query=query or Query(), language=language(code))


def test_the_table_behind_deaths_by_grade_adds_up_to_all_dated_incidents(site: Site) -> None:
    figure = charts.deaths_by_grade(asked(site))
    assert figure and figure.table
    lowest = [i for i, name in enumerate(figure.table.columns) if name.endswith("lowest")]
    added = sum(int(row[i].replace(",", "")) for row in figure.table.rows for i in lowest)
    cells = totals.cells(site)
    left_out = totals.outside(cells, totals.months(cells))
    assert added + left_out.killed_min == totals.add(cells).killed_min
    assert f"{left_out.incidents} incident" in figure.reading


def test_every_picture_says_how_it_was_read_and_carries_its_citation(site: Site) -> None:
    query = Query(belligerents=("Coalition",), q="town")
    for draw in (
        charts.deaths_by_grade,
        charts.deaths_by_belligerent,
        charts.declared_and_alleged,
        coverage.figure,
        rates.figure,
    ):
        figure = draw(asked(site, query))
        assert figure and figure.title and figure.description and figure.caption and figure.table
        assert "A made-up case" in figure.citation and "A made-up case" in figure.svg()
        if draw in (charts.deaths_by_grade, charts.declared_and_alleged):
            assert "Belligerent Coalition" in figure.reading and "town" in figure.reading


def test_a_date_of_another_age_opens_no_span_of_years(tmp_path: Path) -> None:
    public = made_up_public(50)
    incident = public.tables["incident"]
    days = [dt.date(1970, 1, 1), *incident["date_start"].to_pylist()[1:]]
    place = incident.column_names.index("date_start")
    changed = incident.set_column(place, "date_start", pa.array(days, pa.date32()))
    tables = {**public.tables, "incident": SHOWN["incident"].conform(changed)}
    own = Site.make(dataclasses.replace(public, tables=tables), tmp_path / "site.db")
    cells = totals.cells(own)
    shown = totals.months(cells)
    assert shown[0] >= "2014" and len(shown) < 80
    assert totals.outside(cells, shown).incidents >= 1


def test_a_sum_in_which_nothing_has_a_number_is_unknown_and_not_zero() -> None:
    assert totals.Sum(incidents=3, without_a_number=3).killed == (None, None)
    assert totals.Sum(incidents=3, without_a_number=2, least=0, most=1).killed == (0, 1)
    assert totals.Sum().killed == (0, 0)


def test_columns_that_do_not_cover_the_periods_are_refused() -> None:
    layer = Layer(label="one", letter="1", kind="fair", values=[1, 2])
    with pytest.raises(BadInput, match="2 values for 3 periods"):
        stacked_columns(["a", "b", "c"], [layer], id="x", title="t", description="d", axis="n")


def test_rates_give_their_reading_interval_and_denominator_or_say_why_not(site: Site) -> None:
    found = rates.rates(site, Query())
    assert {len(one.belligerents) for one in found.rates} == {1} and {
        len(one.belligerents) for one in found.ratios
    } == {2}
    for one in (*found.rates, *found.ratios):
        assert (one.estimate is None) == bool(one.refused)
        assert one.reading.exposure[0] == "month" and one.reading.window[0] == found.window
    strikes = rates.rates(site, Query.of({"exposure": ["declared strike"]}))
    assert all(one.refused for one in strikes.rates)
    assert all(len(group) == 1 for group in strikes.grouped("rates").values()), "one reason, told once"
