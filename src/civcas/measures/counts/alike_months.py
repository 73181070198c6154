"""What a fitted line's coefficients may be when neighbouring months are alike, and how alike they are is not known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MOST_ALIKE = 0.9
CORRELATIONS = np.linspace(-0.5, MOST_ALIKE, 57)  # of neighbours
MIDDLE_CORRELATION = 0.5  # before the data are seen, as likely as not to be passed in either direction


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncertainty:
    """Covariance of the coefficients, how many standard errors the interval of the second one reaches, and the correlation."""

    covariance: Floats
    reach: float
    correlation: float


def uncertainty(*, response: Floats, weight: Floats, design: Floats, level: float) -> Uncertainty:
    """The spread of weighted least-squares coefficients with first-order autoregressive errors, correlation integrated out.

    p(ρ) ∝ prior(ρ) |R|^(−½) |X'R⁻¹X|^(−½) S(ρ)^(−(T−p)/2) (restricted likelihood, Harville 1974; Zellner and Tiao 1964);
    given ρ a coefficient is Student's t with T−p degrees of freedom. The mixture over ρ is wider than an
    interval that takes an estimate of ρ for the truth, and few months estimate it badly. Rows are months in order,
    none left out; `weight` is one over the variance of `response`, up to a factor.
    """
    from scipy.optimize import brentq
    from scipy.special import stdtr

    root = np.sqrt(weight)
    rows, freedom = np.column_stack([design * root[:, None], response * root]), len(response) - design.shape[1]
    found = [_given(rows, correlation, freedom) for correlation in CORRELATIONS]
    log = np.array([each[0] for each in found]) + _log_prior(CORRELATIONS)
    chance = np.exp(log - log.max())
    chance /= chance.sum()
    centres, covariances = np.array([each[1] for each in found]), np.array([each[2] for each in found])
    middle = chance @ centres
    apart = centres - middle
    covariance = np.einsum("r,rij->ij", chance, covariances) + np.einsum("r,ri,rj->ij", chance, apart, apart)
    error, errors = np.sqrt(covariance[1, 1]), np.sqrt(covariances[:, 1, 1])

    def short_of(reach: float) -> float:
        inside = stdtr(freedom, (reach * error - apart[:, 1]) / errors) - stdtr(
            freedom, (-reach * error - apart[:, 1]) / errors
        )
        return float(chance @ inside) - level

    return Uncertainty(
        covariance=covariance, reach=float(brentq(short_of, 1e-3, 1e4)), correlation=float(chance @ CORRELATIONS)
    )


def _log_prior(correlation: Floats) -> Floats:
    """ln of the prior that pays for distance from months that are not alike (Sørbye and Rue 2017), up to a constant.

    θ exp(−θu) |ρ| / ((1−ρ²) u) with u = √(−ln(1−ρ²)); θ makes |ρ| as likely as not above `MIDDLE_CORRELATION`.
    """
    rate = np.log(2) / np.sqrt(-np.log1p(-(MIDDLE_CORRELATION**2)))
    far = np.sqrt(-np.log1p(-(correlation**2)))
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = np.where(far > 1e-8, np.abs(correlation) / far, 1.0)
    return np.asarray(-rate * far + np.log(slope) - np.log1p(-(correlation**2)))


def _given(rows: Floats, correlation: float, freedom: int) -> tuple[float, Floats, Floats]:
    """ln p(ρ), the coefficients and their covariance for one ρ: least squares after Prais and Winsten (1954)."""
    whitened = rows.copy()
    whitened[0] *= np.sqrt(1 - correlation**2)
    whitened[1:] -= correlation * rows[:-1]
    design, response = whitened[:, :-1], whitened[:, -1]
    inverse = np.linalg.inv(design.T @ design)
    coefficients = inverse @ design.T @ response
    squares = float(((response - design @ coefficients) ** 2).sum())
    log = 0.5 * np.log(1 - correlation**2) + 0.5 * np.linalg.slogdet(inverse)[1] - 0.5 * freedom * np.log(squares)
    return log, coefficients, inverse * squares / freedom
