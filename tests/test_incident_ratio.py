"""Rates and ratios from incidents: by hand, on the recorded incidents of 2014–2016, on the drone strikes, and refused."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import ibis
import numpy as np
import pytest

from civcas.errors import BadInput, UnknownName
from civcas.measures import incident_rate, incident_ratio
from civcas.measures.incidents.comparison import Sample, chance, imbens_manski
from civcas.measures.incidents.parts import recorder_errors
from civcas.measures.incidents.resampling import by_cluster, resampled_sums
from civcas.measures.incidents.rows import gather
from civcas.terms.estimate import Estimate, IntervalKind, Refusal
from civcas.terms.vocabulary import Attribution, Estimand, Grades
from civcas.terms.window import Window
from recorded_incidents import drone_strikes, incidents_of, syria

RUSSIA, COALITION = "Russian Military", "U.S.-led Coalition"
ALL_2016 = {"window": "2015-09-30..2016-12-31", "attribution": "sole"}
ADMINISTRATIONS = ("2002..2009-01-19", "2009-01-20..2017-01-19", "2017-01-20..2020-12-31")

Tables = Mapping[str, ibis.Table]


@pytest.fixture(scope="module")
def recorded(real_data: Path) -> Tables:
    return syria(real_data)


@pytest.fixture(scope="module")
def drones(real_data: Path) -> Tables:
    return drone_strikes(real_data)


def russia_over_coalition(tables: Tables, **words: Any) -> Estimate:
    found = incident_ratio.answer(tables, exposed=RUSSIA, reference=COALITION, **{**ALL_2016, **words})
    assert isinstance(found, Estimate), found
    return found


def day(number: int) -> dt.date:
    return dt.date(2016, 1, 1) + dt.timedelta(days=number)


def many(by: list[str], sizes: list[int], start: int = 0, **more: Any) -> list[dict[str, Any]]:
    return [{"id": f"{by}{start + i}", "date": day(i % 300), "by": by, "min": size, "max": 2 * size, **more}
            for i, size in enumerate(sizes)]  # fmt: skip


# --- by hand


def test_a_ratio_of_two_sums_over_the_same_days_is_the_ratio_of_the_sums() -> None:
    tables = incidents_of(many(["A"], [6] * 40) + many(["B"], [2] * 40))
    found = incident_ratio.answer(tables, exposed="A", reference="B", window="2016")
    assert isinstance(found, Estimate)
    assert found.value == 3.0
    assert found.n == 80
    assert found.diagnostics["sides"]["A"]["killed_max"] == 480.0


def test_an_incident_that_names_both_sides_is_resampled_once_for_both() -> None:
    # given ten incidents that name both, nothing can move their ratio away from 1
    tables = incidents_of(many(["A", "B"], list(range(10, 50))))
    rows = gather(tables, belligerents=["A", "B"], area=None, windows=[Window.parse("2016")] * 2)
    assert len(rows.low) == 80 and rows.cluster.max() == 39
    given = Sample(numbers=by_cluster(rows.cluster, rows.low * (rows.side == 0), 1.0 * (rows.side == 0),
                                      rows.low * (rows.side == 1), 1.0 * (rows.side == 1)), exposure=(1.0, 1.0))  # fmt: skip
    drawn = chance(given, level=0.95, replicates=500, seed=1)
    assert (drawn.value, drawn.low, drawn.high) == (1.0, 1.0, 1.0)


def test_incidents_that_all_killed_alike_do_not_make_a_mean_per_incident_sure() -> None:
    tables = incidents_of(many(["A"], [3] * 40) + many(["B"], [3] * 40))
    found = incident_ratio.answer(tables, exposed="A", reference="B", window="2016", exposure="incident")
    assert isinstance(found, Estimate) and found.value == 1.0
    # Poisson counts of 120 on each side: 1.96 · √(1/120 + 1/120)
    half = 1.959964 * math.sqrt(2 / 120)
    assert (found.low, found.high) == pytest.approx((math.exp(-half), math.exp(half)), rel=1e-6)


def test_an_unknown_count_is_reported_and_adds_nothing_and_one_open_above_says_so() -> None:
    rows = many(["A"], [5] * 30) + many(["B"], [5] * 30)
    rows += [{"id": "unknown", "date": day(1), "by": ["A"], "min": None, "max": None}]
    rows += [{"id": "open", "date": day(1), "by": ["A"], "min": 7, "max": None}]
    found = incident_ratio.answer(incidents_of(rows), exposed="A", reference="B", window="2016")
    assert isinstance(found, Estimate)
    assert found.diagnostics["sides"]["A"]["without_a_number"] == 1
    assert found.diagnostics["sides"]["A"]["killed_max"] is None
    assert any("1 incident has no number of killed: unknown is not zero" in note for note in found.notes)
    assert any("1 incident with a lowest number and no highest" in note for note in found.notes)


def open_above() -> Tables:
    rows = many(["A"], [5] * 30) + many(["B"], [5] * 30)
    return incidents_of([*rows, {"id": "open", "date": day(1), "by": ["A"], "min": 7, "max": None}])


def test_a_highest_sum_without_an_upper_end_is_refused_with_what_it_is_at_least() -> None:
    for swapped in (("A", "B"), ("B", "A")):
        found = incident_ratio.answer(
            open_above(), exposed=swapped[0], reference=swapped[1], window="2016", bound="max"
        )
        assert isinstance(found, Refusal)
        # 30 × 10, and the open one at its lowest
        assert (
            "1 incident has a lowest number of killed and no highest" in found.reason and "at least 307" in found.reason
        )


def test_a_range_without_an_upper_end_shows_no_finite_one_anywhere() -> None:
    found = incident_ratio.answer(
        open_above(), exposed="A", reference="B", window="2016", bound="range", exposure="none"
    )
    assert isinstance(found, Estimate)
    assert found.identified == (157 / 300, math.inf) and found.value == 157 / 150
    assert found.high is None and found.low is not None and found.low < 157 / 300
    assert found.to_dict()["identified"][1] is None and "at least 0.52 times" in found.says
    assert found.diagnostics["uncertainty"]["counting range"]["high"] is None
    other = incident_ratio.answer(
        open_above(), exposed="B", reference="A", window="2016", bound="range", exposure="none"
    )
    assert isinstance(other, Estimate) and other.identified == (0.0, 300 / 157) and other.low == 0.0
    assert other.high is not None and other.high > 300 / 157


def test_a_range_is_crossed_and_its_interval_goes_beyond_both_ends() -> None:
    tables = incidents_of(many(["A"], [6] * 120) + many(["B"], [2] * 120))
    found = incident_ratio.answer(tables, exposed="A", reference="B", window="2016", bound="range")
    assert isinstance(found, Estimate) and found.low is not None and found.high is not None
    assert found.identified == (1.5, 6.0)  # 6 over 4, and 12 over 2
    assert found.low < 1.5 and found.high > 6.0 and found.level == 0.95


def test_only_incidents_with_a_number_are_in_an_average_over_incidents() -> None:
    # given one incident of 4 and 4 without a number for A, and five of 4 for B: each incident with a number killed 4
    rows = many(["A"], [4]) + [{"id": f"u{i}", "date": day(i), "by": ["A"], "min": None} for i in range(4)]
    tables = incidents_of(rows + many(["B"], [4] * 5))
    ratio = incident_ratio.answer(tables, exposed="A", reference="B", window="2016", exposure="incident")
    rate = incident_rate.answer(tables, belligerent="A", window="2016", exposure="incident")
    assert isinstance(ratio, Estimate) and isinstance(rate, Estimate)
    assert (ratio.value, rate.value, rate.n) == (1.0, 4.0, 1)
    assert ratio.identified == (0.5, 2.0)
    assert ratio.diagnostics["contested"]["bounds"] == [0.5, 2.0]


def test_the_record_as_it_was_has_its_range_and_no_sampling_interval(recorded: Tables) -> None:
    found = russia_over_coalition(recorded, grades="all", estimand="as_it_was")
    assert (found.interval, found.level, found.estimand) == (IntervalKind.BOUNDS, None, Estimand.AS_IT_WAS)
    # 7,651 over 1,538, and 11,919 over 1,043
    assert (found.low, found.high) == found.identified == pytest.approx((7651 / 1538, 11919 / 1043))
    assert found.diagnostics["incidents_alone"] is None
    assert any("no sampling interval" in note for note in found.notes)
    assert found.diagnostics["order"]["higher"] == RUSSIA


def test_the_multinomial_of_distinct_rows_has_the_mean_and_variance_of_drawing_incidents_one_by_one() -> None:
    rows = np.array([[1.0], [1.0], [1.0], [10.0], [30.0]])
    sums = resampled_sums(rows, replicates=200_000, seed=3)[:, 0]
    # n·mean and n·variance of one draw; Monte Carlo error about 0.06 and 5
    assert sums.mean() == pytest.approx(43.0, abs=0.3)
    assert sums.var() == pytest.approx(5 * rows.var(), rel=0.02)


def test_the_number_of_threads_changes_no_draw() -> None:
    rows = np.arange(50.0)[:, None]
    assert (
        resampled_sums(rows, replicates=333, seed=9, threads=1)
        == resampled_sums(rows, replicates=333, seed=9, threads=2)
    ).all()


def test_an_imbens_manski_interval_uses_1960_for_a_point_and_1645_for_a_wide_set() -> None:
    point = imbens_manski(low=0.0, high=0.0, deviation_low=1.0, deviation_high=1.0, level=0.95)
    wide = imbens_manski(low=0.0, high=100.0, deviation_low=1.0, deviation_high=1.0, level=0.95)
    assert point == pytest.approx((-1.959964, 1.959964), abs=1e-5)
    assert wide == pytest.approx((-1.644854, 101.644854), abs=1e-5)


def test_contested_incidents_are_bounds_that_assume_nothing_and_weights_that_say_what_they_assume() -> None:
    rows = many(["A"], [4] * 50) + many(["A"], [4] * 50, start=100, grading="Contested") + many(["B"], [4] * 50)
    options: dict[str, Any] = {"exposed": "A", "reference": "B", "window": "2016", "grades": "+contested"}
    found = incident_ratio.answer(incidents_of(rows), **options, contested_weight=0.5)
    assert isinstance(found, Estimate)
    contested = found.diagnostics["contested"]
    # lowest: 50 sure incidents of 4 over 50 of 8; highest: 100 of 8 over 50 of 4
    assert contested["bounds"] == [0.5, 4.0]
    assert contested["weighted_median"] == pytest.approx(1.5, rel=0.02)
    never = incident_ratio.answer(incidents_of(rows), **options, contested_weight=0.0)
    assert isinstance(never, Estimate)
    assert never.diagnostics["contested"]["weighted_median"] == pytest.approx(1.0, rel=0.03)


def test_the_part_that_moves_the_value_most_is_named_first() -> None:
    rows = many(["A"], [4] * 600) + many(["A"], [4] * 3000, start=1000, grading="Weak") + many(["B"], [4] * 600)
    found = incident_ratio.answer(incidents_of(rows), exposed="A", reference="B", window="2016", exposure="declared strike",
                                  amount="1000..1100 vs 1000")  # fmt: skip
    assert isinstance(found, Estimate)
    parts = found.diagnostics["uncertainty"]
    assert found.diagnostics["dominant"] == "grade"
    assert parts["grade"]["factor"] == pytest.approx(6.0)
    assert parts["counting range"]["factor"] == pytest.approx(4.0)
    assert parts["exposure"]["factor"] == pytest.approx(1.1)
    assert parts["attribution"]["factor"] == 1.0
    assert "The largest uncertainty is grade" in found.says


def test_errors_of_recorders_that_cancel_leave_a_far_narrower_range_than_a_shared_habit() -> None:
    rows = gather(incidents_of(many(["A"], [10] * 100)), belligerents=["A"], area=None, windows=[Window.parse("2016")])
    ranges = recorder_errors(rows, rows.counted(Grades.ALL, Attribution.ANY), 0)
    assert ranges["alike"] == (1025.0, 1975.0)
    # one count is uniform on 10..20: variance (11² − 1)/12 = 10
    assert ranges["alone"] == pytest.approx((1500 - 1.959964 * math.sqrt(1000), 1500 + 1.959964 * math.sqrt(1000)))


# --- on the record of 2014–2016


def test_the_sums_of_the_record_are_those_of_an_independent_script(recorded: Tables) -> None:
    found = russia_over_coalition(recorded, grades="all")
    sides = found.diagnostics["sides"]
    assert [(s["incidents"], s["killed_min"], s["killed_max"]) for s in sides.values()] == [
        (1761, 7651, 11919),
        (238, 1043, 1538),
    ]


def test_the_ratio_of_the_record_is_7_3_with_5_7_to_9_6_at_min_and_7_7_at_max(recorded: Tables) -> None:
    least, most = (russia_over_coalition(recorded, grades="all", bound=bound) for bound in ("min", "max"))
    assert (round(least.value, 1), round(most.value, 1)) == (7.3, 7.7)
    # the published interval is of the incidents alone, given the months; 10,000 replicates: Monte Carlo error about 0.02 and 0.04
    low, high = least.diagnostics["incidents_alone"]
    assert low == pytest.approx(5.73, abs=0.08)
    assert high == pytest.approx(9.58, abs=0.1)
    assert least.interval is IntervalKind.BOOTSTRAP and least.level == 0.95
    # sixteen months that vary and are alike say far less
    assert least.low is not None and least.high is not None and least.low < 0.5 * low and least.high > 1.5 * high
    assert "months like these" in least.interval_of and least.effective == pytest.approx(64.1, abs=0.1)


def test_the_graded_ratio_is_3_9_fair_and_confirmed_at_min_in_days_and_in_whole_months(recorded: Tables) -> None:
    days = russia_over_coalition(recorded, grades="fair+confirmed")
    months = russia_over_coalition(recorded, grades="fair+confirmed", window="2015-10..2016-12", exposure="month")
    assert days.value == pytest.approx(3.93, abs=0.005)
    assert months.value == pytest.approx(3.87, abs=0.005)


def test_per_incident_the_record_shows_no_difference(recorded: Tables) -> None:
    found = russia_over_coalition(recorded, grades="all", exposure="incident")
    assert round(found.value, 2) == 0.99
    assert found.low == pytest.approx(0.79, abs=0.015) and found.high == pytest.approx(1.24, abs=0.015)
    assert found.diagnostics["order"]["higher"] is None


def test_per_declared_strike_the_order_is_the_other_way_and_the_units_carry_a_warning(recorded: Tables) -> None:
    found = russia_over_coalition(
        recorded, grades="all", window="2015-09-30..2016-12-22 vs 2015-09-30..2016-10-17",
        exposure="declared strike", amount="71000 vs 3000..3700",
    )  # fmt: skip
    assert found.high is not None and found.high < 1
    assert found.diagnostics["order"]["higher"] == f"{COALITION} (2015-09-30..2016-10-17)"
    assert any("do not count a strike alike" in note for note in found.notes)


def test_every_ratio_says_that_it_assumes_equal_detection(recorded: Tables) -> None:
    assert any("equally likely to be recorded" in note for note in russia_over_coalition(recorded).notes)


def test_the_same_question_gives_the_same_answer_to_the_last_digit(recorded: Tables) -> None:
    one, two = russia_over_coalition(recorded), russia_over_coalition(recorded)
    assert (one.low, one.high, one.diagnostics) == (two.low, two.high, two.diagnostics)


# --- drone strikes


@pytest.mark.parametrize(
    ("window", "n", "least", "most"),
    [
        (ADMINISTRATIONS[0], 59, 3.02, 6.42),
        (ADMINISTRATIONS[1], 667, 0.64, 1.36),
        (ADMINISTRATIONS[2], 218, 0.20, 0.61),
    ],
)
def test_civilians_per_drone_strike_by_administration(
    drones: Tables, window: str, n: int, least: float, most: float
) -> None:
    rates = [incident_rate.answer(drones, belligerent="United States", window=window, exposure="incident", bound=bound)
             for bound in ("min", "max")]  # fmt: skip
    assert [round(rate.value, 2) for rate in rates if isinstance(rate, Estimate)] == [least, most]
    assert all(
        isinstance(rate, Estimate) and rate.n == n and rate.identified == pytest.approx((least, most), abs=0.005)
        for rate in rates
    )


def order(drones: Tables, earlier: int, area: str | None = None) -> str | None:
    found = incident_ratio.answer(
        drones, exposed="United States", reference="United States", area=area, exposure="incident",
        window=f"{ADMINISTRATIONS[earlier]} vs {ADMINISTRATIONS[earlier + 1]}",
    )  # fmt: skip
    assert isinstance(found, Estimate)
    higher: str | None = found.diagnostics["order"]["higher"]
    return higher


def test_the_order_of_the_three_administrations_holds_over_all_countries(drones: Tables) -> None:
    assert order(drones, 0) == f"United States ({Window.parse(ADMINISTRATIONS[0])})"
    assert order(drones, 1) == f"United States ({Window.parse(ADMINISTRATIONS[1])})"


def test_no_order_is_claimed_in_yemen_between_the_second_and_the_third(drones: Tables) -> None:
    assert order(drones, 1, "Yemen") is None


def test_too_few_like_incidents_give_no_interval_and_the_range_apart_from_it(drones: Tables) -> None:
    found = incident_rate.answer(drones, belligerent="United States", window=ADMINISTRATIONS[2], exposure="incident")
    assert isinstance(found, Estimate)
    assert (found.interval, found.level, found.low, found.high) == (IntervalKind.NONE, None, None, None)
    assert (
        found.identified == pytest.approx((0.20, 0.61), abs=0.005)
        and found.effective is not None
        and found.effective < 5
    )
    assert any("No interval is given" in note and "less than 5 equal incidents" in note for note in found.notes)


@pytest.mark.parametrize(("window", "given"), [("2016-01..2016-05", False), ("2016-01..2016-06", True)])
def test_fewer_than_six_months_give_no_interval_over_time_and_say_why(window: str, given: bool) -> None:
    tables = incidents_of(many(["A"], [3] * 300) + many(["B"], [3] * 300))
    found = incident_ratio.answer(tables, exposed="A", reference="B", window=window)
    assert isinstance(found, Estimate) and (found.low is not None) == given
    assert any("5 months cannot show how months vary" in note for note in found.notes) != given
    by_incident = incident_ratio.answer(tables, exposed="A", reference="B", window=window, exposure="incident")
    assert isinstance(by_incident, Estimate) and by_incident.low is not None


# --- bad input


def a_and_b(**more: Any) -> Tables:
    return incidents_of(many(["A"], [3] * 20, **more) + many(["B"], [3] * 20))


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"min": 7, "max": 3}, "1 incident left out: its lowest number is above its highest (x1)."),
        ({"min": -1, "max": 3}, "1 incident left out: its number is below zero (x1)."),
    ],
)
def test_an_impossible_count_is_left_out_and_named_and_stops_nothing(wrong: dict[str, int], says: str) -> None:
    rows = many(["A"], [6] * 40) + many(["B"], [2] * 40)
    good = incident_ratio.answer(incidents_of(rows), exposed="A", reference="B", window="2016")
    bad = {"id": "x1", "date": day(1), "by": ["A"], **wrong}
    found = incident_ratio.answer(incidents_of([*rows, bad]), exposed="A", reference="B", window="2016")
    assert isinstance(found, Estimate) and isinstance(good, Estimate)
    assert (found.value, found.low, found.high) == (good.value, good.low, good.high)
    assert says in found.notes
    of_another = incident_ratio.answer(
        incidents_of([*rows, bad | {"by": ["C"]}]), exposed="A", reference="B", window="2016"
    )
    assert isinstance(of_another, Estimate) and not any("left out" in note for note in of_another.notes)


def test_many_impossible_counts_are_named_up_to_three() -> None:
    rows = many(["A"], [6] * 40) + many(["B"], [2] * 40)
    wrong = [{"id": f"x{i}", "date": day(i), "by": ["A"], "min": 7, "max": 3} for i in range(5)]
    found = incident_ratio.answer(incidents_of(rows + wrong), exposed="A", reference="B", window="2016")
    assert isinstance(found, Estimate)
    assert (
        "5 incidents left out: of each the lowest number is above the highest (x0, x1, x2 and 2 more)." in found.notes
    )


def test_where_every_number_cannot_be_there_is_a_refusal() -> None:
    rows = [{"id": f"x{i}", "date": day(i), "by": ["A"], "min": 7, "max": 3} for i in range(5)] + many(["B"], [2] * 40)
    found = incident_ratio.answer(incidents_of(rows), exposed="A", reference="B", window="2016")
    assert isinstance(found, Refusal) and "5 left out, since their numbers cannot be" in found.reason


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ({"exposure": "declared strike", "amount": "0 vs 10"}, "above 0"),
        ({"exposure": "declared strike", "amount": "10..5 vs 10"}, "begins above its end"),
        ({"exposure": "declared strike", "amount": "10"}, "one for each"),
        ({"exposure": "declared strike", "amount": "many vs few"}, "is not an amount"),
        ({"exposure": "declared strike"}, "no amount is given"),
        ({"exposure": "month", "window": "2016-01-05..2016-05"}, "cuts a month"),
        ({"level": 1.0}, "between 0 and 1"),
        ({"replicates": 10}, "at least 200"),
        ({"contested_weight": 2.0}, "between 0"),
    ],
)
def test_a_question_that_cannot_be_meant_is_refused_with_what_was_expected(words: dict[str, Any], says: str) -> None:
    with pytest.raises(BadInput, match=says):
        incident_ratio.answer(a_and_b(), **{"exposed": "A", "reference": "B", "window": "2016", **words})


def test_an_unknown_belligerent_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="did you mean 'A'"):
        incident_ratio.answer(a_and_b(), exposed="a", reference="B", window="2016")


@pytest.mark.parametrize(
    ("tables", "words", "reason"),
    [
        (a_and_b(grading="Contested"), {"grades": "+contested"}, "all 20 counted incidents of A are contested"),
        (a_and_b(grading="Contested"), {}, "no incident of A is counted under this reading, though 20 are recorded"),
        (incidents_of(many(["A"], [3] * 20) + many(["B"], [0] * 20)), {}, "has no recorded civilian killed"),
        (incidents_of([{"id": f"u{i}", "date": day(i), "by": ["A"], "min": None} for i in range(9)] + many(["B"], [3])), {},
         "unknown is not zero"),
    ],
)  # fmt: skip
def test_what_the_data_cannot_carry_is_a_refusal_with_what_would_mend_it(
    tables: Tables, words: dict[str, str], reason: str
) -> None:
    found = incident_ratio.answer(tables, exposed="A", reference="B", window="2016", **words)
    assert isinstance(found, Refusal)
    assert reason in found.reason and found.needs


def test_incidents_without_a_date_are_left_out_and_counted(recorded: Tables) -> None:
    found = incident_rate.answer(recorded, belligerent="Turkish Military", window="2014..2016", grades="all")
    assert isinstance(found, Estimate)
    assert any("2 incidents without a date" in note for note in found.notes)


# --- coverage on simulations like these data


def heavy(draw: np.random.Generator, expected: float, mean: float, ratio: float) -> np.ndarray[Any, Any]:
    """Counts killed in a Poisson number of incidents, Poisson-lognormal with the mean and variance/mean given."""
    spread = math.log1p((ratio - 1) / mean)
    return draw.poisson(draw.lognormal(math.log(mean) - spread / 2, math.sqrt(spread), draw.poisson(expected))).astype(
        float
    )


@pytest.mark.slow
def test_the_interval_holds_the_truth_in_93_to_97_of_100_records_like_this_one() -> None:
    # variance over mean of killed per incident 8 and 12, as in the record; the full study, and where it fails, is
    # benchmarks/coverage_rates.py
    draw, inside, worlds = np.random.default_rng(20), 0, 600
    for world in range(worlds):
        one, other = heavy(draw, 1761, 4.34, 8), heavy(draw, 238, 4.38, 12)
        numbers = np.zeros((len(one) + len(other), 4))
        numbers[: len(one), 0], numbers[: len(one), 1] = one, 1
        numbers[len(one) :, 2], numbers[len(one) :, 3] = other, 1
        drawn = chance(Sample(numbers=numbers, exposure=(1.0, 1.0)), level=0.95, replicates=400, seed=world)
        assert drawn.low is not None and drawn.high is not None
        inside += drawn.low <= 1761 * 4.34 / (238 * 4.38) <= drawn.high
    assert 0.925 <= inside / worlds <= 0.975  # Monte Carlo error 0.009
