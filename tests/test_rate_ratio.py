from __future__ import annotations

import datetime as dt

import ibis
import pyarrow as pa
import pytest

from civcas import Reading
from civcas.catalog import Tables
from civcas.errors import BadInput, UnknownName
from civcas.facts.shipped import shipped_tables
from civcas.measures import civcas_total, rate, rate_ratio
from civcas.terms.estimate import Estimate, IntervalKind, Refusal
from civcas.terms.tables import HARM_BY_PERIOD, NOT_IDENTIFIABLE

SIDES = ["Russian Military", "U.S.-led Coalition"]
GRADES = ("fair+confirmed", "+contested", "all-but-discounted")
EACH_FROM_ITS_START = "2015-10..2016-09 vs 2014-09..2016-09"

# Computed from the same table by an independent script: window, attribution, then min and max for each of GRADES.
PUBLISHED = [
    (EACH_FROM_ITS_START, "sole", 5.95, 5.55, 11.55, 12.12, 10.94, 11.66),
    (EACH_FROM_ITS_START, "any", 5.73, 5.30, 9.14, 9.31, 8.84, 9.11),
    ("2015-10..2016-09", "sole", 4.86, 4.33, 8.98, 9.19, 8.58, 8.89),
    ("2015-10..2016-09", "any", 4.52, 4.00, 6.16, 6.11, 6.05, 6.04),
    ("2015-10..2016-12", "sole", 3.87, 3.51, 8.02, 8.53, 7.61, 8.14),
    ("2016-01", "sole", 39.94, 39.20, 21.64, 26.06, 21.76, 26.42),
    ("2017-01", "sole", 0.96, 0.73, 1.80, 1.45, 1.83, 1.47),
    ("2017", "sole", 0.26, 0.27, 0.47, 0.52, 0.47, 0.52),
]


def asked(**words: object) -> Reading:
    return Reading.of(**{"belligerents": SIDES, "area": "Syria", "window": "2016", **words})  # type: ignore[arg-type]


def made(answer: object) -> Estimate:
    assert isinstance(answer, Estimate), answer
    return answer


@pytest.mark.parametrize("row", PUBLISHED, ids=lambda row: f"{row[0]} {row[1]}")
def test_ratios_per_month_are_those_an_independent_script_computed(row: tuple[str, str, float]) -> None:
    window, attribution, *expected = row
    readings = [
        asked(window=window, attribution=attribution, grades=g, bound=b) for g in GRADES for b in ("min", "max")
    ]
    found = [round(made(answer).value, 2) for answer in rate_ratio.answer_many(shipped_tables(), readings)]
    assert found == expected


def test_many_readings_get_the_answers_they_get_one_by_one() -> None:
    readings = [
        asked(window=window, exposure=exposure, grades=grades)
        for window in (EACH_FROM_ITS_START, "2016-01", "2017")
        for exposure in ("month", "day", "incident", "declared strike", "none")
        for grades in GRADES
    ]
    together = rate_ratio.answer_many(shipped_tables(), readings)
    assert together == [rate_ratio.answer(shipped_tables(), reading) for reading in readings]


def test_per_month_is_per_calendar_month_and_per_day_per_real_day() -> None:
    by_month = made(rate.answer(shipped_tables(), asked(belligerents=SIDES[:1], window="2016-02")))
    by_day = made(rate.answer(shipped_tables(), asked(belligerents=SIDES[:1], window="2016-02", exposure="day")))
    assert by_month.value == pytest.approx(by_day.value * 29)


def test_a_window_that_cuts_a_month_is_refused_by_a_monthly_table() -> None:
    refused = rate_ratio.answer(shipped_tables(), asked(window="2016-01-05..2016-02-29"))
    assert isinstance(refused, Refusal) and "cuts a month" in refused.reason


def test_a_window_outside_the_data_is_an_error_and_one_that_reaches_beyond_it_a_refusal() -> None:
    with pytest.raises(BadInput, match="outside the data"):
        rate_ratio.answer(shipped_tables(), asked(window="2010"))
    refused = rate_ratio.answer(shipped_tables(), asked(window="2013-01..2015-12"))
    assert (
        isinstance(refused, Refusal)
        and "reaches beyond the months in which Russian Military is recorded" in refused.reason
    )


def test_an_unknown_belligerent_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="did you mean 'Russian Military'"):
        rate_ratio.answer(shipped_tables(), asked(belligerents=["Russian Militery", SIDES[1]]))


def test_a_side_without_deaths_makes_the_ratio_refuse() -> None:
    refused = rate_ratio.answer(shipped_tables(), asked(window="2015-12", grades="confirmed"))
    assert isinstance(refused, Refusal) and "no recorded deaths" in refused.reason


def test_months_before_a_side_is_recorded_are_not_months_without_harm() -> None:
    refused = rate_ratio.answer(shipped_tables(), asked(window="2015"))
    assert isinstance(refused, Refusal) and "cannot tell no harm from no record" in refused.reason


def test_incidents_that_are_all_without_a_number_give_no_total() -> None:
    tables = register([{"belligerent": "A", "incidents": 2, "without_a_number": 2}])
    for measure in (civcas_total, rate):
        refused = measure.answer(tables, asked(belligerents=["A"], area="Here", window="2020-01"))
        assert isinstance(refused, Refusal) and "none has a number" in refused.reason


def test_a_reading_of_a_day_past_is_refused_by_a_table_with_one_vintage() -> None:
    refused = civcas_total.answer(shipped_tables(), asked(belligerents=SIDES[:1], as_of="2017-01-23"))
    assert isinstance(refused, Refusal) and "one vintage" in refused.reason


def test_other_totals_as_fair_for_a_window_are_told_where_they_differ() -> None:
    estimate = made(rate_ratio.answer(shipped_tables(), asked(window="2015-10..2016-12", exposure="declared strike")))
    assert any("other totals as fair for this window would give" in note for note in estimate.notes)


def test_a_declared_exposure_says_what_was_used_and_how_far_it_is_off() -> None:
    estimate = made(
        rate_ratio.answer(
            shipped_tables(), asked(window="2015-10..2016-12", exposure="declared strike", grades="+contested")
        )
    )
    assert 0.2 < estimate.value < 0.4
    assert any("71,000 declared strikes over 450 days" in note and "98% alike" in note for note in estimate.notes)


def test_a_declared_exposure_without_a_fair_match_is_refused_with_what_would_do() -> None:
    refused = rate_ratio.answer(shipped_tables(), asked(window="2016-01", exposure="declared strike"))
    assert isinstance(refused, Refusal)
    assert "7% alike" in refused.reason and "2016-01" in refused.needs


def test_unlike_units_are_compared_only_with_a_warning_in_the_result() -> None:
    reading = asked(window="2015-10..2016-12", exposure="declared sortie vs declared strike")
    assert any(note.startswith("Unlike units") for note in made(rate_ratio.answer(shipped_tables(), reading)).notes)
    alone = rate_ratio.answer(shipped_tables(), asked(window="2015-10..2016-12", exposure="declared sortie"))
    assert isinstance(alone, Refusal) and "no declared sorties of the U.S.-led Coalition" in alone.reason


def test_incidents_without_a_number_stand_beside_the_sum_and_add_nothing() -> None:
    total = made(civcas_total.answer(shipped_tables(), asked(belligerents=SIDES[:1], window="2018", grades="all")))
    assert total.diagnostics["incidents_without_a_number"] > 0
    assert any("without a number" in note for note in total.notes)
    assert (total.low, total.interval, total.level) == (total.value, IntervalKind.BOUNDS, None)
    assert total.high is not None and total.high > total.value


def test_a_short_window_borrows_how_months_differ_and_says_so() -> None:
    estimate = made(rate_ratio.answer(shipped_tables(), asked(window="2016-01", grades="+contested")))
    assert sum("cannot show how months differ" in note for note in estimate.notes) == 2
    assert estimate.low is not None and estimate.low < estimate.value


def register(rows: list[dict[str, object]]) -> Tables:
    """A small table with the fields given, the others as any test needs them."""
    whole = [
        {"area": "Here", "period_start": dt.date(2020, 1, 1), "period_end": dt.date(2020, 1, 31), "grading": "Fair",
         "attribution": "sole", "incidents": 1, "killed_min": 0, "killed_max": 0, "without_a_number": 0, "dataset": "made by hand", **row}
        for row in rows
    ]  # fmt: skip
    columns = {name: [row.get(name) for row in whole] for name in HARM_BY_PERIOD.schema.names}
    return {"harm_by_period": ibis.memtable(HARM_BY_PERIOD.conform(pa.table(columns)))}


def test_an_incident_that_names_two_belligerents_counts_once_for_each_and_never_twice_for_one() -> None:
    tables = register(
        [
            {"belligerent": "A", "killed_min": 10},
            {"belligerent": "A", "killed_min": 3, "attribution": "shared"},
            {"belligerent": "B", "killed_min": 3, "attribution": "shared"},
        ]
    )
    words = {"area": "Here", "window": "2020-01"}
    totals = {
        (who, how): made(civcas_total.answer(tables, asked(belligerents=[who], attribution=how, **words))).value
        for who in ("A", "B")
        for how in ("sole", "shared", "any")
    }
    assert totals == {
        ("A", "sole"): 10,
        ("A", "shared"): 3,
        ("A", "any"): 13,
        ("B", "sole"): 0,
        ("B", "shared"): 3,
        ("B", "any"): 3,
    }


def test_a_grading_that_no_one_knows_is_refused_not_dropped() -> None:
    with pytest.raises(UnknownName, match="grading 'Dubious'"):
        civcas_total.answer(
            register([{"belligerent": "A", "grading": "Dubious"}]), asked(belligerents=["A"], area="Here")
        )


def test_a_ratio_of_one_belligerent_or_of_one_with_itself_is_refused() -> None:
    with pytest.raises(BadInput, match="1 belligerents given"):
        rate_ratio.answer(shipped_tables(), asked(belligerents=SIDES[:1]))
    with pytest.raises(BadInput, match="compared with itself in one window"):
        rate_ratio.answer(shipped_tables(), asked(belligerents=[SIDES[0], SIDES[0]]))


def test_a_belligerent_the_data_cannot_tell_from_others_is_refused_with_the_reason() -> None:
    said = {"dataset": "made by hand", "belligerent": "C", "area": "Here", "reason": "its strikes stand under A"}
    rows = pa.Table.from_pylist([said], schema=NOT_IDENTIFIABLE.schema)
    tables = {**register([{"belligerent": "A", "killed_min": 10}]), "not_identifiable": ibis.memtable(rows)}
    readings = [asked(belligerents=[who], area="Here", window="2020-01") for who in ("C", "A")]
    refused, answered = civcas_total.answer_many(tables, readings)
    assert isinstance(refused, Refusal) and "its strikes stand under A" in refused.reason
    assert made(answered).value == 10
