"""Coverage of trend, change, delay and the point process on simulated series; asked through `benchmarks/coverage_rates.py`."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from civcas.errors import BadInput
from civcas.measures.counts.alike_models import alike_noise
from civcas.measures.counts.completeness import nowcast, triangle
from civcas.measures.counts.growth import growth
from civcas.measures.counts.level_change import level_change

Draw = np.random.Generator
KINDS = ("poisson", "negative binomial", "heavy")
OWN = 0.25  # squared coefficient of variation of months' own levels


def months(draw: Draw, kind: str, *, level: Any, times: int, alike: float) -> Any:
    """(times, months) of deaths about levels that follow one another: chance alone, negative binomial, or heavy-tailed incidents."""
    noise = alike_noise(draw, months=len(level), times=times, correlation=alike, own_share=0.0)
    spread = math.sqrt(math.log1p(OWN))
    mean = (level[:, None] * np.exp(spread * noise - spread**2 / 2)).T
    if kind == "poisson":
        return draw.poisson(mean).astype(float)
    if kind == "negative binomial":
        return draw.negative_binomial(4, 4 / (4 + mean)).astype(float)
    incidents = draw.poisson(mean / 4.4)
    wide = math.log1p(12 / 4.4)  # variance over mean of killed per incident 12
    sizes = draw.lognormal(math.log(4.4) - wide / 2, math.sqrt(wide), int(incidents.sum()))
    ends = np.append(0.0, np.cumsum(np.floor(sizes + draw.random(len(sizes)))))[np.append(0, np.cumsum(incidents))]
    return np.diff(ends).reshape(mean.shape)


def trends(worlds: int) -> Iterator[str]:
    """60 deaths a month, growing by 27% a year."""
    worst = 1.0
    for many, kind, alike in itertools.product((15, 28, 60), ("poisson", "heavy"), (0.0, 0.2, 0.4, 0.6, 0.8)):
        month = np.arange(24_000, 24_000 + many)
        draw = np.random.default_rng([20261122, many, int(alike * 10)])
        held = []
        for counts in months(
            draw, kind, level=60 * np.exp(0.02 * (month - month.mean())), times=worlds // 4, alike=alike
        ):
            found = growth(counts=counts, exposure=np.full(many, 30.0), month=month)
            held.append(found.low <= math.exp(0.24) <= found.high)
        worst = min(worst, float(np.mean(held)))
        yield line(f"trend, {many} months, {kind}, correlation {alike}", held)
    yield f"trend, worst: {100 * worst:.1f}%"


def changes(worlds: int) -> Iterator[str]:
    """How often a change is called in records of one level, and how often the interval then leaves out the truth, 1."""
    worst = 0.0
    for many, kind, alike in itertools.product((12, 24, 36, 60), KINDS, (0.0, 0.2, 0.4, 0.6, 0.8)):
        draw = np.random.default_rng([9, many, int(10 * alike)])
        found = [
            _changed(each) for each in months(draw, kind, level=np.full(many, 60.0), times=worlds // 4, alike=alike)
        ]
        given = [each for each in found if each is not None]
        called = float(np.mean([each.shown for each in given]))
        worst = max(worst, called if alike <= 0.6 else 0.0)
        refused = len(found) - len(given)
        yield f"change, {many} months, {kind}, correlation {alike}: called {100 * called:.1f}% ({len(given)} records, {refused} refused)"
    yield f"change, worst false alarm at correlations 0 to 0.6: {100 * worst:.1f}%"


def power(worlds: int) -> Iterator[str]:
    """The level becomes a half, a third, a fifth or a tenth in the middle: how often that is called, and the truth is held."""
    worst = {"size": 1.0, "called": 1.0}
    for many, kind, alike, size in itertools.product(
        (12, 24, 36, 60), ("poisson", "heavy"), (0.0, 0.6), (0.5, 0.33, 0.2, 0.1)
    ):
        draw = np.random.default_rng([9, many, int(100 * size), int(10 * alike)])
        level = np.where(np.arange(many) < many // 2, 60.0, 60.0 * size)
        found = [_changed(counts) for counts in months(draw, kind, level=level, times=worlds // 10, alike=alike)]
        given = [each for each in found if each is not None]
        shown = [each for each in given if each.shown]
        held = float(np.mean([each.low <= size <= each.high for each in given]))
        worst["size"] = min(worst["size"], held)
        called = 100 * len(shown) / len(given)
        name = f"change, {many} months, {kind}, correlation {alike}, level times {size:g}"
        said = f"{name}: called {called:.0f}%, size held {100 * held:.0f}%"
        if len(shown) >= 20:
            both = [
                np.mean([s.low <= size <= s.high for s in shown]),
                np.mean([s.first <= many // 2 <= s.last for s in shown]),
            ]
            worst["called"] = min(worst["called"], *(float(each) for each in both))
            said += f"; where called, size {100 * both[0]:.0f}% and month {100 * both[1]:.0f}%"
        yield said + f" ({len(given)} records)"
    yield f"change, worst: size held {100 * worst['size']:.0f}%, size or month held where called {100 * worst['called']:.0f}%"


def _changed(counts: Any) -> Any:
    try:
        return level_change(counts)
    except BadInput:
        return None


def delays(worlds: int) -> Iterator[str]:
    """The last of 15 months whose numbers follow one another; publication by one pace, by each month's own, in clumps, late, or faster."""
    for pace, (each_month, wait) in itertools.product(
        ("one pace", "own pace", "in clumps of five", "a tenth years late", "three times faster at the end"),
        ((60, 1.5), (8, 1.5), (60, 4.0)),
    ):
        draw, held, refused = np.random.default_rng([5, each_month, int(wait)]), [], 0
        for _ in range(worlds // 5):
            noise = alike_noise(draw, months=15, times=1, correlation=0.6, own_share=0.0)[:, 0]
            true = draw.poisson(each_month * np.exp(0.5 * noise - 0.125))
            month = np.repeat(np.arange(15), true)
            published = month + _waits(draw, pace, month, wait)
            seen = published <= 14
            found = nowcast(triangle(month[seen], published[seen], first=0, now=14), level=0.95, replicates=300, seed=1)
            refused += found.drift <= 0.05
            if found.drift > 0.05:
                held.append(bool(found.low[-1] <= true[-1] <= found.high[-1]))
        yield line(f"delay, {pace}, {each_month} a month, mean wait {wait} months", held) + f"; {refused} refused"


def _waits(draw: Draw, pace: str, month: Any, wait: float) -> Any:
    speed = np.full(15, wait)
    if pace == "own pace":
        speed = wait * np.exp(0.5 * draw.normal(size=15))
    if pace.startswith("three times"):
        speed = wait * np.linspace(1.5, 0.5, 15)
    waits = np.minimum(draw.geometric(1 / (1 + speed[month])) - 1, 14)
    if pace.startswith("in clumps"):
        return waits[np.arange(len(month)) // 5 * 5]
    if pace.startswith("a tenth"):
        return np.where(draw.random(len(month)) < 0.1, draw.integers(6, 40, len(month)), waits)
    return waits


def revisions(worlds: int) -> Iterator[str]:
    yield "revision: two printed figures are divided; there is no sampling interval whose coverage could be counted"


def hawkes(worlds: int) -> Iterator[str]:
    """Intervals of the branching number over 500 days, and how often a common background that moves is read as excitation."""
    from civcas.measures.consequences import hawkes as process
    from civcas.measures.consequences import hawkes_design
    from civcas.measures.consequences.events import OUTCOME, TREATMENT, sorted_by_time

    clock = process.stream([np.array([0.0, 500.0])], end=500.0)
    for name, cross, own in (("none", 0.0, 0.2), ("weak", 0.1, 0.2), ("middling", 0.3, 0.2), ("strong own", 0.0, 0.8)):
        truth = process.Fit(branching=np.array([[own, cross], [0.0, 0.1]]), rate=1.0, background=np.full((2, 1), math.log(0.2)),
                            loglik=0.0, converged=True)  # fmt: skip
        held, called = [], []
        for world in range(max(worlds // 20, 10)):
            times = process.simulate(truth, clock, seed=world)
            events = process.stream(times, end=500.0, trend=True, weekday=True)
            found = hawkes_design.excitation(events, process.fit(events), OUTCOME, TREATMENT)
            effect = hawkes_design._effect("", found, 0.95)
            held.append(bool(effect.low <= cross <= effect.high))
            called.append(found.p <= 0.05)
        yield (
            line(f"hawkes, {name}: {cross} set off, {own} of their own", held)
            + f"; called {100 * np.mean(called):.0f}%"
        )
    for period in (365, 120, 45, 25):
        told = []
        for world in range(max(worlds // 50, 10)):
            draw = np.random.default_rng([world, period])
            level = 0.4 * np.exp(0.8 * np.sin(2 * np.pi * np.arange(500) / period))
            days = [np.repeat(np.arange(500), many := draw.poisson(level)) + draw.random(many.sum()) for _ in range(2)]
            kind = np.repeat([OUTCOME, TREATMENT], [len(each) for each in days])
            flat = np.zeros(len(kind))
            asked = sorted_by_time(days=np.concatenate(days), latitude=flat, longitude=flat, kind=kind)
            answer = hawkes_design.ask(asked, replicates=19)
            told.append((str(answer.direction) == "more", answer.p <= 0.05))
        more, naive = np.mean(told, axis=0)
        said = f"said more {100 * more:.0f}%, likelihood ratio alone {100 * naive:.0f}%"
        yield f"hawkes, nothing but a common wave of {period} days: {said} ({len(told)} records)"


def line(name: str, held: list[bool]) -> str:
    if not held:
        return f"{name}: no interval is given"
    share = sum(held) / len(held)
    error = math.sqrt(share * (1 - share) / len(held))
    mark = "" if share >= 0.9 else "   UNDER 90%"
    return f"{name}: {100 * share:.1f}% ± {100 * error:.1f} ({len(held)} records){mark}"
