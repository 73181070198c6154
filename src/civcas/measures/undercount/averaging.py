"""Averaging log-linear models: not one model's answer but all of them, each weighed by how well it fits.

As in the estimates for Gaza and Khartoum (Jamaluddine et al. 2025; Dahab et al. 2024; after Checchi): models
whose unseen exceed five times the documented, or are not finite, are left out; weights ∝ exp(−Δ/2) of the
criterion; the unseen and both log-Wald limits are averaged with them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from civcas.measures.undercount.loglinear import Fits, fit
from civcas.measures.undercount.models import hierarchical, terms

MOST_UNSEEN = 5.0  # times the documented


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Averaged:
    """The averaged total with limits; `weights` of `models` (0 where left out), and their fits."""

    value: float
    low: float
    high: float
    models: NDArray[np.int64]
    weights: NDArray[np.float64]
    fits: Fits


def average(
    cells: NDArray[np.int64], *, lists: int, by: Literal["aic", "bic"] = "aic", level: float = 0.95
) -> Averaged | None:
    """The average over all hierarchical models, or None when no model is left."""
    models = hierarchical(lists)
    fits = fit(terms(lists).design, cells, terms(lists).columns(models))
    documented = int(cells.sum())
    usable = np.isfinite(fits.unseen) & (fits.unseen <= MOST_UNSEEN * documented)
    if not usable.any():
        return None
    criterion = np.where(usable, fits.aic if by == "aic" else fits.bic, np.inf)
    weights = np.exp(-(criterion - criterion.min()) / 2)
    weights /= weights.sum()
    low, high = fits.limits(level)
    total = [float(weights[usable] @ each[usable]) for each in (fits.totals, low, high)]
    return Averaged(value=total[0], low=total[1], high=total[2], models=models, weights=weights, fits=fits)
