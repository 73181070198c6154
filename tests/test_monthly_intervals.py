"""What rates and ratios of monthly sums say of themselves: estimand, range, redraws, and records too poor to tell."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import ibis
import numpy as np
import pyarrow as pa
import pytest

from civcas import Reading
from civcas.catalog import Tables, find
from civcas.facts.shipped import shipped_tables
from civcas.measures import civcas_total, rate, rate_ratio
from civcas.measures.simulated_months import (
    LIKE_RUSSIA,
    LIKE_THE_COALITION,
    THIN,
    as_tables,
    coverage,
    covered_by_answers,
)
from civcas.terms.estimate import Estimate, IntervalKind, Refusal
from civcas.terms.vocabulary import Estimand

SIDES = ["Russian Military", "U.S.-led Coalition"]
EACH_FROM_ITS_START = "2015-10..2016-09 vs 2014-09..2016-09"


def asked(**words: object) -> Reading:
    usual = {"belligerents": SIDES, "area": "Syria", "window": EACH_FROM_ITS_START, "grades": "+contested"}
    return Reading.of(**(usual | words))  # type: ignore[arg-type]


def made(answer: object) -> Estimate:
    assert isinstance(answer, Estimate), answer
    return answer


def register(**deaths: list[int | tuple[int, int | None, int]]) -> Tables:
    """Months of each belligerent from 2020-01 on: deaths in one incident for each, or lowest, highest and incidents."""
    rows = []
    for who, months in deaths.items():
        for place, month in enumerate(months):
            low, high, incidents = month if isinstance(month, tuple) else (month, month, max(month, 1))
            start = np.datetime64("2020-01", "M") + place
            rows.append(
                {
                    "belligerent": who, "area": "Here", "period_start": start.astype("datetime64[D]").item(),
                    "period_end": ((start + 1).astype("datetime64[D]") - 1).item(), "grading": "Fair", "attribution": "sole",
                    "incidents": incidents, "killed_min": low, "killed_max": high, "without_a_number": 0,
                }
            )  # fmt: skip
    return {"harm_by_period": ibis.memtable(pa.Table.from_pylist(rows))}


def here(*who: str, window: str = "2020", **words: object) -> Reading:
    return Reading.of(belligerents=list(who), area="Here", window=window, **words)  # type: ignore[arg-type]


# --- estimand and range


def test_the_range_of_a_ratio_is_crossed_and_its_value_that_of_the_lowest_numbers() -> None:
    # By hand: A 10–20, B 4–5 a month: 10/5 = 2 to 20/4 = 5; at the lowest numbers 10/4 = 2.5.
    tables = register(A=[(10, 20, 5)] * 12, B=[(4, 5, 2)] * 12)
    found = made(rate_ratio.answer(tables, here("A", "B", bound="range")))
    assert (found.value, found.identified, found.estimand) == (2.5, (2.0, 5.0), Estimand.AS_IT_TENDS)
    assert found.low is not None and found.high is not None and found.low < 2 and found.high > 5
    assert "2.00 to 5.00 times as many" in found.says
    plain = made(rate_ratio.answer(tables, here("A", "B")))
    assert (plain.value, plain.identified) == (2.5, None)


def test_as_it_was_has_the_range_of_the_records_and_no_level() -> None:
    tables = register(A=[(10, 20, 5)] * 12, B=[(4, 5, 2)] * 12)
    for bound in ("min", "max", "range"):
        found = made(rate_ratio.answer(tables, here("A", "B", bound=bound, estimand="as_it_was")))
        assert (found.low, found.high, found.level, found.interval) == (2.0, 5.0, None, IntervalKind.BOUNDS)
        assert found.value == (20 / 5 if bound == "max" else 2.5)
        assert "no sampling interval" in found.interval_of
    alone = made(rate.answer(tables, here("A", estimand="as_it_was")))
    assert (alone.value, alone.identified) == (10, (10.0, 20.0))


def test_the_ranges_of_the_shipped_table_hold_both_published_values() -> None:
    # 9.14 at the lowest and 9.31 at the highest numbers (README of the data).
    found = made(rate_ratio.answer(shipped_tables(), asked(bound="range")))
    assert round(found.value, 2) == 9.14
    assert found.identified is not None and found.identified[0] < 9.14 < 9.31 < found.identified[1]


def test_a_highest_number_that_nobody_gives_leaves_the_range_open() -> None:
    tables = register(A=[(10, None, 5)] + [(10, 20, 5)] * 11, B=[(4, 5, 2)] * 12)
    found = made(rate_ratio.answer(tables, here("A", "B", bound="range")))
    assert found.identified == (2.0, np.inf) and found.high is None and found.low is not None
    assert any("no upper end" in note for note in found.notes) and "at least 2.00 times" in found.says
    assert found.to_dict()["identified"] == [2.0, None]
    turned = made(rate_ratio.answer(tables, here("B", "A", bound="range")))
    assert turned.identified == (0.0, 0.5)
    total = made(civcas_total.answer(tables, here("A", bound="range")))
    assert (total.low, total.high, total.value) == (120, None, 120)
    for measure in (rate, civcas_total):
        refused = measure.answer(tables, here("A", bound="max"))
        assert isinstance(refused, Refusal) and "no highest one" in refused.reason


def test_rows_of_incidents_without_any_number_are_not_open() -> None:
    table = register(A=[(10, 20, 5)] * 12)["harm_by_period"].to_pyarrow().to_pylist()
    table += [
        {**table[0], "grading": "Confirmed", "incidents": 3, "without_a_number": 3, "killed_min": 0, "killed_max": None}
    ]
    found = made(
        civcas_total.answer({"harm_by_period": ibis.memtable(pa.Table.from_pylist(table))}, here("A", bound="max"))
    )
    assert (found.value, found.identified) == (240, (120.0, 240.0))


# --- one belligerent in two windows


def test_one_belligerent_is_compared_in_two_windows_which_the_sentence_names() -> None:
    tables = register(A=[8] * 12 + [4] * 12)
    found = made(rate_ratio.answer(tables, here("A", "A", window="2020 vs 2021")))
    assert found.value == 2
    assert found.says == "A strikes in 2020 are recorded as killing 2.00 times as many civilians per month as in 2021."
    shared = made(rate_ratio.answer(tables, here("A", "A", window="2020 vs 2020..2021")))
    assert any("share months" in note for note in shared.notes)


def test_two_belligerents_in_two_windows_are_both_named() -> None:
    says = made(rate_ratio.answer(shipped_tables(), asked())).says
    assert says == (
        "Russian Military strikes in 2015-10..2016-09 are recorded as killing 9.14 times as many civilians per month as "
        "U.S.-led Coalition strikes in 2014-09..2016-09."
    )


# --- records too poor to tell


@pytest.mark.parametrize(
    ("months", "window", "reason"),
    [
        ([0] * 12, "2020", "No death"),
        ([(50, 50, 20)] + [0] * 11, "2020", "Too few months"),
        ([0] * 5 + [(10**6, 10**6, 1)] + [0] * 6, "2020", "One incident"),
        ([(10**6, 10**6, 1)], "2020-01", "One incident"),
        ([(10**6, 10**6, 50)], "2020-01", "Too few months"),
        ([(9, 9, 3)] * 4, "2020-02", "Too few months"),
        ([(9, 9, 3), (5, 5, 3)] * 3, "2020-01..2020-06", "Too few months"),
        ([1, 0, 0, 0, 0, 0, 0, 10**6, 0, 0, 0, 0], "2020", "factor of 1,000"),
    ],
)
def test_a_record_too_poor_to_tell_has_a_value_no_interval_and_a_reason(
    months: list[int | tuple[int, int | None, int]], window: str, reason: str
) -> None:
    found = made(rate.answer(register(A=months), here("A", window=window)))
    assert (found.low, found.high, found.level, found.interval) == (None, None, None, IntervalKind.NONE)
    assert any(reason in note for note in found.notes) and found.interval_of == ""


def test_a_million_deaths_in_one_month_give_a_ratio_without_an_interval_not_one_of_a_googol() -> None:
    tables = register(A=[(10**6, 10**6, 4)] + [(3, 3, 2)] * 11, B=[(3, 5, 2)] * 12)
    found = made(rate_ratio.answer(tables, here("A", "B", window="2020-01")))
    assert found.value == pytest.approx(10**6 / 3)
    assert found.low is None or found.high / found.low <= 1e6  # type: ignore[operator]
    alone = made(rate_ratio.answer(register(A=[(9, 9, 1)], B=[(3, 3, 1)]), here("A", "B", window="2020-01")))
    assert (alone.value, alone.interval, alone.effective) == (3, IntervalKind.NONE, 1)


def test_equal_months_are_no_surer_than_their_incidents() -> None:
    # Twelve months of one incident with 5 killed: twelve equal incidents, a log-variance of 1/12 at least.
    found = made(rate.answer(register(A=[(5, 5, 1)] * 12), here("A")))
    assert found.effective == pytest.approx(12)
    assert found.low is not None and found.low < 5 * np.exp(-1.96 / np.sqrt(12))


def test_the_evidence_is_that_of_the_side_with_less() -> None:
    # A: 100 deaths in 50 incidents a month; B: a month of 90 in one incident and eleven of 1: (101)²/(8100 + 11).
    tables = register(A=[(100, 100, 50)] * 12, B=[(90, 90, 1)] + [(1, 1, 1)] * 11)
    assert made(rate_ratio.answer(tables, here("A", "B"))).effective == pytest.approx(101**2 / 8111)


# --- redraws


def test_redraws_are_as_wide_as_the_interval_and_centred_on_the_value() -> None:
    readings = [
        asked(grades=g, exposure=e) for g in ("fair+confirmed", "all-but-discounted") for e in ("month", "incident")
    ]
    drawn = rate_ratio.resample(shipped_tables(), readings, 4000, 1)
    for place, answer in enumerate(rate_ratio.answer_many(shipped_tables(), readings)):
        found = made(answer)
        assert found.low is not None and found.high is not None
        logs = np.log(drawn[:, place])
        assert logs.mean() == pytest.approx(np.log(found.value), abs=0.06 * logs.std())
        assert 2 * 1.96 * logs.std() == pytest.approx(np.log(found.high / found.low), rel=0.01)


def test_redraws_do_not_depend_on_which_other_readings_are_asked() -> None:
    readings = [
        asked(window=w, bound=b) for w in ("2016", "2017", EACH_FROM_ITS_START) for b in ("min", "max", "range")
    ]
    many = rate_ratio.resample(shipped_tables(), readings, 50, 7)
    for place in (0, 4, 8):
        assert rate_ratio.resample(shipped_tables(), [readings[place]], 50, 7)[:, 0] == pytest.approx(many[:, place])
    alone = [r.only(0) for r in readings]
    assert rate.resample(shipped_tables(), alone[4:5], 50, 7)[:, 0] == pytest.approx(
        rate.resample(shipped_tables(), alone, 50, 7)[:, 4]
    )
    assert not np.allclose(many, rate_ratio.resample(shipped_tables(), readings, 50, 8))


def test_readings_that_share_incidents_move_together_and_others_do_not() -> None:
    readings = [
        asked(window="2016", bound="min"), asked(window="2016", bound="max"), asked(window="2016-01..2016-11"),
        asked(window="2016", grades="fair+confirmed"), asked(window="2018"),
    ]  # fmt: skip
    logs = np.log(rate_ratio.resample(shipped_tables(), readings, 2000, 3))
    alike = np.corrcoef(logs, rowvar=False)[0]
    assert alike[1] > 0.95 and alike[2] > 0.9 and 0.3 < alike[3] < 0.98
    assert abs(alike[4]) < 0.35


def test_a_reading_that_refuses_or_has_no_interval_is_drawn_as_nan() -> None:
    tables = register(A=[(50, 50, 20), (40, 40, 20)] * 6, B=[(50, 50, 20)] + [(0, 0, 1)] * 11, C=[(0, 0, 1)] * 12)
    drawn = rate_ratio.resample(
        tables, [here("A", "C"), here("A", "B"), here("A", "A", window="2020-01..2020-06 vs 2020")], 9, 1
    )
    assert np.isnan(drawn[:, :2]).all() and np.isfinite(drawn[:, 2]).all()


# --- coverage


@pytest.mark.parametrize("correlation", [0.0, 0.4, 0.8])
@pytest.mark.parametrize("months", [15, 36])
def test_intervals_hold_the_truth_where_months_are_alike(months: int, correlation: float) -> None:
    sides = [
        replace(side, restlessness=0.5, correlation=correlation, levels="lognormal")
        for side in (LIKE_THE_COALITION, LIKE_RUSSIA)
    ]
    found = coverage(*sides, months=months, times=300, seed=20170123)
    assert found.given > 0.98 and found.worst >= 0.90
    assert found.ratio <= 0.995


@pytest.mark.parametrize("months", [1, 6])
def test_short_windows_hold_the_truth_or_give_no_interval(months: int) -> None:
    sides = [replace(side, restlessness=0.5, correlation=0.6) for side in (LIKE_RUSSIA, THIN)]
    assert coverage(*sides, months=months, times=300, seed=20170123).worst >= 0.88


def test_intervals_of_the_whole_path_hold_the_truth() -> None:
    exposed, reference = (replace(s, restlessness=0.5, correlation=0.6) for s in (LIKE_RUSSIA, LIKE_THE_COALITION))
    random = np.random.default_rng(20170123)
    draws = {name: side.draw(random, months=63, times=60) for name, side in (("E", exposed), ("R", reference))}
    tables = as_tables(draws, first=dt.date(2001, 1, 1))
    readings = [
        Reading.of(belligerents=["E", "R"], area=f"set {place}", window="2003-01..2004-03") for place in range(60)
    ]
    given, held = covered_by_answers(rate_ratio.answer_many(tables, readings), exposed.rate / reference.rate)
    assert given > 0.95 and held >= 0.88


# --- what the catalogue says


@pytest.mark.parametrize("name", ["rate", "rate_ratio", "civcas_total"])
def test_each_says_what_a_sentence_may_mean_and_between_what_an_analyst_chooses(name: str) -> None:
    entry = find("measures", name)
    assert {"window", "area", *entry.belligerents} <= set(entry.means)
    assert entry.ranges and entry.grid["bound"] == ("range",) and len(entry.grid["grades"]) == 3
