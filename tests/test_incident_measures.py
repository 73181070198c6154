"""What the measures of incidents say: tipping points, regression, trend, change, delay, revisions, pooling and pictures."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import duckdb
import ibis
import numpy as np
import pytest

from civcas.catalog import entries
from civcas.errors import BadInput, UnknownName
from civcas.measures import (
    change,
    delay,
    incident_ratio,
    incident_regression,
    pooled_rates,
    revision,
    tipping_point,
    trend,
)
from civcas.measures.incidents.months import month_doubt
from civcas.terms.estimate import Estimate, IntervalKind, Refusal
from civcas.terms.vocabulary import Estimand
from recorded_incidents import incidents_of, syria, tables_of

RUSSIA, COALITION = "Russian Military", "U.S.-led Coalition"
OURS = (
    "incident_rate",
    "incident_ratio",
    "incident_regression",
    "pooled_rates",
    "tipping_point",
    "trend",
    "change",
    "delay",
    "revision",
)
Tables = Mapping[str, ibis.Table]
TWO: dict[str, Any] = {"exposed": RUSSIA, "reference": COALITION, "window": "2015-10..2016-12", "attribution": "sole"}


@pytest.fixture(scope="module")
def recorded(real_data: Path) -> Tables:
    return syria(real_data)


@pytest.fixture(scope="module")
def figures(real_data: Path) -> Tables:
    file = real_data / "airwars" / "published_figures.csv"
    rows = duckdb.sql(
        f"select 'f' || row_number() over () as figure_id, *, 'airwars' as dataset from read_csv('{file}')"
    )
    return tables_of(figure=rows.to_arrow_table())


def asked(measure: Any, tables: Tables, **words: Any) -> Estimate:
    found = measure.answer(tables, **words)
    assert isinstance(found, Estimate), found
    return found


def steady(by: str = "A", months: int = 24, each: int = 4, killed: int = 5, **more: Any) -> list[dict[str, Any]]:
    return [
        {"id": f"{by}{month}-{i}", "date": dt.date(2015 + month // 12, month % 12 + 1, 1 + i), "by": [by], "min": killed, **more}
        for month in range(months)
        for i in range(each)
    ]  # fmt: skip


# --- tipping point


def test_pooled_rates_refuse_where_many_sums_have_no_upper_end() -> None:
    rows = [
        {
            "id": f"{by}{i}",
            "date": dt.date(2016, 1 + i % 12, 1 + i // 12),
            "by": [by],
            "min": 3,
            **({"max": None} if i % 3 == 0 else {}),
        }
        for by in "AB"
        for i in range(36)
    ]
    refused = pooled_rates.answer(incidents_of(rows), exposed="A", reference="B", window="2016")
    assert isinstance(refused, Refusal) and "no highest number, so the data set no upper limit" in refused.reason


def test_the_detection_ratio_to_one_is_the_recorded_ratio_and_to_a_claim_its_share(recorded: Tables) -> None:
    one, eight = (asked(tipping_point, recorded, **TWO, grades="+contested", claimed=claimed) for claimed in (1.0, 8.0))
    assert one.value == pytest.approx(8.02, abs=0.005) and eight.value == pytest.approx(one.value / 8)
    assert one.low is not None and one.low > 1
    assert "times as likely to be recorded as deaths by U.S.-led Coalition" in one.says


def test_how_many_contested_incidents_would_have_to_be_whose_is_counted_exactly() -> None:
    # given 10 deaths sure and 60 contested in six for A, 20 for B: A/B is 3.5
    rows = [
        {"id": "a", "date": dt.date(2016, 1, 1), "by": ["A"], "min": 10},
        {"id": "b", "date": dt.date(2016, 1, 2), "by": ["B"], "min": 20},
    ]
    rows += [{"id": f"c{i}", "date": dt.date(2016, 2, 1 + i), "by": ["A"], "min": size, "grading": "Contested"}
             for i, size in enumerate([25, 15, 10, 5, 3, 2])]  # fmt: skip
    found = asked(
        tipping_point, incidents_of(rows), exposed="A", reference="B", window="2016", grades="+contested", claimed=1.0
    )
    left, crossed, joined = found.diagnostics["contested"]
    # away: 70 − 60p = 20, p = 5/6, and 25 + 15 + 10 = 50 do; across: 70 − 60p = 20 + 60p, p = 5/12, and 25 alone does
    assert (left["share_needed"], left["fewest_incidents"]) == (pytest.approx(5 / 6), 3)
    assert (crossed["share_needed"], crossed["fewest_incidents"]) == (pytest.approx(5 / 12), 1)
    assert joined["possible"] is False


@pytest.mark.parametrize("claimed", [0.0, -1.0, float("inf")])
def test_a_claimed_ratio_that_is_not_above_zero_is_refused(claimed: float) -> None:
    with pytest.raises(BadInput, match="claimed ratio"):
        tipping_point.answer(incidents_of(steady()), exposed="A", reference="A", window="2015 vs 2016", claimed=claimed)


# --- regression


def test_the_regression_of_incidents_shows_no_difference_and_is_wider_than_its_model_alone(recorded: Tables) -> None:
    found = asked(incident_regression, recorded, **TWO, grades="all")
    assert found.low is not None and found.high is not None and found.low < 1 < found.high
    assert found.diagnostics["rows_without_a_number"] == 20 and found.diagnostics["converged"]
    plain = np.exp(2 * 1.96 * found.diagnostics["coefficients"]["exposed"]["standard_error"])
    assert found.high / found.low > plain  # robust to tails heavier than the model's


def test_the_regression_of_months_gives_a_ratio_a_day_with_month_held_equal(recorded: Tables) -> None:
    found = asked(incident_regression, recorded, **TWO, grades="all", unit="month", covariates=["month"])
    assert found.value == pytest.approx(9.2, abs=0.1) and found.n == 30
    assert found.low == pytest.approx(6.3, abs=0.1) and found.high == pytest.approx(13.4, abs=0.1)


def test_a_covariate_that_is_not_there_is_answered_with_those_there_are() -> None:
    with pytest.raises(UnknownName, match="did you mean 'province'"):
        incident_regression.answer(
            incidents_of(steady()), exposed="A", reference="A", window="2015 vs 2016", covariates=["provinces"]
        )


def test_too_few_rows_for_a_regression_are_refused() -> None:
    rows = steady(months=2) + steady("B", months=2)
    found = incident_regression.answer(incidents_of(rows), exposed="A", reference="B", window="2015-01..2015-02")
    assert isinstance(found, Refusal) and "too few" in found.reason


# --- trend and change


def uneven(months: int = 24) -> list[dict[str, Any]]:
    """Months of 10 to 15 incidents, in no order."""
    many = [10, 14, 11, 15, 12, 10, 13, 15, 11, 12, 14, 10, 13, 11, 15, 12, 10, 14, 13, 11, 12, 15, 10, 13]
    return [
        {
            "id": f"A{month}-{i}",
            "date": dt.date(2015 + month // 12, month % 12 + 1, 1 + i),
            "by": ["A"],
            "min": 2 + i % 3,
        }
        for month in range(months)
        for i in range(many[month])
    ]


def test_a_steady_record_is_neither_escalating_nor_falling() -> None:
    found = asked(trend, incidents_of(uneven()), belligerent="A", window="2015..2016")
    assert found.value == pytest.approx(1.0, abs=0.15) and found.diagnostics["escalating"] == "cannot be told"
    assert found.diagnostics["season"] is True and found.n == 24
    assert found.estimand is Estimand.AS_IT_TENDS and "growth a year" in found.interval_of


def test_a_record_in_which_nothing_varies_carries_no_trend() -> None:
    found = trend.answer(incidents_of(steady()), belligerent="A", window="2015..2016")
    assert isinstance(found, Refusal) and "nothing varies" in found.reason and found.needs


def test_a_record_that_grows_every_month_is_escalating() -> None:
    rows = [each for month in range(12) for each in steady(months=month + 1, each=1)[month:] * 1]
    rows = [{**row, "min": 10 * 2 ** (i // 2), "max": 10 * 2 ** (i // 2)} for i, row in enumerate(rows)]
    found = asked(trend, incidents_of(rows), belligerent="A", window="2015")
    assert found.value == pytest.approx(64, rel=0.2)
    assert found.says.startswith("Yes, it is escalating") and found.diagnostics["escalating"] == "yes"


def test_whether_the_record_of_the_campaign_escalated_cannot_be_told_from_months_that_may_be_alike(
    recorded: Tables,
) -> None:
    russia = asked(trend, recorded, belligerent=RUSSIA, window="2015-10..2016-12", grades="all", attribution="sole")
    coalition = asked(
        trend, recorded, belligerent=COALITION, window="2014-10..2016-12", grades="all", attribution="sole"
    )
    assert russia.diagnostics["escalating"] == "cannot be told"
    # the interval was 1.09–3.12, and the answer "yes", before it allowed for months that are as alike as real ones
    assert coalition.diagnostics["escalating"] == "cannot be told" and coalition.value == pytest.approx(1.84, abs=0.02)
    assert coalition.low == pytest.approx(0.92, abs=0.02) and coalition.high == pytest.approx(3.77, abs=0.05)


def test_deadlier_incidents_are_told_from_more_incidents(recorded: Tables) -> None:
    found = asked(
        trend, recorded, belligerent=RUSSIA, window="2015-10..2016-12", grades="all", attribution="sole", per="incident"
    )
    # fifteen months that may be alike leave open whether incidents grew less deadly
    assert found.value < 1 and found.diagnostics["escalating"] == "cannot be told" and "per incident" in found.unit


def test_a_short_window_carries_no_trend() -> None:
    found = trend.answer(incidents_of(steady(months=4)), belligerent="A", window="2015-01..2015-04")
    assert isinstance(found, Refusal) and found.needs


def test_fifteen_months_of_the_record_do_not_show_that_its_level_changed_though_a_search_would_cut_them(
    recorded: Tables,
) -> None:
    found = asked(change, recorded, belligerent=RUSSIA, window="2015-10..2016-12", grades="all", attribution="sole")
    assert found.diagnostics["changes_after"] == [] and found.diagnostics["p"] > 0.05
    assert found.diagnostics["cuts_if_months_were_independent"] == ["2016-02", "2016-05"]
    assert found.low is not None and found.high is not None and found.low < 1 < found.high


def test_a_steady_record_shows_no_change() -> None:
    found = asked(change, incidents_of(uneven()), belligerent="A", window="2015..2016")
    assert found.diagnostics["changes_after"] == [] and found.says.startswith("No change can be told from months that")
    assert found.estimand is Estimand.AS_IT_TENDS and "single change" in found.interval_of
    assert any("at most 5 in 100" in note for note in found.notes)


def test_a_level_that_is_a_fifth_from_one_month_on_is_announced_with_its_month() -> None:
    rows = [row for row in uneven() if row["date"] < dt.date(2016, 1, 1) or row["id"].endswith(("0", "5"))]
    found = asked(change, incidents_of(rows), belligerent="A", window="2015..2016", of="incidents")
    assert found.diagnostics["changes_after"] == ["2015-12"] and found.high is not None and found.high < 1
    assert "changed after 2015-12 (between" in found.says


def test_a_record_that_is_the_same_every_month_is_refused_and_not_called_steady() -> None:
    found = change.answer(incidents_of(steady()), belligerent="A", window="2015..2016", of="incidents")
    assert isinstance(found, Refusal) and "nothing varies" in found.reason and found.needs


@pytest.mark.parametrize("words", [{"penalty": -1.0}, {"per": "incident"}, {"of": "strikes"}, {"province": "Nowhere"}])
def test_a_change_asked_for_wrongly_is_refused(words: dict[str, Any]) -> None:
    with pytest.raises((BadInput, UnknownName)):
        change.answer(incidents_of(steady()), belligerent="A", window="2015..2016", **words)


# --- delay and revision


def test_publication_dates_that_are_the_incidents_own_are_not_taken_for_delays(recorded: Tables) -> None:
    found = delay.answer(recorded, belligerent=RUSSIA, window="2015-10..2016-12", grades="all")
    assert isinstance(found, Refusal) and "99.6% of the publication dates" in found.reason
    assert "civcas measure revision" in found.needs


def test_a_recent_month_is_grown_by_how_earlier_months_filled() -> None:
    # given that half of every month's incidents are published two months later
    late = [
        {**row, "published": row["date"] + dt.timedelta(days=61 * (i % 2) + 1)} for i, row in enumerate(steady(each=20))
    ]
    found = asked(delay, incidents_of(late), belligerent="A", window="2015-01..2016-11", as_of="2016-11-30")
    assert found.diagnostics["published"][-1] == 10 and found.value == pytest.approx(20.0, rel=0.02)
    assert found.low is not None and found.high is not None and 10 < found.low < 20 < found.high
    assert "about 50% of what will be" in found.says


def test_months_that_fill_faster_and_faster_are_refused() -> None:
    # given that all incidents of early months come out two months later, and ever fewer of later ones
    late = [
        {**row, "published": row["date"] + dt.timedelta(days=61 * (i % 20 >= i // 20) + 1)}
        for i, row in enumerate(steady(each=20))
    ]
    found = delay.answer(incidents_of(late), belligerent="A", window="2015-01..2016-11", as_of="2016-11-30")
    assert isinstance(found, Refusal) and "do not fill alike" in found.reason and found.needs


def test_a_figure_held_against_itself_is_refused(figures: Tables) -> None:
    same = "likely killed (revised 2016)"
    found = revision.answer(figures, belligerent="Russia", window="2015-10", first=same, later=same)
    assert isinstance(found, Refusal) and "the same one" in found.reason


def test_a_window_after_the_last_publication_is_refused() -> None:
    late = [{**row, "published": row["date"] + dt.timedelta(days=40)} for row in steady()]
    with pytest.raises(BadInput, match="after the last publication"):
        delay.answer(incidents_of(late), belligerent="A", window="2015..2016", as_of="2016-06-30")


def test_october_2015_was_three_quarters_complete_when_first_published(figures: Tables) -> None:
    found = asked(revision, figures, belligerent="Russia", window="2015-10", first="likely killed, fair (first published)",
                  later="likely killed (revised 2016)")  # fmt: skip
    # 255–375 became 345–501
    assert (found.low, found.high) == pytest.approx((1.336, 1.3529), abs=1e-4)
    assert found.interval is IntervalKind.PUBLISHED and found.level is None
    assert "about 74% of the later one" in found.says


def test_figures_of_unlike_units_are_not_taken_for_vintages_of_one(figures: Tables) -> None:
    found = revision.answer(figures, belligerent="Russia", window="2015-10", first="incidents graded fair (first published)",
                            later="likely killed (revised 2016)")  # fmt: skip
    assert isinstance(found, Refusal) and "unlike things" in found.reason


# --- pooling


@pytest.mark.slow
def test_pooled_provinces_agree_with_the_plain_ratio_where_all_are_alike() -> None:
    killed = np.random.default_rng(1).poisson([8] * 216 + [4] * 216).tolist()
    rows = [
        {**row, "province": "ABCDEF"[i % 6], "min": n, "max": n + 2}
        for i, (row, n) in enumerate(zip(steady(each=9) + steady("B", each=9), killed, strict=True))
    ]
    found = asked(
        pooled_rates, incidents_of(rows), exposed="A", reference="B", window="2015..2016", chains=3, draws=900
    )
    assert found.value == pytest.approx(1.8, abs=0.3)
    assert found.interval is IntervalKind.CREDIBLE and found.diagnostics["rhat"] < 1.01
    assert set(found.diagnostics["by_province"]) == set("ABCDEF")
    low, high = found.diagnostics["provinces_alone"]
    assert found.low is not None and found.high is not None and found.low < low < found.value < high < found.high
    assert "months like these" in found.interval_of


def test_months_apart_have_the_spread_of_both_sides_together() -> None:
    doubts = [
        month_doubt(incidents=np.array(counts, float), days=np.full(12, 30.0)) for counts in ([40] * 12, [10, 30] * 6)
    ]
    apart = pooled_rates.months_apart(doubts, 200_000, 1)
    # given the pair a side's log is normal about half its variance with that variance: V = E(v) + Var(v/2)
    spread = [
        each.chance @ each.variance + (each.chance @ each.variance**2 - (each.chance @ each.variance) ** 2) / 4
        for each in doubts
    ]
    assert apart.var() == pytest.approx(sum(spread), rel=0.05)
    assert pooled_rates.months_apart([None, None], 5, 1).tolist() == [0.0] * 5


@pytest.mark.slow
def test_the_record_pooled_over_provinces_says_that_the_ratio_differs_between_them(recorded: Tables) -> None:
    found = asked(pooled_rates, recorded, **TWO, grades="all")
    assert found.value == pytest.approx(8.4, abs=0.4)  # the plain ratio of sums is 7.3
    by = found.diagnostics["by_province"]
    assert by["Al-Hasakah"]["high"] < 1 < by["Idlib"]["low"]


def test_one_chain_is_refused() -> None:
    with pytest.raises(BadInput, match="at least 2 chains"):
        pooled_rates.answer(incidents_of(steady()), exposed="A", reference="A", window="2015 vs 2016", chains=1)


# --- what all of them promise


@pytest.mark.parametrize("name", OURS)
def test_every_measure_of_incidents_names_its_source_and_an_example_and_can_be_drawn(name: str) -> None:
    entry = entries("measures")[name]
    assert entry.by == "options" and entry.options and entry.source and entry.draw is not None
    assert entry.example.startswith(f"civcas measure {name} ")
    spelt = {f"--{option.name.replace('_', '-')}" for option in entry.options}
    assert {word for word in entry.example.split() if word.startswith("--")} <= spelt


@pytest.mark.parametrize(
    ("measure", "words"),
    [
        (incident_ratio, TWO | {"grades": "all"}),
        (tipping_point, TWO | {"grades": "+contested"}),
        (trend, {"belligerent": RUSSIA, "window": "2015-10..2016-12"}),
        (change, {"belligerent": RUSSIA, "window": "2015-10..2016-12", "of": "incidents"}),
    ],
)
def test_an_answer_is_said_in_words_given_in_json_and_drawn_as_a_picture(
    recorded: Tables, measure: Any, words: dict[str, Any]
) -> None:
    found = asked(measure, recorded, **words)
    told = json.loads(json.dumps(found.to_dict()))
    assert {"value", "low", "high", "level", "interval", "n", "diagnostics", "reading", "seconds"} <= set(told)
    assert told["diagnostics"]["assumes"] if measure is not change else told["notes"]
    assert found.says.endswith(".") and RUSSIA in found.says
    figure = measure.ENTRY.draw(found)
    ElementTree.fromstring(figure.svg().split("\n", 1)[1])
    assert found.says in str(figure.html())


# --- regression where a robust error would vanish, or nothing can be told apart


def both(low: list[int], other: list[int], **more: Any) -> Tables:
    def rows(by: str, killed: list[int]) -> list[dict[str, Any]]:
        return [
            {"id": f"{by}{i}", "date": dt.date(2016, 1 + i % 12, 1 + i // 12), "by": [by], "min": n, **more.get(by, {})}
            for i, n in enumerate(killed)
        ]

    return incidents_of(rows("A", low) + rows("B", other))


ASKED_OF_TWO: dict[str, Any] = {"exposed": "A", "reference": "B", "window": "2016"}


@pytest.mark.parametrize(("killed", "other", "value"), [(3, 3, 1.0), (6, 2, 3.0), (1, 1, 1.0)])
def test_equal_counts_do_not_make_a_regression_sure(killed: int, other: int, value: float) -> None:
    found = asked(incident_regression, both([killed] * 24, [other] * 24), **ASKED_OF_TWO)
    # no surer than counting the deaths by chance: √(1/deaths + 1/deaths), with Student's t on 45 degrees of freedom
    half = 2.0141034 * np.sqrt(1 / (24 * killed) + 1 / (24 * other))
    assert found.value == pytest.approx(value, rel=1e-3)
    assert found.low is not None and found.low <= found.value * np.exp(-half) * 1.001
    assert found.high is not None and found.high >= found.value * np.exp(half) * 0.999
    assert any("vary less than counting by chance" in note for note in found.notes)


@pytest.mark.parametrize(
    ("tables", "words", "reason"),
    [
        (both([0] * 24, [0] * 24), {}, "A has no recorded civilian killed"),
        (both([0] * 24, [3] * 24), {}, "A has no recorded civilian killed"),
        (both([3] * 24, [0] * 24), {}, "B has no recorded civilian killed"),
        (both([3] * 24, [2] * 24, A={"province": "North"}, B={"province": "South"}), {"covariates": ["province"]},
         "the sides and the covariates go together"),
        (both([3] * 24, []), {}, "no incident of B"),
    ],
)  # fmt: skip
def test_what_a_regression_cannot_tell_is_a_refusal(tables: Tables, words: dict[str, Any], reason: str) -> None:
    if not reason.startswith("no incident"):
        found = incident_regression.answer(tables, **ASKED_OF_TWO, **words)
        assert isinstance(found, Refusal) and reason in found.reason and found.needs
        return
    with pytest.raises(UnknownName):  # a side that no row names is an error
        incident_regression.answer(tables, **ASKED_OF_TWO, **words)


def test_two_windows_of_one_side_are_named_in_every_sentence() -> None:
    tables = incidents_of(steady(months=24, each=4))
    words: dict[str, Any] = {"exposed": "A", "reference": "A", "window": "2015 vs 2016"}
    for measure in (incident_ratio, incident_regression, tipping_point):
        found = asked(measure, tables, **words)
        assert "A (2015)" in found.says and "A (2016)" in found.says
