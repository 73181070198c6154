"""How strong a change of level looks in months without one that resemble their neighbours: thresholds by seeded simulation."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from civcas.measures.counts.alike_models import alike_noise
from civcas.measures.counts.level_likelihood import ChangeDesign, change_design, log_likelihood

Floats = NDArray[np.float64]

LONGEST = 120  # months; for longer series the thresholds of these serve, which are a little stricter
REPLICATES = 600
SIZES = np.array([0.0, 1.0, 2.0, 3.0, 5.0])  # of a change in the middle, in standard deviations of months
PLACES = 48  # at which the simulated series are tried; neighbouring places of a long series say nearly the same
NULLS = ((0.0, 0.0), (0.4, 0.0), (0.8, 0.0), (0.8, 0.5))  # correlation, own share: the strictest decides
SEED = 20161001
POWER = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """`excess`: (sizes, nulls, replicates), the best change's log likelihood over the true change's, sorted.

    `gain`: the same shape, over that of no change, sorted: how strong a change of each size looks.
    """

    excess: Floats
    gain: Floats

    def p(self, gain: float) -> float:
        """How often months without a change show one as strong, in the null where that is commonest."""
        more = (self.excess[0] >= gain - 1e-9).sum(1).max()
        return float((1 + more) / (1 + self.excess.shape[2]))

    def allowed(self, level: float) -> Floats:
        """For each of `SIZES`, how far below the best the true change may lie at this level; it never grows with the size."""
        # the same count as in `p`, so that the interval leaves 1 out exactly where p is at most 1 − level
        rank = int(np.ceil(level * (1 + self.excess.shape[2]))) - 1
        worst = self.excess[:, :, min(rank, self.excess.shape[2] - 1)].max(1)
        return np.asarray(np.maximum.accumulate(worst[::-1])[::-1])

    def visible(self, level: float, correlation: float) -> float:
        """The size of a change in the middle that is shown four times in five, in standard deviations; infinite beyond the last."""
        null = min(range(len(NULLS)), key=lambda each: (abs(NULLS[each][0] - correlation), NULLS[each][1]))
        seen = (self.gain[:, null] > self.allowed(level)[0]).mean(1)
        return float(np.interp(POWER, np.maximum.accumulate(seen), SIZES)) if seen.max() >= POWER else float("inf")


@lru_cache(maxsize=32)
def thresholds(months: int) -> Thresholds:
    """Simulated once for each length of series. Likelihood ratios are free of level and spread, so no data enter."""
    design = change_design(months)
    random = np.random.default_rng([SEED, months])
    noise = np.concatenate(
        [alike_noise(random, months=months, times=REPLICATES, correlation=rho, own_share=s) for rho, s in NULLS], axis=1
    )
    none, steady, best = _largest(design, noise)
    shape = (len(SIZES), len(NULLS), REPLICATES)
    return Thresholds(
        excess=np.sort(np.maximum(best - steady, 0.0).reshape(shape), 2), gain=np.sort((best - none).reshape(shape), 2)
    )


def _largest(design: ChangeDesign, noise: Floats) -> tuple[Floats, Floats, Floats]:
    """For noise with a change of each size in the middle: log likelihood of no change, of the true change, and of the best one."""
    middle = (np.arange(len(noise)) >= len(noise) // 2).astype(float)
    none, best = (np.full((len(SIZES), noise.shape[1]), -np.inf) for _ in range(2))
    steady = np.full(noise.shape[1], -np.inf)
    tried = slice(None, None, -(-len(design.after) // PLACES))
    for model, base in enumerate(design.base):
        white, step = design.whitener[model] @ noise, design.whitener[model] @ middle
        along, turned = design.step[model, tried] @ white, design.step[model, tried] @ step
        squares, flat = (white**2).sum(0), design.constant[model] @ white
        across, high = step @ white, design.constant[model] @ step
        np.maximum(steady, base + log_likelihood(squares - flat**2, design.freedom), out=steady)
        for at, size in enumerate(SIZES):
            around = squares + 2 * size * across + size**2 * (step @ step) - (flat + size * high) ** 2
            left = around - ((along + size * turned[:, None]) ** 2).max(0)
            np.maximum(none[at], base + log_likelihood(around, design.freedom), out=none[at])
            np.maximum(best[at], base + log_likelihood(left, design.freedom), out=best[at])
    return none, steady, best
