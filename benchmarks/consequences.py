"""How often wakes cry wolf, how often they are right, and how fast wakes and point processes are.

Run one part: python benchmarks/consequences.py null|effect|wakes|million|hawkes [data sets]
Data are made up here; `wakes` also takes a file in the published format: python benchmarks/consequences.py wakes FILE.csv
"""

from __future__ import annotations

import importlib.util
import math
import resource
import sys
import time
from collections import Counter
from typing import Any

import numpy as np

from civcas.measures.consequences import hawkes, wake_design
from civcas.measures.consequences.events import CONTROL, OUTCOME, TREATMENT, Events, sorted_by_time
from civcas.measures.consequences.wakes import Windows, count

WINDOWS = Windows(days=(2, 4, 6, 8, 10), km=(2.0, 4.0, 6.0, 8.0, 10.0))
YEAR, DEGREE = 365, 111.111
WORLDS = ("even", "outcome in clusters", "all in clusters", "treatment in bursts")


def world(
    rng: np.random.Generator, kind: str, *, wakes: int = 300, outcomes: int = 1500, effect: float = 0.0
) -> Events:
    """A degree square over a year; `effect` further outcomes follow each treatment within 2 days and 2 km."""

    def even(n: int) -> np.ndarray:
        return np.stack([rng.uniform(0, YEAR, n), rng.uniform(0, 1, n), rng.uniform(0, 1, n)], 1)

    def clustered(n: int, parents: np.ndarray, km: float, days: float) -> tuple[np.ndarray, np.ndarray]:
        which = rng.integers(0, len(parents), n)
        spread = np.stack([rng.exponential(days, n), rng.normal(0, km / 111, n), rng.normal(0, km / 111, n)], 1)
        return parents[which] + spread, which

    hot = even(60)
    out, here, treated = even(outcomes), even(wakes), rng.random(wakes) < 0.4
    if kind != "even":
        out = np.concatenate([clustered(outcomes // 2, hot, 5, 10)[0], even(outcomes // 2)])
    if kind == "all in clusters":
        here = np.concatenate([clustered(wakes // 2, hot, 5, 10)[0], even(wakes // 2)])
    if kind == "treatment in bursts":
        here, burst = clustered(wakes, even(wakes // 4), 3, 5)
        treated = (rng.random(wakes // 4) < 0.4)[burst]
    extra = np.repeat(here[treated], rng.poisson(effect, int(treated.sum())), axis=0)
    turn, far = rng.uniform(0, 2 * math.pi, len(extra)), 1.9 * np.sqrt(rng.random(len(extra))) / DEGREE
    extra = (
        np.floor(extra[:, :1]) + rng.integers(1, 3, (len(extra), 1)),
        extra[:, 1:] + np.stack([far * np.cos(turn), far * np.sin(turn)], 1),
    )
    rows = np.concatenate([out, here, np.concatenate(extra, axis=1)])
    kinds = np.concatenate(
        [np.full(len(out), OUTCOME), np.where(treated, TREATMENT, CONTROL), np.full(len(extra[0]), OUTCOME)]
    )
    kept = rows[:, 0] < YEAR
    days = np.floor(rows[kept, 0])
    return sorted_by_time(days=days, latitude=rows[kept, 1], longitude=rows[kept, 2], kind=kinds[kept])


def null(sets: int) -> None:
    for kind in WORLDS:
        rng, said, first, began = np.random.default_rng(8), Counter(), 0, time.perf_counter()
        for k in range(sets):
            found = wake_design.ask(world(rng, kind), WINDOWS, limits=wake_design.Limits(draws=199, seed=k))
            said[str(found.direction)] += 1
            first += min(x["p"] for x in found.numbers["published_method"] if x["p"] is not None) < 0.05
        wrong = (said["more"] + said["less"]) / sets
        print(f"no effect, {kind}: more or less in {wrong:.1%} of {sets} ({dict(said)}); the published method in {first / sets:.1%}; "
              f"{time.perf_counter() - began:.0f} s", flush=True)  # fmt: skip


def effect(sets: int) -> None:
    for size in (0.25, 0.5, 1.0, 2.0):
        rng, said, all_in, head_in, one = np.random.default_rng(9), Counter(), 0, 0, np.zeros(25)
        for k in range(sets):
            found = wake_design.ask(
                world(rng, "even", effect=size), WINDOWS, limits=wake_design.Limits(draws=199, seed=k)
            )
            said[str(found.direction)] += 1
            all_in += all(e.low <= size <= e.high for e in found.effects)
            head_in += found.headline.low <= size <= found.headline.high
            one += [abs(e.value - size) <= 1.959964 * e.se for e in found.effects]
        print(f"effect {size}: more in {said['more'] / sets:.1%}, less in {said['less'] / sets:.1%}; the band holds the truth in all "
              f"windows in {all_in / sets:.1%}, in the headline's in {head_in / sets:.1%}; one window's 95% interval "
              f"in {one.mean() / sets:.1%} ({one.min() / sets:.1%}–{one.max() / sets:.1%})", flush=True)  # fmt: skip


def wakes(path: str = "") -> None:
    if path:
        from civcas.measures.consequences import event_file

        events = event_file.pick(
            event_file.read([path]), treatment="treatment", control="control", outcome="dependent", duplicates="keep"
        )
    else:
        events = world(np.random.default_rng(1), "even", wakes=2000, outcomes=18000)
    timed(f"counting {len(events.days)} events", lambda: count(events, WINDOWS, same_day=True))
    timed("the whole answer with 999 permutations", lambda: wake_design.ask(events, WINDOWS))


def million(_: int) -> None:
    rng = np.random.default_rng(1)
    n = 1_000_000
    kind = np.where(rng.random(n) < 0.9, OUTCOME, np.where(rng.random(n) < 0.5, TREATMENT, CONTROL))
    days, where = np.floor(rng.uniform(0, 3650, n)), rng.uniform(0, 3, (2, n))
    events = sorted_by_time(days=days, latitude=where[0], longitude=where[1], kind=kind)
    timed("counting 1,000,000 events", lambda: count(events, WINDOWS), times=1)
    timed("the whole answer on 1,000,000 events, 999 permutations", lambda: wake_design.ask(events, WINDOWS), times=1)
    print(f"largest memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2:.2f} GiB")


def drawn(branching: list[list[float]], level: float, end: float, seed: int) -> list[np.ndarray]:
    n = len(branching)
    model = hawkes.Fit(
        branching=np.array(branching), rate=1.5, background=np.full((n, 1), math.log(level)), loglik=0.0, converged=True
    )
    clock = hawkes.Stream(time=np.zeros(10**6), kind=np.zeros(1, np.int64), end=end, bin=np.zeros(1, np.int64),
                          width=np.array([end]), design=np.ones((1, 1)))  # fmt: skip
    return hawkes.simulate(model, clock, seed=seed)


def point_process(_: int) -> None:
    for end in (1e4, 1e5, 1e6):
        times = drawn([[0.6]], 0.4, end, 1)
        ours = timed(
            f"univariate, {len(times[0])} events",
            lambda t=times, e=end: hawkes.fit(hawkes.stream(t, end=e)),
            show=_fitted,
        )
        if importlib.util.find_spec("intensify") is None:
            print("  intensify is not installed; no peer in this run")
            continue
        theirs = timed("  intensify", lambda t=times, e=end: _peer(t[0], e), show=_peer_fitted)
        print(f"  ratio: {theirs / ours:.1f} times as fast")
    both = drawn([[0.3, 0.2], [0.1, 0.4]], 0.2, 1e6, 2)
    timed(f"bivariate, {sum(map(len, both))} events", lambda: hawkes.fit(hawkes.stream(both, end=1e6)), show=_fitted)


def _peer(times: np.ndarray, end: float) -> Any:
    import intensify

    return intensify.Hawkes(mu=0.3, kernel=intensify.ExponentialKernel(alpha=0.3, beta=1.0)).fit(times, T=end)


def _peer_fitted(found: Any) -> str:
    return f"{found.params}, ℓ {found.log_likelihood:.3f}"


def _fitted(found: hawkes.Fit) -> str:
    level = np.exp(found.background[:, 0]).round(5).tolist()
    return f"n {found.branching.round(5).tolist()}, β {found.rate:.5f}, μ {level}, ℓ {found.loglik:.3f}"


def timed(what: str, work: object, *, times: int = 3, show: object = None) -> float:
    """The best of several runs after one that compiles, in seconds, printed."""
    result = work() if times > 1 else None  # type: ignore[operator]
    seconds = []
    for _ in range(times):
        began = time.perf_counter()
        result = work()  # type: ignore[operator]
        seconds.append(time.perf_counter() - began)
    print(f"{what}: {min(seconds):.3f} s" + (f" ({show(result)})" if show else ""), flush=True)  # type: ignore[operator]
    return min(seconds)


if __name__ == "__main__":
    parts = {"null": null, "effect": effect, "million": million, "hawkes": point_process}
    part, *rest = sys.argv[1:] or ["wakes"]
    if part == "wakes":
        wakes(*rest)
    else:
        parts[part](int(rest[0]) if rest else 1000)
