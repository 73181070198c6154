"""Pooling: one estimate from many replicates of the data, such as imputations or ways to link the lists.

The rules of `verdata` (HRDAG and the Colombian truth commission): on the log of the unseen, with the spread
within and between replicates added up (Rubin 1987; their degrees of freedom are smaller than Rubin's, so
their interval is a little wider).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm as normal
from scipy.stats import t as student

from civcas.errors import BadInput

ADVISED = 10  # replicates: fewer leave the spread between them badly known
NOBODY = 0.1  # what nobody unseen counts as on the log scale


@dataclass(frozen=True, slots=True, kw_only=True)
class Pooled:
    """The pooled total, its limits, and which part of its spread lies between replicates."""

    value: float
    low: float
    high: float
    documented: int
    between_share: float
    replicates: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Replicate:
    """What one replicate says: how many it documents, its mean unseen, and mean and variance of the unseen's logarithm."""

    documented: int
    unseen: float
    log_mean: float
    log_variance: float

    @classmethod
    def of_draws(cls, documented: int, draws: NDArray[np.float64]) -> Replicate:
        """From posterior draws of the unseen; a draw of 0 counts as 0.1."""
        logs = np.log(np.where(draws <= 0, NOBODY, draws))
        return cls(
            documented=documented,
            unseen=float(draws.mean()),
            log_mean=float(logs.mean()),
            log_variance=float(logs.var(ddof=1)),
        )

    @classmethod
    def of_limits(cls, documented: int, value: float, low: float, high: float, *, level: float) -> Replicate:
        """From an estimate with limits, taken as those of a normal logarithm: for methods without a posterior."""
        ends = np.log(np.maximum(np.array([low, high]) - documented, NOBODY))
        return cls(
            documented=documented,
            unseen=value - documented,
            log_mean=float(ends.mean()),
            log_variance=float((np.diff(ends)[0] / (2 * normal.ppf((1 + level) / 2))) ** 2),
        )


def pool(replicates: Sequence[Replicate], *, level: float = 0.95) -> Pooled:
    """One total from all replicates.

    W = mean variance within, B = variance of the means, T = W + (m+1)/m·B, ν = (m−1)(1 + W/((m+1)B))²,
    limits = mean n + exp(mean ln n₀ ± t_ν√T). The point is mean n + mean n₀.
    """
    m = len(replicates)
    if m < 2:
        raise BadInput("one replicate cannot be pooled", expected=f"2 replicates or more, better {ADVISED}")
    means = np.array([each.log_mean for each in replicates])
    within, between = float(np.mean([each.log_variance for each in replicates])), float(means.var(ddof=1))
    spread = within + (m + 1) / m * between
    freedom = (m - 1) * (1 + within / ((m + 1) * between)) ** 2 if between > 0 else np.inf
    reach = student.ppf((1 + level) / 2, freedom) * np.sqrt(spread)
    seen = float(np.mean([each.documented for each in replicates]))
    return Pooled(
        value=seen + float(np.mean([each.unseen for each in replicates])),
        low=round(seen) + float(np.exp(means.mean() - reach)),
        high=round(seen) + float(np.exp(means.mean() + reach)),
        documented=round(seen),
        between_share=(m + 1) / m * between / spread if spread > 0 else 0.0,
        replicates=m,
    )
