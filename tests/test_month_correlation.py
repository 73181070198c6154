"""How much months that are alike widen the spread of their mean."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import t

from civcas.measures import month_correlation
from civcas.measures.month_correlation import GRID, covariances, mixture, squares


def place(rho: float, own: float) -> int:
    return int(np.flatnonzero(np.isclose(GRID, (rho, own)).all(axis=1))[0])


def test_the_variance_of_a_mean_worked_by_hand() -> None:
    # Three months with ρ = ½ and no part of their own: (3 + 2·(½ + ½) + 2·¼) / 9 = 5.5/9. A part of 0.2 of their own halves nothing
    # on the diagonal: (3 + 0.8·2.5) / 9.
    mean = covariances(3).mean
    assert mean[place(0.5, 0.0)] == pytest.approx(5.5 / 9)
    assert mean[place(0.5, 0.2)] == pytest.approx(5.0 / 9)
    assert mean[0] == pytest.approx(1 / 3)


def test_sums_of_squares_are_those_of_generalised_least_squares() -> None:
    series = np.array([[1.0, 4.0, 2.0, 8.0, 5.0]])
    lags = np.abs(np.subtract.outer(np.arange(5), np.arange(5)))
    for rho, own in ((0.0, 0.0), (0.6, 0.0), (0.8, 0.4)):
        inverse = np.linalg.inv((1 - own) * rho**lags + own * np.eye(5) if rho else np.eye(5))
        ones = np.ones(5)
        mean = float(ones @ inverse @ series[0] / (ones @ inverse @ ones))
        expected = float((series[0] - mean) @ inverse @ (series[0] - mean))
        assert squares(series)[0, place(rho, own)] == pytest.approx(expected)


def test_a_row_has_the_same_digits_alone_and_among_others() -> None:
    rows = np.random.default_rng(3).standard_normal((100, 40))
    assert (squares(rows)[70] == squares(rows[70:71])[0]).all()


@pytest.mark.parametrize(("rho", "least", "most"), [(0.0, 0.0, 0.15), (0.4, 0.25, 0.55), (0.8, 0.65, 0.9)])
def test_the_correlation_of_long_series_is_recovered(rho: float, least: float, most: float) -> None:
    random = np.random.default_rng(20170123)
    series = random.standard_normal((50, 200))
    for month in range(1, 200):
        series[:, month] = rho * series[:, month - 1] + np.sqrt(1 - rho**2) * series[:, month]
    chances = month_correlation.chances(series)
    assert chances.sum(axis=1) == pytest.approx(1)
    assert least <= float((chances @ GRID[:, 0]).mean()) <= most


def test_without_months_the_chances_are_the_prior() -> None:
    prior = np.exp(month_correlation.log_prior(60))
    assert prior.sum() == pytest.approx(1)
    assert prior[0] == pytest.approx(0.25)
    assert np.exp(month_correlation.log_prior(15)) @ GRID[:, 0] > prior @ GRID[:, 0] + 0.2
    assert month_correlation.chances(np.ones((1, 60)))[0] == pytest.approx(prior)


def test_a_mixture_of_one_is_itself_and_of_two_has_the_quantiles_of_the_mixture() -> None:
    weight = np.zeros((1, len(GRID)))
    weight[0, 4] = 1.0
    scale, freedom = mixture(np.linspace(0.5, 2, len(GRID))[None], weight, np.array([9.0]))
    assert (scale[0], freedom[0]) == pytest.approx((np.linspace(0.5, 2, len(GRID))[4], 9.0), rel=1e-3)
    variances = np.where(np.arange(len(GRID)) == 1, 9.0, 1.0)[None]
    weight = np.zeros((1, len(GRID)))
    weight[0, :2] = 0.5
    scale, freedom = mixture(variances, weight, np.array([12.0]))
    far = float(t.ppf(0.975, freedom[0]) * np.sqrt(scale[0]))
    assert 0.5 * t.cdf(far, 12) + 0.5 * t.cdf(far / 3, 12) == pytest.approx(0.975, abs=1e-4)


def test_a_mixture_agrees_with_halving_over_random_mixtures() -> None:
    from scipy.optimize import brentq

    random = np.random.default_rng(11)
    variances = np.exp(random.normal(0, 2, (40, len(GRID))))
    weight = random.dirichlet(np.full(len(GRID), 0.05), 40)
    degrees = random.uniform(1.5, 30, 40)
    scale, freedom = mixture(variances, weight, degrees)
    for row in range(40):

        def short(far: float, row: int = row) -> float:
            return float(weight[row] @ t.cdf(far / np.sqrt(variances[row]), degrees[row])) - 0.975

        expected = brentq(short, 1e-9, 1e6)
        assert t.ppf(0.975, freedom[row]) * np.sqrt(scale[row]) == pytest.approx(expected, rel=2e-3)
