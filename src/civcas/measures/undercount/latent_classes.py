"""The latent class model (LCMCR): people fall into classes whose chances of being listed differ, how many is learnt.

Manrique-Vallier (2016). Within a class lists are independent; the mixture makes any dependence. Prior:
λ ~ Beta(1, 1), class weights stick-breaking with α ~ Gamma(0.25, rate 0.25), p(N) ∝ 1/N up to a limit.
Several chains run until they agree and amount to enough independent draws; when they do not, there is no
estimate (one chain alone can look perfect and be wrong).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from civcas.errors import MissingExtra
from civcas.measures.counts.convergence import effective_size, quantile_error, split_r_hat, tail_size
from civcas.measures.undercount.class_guesses import Guess, Ladder, joined
from civcas.measures.undercount.class_guesses import none as no_ladder
from civcas.measures.undercount.overlap import Overlap

SEED = 19481210  # HRDAG's: the day of the Universal Declaration of Human Rights
MOST_CLASSES = 15
LIMIT = 20  # the unseen may be at most so many times the documented
R_HAT, ENOUGH_DRAWS = 1.01, 400
TAILS = (0.025, 0.975)
CLOSE = 0.01  # Monte Carlo standard error of either limit, as a part of the total, at which sampling may stop
WARM_UP, STRETCH, MOST_ITERATIONS, THIN = 6_000, 10_000, 100_000, 5
NEARLY, LONGER = 1.05, 300_000  # chains that nearly agree may go on for longer
CHAINS = 8  # four can all start in the same part of a posterior that has two; eight seldom do
SWAPS, SLICES, STRETCHES, SPLIT_EVERY = 10, 8, 8, 5
APART = 1.2  # split R-hat after the first stretch from which on chains are put on ladders
AVERAGED, TUNINGS, TUNING = 1_500, 6, 300
LONGEST_TABLE = 2_000_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Posterior:
    """Draws of the unseen (chains × draws), and whether they may be used.

    `tail_size` is how many independent draws the less sure of the two 95% limits rests on, `limit_error` the larger
    Monte Carlo standard error of the two as a part of the total. `laddered` says that chains disagreed at first.
    """

    documented: int
    unseen: NDArray[np.float64]
    r_hat: float
    effective_size: float
    tail_size: float
    limit_error: float
    iterations: int
    classes: int
    at_limit: float
    seed: int
    chain_means: tuple[float, ...] = field(default=())
    laddered: bool = False

    @property
    def converged(self) -> bool:
        return self.r_hat < R_HAT and min(self.effective_size, self.tail_size) >= ENOUGH_DRAWS

    @property
    def totals(self) -> NDArray[np.float64]:
        return self.documented + self.unseen.ravel()


def sample(
    overlap: Overlap, *, seed: int = SEED, chains: int = CHAINS, classes: int | None = None,
    iterations: int | None = None, progress: Callable[[int, float, float], None] | None = None,
) -> Posterior:  # fmt: skip
    """Run chains until they agree and the limits are known, or `iterations` a chain are spent.

    Where no number of iterations is named that is 100,000, or 300,000 while split R-hat is below 1.05.

    They agree when split R-hat on log n₀ is below 1.01 and its mean and both 95% limits rest on 400 independent draws
    (Vehtari et al. 2021); the limits are known when their Monte Carlo standard error is below 1% of the total.
    The same seed gives the same draws on any number of processors. `progress(iterations, r_hat, draws)` is
    told after each stretch. The first third of what has been drawn is left out at each look. Chains that plainly disagree
    at a look go on from there on ladders (`class_levels`), and what they drew before is left out.
    """
    most = iterations or MOST_ITERATIONS
    width = classes or min(2 ** len(overlap.lists) - 1, MOST_CLASSES)
    started = [Chain.start(overlap, width, source) for source in np.random.SeedSequence(seed).spawn(chains)]
    drawn = np.empty((chains, 0))
    with ThreadPoolExecutor(min(chains, os.cpu_count() or 1)) as workers:
        list(workers.map(Chain.warm_up, started))
        laddered = False
        while True:
            stretch = min(STRETCH, most - drawn.shape[1] * THIN)
            drawn = np.hstack([drawn, np.array(list(workers.map(Chain.run, started, [stretch] * chains)))])
            found = _look(overlap, drawn, width, seed, laddered)
            if progress is not None:
                progress(found.iterations, found.r_hat, found.effective_size)
            if (found.converged and found.limit_error < CLOSE) or found.iterations >= most:
                if iterations or found.converged or found.r_hat >= NEARLY or found.iterations >= LONGER:
                    return found
                most = LONGER
            if found.r_hat >= APART and not laddered:
                _put_on_ladders(overlap, started, workers)
                drawn, laddered = drawn[:, :0], True


def _put_on_ladders(overlap: Overlap, chains: list[Chain], workers: ThreadPoolExecutor) -> None:
    """Every chain gets a ladder between what all of them say of the classes, tuned on all of them and then left alone."""
    totals = list(workers.map(Chain.averaged, chains))
    ladder = Ladder.first(overlap, joined([Guess.of(total, overlap.counts) for total in totals]))
    for chain in chains:
        chain.ladder = (ladder.fixed(), ladder.moving(chain.fixed[0]), ladder.tallies())
    for _ in range(TUNINGS):
        list(workers.map(Chain.run, chains, [TUNING] * len(chains)))
        ladder = ladder.tuned([chain.ladder[2] for chain in chains])
        for chain in chains:
            chain.ladder = (ladder.fixed(), chain.ladder[1], ladder.tallies())


def _look(overlap: Overlap, drawn: NDArray[np.float64], classes: int, seed: int, laddered: bool) -> Posterior:
    kept = drawn[:, drawn.shape[1] // 3 :]
    logs = np.log(np.where(kept == 0, 0.1, kept))
    return Posterior(
        documented=overlap.n,
        unseen=kept,
        r_hat=split_r_hat(logs),
        effective_size=effective_size(logs),
        tail_size=min(tail_size(logs, share) for share in TAILS),
        limit_error=_limit_error(overlap.n + kept),
        iterations=drawn.shape[1] * THIN,
        classes=classes,
        at_limit=float((kept > 0.9 * LIMIT * overlap.n).mean()),
        seed=seed,
        chain_means=tuple(float(overlap.n + mean) for mean in kept.mean(axis=1)),
        laddered=laddered,
    )


def _limit_error(totals: NDArray[np.float64]) -> float:
    return max(quantile_error(totals, share) / float(np.quantile(totals, share)) for share in TAILS)


@dataclass(slots=True, kw_only=True, eq=False)
class Chain:
    """One chain's state: arrays that the compiled sampler changes in place."""

    fixed: tuple[Any, ...]
    state: tuple[Any, ...]
    ladder: tuple[Any, ...]

    @classmethod
    def start(cls, overlap: Overlap, classes: int, source: np.random.SeedSequence) -> Chain:
        """A start drawn from the prior, so that chains begin apart."""
        chance, lists = np.random.Generator(np.random.SFC64(source)), len(overlap.lists)
        sticks = chance.random(classes)
        log_stick, log_rest = np.log(sticks), np.log1p(-sticks)
        log_stick[-1] = log_rest[-1] = 0.0
        log_weight = log_stick + np.concatenate([[0.0], np.cumsum(log_rest[:-1])])
        profiles = np.clip(chance.random((lists, classes)), 1e-6, 1 - 1e-6)
        base = np.exp(log_weight) * np.prod(1 - profiles, axis=0)
        offsets = np.concatenate([[0], np.cumsum(overlap.patterns.sum(axis=1, dtype=np.int64))])
        table = gammaln(np.arange(1, min((LIMIT + 1) * overlap.n + 10, LONGEST_TABLE), dtype=float))
        members = np.nonzero(overlap.patterns)[1]
        unseen = np.zeros(classes, dtype=np.int64)
        return cls(
            fixed=(chance, offsets, members, overlap.counts, table, LIMIT * overlap.n),
            state=(unseen, log_weight, log_stick, log_rest, base, profiles / (1 - profiles), np.ones(1)),
            ladder=no_ladder(classes, lists),
        )

    def warm_up(self) -> None:
        """Four stretches, classes put in order of size before the second and third; splits tried at every step."""
        for sort in (False, True, True, False):
            self._iterate(WARM_UP // 4, split_every=1, sort=sort)

    def run(self, iterations: int) -> NDArray[np.float64]:
        return self._iterate(iterations, split_every=SPLIT_EVERY)

    def averaged(self) -> NDArray[np.float64]:
        """How often whom was in which class over a stretch in which classes keep their labels (patterns + 1 × classes)."""
        total = np.zeros((len(self.fixed[3]) + 1, len(self.state[0])))
        self._iterate(AVERAGED, split_every=AVERAGED + 1, swaps=0, total=total)
        return total

    def _iterate(
        self, iterations: int, *, split_every: int, sort: bool = False, swaps: int = SWAPS,
        total: NDArray[np.float64] | None = None,
    ) -> NDArray[np.float64]:  # fmt: skip
        kept, whole = np.empty(iterations // THIN), np.zeros((0, 0)) if total is None else total
        _compiled()(
            *self.fixed,
            *self.state,
            *self.ladder,
            iterations,
            THIN,
            sort,
            swaps,
            SLICES,
            STRETCHES,
            split_every,
            kept,
            whole,
        )
        return kept


def _compiled() -> Callable[..., int]:
    try:
        from civcas.measures.undercount.class_sampler import iterate
    except ModuleNotFoundError as missing:
        if missing.name != "numba":
            raise
        raise MissingExtra("the latent class model", "estimators") from None
    return iterate  # type: ignore[no-any-return]
