"""How far recorded months may lie from the rate behind them: by hand, on made-up campaigns, and against a plain likelihood."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from civcas.measures.incidents.comparison import Sample, chance
from civcas.measures.incidents.months import CORRELATIONS, SPREAD_SCALE, SPREADS, MonthDoubt, month_doubt

THIRTY = 30.0


def doubt_of(counts: list[int] | np.ndarray[Any, Any]) -> MonthDoubt:
    counted = np.asarray(counts, float)
    return month_doubt(incidents=counted, days=np.full(counted.shape[-1], THIRTY))


def ar1(draw: np.random.Generator, shape: tuple[int, int], alike: float) -> np.ndarray[Any, Any]:
    noise = draw.normal(size=shape)
    for month in range(1, shape[1]):
        noise[:, month] = alike * noise[:, month - 1] + math.sqrt(1 - alike**2) * noise[:, month]
    return noise


def test_the_variance_of_a_mean_of_three_lognormal_months_is_that_worked_by_hand() -> None:
    found = doubt_of([5, 6, 7])
    at = int(np.argmin(np.abs(CORRELATIONS - 0.5))) * len(SPREADS) + 10
    rho, square = CORRELATIONS[at // len(SPREADS)], SPREADS[10] ** 2
    lags = [math.expm1(square * rho**lag) for lag in (0, 1, 2)]
    # nine pairs of months: three with themselves, four next to each other, two apart by two
    assert found.variance[at] == pytest.approx(math.log1p((3 * lags[0] + 4 * lags[1] + 2 * lags[2]) / 9))


def test_the_likelihood_month_by_month_is_that_of_the_whole_covariance() -> None:
    counts = np.array([3.0, 0, 7, 12, 5, 4, 9])
    found = doubt_of(counts)
    logs, noise, ones = np.log((counts + 0.5) / counts.mean()), 1 / (counts + 0.5), np.ones(7)
    lag = np.abs(np.subtract.outer(np.arange(7), np.arange(7)))
    expected = []
    for rho in CORRELATIONS:
        for spread in SPREADS:
            inverse = np.linalg.inv(spread**2 * rho**lag + np.diag(noise))
            middle = ones @ inverse @ logs / (ones @ inverse @ ones)
            off = logs - middle
            log = (
                0.5 * np.linalg.slogdet(inverse)[1] - 0.5 * math.log(ones @ inverse @ ones) - 0.5 * off @ inverse @ off
            )
            expected.append(log + math.log(rho + CORRELATIONS[1]) - 0.5 * (spread / SPREAD_SCALE) ** 2)
    share = np.exp(np.array(expected) - max(expected))
    assert found.chance == pytest.approx(share / share.sum(), abs=1e-10)


def test_the_spread_and_correlation_of_a_long_campaign_are_found_again() -> None:
    draw = np.random.default_rng(5)
    for alike in (0.1, 0.8):
        levels = 60 * np.exp(0.6 * ar1(draw, (1, 400), alike)[0] - 0.18)
        found = doubt_of(draw.poisson(levels))
        assert found.correlation == pytest.approx(alike, abs=0.12)
        assert found.spread == pytest.approx(0.6, abs=0.1)


@pytest.mark.parametrize("counts", [[4] * 12, [0] * 11 + [5], [1, 0, 0, 0, 0, 1]])
def test_equal_months_one_full_month_and_nearly_empty_ones_leave_finite_doubt(counts: list[int]) -> None:
    found = doubt_of(counts)
    assert np.isfinite(found.chance).all() and found.chance.sum() == pytest.approx(1.0)
    assert np.isfinite(found.draws(np.random.default_rng(1), 100)).all()


def test_months_that_vary_leave_more_doubt_than_equal_ones() -> None:
    calm, wild = doubt_of([50] * 15), doubt_of([5, 120, 10, 90, 50] * 3)
    assert (calm.chance @ calm.variance) < 0.1 * (wild.chance @ wild.variance)


@pytest.mark.parametrize("alike", [0.0, 0.8])
def test_the_interval_of_a_rate_behind_fifteen_months_holds_it_at_least_as_often_as_it_says(alike: float) -> None:
    # the full tables, with where it holds the truth too often, are benchmarks/coverage_rates.py months
    draw, held, alone, worlds = np.random.default_rng([11, int(10 * alike)]), 0, 0, 250
    came = draw.poisson(40 * np.exp(0.5 * ar1(draw, (worlds, 15), alike) - 0.125))
    for world, counts in enumerate(came):
        sizes = draw.poisson(draw.lognormal(1.0, 1.0, int(counts.sum()))).astype(float)
        given = Sample(numbers=np.column_stack([sizes, np.ones(len(sizes))]), exposure=(15 * THIRTY,))
        drawn = chance(given, level=0.95, replicates=400, seed=world, months=(doubt_of(counts),))
        truth = 40 * math.exp(1.5) / THIRTY
        assert drawn.low is not None and drawn.high is not None and drawn.alone is not None
        held += drawn.low <= truth <= drawn.high
        alone += (drawn.alone[0] or 0) <= truth <= (drawn.alone[1] or math.inf)
    assert held / worlds >= 0.90  # Monte Carlo error 0.014 at 95%
    assert alone / worlds < 0.85  # incidents alone leave the months' own variation out
