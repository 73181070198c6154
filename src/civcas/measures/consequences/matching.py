"""Matching: treated and control wakes that look alike before, by coarsened exact matching."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """`kept`: wakes in strata that hold both kinds; `weight`: 1 for the treated, and what balances the controls."""

    stratum: NDArray[np.int64]
    kept: NDArray[np.bool_]
    weight: NDArray[np.float64]


def coarsen(values: NDArray[np.float64]) -> NDArray[np.int64]:
    """The bin of each value: ⌈log2 n + 1⌉ equally spaced break points from lowest to highest, closed on the right.

    Sturges' number is that of break points here, so there is one bin fewer, as the published algorithm has it.
    """
    points = int(np.ceil(np.log2(len(values)) + 1))
    breaks = np.unique(np.linspace(values.min(), values.max(), points))
    if len(breaks) < 2:
        return np.zeros(len(values), dtype=np.int64)
    return np.clip(np.searchsorted(breaks, values, side="left"), 1, len(breaks) - 1)


def match(columns: NDArray[np.float64], treated: NDArray[np.bool_]) -> Matched:
    """Coarsened exact matching on `columns` (wakes × variables): Iacus, King and Porro (2012), Political Analysis 20.

    Strata without both kinds are left out. Controls weigh (m_T of the stratum / m_C of the stratum) · (m_C / m_T).
    """
    bins = np.stack([coarsen(column) for column in columns.T], axis=1)
    stratum = np.unique(bins, axis=0, return_inverse=True)[1].ravel()
    ours = np.bincount(stratum, weights=treated)
    theirs = np.bincount(stratum, weights=~treated)
    both = (ours > 0) & (theirs > 0)
    kept = both[stratum]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(both, ours / theirs, 0.0) * (theirs[both].sum() / max(ours[both].sum(), 1))
    return Matched(stratum=stratum, kept=kept, weight=np.where(treated, 1.0, ratio[stratum]) * kept)
