"""How complete the count of a recent month is, from how long earlier months took to fill, and what it will grow to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from civcas.errors import BadInput

Floats = NDArray[np.float64]

FEWEST_TO_COMPARE = 4  # months, to see whether months fill alike


@dataclass(frozen=True, slots=True, kw_only=True)
class Nowcast:
    """For each month: what is published, the share that is of what will be, and that number, with its interval.

    `expected` etc. hold one element a month in order; `factors[d]` is the growth of a month from d to d+1 months after. `uneven[d]` is the
    standard deviation of the log of what months grow by from d months after on, beyond chance. `drift` is the p of a first growth
    that does not rise or fall from month to month.
    """

    published: Floats
    share: Floats
    share_low: Floats
    share_high: Floats
    expected: Floats
    low: Floats
    high: Floats
    factors: Floats
    dispersion: float
    uneven: Floats
    drift: float


def triangle(month: NDArray[np.int64], published: NDArray[np.int64], *, first: int, now: int) -> Floats:
    """Events by month and by months until published: (months, delays), NaN where the delay is not over by `now`."""
    if (published < month).any():
        raise BadInput(f"{int((published < month).sum())} event(s) published in a month before they happened",
                       expected="a publication date on or after the event", do="Correct the dates, or leave these events out")  # fmt: skip
    size = now - first + 1
    inside = (month >= first) & (published <= now)
    counts = np.zeros((size, size))
    np.add.at(counts, (month[inside] - first, published[inside] - month[inside]), 1.0)
    row, delay = np.indices(counts.shape)
    counts[row + delay >= size] = np.nan
    return counts


def nowcast(counts: Floats, *, level: float, replicates: int, seed: int) -> Nowcast:
    """Chain ladder with a bootstrap interval (Mack 1993; England and Verrall 2002).

    Months are taken to fill alike but for their own speed, which does not drift; and nothing arrives after the longest delay seen.
    The interval holds the error of the factors, of the month's own level (Jeffreys' gamma about what is published), the
    chance in what is still to come, all over-dispersed as the triangle is, and months' own speed as far as earlier months
    differ in it. A month that never gets a report is not foreseen.
    """
    if len(counts) < 3:
        raise BadInput(f"{len(counts)} months of publication", expected="at least 3 to learn how a month fills")
    seen = ~np.isnan(counts)
    filled = np.where(seen, counts, 0.0)
    factors = _factors(filled[None], seen)[0]
    latest = filled.sum(1)
    grown = _still_to_grow(factors)
    mean = _fitted(latest, grown, factors)
    dispersion = _dispersion(filled, mean, seen)
    draw = np.random.default_rng(seed)
    redrawn: Floats = dispersion * draw.poisson(
        np.where(seen, mean, 0.0) / dispersion, size=(replicates, *counts.shape)
    ).astype(float)
    redrawn_factors = _factors(redrawn, seen)
    redrawn_growth = _still_to_grow(redrawn_factors)
    level_of = dispersion * draw.gamma(latest / dispersion + 0.5, size=redrawn_growth.shape)
    uneven, degrees = _uneven(filled.cumsum(1), grown)
    own_speed = np.exp(uneven[::-1] * draw.standard_t(np.maximum(degrees[::-1], 2), size=redrawn_growth.shape))
    redrawn_growth = np.where(redrawn_growth > 1, np.maximum(redrawn_growth * own_speed, 1.0), redrawn_growth)
    coming = np.maximum(level_of * (redrawn_growth - 1), 0.0)
    total = latest + dispersion * draw.poisson(coming / dispersion)
    tail = (1 - level) / 2
    ends = np.quantile(total, [tail, 1 - tail], axis=0)
    shares = np.quantile(1 / redrawn_growth, [tail, 1 - tail], axis=0)
    return Nowcast(
        published=latest, share=1 / grown, share_low=shares[0], share_high=shares[1], expected=latest * grown,
        low=ends[0], high=ends[1], factors=factors, dispersion=dispersion,
        uneven=uneven, drift=_drift(filled.cumsum(1), factors),
    )  # fmt: skip


def _factors(counts: Floats, seen: NDArray[np.bool_]) -> Floats:
    """Σ over months of what stood after d+1 months, over what stood after d, for months old enough: (m, delays−1)."""
    standing = counts.cumsum(2)
    old_enough = seen[:, 1:]
    before = (standing[:, :, :-1] * old_enough).sum(1)
    after = (standing[:, :, 1:] * old_enough).sum(1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(before > 0, after / before, 1.0)


def _still_to_grow(factors: Floats) -> Floats:
    """What each month's count will be multiplied by: the oldest month by 1, the newest by every factor: (…, months)."""
    ones = np.ones((*factors.shape[:-1], 1))
    return np.concatenate([ones, np.cumprod(factors[..., ::-1], axis=-1)], axis=-1)


def _fitted(latest: Floats, grown: Floats, factors: Floats) -> Floats:
    """The chain ladder's mean of each cell, seen or not."""
    reached = 1 / np.append(np.cumprod(factors[::-1])[::-1], 1.0)
    fitted: Floats = (latest * grown)[:, None] * np.diff(reached, prepend=0.0)
    return fitted


def _dispersion(counts: Floats, mean: Floats, seen: NDArray[np.bool_]) -> float:
    """Pearson's statistic over its degrees of freedom, at least 1 (Poisson)."""
    used = seen & (mean > 0)
    degrees = int(used.sum()) - 2 * len(counts) + 1
    pearson = ((counts[used] - mean[used]) ** 2 / mean[used]).sum()
    return float(max(1.0, pearson / degrees)) if degrees > 0 else 1.0


def _uneven(standing: Floats, grown: Floats) -> tuple[Floats, Floats]:
    """For each age: the standard deviation of log growth from then on over older months, beyond chance, and its degrees of freedom.

    What a month grew by is its number now, grown by the factors still ahead, over its number at that age. Chance alone gives its log the
    variance 1/before − 1/after.
    """
    size = len(standing)
    spread, degrees = np.zeros(size), np.zeros(size)
    for age in range(size - 1):
        old = np.arange(size - age - 1)  # months at least one month older than this age
        before, after = standing[old, age], standing[old, -1]
        used = (before > 0) & (after > 0)
        if used.sum() < FEWEST_TO_COMPARE:
            spread[age], degrees[age] = spread[age - 1] if age else 0.0, max(degrees[age - 1] if age else 0.0, 1.0)
            continue
        log = np.log(after[used] * grown[old][used] / before[used])
        chance = np.maximum(1 / before[used] - 1 / after[used], 0.0)
        spread[age] = np.sqrt(max(0.0, float(log.var(ddof=1)) - float(chance.mean())))
        degrees[age] = used.sum() - 1
    return spread, degrees


def _drift(standing: Floats, factors: Floats) -> float:
    """The p of growth that does not rise or fall from month to month, whatever the age: a score test of the chain ladder.

    Each month's growth at each age, less what the factor foresees, is weighed by the month's place among those old enough. The normal
    approximation; the spread is that of the triangle about the factors.
    """
    from scipy.stats import norm

    score, information, squares, cells = 0.0, 0.0, 0.0, 0
    for age, factor in enumerate(factors):
        before, after = standing[: len(standing) - age - 1, age], standing[: len(standing) - age - 1, age + 1]
        if len(before) < FEWEST_TO_COMPARE or factor <= 1:
            continue
        variance = (factor - 1) * factor * before
        known = variance > 0
        place = np.arange(len(before)) - (before @ np.arange(len(before))) / before.sum()
        left = after - factor * before
        score += float((place[known] * left[known] / factor).sum())
        information += float((place[known] ** 2 * variance[known] / factor**2).sum())
        squares += float((left[known] ** 2 / variance[known]).sum())
        cells += int(known.sum()) - 1
    if information <= 0 or cells < FEWEST_TO_COMPARE:
        return 1.0
    return float(2 * norm.sf(abs(score) / np.sqrt(information * max(1.0, squares / cells))))
