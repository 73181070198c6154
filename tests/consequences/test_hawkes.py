"""The point process: its slope is right, its parameters are recovered, and its test is calibrated."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import check_grad

from civcas.errors import BadInput
from civcas.measures.consequences import hawkes, hawkes_design
from civcas.measures.consequences.events import CONTROL, OUTCOME, TREATMENT, sorted_by_time
from civcas.measures.consequences.finding import Direction
from civcas.measures.consequences.hawkes import Fit, Stream
from civcas.measures.consequences.wake_design import Limits


def clock(end: float) -> Stream:
    return hawkes.stream([np.array([0.0, end])], end=end)


def model(branching: list[list[float]], level: float, rate: float) -> Fit:
    n = len(branching)
    return Fit(
        branching=np.array(branching), rate=rate, background=np.full((n, 1), np.log(level)), loglik=0.0, converged=True
    )


def test_the_likelihood_of_three_events_is_as_worked_by_hand() -> None:
    # given events at 1, 2 and 4 of 5 days, μ = 0.5, n = 0.6, β = 1.5
    events = hawkes.stream([np.array([1.0, 2.0, 4.0])], end=5.0)
    value, _ = hawkes.loglik(events, model([[0.6]], 0.5, 1.5), np.ones((1, 1), bool))
    a = 0.6 * 1.5
    second = 0.5 + a * np.exp(-1.5)
    third = 0.5 + a * (np.exp(-4.5) + np.exp(-3.0))
    mass = 0.6 * (3 - np.exp(-6.0) - np.exp(-4.5) - np.exp(-1.5))
    assert value == pytest.approx(np.log(0.5 * second * third) - 0.5 * 5 - mass, abs=1e-12)


def test_the_slope_is_that_of_the_likelihood_with_trend_season_weekday_and_three_kinds() -> None:
    rng = np.random.default_rng(0)
    events = hawkes.stream(
        [np.sort(rng.uniform(0, 600, n)) for n in (90, 40, 30)], end=600.0, trend=True, season=True, weekday=True
    )
    allowed = np.array([[1, 1, 0], [1, 1, 1], [0, 1, 1]], bool)
    start = hawkes._first_guess(events, allowed) + rng.normal(0, 0.1, 3 * events.design.shape[1] + 8)

    def at(theta: np.ndarray) -> tuple[float, np.ndarray]:
        return hawkes.loglik(events, hawkes._unpacked(theta, events, allowed), allowed)

    assert check_grad(lambda t: at(t)[0], lambda t: at(t)[1], start) < 1e-3


def test_parameters_are_recovered_within_their_errors() -> None:
    times = hawkes.simulate(model([[0.6]], 0.4, 1.5), clock(20_000.0), seed=3)
    found = hawkes.fit(hawkes.stream(times, end=20_000.0))
    assert found.converged
    assert found.branching[0, 0] == pytest.approx(0.6, abs=0.03)
    assert found.rate == pytest.approx(1.5, abs=0.15)
    assert np.exp(found.background[0, 0]) == pytest.approx(0.4, abs=0.03)


def test_who_excites_whom_is_recovered() -> None:
    truth = [[0.3, 0.2], [0.1, 0.4]]
    times = hawkes.simulate(model(truth, 0.2, 1.5), clock(30_000.0), seed=4)
    found = hawkes.fit(hawkes.stream(times, end=30_000.0))
    assert found.branching == pytest.approx(np.array(truth), abs=0.04)


def test_two_threads_and_one_give_the_same_likelihood(monkeypatch: pytest.MonkeyPatch) -> None:
    times = hawkes.simulate(model([[0.3, 0.2], [0.1, 0.4]], 0.2, 1.5), clock(5_000.0), seed=5)
    events, at, free = (
        hawkes.stream(times, end=5_000.0),
        model([[0.3, 0.2], [0.1, 0.4]], 0.2, 1.5),
        np.ones((2, 2), bool),
    )
    one = hawkes.loglik(events, at, free)
    monkeypatch.setattr(hawkes, "LONG", 100)
    two = hawkes.loglik(events, at, free)
    assert two[0] == pytest.approx(one[0], rel=1e-12)
    assert two[1] == pytest.approx(one[1], rel=1e-9, abs=1e-9)


def test_rescaled_gaps_of_the_true_model_are_standard_exponential() -> None:
    truth = model([[0.3, 0.2], [0.1, 0.4]], 0.2, 1.5)
    times = hawkes.simulate(truth, clock(20_000.0), seed=6)
    gaps = hawkes.compensators(hawkes.stream(times, end=20_000.0), truth, 0)
    assert gaps.mean() == pytest.approx(1.0, abs=0.03)
    assert np.mean(gaps > 1) == pytest.approx(np.exp(-1), abs=0.02)


def test_excitation_that_is_there_is_found_and_that_is_not_there_is_not() -> None:
    times = hawkes.simulate(model([[0.3, 0.3], [0.0, 0.2]], 0.2, 1.0), clock(4_000.0), seed=7)
    events = hawkes.stream(times, end=4_000.0)
    fitted = hawkes.fit(events)
    there, not_there = (hawkes_design.excitation(events, fitted, *pair) for pair in ((0, 1), (1, 0)))
    assert there.p < 1e-4
    assert abs(there.value - 0.3) < 3 * there.se
    assert not_there.p > 0.05


@pytest.mark.slow
def test_without_excitation_the_boundary_test_rejects_about_one_in_twenty() -> None:
    # given 300 data sets without cross-excitation; the binomial 99% range of a 5% test is 6 to 25
    loud = 0
    for k in range(300):
        times = hawkes.simulate(model([[0.3, 0.0], [0.0, 0.2]], 0.3, 1.0), clock(700.0), seed=1000 + k)
        events = hawkes.stream(times, end=700.0)
        loud += hawkes_design.excitation(events, hawkes.fit(events), 0, 1).p <= 0.05
    assert 6 <= loud <= 25


def design_events(branching: list[list[float]], *, seed: int, daily: bool = False) -> hawkes_design.Events:
    times = hawkes.simulate(model(branching, 0.3, 1.0), clock(500.0), seed=seed)
    days = np.concatenate(times)
    kind = np.repeat([OUTCOME, TREATMENT, CONTROL][: len(times)], [len(t) for t in times])
    flat = np.zeros(len(days))
    return sorted_by_time(days=np.floor(days) if daily else days, latitude=flat, longitude=flat, kind=kind)


def test_a_treatment_that_sets_off_outcomes_gives_more_with_the_control_as_a_silent_placebo() -> None:
    given = design_events([[0.2, 0.5, 0.0], [0.0, 0.1, 0.0], [0.0, 0.0, 0.1]], seed=8)
    found = hawkes_design.ask(given, replicates=19)
    assert found.direction is Direction.MORE
    assert abs(found.headline.value - 0.5) < 3 * found.headline.se
    assert "never less" in " ".join(found.notes)


def test_a_control_that_sets_off_outcomes_too_leaves_nothing_to_tell() -> None:
    given = design_events([[0.2, 0.5, 0.5], [0.0, 0.1, 0.0], [0.0, 0.0, 0.1]], seed=9)
    found = hawkes_design.ask(given, replicates=19)
    assert found.direction is Direction.UNTOLD
    assert "placebo: the control" in [check.name for check in found.failed]


def test_dates_that_are_days_are_put_at_random_hours_and_said_so() -> None:
    found = hawkes_design.ask(
        design_events([[0.2, 0.6], [0.0, 0.1]], seed=10, daily=True), limits=Limits(seed=1), replicates=19
    )
    assert found.direction in (Direction.MORE, Direction.UNTOLD)
    assert any("random hour" in note for note in found.notes)


def test_outcomes_that_come_in_a_steady_wave_are_not_read_as_excited() -> None:
    # given treatments and outcomes that both rise tenfold over 600 days and have nothing else to do with one another
    rng = np.random.default_rng(11)
    times = [np.sort(600 * np.sqrt(rng.random(n))) for n in (900, 300)]
    kind = np.repeat([OUTCOME, TREATMENT], [900, 300])
    flat = np.zeros(1200)
    found = hawkes_design.ask(
        sorted_by_time(days=np.concatenate(times), latitude=flat, longitude=flat, kind=kind), replicates=19
    )
    assert found.p > 0.05
    assert found.direction is not Direction.MORE


def test_a_process_that_feeds_itself_without_end_is_said_and_not_drawn_for_ever() -> None:
    with pytest.raises(BadInput, match="grows without end"):
        hawkes.simulate(model([[1.2]], 0.4, 1.5), clock(1_000.0), seed=1)


def test_too_few_events_or_days_are_refused() -> None:
    flat = np.zeros(40)
    few = sorted_by_time(
        days=np.arange(40.0), latitude=flat, longitude=flat, kind=np.repeat([OUTCOME, TREATMENT], [35, 5])
    )
    with pytest.raises(BadInput, match="5 treatment events"):
        hawkes_design.ask(few)
    short = sorted_by_time(
        days=np.arange(40.0) / 4, latitude=flat, longitude=flat, kind=np.repeat([OUTCOME, TREATMENT], 20)
    )
    with pytest.raises(BadInput, match="days for a point process"):
        hawkes_design.ask(short)


def common_wave(period: int, *, seed: int) -> hawkes_design.Events:
    """Treatments and outcomes that share nothing but a background that rises and falls fivefold."""
    random = np.random.default_rng([seed, period])
    level = 0.4 * np.exp(0.8 * np.sin(2 * np.pi * np.arange(500) / period))
    counts = [random.poisson(level) for _ in range(2)]
    days = np.concatenate([np.repeat(np.arange(500), many) + random.random(many.sum()) for many in counts])
    flat = np.zeros(len(days))
    kind = np.repeat([OUTCOME, TREATMENT], [many.sum() for many in counts])
    return sorted_by_time(days=days, latitude=flat, longitude=flat, kind=kind)


def test_a_background_that_moves_faster_than_the_model_bends_is_not_read_as_excitation() -> None:
    found = [hawkes_design.ask(common_wave(120, seed=seed), replicates=19) for seed in range(4)]
    assert sum(each.p <= 0.05 for each in found) >= 3  # the likelihood ratio alone calls it
    assert all(each.direction is not Direction.MORE for each in found)
    assert any("treatments moved within a week" in [check.name for check in each.failed] for each in found)


def test_moving_events_within_their_week_keeps_their_number_and_their_week() -> None:
    times = hawkes.simulate(model([[0.2, 0.3], [0.0, 0.1]], 0.2, 1.0), clock(200.0), seed=3)
    events = hawkes.stream(times, end=200.0)
    moved = hawkes_design._jittered(events, 1, 7.0, np.random.default_rng(1))
    assert (moved.time[moved.kind == 0] == events.time[events.kind == 0]).all()
    before, after = (np.sort(each.time[each.kind == 1]) for each in (events, moved))
    assert len(before) == len(after) and (before != after).any()
    assert np.abs(before - after).max() < 7 and after.min() >= 0 and after.max() <= 200


def test_events_that_share_a_day_are_refused() -> None:
    flat = np.zeros(60)
    days = np.repeat([0.0, 30.0, 60.0], 20)
    with pytest.raises(BadInput, match="fall on 3 days"):
        hawkes_design.ask(sorted_by_time(days=days, latitude=flat, longitude=flat, kind=np.arange(60) % 2))
