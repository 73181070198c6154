"""How far the mean of a stretch of months may be from the campaign's rate, when neighbouring months are alike and how much is not known.

A month's deviation from the campaign's level is taken as two parts: one that follows the month before (correlation ρ) and one that is
the month's own (share w of the variance: which incidents happened to come). The variance of a mean over T months is then
σ²·(1'V1)/T², V = (1−w)·ρ^|i−j| + w·I. For every (ρ, w) of a grid the months say how likely it is (restricted likelihood: Harville
1974) and, given it, how large σ² is; the interval is the mixture of Student's t over the grid (Zellner & Tiao 1964). An interval that
takes an estimate of ρ for the truth is too narrow, since few months estimate it badly: this is the long-run variance of Newey & West
(1987) with ρ and w integrated out, in place of a bandwidth.

ρ is learnt from the months of the window and of `NEIGHBOURS` months on each side, up to 0.9: a level that hardly returns within years
has no rate to tend to. Before they are seen, ρ = 0 weighs a quarter and the rest
has the prior of Sørbye & Rue (2017). Where fewer than 60 months are recorded at all they cannot tell ρ, and the prior leans towards
what recorded campaigns show: in seven of eight series of Syria's two campaigns neighbours correlate at 0.5 to 0.8.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
from scipy.linalg import eigh_tridiagonal
from scipy.special import gammaln, stdtr, stdtrit

Array = npt.NDArray[np.float64]

NEIGHBOURS = 24
"""From how many months on each side of a window its correlation is learnt, at most."""
CORRELATIONS = np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9])
OWN_SHARES = np.array([0.0, 0.2, 0.4, 0.6, 0.8])
GRID = np.array([(0.0, 0.0), *((rho, own) for rho in CORRELATIONS for own in OWN_SHARES)])
"""(ρ, w), shape (46, 2); without correlation the two parts are one."""
MIDDLE_CORRELATION = 0.5
FIELD_CORRELATION, FIELD_SPREAD = 0.8, 0.2
FEW_MONTHS, MANY_MONTHS = 15, 60
"""With so few recorded months the prior is the field's, with so many it is neutral; between them a mixture."""
SMALLEST = 1e-12
STEPS = 5
CHUNK = 32
"""Rows worked out at once: few enough to stay in the processor's cache."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Covariances:
    """What V gives for a series of n months, with ρ along the first axis, w along the second and its eigenvectors along the third.

    `modes` (n, 9·n) are eigenvectors of ρ^|i−j|, `inverse` (9, 5, n) one over V's eigenvalues, `sums` (9, 1, n) the sums of the
    eigenvectors; `pull` (9, 5) is 1'V⁻¹1, `logs` (46,) are −½ ln|V| − ½ ln(1'V⁻¹1) and `mean` (46,) is the variance of the mean, 1'V1/n².
    """

    modes: Array
    inverse: Array
    sums: Array
    pull: Array
    logs: Array
    mean: Array


@cache
def covariances(months: int) -> Covariances:
    parts = [_modes(rho, months) for rho in CORRELATIONS]
    sums = np.stack([modes.sum(axis=0) for _, modes in parts])[:, None, :]
    values = np.stack([(1 - OWN_SHARES)[:, None] * v + OWN_SHARES[:, None] for v, _ in parts])
    pull = (sums**2 / values).sum(axis=2)
    logs = -0.5 * np.log(values).sum(axis=2) - 0.5 * np.log(pull)
    mean = (sums**2 * values).sum(axis=2) / months**2
    return Covariances(
        modes=np.ascontiguousarray(np.concatenate([modes for _, modes in parts], axis=1)),
        inverse=1 / values,
        sums=sums,
        pull=pull,
        logs=np.concatenate([[-0.5 * np.log(months)], logs.ravel()]),
        mean=np.concatenate([[1 / months], mean.ravel()]),
    )


def _modes(rho: float, months: int) -> tuple[Array, Array]:
    """Eigenvalues and eigenvectors of ρ^|i−j|; its inverse is tridiagonal, which is quick to take apart."""
    if months == 1:
        return np.ones(1), np.ones((1, 1))
    middle = np.full(months, 1 + rho**2)
    middle[[0, -1]] = 1.0
    values, modes = eigh_tridiagonal(middle, np.full(months - 1, -rho))
    return (1 - rho**2) / values, modes


def squares(series: Array) -> Array:
    """Sums of squares about the generalised mean, weighed by V of every (ρ, w); shapes (rows, months) and (rows, 46).

    Row by row, so that a row's last digit does not depend on which others are asked.
    """
    known, months = covariances(series.shape[1]), series.shape[1]
    sums = np.empty((len(series), len(GRID)))
    sums[:, 0] = (series**2).sum(axis=1) - series.sum(axis=1) ** 2 / months
    pulls = known.sums * known.inverse
    for first in range(0, len(series), CHUNK):
        part = series[first : first + CHUNK]
        turned = np.stack([row @ known.modes for row in part]).reshape(len(part), len(CORRELATIONS), 1, months)
        pulled = (turned * pulls).sum(axis=3) ** 2 / known.pull
        sums[first : first + CHUNK, 1:] = ((turned**2 * known.inverse).sum(axis=3) - pulled).reshape(len(part), -1)
    return np.fmax(sums, 0.0)


def chances(around: Array, window: Array | None = None) -> Array:
    """How likely every (ρ, w) is; shapes (rows, S) of a window with the months around it, (rows, T) of the window alone, and (rows, 46).

    Levels matter, their mean and scale do not. The window speaks for itself and the months around it for their share, (S−T)/S of the whole
    stretch: what months share with each other may differ between quiet and restless times, and the window's own is what is asked.
    """
    log = np.broadcast_to(log_prior(around.shape[1]), (len(around), len(GRID)))
    if window is None:
        log = log + _log_likelihood(around)
    else:
        log = log + _log_likelihood(window) + max(1 - window.shape[1] / around.shape[1], 0.0) * _log_likelihood(around)
    weight = np.exp(log - log.max(axis=1, keepdims=True))
    return np.asarray(weight / weight.sum(axis=1, keepdims=True))


def _log_likelihood(series: Array) -> Array:
    months = series.shape[1]
    if months < 4:
        return np.zeros((len(series), len(GRID)))
    sums = squares(series - series.mean(axis=1, keepdims=True))
    likely = covariances(months).logs - 0.5 * (months - 1) * np.log(np.fmax(sums, SMALLEST))
    return np.where(sums[:, :1] < SMALLEST, 0.0, likely)


def log_prior(months: int) -> Array:
    """ln of the chance of every (ρ, w) before that many months are seen."""
    field = float(np.clip((MANY_MONTHS - months) / (MANY_MONTHS - FEW_MONTHS), 0, 1))
    rho = GRID[:, 0]
    steps = np.where(
        rho > 0, 1 / len(OWN_SHARES), 0.5
    )  # of the grid, in units of its spacing; it ends half a step before 0
    leaning = _normal(np.log(steps) - 0.5 * ((rho - FIELD_CORRELATION) / FIELD_SPREAD) ** 2)
    neutral = np.concatenate([[np.log(1 / 4)], _normal(_log_distance(rho[1:])) + np.log(3 / 4)])
    return _normal((1 - field) * neutral + field * leaning)


def _normal(log: Array) -> Array:
    return np.asarray(log - np.log(np.exp(log - log.max()).sum()) - log.max())


def _log_distance(rho: Array) -> Array:
    """θ exp(−θu) ρ / ((1−ρ²) u), u = √(−ln(1−ρ²)): pays for distance from months that are not alike (Sørbye and Rue 2017)."""
    far = np.sqrt(-np.log1p(-(rho**2)))
    theta = np.log(2) / np.sqrt(-np.log1p(-(MIDDLE_CORRELATION**2)))
    return np.asarray(-theta * far + np.log(rho / far) - np.log1p(-(rho**2)))


def mixture(variances: Array, weight: Array, degrees: Array) -> tuple[Array, Array]:
    """One Student's t in place of a mixture: the squared scale and degrees of freedom that share its 75% and 97.5% points.

    `variances` and `weight` have shape (rows, 46), `degrees` (rows,). Rows that are not finite come back nan.
    """
    scales = np.sqrt(variances)
    far, near = (_quantile(scales, weight, degrees, level) for level in (0.975, 0.75))
    with np.errstate(divide="ignore", invalid="ignore"):
        freedom = np.exp(np.interp(-far / near, -_RATIOS, np.log(_FREEDOMS)))
        scale = (far / stdtrit(freedom, 0.975)) ** 2
    good = np.isfinite(far) & (near > 0)
    return np.where(good, scale, np.nan), np.where(good, freedom, np.nan)


_FREEDOMS = np.exp(np.linspace(np.log(0.5), np.log(1000), 400))
_RATIOS = stdtrit(_FREEDOMS, 0.975) / stdtrit(_FREEDOMS, 0.75)


def _quantile(scales: Array, weight: Array, degrees: Array, level: float) -> Array:
    """Newton's steps on the logarithm, kept between the points of the smallest and the largest component."""
    one = stdtrit(degrees, level)
    freedom = degrees[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        low, high = np.log(one * scales.min(axis=1)), np.log(one * scales.max(axis=1))
        log_peak = gammaln((freedom + 1) / 2) - gammaln(freedom / 2) - 0.5 * np.log(freedom * np.pi)
        at = np.log(one) + 0.5 * np.log((weight * scales**2).sum(axis=1))
        for _ in range(STEPS):
            at = np.clip(at, low, high)
            reached = np.exp(at)[:, None] / scales
            density = np.exp(log_peak - (freedom + 1) / 2 * np.log1p(reached**2 / freedom))
            share = (weight * stdtr(freedom, reached)).sum(axis=1)
            low, high = np.where(share < level, at, low), np.where(share < level, high, at)
            at = at - (share - level) / (weight * density * reached).sum(axis=1)
        return np.asarray(np.exp(np.clip(at, low, high)))
