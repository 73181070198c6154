"""Within: what is left of a table of places and months once lasting levels, shared months and shared seasons are taken out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Within:
    """Orthonormal columns along `places` (places × columns) and `months` (months × columns), whose products are taken out."""

    places: Floats
    months: Floats

    def off(self, x: Floats) -> Floats:
        """`x` (places × months × variables) less its projections on the columns of places and of months.

        The same as least squares with a slope on every month column for each place, and on every place column for each month.
        """
        places, months, variables = x.shape
        flat = x.reshape(places, -1)
        flat = flat - self.places @ (self.places.T @ flat)
        turned = flat.reshape(places, months, variables).transpose(1, 0, 2).reshape(months, -1)
        turned = turned - self.months @ (self.months.T @ turned)
        return np.ascontiguousarray(turned.reshape(months, places, variables).transpose(1, 0, 2))


def two_way(places: int, months: int) -> Within:
    """An intercept for every place and every month: the within transformation of a panel without holes."""
    return Within(places=np.full((places, 1), places**-0.5), months=np.full((months, 1), months**-0.5))


def seasonal(outcome: Floats) -> Within:
    """Place and month effects, and seasons that swell with a place's level, for an `outcome` of places × months.

    A shared season that multiplies the levels λ leaves (λ − mean λ)(season − mean season) behind in a two-way fit. That is a
    slope on the months' mean for every place, and a slope on the places' mean for every month; both are taken out, so a season may add,
    multiply or do both. One known factor with its loadings, as in Bai (2009), Econometrica 77, both read off the means.
    """
    return Within(places=_columns(outcome.mean(axis=1)), months=_columns(outcome.mean(axis=0)))


def _columns(means: Floats) -> Floats:
    """A constant column and, where the means differ, one along their differences; both of length one."""
    ones = np.full(len(means), len(means) ** -0.5)
    apart = means - means.mean()
    length = float(np.sqrt(apart @ apart))
    if length <= 1e-9 * max(1.0, float(np.abs(means).max())) or len(means) < 4:
        return ones[:, None]
    return np.stack([ones, apart / length], axis=1)
