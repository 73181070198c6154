"""The matched-wake design: outcome events after a treatment against those after a control, near it, in sliding windows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from civcas.errors import BadInput
from civcas.measures.consequences import bursts, picture, published
from civcas.measures.consequences.events import Events
from civcas.measures.consequences.finding import (
    Check,
    Effect,
    Finding,
    decide,
    e_value,
    finite,
    robustness_value,
    robustness_value_at,
    smallest_visible,
)
from civcas.measures.consequences.labels import Contrast, contrast
from civcas.measures.consequences.strata import Strata, lay
from civcas.measures.consequences.wakes import KM_PER_DEGREE, Wakes, Windows, count, unit_vectors

Floats = NDArray[np.float64]
FEWEST = 10  # wakes of either kind, below which nothing is estimated


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The words for the three kinds of events, as the sentences use them."""

    treatment: str = "treatment"
    control: str = "control"
    outcome: str = "outcome"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What counts as too much: `overlap`, the share of wakes that overlap another; `worth`, an effect worth seeing as a
    share of what is usual after a control; `draws`, permutations; `level`, of the band and the test."""

    overlap: float = 0.5
    worth: float = 1.0
    draws: int = 999
    level: float = 0.95
    seed: int = 20170123


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sample:
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


def ask(events: Events, windows: Windows, *, names: Names | None = None, limits: Limits | None = None) -> Finding:
    """Whether more or fewer outcome events follow a treatment than a control, in every window at once.

    Effects are events per treatment, adjusted for the number and trend before and for place and period; the band holds in
    all windows at once and comes from permuted labels. It assumes that within a place and period chance decided which event
    was treatment, and that a treatment does not change how many of the later events are reported.
    Schutte and Donnay (2014), with the test the published method lacks.
    """
    names, limits = names or Names(), limits or Limits()
    wakes = count(events, _with_rings(windows))
    sample = _sampled(events, wakes, windows)
    crowded = _overlap(sample)
    open_windows = np.flatnonzero(crowded <= limits.overlap)
    chosen = open_windows if len(open_windows) else np.arange(len(sample.columns))
    main = _run(_narrowed(sample, chosen), limits, _adjusted)
    head = _headline(main, _usual(sample, chosen), limits)
    lead = _placebo(events, sample, chosen, limits)
    ring = _ring(sample, chosen, windows, limits)
    differenced = _run(_narrowed(sample, chosen[[head]]), replace(limits, draws=99), _differenced)
    checks = _checks(sample, crowded, chosen, main, head, lead, differenced, len(open_windows) > 0, limits)
    return _finding(sample, windows, chosen, main, head, checks, crowded, lead, ring, differenced, names, limits)


Layout = Callable[[_Sample], tuple[Floats, Floats]]
"""What a contrast compares: outcome (wakes × windows) and covariates (wakes × windows × variables)."""


def _with_rings(windows: Windows) -> Windows:
    """The same windows and those twice as wide, whose difference is the ring around each."""
    return Windows(days=windows.days, km=tuple(sorted({*windows.km, *(2 * s for s in windows.km)})))


def _sampled(events: Events, wakes: Wakes, windows: Windows) -> _Sample:
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
    return _Sample(wakes=wakes, rows=rows, strata=strata, bursts=together, when=when, match=match, columns=columns)


def _asked(sample: _Sample) -> Wakes:
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


def _narrowed(sample: _Sample, chosen: NDArray[np.int64]) -> _Sample:
    return replace(sample, columns=sample.columns[chosen])


def _adjusted(sample: _Sample) -> tuple[Floats, Floats]:
    wakes = sample.wakes
    outcome = sample.of(wakes.after)
    told = [sample.of(wakes.before), sample.of(wakes.trend)]
    told += [np.repeat(column[:, None], outcome.shape[1], axis=1) for column in sample.match.T]
    return outcome, np.stack(told, axis=2)


def _differenced(sample: _Sample) -> tuple[Floats, Floats]:
    change = sample.of(sample.wakes.after) - sample.of(sample.wakes.before)
    return change, np.empty((*change.shape, 0))


def _run(sample: _Sample, limits: Limits, layout: Layout) -> Contrast:
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


def _placebo(events: Events, sample: _Sample, chosen: NDArray[np.int64], limits: Limits) -> Contrast | None:
    """The same question asked of the days before: a treatment has no effect on its past."""
    rows = sample.rows & sample.wakes.whole_earlier.all(axis=1)
    kinds = sample.wakes.treated[rows]
    if min(kinds.sum(), (~kinds).sum()) < FEWEST:
        return None
    kept = rows[sample.rows]
    label = np.unique(sample.strata.label[kept], return_inverse=True)[1].ravel()
    past = replace(
        _narrowed(sample, chosen), rows=rows, strata=replace(sample.strata, label=label), when=sample.when[kept]
    )
    return _run(past, limits, lambda s: (s.of(s.wakes.before), s.of(s.wakes.earlier)[:, :, None]))


def _ring(sample: _Sample, chosen: NDArray[np.int64], windows: Windows, limits: Limits) -> Contrast:
    """The same question asked of the ring from S to 2S kilometres: what spills over, or is displaced."""
    places = sample.wakes.windows.km
    wide = [t * len(places) + places.index(2 * s) for t in range(len(windows.days)) for s in windows.km]
    outer = replace(sample, columns=np.asarray(wide)[chosen])
    inner = _narrowed(sample, chosen)

    def layout(_: _Sample) -> tuple[Floats, Floats]:
        (y2, x2), (y1, x1) = _adjusted(outer), _adjusted(inner)
        return y2 - y1, np.concatenate([(x2 - x1)[:, :, :2], x1[:, :, 2:]], axis=2)

    return _run(inner, limits, layout)


def _overlap(sample: _Sample) -> Floats:
    """Share of wakes that share time and space with another wake, by window; whichever its kind."""
    wakes = sample.wakes
    others = wakes.same_before + wakes.same_after + wakes.mixed_before + wakes.mixed_after
    return np.asarray((sample.of(others) > 0).mean(axis=0))


def _usual(sample: _Sample, chosen: NDArray[np.int64]) -> Floats:
    """Outcome events after a control, by window."""
    return np.asarray(_narrowed(sample, chosen).of(sample.wakes.after)[sample.dose == 0].mean(axis=0))


def _headline(main: Contrast, usual: Floats, limits: Limits) -> int:
    """The window the answer rests on: where the effect is clearest, or, with none beyond chance, where one would be seen best."""
    size = np.where(np.isfinite(main.t), np.abs(main.t), -1.0)
    if main.p <= 1 - limits.level or size.max() < 0:
        return int(size.argmax())
    with np.errstate(divide="ignore", invalid="ignore"):
        visible = main.se / np.maximum(usual, 1e-12)
    return int(np.where(np.isfinite(visible), visible, np.inf).argmin())


def _checks(
    sample: _Sample, crowded: Floats, chosen: NDArray[np.int64], main: Contrast, head: int, lead: Contrast | None,
    differenced: Contrast, some_open: bool, limits: Limits,
) -> tuple[Check, ...]:  # fmt: skip
    alpha = 1 - limits.level
    usual = _usual(sample, chosen)[head]
    visible = smallest_visible(main.se[head], main.critical)
    signs = np.sign(main.effect[np.abs(main.t) > main.critical])
    checks = [
        Check(name="something varies", passed=bool(np.isfinite(main.effect[head])),
              says="In every window the outcome is the same after all events." if not np.isfinite(main.effect[head])
              else "The outcome differs between events."),
        Check(name="places and periods with both kinds", passed=_shared(sample) >= 0.5, value=_shared(sample),
              says=f"{_shared(sample):.0%} of the treatment events stand in a place and period that also has controls "
              "(half is needed)."),
        Check(name="overlap", passed=some_open, value=float(crowded.min()),
              says=f"In {len(chosen) if some_open else 0} of {len(crowded)} windows no more than {limits.overlap:.0%} of the wakes "
              "overlap another wake; only those are asked (in the others one event's after is the next one's before)."),
        _lead_check(lead, alpha),
        Check(name="windows agree", passed=len(set(signs)) < 2,
              says="Windows beyond chance have the same sign." if len(set(signs)) < 2
              else "Some windows show more beyond chance and others less."),
    ]  # fmt: skip
    if main.p <= alpha:
        same = bool(differenced.effect[0] * main.effect[head] > 0)
        checks.append(Check(
            name="adjusted or differenced", passed=same, value=float(differenced.effect[0]),
            says=f"Subtracting what was before instead of adjusting for it gives {differenced.effect[0]:+.3g}"
            f"{'' if same else ': the two bracket the effect, and zero lies between them'}.",
        ))  # fmt: skip
    else:
        seen = bool(visible <= limits.worth * usual)
        checks.append(Check(
            name="power", passed=seen, value=float(visible),
            says=f"The smallest effect visible four times in five is {visible:.3g}, where {usual:.3g} is usual after a control; "
            f"{'' if seen else 'not '}enough to see a change of {limits.worth:.0%}.",
        ))  # fmt: skip
    return tuple(checks)


def _shared(sample: _Sample) -> float:
    label, treated = sample.strata.label, sample.dose > 0
    both = np.bincount(label, weights=~treated) > 0
    return float(both[label][treated].mean())


def _lead_check(lead: Contrast | None, alpha: float) -> Check:
    if lead is None:
        return Check(
            name="placebo: the days before", passed=None, says="Too few events have data early enough for a placebo."
        )
    passed = lead.p > alpha
    return Check(
        name="placebo: the days before",
        passed=passed,
        value=lead.p,
        says=f"Before the event, treatment and control {'do not differ' if passed else 'already differ'} beyond chance "
        f"(p = {lead.p:.3g}).",
    )


def _effects(windows: Windows, chosen: NDArray[np.int64], found: Contrast) -> tuple[Effect, ...]:
    pairs = [windows.pairs[k] for k in chosen]
    return tuple(
        Effect(label=f"{t} days, {s:g} km", value=float(v), low=float(low), high=float(high), se=float(se))
        for (t, s), v, low, high, se in zip(pairs, found.effect, found.low, found.high, found.se, strict=True)
    )


def _finding(
    sample: _Sample, windows: Windows, chosen: NDArray[np.int64], main: Contrast, head: int, checks: tuple[Check, ...],
    crowded: Floats, lead: Contrast | None, ring: Contrast, differenced: Contrast, names: Names, limits: Limits,
) -> Finding:  # fmt: skip
    effects = _effects(windows, chosen, main)
    usual = float(_usual(sample, chosen)[head])
    direction = decide(headline=effects[head], p=main.p, checks=checks, level=limits.level)
    treated = int(sample.dose.sum())
    days, km = windows.pairs[chosen[head]]
    t = float(main.t[head])
    ratio = (usual + effects[head].value) / usual if usual else np.nan
    return Finding(
        design="wake",
        estimand=f"How many more or fewer {names.outcome} events follow one {names.treatment} within {km:g} km and {days} days "
        f"than follow one {names.control}, where as many had happened before, in the same place and period.",
        direction=direction,
        headline=effects[head],
        effects=effects,
        checks=checks,
        p=main.p,
        smallest_visible=smallest_visible(main.se[head], main.critical),
        usual=usual,
        n=main.n,
        counted=f"{names.treatment} and {names.control} events",
        unit=f"{names.outcome} events per {names.treatment}",
        total=(effects[head].value * treated, effects[head].low * treated, effects[head].high * treated),
        picture=picture.by_window(
            effects, title=f"{names.outcome} after {names.treatment} against {names.control}, by window",
            unit=f"{names.outcome} events per {names.treatment}", direction=str(direction),
        ),
        notes=_notes(sample, main, ring, head, names),
        numbers={
            "treated": treated,
            "controls": main.n - treated,
            "critical": main.critical,
            "ordering": main.ordering,
            "relative": None if not np.isfinite(ratio) else ratio - 1,
            "e_value": None if not np.isfinite(ratio) or ratio <= 0 else e_value(ratio),
            "robustness_value": robustness_value(t, main.degrees) if np.isfinite(t) else None,
            "robustness_value_at_level": robustness_value_at(t, main.degrees) if np.isfinite(t) else None,
            "overlap": {f"{a} days, {b:g} km": float(c) for (a, b), c in zip(windows.pairs, crowded, strict=True)},
            "placebo_p": None if lead is None else lead.p,
            "spill_over": [e.to_dict() for e in _effects(windows, chosen, ring)],
            "spill_over_p": ring.p,
            "differenced": float(differenced.effect[0]),
            "published_method": published.estimates(_asked(sample), sample.match),
            "place_km": finite(sample.strata.km),
            "period_days": finite(sample.strata.days),
        },
    )  # fmt: skip


def _within(strata: Strata) -> str:
    place = f"places {strata.km:g} km wide" if np.isfinite(strata.km) else "the whole area"
    period = f"periods of {strata.days:.0f} days" if np.isfinite(strata.days) else "the whole time"
    return f"within {place} and {period}"


def _notes(sample: _Sample, main: Contrast, ring: Contrast, head: int, names: Names) -> tuple[str, ...]:
    spilt = f"{ring.effect[head]:+.3g} ({ring.low[head]:+.3g} to {ring.high[head]:+.3g})"
    against = ring.p <= 0.05 and ring.effect[head] * main.effect[head] < 0
    return (
        f"Labels were {main.ordering}, {_within(sample.strata)}.",
        f"In the ring from once to twice the distance the effect is {spilt}, p = {ring.p:.3g}"
        + (": violence may have been displaced and not changed." if against else "."),
        f"If one {names.treatment} draws reporters, later events are reported more often and the effect is too high; counts alone "
        "cannot show that.",
    )
