"""One change of level: worked by hand, held against simulated records with and without one, and against two famous series."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
import pytest

from civcas.errors import BadInput
from civcas.measures.change import changes
from civcas.measures.counts.alike_models import alike_models, alike_noise
from civcas.measures.counts.level_change import level_change
from civcas.measures.counts.level_likelihood import change_likelihood, log_likelihood
from civcas.measures.counts.level_thresholds import NULLS, SIZES, thresholds


def column(file: Path, name: str) -> np.ndarray:
    with file.open(encoding="utf-8", newline="") as lines:
        return np.array([float(row[name]) for row in csv.DictReader(lines)])


def records(
    random: np.random.Generator, *, months: int, times: int, alike: float, size: float = 1.0, heavy: bool = False
) -> np.ndarray:
    """Months of deaths, (times, months): levels that follow one another, and Poisson or heavy-tailed deaths about them."""
    noise = alike_noise(random, months=months, times=times, correlation=alike, own_share=0.0)
    spread = math.sqrt(math.log1p(0.25))
    level = 60 * np.exp(spread * noise - spread**2 / 2) * np.where(np.arange(months) < months // 2, 1, size)[:, None]
    if not heavy:
        return random.poisson(level).T.astype(float)
    incidents = random.poisson(level / 4.4).T
    wide = math.log1p(12 / 4.4)
    killed = np.floor(
        random.lognormal(math.log(4.4) - wide / 2, math.sqrt(wide), int(incidents.sum())) + random.random()
    )
    ends = np.append(0.0, np.cumsum(killed))[np.append(0, np.cumsum(incidents))]
    return np.diff(ends).reshape(times, months)


def test_where_months_are_not_alike_squares_and_size_are_those_of_two_means() -> None:
    # given 1 1 4 | 6 8 7: means 2 and 7, squares about them 6 + 2; about the mean 4.5 of all 45.5
    one = change_likelihood(np.array([1.0, 1, 4, 6, 8, 7]))
    assert alike_models(6).correlation[0] == 0.0 and one.design.after.tolist() == [3]
    assert one.size[0, 0] == pytest.approx(5.0) and one.squares[0, 0] == pytest.approx(8.0)
    # a size of 4 instead of 5 adds 1² · 3·3/6 = 1.5
    off = one.at(np.array([4.0]))[0, 0]
    by_hand = one.design.base[0] - 2.5 * (math.log(9.5 / 5) + 1)
    assert off >= by_hand - 1e-12
    assert one.level_before(np.array([0.0, 5.0]))[0].tolist() == pytest.approx([4.5, 2.0]) or one.best.argmax(0)[0] > 0


def test_squares_below_what_chance_alone_makes_are_not_taken_for_knowledge() -> None:
    # given 4 degrees and least variance 1: squares 2 give −2(ln 1 + 2/4) = −1, and squares 8 give −2(ln 2 + 1)
    assert log_likelihood(np.array([2.0, 8.0]), 4, least=1.0) == pytest.approx([-1.0, -2 * (math.log(2) + 1)])


def test_the_models_of_alike_months_have_the_correlations_they_say() -> None:
    models = alike_models(4)
    at = int(np.flatnonzero((models.correlation == 0.8) & (models.own_share == 0.3))[0])
    lower = np.linalg.inv(models.whitener[at])
    # 0.7 · 0.8, 0.7 · 0.64, 0.7 · 0.512
    assert (lower @ lower.T)[0] == pytest.approx([1.0, 0.56, 0.448, 0.3584])
    drawn = alike_noise(np.random.default_rng(1), months=4, times=40_000, correlation=0.8, own_share=0.3)
    assert np.corrcoef(drawn)[0] == pytest.approx([1.0, 0.56, 0.448, 0.3584], abs=0.02)


def test_thresholds_are_the_same_every_time_and_never_grow_with_the_size_of_the_change() -> None:
    allowed = thresholds(24).allowed(0.95)
    thresholds.cache_clear()
    assert thresholds(24).allowed(0.95).tolist() == allowed.tolist() and len(allowed) == len(SIZES)
    assert (np.diff(allowed) <= 0).all() and allowed[-1] > 1.9  # ½χ² of one degree is 1.92 at 95%
    assert thresholds(24).allowed(0.99)[0] > allowed[0] > thresholds(24).allowed(0.8)[0]


@pytest.mark.parametrize(("months", "alike", "heavy"), [(24, 0.0, True), (24, 0.6, False), (60, 0.4, True)])
def test_a_record_without_a_change_is_called_changed_in_at_most_6_of_100(
    months: int, alike: float, heavy: bool
) -> None:
    random = np.random.default_rng([31, months, int(10 * alike)])
    calls = [level_change(row).shown for row in records(random, months=months, times=150, alike=alike, heavy=heavy)]
    assert sum(calls) <= 14  # 9 are 6%; beyond 14 has probability 4% at 6%


@pytest.mark.parametrize(("months", "alike", "heavy", "seen"), [(36, 0.0, True, 40), (60, 0.6, False, 80)])
def test_a_fall_to_a_fifth_is_seen_and_its_month_and_size_are_held(
    months: int, alike: float, heavy: bool, seen: int
) -> None:
    random = np.random.default_rng([32, months, int(10 * alike)])
    found = [level_change(row) for row in records(random, months=months, times=100, alike=alike, size=0.2, heavy=heavy)]
    shown = [each for each in found if each.shown]
    assert len(shown) >= seen
    assert sum(each.low <= 0.2 <= each.high for each in found) >= 90
    assert sum(each.low <= 0.2 <= each.high for each in shown) >= 0.9 * len(shown)
    assert sum(each.first <= months // 2 <= each.last for each in shown) >= 0.9 * len(shown)


def test_a_change_is_shown_only_where_its_interval_leaves_1_out_and_its_p_is_small() -> None:
    random = np.random.default_rng(33)
    for months, size in ((12, 0.1), (24, 0.3), (24, 1.0), (40, 0.4)):
        for row in records(random, months=months, times=20, alike=0.3, size=size):
            one = level_change(row)
            assert one.shown == (one.p <= 0.05 and not one.low <= 1 <= one.high)
            assert one.p <= 0.05 or one.low <= 1 <= one.high  # 1 is left out only where the test rejects
            assert one.low <= one.value <= one.high and one.first <= one.after <= one.last


def test_the_coal_disasters_changed_once_after_1891_and_the_interval_is_wider_than_independent_years_make_it(
    real_data: Path,
) -> None:
    found = changes(column(real_data / "reference" / "coal_disasters_yearly.csv", "disasters"))
    one = found.one
    assert (found.after, one.shown) == ((41,), True) and one.value == pytest.approx(0.901408 / 3.097561, abs=1e-6)
    # 1886–1896 with independent years (Raftery and Akman 1986)
    assert 1850 + one.first <= 1886 and 1850 + one.last >= 1896 and 1850 + one.last <= 1905
    assert one.low == pytest.approx(0.15, abs=0.02) and one.high == pytest.approx(0.56, abs=0.03)


def test_the_nile_changed_after_1898_within_the_published_years(real_data: Path) -> None:
    one = level_change(column(real_data / "reference" / "nile.csv", "flow"))
    assert (one.shown, one.after) == (True, 28) and 1870 + one.first >= 1895 and 1870 + one.last <= 1902


@pytest.mark.parametrize(
    ("counts", "says"),
    [
        ([1.0, 2, 3], "3 months are too few"),
        ([0.0] * 24, "counts 0"),
        ([5.0] * 24, "nothing varies"),
        ([0.0] * 20 + [7] + [0] * 3, "only 1 of 24 months"),
        ([0.0] * 12 + [9, 8, 3, 6, 9, 9, 8, 7, 9, 5, 8, 6], "the first 12 months count 0"),
        ([1.0, 2, math.nan] * 8, "unknown"),
    ],
)
def test_series_in_which_no_change_can_be_told_are_refused(counts: list[float], says: str) -> None:
    with pytest.raises(BadInput, match=says):
        level_change(np.array(counts))


def test_one_month_of_many_deaths_is_not_a_change() -> None:
    one = level_change(np.array([3, 2, 4, 5, 3, 2, 400, 3, 2, 3, 4, 2, 3, 4, 3, 5, 2, 3.0]))
    assert not one.shown


def test_a_month_half_as_long_is_not_half_the_level() -> None:
    days = np.where(np.arange(24) < 12, 30.0, 15.0)
    counts = np.round(days * np.tile([2.0, 3.0, 2.2, 2.9], 6))
    assert level_change(counts, exposure=days).value == pytest.approx(1.0, abs=0.15)


def test_the_nulls_reach_the_correlation_the_answer_names() -> None:
    assert max(rho for rho, _ in NULLS) == 0.8
