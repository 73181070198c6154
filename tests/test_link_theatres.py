"""Which reports may meet: an unknown country is read off the map, and a publisher's own incidents are told apart already."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from civcas.linking.proposing import propose
from civcas.linking.theatres import theatres
from made_up_reports import world

NAN = float("nan")


def test_an_unknown_country_is_that_of_the_nearest_report_that_names_one() -> None:
    country = np.array([1, 2, 0, 0, 0])
    latitude, longitude = np.array([10.0, 14.0, 10.3, 13.6, 40.0]), np.array([20.0, 20.0, 20.1, 20.0, 20.0])
    assert theatres(country, latitude, longitude).tolist() == [1, 2, 1, 2, 0]
    backwards = theatres(country[::-1], latitude[::-1], longitude[::-1])
    assert backwards.tolist() == [0, 2, 1, 2, 1]


def test_a_report_without_a_place_is_of_the_only_country_named_and_of_none_where_there_are_two() -> None:
    nowhere = np.array([NAN, NAN, NAN])
    assert theatres(np.array([1, 0, 1]), nowhere, nowhere).tolist() == [1, 1, 1]
    assert theatres(np.array([1, 0, 2]), nowhere, nowhere).tolist() == [1, 0, 2]


@pytest.mark.parametrize("country", [[0, 0], [3, 1]])
def test_where_all_or_none_name_a_country_nothing_is_read_off_the_map(country: list[int]) -> None:
    here = np.array([10.0, 10.0])
    assert theatres(np.array(country), here, here).tolist() == country


def test_a_source_that_names_no_country_is_linked_with_those_that_do() -> None:
    reports, _ = world()
    agency = pc.equal(reports["source"], "agency")
    unknown = pc.if_else(agency, pa.scalar(None, pa.string()), reports["country"])
    silent = reports.set_column(reports.column_names.index("country"), "country", unknown)
    told, found = propose(reports), propose(silent)
    assert found.member.tolist() == told.member.tolist()
    assert len(found.pairs) > 300


def test_two_incidents_of_one_publisher_are_no_candidates_and_those_of_two_are() -> None:
    reports, _ = world()
    said = reports.append_column("dataset", reports["source"])
    published = said.append_column("row_is", pa.array(["incident"] * reports.num_rows))
    before, found = propose(said), propose(published)
    source = found.accounts.source
    assert (before.accounts.source[before.pairs.left] == before.accounts.source[before.pairs.right]).any()
    assert len(found.pairs) > 300 and (source[found.pairs.left] != source[found.pairs.right]).all()
    alone = propose(published.filter(pc.equal(published["source"], "agency")))
    assert len(alone.pairs) == 0 and len(set(alone.member.tolist())) == len(alone.accounts) > 50


def test_one_source_that_repeats_nothing_is_hardly_ever_linked_with_itself() -> None:
    reports, truth = world(incidents=1200, sources=1, seed=9)
    assert len(set(truth.tolist())) == reports.num_rows
    assert propose(reports).chance.sum() < 0.1 * reports.num_rows
