"""Two lists: Lincoln–Petersen, Chapman and Chao's lower bound, which need no model of how lists depend."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from civcas.measures.undercount.overlap import Overlap


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapman:
    """Chapman's estimate of two lists with its standard error and interval."""

    value: float
    standard_error: float
    low: float
    high: float


def lincoln_petersen(first: int, second: int, both: int) -> float:
    """n₁n₂/m: everyone, if the lists are independent and each person as likely as another (Petersen 1896)."""
    return first * second / both


def chapman(first: int, second: int, both: int, *, level: float = 0.95) -> Chapman:
    """Chapman (1951), nearly unbiased; variance Seber (1970).

    The interval is log-normal in the number on no list, so that its low end never lies below the documented.
    """
    value = (first + 1) * (second + 1) / (both + 1) - 1
    spread = (first + 1) * (second + 1) * (first - both) * (second - both) / ((both + 1) ** 2 * (both + 2))
    documented = first + second - both
    low, high = log_normal_limits(documented, value - documented, np.sqrt(spread), level=level)
    return Chapman(value=value, standard_error=float(np.sqrt(spread)), low=low, high=high)


def log_normal_limits(documented: float, unseen: float, standard_error: float, *, level: float) -> tuple[float, float]:
    """n + n̂₀/C and n + n̂₀·C with C = exp(z·√ln(1 + (se/n̂₀)²)) (Burnham et al. 1987; Chao 1987)."""
    if unseen <= 0:
        return float(documented), float(documented)
    spread = np.exp(norm.ppf((1 + level) / 2) * np.sqrt(np.log1p((standard_error / unseen) ** 2)))
    return float(documented + unseen / spread), float(documented + unseen * spread)


def chao_lower_bound(overlap: Overlap) -> float:
    """n + ((J−1)/J)·f₁(f₁−1)/(2(f₂+1)): at least so many, however unequal people's chances are (Chao 1987)."""
    on, lists = overlap.patterns.sum(axis=1), len(overlap.lists)
    once, twice = int(overlap.counts[on == 1].sum()), int(overlap.counts[on == 2].sum())
    return overlap.n + (lists - 1) / lists * once * (once - 1) / (2 * (twice + 1))
