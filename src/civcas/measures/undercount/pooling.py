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
from scipy.stats import t as student

from civcas.errors import BadInput

ADVISED = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Pooled:
    """The pooled total, its limits, and which part of its spread lies between replicates."""

    value: float
    low: float
    high: float
    documented: int
    between_share: float
    replicates: int


def pool(documented: Sequence[int], unseen: Sequence[NDArray[np.float64]], *, level: float = 0.95) -> Pooled:
    """One replicate an element: how many it documents, and its posterior draws of the unseen (0 counts as 0.1).

    W = mean variance within, B = variance of the means, T = W + (m+1)/m·B, ν = (m−1)(1 + W/((m+1)B))²,
    limits = mean n + exp(mean ln n₀ ± t_ν√T). The point is mean n + mean n₀.
    """
    m = len(unseen)
    if m < 2:
        raise BadInput("one replicate cannot be pooled", expected=f"2 replicates or more, better {ADVISED}")
    logs = [np.log(np.where(draws == 0, 0.1, draws)) for draws in unseen]
    means = np.array([each.mean() for each in logs])
    within, between = float(np.mean([each.var(ddof=1) for each in logs])), float(means.var(ddof=1))
    spread = within + (m + 1) / m * between
    freedom = (m - 1) * (1 + within / ((m + 1) * between)) ** 2 if between > 0 else np.inf
    reach = student.ppf((1 + level) / 2, freedom) * np.sqrt(spread)
    seen = float(np.mean(documented))
    return Pooled(
        value=seen + float(np.mean([draws.mean() for draws in unseen])),
        low=round(seen) + float(np.exp(means.mean() - reach)),
        high=round(seen) + float(np.exp(means.mean() + reach)),
        documented=round(seen),
        between_share=(m + 1) / m * between / spread if spread > 0 else 0.0,
        replicates=m,
    )
