"""Months of made-up harm with a known rate, to see whether intervals cover it as often as they say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import ibis
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.special import gammaincinv, ndtr

from civcas.catalog import Tables
from civcas.measures import count_model, rate_spread
from civcas.measures.count_model import LogRate
from civcas.measures.month_correlation import NEIGHBOURS

Array = npt.NDArray[np.float64]
Levels = Literal["gamma", "lognormal"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """A belligerent whose incidents come at random and kill heavy-tailed numbers.

    `incidents` a month on average; each kills `killed` on average with variance `heaviness` × mean (lognormal, rounded at random
    so that the mean stays exact). `restlessness` is the coefficient of variation of the months' own levels, which are `levels` distributed
    and of which neighbours have the `correlation` (a first-order autoregression of normal scores).
    """

    incidents: float
    killed: float
    heaviness: float
    restlessness: float = 0.0
    correlation: float = 0.0
    levels: Levels = "gamma"

    @property
    def rate(self) -> float:
        """True deaths a month."""
        return self.incidents * self.killed

    def draw(self, random: np.random.Generator, *, months: int, times: int) -> tuple[Array, Array]:
        """Deaths and incidents, each of shape (times, months)."""
        shape = (times, months)
        incidents = random.poisson(self.incidents * self._levels(random, shape))
        spread = np.log1p(self.heaviness / self.killed)
        sizes = random.lognormal(np.log(self.killed) - spread / 2, np.sqrt(spread), int(incidents.sum()))
        whole = np.floor(sizes + random.random(len(sizes)))
        ends = np.concatenate([[0.0], np.cumsum(whole)])[np.concatenate([[0], np.cumsum(incidents)])]
        return np.diff(ends).reshape(shape), incidents.astype(float)

    def _levels(self, random: np.random.Generator, shape: tuple[int, int]) -> Array:
        """Months' levels, of mean 1."""
        if not self.restlessness:
            return np.ones(shape)
        scores = random.standard_normal(shape)
        rho = self._score_correlation()
        for month in range(1, shape[1]):
            scores[:, month] = rho * scores[:, month - 1] + np.sqrt(1 - rho**2) * scores[:, month]
        return self._level(scores)

    def _level(self, scores: Array) -> Array:
        if self.levels == "lognormal":
            spread = np.log1p(self.restlessness**2)
            return np.asarray(np.exp(np.sqrt(spread) * scores - spread / 2))
        shape = self.restlessness**-2
        return np.asarray(gammaincinv(shape, ndtr(np.clip(scores, -8, 8))) / shape)

    def _score_correlation(self) -> float:
        """The correlation of normal scores at which levels correlate as asked (Hermite expansion of the transformation)."""
        nodes, weight = np.polynomial.hermite_e.hermegauss(64)
        weight /= weight.sum()
        level = self._level(nodes) - 1
        terms, factorial = [], 1.0
        for degree in range(1, 12):
            factorial *= degree
            basis = np.polynomial.hermite_e.hermeval(nodes, [0.0] * degree + [1.0])
            terms.append(float(weight @ (level * basis)) ** 2 / factorial)
        scores = np.linspace(0, 1, 2001)
        reached = sum(term * scores ** (degree + 1) for degree, term in enumerate(terms)) / sum(terms)
        return float(np.interp(self.correlation, reached, scores))


LIKE_RUSSIA = Campaign(incidents=117, killed=4.4, heaviness=8)
LIKE_THE_COALITION = Campaign(incidents=16, killed=4.4, heaviness=19)
THIN = Campaign(incidents=3, killed=4.4, heaviness=19)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Shares of simulated data sets: in which an interval is given, and in which a given one holds the truth."""

    ratio: float
    exposed: float
    reference: float
    given: float
    factor: float

    @property
    def worst(self) -> float:
        return min(self.ratio, self.exposed, self.reference)


def coverage(
    exposed: Campaign,
    reference: Campaign,
    *,
    months: int,
    times: int,
    seed: int,
    around: int = NEIGHBOURS,
    per: str = "month",
    level: float = 0.95,
) -> Coverage:
    """How often intervals hold the true rates and their ratio, for windows of `months` with `around` months recorded on each side.

    `factor` is the middle of how far the ratio's interval reaches from its value.
    """
    random = np.random.default_rng(seed)
    rates, truths = [], []
    for side in (exposed, reference):
        rates.append(_rate(*side.draw(random, months=months + 2 * around, times=times), around=around, per=per))
        truths.append(side.rate if per == "month" else side.killed)
    made = [*rates, count_model.ratio(*rates)]
    truths.append(truths[0] / truths[1])
    ends = [each.interval(level=level) for each in made]
    given = np.isfinite(ends[2][0])
    holds = [((low <= true) & (true <= high))[given].mean() for (low, high), true in zip(ends, truths, strict=True)]
    factor = float(np.median((ends[2][1] / made[2].rate)[given]))
    shares = (float(share) for share in holds)
    return Coverage(
        **dict(zip(("exposed", "reference", "ratio"), shares, strict=True)), given=float(given.mean()), factor=factor
    )


def _rate(deaths: Array, incidents: Array, *, around: int, per: str) -> LogRate:
    exposure = incidents if per == "incident" else np.ones_like(deaths)
    stretch = np.stack([deaths, exposure, deaths**2 / np.fmax(incidents, 1)])
    window = stretch[:, :, around : stretch.shape[2] - around]
    variance, degrees = rate_spread.spread_of(window, stretch, per_incident=per == "incident")
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = window[0].sum(axis=1) / window[1].sum(axis=1)
    return LogRate(rate=rate, log_variance=variance, degrees=degrees)


def as_tables(draws: dict[str, tuple[Array, Array]], *, first: dt.date = dt.date(2001, 1, 1)) -> Tables:
    """A `harm_by_period` in which each data set of each belligerent is an area of its own: `draws` by name, shape (times, months).

    Months without an incident have no row, as in a register, but for the first and last, which keep what is recorded in view.
    """
    columns: dict[str, list[object]] = {name: [] for name in ("belligerent", "area", "month", "killed", "incidents")}
    for who, (deaths, incidents) in draws.items():
        seen = incidents > 0
        seen[:, [0, -1]] = True
        sets, months = np.nonzero(seen)
        columns["belligerent"] += [who] * len(sets)
        columns["area"] += [f"set {place}" for place in sets]
        columns["month"] += months.tolist()
        columns["killed"] += deaths[sets, months].astype(int).tolist()
        columns["incidents"] += np.fmax(incidents[sets, months], 1).astype(int).tolist()
    return {"harm_by_period": ibis.memtable(_periods(columns, first))}


def _periods(columns: dict[str, list[object]], first: dt.date) -> pa.Table:
    starts = np.datetime64(first, "M") + np.array(columns["month"], int)
    rows = len(starts)
    return pa.table(
        {
            "belligerent": columns["belligerent"],
            "area": columns["area"],
            "period_start": pa.array(starts.astype("datetime64[D]")),
            "period_end": pa.array((starts + 1).astype("datetime64[D]") - 1),
            "grading": ["Fair"] * rows,
            "attribution": ["sole"] * rows,
            "incidents": columns["incidents"],
            "killed_min": columns["killed"],
            "killed_max": columns["killed"],
            "without_a_number": [0] * rows,
        }
    )


def covered_by_answers(answers: Sequence[object], truth: float) -> tuple[float, float]:
    """The share of answers that give an interval, and of these that hold the truth."""
    ends = [(getattr(a, "low", None), getattr(a, "high", None)) for a in answers]
    given = [(low, high) for low, high in ends if low is not None and high is not None]
    return len(given) / len(ends), float(np.mean([low <= truth <= high for low, high in given]))
