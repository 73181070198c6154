"""Displacement: whether what changed near a treatment changed the other way further out, summed over discs that grow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from civcas.measures.consequences.events import Events
from civcas.measures.consequences.finding import Check, Effect, shown
from civcas.measures.consequences.labels import Contrast
from civcas.measures.consequences.wakes import Windows, count

Floats = NDArray[np.float64]
REACH = 3.0  # times the widest window: how far displaced events are looked for, where nobody says how far


@dataclass(frozen=True, slots=True, kw_only=True)
class Discs:
    """The change summed over everything within each distance, the nearest first; every interval holds for its disc alone.

    `excluded`: whether every disc, out to the widest, shows a change of the same sign whose interval leaves out zero. Only
    then has what fell near not come back further out, as far as was looked.
    """

    effects: tuple[Effect, ...]
    km: tuple[float, ...]

    @property
    def excluded(self) -> bool:
        return same_sign(self.effects)

    @property
    def widest(self) -> Effect:
        return self.effects[-1]


def same_sign(effects: Sequence[Effect]) -> bool:
    """Whether the intervals of all effects leave out zero on one and the same side."""
    return all(e.low > 0 for e in effects) or all(e.high < 0 for e in effects)


def distances(near: float, reach: float) -> tuple[float, ...]:
    """`near`, two and three times as far, from there doubled, and `reach` as the last."""
    out = [near]
    while out[-1] < reach:
        out.append(near * len(out) + near if len(out) < 3 else 2 * out[-1])
    return tuple(sorted({min(d, max(reach, near)) for d in out}))


def summed(
    events: Events,
    *,
    days: int,
    near: float,
    reach: float,
    rows: NDArray[np.bool_],
    covariates: Floats,
    compare: Callable[[Floats, Floats], Contrast],
) -> Discs:
    """The effect within `near` kilometres and within growing distances out to `reach`, over the same `days`.

    `rows` picks the wakes (of all wakes in order of time), `covariates` (wakes × variables) is what they are matched on, and
    `compare` takes an outcome (wakes × 1) and covariates (wakes × 1 × variables). A displacement that keeps the total as it
    was has a true sum of zero in every disc that holds both ends; intervals come from permuted labels, as those of windows.
    """
    km = distances(near, reach)
    wakes = count(events, Windows(days=(days,), km=km))
    effects = []
    for k, distance in enumerate(km):
        before, trend, after = (
            part[rows][:, 0, k : k + 1].astype(np.float64) for part in (wakes.before, wakes.trend, wakes.after)
        )
        found = compare(after, np.concatenate([before, trend, covariates], axis=1)[:, None, :])
        label = f"{days} days, {distance:g} km"
        effects.append(Effect.around(label, found.effect[0], found.se[0], found.critical))
    return Discs(effects=tuple(effects), km=km)


def check(effects: Sequence[Effect], *, where: str, beyond: bool) -> Check:
    """The check that says whether a change may be called one overall, or only one here; it never forbids the answer.

    `where` names the widest area the change was summed over; `beyond` whether the change itself is beyond chance.
    """
    widest, out = effects[-1], same_sign(effects)
    size = f"{shown(widest.value)} ({shown(widest.low)} to {shown(widest.high)})"
    summed = f"The widest area looked at is {where}. There, all changes add up to {size}."
    if not beyond:
        return Check(name="displacement", passed=None, decides=False, value=widest.value,
                     says=f"There is no clear change that could be a mere move. {summed}")  # fmt: skip
    return Check(
        name="displacement", passed=out, value=widest.value, decides=False,
        says=f"{summed} "
        + ("The change is clear at every distance, so the events did not only move within that area." if out
           else "At some distance the sum may be zero, so the events may only have moved."),
    )  # fmt: skip
