"""Months of made-up harm with a known rate, to see whether intervals cover it as often as they say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from civcas.measures import count_model
from civcas.measures.count_model import Dispersion, LogRate

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """A belligerent whose incidents come at random and kill heavy-tailed numbers.

    `incidents` a month on average; each kills `killed` on average with variance `heaviness` × mean (lognormal, rounded at random
    so that the mean stays exact); `restlessness` is the coefficient of variation of the months' own levels (gamma).
    """

    incidents: float
    killed: float
    heaviness: float
    restlessness: float = 0.0

    @property
    def rate(self) -> float:
        """True deaths a month."""
        return self.incidents * self.killed

    def draw(self, random: np.random.Generator, *, months: int, times: int) -> tuple[Array, Array]:
        """Deaths and incidents, each of shape (times, months)."""
        shape = (times, months)
        levels = np.full(shape, self.incidents)
        if self.restlessness:
            levels = random.gamma(1 / self.restlessness**2, self.incidents * self.restlessness**2, shape)
        incidents = random.poisson(levels)
        spread = np.log1p(self.heaviness / self.killed)
        sizes = random.lognormal(np.log(self.killed) - spread / 2, np.sqrt(spread), int(incidents.sum()))
        whole = np.floor(sizes + random.random(len(sizes)))
        ends = np.concatenate([[0.0], np.cumsum(whole)])[np.concatenate([[0], np.cumsum(incidents)])]
        return np.diff(ends).reshape(shape), incidents.astype(float)


LIKE_RUSSIA = Campaign(incidents=117, killed=4.4, heaviness=8)
LIKE_THE_COALITION = Campaign(incidents=16, killed=4.4, heaviness=19)


def ratio_coverage(
    exposed: Campaign,
    reference: Campaign,
    *,
    months: int,
    times: int,
    seed: int,
    per: str = "month",
    level: float = 0.95,
) -> float:
    """The share of simulated data sets whose interval for the ratio of rates holds the true ratio."""
    random = np.random.default_rng(seed)
    rates = [_rate(*side.draw(random, months=months, times=times), per=per) for side in (exposed, reference)]
    _, low, high = count_model.ratio_interval(*rates, level=level)
    true = exposed.rate / reference.rate if per == "month" else exposed.killed / reference.killed
    return float(((low <= true) & (true <= high)).mean())


def _rate(deaths: Array, incidents: Array, *, per: str) -> LogRate:
    exposure = incidents if per == "incident" else np.ones_like(deaths)
    spread = count_model.dispersion(deaths, exposure, np.ones(deaths.shape, bool))
    return count_model.log_rate(deaths=deaths.sum(axis=1), exposure=exposure.sum(axis=1), dispersion=spread)


def short_window_coverage(
    exposed: Campaign,
    reference: Campaign,
    *,
    months: int,
    times: int,
    seed: int,
    per: str = "month",
    level: float = 0.95,
) -> float:
    """The same for a window too short to show its own spread, which borrows it from twelve months on each side."""
    random = np.random.default_rng(seed)
    window = slice(12, 12 + months)
    rates = []
    for side in (exposed, reference):
        deaths, incidents = side.draw(random, months=24 + months, times=times)
        exposure = incidents[:, window].sum(axis=1) if per == "incident" else np.full(times, float(months))
        spread = _borrowed(deaths, incidents, per=per)
        rates.append(count_model.log_rate(deaths=deaths[:, window].sum(axis=1), exposure=exposure, dispersion=spread))
    _, low, high = count_model.ratio_interval(*rates, level=level)
    true = exposed.rate / reference.rate if per == "month" else exposed.killed / reference.killed
    given = np.isfinite(low)
    return float(((low <= true) & (true <= high))[given].mean())


def _borrowed(deaths: Array, incidents: Array, *, per: str) -> Dispersion:
    if per == "incident":
        return count_model.dispersion(deaths, incidents, incidents > 0)
    found = np.array([count_model.dispersion_by_differences(row) for row in deaths])
    return Dispersion(phi=found[:, 0], degrees=found[:, 1])
