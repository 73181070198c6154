"""Dose: whether deadlier events are followed by more, and whether it matters whose they are."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from civcas.errors import BadInput
from civcas.measures.consequences.events import CONTROL, OUTCOME, TREATMENT, Events
from civcas.measures.consequences.finding import finite
from civcas.measures.consequences.labels import Contrast, contrast
from civcas.measures.consequences.strata import lay
from civcas.measures.consequences.wake_design import FEWEST, Limits
from civcas.measures.consequences.wakes import Windows, count


def by_whom(events: Events, windows: Windows, *, limits: Limits | None = None) -> dict[str, Any]:
    """Outcome events per unit of dose (per person killed), for treatments alone and for controls alone.

    With one side's harm as treatment and the other side's as control, the two answer whether whose harm it was matters; both
    signs are published (Condra and Shapiro 2012, American Journal of Political Science 56). Events whose dose is
    unknown are left out, never taken as zero. Chance is what the doses would show dealt to other events of the same kind.
    """
    if events.dose is None:
        raise BadInput(
            "no dose is named", expected="a column of numbers, such as people killed", do="Name it with --dose."
        )
    limits = limits or Limits()
    sides = {"treatment": TREATMENT, "control": CONTROL}
    return {side: _per_unit(events, kind, windows, limits) for side, kind in sides.items() if events.number(kind)}


def _per_unit(events: Events, kind: int, windows: Windows, limits: Limits) -> dict[str, Any]:
    assert events.dose is not None
    kept = (events.kind == OUTCOME) | ((events.kind == kind) & np.isfinite(events.dose))
    unknown = events.number(kind) - int((kept & (events.kind == kind)).sum())
    ours = replace(
        events, days=events.days[kept], latitude=events.latitude[kept], longitude=events.longitude[kept],
        kind=events.kind[kept], dose=events.dose[kept], place=None,
    )  # fmt: skip
    found, n = _contrast(ours, windows, limits)
    if found is None:
        return {"refused": f"{n} events with a known dose, and too little difference between them", "unknown": unknown}
    head = int(np.nanargmax(np.abs(found.t)))
    t, s = windows.pairs[head]
    return {
        "per_unit": finite(found.effect[head]), "low": finite(found.low[head]), "high": finite(found.high[head]),
        "window": f"{t} days, {s:g} km", "p": found.p, "n": n, "unknown": unknown,
    }  # fmt: skip


def _contrast(events: Events, windows: Windows, limits: Limits) -> tuple[Contrast | None, int]:
    assert events.dose is not None
    wakes = count(events, windows)
    rows = wakes.whole.all(axis=1)
    dose = events.dose[wakes.position[rows]]
    n = int(rows.sum())
    if n < 2 * FEWEST or np.ptp(dose) == 0:
        return None, n
    strata = lay(events, wakes.position[rows], km=2 * max(windows.km))
    flat = (n, -1)
    found = contrast(
        outcome=wakes.after[rows].reshape(flat).astype(float),
        covariates=np.stack([wakes.before[rows].reshape(flat), wakes.trend[rows].reshape(flat)], axis=2).astype(float),
        dose=dose, stratum=strata.label, when=events.days[wakes.position[rows]], draws=limits.draws,
        level=limits.level, seed=limits.seed,
    )  # fmt: skip
    return (found if np.isfinite(found.t).any() else None), n
