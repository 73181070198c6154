"""The rate of one side, or the ratio of two, with a bootstrap interval over months and whole incidents."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from civcas.measures.incidents.months import MonthDoubt
from civcas.measures.incidents.resampling import by_cluster, resampled_sums
from civcas.measures.incidents.rows import Mask, Rows
from civcas.terms.vocabulary import Bound

Floats = NDArray[np.float64]
Ends = tuple[float | None, float | None]

ENOUGH_LIKE_INCIDENTS = (
    60  # below this effective number on a side, percentiles cover too little: see docs/method-rates.md
)
AMPLE = 100  # below this they cover 92–94 of 100 where tails are heavy, so the wider interval is given beside them
TOO_FEW = 5  # below this no interval over incidents is given


@dataclass(frozen=True, kw_only=True)
class Sample:
    """The incidents of a reading as one sample to resample: (clusters, 2 × sides) of counts and memberships.

    `exposure` is what each side's sum is divided by; None divides by the number of its incidents with a number.
    """

    numbers: Floats
    exposure: tuple[float | None, ...]

    @property
    def sides(self) -> int:
        return len(self.exposure)

    @cached_property
    def totals(self) -> Floats:
        return np.asarray(self.numbers.sum(0))

    @property
    def value(self) -> float:
        return float(self.rates(self.totals[None])[0])

    def rates(self, totals: Floats) -> Floats:
        """Rate or ratio for each row of totals: (m, 2 × sides) → (m,). A zero denominator gives inf or NaN."""
        with np.errstate(divide="ignore", invalid="ignore"):
            each = [self._divided(totals, side) for side in range(self.sides)]
            return each[0] / each[1] if self.sides == 2 else each[0]

    def _divided(self, totals: Floats, side: int) -> Floats:
        exposure = self.exposure[side]
        return totals[:, 2 * side] / (totals[:, 2 * side + 1] if exposure is None else exposure)

    def deviation(self, totals: Floats, moments: Floats) -> Floats:
        """Standard error of the log of each rate or ratio, by linearisation: g'Mg with M the second moments of the rows."""
        gradient = np.zeros_like(totals)
        with np.errstate(divide="ignore", invalid="ignore"):
            for side, sign in zip(range(self.sides), (1.0, -1.0), strict=False):
                gradient[:, 2 * side] = sign / totals[:, 2 * side]
                if self.exposure[side] is None:
                    gradient[:, 2 * side + 1] = -sign / totals[:, 2 * side + 1]
            square = moments.reshape(len(totals), totals.shape[1], totals.shape[1])
            return np.asarray(np.sqrt(np.maximum(np.einsum("ri,rij,rj->r", gradient, square, gradient), 0.0)))

    def like_incidents(self) -> tuple[float, ...]:
        """Kish's effective number of incidents a side, (Σx)²/Σx²: how many equal incidents would weigh as much."""
        counts = self.numbers[:, ::2]
        with np.errstate(divide="ignore", invalid="ignore"):
            return tuple(np.nan_to_num(counts.sum(0) ** 2 / (counts**2).sum(0)).tolist())


@dataclass(frozen=True, slots=True, kw_only=True)
class Chance:
    """What another record of as many months and incidents would have given: an interval, and how it was made.

    `wider` stands beside a percentile interval of few equal incidents: everything between its ends and the studentised ones.
    `alone` is the interval of the incidents alone, given the months, where the interval holds the months' variation too.
    """

    value: float
    low: float | None
    high: float | None
    method: str
    deviation: float  # standard error of the log
    like_incidents: tuple[float, ...]
    replicates: int
    wider: Ends | None = None
    alone: Ends | None = None

    @property
    def given(self) -> bool:
        return self.low is not None or self.high is not None


def sample(rows: Rows, counted: Mask, bounds: tuple[Bound, ...], exposure: tuple[float | None, ...]) -> Sample:
    """The incidents with a number of one reading; `bounds` and `exposure` have one entry a side.

    An incident without a number is in neither the sum nor the number of incidents it is divided by: unknown is not zero.
    """
    picked = rows.only(counted & rows.with_a_number)
    columns = []
    for side, bound in enumerate(bounds):
        here = picked.side == side
        columns += [np.where(here, picked.count(bound), 0.0), here.astype(float)]
    return Sample(numbers=by_cluster(picked.cluster, *columns), exposure=exposure)


def chance(
    given: Sample, *, level: float, replicates: int, seed: int, months: tuple[MonthDoubt | None, ...] = ()
) -> Chance:
    """The bootstrap interval of a rate or ratio: months first, where `months` says how far they may lie, then incidents within them.

    Over incidents: percentiles (Efron 1979) where each side weighs as much as 60 equal incidents; where heavy tails leave fewer, everything
    between the ends of the percentiles and of the studentised interval on the log scale (Hall 1988); none below 5. From 60 to 100
    both are given, and the wider is taken once months are in it. It is chance in which
    incidents happened, and in how many; it says nothing of incidents that nobody reported.
    """
    like = given.like_incidents()
    own = float(given.deviation(given.totals[None], (given.numbers.T @ given.numbers).reshape(1, -1))[0])
    none = Chance(
        value=given.value, low=None, high=None, method=f"none: one side weighs less than {TOO_FEW} equal incidents",
        deviation=own, like_incidents=like, replicates=replicates,
    )  # fmt: skip
    if min(like) < TOO_FEW or not np.isfinite(own):
        return none
    ample, enough = min(like) >= AMPLE, min(like) >= ENOUGH_LIKE_INCIDENTS
    widen = _as_they_are if ample else with_moments
    sums = resampled_sums(given.numbers, replicates=replicates, seed=seed, widen=widen)
    still = np.zeros(replicates)
    plain = _quantiles(given.rates(sums[:, : given.numbers.shape[1]]), level)
    widest = plain if ample else _widest(given, sums, own, level, still)
    alone = _floored(given, plain if enough else widest, level)
    if not any(months):
        method = "percentile" if enough else "percentile and studentised"
        wider = widest if enough and not ample else None
        return replace(none, low=alone[0], high=alone[1], method=method, wider=wider)
    apart = _months_apart(months, replicates, seed)
    drawn = given.rates(sums[:, : given.numbers.shape[1]]) * np.exp(apart)
    low, high = _quantiles(drawn, level) if ample else _widest(given, sums, own, level, apart)
    return replace(none, low=low, high=high, method="months, then incidents", alone=alone)


def _floored(given: Sample, ends: Ends, level: float) -> Ends:
    """The ends, no nearer than chance in counting deaths leaves a mean per incident: incidents that all killed alike do not make it sure.

    A Poisson count of D deaths leaves its logarithm a variance of 1/D; the deaths of real incidents vary far more.
    """
    from scipy.special import ndtri

    deaths = [float(given.totals[2 * side]) for side, over in enumerate(given.exposure) if over is None]
    if not deaths or min(deaths) <= 0:
        return ends
    half = float(ndtri((1 + level) / 2)) * sum(1 / each for each in deaths) ** 0.5
    low, high = ends
    return (
        None if low is None else min(low, given.value * float(np.exp(-half))),
        None if high is None else max(high, given.value * float(np.exp(half))),
    )


def _months_apart(months: tuple[MonthDoubt | None, ...], replicates: int, seed: int) -> Floats:
    """How far the months move the log of the rate, or of the ratio, in each replicate: (replicates,)."""
    random = np.random.default_rng([seed, 1])
    apart = np.zeros(replicates)
    for sign, doubt in zip((1.0, -1.0), months, strict=False):
        if doubt is not None:
            apart += sign * doubt.draws(random, replicates)
    return apart


def _as_they_are(rows: Floats) -> Floats:
    return rows


def with_moments(rows: Floats) -> Floats:
    """The rows with their products, whose sums are what a standard error needs."""
    return np.concatenate([rows, (rows[:, :, None] * rows[:, None, :]).reshape(len(rows), -1)], axis=1)


def _widest(given: Sample, sums: Floats, own: float, level: float, apart: Floats) -> Ends:
    """The outer ends of the percentile and of the studentised interval; an end that is open in either stays open.

    `apart` is how far the months move the log of the value in each replicate.
    """
    width = given.numbers.shape[1]
    drawn = given.rates(sums[:, :width])
    with np.errstate(divide="ignore", invalid="ignore"):
        pivot = (np.log(drawn) - np.log(given.value)) / given.deviation(sums[:, :width], sums[:, width:])
    low, high = _quantiles(drawn * np.exp(apart), level)
    firm = np.isfinite(pivot)
    if not firm.any():  # every sample gives the same value
        return low, high
    below, above = np.quantile(apart[firm] - pivot[firm] * own, [(1 - level) / 2, (1 + level) / 2])
    return (
        None if low is None else min(low, given.value * float(np.exp(below))),
        None if high is None else max(high, given.value * float(np.exp(above))),
    )


def _quantiles(drawn: Floats, level: float) -> Ends:
    """The middle `level` of the draws; an end that is not finite is open (None)."""
    ends = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2], method="higher")
    return (float(ends[0]) if np.isfinite(ends[0]) else None), (float(ends[1]) if np.isfinite(ends[1]) else None)


def imbens_manski(
    *, low: float, high: float, deviation_low: float, deviation_high: float, level: float
) -> tuple[float, float]:
    """An interval for the truth that lies somewhere in [low, high], each end known with its own standard error.

    Imbens and Manski (2004): Φ(c + (u−l)/max(σ_l, σ_u)) − Φ(−c) = level; c is 1.645 for a wide set and 1.960 for a
    point, at 95%. Works on whatever scale the ends are given in.
    """
    if max(deviation_low, deviation_high) == 0:
        return low, high
    c = reach(width=(high - low) / max(deviation_low, deviation_high), level=level)
    return low - c * deviation_low, high + c * deviation_high


def reach(*, width: float, level: float) -> float:
    """How many standard errors Imbens and Manski's interval goes beyond a range that is `width` standard errors wide."""
    from scipy.optimize import brentq
    from scipy.special import ndtr

    return float(brentq(lambda c: ndtr(c + width) - ndtr(-c) - level, 0.0, 10.0))
