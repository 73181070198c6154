"""Trends of monthly counts: worked by hand, and held against simulated months that are alike."""

from __future__ import annotations

import math

import numpy as np
import pytest

from civcas.measures.counts.alike_months import uncertainty
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
def test_the_trend_interval_of_fifteen_months_holds_the_truth_in_93_to_99_of_100_series() -> None:
    draw, held, month = np.random.default_rng(6), 0, np.arange(24_000, 24_015)
    for _ in range(150):
        mean = 60 * np.exp(0.02 * (month - month.mean()))
        counts = draw.negative_binomial(2.5, 2.5 / (2.5 + mean)).astype(float)
        found = growth(counts=counts, exposure=np.full(15, 30.0), month=month)
        held += found.low <= math.exp(0.24) <= found.high
    # it is too wide here, 98–99%: fifteen months cannot rule out that neighbours are alike (docs/method-rates.md)
    assert 0.93 <= held / 150 <= 0.99


def line(months: int) -> np.ndarray:
    return np.column_stack([np.ones(months), np.arange(months) - (months - 1) / 2])


def test_without_doubt_about_the_correlation_the_interval_is_that_of_least_squares(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # given independent months and a correlation known to be 0: b = 0.5, S = 4·0.5² = 1 … by hand below
    monkeypatch.setattr("civcas.measures.counts.alike_months.CORRELATIONS", np.array([0.0]))
    response = np.array([1.0, -1.0, 0.0, -1.0, 1.0])
    found = uncertainty(response=response, weight=np.ones(5), design=line(5), level=0.95)
    # Σ t² = 10, slope 0, residual squares 4, 3 degrees of freedom: se² = 4/3/10
    assert found.covariance[1, 1] == pytest.approx(4 / 30)
    assert found.reach == pytest.approx(3.182446, abs=1e-5)


def test_months_that_are_alike_widen_the_interval() -> None:
    draw = np.random.default_rng(4)
    noise = draw.normal(size=40)
    alike = noise.copy()
    for each in range(1, 40):
        alike[each] = 0.7 * alike[each - 1] + math.sqrt(1 - 0.49) * noise[each]
    apart, together = (
        uncertainty(response=each, weight=np.ones(40), design=line(40), level=0.95) for each in (noise, alike)
    )
    assert together.correlation > 0.4 > apart.correlation
    assert together.covariance[1, 1] > 2 * apart.covariance[1, 1]


def test_the_interval_of_a_line_holds_the_truth_whether_months_are_alike_or_not() -> None:
    for alike, fewest in ((0.0, 110), (0.4, 108)):
        draw, held = np.random.default_rng(2024), 0
        for _ in range(120):
            noise = draw.normal(size=28)
            for each in range(1, 28):
                noise[each] = alike * noise[each - 1] + math.sqrt(1 - alike**2) * noise[each]
            found = uncertainty(response=noise, weight=np.ones(28), design=line(28), level=0.95)
            slope = np.linalg.lstsq(line(28), noise, rcond=None)[0][1]
            held += abs(slope) <= found.reach * math.sqrt(found.covariance[1, 1])
        assert held >= fewest  # 120 at 95%: below 108 has probability 1.5%


def test_correlations_far_from_none_are_believed_less_before_the_data_are_seen() -> None:
    from civcas.measures.counts.alike_months import _log_prior

    grid = np.linspace(-0.999, 0.999, 20_001)
    weight = np.exp(_log_prior(grid))
    # by its definition ½ beyond a half, in either direction; the grid leaves out exp(−θu) = 4% at its ends
    beyond = math.exp(-math.log(2) * math.sqrt(math.log(1 - 0.999**2) / math.log(1 - 0.25)))
    assert weight[np.abs(grid) > 0.5].sum() / weight.sum() == pytest.approx((0.5 - beyond) / (1 - beyond), abs=0.002)
    assert _log_prior(np.array([0.0]))[0] > _log_prior(np.array([0.3]))[0] > _log_prior(np.array([0.6]))[0]
