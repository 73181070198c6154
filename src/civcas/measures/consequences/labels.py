"""Labels: what the data would have shown had the same events been called treatment and control in another order."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from civcas.measures.consequences.compiling import compiled
from civcas.measures.consequences.finding import p_among

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

TILE = 64  # permutations that share one pass over the wakes; small enough to stay in the cache
FEW_ORDERS = 5_000  # with fewer different shifts than this, labels are permuted freely


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """The effect in each window, and what it would be by the luck of the labels.

    `effect`, `se`: one a window, not a number (nan) where nothing varies. `critical`: the `level` quantile of the
    largest |t| over windows, so `effect ± critical·se` covers all windows at once. `p`: of the largest |t|.
    """

    effect: Floats
    se: Floats
    critical: float
    p: float
    n: int
    degrees: int
    ordering: str

    @property
    def t(self) -> Floats:
        return self.effect / self.se

    @property
    def low(self) -> Floats:
        return self.effect - self.critical * self.se

    @property
    def high(self) -> Floats:
        return self.effect + self.critical * self.se


def contrast(
    *,
    outcome: Floats,
    covariates: Floats,
    dose: Floats,
    stratum: Integers,
    when: Floats,
    bursts: bool = False,
    draws: int = 999,
    level: float = 0.95,
    seed: int = 20170123,
) -> Contrast:
    """Effect of `dose` on `outcome` in every window, tested by permuting the doses within strata.

    `outcome` is wakes × windows, `covariates` wakes × windows × variables, `dose` 1 for treatment and 0 for control (or
    deaths). Each window is a least-squares regression on dose and covariates with an intercept for every stratum; its t
    uses the HC2 variance. Within a stratum the doses are shifted in a circle along time, which keeps runs of the same
    label together; with `bursts` whole strata are turned over instead. p = (1 + permutations with a larger max |t|)/(1 + draws).
    It assumes that within a stratum, and given the covariates, chance decided which events were treatment, and that
    missing reports are equally many on both sides. Westfall and Young (1993); DiCiccio and Romano (2017), JASA 112.
    """
    sheet = _prepared(outcome, covariates, dose, stratum, when)
    if bursts:
        effect, se, p, largest = _by_stratum(sheet, draws, seed)
        ordering = "swapped for all events of a place and period together, since treatment comes in bursts"
    else:
        effect, se, p, largest, ordering = _by_wake(sheet, draws, seed)
    varies = sheet.usable & (se > 0)
    return Contrast(
        effect=np.where(varies, effect, np.nan),
        se=np.where(varies, se, np.nan),
        critical=float(np.quantile(largest, level, method="higher")),
        p=p,
        n=len(sheet.centred),
        degrees=len(sheet.centred) - len(sheet.starts) - 1 - covariates.shape[2],
        ordering=ordering,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sheet:
    """All that stays the same when labels change; wakes are sorted by stratum and time.

    `centred`: dose less its stratum's mean; `residual`: windows × wakes; `basis`: windows × variables × wakes, orthonormal.
    By Frisch, Waugh and Lovell the effect of a dose is read off these alone.
    """

    centred: Floats
    residual: Floats
    basis: Floats
    leverage: Floats
    usable: NDArray[np.bool_]
    starts: Integers
    stops: Integers


def _prepared(outcome: Floats, covariates: Floats, dose: Floats, stratum: Integers, when: Floats) -> _Sheet:
    order = np.lexsort((when, stratum))
    starts = np.unique(stratum[order], return_index=True)[1]
    stops = np.append(starts[1:], len(order))
    y = np.ascontiguousarray(_within(outcome[order], starts, stops).T)
    x = np.ascontiguousarray(np.moveaxis(_within(covariates[order], starts, stops), 0, 2))
    for v in range(x.shape[1]):
        for earlier in range(v):
            x[:, v] -= (x[:, v] * x[:, earlier]).sum(1, keepdims=True) * x[:, earlier]
        length = np.sqrt((x[:, v] ** 2).sum(1, keepdims=True))
        x[:, v] = np.where(length > 1e-9, x[:, v] / np.where(length > 1e-9, length, 1), 0.0)
        y -= (y * x[:, v]).sum(1, keepdims=True) * x[:, v]
    return _Sheet(
        centred=_within(dose[order], starts, stops),
        residual=y,
        basis=x,
        leverage=(x**2).sum(1) + np.repeat(1 / (stops - starts), stops - starts),
        usable=(y**2).sum(1) > 1e-9,
        starts=starts,
        stops=stops,
    )


def _within(values: Floats, starts: Integers, stops: Integers) -> Floats:
    """The values less their stratum's mean; rows are sorted by stratum."""
    size = (stops - starts).reshape(-1, *[1] * (values.ndim - 1))
    mean: Floats = np.add.reduceat(values, starts, axis=0) / size
    return np.asarray(values - np.repeat(mean, stops - starts, axis=0))


def _by_wake(sheet: _Sheet, draws: int, seed: int) -> tuple[Floats, Floats, float, Floats, str]:
    """Doses shifted within strata, or permuted freely where there are few different shifts."""
    shifting = bool(np.log(sheet.stops - sheet.starts).sum() >= np.log(FEW_ORDERS))
    effect, se = _fits(sheet.centred[:, None], sheet.residual, sheet.basis, sheet.leverage)
    observed = np.max(_absolute(effect, se)[:, sheet.usable], initial=0.0)
    largest = _largest(sheet, draws, seed, shifting)
    p = p_among(observed, largest)
    return effect[0], se[0], p, largest, "shifted along time in a circle" if shifting else "dealt out again at random"


def _largest(sheet: _Sheet, draws: int, seed: int, shifting: bool) -> Floats:
    """The largest |t| over windows in each permutation; the same seed gives the same, whatever the threads."""
    if not sheet.usable.any():
        return np.zeros(draws)
    fixed = sheet.residual[sheet.usable], sheet.basis[sheet.usable], sheet.leverage[sheet.usable]

    def one(tile: int) -> Floats:
        many = min(TILE, draws - tile * TILE)
        doses = _permuted(sheet.centred, sheet.starts, sheet.stops, many, seed + 7919 * tile, shifting)
        return np.asarray(_absolute(*_fits(doses, *fixed)).max(axis=1))

    with ThreadPoolExecutor(max_workers=2) as threads:
        return np.concatenate(list(threads.map(one, range(-(-draws // TILE)))))


def _absolute(effect: Floats, se: Floats) -> Floats:
    return np.divide(np.abs(effect), se, out=np.zeros_like(effect), where=se > 0)


def _by_stratum(sheet: _Sheet, draws: int, seed: int) -> tuple[Floats, Floats, float, Floats]:
    """Whole strata's scores turned over by the toss of a coin: strata are independent, whatever happens within one.

    Wild cluster bootstrap with the null imposed for p, without it for the band. Cameron, Gelbach and Miller (2008).
    """
    along = np.einsum("i,kvi->kv", sheet.centred, sheet.basis)
    left = sheet.centred - np.einsum("kv,kvi->ki", along, sheet.basis)
    spread = np.maximum((left**2).sum(1), 1e-9)
    effect = (left * sheet.residual).sum(1) / spread
    under_null = np.add.reduceat(left * sheet.residual, sheet.starts, axis=1)
    after_fit = np.add.reduceat(left * (sheet.residual - effect[:, None] * left), sheet.starts, axis=1)
    informative = np.abs(under_null).max(0) > 1e-12
    many = max(int(informative.sum()), 2)
    coins = np.random.default_rng(seed).choice([-1.0, 1.0], (draws, len(sheet.starts)))
    se = np.sqrt((after_fit**2).sum(1) * many / (many - 1)) / spread
    observed = np.max(_studentised(under_null, np.ones((1, len(sheet.starts))))[:, sheet.usable], initial=0.0)
    restricted = _studentised(under_null, coins)[:, sheet.usable].max(axis=1, initial=0.0)
    free = _studentised(after_fit, coins)[:, sheet.usable].max(axis=1, initial=0.0)
    p = p_among(observed, np.asarray(restricted))
    return effect, se, p, np.asarray(free)


def _studentised(scores: Floats, coins: Floats) -> Floats:
    size = np.sqrt((scores**2).sum(1))
    return np.asarray(np.abs(coins @ scores.T) / np.where(size > 0, size, np.inf))


@compiled
def _permuted(centred: Any, starts: Any, stops: Any, many: Any, seed: Any, shifting: Any) -> Any:
    np.random.seed(seed)
    out = np.empty((len(centred), many))
    for b in range(many):
        for s in range(len(starts)):
            first, size = starts[s], stops[s] - starts[s]
            if shifting:
                by = np.random.randint(0, size)
                for i in range(size):
                    out[first + i, b] = centred[first + (i + by) % size]
            else:
                mixed = np.random.permutation(centred[first : stops[s]])
                for i in range(size):
                    out[first + i, b] = mixed[i]
    return out


@compiled
def _fits(doses: Any, residual: Any, basis: Any, leverage: Any) -> Any:
    """Effect and HC2 standard error for every column of `doses` (wakes × permutations) in every window."""
    wakes, many = doses.shape
    windows, variables = basis.shape[0], basis.shape[1]
    effect = np.zeros((many, windows))
    se = np.zeros((many, windows))
    square = np.zeros(many)
    for i in range(wakes):
        for b in range(many):
            square[b] += doses[i, b] * doses[i, b]
    for k in range(windows):
        with_outcome = np.zeros(many)
        with_basis = np.zeros((variables, many))
        for i in range(wakes):
            r = residual[k, i]
            for b in range(many):
                with_outcome[b] += doses[i, b] * r
            for v in range(variables):
                x = basis[k, v, i]
                for b in range(many):
                    with_basis[v, b] += doses[i, b] * x
        spread = square.copy()
        for v in range(variables):
            for b in range(many):
                spread[b] -= with_basis[v, b] ** 2
        for b in range(many):
            if spread[b] < 1e-9:
                spread[b] = np.inf
        tau = with_outcome / spread
        variance = np.zeros(many)
        left = np.empty(many)
        for i in range(wakes):
            r, room = residual[k, i], 1.0 - leverage[k, i]
            for b in range(many):
                left[b] = doses[i, b]
            for v in range(variables):
                x = basis[k, v, i]
                for b in range(many):
                    left[b] -= with_basis[v, b] * x
            for b in range(many):
                d2 = left[b] * left[b]
                e = r - tau[b] * left[b]
                free = room - d2 / spread[b]
                variance[b] += d2 * e * e / (free if free > 1e-3 else 1e-3)
        for b in range(many):
            effect[b, k] = tau[b]
            se[b, k] = np.sqrt(variance[b]) / spread[b]
    return effect, se
