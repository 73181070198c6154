"""Made-up events with a known effect, for the tests of the designs."""

from __future__ import annotations

from typing import Any

import numpy as np

from civcas.measures.consequences.events import CONTROL, OUTCOME, TREATMENT, Events, sorted_by_time


def events(*, seed: int, effect: float = 0.0, wakes: int = 300, outcomes: int = 1500, lead: float = 0.0) -> Events:
    """A degree square over a year. After each treatment `effect` further outcomes on the next two days at its place; `lead`
    further outcomes on the two days before it."""
    rng = np.random.default_rng(seed)
    here = np.stack([np.floor(rng.uniform(0, 365, wakes)), rng.uniform(0, 1, wakes), rng.uniform(0, 1, wakes)], 1)
    out = np.stack(
        [np.floor(rng.uniform(0, 365, outcomes)), rng.uniform(0, 1, outcomes), rng.uniform(0, 1, outcomes)], 1
    )
    treated = rng.random(wakes) < 0.4

    def echoes(mean: float, sign: int) -> np.ndarray:
        rows = np.repeat(here[treated], rng.poisson(mean, int(treated.sum())), axis=0)
        return rows + np.stack([sign * rng.integers(1, 3, len(rows)), np.zeros(len(rows)), np.zeros(len(rows))], 1)

    after, before = echoes(effect, 1), echoes(lead, -1)
    rows = np.concatenate([out, here, after, before])
    kind = np.concatenate(
        [np.full(len(out), OUTCOME), np.where(treated, TREATMENT, CONTROL), np.full(len(after) + len(before), OUTCOME)]
    )
    kept = (rows[:, 0] >= 0) & (rows[:, 0] < 365)
    return sorted_by_time(days=rows[kept, 0], latitude=rows[kept, 1], longitude=rows[kept, 2], kind=kind[kept])


def moved(
    *,
    seed: int,
    how: str,
    share: float = 0.8,
    outcomes: int = 12_000,
    wakes: int = 240,
    far: tuple[float, float] = (4.0, 10.0),
    clustered: float = 0.0,
) -> Events:
    """Half a degree square over a year. Of the outcomes within 4 km and the next 4 days of a treatment a `share` is taken away
    (`how` "fall"), put elsewhere `far` kilometres from it on the same day ("moved"), or left alone ("nothing"). A share of the outcomes is
    `clustered` around forty moments and places."""
    rng = np.random.default_rng(seed)
    out = np.stack([np.floor(rng.uniform(0, 365, outcomes)), *rng.uniform(0, 0.5, (2, outcomes))], 1)
    if clustered:
        many = int(clustered * outcomes)
        hot = np.stack([rng.uniform(0, 365, 40), *rng.uniform(0, 0.5, (2, 40))], 1)[rng.integers(0, 40, many)]
        out[:many] = hot + np.stack([rng.exponential(20, many), *rng.normal(0, 0.06, (2, many))], 1)
        out[:many, 0] = np.floor(np.minimum(out[:many, 0], 364))
    here = np.stack([np.floor(rng.uniform(0, 365, wakes)), *rng.uniform(0, 0.5, (2, wakes))], 1)
    treated = rng.random(wakes) < 0.4
    gone = np.zeros(outcomes, bool)
    for day, north, east in here[treated]:
        late = out[:, 0] - day
        near = np.hypot(out[:, 1] - north, out[:, 2] - east) * 111.111 <= 4.0
        hit = np.flatnonzero(near & (late >= 1) & (late <= 4) & (rng.random(outcomes) < share) & ~gone)
        if how == "fall":
            gone[hit] = True
        elif how == "moved":
            turn = rng.uniform(0, 2 * np.pi, len(hit))
            distance = np.sqrt(rng.uniform(far[0] ** 2, far[1] ** 2, len(hit))) / 111.111
            out[hit, 1:] = np.stack([north + distance * np.sin(turn), east + distance * np.cos(turn)], 1)
    rows = np.concatenate([out[~gone], here])
    kind = np.concatenate([np.full(int((~gone).sum()), OUTCOME), np.where(treated, TREATMENT, CONTROL)])
    return sorted_by_time(days=rows[:, 0], latitude=rows[:, 1], longitude=rows[:, 2], kind=kind)


def seasons(
    *,
    seed: int,
    effect: float = 0.0,
    how: str = "here",
    season: float = 0.7,
    correlation: float = 0.6,
    places: int = 20,
    months: int = 60,
    spread: float = 1.0,
) -> Events:
    """Places 28 km apart whose levels differ, months that resemble their neighbours, and one season that multiplies the levels of all.

    Treatments are drawn more often where and when there is more violence, as strikes are. One is followed by `effect` further
    outcomes in each of the next three months: in its place, or ("moved") there, and as many fewer in the places beside it."""
    rng = np.random.default_rng(seed)
    level = np.exp(rng.normal(0.7, spread, places))
    wave = np.exp(season * np.sin(2 * np.pi * np.arange(months) / 12 + rng.uniform(0, 6)))
    noise = np.empty((places, months))
    noise[:, 0] = rng.normal(size=places)
    for k in range(1, months):
        noise[:, k] = correlation * noise[:, k - 1] + np.sqrt(1 - correlation**2) * rng.normal(size=places)
    mean = level[:, None] * wave * np.exp(0.3 * noise - 0.045)
    treated = rng.poisson(0.15 * level[:, None] / level.mean() * wave)
    side = 5
    for p, t in np.argwhere(treated):
        beside = [q for q in _beside(p, side) if 0 <= q < places]
        for k in range(t + 1, min(t + 4, months)):
            change = max(effect * treated[p, t], -0.9 * mean[p, k])
            if how == "moved":  # no more than there is to take, so that the total stays as it was
                change = min(change, 0.9 * float(mean[beside, k].min()) * len(beside))
                mean[beside, k] -= change / len(beside)
            mean[p, k] += change
    rows = []
    for kind, counts in ((OUTCOME, rng.poisson(mean)), (TREATMENT, treated)):
        place, month = (np.repeat(axis.ravel(), counts.ravel()) for axis in np.indices((places, months)))
        rows.append((place, month, np.full(len(place), kind)))
    place, month, kind = (np.concatenate(part) for part in zip(*rows, strict=True))
    first = (np.datetime64("2000-01", "M") + month).astype("datetime64[D]").astype(float)
    north, east = np.divmod(place, side)
    return sorted_by_time(days=first + 14, latitude=north * 0.25, longitude=east * 0.25, kind=kind, place=place)


def _beside(place: int, side: int) -> list[int]:
    """The places north, south, east and west on a grid; negative or too large where there is none."""
    east = place % side
    return [place - side, place + side, place - 1 if east else -1, place + 1 if east < side - 1 else -1]


def units(
    *,
    seed: int,
    effect: float = 0.0,
    growth: float = 1.0,
    unlike: float = 1.0,
    correlation: float = 0.6,
    many: int = 60,
) -> dict[str, Any]:
    """A table of units in clusters of three, half of them treated, with two periods before and two after.

    The treated lie at `unlike` times the level of the others, all grow by the factor `growth`, periods resemble their neighbours, and
    the treated have `effect` more in each period after."""
    rng = np.random.default_rng(seed)
    cluster = np.arange(many) // 3
    treated = (cluster % 2).astype(float)
    level = rng.gamma(4.0, 2.0, many) * np.where(treated == 1, unlike, 1.0)
    shared = rng.normal(size=(many // 3 + 1, 4))[cluster]
    noise = np.sqrt(0.5) * shared + np.sqrt(0.5) * rng.normal(size=(many, 4))
    for k in range(1, 4):
        noise[:, k] = correlation * noise[:, k - 1] + np.sqrt(1 - correlation**2) * noise[:, k]
    season = np.array([1.0, 1.0, growth, growth])
    mean = level[:, None] * season * np.exp(0.2 * noise - 0.02)
    mean[:, 2:] += effect * treated[:, None]
    counts = rng.poisson(np.maximum(mean, 0.0)).astype(float)
    return {"treated": treated, "before": counts[:, :2], "after": counts[:, 2:], "cluster": cluster}
