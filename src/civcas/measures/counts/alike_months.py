"""What a fitted line's coefficients may be when neighbouring months are alike, and how alike they are is not known."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

CORRELATIONS = np.append(np.linspace(-0.3, 0.9, 25), [0.93, 0.96, 0.98])  # of the levels of neighbouring months
OWN_SHARES = {0.0: 0.6, 0.3: 0.2, 0.6: 0.2}  # share of the variance that is each month's own: its chance beforehand
FAINT = 0.15  # levels less alike than this look the same with and without months' own share
TINY = 1e-9  # of the squares of the responses: what rounding leaves of a line that fits exactly


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncertainty:
    """`low`..`high` of the second coefficient, the covariance of all, its half-width in standard errors, and the correlation."""

    low: float
    high: float
    covariance: Floats
    reach: float
    correlation: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ways:
    """Ways in which months may be alike: (ways,) each, and whiteners (ways, months, months)."""

    correlation: Floats
    own_share: Floats
    whitener: Floats
    log_chance: Floats  # before the data are seen, with −½ ln |R|


def uncertainty(*, response: Floats, weight: Floats, design: Floats, month: Integers, level: float) -> Uncertainty:
    """The spread of weighted least-squares coefficients, summed over ways in which months may be alike.

    R = (1−s)·ρ^lag + s·1: levels that follow one another and months' own chance. p(ρ, s) ∝ prior |R|^(−½) |X'R⁻¹X|^(−½) S^(−(T−p)/2)
    (restricted likelihood, Harville 1974; Zellner and Tiao 1964); given both a coefficient is Student's t with T−p degrees of freedom.
    The prior (1−ρ)^(−½) leans to months that are alike, since few months cannot rule it out. `month` are the months' numbers in order;
    months left out count as lags. `weight` is one over the variance of `response`, up to a factor.
    """
    root = np.sqrt(weight)
    rows, freedom = np.column_stack([design * root[:, None], response * root]), len(response) - design.shape[1]
    ways = _ways(tuple((month - month[0]).tolist()))
    whitened = ways.whitener @ rows
    columns, last = whitened[:, :, :-1], whitened[:, :, -1:]
    inverse = np.linalg.inv(columns.transpose(0, 2, 1) @ columns)
    centres = (inverse @ columns.transpose(0, 2, 1) @ last)[:, :, 0]
    squares = np.maximum(
        ((last[:, :, 0] - np.einsum("wti,wi->wt", columns, centres)) ** 2).sum(1), TINY * (rows[:, -1] ** 2).sum()
    )
    log = ways.log_chance + 0.5 * np.linalg.slogdet(inverse)[1] - 0.5 * freedom * np.log(squares)
    chance = np.exp(log - log.max())
    return _mixed(chance / chance.sum(), centres, inverse * (squares / freedom)[:, None, None], freedom, ways, level)


def _mixed(
    chance: Floats, centres: Floats, covariances: Floats, freedom: int, ways: _Ways, level: float
) -> Uncertainty:
    from scipy.optimize import brentq
    from scipy.special import stdtr

    middle = chance @ centres
    apart = centres - middle
    covariance = np.einsum("w,wij->ij", chance, covariances) + np.einsum("w,wi,wj->ij", chance, apart, apart)
    error, errors = float(np.sqrt(covariance[1, 1])), np.sqrt(covariances[:, 1, 1])

    def quantile(share: float) -> float:
        def short_of(at: float) -> float:
            return float(chance @ stdtr(freedom, (at * error - apart[:, 1]) / errors)) - share

        return float(middle[1]) + error * float(brentq(short_of, -1e4, 1e4))

    low, high = quantile((1 - level) / 2), quantile((1 + level) / 2)
    neighbours = chance @ (ways.correlation * (1 - ways.own_share))
    return Uncertainty(
        low=low, high=high, covariance=covariance, reach=(high - low) / (2 * error), correlation=float(neighbours)
    )


@lru_cache(maxsize=8)
def _ways(month: tuple[int, ...]) -> _Ways:
    lag = np.abs(np.subtract.outer(np.array(month), np.array(month)))
    kept = [(rho, share) for rho in CORRELATIONS for share in OWN_SHARES if share == 0 or rho > FAINT]
    correlation, own_share = (np.array(each) for each in zip(*kept, strict=True))
    matrices = (1 - own_share)[:, None, None] * correlation[:, None, None] ** lag + own_share[:, None, None] * np.eye(
        len(lag)
    )
    lower = np.linalg.cholesky(matrices)
    half_determinant = np.log(np.diagonal(lower, axis1=1, axis2=2)).sum(1)
    return _Ways(
        correlation=correlation, own_share=own_share, whitener=np.linalg.inv(lower),
        log_chance=_log_prior(correlation, own_share) - half_determinant,
    )  # fmt: skip


def _log_prior(correlation: Floats, own_share: Floats) -> Floats:
    """ln of (1−ρ)^(−½), of the width of ρ's grid, and of the chance of months' own share."""
    width = np.gradient(CORRELATIONS) if len(CORRELATIONS) > 1 else np.ones(1)
    widths = np.interp(correlation, CORRELATIONS, width)
    shares = np.where(correlation > FAINT, [OWN_SHARES[share] for share in own_share.tolist()], 1.0)
    return np.asarray(np.log(widths) + np.log(shares) - 0.5 * np.log1p(-correlation))
