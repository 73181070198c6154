"""Wakes: counted as the published algorithm counts them, matched as it matches, tested as it does not."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from civcas.measures.consequences import event_file, published
from civcas.measures.consequences.events import CONTROL, OUTCOME, TREATMENT, Events, sorted_by_time
from civcas.measures.consequences.matching import coarsen, match
from civcas.measures.consequences.wakes import Wakes, Windows, count

WINDOWS = Windows(days=(2, 4, 6, 8, 10), km=(2.0, 4.0, 6.0, 8.0, 10.0))


def events(*rows: tuple[float, float, int]) -> Events:
    """Rows of day, kilometres north of the equator, kind."""
    day, km, kind = (np.array(column) for column in zip(*rows, strict=True))
    return sorted_by_time(days=day.astype(float), latitude=km / 111.111, longitude=np.zeros(len(day)), kind=kind)


def read(path: Path) -> Events:
    return event_file.pick(
        event_file.read([path]), treatment="treatment", control="control", outcome="dependent", match="match1,match2"
    )


def test_a_wake_counts_the_days_after_the_event_and_within_the_distance() -> None:
    # given one treatment on day 10, and outcomes on the days 11, 12 and 13, the last 3 km away
    given = events(
        (0, 0, OUTCOME), (10, 0, TREATMENT), (11, 0, OUTCOME), (12, 0, OUTCOME), (13, 3, OUTCOME), (30, 0, OUTCOME)
    )
    # when counted in two and three days, two and four kilometres
    counted = count(given, Windows(days=(2, 3), km=(2.0, 4.0)))
    # then
    assert counted.after[0].tolist() == [[2, 2], [2, 3]]
    assert counted.before[0].tolist() == [[0, 0], [0, 0]]


def test_an_outcome_of_the_same_day_counts_before_only_where_the_published_way_is_asked_for() -> None:
    given = events((0, 0, OUTCOME), (10, 0, OUTCOME), (10, 0, TREATMENT), (10, 0, OUTCOME), (30, 0, OUTCOME))
    assert count(given, Windows(days=(2,), km=(2.0,))).before[0, 0, 0] == 0
    assert count(given, Windows(days=(2,), km=(2.0,)), same_day=True).before[0, 0, 0] == 1


def test_the_trend_before_is_the_later_half_less_the_earlier_half() -> None:
    given = events(
        (0, 0, OUTCOME), (7, 0, OUTCOME), (9, 0, OUTCOME), (9, 0, OUTCOME), (10, 0, TREATMENT), (30, 0, OUTCOME)
    )
    assert count(given, Windows(days=(4,), km=(2.0,))).trend[0, 0, 0] == 2 - 1


def test_other_wakes_are_overlaps_and_no_outcomes() -> None:
    given = events((0, 0, OUTCOME), (10, 0, TREATMENT), (11, 0, TREATMENT), (12, 0, CONTROL), (30, 0, OUTCOME))
    counted = count(given, Windows(days=(4,), km=(2.0,)))
    assert counted.same_after.ravel().tolist() == [1, 0, 0]
    assert counted.mixed_after.ravel().tolist() == [1, 1, 0]
    assert counted.mixed_before.ravel().tolist() == [0, 0, 2]
    assert not counted.after.any()


def test_distance_holds_across_the_date_line_and_far_north() -> None:
    # given two places 0.02 degrees of longitude apart on both sides of the date line, at 60 degrees north: 1.1 km
    given = sorted_by_time(
        days=np.array([0.0, 10.0, 11.0, 30.0]),
        latitude=np.array([60.0, 60.0, 60.0, 60.0]),
        longitude=np.array([0.0, 179.99, -179.99, 0.0]),
        kind=np.array([OUTCOME, TREATMENT, OUTCOME, OUTCOME]),
    )
    counted = count(given, Windows(days=(2,), km=(1.0, 1.2)))
    assert counted.after[0, 0].tolist() == [0, 1]


def test_a_window_that_leaves_the_data_is_not_whole() -> None:
    given = events((0, 0, OUTCOME), (3, 0, TREATMENT), (20, 0, OUTCOME))
    assert count(given, Windows(days=(2, 4), km=(2.0,))).whole[0].tolist() == [True, False]


def test_counts_equal_a_count_one_by_one_on_random_events() -> None:
    rng = np.random.default_rng(5)
    given = sorted_by_time(
        days=np.floor(rng.uniform(0, 60, 400)),
        latitude=rng.uniform(40, 40.3, 400),
        longitude=rng.uniform(10, 10.3, 400),
        kind=rng.integers(0, 3, 400),
    )
    counted = count(given, Windows(days=(3, 7), km=(4.0, 9.0)))
    wake = int(np.flatnonzero(given.kind == TREATMENT)[100])
    lat, lon = np.radians(given.latitude), np.radians(given.longitude)
    cosine = np.sin(lat) * np.sin(lat[wake]) + np.cos(lat) * np.cos(lat[wake]) * np.cos(lon - lon[wake])
    km = np.degrees(np.arccos(np.clip(cosine, -1, 1))) * 111.111
    gap = given.days - given.days[wake]
    row = int(np.flatnonzero(counted.position == wake)[0])
    for t, days in enumerate((3, 7)):
        for s, reach in enumerate((4.0, 9.0)):
            near = (given.kind == OUTCOME) & (km <= reach)
            assert counted.after[row, t, s] == np.sum(near & (gap >= 1) & (gap <= days))
            assert counted.before[row, t, s] == np.sum(near & (gap <= -1) & (gap >= -days))
            assert counted.earlier[row, t, s] == np.sum(near & (gap < -days) & (gap >= -2 * days))


def test_coarsening_has_one_bin_fewer_than_sturges_number_and_is_closed_on_the_right() -> None:
    # given 8 values: ⌈log2 8 + 1⌉ = 4 break points 0, 1, 2, 3
    assert coarsen(np.array([0.0, 1.0, 1.1, 2.0, 2.1, 3.0, 0.0, 3.0])).tolist() == [1, 1, 2, 2, 3, 3, 1, 3]


def test_matching_keeps_strata_with_both_kinds_and_balances_the_controls() -> None:
    # given two treated and one control alike, one treated alone, and two controls alike with one treated
    columns = np.array([[0.0], [0.0], [0.0], [5.0], [9.0], [9.0], [9.0]])
    treated = np.array([True, True, False, True, True, False, False])
    matched = match(columns, treated)
    assert matched.kept.tolist() == [True, True, True, False, True, True, True]
    assert matched.weight.tolist() == [1, 1, 2 * (3 / 3), 0, 1, 0.5, 0.5]


@pytest.fixture(scope="module")
def reference(real_data: Path) -> tuple[Wakes, Events]:
    given = read(real_data / "reference" / "mwa_data.csv")
    return count(given, WINDOWS, same_day=True), given


@pytest.mark.parametrize(
    ("name", "settings"), [("default", {}), ("TCM_weighted", {"overlaps": True, "weighted": True})]
)
def test_estimates_equal_the_published_software_in_all_25_windows(
    real_data: Path, reference: tuple[Wakes, Events], name: str, settings: dict[str, bool]
) -> None:
    counted, given = reference
    assert given.match is not None
    ours = published.estimates(counted, given.match[counted.position], **settings)
    with (real_data / "reference" / f"mwa_reference_estimates_{name}.csv").open() as file:
        theirs = list(csv.DictReader(file))
    assert len(ours) == len(theirs) == 25
    for mine, row in zip(ours, theirs, strict=True):
        if row["estimate"] == "NA":
            assert mine["effect"] is None
        else:
            assert mine["effect"] == pytest.approx(float(row["estimate"]), abs=1e-6)
            assert mine["p"] == pytest.approx(float(row["pvalue"]), rel=1e-6)


def test_matched_sizes_equal_the_published_software_in_all_25_windows(
    real_data: Path, reference: tuple[Wakes, Events]
) -> None:
    counted, given = reference
    assert given.match is not None
    ours = published.estimates(counted, given.match[counted.position], overlaps=True, weighted=True)
    with (real_data / "reference" / "mwa_reference_matching_TCM_weighted.csv").open() as file:
        theirs = [(int(row["control_post"]), int(row["treatment_post"])) for row in csv.DictReader(file)]
    assert [(mine["controls"], mine["treated"]) for mine in ours] == theirs


@pytest.mark.parametrize(
    ("t", "s", "sums"), [(0, 0, (90, -66, 74, 3, 5)), (4, 4, (8790, -1368, 8361, 475, 498))], ids=["2x2", "10x10"]
)
def test_sums_equal_the_published_software_on_20000_made_up_events(
    real_data: Path, t: int, s: int, sums: tuple[int, ...]
) -> None:
    counted = count(read(real_data / "reference" / "mwa_made_up_20k.csv"), WINDOWS, same_day=True)
    whole = counted.whole[:, t]
    columns = (counted.before, counted.trend, counted.after, counted.same_before, counted.mixed_before)
    assert tuple(int(column[whole, t, s].sum()) for column in columns) == sums
