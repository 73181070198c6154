"""Places and periods: whether the outcome rises in a place in the periods after a treatment there, as against other places."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array

from civcas.errors import BadInput
from civcas.measures.consequences import displacement, panel_ratio, picture
from civcas.measures.consequences.events import Events, check_copies
from civcas.measures.consequences.finding import Check, Effect, Finding, decide, p_among, smallest_visible
from civcas.measures.consequences.limits import Limits, Names
from civcas.measures.consequences.panel import Panel, tabulate
from civcas.measures.consequences.within import Within, seasonal, two_way

Floats = NDArray[np.float64]
LEADS, LAGS = 3, 3  # periods before and after a treatment
FEWEST_PLACES = 6
TILE = 50  # turned paths that are fitted at once; few enough to stay small in memory


def ask(events: Events, *, names: Names | None = None, limits: Limits | None = None, km: float = 25.0) -> Finding:
    """How many outcome events follow one treatment in its place over the next months, beyond what other places saw.

    Least squares with three leads and three lags of the treatment (and of the control, which is the placebo), effects of place
    and month, and seasons that swell with a place's level. The same month is let out of the answer, since there the outcome may
    have come first. t is clustered by place; p and bands come from turning each place's treatments round in time. It assumes
    that effects are alike across places and add up, and that a season which all places share multiplies or adds.
    """
    names, limits = names or Names(), limits or Limits()
    check_copies(events)
    if events.span == 0:
        raise BadInput("all events have the same date", expected="events before and after one another")
    panel = tabulate(events, km=km, reach=limits.reach)
    _usable(panel)
    main = _estimated(panel, _fixed(panel, within=_seasons(panel)), limits)
    lead = np.arange(1, 1 + LEADS)
    lead_p = p_among(main.t[lead].max(), main.drawn[:, lead].max(axis=1))
    several = float(np.quantile(main.drawn[:, 1:].max(axis=1), limits.level, method="higher"))
    labels = [*(f"{k} months before" if k > 1 else "1 month before" for k in range(LEADS, 0, -1)), "the same month",
              *(f"{k} months after" if k > 1 else "1 month after" for k in range(1, LAGS + 1))]  # fmt: skip
    effects = tuple(Effect.around(label, main.effect[1 + k], main.se[1 + k], several) for k, label in enumerate(labels))
    wide = _wider(panel, limits)
    usual = float(panel.outcome.mean() * LAGS)
    checks = _checks(panel, main, lead_p, _placebo(panel, limits), usual, names, limits)
    moved = displacement.check(
        [main.headline, wide], where=f"{panel.reach:.3g} km around", beyond=main.p <= 1 - limits.level
    )
    return _finding(panel, main, effects, wide, (*checks, moved), usual, lead_p, names, limits)


def _usable(panel: Panel) -> None:
    places, months = panel.shape
    if places < 2:
        raise BadInput(
            "all events are in one place", expected="several places, so that some can be compared with others"
        )
    if months < 2 * (LEADS + LAGS) + 1:
        raise BadInput(f"the data cover {months} months", expected=f"at least {2 * (LEADS + LAGS) + 1}")
    if (panel.treatment > 0).all():
        raise BadInput("every place is treated in every month", expected="places and months without treatment")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fixed:
    """What stays when treatments are turned: the outcome and the other variables, less what `within` takes out."""

    within: Within
    outcome: Floats
    others: Floats


def _inner(outcome: Floats) -> Floats:
    """The months that have all leads and lags."""
    return outcome[:, LAGS : outcome.shape[1] - LEADS]


def _seasons(panel: Panel) -> Within:
    return seasonal(_inner(panel.outcome))


def _fixed(panel: Panel, *, within: Within | None = None) -> _Fixed:
    """The outcome less the control's leads and lags; two-way without a `within` of its own."""
    inner = _inner(panel.outcome)
    within = within or two_way(*inner.shape)
    y = within.off(inner[..., None]).reshape(-1)
    if panel.control is None:
        return _Fixed(within=within, outcome=y, others=np.zeros((y.size, 0)))
    z = within.off(_shifted(panel.control)).reshape(y.size, -1)
    left, size, _ = np.linalg.svd(z, full_matrices=False)
    z = left[:, size > 1e-9 * max(float(size.max(initial=0.0)), 1.0)]
    return _Fixed(within=within, outcome=y - z @ (z.T @ y), others=z)


def _shifted(path: Floats) -> Floats:
    """Leads 3..1, the month itself and lags 1..3 of a path, for the months that have them all: places × months × 7."""
    months = path.shape[1]
    return np.stack([path[:, LAGS + k : months - LEADS + k] for k in range(LEADS, -LAGS - 1, -1)], axis=2)


def _fit(path: Floats, fixed: _Fixed, *, beside: Floats | None = None) -> tuple[Floats, Floats]:
    """Coefficients of the leads and lags (then of those of the path `beside`), and their variance clustered by place."""
    beta, variance = _fits(path[None], fixed, beside=None if beside is None else beside[None])
    return beta[0], variance[0]


def _fits(paths: Floats, fixed: _Fixed, *, beside: Floats | None = None) -> tuple[Floats, Floats]:
    """As `_fit` for many paths at once (draws × places × months): draws × columns, and draws × columns × columns."""
    shifted = [_shifted(path) for path in paths]
    if beside is not None:
        shifted = [np.concatenate([x, _shifted(path)], axis=2) for x, path in zip(shifted, beside, strict=True)]
    draws, (places, months, columns) = len(paths), shifted[0].shape
    flat = fixed.within.off(np.concatenate(shifted, axis=2)).reshape(places * months, -1)
    flat = flat - fixed.others @ (fixed.others.T @ flat)
    x = np.ascontiguousarray(flat.reshape(-1, draws, columns).transpose(1, 0, 2))
    inverse = np.linalg.pinv(x.transpose(0, 2, 1) @ x, hermitian=True)
    beta = inverse @ (x.transpose(0, 2, 1) @ fixed.outcome[:, None])
    rest = fixed.outcome[:, None] - x @ beta
    scores = (x * rest).reshape(draws, places, months, columns).sum(axis=2)
    rows = places * months
    factor = places / (places - 1) * (rows - 1) / (rows - columns - fixed.others.shape[1])
    return beta[..., 0], factor * inverse @ (scores.transpose(0, 2, 1) @ scores) @ inverse


def _weights() -> Floats:
    """First row: the lags added up; then each lead, the month itself and each lag alone."""
    whole = np.zeros(LEADS + 1 + LAGS)
    whole[LEADS + 1 :] = 1
    return np.vstack([whole, np.eye(LEADS + 1 + LAGS)])


def _spread(variance: Floats, weights: Floats) -> Floats:
    """Standard errors of weighted sums of coefficients; `variance` may hold many draws."""
    return np.asarray(np.sqrt(np.maximum(np.einsum("wi,...ij,wj->...w", weights, variance, weights), 0)))


def _studentised(beta: Floats, variance: Floats, weights: Floats) -> Floats:
    se = _spread(variance, weights)
    return np.asarray(np.divide(np.abs(beta @ weights.T), se, out=np.zeros_like(se), where=se > 1e-12))


def _turned(panel: Panel, fixed: _Fixed, weights: Floats, limits: Limits, *, spread: csr_array | None = None) -> Floats:
    """|t| with each place's treatments turned round in time, which keeps how many there were and their runs; draws × weights."""
    rng = np.random.default_rng(limits.seed)
    places, months = panel.shape
    out = []
    for first in range(0, limits.draws, TILE):
        by = rng.integers(0, months, size=(min(TILE, limits.draws - first), places, 1))
        paths = np.take_along_axis(panel.treatment[None], (np.arange(months) + by) % months, axis=2)
        beside = None if spread is None else np.stack([spread @ path for path in paths])
        out.append(_studentised(*_fits(paths, fixed, beside=beside), weights))
    return np.concatenate(out)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Estimated:
    """Effects (lags added up, then each lead and lag), their errors, |t|, and |t| of the turned treatments, draws × effects."""

    effect: Floats
    se: Floats
    t: Floats
    drawn: Floats
    critical: float
    varies: bool

    @property
    def p(self) -> float:
        return p_among(float(self.t[0]), self.drawn[:, 0])

    @property
    def headline(self) -> Effect:
        return Effect.around(f"{LAGS} months after, added up", self.effect[0], self.se[0], self.critical)


def _estimated(panel: Panel, fixed: _Fixed, limits: Limits) -> _Estimated:
    beta, variance = _fit(panel.treatment, fixed)
    drawn = _turned(panel, fixed, _weights(), limits)
    se = _spread(variance, _weights())
    return _Estimated(
        effect=_weights() @ beta,
        se=se,
        t=_studentised(beta, variance, _weights()),
        drawn=drawn,
        critical=float(np.quantile(drawn[:, 0], limits.level, method="higher")),
        varies=bool(se[0] > 1e-9 * max(float(np.abs(panel.outcome).max()), 1e-9)),
    )


def _wider(panel: Panel, limits: Limits) -> Effect:
    """The change summed over a place and the places around it.

    A treatment counts in its own place and, in equal parts that add up to one, in the places around. The two coefficients added
    up are what one treatment changes in all of them together: zero where it only moves events among them. Halleck Vega and
    Elhorst (2015), Journal of Regional Science 55 (spatial lag of X).
    """
    fixed, spread = _fixed(panel, within=_seasons(panel)), _spread_evenly(panel)
    weights = np.tile(_weights()[:1], (1, 2))
    beta, variance = _fit(panel.treatment, fixed, beside=spread @ panel.treatment)
    drawn = _turned(panel, fixed, weights, replace(limits, draws=min(limits.draws, 499)), spread=spread)
    critical = float(np.quantile(drawn[:, 0], limits.level, method="higher"))
    value, se = float((weights @ beta)[0]), float(_spread(variance, weights)[0])
    return Effect.around(f"{LAGS} months after, added up, {panel.reach:.3g} km around", value, se, critical)


def _spread_evenly(panel: Panel) -> csr_array:
    """What reaches a place of a treatment around it: one, shared evenly by all places around the treatment."""
    many = np.asarray(panel.around.sum(axis=0)).ravel()
    return csr_array(panel.around @ diags_array(np.divide(1.0, many, out=np.zeros_like(many), where=many > 0)))


def _placebo(panel: Panel, limits: Limits) -> float | None:
    """p of the control having an effect, with the treatment held fixed."""
    if panel.control is None:
        return None
    turned = replace(panel, treatment=panel.control, control=panel.treatment)
    return _estimated(turned, _fixed(turned, within=_seasons(turned)), replace(limits, draws=min(limits.draws, 499))).p


def _finding(
    panel: Panel, main: _Estimated, effects: tuple[Effect, ...], wide: Effect, checks: tuple[Check, ...], usual: float,
    lead_p: float, names: Names, limits: Limits,
) -> Finding:  # fmt: skip
    only_here = not displacement.same_sign([main.headline, wide])
    direction = decide(headline=main.headline, p=main.p, checks=checks, level=limits.level, only_here=only_here)
    number = float(panel.treatment.sum())
    unit = f"{names.outcome} events per {names.treatment}"
    return Finding(
        design="did",
        estimand=f"How many more or fewer {names.outcome} events one more {names.treatment} is followed by in the same place over the "
        f"next {LAGS} months, against places without one in the same months, less any season that all share.",
        direction=direction, headline=main.headline, effects=effects, checks=checks, p=main.p,
        smallest_visible=smallest_visible(float(main.se[0]), main.critical), usual=usual,
        n=panel.shape[0] * panel.shape[1], counted="places × months", unit=unit, level=limits.level,
        interval_of=f"the mean change in {names.outcome} events over {LAGS} months for one more {names.treatment}, errors clustered "
        "by place, by treatments moved along in time",
        sides=f"{names.outcome} events in places after one {names.treatment} and in places without one",
        phrases=(f"more {names.outcome} events in places after one {names.treatment} than in places without one",
                 f"fewer {names.outcome} events in places after one {names.treatment} than in places without one"),
        elsewhere=wide,
        total=(main.headline.value * number, main.headline.low * number, main.headline.high * number),
        picture=picture.by_window(effects, title=f"{names.outcome} around one {names.treatment}, month by month", unit=unit,
                                  direction=str(direction)),
        notes=("A place and month without a reported event counts as zero, which holds only where reporting never stopped.",
               "To see what chance would show, the treatments of each place were moved along in time, in a circle."),
        numbers={"places": panel.shape[0], "months": panel.shape[1], "critical": main.critical, "lead_p": lead_p,
                 "two_way": _two_way(panel, limits), "log_scale": _ratio(panel, limits)},
    )  # fmt: skip


def _two_way(panel: Panel, limits: Limits) -> dict[str, float]:
    """The same with effects of place and month alone, as common software gives it: a shared season that multiplies biases it."""
    beta, variance = _fit(panel.treatment, _fixed(panel))
    value, se = float((_weights() @ beta)[0]), float(_spread(variance, _weights())[0])
    return {"value": value, "se": se}


def _ratio(panel: Panel, limits: Limits) -> dict[str, float] | None:
    """By how much one more treatment in the months before multiplies the outcome."""
    recent = _shifted(panel.treatment)[:, :, LEADS + 1 :].sum(axis=2)
    return panel_ratio.log_scale(_inner(panel.outcome), recent, limits.level)


def _checks(
    panel: Panel, main: _Estimated, lead_p: float, placebo: float | None, usual: float, names: Names, limits: Limits
) -> tuple[Check, ...]:
    alpha = 1 - limits.level
    ever = int((panel.treatment.sum(axis=1) > 0).sum())
    checks = [
        Check(name="something varies", passed=main.varies,
              says="Outcome and treatment vary between places and months." if main.varies
              else "Outcome or treatment is the same in all places, or differs only by place or by month: nothing can be compared."),
        Check(name="places", passed=min(ever, panel.shape[0]) >= FEWEST_PLACES, value=float(ever),
              says=f"{ever} of {panel.shape[0]} places were ever treated ({FEWEST_PLACES} are needed)."),
        Check(name="trend before", passed=lead_p > alpha, value=lead_p,
              says=f"In the {LEADS} months before one {names.treatment}, its place "
              f"{'did not differ from places without one' if lead_p > alpha else 'already differed from places without one'} "
              f"beyond chance (p = {lead_p:.3g})."),
    ]  # fmt: skip
    if placebo is not None:
        checks.append(Check(name="placebo: the control", passed=placebo > alpha, value=placebo,
                            says=f"After one {names.control}, {names.outcome} events "
                            f"{'do not change' if placebo > alpha else 'change too'} (p = {placebo:.3g})."))  # fmt: skip
    if main.p > alpha:
        visible = smallest_visible(float(main.se[0]), main.critical)
        checks.append(Check(name="power", passed=bool(visible <= limits.worth * usual), value=visible,
                            says=f"An effect of {visible:.3g} or more would be seen four times in five, and "
                            f"{usual:.3g} is usual in {LAGS} months."))  # fmt: skip
    return tuple(checks)
