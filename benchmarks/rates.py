"""The speeds the rates promise, each beside its peer measured in the same run.

    python benchmarks/rates.py

bootstrap  10,000 replicates of a ratio over 100,000 incidents; peer: NumPy drawing incidents one by one (100 replicates, scaled)
changes    Poisson PELT on 10,000 periods without a change (its worst case); peer: the same search in NumPy, row by row
ruptures   the same beside ruptures' Pelt where it is installed, timed at 250 and 500 periods in processor time (least squares: it has
           no Poisson cost); its time at 10,000 is worked out from their growth, or run with --whole (many minutes)
regression interval-censored negative binomial on 2,000 incidents; peer: statsmodels' negative binomial on their minimums
"""

from __future__ import annotations

import argparse
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


def processor(work: Callable[[], Any]) -> float:
    """Seconds of this process, which other processes on the machine do not lengthen much."""
    started = time.process_time()
    work()
    return time.process_time() - started


def with_ruptures(whole: bool) -> None:
    """ruptures drops nothing it could where there is no change: its time grows with the square of the periods or faster."""
    try:
        import ruptures
    except ModuleNotFoundError:
        print("ruptures is not installed: pip install ruptures")
        return
    counts, times = np.random.default_rng(0).poisson(5, 10_000).astype(float), {}
    for periods in (250, 500, *((10_000,) if whole else ())):
        search = ruptures.Pelt(model="l2", min_size=1, jump=1)
        penalty = 2 * math.log(periods) * counts.var()
        times[periods] = processor(lambda: search.fit(counts[:periods, None]).predict(pen=penalty))  # noqa: B023
        print(f"ruptures {ruptures.__version__}, Pelt, n = {periods:,}: {times[periods]:.2f} s", flush=True)
    growth = math.log2(times[500] / times[250])
    theirs = times.get(10_000, times[500] * 20**growth)
    poisson_changes(counts[:50], penalty=1.0)  # compiled once, then kept on disk
    ours = processor(lambda: poisson_changes(counts, penalty=2 * math.log(10_000)))
    how = "run" if whole else f"from growth n^{growth:.2f}"
    print(f"n = 10,000: ours {ours:.3f} s, ruptures {theirs:.0f} s ({how}), {theirs / ours:,.0f} times as fast")


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
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--whole", action="store_true", help="run ruptures at 10,000 periods too")
    asked.add_argument("--only", choices=["bootstrap", "changes", "ruptures", "regression"])
    words = asked.parse_args()
    studies = {
        "bootstrap": bootstrap,
        "changes": changes,
        "ruptures": lambda: with_ruptures(words.whole),
        "regression": regression,
    }
    for name, study in studies.items():
        if words.only in (None, name):
            study()
