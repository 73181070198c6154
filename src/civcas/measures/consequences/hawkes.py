"""Hawkes: events that make further events more likely for a while, on a background that carries trend, season and weekday."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from civcas.errors import BadInput
from civcas.measures.consequences.compiling import compiled
from civcas.measures.consequences.newton import uphill

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

SPENT = 40.0  # after 40 mean delays an event adds less than 1e-17
SAMPLE = 40_000  # events that the start of a long fit is found on
STEPS = 60  # Newton steps at most
ENOUGH = 1e-6  # log likelihood that is not worth another step
LEAST = -14.0  # log of the smallest branching, which stands for none
LOOSE = 3.0  # a factor of twenty in the background is no surprise
LONG = 200_000  # events from which two threads share the work


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """Events of several kinds in time order. `time` in days from 0 to `end`, the end of observation; `kind` from 0.

    `bin` is the piece of the background each event falls in, `width` the length of each piece, and `design` (pieces ×
    columns) what the log of the background depends on. `slowest` is the least rate at which an influence may fade: what
    fades more slowly than the background can bend is background.
    """

    time: Floats
    kind: Integers
    end: float
    bin: Integers
    width: Floats
    design: Floats
    slowest: float = 1e-4

    @property
    def kinds(self) -> int:
        return int(self.kind.max()) + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """λᵢ(t) = μᵢ(t) + Σⱼ nᵢⱼ Σ β e^(−β(t−tₖ)) over events k of kind j before t.

    `branching[i, j]` is nᵢⱼ, the events of kind i that one event of kind j sets off directly; `rate` is β, a day⁻¹;
    `background` is log μ's coefficients, kinds × columns of the design.
    """

    branching: Floats
    rate: float
    background: Floats
    loglik: float
    converged: bool
    curvature: Floats | None = None  # of the log likelihood at the peak, with which a like fit starts

    def levels(self, stream: Stream) -> Floats:
        """μ, kinds × pieces, in events a day."""
        return np.asarray(np.exp(self.background @ stream.design.T))


def stream(
    times: Sequence[Floats], *, end: float, trend: bool = False, season: bool = False, weekday: bool = False,
    start_day: float = 0.0,
) -> Stream:  # fmt: skip
    """Put the times of each kind in one order, on a background of days (or of one piece where it is constant).

    `trend` is a line with a bend about every quarter (nine at most), `season` one yearly wave, `weekday` a level for
    each; all on the log scale.
    `start_day` is the date of time 0 in days since 1970-01-01.
    """
    time = np.concatenate(times)
    kind = np.repeat(np.arange(len(times)), [len(t) for t in times])
    order = np.argsort(time, kind="stable")
    time, kind = time[order], kind[order]
    if len(time) and (time[0] < 0 or time[-1] > end):
        raise BadInput("some events lie outside the observed time", expected=f"times from 0 to {end:g} days")
    if not (trend or season or weekday):
        return Stream(
            time=time, kind=kind, end=end, bin=np.zeros(len(time), np.int64), width=np.array([end]), design=np.ones((1, 1))
        )  # fmt: skip
    pieces = int(np.ceil(end))
    day = np.arange(pieces)
    year = 2 * np.pi * (day + start_day) / 365.25
    week = np.mod(np.floor(day + start_day), 7)
    columns = [np.ones(pieces)]
    columns += _hats(np.asarray(day + 0.5, dtype=np.float64), end) if trend else []
    columns += [np.sin(year), np.cos(year)] if season else []
    columns += [(week == d) - 1 / 7 for d in range(6)] if weekday else []
    width = np.minimum(day + 1, end) - day
    return Stream(
        time=time, kind=kind, end=end, bin=np.minimum(time.astype(np.int64), pieces - 1), width=width.astype(np.float64),
        design=np.stack(columns, 1), slowest=3 / _knots(end)[1] if trend else 1e-4,
    )  # fmt: skip


def _knots(end: float) -> Floats:
    return np.linspace(0, end, int(np.clip(round(end / 91), 1, 9)) + 1)


def _hats(day: Floats, end: float) -> list[Floats]:
    """Hat functions on knots a quarter apart, so that log levels run in straight lines between the knots."""
    knots = _knots(end)
    return [np.interp(day, knots, unit) for unit in np.eye(len(knots))[1:]]


def fit(
    events: Stream, *, allowed: NDArray[np.bool_] | None = None, start: Fit | None = None, enough: float = ENOUGH
) -> Fit:
    """Maximum likelihood. `allowed[i, j]` is False where kind j is held not to excite kind i (nᵢⱼ = 0).

    O(events × kinds) a step by the recursion of Ozaki (1979) on logs of all parameters, so nᵢⱼ cannot be negative: this
    model sees excitation and no inhibition. `enough` is the log likelihood not worth another step.
    Reports that come in waves look like excitation; the background must carry
    what else changes.
    """
    allowed = np.ones((events.kinds, events.kinds), bool) if allowed is None else allowed
    if start is not None:
        theta = _packed(start, allowed)
        alike = start.curvature is not None and len(start.curvature) == len(theta)
        return _climbed(events, allowed, theta, start.curvature if alike else None, enough)
    if len(events.time) <= 2 * SAMPLE:
        return _climbed(events, allowed, _first_guess(events, allowed), None, enough)
    head = _head(events, SAMPLE)
    sketch = _climbed(head, allowed, _first_guess(head, allowed), None, enough)
    assert sketch.curvature is not None
    scaled = sketch.curvature * (len(events.time) / SAMPLE)
    return _climbed(events, allowed, _packed(sketch, allowed), scaled, enough)


def _climbed(events: Stream, allowed: NDArray[np.bool_], theta: Floats, curvature: Floats | None, enough: float) -> Fit:
    """Newton's steps to the peak, the curvature kept as long as it serves.

    Stops when a further step would raise the log likelihood by less than `enough`.
    """
    low = np.full(len(theta), -np.inf)
    low[events.kinds * events.design.shape[1] : -1] = LEAST
    low[-1] = np.log(events.slowest)
    theta = np.maximum(theta, low)
    value, slope = loglik(events, _unpacked(theta, events, allowed), allowed)
    fresh, promised = False, np.inf
    for _ in range(STEPS):
        if curvature is None:
            curvature, fresh = _curvature(events, allowed, theta, slope), True
        free = (theta > low) | (slope > 0)
        step = np.zeros_like(theta)
        step[free] = uphill(curvature[np.ix_(free, free)], slope[free])
        before, promised = promised, float(slope @ step) / 2
        if promised < enough:
            break
        stride = 1.0
        while stride > 1e-6:
            tried = np.maximum(theta + stride * step, low)
            new_value, new_slope = loglik(events, _unpacked(tried, events, allowed), allowed)
            if new_value > value:
                break
            stride /= 3
        else:
            if fresh:
                break
            curvature = None
            continue
        theta, value, slope = tried, new_value, new_slope
        if stride < 1 or promised > before / 1.5:
            curvature = None
        fresh = False
    best = _unpacked(theta, events, allowed)
    return replace(best, loglik=value, converged=promised < 1000 * enough, curvature=curvature)


def _curvature(events: Stream, allowed: NDArray[np.bool_], theta: Floats, slope: Floats) -> Floats:
    """Second derivatives by small steps. Kinds meet only in the rate, so one parameter of every kind moves at a time."""
    owner = np.concatenate([np.repeat(np.arange(events.kinds), events.design.shape[1]), np.nonzero(allowed)[0], [-1]])
    turn = np.array([np.sum(owner[:k] == owner[k]) for k in range(len(owner))])
    out = np.zeros((len(theta), len(theta)))
    size = 1e-5
    for now in [*((turn == t) & (owner >= 0) for t in range(int(turn[:-1].max()) + 1)), owner < 0]:
        bent = (loglik(events, _unpacked(theta + size * now, events, allowed), allowed)[1] - slope) / size
        for k in np.flatnonzero(now):
            mine = (owner == owner[k]) if owner[k] >= 0 else np.ones(len(theta), bool)
            out[mine, k] = bent[mine]
    last = len(theta) - 1
    out[last, :last] = out[:last, last]
    return out


def _head(events: Stream, many: int) -> Stream:
    """The first events, on the background of their time; its coefficients stand for all of it."""
    end = float(events.time[many])
    kept = np.cumsum(events.width) - events.width < end
    width = np.minimum(events.width[kept], end - (np.cumsum(events.width) - events.width)[kept])
    return Stream(
        time=events.time[:many], kind=events.kind[:many], end=end, bin=events.bin[:many], width=width,
        design=events.design[kept], slowest=events.slowest,
    )  # fmt: skip


def _first_guess(events: Stream, allowed: NDArray[np.bool_]) -> Floats:
    counts = np.maximum(np.bincount(events.kind, minlength=events.kinds), 1)
    background = np.zeros((events.kinds, events.design.shape[1]))
    background[:, 0] = np.log(counts / events.end * 0.6)
    branching = np.where(allowed, 0.4 / events.kinds, 0.0)
    rate = 1.0 / max(3 * events.end / len(events.time), 1e-4)
    return _packed(Fit(branching=branching, rate=rate, background=background, loglik=0.0, converged=False), allowed)


def _packed(fit: Fit, allowed: NDArray[np.bool_]) -> Floats:
    return np.concatenate(
        [fit.background.ravel(), np.log(np.maximum(fit.branching[allowed], 1e-5)), [np.log(fit.rate)]]
    )


def _unpacked(theta: Floats, events: Stream, allowed: NDArray[np.bool_]) -> Fit:
    columns = events.kinds * events.design.shape[1]
    branching = np.zeros(allowed.shape)
    branching[allowed] = np.exp(theta[columns:-1])
    return Fit(
        background=theta[:columns].reshape(events.kinds, -1), branching=branching, rate=float(np.exp(theta[-1])),
        loglik=0.0, converged=False,
    )  # fmt: skip


def loglik(events: Stream, fit: Fit, allowed: NDArray[np.bool_]) -> tuple[float, Floats]:
    """Log likelihood and its slope in the logs of background, branching (where allowed) and rate.

    The background's coefficients but the level carry a normal penalty of standard deviation `LOOSE`, which no data feel
    but those of a stretch in which the background would run off to nothing.
    """
    mu = fit.levels(events)
    cuts = [0, len(events.time) // 2, len(events.time)] if len(events.time) > LONG else [0, len(events.time)]

    def part(k: int) -> tuple[float, Floats, Floats, float]:
        found: tuple[float, Floats, Floats, float] = _walk(
            events.time, events.kind, events.bin, mu, fit.branching, fit.rate, cuts[k], cuts[k + 1], SPENT / fit.rate
        )
        return found

    if len(cuts) > 2:
        with ThreadPoolExecutor(max_workers=2) as threads:
            parts = list(threads.map(part, range(2)))
    else:
        parts = [part(0)]
    value = sum(p[0] for p in parts)
    by_piece = sum((p[1] for p in parts), np.zeros_like(mu))
    by_pair = sum((p[2] for p in parts), np.zeros_like(fit.branching))
    by_rate = sum(p[3] for p in parts)
    counts, lost, lost_slope = _tail(events.time, events.kind, events.kinds, events.end, fit.rate)
    mass = counts - lost
    value -= float((mu * events.width).sum() + (fit.branching * mass).sum())
    shrunk = fit.background * (np.arange(events.design.shape[1]) > 0) / LOOSE**2
    value -= float((fit.background * shrunk).sum()) / 2
    background = (by_piece - mu * events.width) @ events.design - shrunk
    pairs = fit.branching * (by_pair - mass)
    rate = fit.rate * (by_rate - float((fit.branching * lost_slope).sum()))
    return value, np.concatenate([background.ravel(), pairs[allowed], [rate]])


@compiled
def _walk(
    time: Any, kind: Any, bin: Any, mu: Any, branching: Any, rate: Any, first: Any, last: Any, memory: Any
) -> Any:
    """Sum of log λ over events first..last, and its slopes in log μ by piece, in n, and in β.

    Rⱼ = Σ e^(−βΔ) over past events of kind j and Dⱼ = Σ Δ e^(−βΔ) are carried from event to event. The walk begins
    `memory` days before the first event, so that parts can be walked apart.
    """
    kinds = branching.shape[0]
    value, product, slope = 0.0, 1.0, 0.0
    by_piece = np.zeros(mu.shape)
    by_pair = np.zeros((kinds, kinds))
    near = np.zeros(kinds)
    late = np.zeros(kinds)
    begin = first
    while begin > 0 and time[first] - time[begin - 1] < memory:
        begin -= 1
    before = time[begin] if begin < len(time) else 0.0
    for k in range(begin, last):
        gap = time[k] - before
        before = time[k]
        fade = np.exp(-rate * gap)
        for j in range(kinds):
            late[j] = fade * (late[j] + gap * near[j])
            near[j] = fade * near[j]
        i = kind[k]
        if k >= first:
            excited, faster = 0.0, 0.0
            for j in range(kinds):
                excited += branching[i, j] * near[j]
                faster += branching[i, j] * (near[j] - rate * late[j])
            level = mu[i, bin[k]]
            intensity = level + rate * excited
            inverse = 1.0 / intensity
            product *= intensity
            if product > 1e150 or product < 1e-150:
                value += np.log(product)
                product = 1.0
            by_piece[i, bin[k]] += level * inverse
            for j in range(kinds):
                by_pair[i, j] += rate * near[j] * inverse
            slope += faster * inverse
        near[i] += 1.0
    return value + np.log(product), by_piece, by_pair, slope


@compiled
def _tail(time: Any, kind: Any, kinds: Any, end: Any, rate: Any) -> Any:
    """Events of each kind; the offspring mass that falls after the end; and the slope in β of the mass before it."""
    counts = np.zeros(kinds)
    lost = np.zeros(kinds)
    slope = np.zeros(kinds)
    for k in range(len(time)):
        counts[kind[k]] += 1.0
    k = len(time) - 1
    while k >= 0 and rate * (end - time[k]) < 40.0:
        left = end - time[k]
        fade = np.exp(-rate * left)
        lost[kind[k]] += fade
        slope[kind[k]] += left * fade
        k -= 1
    return counts, lost, slope


def compensators(events: Stream, fit: Fit, kind: int) -> Floats:
    """Λ between one event of a kind and the next: standard exponential where the model is right."""
    mu = fit.levels(events)[kind]
    before = np.concatenate([[0.0], np.cumsum(mu * events.width)])
    edges = np.concatenate([[0.0], np.cumsum(events.width)])
    background = before[events.bin] + mu[events.bin] * (events.time - edges[events.bin])
    excited = _accumulated(events.time, events.kind, fit.branching[kind], fit.rate)
    whole = (background + excited)[events.kind == kind]
    return np.diff(whole, prepend=0.0)


@compiled
def _accumulated(time: Any, kind: Any, branching: Any, rate: Any) -> Any:
    """∫ of the excitation from 0 to each event: all mass set off so far, less what is still to come."""
    out = np.zeros(len(time))
    mass, to_come, before = 0.0, 0.0, 0.0
    for k in range(len(time)):
        to_come *= np.exp(-rate * (time[k] - before))
        before = time[k]
        out[k] = mass - to_come
        mass += branching[kind[k]]
        to_come += branching[kind[k]]
    return out


def simulate(model: Fit, events: Stream, *, seed: int) -> list[Floats]:
    """Times of each kind drawn from a model on a stream's background, by generations of offspring (exact)."""
    rng = np.random.default_rng(seed)
    edges = np.concatenate([[0.0], np.cumsum(events.width)])
    mu = model.levels(events)
    generation = []
    for level in mu:
        counts = rng.poisson(level * events.width)
        generation.append(np.repeat(edges[:-1], counts) + rng.random(counts.sum()) * np.repeat(events.width, counts))
    everything = [generation]
    while any(len(times) for times in generation):
        following = []
        for i in range(len(mu)):
            born = []
            for j, parents in enumerate(generation):
                children = rng.poisson(model.branching[i, j], len(parents))
                born.append(np.repeat(parents, children) + rng.exponential(1 / model.rate, children.sum()))
            times = np.concatenate(born)
            following.append(times[times < events.end])
        generation = following
        everything.append(generation)
        if sum(len(t) for g in everything for t in g) > 50 * max(len(events.time), 1000):
            raise BadInput(
                "the fitted process grows without end", expected="branching whose largest eigenvalue is below 1"
            )
    return [np.sort(np.concatenate([g[i] for g in everything])) for i in range(len(mu))]
