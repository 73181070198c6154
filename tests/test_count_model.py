from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from civcas.measures import count_model
from civcas.measures.simulated_months import LIKE_RUSSIA, LIKE_THE_COALITION, ratio_coverage


def months(*deaths: float) -> tuple[count_model.Array, count_model.Array, count_model.Flags]:
    series = np.array([deaths], float)
    return series, np.ones_like(series), np.ones(series.shape, bool)


def test_dispersion_worked_by_hand() -> None:
    # Months 1, 2, 3, 6 with total 12: leaving one out gives ln 11, ln 10, ln 9, ln 6 (mean 2.172366…).
    # Σ(difference²) = 0.2132997, jackknife variance = ¾ of it, φ = variance × 12.
    moved = np.log([11.0, 10.0, 9.0, 6.0])
    squares = float(((moved - moved.mean()) ** 2).sum())
    found = count_model.dispersion(*months(1, 2, 3, 6))
    assert squares == pytest.approx(0.2132997, abs=1e-6)
    assert found.phi[0] == pytest.approx(0.75 * squares * 12)


def test_months_outside_the_window_change_nothing() -> None:
    series = np.array([[1.0, 2, 3, 6, 1000]])
    inside = np.array([[True, True, True, True, False]])
    found = count_model.dispersion(series, np.ones_like(series), inside)
    assert found.phi[0] == pytest.approx(count_model.dispersion(*months(1, 2, 3, 6)).phi[0])


def test_dispersion_is_never_below_that_of_a_poisson_count() -> None:
    assert count_model.dispersion(*months(5, 5, 5, 5, 5, 5)).phi[0] == 1


def test_one_month_with_every_death_gives_no_dispersion() -> None:
    assert np.isnan(count_model.dispersion(*months(0, 0, 40, 0, 0, 0)).phi[0])


def test_dispersion_of_a_large_sample_is_the_variance_over_the_mean() -> None:
    random = np.random.default_rng(7)
    series = random.negative_binomial(3, 0.1, (1, 20_000)).astype(float)  # variance/mean = 1/0.1
    found = count_model.dispersion(series, np.ones_like(series), np.ones(series.shape, bool))
    assert found.phi[0] == pytest.approx(10, rel=0.05)


def test_differences_of_neighbours_find_the_dispersion_of_a_series_that_rises() -> None:
    random = np.random.default_rng(11)
    rising = random.poisson(np.linspace(50, 500, 4000)).astype(float)
    phi, degrees = count_model.dispersion_by_differences(rising)
    assert phi == pytest.approx(1, abs=0.08)
    assert degrees == pytest.approx(2 / 3 * 3999)


def test_the_interval_of_a_ratio_agrees_with_the_published_log_wald_interval() -> None:
    # Rothman: 41 cases in 28,010 person-years against 15 in 19,017; log-Wald 1.02723–3.35256.
    counts, exposures = np.array([[41.0]]), np.array([[15.0]])
    sure = count_model.Dispersion(phi=np.ones((1, 1)), degrees=np.full((1, 1), 1e9))
    exposed = count_model.log_rate(deaths=counts, exposure=np.full((1, 1), 28010.0), dispersion=sure)
    reference = count_model.log_rate(deaths=exposures, exposure=np.full((1, 1), 19017.0), dispersion=sure)
    ratio, low, high = count_model.ratio_interval(exposed, reference)
    assert (ratio.item(), low.item(), high.item()) == pytest.approx((1.855759, 1.02723, 3.35256), abs=1e-5)


@pytest.mark.parametrize("per", ["month", "incident"])
@pytest.mark.parametrize("restlessness", [0.0, 0.5])
def test_the_95_percent_interval_covers_93_to_97_percent_of_15_months_like_these(per: str, restlessness: float) -> None:
    sides = [replace(side, restlessness=restlessness) for side in (LIKE_RUSSIA, LIKE_THE_COALITION)]
    covered = ratio_coverage(*sides, months=15, times=4000, seed=20170123, per=per)
    assert 0.93 <= covered <= 0.97


def test_simulated_incidents_are_as_heavy_tailed_as_asked() -> None:
    deaths, incidents = LIKE_THE_COALITION.draw(np.random.default_rng(3), months=100_000, times=1)
    assert deaths.sum() / incidents.sum() == pytest.approx(4.4, rel=0.02)
    # Var of a month = incidents × E(size²): variance/mean of sizes 19 (and rounding adds at most 1/4).
    assert deaths.var() / deaths.mean() == pytest.approx(19 + 4.4, rel=0.08)
