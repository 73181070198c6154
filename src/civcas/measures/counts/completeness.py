"""How complete the count of a recent month is, from how long earlier months took to fill, and what it will grow to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from civcas.errors import BadInput

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Nowcast:
    """For each month: what is published, the share that is of what will be, and that number, with its interval.

    `expected` etc. hold one element a month in order; `factors[d]` is the growth of a month from d to d+1 months after.
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

    Months are taken to fill alike: the share of a month's reports that arrive d months later does not change; and nothing
    arrives after the longest delay seen. The interval holds the error of the factors, of the month's own level (Jeffreys'
    gamma about what is published), and the chance in what is still to come, all over-dispersed as the triangle
    is. A month that never gets a report is not foreseen.
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
    coming = np.maximum(level_of * (redrawn_growth - 1), 0.0)
    total = latest + dispersion * draw.poisson(coming / dispersion)
    tail = (1 - level) / 2
    ends = np.quantile(total, [tail, 1 - tail], axis=0)
    shares = np.quantile(1 / redrawn_growth, [tail, 1 - tail], axis=0)
    return Nowcast(
        published=latest, share=1 / grown, share_low=shares[0], share_high=shares[1], expected=latest * grown,
        low=ends[0], high=ends[1], factors=factors, dispersion=dispersion,
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
