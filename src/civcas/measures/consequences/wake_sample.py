"""The sample of wakes whose windows lie inside the data, and how one contrast is run on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from civcas.errors import BadInput
from civcas.measures.consequences import bursts
from civcas.measures.consequences.events import Events
from civcas.measures.consequences.labels import Contrast, contrast
from civcas.measures.consequences.limits import FEWEST, Limits
from civcas.measures.consequences.strata import Strata, lay
from civcas.measures.consequences.wakes import KM_PER_DEGREE, Wakes, Windows, unit_vectors

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Wakes whose windows all lie inside the data, laid out wakes × windows, with the strata that hold both kinds."""

    wakes: Wakes
    rows: NDArray[np.bool_]
    strata: Strata
    bursts: bool
    when: Floats
    match: Floats  # what matched wakes must share, wakes × columns
    columns: NDArray[np.int64]  # the windows asked about, among all radii counted

    def of(self, counts: NDArray[np.int64] | Floats) -> Floats:
        return counts[self.rows].reshape(int(self.rows.sum()), -1)[:, self.columns].astype(np.float64)

    @property
    def dose(self) -> Floats:
        return self.wakes.treated[self.rows].astype(np.float64)


Layout = Callable[[Sample], tuple[Floats, Floats]]
"""What a contrast compares: outcome (wakes × windows) and covariates (wakes × windows × variables)."""


def with_rings(windows: Windows) -> Windows:
    """The same windows and those twice as wide, whose difference is the ring around each."""
    return Windows(days=windows.days, km=tuple(sorted({*windows.km, *(2 * s for s in windows.km)})))


def sampled(events: Events, wakes: Wakes, windows: Windows) -> Sample:
    rows = np.asarray(wakes.whole.all(axis=1))
    kinds = wakes.treated[rows]
    if min(kinds.sum(), (~kinds).sum()) < FEWEST:
        raise BadInput(
            f"{int(kinds.sum())} treatment and {int((~kinds).sum())} control events have their whole windows inside the data "
            f"({int(wakes.treated.sum())} and {int((~wakes.treated).sum())} before that)",
            expected=f"at least {FEWEST} of each, more than {max(windows.days)} days from both ends of the data",
            do="Ask for shorter windows, or bring data of a longer period.",
        )
    position = wakes.position[rows]
    strata = lay(events, position, km=2 * max(windows.km))
    when = events.days[position]
    places = wakes.windows.km
    columns = np.asarray([t * len(places) + places.index(s) for t in range(len(windows.days)) for s in windows.km])
    burst = bursts.linked(
        when=when,
        place=unit_vectors(events)[position],
        days=float(max(windows.days)),
        chord=float((2 * np.sin(np.radians(max(windows.km) / KM_PER_DEGREE) / 2)) ** 2),
    )
    block = bursts.blocks(when=when, stratum=strata.label, burst=burst, days=float(max(windows.days)))
    together = bursts.alike(kinds.astype(np.float64), strata.label, block) <= 0.05
    match = np.empty((len(position), 0)) if events.match is None else events.match[position]
    if not np.isfinite(match).all():
        raise BadInput("some events have no value to match on", expected="a number in every --match column")
    return Sample(wakes=wakes, rows=rows, strata=strata, bursts=together, when=when, match=match, columns=columns)


def asked(sample: Sample) -> Wakes:
    """The sample's wakes, without the wider windows that only the rings need."""
    wakes, places = sample.wakes, sample.wakes.windows.km
    radii = sorted({int(c) % len(places) for c in sample.columns})
    counts = ("before", "earlier", "trend", "after", "same_before", "same_after", "mixed_before", "mixed_after")
    return replace(
        wakes,
        position=wakes.position[sample.rows],
        treated=wakes.treated[sample.rows],
        windows=Windows(days=wakes.windows.days, km=tuple(places[r] for r in radii)),
        whole=wakes.whole[sample.rows],
        whole_earlier=wakes.whole_earlier[sample.rows],
        **{name: getattr(wakes, name)[sample.rows][:, :, radii] for name in counts},
    )


def narrowed(sample: Sample, chosen: NDArray[np.int64]) -> Sample:
    return replace(sample, columns=sample.columns[chosen])


def adjusted(sample: Sample) -> tuple[Floats, Floats]:
    wakes = sample.wakes
    outcome = sample.of(wakes.after)
    told = [sample.of(wakes.before), sample.of(wakes.trend)]
    told += [np.repeat(column[:, None], outcome.shape[1], axis=1) for column in sample.match.T]
    return outcome, np.stack(told, axis=2)


def subtracted(sample: Sample) -> tuple[Floats, Floats]:
    change = sample.of(sample.wakes.after) - sample.of(sample.wakes.before)
    return change, np.empty((*change.shape, 0))


def run(sample: Sample, limits: Limits, layout: Layout) -> Contrast:
    outcome, covariates = layout(sample)
    return contrast(
        outcome=outcome,
        covariates=covariates,
        dose=sample.dose,
        stratum=sample.strata.label,
        when=sample.when,
        bursts=sample.bursts,
        draws=limits.draws,
        level=limits.level,
        seed=limits.seed,
    )
