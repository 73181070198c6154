"""No-highest-order interaction: the one assumption that two or more lists can never test, made visible.

Aleshin-Guendel, Sadinle & Wakefield (2024), "The central role of the identifying assumption in population
size estimation". The lists tell everything but the chance of being on none; ξ says how that chance stands
to what the others imply. ξ = 1 is "no interaction of all lists at once"; other values show how far the
answer moves when that is wrong.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

RATIOS = (0.5, 2 / 3, 1.0, 1.5, 2.0)
DRAWS = 200_000
BLOCK = 25_000
MOST_EMPTY = 0.25  # share of empty cells beyond which the Dirichlet prior, not the lists, would answer


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sensitivity:
    """Posterior draws of the total for each ratio ξ: `totals` is ratios × draws."""

    ratios: tuple[float, ...]
    totals: NDArray[np.float64]


def plug_in(cells: NDArray[np.int64], *, ratio: float = 1.0) -> float | None:
    """n + n·π₀/(1−π₀) with observed shares in place of chances; None when a cell is empty."""
    if (cells == 0).any():
        return None
    log_odds = _signs(len(cells)) @ np.log(cells / cells.sum()) - np.log(ratio)
    return float(cells.sum() * (1 + np.exp(log_odds)))


def sensitivity(
    cells: NDArray[np.int64], *, ratios: tuple[float, ...] = RATIOS, draws: int = DRAWS, seed: int = 0
) -> Sensitivity:
    """π₀ = r/(ξ+r) with r = Π p(odd patterns)/Π p(even patterns); p ~ Dirichlet(counts + 1), n₀ ~ NegBin(n, 1−π₀)."""
    chance, documented = np.random.default_rng(seed), int(cells.sum())
    log_ratio = np.concatenate([_log_ratios(chance, cells, size) for size in _blocks(draws)])
    odds = [np.exp(log_ratio - np.log(ratio)) for ratio in ratios]
    unseen = [chance.negative_binomial(documented, expit(-np.log(o))) for o in odds]
    return Sensitivity(ratios=ratios, totals=documented + np.array(unseen, dtype=float))


def _log_ratios(chance: np.random.Generator, cells: NDArray[np.int64], draws: int) -> NDArray[np.float64]:
    """ln r of Dirichlet(counts + 1) draws: odd patterns outnumber even ones by one, so one sum of gammas divides."""
    gammas = chance.standard_gamma(cells + 1.0, size=(draws, len(cells)))
    return np.asarray(np.log(gammas) @ _signs(len(cells)) - np.log(gammas.sum(axis=1)))


def _signs(cells: int) -> NDArray[np.float64]:
    """+1 for patterns of an odd number of lists, −1 for even ones, by code 1 .. 2^J − 1."""
    return np.array([1.0 if code.bit_count() % 2 else -1.0 for code in range(1, cells + 1)])


def _blocks(draws: int) -> list[int]:
    return [min(BLOCK, draws - done) for done in range(0, draws, BLOCK)]
