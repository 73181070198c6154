"""The matched-wake design: outcome events after a treatment against those after a control, near it, in sliding windows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from civcas.measures.consequences import displacement, picture, published
from civcas.measures.consequences.events import Events, check_copies
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
from civcas.measures.consequences.labels import Contrast
from civcas.measures.consequences.limits import FEWEST as FEWEST
from civcas.measures.consequences.limits import Limits as Limits
from civcas.measures.consequences.limits import Names as Names
from civcas.measures.consequences.strata import Strata
from civcas.measures.consequences.wake_sample import (
    Sample,
    adjusted,
    asked,
    narrowed,
    run,
    sampled,
    subtracted,
    with_rings,
)
from civcas.measures.consequences.wakes import Windows, count
from civcas.terms.estimate import IntervalKind

Floats = NDArray[np.float64]


def ask(events: Events, windows: Windows, *, names: Names | None = None, limits: Limits | None = None) -> Finding:
    """Whether more or fewer outcome events follow a treatment than a control, in every window at once.

    Effects are events per treatment, adjusted for the number and trend before and for place and period; the band holds in
    all windows at once and comes from permuted labels. It assumes that within a place and period chance decided which event
    was treatment, and that a treatment does not change how many of the later events are reported.
    Schutte and Donnay (2014), with the test the published method lacks.
    """
    names, limits = names or Names(), limits or Limits()
    check_copies(events)
    wakes = count(events, with_rings(windows))
    sample = sampled(events, wakes, windows)
    crowded = _overlap(sample)
    open_windows = np.flatnonzero(crowded <= limits.overlap)
    chosen = open_windows if len(open_windows) else np.arange(len(sample.columns))
    main = run(narrowed(sample, chosen), limits, adjusted)
    head = _headline(main, _usual(sample, chosen), limits)
    lead = _placebo(events, sample, chosen, limits)
    ring = _ring(sample, chosen, windows, limits)
    differenced = run(narrowed(sample, chosen[[head]]), replace(limits, draws=99), subtracted)
    discs = _discs(events, sample, windows, chosen[head], limits)
    moved = displacement.check(discs.effects, where=f"{discs.km[-1]:g} km around", beyond=main.p <= 1 - limits.level)
    checks = (*_checks(sample, crowded, chosen, main, head, lead, differenced, len(open_windows) > 0, limits), moved)
    return _finding(sample, windows, chosen, main, head, checks, crowded, lead, ring, differenced, discs, names, limits)


def _placebo(events: Events, sample: Sample, chosen: NDArray[np.int64], limits: Limits) -> Contrast | None:
    """The same question asked of the days before: a treatment has no effect on its past."""
    rows = sample.rows & sample.wakes.whole_earlier.all(axis=1)
    kinds = sample.wakes.treated[rows]
    if min(kinds.sum(), (~kinds).sum()) < FEWEST:
        return None
    kept = rows[sample.rows]
    label = np.unique(sample.strata.label[kept], return_inverse=True)[1].ravel()
    past = replace(
        narrowed(sample, chosen), rows=rows, strata=replace(sample.strata, label=label), when=sample.when[kept]
    )
    return run(past, limits, lambda s: (s.of(s.wakes.before), s.of(s.wakes.earlier)[:, :, None]))


def _ring(sample: Sample, chosen: NDArray[np.int64], windows: Windows, limits: Limits) -> Contrast:
    """The same question asked of the ring from S to 2S kilometres: what spills over, or is displaced."""
    places = sample.wakes.windows.km
    wide = [t * len(places) + places.index(2 * s) for t in range(len(windows.days)) for s in windows.km]
    outer = replace(sample, columns=np.asarray(wide)[chosen])
    inner = narrowed(sample, chosen)

    def layout(_: Sample) -> tuple[Floats, Floats]:
        (y2, x2), (y1, x1) = adjusted(outer), adjusted(inner)
        return y2 - y1, np.concatenate([(x2 - x1)[:, :, :2], x1[:, :, 2:]], axis=2)

    return run(inner, limits, layout)


def _discs(events: Events, sample: Sample, windows: Windows, head: int, limits: Limits) -> displacement.Discs:
    """The change around the window the answer rests on, summed over growing distances."""
    days, km = windows.pairs[head]

    def compare(outcome: Floats, covariates: Floats) -> Contrast:
        return run(sample, limits, lambda _: (outcome, covariates))

    return displacement.summed(
        events, days=days, near=km, reach=limits.reach or displacement.REACH * max(windows.km), rows=sample.rows,
        covariates=sample.match, compare=compare,
    )  # fmt: skip


def _overlap(sample: Sample) -> Floats:
    """Share of wakes that share time and space with another wake, by window; whichever its kind."""
    wakes = sample.wakes
    others = wakes.same_before + wakes.same_after + wakes.mixed_before + wakes.mixed_after
    return np.asarray((sample.of(others) > 0).mean(axis=0))


def _usual(sample: Sample, chosen: NDArray[np.int64]) -> Floats:
    """Outcome events after a control, by window."""
    return np.asarray(narrowed(sample, chosen).of(sample.wakes.after)[sample.dose == 0].mean(axis=0))


def _headline(main: Contrast, usual: Floats, limits: Limits) -> int:
    """The window the answer rests on: where the effect is clearest, or, with none beyond chance, where one would be seen best."""
    size = np.where(np.isfinite(main.t), np.abs(main.t), -1.0)
    if main.p <= 1 - limits.level or size.max() < 0:
        return int(size.argmax())
    with np.errstate(divide="ignore", invalid="ignore"):
        visible = main.se / np.maximum(usual, 1e-12)
    return int(np.where(np.isfinite(visible), visible, np.inf).argmin())


def _checks(
    sample: Sample, crowded: Floats, chosen: NDArray[np.int64], main: Contrast, head: int, lead: Contrast | None,
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
              says=f"{_shared(sample):.0%} of the treatment events share their place and period with a control event; half is needed."),
        Check(name="overlap", passed=some_open, value=float(crowded.min()),
              says=f"In {len(chosen) if some_open else 0} of {len(crowded)} windows, at most {limits.overlap:.0%} of the events lie in the "
              "window of another. Only those windows are used: in the others, what follows one event comes before the next."),
        _lead_check(lead, alpha),
        Check(name="windows agree", passed=len(set(signs)) < 2,
              says="All windows with a clear effect show it in the same direction." if len(set(signs)) < 2
              else "Some windows clearly show more, and others clearly less."),
    ]  # fmt: skip
    if main.p <= alpha:
        same = bool(differenced.effect[0] * main.effect[head] > 0)
        checks.append(Check(
            name="adjusted or differenced", passed=same, value=float(differenced.effect[0]),
            says=f"The second way to allow for what was before, to subtract it, gives {differenced.effect[0]:+.3g}"
            f"{', with the same sign' if same else ', with the other sign: the true effect may be zero'}.",
        ))  # fmt: skip
    elif np.isfinite(visible):
        seen = bool(visible <= limits.worth * usual)
        checks.append(Check(
            name="power", passed=seen, value=float(visible),
            says=f"An effect of {visible:.3g} or more would be seen four times in five, and {usual:.3g} is usual after a control. That "
            f"is {'' if seen else 'not '}enough to see a change of {limits.worth:.0%}.",
        ))  # fmt: skip
    return tuple(checks)


def _shared(sample: Sample) -> float:
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
    sample: Sample, windows: Windows, chosen: NDArray[np.int64], main: Contrast, head: int, checks: tuple[Check, ...],
    crowded: Floats, lead: Contrast | None, ring: Contrast, differenced: Contrast, discs: displacement.Discs, names: Names,
    limits: Limits,
) -> Finding:  # fmt: skip
    effects = _effects(windows, chosen, main)
    usual = float(_usual(sample, chosen)[head])
    only_here = not discs.excluded
    direction = decide(headline=effects[head], p=main.p, checks=checks, level=limits.level, only_here=only_here)
    treated = int(sample.dose.sum())
    days, km = windows.pairs[chosen[head]]
    unit = f"{names.outcome} events per {names.treatment}"
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
        unit=unit,
        level=limits.level,
        interval=IntervalKind.BOOTSTRAP if sample.bursts else IntervalKind.WALD,
        interval_of=f"the mean difference in {names.outcome} events after these {names.treatment} and {names.control} events; wide enough "
        f"for all {len(effects)} windows at once, by labels {main.ordering}",
        sides=f"{names.outcome} events after one {names.treatment} and after one {names.control}",
        phrases=(f"more {names.outcome} events after one {names.treatment} than after one {names.control}",
                 f"fewer {names.outcome} events after one {names.treatment} than after one {names.control}"),
        elsewhere=discs.widest,
        total=(effects[head].value * treated, effects[head].low * treated, effects[head].high * treated),
        picture=picture.by_window(
            effects, title=f"{names.outcome} after {names.treatment} against {names.control}, by window", unit=unit,
            direction=str(direction),
        ),
        notes=_notes(sample, main, ring, head, names),
        numbers=_numbers(sample, main, head, usual) | {
            "overlap": {f"{a} days, {b:g} km": float(c) for (a, b), c in zip(windows.pairs, crowded, strict=True)},
            "placebo_p": None if lead is None else lead.p,
            "spill_over": [e.to_dict() for e in _effects(windows, chosen, ring)],
            "spill_over_p": ring.p,
            "summed_over_discs": [e.to_dict() for e in discs.effects],
            "differenced": float(differenced.effect[0]),
        },
    )  # fmt: skip


def _numbers(sample: Sample, main: Contrast, head: int, usual: float) -> dict[str, Any]:
    """What an analyst wants beside the answer."""
    treated, t = int(sample.dose.sum()), float(main.t[head])
    ratio = (usual + float(main.effect[head])) / usual if usual else np.nan
    return {
        "treated": treated,
        "controls": main.n - treated,
        "critical": main.critical,
        "ordering": main.ordering,
        "relative": None if not np.isfinite(ratio) else ratio - 1,
        "e_value": None if not np.isfinite(ratio) or ratio <= 0 else e_value(ratio),
        "robustness_value": robustness_value(t, main.degrees) if np.isfinite(t) else None,
        "robustness_value_at_level": robustness_value_at(t, main.degrees) if np.isfinite(t) else None,
        "published_method": published.estimates(asked(sample), sample.match),
        "place_km": finite(sample.strata.km),
        "period_days": finite(sample.strata.days),
    }


def _within(strata: Strata) -> str:
    place = f"places {strata.km:g} km wide" if np.isfinite(strata.km) else "the whole area"
    period = f"periods of {strata.days:.0f} days" if np.isfinite(strata.days) else "the whole time"
    return f"within {place} and {period}"


def _notes(sample: Sample, main: Contrast, ring: Contrast, head: int, names: Names) -> tuple[str, ...]:
    spilt = f"{ring.effect[head]:+.3g} ({ring.low[head]:+.3g} to {ring.high[head]:+.3g})"
    return (
        f"To see what chance would show, the labels {names.treatment} and {names.control} were {main.ordering}, {_within(sample.strata)}.",
        f"In the ring from once to twice the distance, the effect is {spilt}.",
        f"If one {names.treatment} draws reporters, later events are reported more often and the effect is too high; counts alone "
        "cannot show that.",
    )
