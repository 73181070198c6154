from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from civcas.measures import count_model, rate_spread
from civcas.measures.count_model import LogRate, influence, range_interval
from civcas.measures.simulated_months import LIKE_THE_COALITION


def series(*deaths: float, incidents: float = 1.0) -> np.ndarray:
    """Deaths, exposure by the month and squares, as `spread_of` takes them: `incidents` each month share its deaths equally."""
    each = np.array([deaths], float)
    return np.stack([each, np.ones_like(each), each**2 / incidents])


def spread(*deaths: float, incidents: float = 1.0) -> tuple[float, float]:
    columns = series(*deaths, incidents=incidents)
    variance, degrees = rate_spread.spread_of(columns, columns, per_incident=False)
    return float(variance[0]), float(degrees[0])


def log_rate(rate: float, variance: float, degrees: float = 1e9) -> LogRate:
    return LogRate(rate=np.array([rate]), log_variance=np.array([variance]), degrees=np.array([degrees]))


def test_the_influence_of_months_worked_by_hand() -> None:
    # Months 1, 2, 3, 6 with total 12: leaving one out gives ln 11, ln 10, ln 9, ln 6, about their mean 2.172366, times 3.
    moved = np.log([11.0, 10.0, 9.0, 6.0])
    assert moved.mean() == pytest.approx(2.172366, abs=1e-6)
    found = influence(*series(1, 2, 3, 6)[:2])
    assert found[0] == pytest.approx(3 * (moved - moved.mean()))


def test_a_constant_factor_of_the_exposure_moves_no_month() -> None:
    deaths, exposure, _ = series(3, 9, 4, 4, 8)
    assert influence(deaths, 30 * exposure) == pytest.approx(influence(deaths, exposure))


def test_one_month_with_every_death_has_no_spread() -> None:
    assert np.isnan(spread(0, 0, 40, 0, 0, 0, 0, incidents=20)[0])


def test_one_incident_with_every_death_has_no_spread() -> None:
    assert np.isnan(spread(0, 0, 40, 0, 0, 0)[0])


def test_months_that_are_equal_are_as_unsure_as_their_incidents_make_them() -> None:
    # Nine months with 5 deaths in one incident each: no month differs, yet nine incidents leave a log-variance of 1/9 at least.
    variance, degrees = spread(*[5.0] * 9)
    assert variance == pytest.approx(1 / 9, rel=1e-3) and degrees > 3


@pytest.mark.parametrize("rho", [0.0, 0.7])
def test_the_spread_of_many_months_is_the_variance_of_a_mean_of_months_that_are_alike(rho: float) -> None:
    random = np.random.default_rng(5)
    months = random.standard_normal((60, 120))
    for month in range(1, 120):
        months[:, month] = rho * months[:, month - 1] + np.sqrt(1 - rho**2) * months[:, month]
    deaths = 100 + 20 * months
    columns = np.stack([deaths, np.ones_like(deaths), deaths**2 / 1000])
    variance, _ = rate_spread.spread_of(columns, columns, per_incident=False)
    lags = np.abs(np.subtract.outer(np.arange(120), np.arange(120)))
    expected = 0.2**2 * (rho**lags).sum() / 120**2
    assert float(np.median(variance)) == pytest.approx(expected, rel=0.25)


def test_rates_per_incident_are_not_surer_than_the_deaths_counted() -> None:
    columns = np.stack([np.full((1, 8), 6.0), np.full((1, 8), 2.0), np.full((1, 8), 18.0)])
    variance, _ = rate_spread.spread_of(columns, columns, per_incident=True)
    assert variance[0] == pytest.approx(1 / 48, rel=1e-3)


def test_an_interval_wider_than_a_thousand_each_way_is_not_one() -> None:
    low, high = log_rate(1.0, np.log(1000) ** 2 / 1.9599639845**2 * 0.999).interval()
    assert (low[0], high[0]) == pytest.approx((1 / 1000, 1000), rel=0.01)
    assert np.isnan(log_rate(1.0, np.log(1000) ** 2 / 1.9599639845**2 * 1.001).interval()).all()
    assert np.isnan(log_rate(1.0, 0.4, degrees=0.4).interval()).all()


def test_the_interval_of_a_ratio_agrees_with_the_published_log_wald_interval() -> None:
    # Rothman: 41 cases in 28,010 person-years against 15 in 19,017; log-Wald 1.02723–3.35256.
    ratio = count_model.ratio(log_rate(41 / 28010, 1 / 41), log_rate(15 / 19017, 1 / 15))
    low, high = ratio.interval()
    assert (ratio.rate[0], low[0], high[0]) == pytest.approx((1.855759, 1.02723, 3.35256), abs=1e-5)


def test_the_interval_around_a_range_is_that_of_imbens_and_manski() -> None:
    # Solved here by itself: Φ(c + Δ/σ) − Φ(−c) = 0.95, Δ = ln 2, σ = 0.3.
    from scipy.optimize import brentq

    c = brentq(lambda c: norm.cdf(c + np.log(2) / 0.3) - norm.cdf(-c) - 0.95, 1, 3)
    low, high = range_interval(log_rate(3.0, 0.04), log_rate(6.0, 0.09))
    assert (low[0], high[0]) == pytest.approx((3 * np.exp(-0.2 * c), 6 * np.exp(0.3 * c)), rel=1e-6)
    assert 1.645 < c < 1.66


def test_a_range_of_no_width_has_the_two_sided_interval_and_a_wide_one_the_one_sided() -> None:
    point = log_rate(3.0, 0.04, degrees=7.0)
    assert np.ravel(range_interval(point, point)) == pytest.approx(np.ravel(point.interval()), rel=1e-6)
    low, high = range_interval(log_rate(1.0, 0.04), log_rate(np.inf, 0.04))
    assert low[0] == pytest.approx(np.exp(-0.2 * norm.ppf(0.95)), rel=1e-5) and high[0] == np.inf


def test_simulated_incidents_are_as_heavy_tailed_as_asked() -> None:
    deaths, incidents = LIKE_THE_COALITION.draw(np.random.default_rng(3), months=100_000, times=1)
    assert deaths.sum() / incidents.sum() == pytest.approx(4.4, rel=0.02)
    # Var of a month = incidents × E(size²): variance/mean of sizes 19 (and rounding adds at most 1/4).
    assert deaths.var() / deaths.mean() == pytest.approx(19 + 4.4, rel=0.08)
