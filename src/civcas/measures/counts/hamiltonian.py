"""The compiled sampler of the partially pooled counts: its log posterior, the slope of it, and Hamiltonian steps."""

from __future__ import annotations

import math

import numba
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

NEGLIGIBLE = 1e-13  # terms of a sum below this part of its largest are left out


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def digamma(x: float) -> float:
    total = 0.0
    while x < 6.0:
        total -= 1.0 / x
        x += 1.0
    inverse = 1.0 / (x * x)
    return (
        total
        + math.log(x)
        - 0.5 / x
        - inverse * (1 / 12.0 - inverse * (1 / 120.0 - inverse * (1 / 252.0 - inverse / 240.0)))
    )


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def interval_slopes(low: float, high: float, log_mean: float, r: float) -> tuple[float, float, float]:
    """log P(low ≤ Y ≤ high) of a negative binomial, and its slopes in log mean and in r.

    The terms are summed from the likeliest count inside the range outwards, each from its neighbour, so nothing
    cancels and nothing underflows; the slopes are the mean scores over the range.
    """
    mean = math.exp(log_mean)
    odds = mean / (r + mean)
    middle = math.floor((r - 1.0) * mean / r) if r > 1.0 else 0.0
    start = min(max(middle, low), high)
    first = (
        math.lgamma(start + r) - math.lgamma(r) - math.lgamma(start + 1.0)
        - r * math.log1p(mean / r) + start * (log_mean - math.log(r + mean))
    )  # fmt: skip
    psi = digamma(start + r)
    total, total_y, total_psi = 1.0, start, psi
    term, y, here = 1.0, start, psi
    while y < high:
        term *= (y + r) / (y + 1.0) * odds
        here += 1.0 / (y + r)
        y += 1.0
        total += term
        total_y += term * y
        total_psi += term * here
        if term < NEGLIGIBLE * total:
            break
    term, y, here = 1.0, start, psi
    while y > low:
        term *= y / ((y - 1.0 + r) * odds)
        y -= 1.0
        here -= 1.0 / (y + r)
        total += term
        total_y += term * y
        total_psi += term * here
        if term < NEGLIGIBLE * total:
            break
    mean_y, mean_psi = total_y / total, total_psi / total
    slope_r = mean_psi - digamma(r) - math.log1p(mean / r) + 1.0 - (r + mean_y) / (r + mean)
    return first + math.log(total), (mean_y - mean) * r / (r + mean), slope_r


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def log_posterior(
    at: Floats, low: Floats, high: Floats, offset: Floats, design: Floats, prior: Floats, level: Whole, active: Floats,
    starts: Whole, slope: Floats,
) -> float:  # fmt: skip
    """log p(data, parameters) up to a constant; its slope is written into `slope`.

    Parameters: coefficients; standard normal effects of all groups, one after another (`starts`); log scale of each group; log
    dispersion. `level[i, g]` is the effect of group g in row i, and `active[i, g]` its weight there.
    """
    rows, width = design.shape
    groups = level.shape[1]
    scales = len(at) - groups - 1
    dispersion = math.exp(at[len(at) - 1])
    r = 1.0 / dispersion
    slope[:] = 0.0
    value, slope_r = 0.0, 0.0
    for row in range(rows):
        mean = offset[row]
        for each in range(width):
            mean += design[row, each] * at[each]
        for group in range(groups):
            mean += active[row, group] * math.exp(at[scales + group]) * at[starts[group] + level[row, group]]
        mean = min(max(mean, -30.0), 30.0)
        said, by_mean, by_r = interval_slopes(low[row], high[row], mean, r)
        value += said
        slope_r += by_r
        for each in range(width):
            slope[each] += by_mean * design[row, each]
        for group in range(groups):
            scale = math.exp(at[scales + group]) * active[row, group]
            place = starts[group] + level[row, group]
            slope[place] += by_mean * scale
            slope[scales + group] += by_mean * scale * at[place]
    for each in range(width):
        value -= 0.5 * (at[each] / prior[each]) ** 2
        slope[each] -= at[each] / prior[each] ** 2
    for each in range(width, scales):
        value -= 0.5 * at[each] ** 2
        slope[each] -= at[each]
    for each in range(scales, len(at)):
        spread = math.exp(at[each])
        value += at[each] - 0.5 * spread * spread
        slope[each] += 1.0 - spread * spread
    slope[len(at) - 1] -= r * slope_r
    return value


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def follow(
    at: Floats, slope: Floats, value: float, step: float, spread: Floats, new: Floats, new_slope: Floats, low: Floats, high: Floats,
    offset: Floats, design: Floats, prior: Floats, level: Whole, active: Floats, starts: Whole,
) -> tuple[float, float]:  # fmt: skip
    """One leapfrog path of random length from `at`, which ends in `new`: the log posterior there and the gain in energy.

    A gain below −1000 is a divergence, and is given as −1000.
    """
    size, energy, new_value = len(at), 0.0, value
    length = min(60, 1 + int(np.random.random() * 3.2 / step))
    momentum = np.zeros(size)
    for each in range(size):
        momentum[each] = np.random.normal()
        energy += 0.5 * momentum[each] ** 2
        new[each], new_slope[each] = at[each], slope[each]
    for _ in range(length):
        for each in range(size):
            momentum[each] += 0.5 * step * spread[each] * new_slope[each]
            new[each] += step * spread[each] * momentum[each]
        new_value = log_posterior(new, low, high, offset, design, prior, level, active, starts, new_slope)
        for each in range(size):
            momentum[each] += 0.5 * step * spread[each] * new_slope[each]
        if not new_value - value > -1000.0:
            break
    for each in range(size):
        energy -= 0.5 * momentum[each] ** 2
    gain = new_value - value + energy
    return new_value, gain if gain > -1000.0 else -1000.0


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def learn(spread: Floats, total: Floats, squares: Floats, seen: int) -> None:
    """The standard deviation of each parameter so far, drawn a little towards a small one."""
    for each in range(len(spread)):
        variance = squares[each] / seen - (total[each] / seen) ** 2
        spread[each] = math.sqrt((seen * variance + 5e-3) / (seen + 5.0))


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def sample(
    start: Floats, warm: int, keep: int, seed: int, low: Floats, high: Floats, offset: Floats, design: Floats, prior: Floats,
    level: Whole, active: Floats, starts: Whole,
) -> tuple[Floats, int, float]:  # fmt: skip
    """Draws of one chain, (keep, parameters), the number of divergent steps kept, and the step size.

    Hamiltonian Monte Carlo (Neal 2011) with paths of random length, a diagonal mass learnt while warming up, and
    the step size by dual averaging to 92% acceptance (Hoffman and Gelman 2014).
    """
    np.random.seed(seed)
    size = len(start)
    at, slope = start.copy(), np.zeros(size)
    value = log_posterior(at, low, high, offset, design, prior, level, active, starts, slope)
    spread = np.ones(size)
    total, squares, seen = np.zeros(size), np.zeros(size), 0
    step, smooth, drift, count, centre = 0.1, math.log(0.1), 0.0, 0, math.log(0.3)
    kept, divergent = np.zeros((keep, size)), 0
    new, new_slope = np.zeros(size), np.zeros(size)
    for turn in range(warm + keep):
        size_now = step * (0.9 + 0.2 * np.random.random())
        new_value, gain = follow(
            at, slope, value, size_now, spread, new, new_slope, low, high, offset, design, prior, level, active, starts
        )
        accept = math.exp(min(0.0, gain))
        if np.random.random() < accept:
            at[:], slope[:], value = new, new_slope, new_value
        if turn >= warm:
            kept[turn - warm] = at
            divergent += gain <= -1000.0
            continue
        count += 1
        drift += (0.92 - accept - drift) / (count + 10)
        logged = centre - math.sqrt(count) / 0.05 * drift
        weight = count ** (-0.75)
        smooth = weight * logged + (1 - weight) * smooth
        step = math.exp(min(logged, 1.0))
        if turn >= warm // 8:
            total += at
            squares += at * at
            seen += 1
        if turn == warm // 3 or turn == 2 * warm // 3:
            learn(spread, total, squares, seen)
            total[:], squares[:], seen, count, drift = 0.0, 0.0, 0, 0, 0.0
            centre, smooth = math.log(step * 3), math.log(step)
        if turn == warm - 1:
            step = math.exp(smooth)
    return kept, divergent, step
