"""Open ratio: no highest-order interaction, give or take a factor of two, on as many lists as the overlap can carry.

The ratio ξ says how the chance of being on no list stands to what all other patterns imply; no data show it (Aleshin-Guendel,
Sadinle & Wakefield 2024). Here it may be anything from ½ to 2, the ends of their grid. The interval is one around that whole range
(Imbens & Manski 2004): for every ratio within it, it is meant to hold the truth with the chance that is its level.

Many lists make many patterns with few people in each, and then chance alone decides. The two smallest lists are joined until it does not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import polygamma
from scipy.stats import norm

from civcas.measures.undercount.no_highest_order import MOST_EMPTY, RATIOS, Sensitivity, sensitivity
from civcas.measures.undercount.overlap import Overlap

DRAWS = 20_000
MOST_ERROR = 1.0  # of ln r: beyond it, chance moves the unseen by more than a factor of e² each way
MOST_LISTS, FEWEST_LISTS = 8, 3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OpenRatio:
    """The total and its limits over all ratios; `alone` are the limits at ξ = 1, `lists` those used, joined ones with a plus."""

    value: float
    low: float
    high: float
    alone: tuple[float, float]
    lists: tuple[str, ...]
    draws: Sensitivity


def estimate(overlap: Overlap, *, level: float = 0.95, seed: int = 0, most_unseen: float = np.inf) -> OpenRatio:
    """Median at ξ = 1 and limits over ξ from ½ to 2, in people; the overlap needs three lists, of which some may be joined.

    Lists are joined too while the upper limit lies above `most_unseen` people on no list for each documented one.
    """
    used = carried(overlap)
    found = _on(used, level=level, seed=seed)
    while found.high > (1 + most_unseen) * overlap.n and len(used.lists) > FEWEST_LISTS:
        used = _smallest_joined(used)
        found = _on(used, level=level, seed=seed)
    return found


def _on(used: Overlap, *, level: float, seed: int) -> OpenRatio:
    drawn = sensitivity(used.cells(), draws=DRAWS, seed=seed)
    totals = dict(zip(drawn.ratios, drawn.totals, strict=True))
    share = tail_share(float(np.log(max(RATIOS) / min(RATIOS))), log_error(used), level=level)
    low, high = np.quantile(totals[max(RATIOS)], share), np.quantile(totals[min(RATIOS)], 1 - share)
    alone = np.quantile(totals[1.0], ((1 - level) / 2, (1 + level) / 2)).tolist()
    return OpenRatio(
        value=float(np.median(totals[1.0])),
        low=float(low),
        high=float(high),
        alone=(alone[0], alone[1]),
        lists=used.lists,
        draws=drawn,
    )


def tail_share(width: float, error: float, *, level: float) -> float:
    """The share left out at each end: Φ(−c), c solving Φ(c + width/error) − Φ(−c) = level (Imbens & Manski 2004, their (7)).

    A wide range needs one tail only at a time, as the truth cannot lie at both ends: between 1 − level and half of that.
    """
    c = brentq(lambda x: norm.cdf(x + width / error) - norm.cdf(-x) - level, 0.0, 10.0)
    return float(norm.cdf(-c))


def carried(overlap: Overlap) -> Overlap:
    """The same people on fewer lists: the two smallest are joined while patterns are too empty, never below three lists."""
    while len(overlap.lists) > FEWEST_LISTS and (
        len(overlap.lists) > MOST_LISTS or empty(overlap) > MOST_EMPTY or log_error(overlap) > MOST_ERROR
    ):
        overlap = _smallest_joined(overlap)
    return overlap


def empty(overlap: Overlap) -> float:
    """The share of patterns that nobody shows."""
    return float((overlap.cells() == 0).mean())


def log_error(overlap: Overlap) -> float:
    """The posterior standard deviation of ln r: √Σψ′(nₓ + 1), as that of logarithms of independent gammas."""
    return float(np.sqrt(polygamma(1, overlap.cells() + 1.0).sum()))


def _smallest_joined(overlap: Overlap) -> Overlap:
    first, second = sorted(np.argsort(overlap.sizes, kind="stable")[:2].tolist())
    patterns = overlap.patterns.copy()
    patterns[:, first] |= patterns[:, second]
    names = list(overlap.lists)
    names[first] = f"{names[first]}+{names[second]}"
    del names[second]
    return Overlap.of(np.delete(patterns, second, axis=1), overlap.counts, lists=names)
