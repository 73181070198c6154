"""Counts known only to lie between two numbers, with over-dispersion: the negative binomial and its regression."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from civcas.errors import BadInput

Floats = NDArray[np.float64]

LEAST = 1e-300  # probabilities are floored here so that their logarithm stays finite


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """A fitted regression: log mean = log exposure + design · coefficients, variance = mean + dispersion · mean².

    `covariance` belongs to (coefficients, log dispersion), from the observed information; `expected_covariance`
    to the coefficients alone, from the expected information at the fitted mean (what R's glm.nb prints), and so does
    `robust_covariance`, which holds where the variance is not as modelled (Huber 1967; White 1980).
    `fitted` is the mean of each row.
    """

    names: tuple[str, ...]
    coefficients: Floats
    dispersion: float
    covariance: Floats
    expected_covariance: Floats
    robust_covariance: Floats
    minus_log_likelihood: float
    fitted: Floats
    converged: bool
    informative: int  # rows that say anything: a row without either bound says nothing

    @property
    def standard_errors(self) -> Floats:
        spread: Floats = np.sqrt(np.diag(self.covariance)[: len(self.coefficients)])
        return spread

    @property
    def robust_standard_errors(self) -> Floats:
        spread: Floats = np.sqrt(np.diag(self.robust_covariance))
        return spread

    @property
    def dispersion_standard_error(self) -> float:
        return self.dispersion * math.sqrt(self.covariance[-1, -1])


def log_probability(low: Floats, high: Floats, mean: Floats, dispersion: float) -> tuple[Floats, Floats, Floats]:
    """log P(low ≤ Y ≤ high) and its slopes in log mean and log dispersion; high may be infinite.

    P = F(high) − F(low−1) with F(y) = I_{r/(r+μ)}(r, y+1), r = 1/dispersion, taken from the far tail where that
    loses fewer digits; a count known exactly uses the density. The slope in log mean is closed:
    μ·dF/dμ = −r·f(y)·… (the density of the beta at r/(r+μ)); the slope in log dispersion is a central difference.
    """
    value, slope = _value_and_slope(low, high, mean, dispersion)
    step = 1e-5
    above = _value_and_slope(low, high, mean, dispersion * math.exp(step))[0]
    below = _value_and_slope(low, high, mean, dispersion * math.exp(-step))[0]
    return value, slope, (above - below) / (2 * step)


def _value_and_slope(low: Floats, high: Floats, mean: Floats, dispersion: float) -> tuple[Floats, Floats]:
    from scipy.special import betainc, gammaln

    r = 1.0 / dispersion
    share = r / (r + mean)
    value, slope = np.empty_like(mean), np.empty_like(mean)
    exact = low == high
    if exact.any():
        y, m = low[exact], mean[exact]
        value[exact] = gammaln(y + r) - gammaln(r) - gammaln(y + 1) + r * np.log(r / (r + m)) + y * np.log(m / (r + m))
        slope[exact] = (y - m) * r / (r + m)
    between = ~exact
    if between.any():
        a, b, m, p = low[between], high[between], mean[between], share[between]
        open_above, at_zero, upper = np.isinf(b), a <= 0, a > m
        top, last = np.where(open_above, 0.0, b), np.maximum(a, 1.0)

        def reaches(y: Floats) -> Floats:
            """F(y), or 1 − F(y) for rows above their mean, where that keeps the digits."""
            count, reached = np.where(upper, y + 1, r), np.where(upper, r, y + 1)
            tail: Floats = betainc(count, reached, np.where(upper, 1 - p, p))
            return tail

        beneath = np.where(at_zero, np.where(upper, 1.0, 0.0), reaches(last - 1))
        beyond = np.where(open_above, np.where(upper, 0.0, 1.0), reaches(top))
        inside = np.maximum(np.where(upper, beneath - beyond, beyond - beneath), LEAST)

        def falls(y: Floats) -> Floats:
            """−μ dF(y)/dμ = p^r (1−p)^(y+1) · Γ(r+y+1) / (Γ(r) Γ(y+1)): from the density of the beta at p."""
            log = r * np.log(p) + (y + 1) * np.log1p(-p) + gammaln(r + y + 1) - gammaln(r) - gammaln(y + 1)
            grown: Floats = np.exp(log)
            return grown

        value[between] = np.log(inside)
        slope[between] = (np.where(at_zero, 0.0, falls(last - 1)) - np.where(open_above, 0.0, falls(top))) / inside
    return value, slope


def interval_regression(
    *, low: Floats, high: Floats, design: Floats, exposure: Floats, names: tuple[str, ...] = ()
) -> Fit:
    """Maximum likelihood for counts that lie in [low, high]: NaN or infinite high is open above, NaN low is 0.

    A row without either bound adds nothing to the likelihood (it is taken as missing at random). Exposure goes in as
    an offset. Raises `BadInput` for an exposure of zero, a minimum above its maximum, a negative count, or
    columns of the design that repeat one another. Deaths that no report mentions are outside the model.
    """
    from scipy.optimize import minimize

    low, high = _checked(low, high, design, exposure)
    told = (low > 0) | np.isfinite(high)
    width = design.shape[1]
    distinct, times = np.unique(np.column_stack([low, high, exposure, design])[told], axis=0, return_counts=True)
    low_, high_, offset, rows = distinct[:, 0], distinct[:, 1], np.log(distinct[:, 2]), distinct[:, 3:]

    def slopes(parameters: Floats) -> tuple[Floats, Floats, Floats]:
        mean = np.exp(np.clip(offset + rows @ parameters[:width], -30, 30))
        return log_probability(low_, high_, mean, math.exp(parameters[width]))

    def minus(parameters: Floats) -> tuple[float, Floats]:
        value, slope, slope_dispersion = slopes(parameters)
        return -float(times @ value), -np.append(rows.T @ (times * slope), times @ slope_dispersion)

    start = _start(low, high, design, exposure, told)
    bounds = [(None, None)] * width + [(math.log(1e-6), math.log(1e4))]
    found = minimize(
        minus, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 500, "ftol": 1e-13, "gtol": 1e-7}
    )
    best, information = _polished(minus, found.x)
    mean = exposure * np.exp(design @ best[:width])
    scores = np.column_stack([rows * slopes(best)[1][:, None], slopes(best)[2]])
    bread: Floats = np.asarray(np.linalg.inv(information), float)
    weight = mean / (1 + math.exp(best[width]) * mean)
    value, slope = minus(best)
    return Fit(
        names=names or tuple(f"x{number}" for number in range(width)),
        coefficients=best[:width],
        dispersion=math.exp(best[width]),
        covariance=np.asarray(bread, float),
        expected_covariance=np.asarray(np.linalg.inv(design.T @ (design * weight[:, None])), float),
        robust_covariance=(bread @ (scores.T @ (scores * times[:, None])) @ bread)[:width, :width],
        minus_log_likelihood=value,
        fitted=mean,
        converged=bool(np.abs(slope[:width]).max() < 1e-3 * max(1.0, abs(value))),
        informative=int(told.sum()),
    )


def _checked(low: Floats, high: Floats, design: Floats, exposure: Floats) -> tuple[Floats, Floats]:
    if not (exposure > 0).all():
        at = int(np.flatnonzero(~(exposure > 0))[0])
        raise BadInput(
            f"the exposure of row {at + 1} is {exposure[at]:g}",
            expected="above 0",
            do="Leave out periods without exposure",
        )
    low = np.where(np.isnan(low), 0.0, low)
    high = np.where(np.isnan(high), np.inf, high)
    for wrong, what in ((low > high, "a minimum is above its maximum"), (low < 0, "a count is below zero")):
        if wrong.any():
            raise BadInput(f"{what} in row {int(np.flatnonzero(wrong)[0]) + 1}", expected="0 ≤ min ≤ max")
    if len(low) <= design.shape[1] + 1:
        raise BadInput(f"{len(low)} rows for {design.shape[1] + 1} parameters", do="Use fewer covariates or more rows")
    if np.linalg.matrix_rank(design) < design.shape[1]:
        raise BadInput(
            "some covariates repeat one another, so their effects cannot be told apart", do="Leave one of them out"
        )
    return low, high


def _start(low: Floats, high: Floats, design: Floats, exposure: Floats, told: NDArray[np.bool_]) -> Floats:
    """Least squares on the log of the middles: near enough for the optimiser."""
    middle = np.where(np.isfinite(high), (low + high) / 2, low * 1.2)
    scaled = np.log((middle[told] + 0.5) / exposure[told])
    return np.append(np.linalg.lstsq(design[told], scaled, rcond=None)[0], 0.0)


def _polished(minus: Callable[[Floats], tuple[float, Floats]], start: Floats) -> tuple[Floats, Floats]:
    """A few Newton steps on differences of the gradient, and the information at the end."""
    at = start.copy()
    information = _information(minus, at)
    for _ in range(4):
        value, slope = minus(at)
        move = np.linalg.solve(information, slope)
        if not np.isfinite(move).all() or np.abs(move).max() > 1 or minus(at - move)[0] > value + 1e-9:
            break
        at = at - move
        if np.abs(move).max() < 1e-4:
            break
        information = _information(minus, at)
    return at, information


def _information(minus: Callable[[Floats], tuple[float, Floats]], at: Floats) -> Floats:
    """The second derivatives of minus the log likelihood, by central differences of its slope."""
    step, size = 1e-4, len(at)
    found = np.empty((size, size))
    for each in range(size):
        shift = np.zeros(size)
        shift[each] = step
        found[each] = (minus(at + shift)[1] - minus(at - shift)[1]) / (2 * step)
    found = (found + found.T) / 2
    found[-1, -1] = max(found[-1, -1], 1e-10)
    return found
