"""Log-linear (Poisson) models of the overlap, many fitted at once: how many are on no list, and how surely.

log μₓ = Σ_{S⊆x, S∈M} β_S over the patterns x ≠ 0, with β₀ the intercept: n̂₀ = exp(β₀) are on no list,
N̂ = n + n̂₀ in all (Fienberg 1972; Bishop, Fienberg & Holland 1975). It is assumed that no interaction of
all lists together exists: data cannot show it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq, minimize_scalar
from scipy.special import gammaln, xlogy
from scipy.stats import chi2, norm

from civcas.measures.undercount.existence import ESTIMABLE, Reduced, by_size, existence, reduce

Array = NDArray[np.float64]

CONVERGED = 1e-10
MOST_STEPS = 60


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fits:
    """Fitted models, one element each; `unseen` is NaN where `code` says there is no estimate.

    `variance`: of the intercept. `parameters`: all of them, minus-infinite ones too. `expected`: models × cells.
    """

    code: NDArray[np.int64]
    unseen: NDArray[np.float64]
    variance: NDArray[np.float64]
    parameters: NDArray[np.int64]
    log_likelihood: NDArray[np.float64]
    deviance: NDArray[np.float64]
    freedom: NDArray[np.int64]
    expected: NDArray[np.float64]
    documented: int

    @property
    def totals(self) -> NDArray[np.float64]:
        return self.documented + self.unseen

    @property
    def aic(self) -> NDArray[np.float64]:
        return -2 * self.log_likelihood + 2 * self.parameters

    @property
    def bic(self) -> NDArray[np.float64]:
        """−2ℓ + p·ln n with n the people documented, not the cells."""
        return np.asarray(-2 * self.log_likelihood + self.parameters * np.log(self.documented))

    @property
    def standard_error(self) -> NDArray[np.float64]:
        """√(n̂₀ + n̂₀²V₀₀), of the total."""
        return np.asarray(np.sqrt(self.unseen + self.unseen**2 * self.variance))

    def limits(self, level: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """n + n̂₀·exp(±z√V₀₀): Wald on the log of the unseen."""
        spread = np.exp(norm.ppf((1 + level) / 2) * np.sqrt(self.variance))
        return self.documented + self.unseen / spread, self.documented + self.unseen * spread


def fit(design: NDArray[np.float64], counts: NDArray[np.int64], columns: NDArray[np.bool_],
        *, check: bool = True) -> Fits:  # fmt: skip
    """Fit each model (a row of `columns` over the design's terms) to the counts by maximum likelihood.

    `check=False` skips the existence check, for refits of models that have passed it.
    """
    reduced = reduce(design, counts, columns)
    codes = existence(design, counts, reduced) if check else np.zeros(len(columns), dtype=np.int64)
    expected, intercept, variance = _expectations(
        design, counts.astype(float), reduced, np.flatnonzero(codes == ESTIMABLE)
    )
    observed = counts.astype(float)
    log_likelihood = (xlogy(observed, expected) - expected - gammaln(observed + 1)).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(observed > 0, observed / expected, 1.0)
    return Fits(
        code=codes,
        unseen=np.exp(intercept),
        variance=variance,
        parameters=columns.sum(axis=1),
        log_likelihood=log_likelihood,
        deviance=2 * (xlogy(observed, ratio) - (observed - expected)).sum(axis=1),
        freedom=reduced.cells.sum(axis=1) - reduced.columns.sum(axis=1),
        expected=expected,
        documented=int(counts.sum()),
    )


def _expectations(
    design: NDArray[np.float64], counts: NDArray[np.float64], reduced: Reduced, sound: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Expected counts, intercepts and their variances; NaN for models not in `sound`."""
    models = len(reduced.columns)
    expected = np.full((models, len(counts)), np.nan)
    intercept, variance = np.full(models, np.nan), np.full(models, np.nan)
    for block in by_size(reduced.columns[sound]):
        these = sound[block]
        chosen = np.nonzero(reduced.columns[these])[1].reshape(len(these), -1)
        x = np.ascontiguousarray(design[:, chosen].transpose(1, 0, 2))
        beta, mu, inverse = poisson(x, counts, reduced.cells[these].astype(float))
        expected[these], intercept[these], variance[these] = mu, beta[:, 0], inverse
    return expected, intercept, variance


def poisson(
    x: NDArray[np.float64], y: NDArray[np.float64], kept: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Iteratively reweighted least squares for a stack of designs x (models × cells × columns) on counts y.

    `kept` (models × cells) is 0 where a cell is left out. Gives coefficients, expected counts and the
    variance of the first coefficient. Every model must have a maximum (`existence`).
    """
    wide = np.ascontiguousarray(x.transpose(0, 2, 1))
    mu = (y + 0.5) * kept
    eta = np.log(y + 0.5) * np.ones_like(kept)
    deviance: Array = np.full(len(x), np.inf)
    beta: Array = np.zeros((len(x), x.shape[2]))
    for step in range(MOST_STEPS):
        target = mu * eta + (y - mu) * kept
        proposed: Array = np.asarray(
            np.linalg.solve((wide * mu[:, None, :]) @ x, wide @ target[:, :, None])[:, :, 0], dtype=np.float64
        )
        beta, eta, mu, newer = _guarded(x, y, kept, beta, proposed, deviance, first=step == 0)
        change = np.abs(deviance - newer) / (np.abs(newer) + 0.1)
        deviance = newer
        if step > 1 and (change < CONVERGED).all():
            break
    unit = np.zeros((len(x), x.shape[2], 1))
    unit[:, 0] = 1
    variance = np.linalg.solve((wide * mu[:, None, :]) @ x, unit)[:, 0, 0]
    return np.asarray(beta), mu, np.asarray(variance, dtype=np.float64)


def _guarded(
    x: Array, y: Array, kept: Array, beta: Array, proposed: Array, deviance: Array, *, first: bool
) -> tuple[Array, Array, Array, Array]:
    """The proposed step, halved while it makes a fit worse."""
    for _ in range(12):
        eta = np.clip((x @ proposed[:, :, None])[:, :, 0], -60, 60)
        mu = np.exp(eta) * kept
        newer = 2 * (mu - y * kept * eta).sum(axis=1)
        worse = newer > deviance + 1e-9 * (np.abs(deviance) + 1)
        if first or not worse.any():
            break
        proposed = np.where(worse[:, None], (beta + proposed) / 2, proposed)
    return proposed, eta, mu, newer


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """The maximum and limits of the multinomial profile likelihood of the total."""

    value: float
    low: float
    high: float


def profile(
    design: NDArray[np.float64], counts: NDArray[np.int64], columns: NDArray[np.bool_], *, level: float = 0.95
) -> Profile:
    """Profile interval of one model (Cormack 1992): all totals whose likelihood is within χ²/2 of the best.

    For each n₀ the model is fitted to the table with n₀ in the unseen cell, and
    ℓ(n₀) = ln N! − ln n₀! − Σ ln nₓ! + Σ nₓ ln(μ̂ₓ/N) + n₀ ln(μ̂₀/N). The maximum differs a little from
    the Poisson N̂, by an amount that vanishes as counts grow.
    """
    reduced = reduce(design, counts, columns[None, :])
    kept = np.concatenate([[1.0], reduced.cells[0].astype(float)])
    x = np.vstack([np.eye(1, design.shape[1]), design])[None][:, :, reduced.columns[0]]
    documented = float(counts.sum())

    def at(log_unseen: float) -> float:
        unseen = np.exp(log_unseen)
        table = np.concatenate([[unseen], counts.astype(float)])
        mu = poisson(x, table, kept[None])[1][0]
        total = documented + unseen
        return float(gammaln(total + 1) - gammaln(unseen + 1) + xlogy(table, mu / total).sum())

    start = float(np.log(fit(design, counts, columns[None], check=False).unseen[0]))
    best = minimize_scalar(lambda t: -at(t), bracket=(start - 0.1, start + 0.1), tol=1e-9)
    floor = -best.fun - chi2.ppf(level, 1) / 2
    return Profile(
        value=documented + float(np.exp(best.x)),
        low=documented + _crossing(at, float(best.x), -1.0, floor),
        high=documented + _crossing(at, float(best.x), +1.0, floor),
    )


def _crossing(at, start: float, direction: float, floor: float) -> float:  # type: ignore[no-untyped-def]
    """Where the profile falls to the floor, going from its maximum in one direction; 0 or infinity if it never does."""
    inner, stride = start, 0.25
    for _ in range(40):
        outer = inner + direction * stride
        if at(outer) < floor:
            return float(np.exp(brentq(lambda t: at(t) - floor, inner, outer, xtol=1e-10)))
        inner, stride = outer, stride * 1.5
        if not -12 < outer < 40:
            break
    return 0.0 if direction < 0 else float("inf")
