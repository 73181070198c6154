"""The matched-wake design: its test keeps its promise, its checks catch what they are for, and its answer can go both ways."""

from __future__ import annotations

import math
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
from consequence_worlds import events

from civcas.errors import BadInput
from civcas.measures.consequences import bursts, dose
from civcas.measures.consequences.events import TREATMENT
from civcas.measures.consequences.finding import (
    Check,
    Direction,
    Effect,
    agreed,
    decide,
    e_value,
    robustness_value,
    robustness_value_at,
)
from civcas.measures.consequences.labels import contrast
from civcas.measures.consequences.strata import lay
from civcas.measures.consequences.wake_design import Limits, ask
from civcas.measures.consequences.wakes import Windows

WINDOWS = Windows(days=(2, 4, 6), km=(2.0, 4.0, 6.0))
QUICK = Limits(draws=199)


def test_an_effect_is_least_squares_with_an_intercept_for_every_stratum() -> None:
    # given a made-up sheet in two strata; the answer by hand is least squares with dummies
    rng = np.random.default_rng(2)
    stratum, dose_ = np.repeat([0, 1], 20), np.tile([0.0, 1.0], 20)
    x, y = rng.normal(size=40), rng.normal(size=40)
    by_hand = np.linalg.lstsq(np.column_stack([dose_, x, stratum == 0, stratum == 1]), y, rcond=None)[0][0]
    # when
    found = contrast(
        outcome=y[:, None], covariates=x[:, None, None], dose=dose_, stratum=stratum, when=np.arange(40.0), draws=99
    )
    # then
    assert found.effect[0] == pytest.approx(by_hand, abs=1e-12)


def test_the_standard_error_is_the_hc2_of_the_textbook() -> None:
    rng = np.random.default_rng(3)
    dose_, y = np.repeat([0.0, 1.0], 15), rng.normal(size=30)
    found = contrast(
        outcome=y[:, None],
        covariates=np.empty((30, 1, 0)),
        dose=dose_,
        stratum=np.zeros(30, np.int64),
        when=np.arange(30.0),
        draws=99,
    )
    welch = math.sqrt(y[:15].var(ddof=1) / 15 + y[15:].var(ddof=1) / 15)  # HC2 of two means is Welch's
    assert found.se[0] == pytest.approx(welch, abs=1e-12)


def test_where_treatment_comes_in_bursts_the_standard_error_is_that_of_whole_strata() -> None:
    # given four strata of five, without covariates; clustered variance by hand
    rng = np.random.default_rng(4)
    stratum, dose_, y = np.repeat(np.arange(4), 5), (rng.random(20) < 0.5) * 1.0, rng.normal(size=20)
    centred = dose_ - (np.bincount(stratum, dose_) / 5)[stratum]
    left = y - (np.bincount(stratum, y) / 5)[stratum]
    effect = centred @ left / (centred @ centred)
    scores = np.bincount(stratum, centred * (left - effect * centred))
    by_hand = math.sqrt((scores @ scores) * 4 / 3) / (centred @ centred)
    # when
    found = contrast(
        outcome=y[:, None],
        covariates=np.empty((20, 1, 0)),
        dose=dose_,
        stratum=stratum,
        when=np.arange(20.0),
        bursts=True,
    )
    # then
    assert found.effect[0] == pytest.approx(effect)
    assert found.se[0] == pytest.approx(by_hand)
    assert "bursts" in found.ordering


def test_treatments_in_bursts_are_noticed_and_labels_dealt_by_chance_are_not() -> None:
    rng = np.random.default_rng(5)
    stratum, block = np.repeat(np.arange(6), 20), np.repeat(np.arange(24), 5)
    assert bursts.alike((rng.random(24) < 0.5)[block] * 1.0, stratum, block) <= 0.05
    assert bursts.alike((rng.random(120) < 0.5) * 1.0, stratum, block) > 0.05


def test_wakes_near_in_time_and_place_are_one_burst_and_a_whole_theatre_is_cut() -> None:
    when, place = np.array([0.0, 5, 9, 40]), np.array([[0.0, 0, 0], [0.001, 0, 0], [0.5, 0, 0], [0.001, 0, 0]])
    linked = bursts.linked(when=when, place=place, days=10.0, chord=1e-4)
    assert linked.tolist() == [0, 0, 1, 2]
    cut = bursts.blocks(
        when=np.arange(100.0), stratum=np.zeros(100, np.int64), burst=np.zeros(100, np.int64), days=10.0
    )
    assert len(set(cut.tolist())) == 4


def test_with_a_true_effect_the_answer_is_more_and_the_band_holds_the_truth() -> None:
    found = ask(events(seed=2, effect=1.0), WINDOWS, limits=QUICK)
    assert found.direction is Direction.MORE
    assert found.headline.low <= 1.0 <= found.headline.high
    assert found.p <= 0.01
    assert not found.failed


def test_when_the_control_is_followed_by_more_the_answer_is_less() -> None:
    given = events(seed=2, effect=1.0)
    turned = replace(given, kind=np.where(given.kind == 0, 0, 3 - given.kind))
    assert ask(turned, WINDOWS, limits=QUICK).direction is Direction.LESS


def test_without_an_effect_no_change_is_detected_and_the_smallest_visible_effect_is_told() -> None:
    found = ask(events(seed=2), WINDOWS, limits=QUICK)
    assert found.direction is Direction.NO_CHANGE
    assert 0 < found.smallest_visible <= found.usual
    assert "would have been seen four times in five" in found.says


def test_an_effect_on_the_past_fails_the_placebo_and_nothing_can_be_told() -> None:
    found = ask(events(seed=5, effect=1.0, lead=1.0), WINDOWS, limits=QUICK)
    assert found.direction is Direction.UNTOLD
    assert "placebo: the days before" in [check.name for check in found.failed]


def test_where_all_wakes_overlap_nothing_can_be_told() -> None:
    found = ask(events(seed=6, wakes=2000), WINDOWS, limits=replace(QUICK, overlap=0.01))
    assert found.direction is Direction.UNTOLD
    assert "overlap" in [check.name for check in found.failed]


def test_with_few_events_the_power_check_fails_and_nothing_can_be_told() -> None:
    found = ask(events(seed=7, wakes=60, outcomes=60), WINDOWS, limits=QUICK)
    assert found.direction is Direction.UNTOLD
    assert {"power", "something varies"} & {check.name for check in found.failed}


def test_the_same_seed_gives_the_same_answer_and_another_seed_another_p() -> None:
    given = events(seed=8, effect=0.2)
    first, again, other = (ask(given, WINDOWS, limits=replace(QUICK, seed=s)) for s in (1, 1, 2))
    assert first == again
    assert first.headline.low != other.headline.low


def test_no_more_than_a_few_of_a_hundred_empty_worlds_are_called_more_or_less() -> None:
    # given 100 data sets without an effect; at 5% a binomial count is at most 11 in 99% of cases
    loud = [
        ask(events(seed=100 + k, wakes=150, outcomes=700), WINDOWS, limits=Limits(draws=99, seed=k)).p <= 0.05
        for k in range(100)
    ]
    assert sum(loud) <= 11


def test_too_few_events_inside_the_windows_are_refused() -> None:
    with pytest.raises(BadInput, match="whole windows inside the data"):
        ask(events(seed=9, wakes=20), WINDOWS)


def test_strata_are_widened_by_where_the_wakes_are_and_never_by_their_labels() -> None:
    given = events(seed=10)
    position = np.flatnonzero(given.kind != 0)
    turned = replace(given, kind=np.where(given.kind == 0, 0, 3 - given.kind))
    assert np.array_equal(lay(given, position, km=12).label, lay(turned, position, km=12).label)


def test_the_picture_is_sound_svg_that_says_in_words_what_it_shows() -> None:
    found = ask(events(seed=2, effect=1.0), WINDOWS, limits=QUICK)
    root = ElementTree.fromstring(found.picture)
    words = {child.tag.rpartition("}")[2]: child.text or "" for child in root}
    assert "2 days, 2 km" in words["desc"]
    assert "Answer: more" in words["desc"]
    assert "script" not in words


def test_deadlier_treatments_followed_by_more_show_in_the_dose_and_unknown_doses_are_left_out() -> None:
    # given doses that equal the further outcomes of the next days, one of them unknown
    given = events(seed=11, effect=1.0)
    counted = np.zeros(len(given.days))
    for i in np.flatnonzero(given.kind == TREATMENT):
        same = (given.latitude == given.latitude[i]) & (given.longitude == given.longitude[i])
        counted[i] = np.sum(same & (given.kind == 0))
    counted[np.flatnonzero(given.kind == TREATMENT)[0]] = np.nan
    # when
    found = dose.by_whom(replace(given, dose=counted), WINDOWS, limits=QUICK)
    # then one further death goes with one further attack
    assert found["treatment"]["low"] <= 1.0 <= found["treatment"]["high"]
    assert found["treatment"]["unknown"] == 1
    assert found["treatment"]["p"] <= 0.01


@pytest.mark.parametrize(
    ("p", "passed", "value", "direction"),
    [
        (0.01, True, 1.0, Direction.MORE),
        (0.01, True, -1.0, Direction.LESS),
        (0.5, True, 1.0, Direction.NO_CHANGE),
        (0.01, False, 1.0, Direction.UNTOLD),
        (0.01, None, 1.0, Direction.MORE),
        (0.01, np.bool_(False), 1.0, Direction.UNTOLD),
    ],
)
def test_a_failed_check_decides_and_one_that_could_not_be_made_does_not(
    p: float, passed: bool | None, value: float, direction: Direction
) -> None:
    headline = Effect(label="", value=value, low=0, high=0, se=1)
    assert decide(headline=headline, p=p, checks=(Check(name="c", passed=passed, says=""),)) is direction


def test_designs_that_contradict_one_another_tell_nothing_and_one_that_sees_no_change_does_not_contradict() -> None:
    more = ask(events(seed=2, effect=1.0), WINDOWS, limits=QUICK)
    less, same = replace(more, direction=Direction.LESS), replace(more, direction=Direction.NO_CHANGE)
    untold = replace(more, direction=Direction.UNTOLD)
    assert agreed((more, less)) is Direction.UNTOLD
    assert agreed((more, same, untold)) is Direction.MORE
    assert agreed((same, untold)) is Direction.NO_CHANGE
    assert agreed((untold,)) is Direction.UNTOLD


def test_sensitivity_values_equal_the_published_ones() -> None:
    # Cinelli and Hazlett (2020), Darfur; VanderWeele and Ding (2017)
    assert robustness_value(4.1844, 783) == pytest.approx(0.1387764, abs=2e-6)
    assert robustness_value_at(4.1844, 783) == pytest.approx(0.0762580, abs=2e-6)
    assert e_value(3.9) == pytest.approx(7.263034, abs=1e-6)
    assert e_value(0.743) == pytest.approx(2.0282, abs=1e-4)
