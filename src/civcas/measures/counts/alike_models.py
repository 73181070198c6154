"""The ways in which neighbouring months may be alike: autoregressive levels, seen through some noise of each month's own."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

CORRELATIONS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)  # of neighbouring months' levels
OWN_SHARES = (0.0, 0.3, 0.6)  # of the variance that is each month's own, and fades at once


@dataclass(frozen=True, slots=True, kw_only=True)
class AlikeModels:
    """Correlation matrices R of `months` months, one for each way of being alike.

    `correlation`, `own_share`: (models,). `whitener`: (models, months, months), the inverse of the lower Cholesky factor of R, so
    that a series with correlation R times it has months that are not alike. `half_log_determinant`: ½ ln |R|, (models,).
    """

    correlation: Floats
    own_share: Floats
    whitener: Floats
    half_log_determinant: Floats


@lru_cache(maxsize=16)
def alike_models(months: int) -> AlikeModels:
    """R = (1−s)·ρ^|lag| + s·1: levels that follow one another (Box and Jenkins 1970), and chance of each month's own on top.

    Months of deaths are both: the level of a campaign lasts, and a few large incidents fall in one month by chance. With
    s = 0 alone, a long memory under much noise passes for a short one.
    """
    ways = [(rho, share) for rho in CORRELATIONS for share in OWN_SHARES if share == 0 or rho >= 0.3]
    lag = np.abs(np.subtract.outer(np.arange(months), np.arange(months)))
    matrices = np.array([(1 - share) * rho**lag + share * np.eye(months) for rho, share in ways])
    lower = np.linalg.cholesky(matrices)
    return AlikeModels(
        correlation=np.array([rho for rho, _ in ways]),
        own_share=np.array([share for _, share in ways]),
        whitener=np.linalg.inv(lower),
        half_log_determinant=np.log(np.diagonal(lower, axis1=1, axis2=2)).sum(1),
    )


def alike_noise(
    random: np.random.Generator, *, months: int, times: int, correlation: float, own_share: float
) -> Floats:
    """Normal series of variance 1, shape (months, times), as a model of `alike_models` has them."""
    level = random.normal(size=(months, times))
    for month in range(1, months):
        level[month] = correlation * level[month - 1] + np.sqrt(1 - correlation**2) * level[month]
    own = random.normal(size=(months, times))
    return np.asarray(np.sqrt(1 - own_share) * level + np.sqrt(own_share) * own)
