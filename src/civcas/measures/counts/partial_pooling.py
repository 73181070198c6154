"""Rates of many places and months at once, each lending the others strength: a Bayesian hierarchical count model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from civcas.errors import BadInput, MissingExtra
from civcas.measures.counts.convergence import effective_size, split_r_hat

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

FAR = 1e7  # an open end; no month kills as many


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """A group of effects that share a scale: which one a row has (0, 1, …), and how far it applies there (0 or 1)."""

    name: str
    level: Whole
    active: Floats
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Posterior:
    """Draws, (chains, draws, parameters): coefficients; each group's effects on the log scale; scales; dispersion."""

    coefficients: Floats
    effects: dict[str, Floats]
    scales: dict[str, Floats]
    dispersion: Floats
    divergent: int
    rhat: float
    least_effective: float

    @property
    def converged(self) -> bool:
        """A single divergent draw is too many: it says that a part of the posterior was not reached."""
        return self.rhat < 1.01 and self.least_effective >= 400 and self.divergent == 0


def partially_pooled(
    *, low: Floats, high: Floats, exposure: Floats, design: Floats, prior: Sequence[float], groups: Sequence[Effects] = (),
    chains: int = 4, warm: int = 700, draws: int = 1000, seed: int = 1,
) -> Posterior:  # fmt: skip
    """Sample log mean = log exposure + design·β + Σ scale_g · z_g, counts negative binomial and known to lie in [low, high].

    β ~ N(0, prior²), z ~ N(0, 1), scales and dispersion ~ half-normal(1) (Gelman 2006; non-centred after Papaspiliopoulos,
    Roberts and Sköld 2007). Convergence: split R-hat below 1.01, at least 400 effective draws, none
    divergent. NaN high is open above, NaN low is 0. Unreported deaths are outside the model.
    """
    low, high = np.where(np.isnan(low), 0.0, low), np.where(np.isfinite(high), high, FAR)
    if (low > high).any() or (low < 0).any() or not (exposure > 0).all():
        raise BadInput(
            "a minimum above its maximum, a negative count or an exposure of zero",
            expected="0 ≤ min ≤ max and exposure > 0",
        )
    width = design.shape[1]
    starts = np.cumsum([width, *(group.count for group in groups)])
    level = np.column_stack([group.level for group in groups]) if groups else np.zeros((len(low), 0), np.int64)
    active = np.column_stack([group.active for group in groups]) if groups else np.zeros((len(low), 0))
    size = int(starts[-1]) + len(groups) + 1
    given = (low, high, np.log(exposure), np.ascontiguousarray(design, float), np.array(prior, float),
             np.ascontiguousarray(level.astype(np.int64)), np.ascontiguousarray(active), starts[:-1].astype(np.int64))  # fmt: skip
    sampler = _compiled()
    seeds = np.random.SeedSequence(seed).generate_state(chains)
    middle = np.log((low.sum() + 1) / exposure.sum())

    def chain(number: int) -> tuple[Floats, int, float]:
        start = np.random.default_rng(seeds[number]).normal(0, 0.3, size)
        start[0] += middle
        found: tuple[Floats, int, float] = sampler(start, warm, draws, int(seeds[number]), *given)
        return found

    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(chain, range(chains)))
    every = np.stack([each[0] for each in made])
    last = len(groups) + 1
    scales = np.exp(every[:, :, size - last : size - 1])
    return Posterior(
        coefficients=every[:, :, :width],
        effects={
            g.name: every[:, :, starts[i] : starts[i + 1]] * scales[:, :, i : i + 1] for i, g in enumerate(groups)
        },
        scales={g.name: scales[:, :, i] for i, g in enumerate(groups)},
        dispersion=np.exp(every[:, :, -1]),
        divergent=sum(each[1] for each in made),
        rhat=float(max(split_r_hat(every[:, :, each]) for each in range(size))),
        least_effective=float(min(effective_size(every[:, :, each]) for each in range(size))),
    )


def _compiled() -> Callable[..., Any]:
    try:
        from civcas.measures.counts.hamiltonian import sample
    except ModuleNotFoundError as absent:
        if absent.name != "numba":
            raise
        raise MissingExtra("the partially pooled model", "estimators") from absent
    compiled: Callable[..., Any] = sample
    return compiled
