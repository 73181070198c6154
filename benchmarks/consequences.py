"""How often each design cries wolf, how often it is right, and how fast wakes and point processes are.

python benchmarks/consequences.py [data sets] prints what each design says of worlds whose truth is known, the worst last.
Run one part: python benchmarks/consequences.py null|effect|table|held-out|wakes|million|hawkes [data sets]
`table 200 did` prints the rows of one design alone. Data are made up here and in tests/consequences/consequence_worlds.py;
`wakes` also takes a file in the published format: python benchmarks/consequences.py wakes FILE.csv
"""

from __future__ import annotations

import importlib.util
import math
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "consequences"))

import consequence_worlds as worlds

from civcas.measures.consequences import hawkes, panel_design, table_design, wake_design
from civcas.measures.consequences.events import CONTROL, OUTCOME, TREATMENT, Events, sorted_by_time
from civcas.measures.consequences.finding import Finding
from civcas.measures.consequences.limits import Limits
from civcas.measures.consequences.wakes import Windows, count

WINDOWS = Windows(days=(2, 4, 6, 8, 10), km=(2.0, 4.0, 6.0, 8.0, 10.0))
EITHER, PLAIN = ("more", "less", "more here", "less here"), ("more", "less")
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
        wrong = sum(said[word] for word in EITHER) / sets
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
        more, less = said["more"] + said["more here"], said["less"] + said["less here"]
        print(f"effect {size}: more in {more / sets:.1%}, less in {less / sets:.1%}; the band holds the truth in all "
              f"windows in {all_in / sets:.1%}, in the headline's in {head_in / sets:.1%}; one window's 95% interval "
              f"in {one.mean() / sets:.1%} ({one.min() / sets:.1%}–{one.max() / sets:.1%})", flush=True)  # fmt: skip


FEW = Windows(days=(2, 4), km=(2.0, 4.0, 6.0))


@dataclass(frozen=True, kw_only=True)
class World:
    """A made-up world asked of one design. `wrong` names what must hardly ever be said; `truth` is the effect, where one number is."""

    design: str
    name: str
    ask: Callable[[int], Finding]
    wrong: tuple[str, ...] = ()
    truth: float | None = None


def _wake(name: str, *, wrong: tuple[str, ...], **made: Any) -> World:
    return World(design="wake", name=name, wrong=wrong,
                 ask=lambda s: wake_design.ask(worlds.moved(seed=s, **made), FEW, limits=Limits(draws=99, seed=s)))  # fmt: skip


def _did(name: str, *, wrong: tuple[str, ...] = (), truth: float | None = None, **made: Any) -> World:
    return World(design="did", name=name, wrong=wrong, truth=truth,
                 ask=lambda s: panel_design.ask(worlds.seasons(seed=s, **made), limits=Limits(draws=99, seed=s)))  # fmt: skip


def _plain(name: str, *, wrong: tuple[str, ...] = (), truth: float | None = None, **made: Any) -> World:
    return World(design="table", name=name, wrong=wrong, truth=truth,
                 ask=lambda s: table_design.ask(**worlds.units(seed=s, **made), limits=Limits(draws=199, seed=s)))  # fmt: skip


ALL = (
    _wake("nothing to find", how="nothing", wrong=EITHER),
    _wake("attacks move 4 to 10 km away", how="moved", wrong=PLAIN),
    _wake("attacks move 6 to 16 km away", how="moved", far=(6.0, 16.0), wrong=PLAIN),
    _wake("half of the attacks near move 4 to 10 km away", how="moved", share=0.5, wrong=PLAIN),
    _wake("four in five attacks near are gone", how="fall", wrong=("more", "more here")),
    _wake("half of the attacks near are gone", how="fall", share=0.5, wrong=("more", "more here")),
    *(_did(f"nothing to find, shared season {season:g}, months alike {rho:g}", season=season, correlation=rho, wrong=EITHER)
      for season in (0.0, 0.7, 1.2) for rho in (0.0, 0.3, 0.6)),
    _did("nothing to find, 10 places, 36 months", places=10, months=36, wrong=EITHER),
    _did("nothing to find, 60 places, 24 months", places=60, months=24, wrong=EITHER),
    _did("half an attack more in each month", effect=0.5, truth=1.5, wrong=("less", "less here")),
    _did("one attack more in each month", effect=1.0, truth=3.0, wrong=("less", "less here")),
    _did("one attack fewer in each month, where there is one", effect=-1.0, wrong=("more", "more here")),
    _did("one attack moves in from the places beside", effect=1.0, how="moved", wrong=PLAIN),
    _did("one attack moves out to the places beside", effect=-1.0, how="moved", wrong=PLAIN),
    _plain("nothing to find", wrong=EITHER, truth=0.0),
    _plain("nothing to find, periods unlike", correlation=0.0, wrong=EITHER, truth=0.0),
    _plain("nothing to find, treated twice the level, all grow by half", unlike=2.0, growth=1.5, wrong=EITHER),
    _plain("nothing to find, treated half the level, all fall by half", unlike=0.5, growth=0.5, wrong=EITHER),
    _plain("two more in each period", effect=2.0, truth=2.0, wrong=("less", "less here")),
    _plain("two more, treated half as high again, all grow by half", effect=2.0, unlike=1.5, growth=1.5, wrong=("less", "less here")),
)  # fmt: skip


def table(sets: int, chosen: tuple[World, ...] = ALL) -> None:
    """Each world's answers in shares; `wrong` is what the world makes false, `held` how often the interval holds the truth."""
    panel_design.panel_ratio.log_scale = lambda *_: None  # type: ignore[assignment]  # shown beside the answer, and slow
    worst: dict[str, tuple[float, str]] = {}
    print(
        f"| design | world ({sets} each) | wrong | more | more here | less | less here | no change | cannot be told | held |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    for world in chosen:
        found = [world.ask(s) for s in range(sets)]
        said = Counter(str(f.direction) for f in found)
        wrong = sum(said[w] for w in world.wrong) / sets
        held = (
            ""
            if world.truth is None
            else f"{np.mean([f.headline.low <= world.truth <= f.headline.high for f in found]):.1%}"
        )
        cells = [
            f"{said[d] / sets:.1%}"
            for d in ("more", "more here", "less", "less here", "no detectable change", "cannot be told")
        ]
        print(f"| {world.design} | {world.name} | {wrong:.1%} | {' | '.join(cells)} | {held} |", flush=True)
        worst[world.design] = max(worst.get(world.design, (0.0, "")), (wrong, world.name))
    for design, (share, name) in worst.items():
        print(f"worst of {design}: {share:.1%} wrong in the world: {name}")


def held_out(sets: int) -> None:
    """A world nobody tuned for: 33 places of heavy-tailed levels over 42 months, and wakes among attacks that come in clusters."""

    def places(s: int, effect: float = 0.0) -> Finding:
        return panel_design.ask(
            worlds.seasons(seed=50_000 + s, places=33, months=42, season=0.9, correlation=0.45, spread=1.4, effect=effect),
            limits=Limits(draws=199, seed=s),
        )  # fmt: skip

    def near(s: int, how: str) -> Finding:
        given = worlds.moved(seed=50_000 + s, how=how, share=0.7, wakes=200, clustered=0.5, far=(5.0, 12.0))
        return wake_design.ask(given, Windows(days=(3, 5), km=(3.0, 5.0)), limits=Limits(draws=199, seed=s))

    table(sets, (
        World(design="did", name="held out: nothing to find", ask=places, wrong=EITHER, truth=0.0),
        World(design="did", name="held out: one attack more", ask=lambda s: places(s, 1.0), wrong=("less", "less here"), truth=3.0),
        World(design="wake", name="held out: nothing to find", ask=lambda s: near(s, "nothing"), wrong=EITHER),
        World(design="wake", name="held out: attacks move 5 to 12 km away", ask=lambda s: near(s, "moved"), wrong=PLAIN),
        World(design="wake", name="held out: attacks are gone", ask=lambda s: near(s, "fall"), wrong=("more", "more here")),
    ))  # fmt: skip


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
    parts = {
        "null": null,
        "effect": effect,
        "table": table,
        "held-out": held_out,
        "million": million,
        "hawkes": point_process,
    }
    part, *rest = sys.argv[1:] or ["table", "200"]
    if part == "wakes":
        wakes(*rest)
    elif part == "table" and len(rest) == 2:
        table(int(rest[0]), tuple(w for w in ALL if w.design == rest[1]))
    elif part.isdigit():
        table(int(part))
    else:
        parts[part](int(rest[0]) if rest else 1000)
