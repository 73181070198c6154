"""Trends of monthly counts: worked by hand, and held against simulated months that are alike."""

from __future__ import annotations

import math

import numpy as np
import pytest

from civcas.measures.counts import alike_months
from civcas.measures.counts.alike_models import alike_noise
from civcas.measures.counts.alike_months import Uncertainty, uncertainty
from civcas.measures.counts.growth import growth


def test_counts_that_double_every_year_give_a_factor_of_two() -> None:
    month = np.arange(24_000, 24_036)
    counts = np.round(1000 * 2 ** ((month - 24_000) / 12))
    found = growth(counts=counts, exposure=np.full(36, 30.0), month=month)
    assert found.factor == pytest.approx(2.0, rel=1e-3)
    assert found.season and found.low <= found.factor <= found.high


def test_a_season_is_not_taken_for_growth() -> None:
    month = np.arange(24_000, 24_036)
    counts = np.round(200 * np.exp(0.8 * np.sin(2 * np.pi * month / 12)))
    found = growth(counts=counts, exposure=np.full(36, 30.0), month=month)
    assert found.factor == pytest.approx(1.0, abs=0.02)


@pytest.mark.slow
@pytest.mark.parametrize("alike", [0.0, 0.8])
def test_the_trend_interval_holds_the_truth_whether_months_are_alike_or_not(alike: float) -> None:
    random, held, month = np.random.default_rng(6), 0, np.arange(24_000, 24_028)
    noise = alike_noise(random, months=28, times=100, correlation=alike, own_share=0.0)
    level = 60 * np.exp(0.02 * (month - month.mean()))[:, None] * np.exp(0.4 * noise - 0.08)
    for counts in random.poisson(level).T.astype(float):
        found = growth(counts=counts, exposure=np.full(28, 30.0), month=month)
        held += found.low <= math.exp(0.24) <= found.high
    # 95 are fair; where months are not alike it is too wide, since 28 months cannot rule it out (docs/method-rates.md)
    assert held >= 90


def line(months: int) -> np.ndarray:
    return np.column_stack([np.ones(months), np.arange(months) - (months - 1) / 2])


def doubt(response: np.ndarray) -> Uncertainty:
    many = len(response)
    return uncertainty(response=response, weight=np.ones(many), design=line(many), month=np.arange(many), level=0.95)


def test_without_doubt_about_the_correlation_the_interval_is_that_of_least_squares(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # given months known not to be alike: Σ t² = 10, slope 0, residual squares 4, 3 degrees of freedom: se² = 4/3/10
    monkeypatch.setattr("civcas.measures.counts.alike_months.CORRELATIONS", np.array([0.0]))
    alike_months._ways.cache_clear()
    found = doubt(np.array([1.0, -1.0, 0.0, -1.0, 1.0]))
    alike_months._ways.cache_clear()
    assert found.covariance[1, 1] == pytest.approx(4 / 30)
    assert found.reach == pytest.approx(3.182446, abs=1e-5)
    assert (found.low, found.high) == pytest.approx(
        (-3.182446 * math.sqrt(4 / 30), 3.182446 * math.sqrt(4 / 30)), abs=1e-5
    )


def test_with_one_known_correlation_the_interval_is_that_of_generalised_least_squares(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("civcas.measures.counts.alike_months.CORRELATIONS", np.array([0.1]))
    alike_months._ways.cache_clear()
    response = np.array([2.0, -1.0, 0.5, -1.0, 1.0, 3.0])
    found = doubt(response)
    alike_months._ways.cache_clear()
    inverse = np.linalg.inv(0.1 ** np.abs(np.subtract.outer(np.arange(6), np.arange(6))))
    covariance = np.linalg.inv(line(6).T @ inverse @ line(6))
    slope = (covariance @ line(6).T @ inverse @ response)[1]
    left = response - line(6) @ covariance @ line(6).T @ inverse @ response
    assert found.covariance == pytest.approx(covariance * (left @ inverse @ left) / 4)
    assert (found.low + found.high) / 2 == pytest.approx(slope)


def test_a_month_left_out_is_a_longer_lag() -> None:
    response = np.array([1.0, 2.0, 0.0, 1.5, 3.0, 2.5, 4.0])
    apart = uncertainty(
        response=response, weight=np.ones(7), design=line(7), month=np.array([0, 1, 2, 8, 9, 15, 16]), level=0.95
    )
    assert apart.covariance[1, 1] != pytest.approx(doubt(response).covariance[1, 1], rel=1e-3)


def test_months_that_are_alike_widen_the_interval() -> None:
    draw = np.random.default_rng(4)
    noise = draw.normal(size=40)
    alike = noise.copy()
    for each in range(1, 40):
        alike[each] = 0.7 * alike[each - 1] + math.sqrt(1 - 0.49) * noise[each]
    apart, together = (doubt(each) for each in (noise, alike))
    assert together.correlation > 0.4 > apart.correlation
    assert together.covariance[1, 1] > 2 * apart.covariance[1, 1]


@pytest.mark.parametrize(("alike", "own"), [(0.0, 0.0), (0.6, 0.0), (0.8, 0.5)])
def test_the_interval_of_a_line_holds_the_truth_whether_months_are_alike_or_not(alike: float, own: float) -> None:
    noise = alike_noise(np.random.default_rng(2024), months=28, times=120, correlation=alike, own_share=own)
    found = [doubt(each) for each in noise.T]
    assert sum(each.low <= 0 <= each.high for each in found) >= 108  # 120 at 95%: fewer has probability 1.5%


def test_the_prior_leans_to_alike_months_and_gives_every_faint_correlation_one_way() -> None:
    ways = alike_months._ways(tuple(range(8)))
    assert (ways.own_share[ways.correlation < 0.15] == 0).all() and set(ways.own_share) == {0.0, 0.3, 0.6}
    prior = alike_months._log_prior(np.array([0.5, 0.5, 0.5, 0.8]), np.array([0.0, 0.3, 0.6, 0.0]))
    assert np.exp(prior[:3]).sum() == pytest.approx(0.05 / math.sqrt(0.5))  # the grid's width over √(1−ρ)
    assert prior[3] - prior[0] == pytest.approx(0.5 * math.log(0.5 / 0.2))
