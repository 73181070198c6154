"""The speeds the rates promise, each beside its peer measured in the same run.

    python benchmarks/rates.py

bootstrap  10,000 replicates of a ratio over 100,000 incidents; peer: NumPy drawing incidents one by one (100 replicates, scaled)
changes    Poisson PELT on 10,000 periods without a change (its worst case); peer: the same search in NumPy, row by row
regression interval-censored negative binomial on 2,000 incidents; peer: statsmodels' negative binomial on their minimums
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from civcas.measures.counts.change_points import poisson_changes
from civcas.measures.counts.negative_binomial import interval_regression
from civcas.measures.incidents.comparison import Sample, chance


def timed(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def say(name: str, ours: float, peer: float, target: str) -> None:
    print(f"{name}: {ours:.3f} s; peer {peer:.3f} s; {peer / ours:.2g} times as fast (target {target})", flush=True)


def bootstrap() -> None:
    draw, n, replicates = np.random.default_rng(5), 100_000, 10_000
    side = (draw.random(n) < 0.12).astype(int)
    spread = math.log1p(7 / 4.34)
    killed = draw.poisson(draw.lognormal(math.log(4.34) - spread / 2, math.sqrt(spread), n)).astype(float)
    numbers = np.zeros((n, 4))
    numbers[np.arange(n), 2 * side], numbers[np.arange(n), 2 * side + 1] = killed, 1
    given = Sample(numbers=numbers, exposure=(1.0, 1.0))

    def one_by_one() -> None:
        for _ in range(100):
            picked = numbers[draw.integers(0, n, n)].sum(0)
            _ = picked[0] / picked[2]

    ours = timed(lambda: chance(given, level=0.95, replicates=replicates, seed=1))
    say(
        "bootstrap ratio, 10,000 replicates over 100,000 incidents",
        ours,
        timed(one_by_one) * replicates / 100,
        "under 2 s",
    )


def changes() -> None:
    counts = np.random.default_rng(0).poisson(5, 10_000).astype(float)
    penalty = 2 * math.log(10_000)
    poisson_changes(counts[:50], penalty=penalty)  # compiled once, then kept on disk

    def by_row() -> tuple[int, ...]:
        n, sums = len(counts), np.append(0.0, np.cumsum(counts))
        best = np.full(n + 1, -penalty)
        for end in range(1, n + 1):
            total, length = sums[end] - sums[:end], end - np.arange(end)
            with np.errstate(divide="ignore", invalid="ignore"):
                fit = np.where(total > 0, total * np.log(total / length), 0.0)
            best[end] = (best[:end] + 2 * (total - fit)).min() + penalty
        return ()

    say(
        "Poisson PELT, n = 10,000",
        timed(lambda: poisson_changes(counts, penalty=penalty)),
        timed(by_row),
        "under 0.4 s",
    )


def regression() -> None:
    import statsmodels.api as sm

    draw = np.random.default_rng(4)
    low = draw.negative_binomial(1.2, 0.2, 2000).astype(float)
    high = low + draw.poisson(2, 2000)
    design = np.column_stack([np.ones(2000), np.arange(2000) % 2, draw.integers(0, 12, 2000) == 3]).astype(float)
    ours = timed(lambda: interval_regression(low=low, high=high, design=design, exposure=np.ones(2000)))
    peer = timed(lambda: sm.NegativeBinomial(low, design).fit(disp=0))
    say("interval regression, 2,000 incidents (the peer knows each count exactly)", ours, peer, "none")


if __name__ == "__main__":
    for study in (bootstrap, changes, regression):
        study()
