"""Places and periods: whether the outcome rises in a place in the periods after a treatment there, as against other places."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from civcas.errors import BadInput
from civcas.measures.consequences import picture
from civcas.measures.consequences.events import CONTROL, OUTCOME, TREATMENT, Events
from civcas.measures.consequences.finding import Check, Effect, Finding, decide, p_among, smallest_visible
from civcas.measures.consequences.strata import squares
from civcas.measures.consequences.wake_design import Limits, Names

Floats = NDArray[np.float64]
LEADS, LAGS = 3, 3  # periods before and after a treatment
FEWEST_PLACES = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """Counts by place and month, places × months; months run without a gap from the first event to the last."""

    outcome: Floats
    treatment: Floats
    control: Floats | None

    @property
    def shape(self) -> tuple[int, int]:
        return self.outcome.shape[0], self.outcome.shape[1]


def tabulate(events: Events, *, km: float = 25.0, dose: bool = False) -> Panel:
    """Events counted by place (the place they name, or squares of `km`) and calendar month; with `dose`, what treatments did.

    A place and month without a reported event counts zero, which holds only where reporting never stopped.
    """
    place = squares(events.latitude, events.longitude, km) if events.place is None else events.place
    place = np.unique(place, return_inverse=True)[1].ravel()
    month = events.days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    month -= month.min()
    shape = (int(place.max()) + 1, int(month.max()) + 1)

    def counted(kind: int, weight: Floats | None = None) -> Floats:
        here = events.kind == kind
        flat = place[here] * shape[1] + month[here]
        held = None if weight is None else np.nan_to_num(weight[here])
        return np.bincount(flat, weights=held, minlength=shape[0] * shape[1]).reshape(shape).astype(np.float64)

    return Panel(
        outcome=counted(OUTCOME),
        treatment=counted(TREATMENT, events.dose if dose else None),
        control=counted(CONTROL) if events.number(CONTROL) else None,
    )


def ask(events: Events, *, names: Names | None = None, limits: Limits | None = None, km: float = 25.0) -> Finding:
    """How many outcome events follow one treatment in its place over the next months, beyond what other places saw.

    Two-way fixed effects with three leads and three lags of the treatment (and of the control, which is the placebo). The
    same month is let out of the answer, since there the outcome may have come first. t is clustered by place; p and bands come
    from turning each place's treatments round in time. It assumes that effects are alike across places and add up.
    """
    names, limits = names or Names(), limits or Limits()
    panel = tabulate(events, km=km)
    _usable(panel)
    fixed = _fixed(panel)
    beta, variance = _fit(panel.treatment, fixed)
    weights = _weights()
    t, drawn = _studentised(beta, variance, weights), _turned(panel, fixed, weights, limits)
    effect, se = weights @ beta, np.sqrt(np.maximum(np.einsum("wi,ij,wj->w", weights, variance, weights), 0))
    p = p_among(t[0], drawn[:, 0])
    lead = np.arange(1, 1 + LEADS)
    lead_p = p_among(t[lead].max(), drawn[:, lead].max(axis=1))
    critical = float(np.quantile(drawn[:, 0], limits.level, method="higher"))
    several = float(np.quantile(drawn[:, 1:].max(axis=1), limits.level, method="higher"))
    labels = [*(f"{k} months before" if k > 1 else "1 month before" for k in range(LEADS, 0, -1)), "the same month",
              *(f"{k} months after" if k > 1 else "1 month after" for k in range(1, LAGS + 1))]  # fmt: skip
    effects = tuple(Effect.around(label, effect[1 + k], se[1 + k], several) for k, label in enumerate(labels))
    headline = Effect.around(f"{LAGS} months after, added up", effect[0], se[0], critical)
    usual = float(panel.outcome.mean() * LAGS)
    visible = smallest_visible(float(se[0]), critical)
    checks = _checks(panel, lead_p, _placebo(panel, limits), p, visible, usual, names, limits)
    direction = decide(headline=headline, p=p, checks=checks, level=limits.level)
    number = float(panel.treatment.sum())
    unit = f"{names.outcome} events per {names.treatment}"
    return Finding(
        design="did",
        estimand=f"How many more or fewer {names.outcome} events one more {names.treatment} is followed by in the same place over the "
        f"next {LAGS} months, against places without one in the same months.",
        direction=direction, headline=headline, effects=effects, checks=checks, p=p, smallest_visible=visible, usual=usual,
        n=panel.shape[0] * panel.shape[1], counted="places × months", unit=unit,
        total=(headline.value * number, headline.low * number, headline.high * number),
        picture=picture.by_window(effects, title=f"{names.outcome} around a {names.treatment}, month by month", unit=unit,
                                  direction=str(direction)),
        notes=("A place and month without a reported event counts as zero, which holds only where reporting never stopped.",
               "Treatments were turned round in time within each place to see what chance would show."),
        numbers={"places": panel.shape[0], "months": panel.shape[1], "critical": critical, "lead_p": lead_p,
                 "log_scale": _log_scale(panel, limits)},
    )  # fmt: skip


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
    """What stays when treatments are turned: the outcome, and the control's leads and lags, less place and month means."""

    outcome: Floats
    others: Floats


def _fixed(panel: Panel) -> _Fixed:
    y = _demeaned(panel.outcome[:, LAGS : panel.shape[1] - LEADS][..., None])
    if panel.control is None:
        return _Fixed(outcome=y.reshape(-1), others=np.zeros((y.size, 0)))
    z, _ = np.linalg.qr(_demeaned(_shifted(panel.control)).reshape(y.size, -1))
    return _Fixed(outcome=y.reshape(-1) - z @ (z.T @ y.reshape(-1)), others=z)


def _shifted(path: Floats) -> Floats:
    """Leads 3..1, the month itself and lags 1..3 of a path, for the months that have them all: places × months × 7."""
    months = path.shape[1]
    return np.stack([path[:, LAGS + k : months - LEADS + k] for k in range(LEADS, -LAGS - 1, -1)], axis=2)


def _demeaned(x: Floats) -> Floats:
    """Less the means of place and of month, in a panel without holes: the within transformation."""
    return np.asarray(
        x - x.mean(axis=0, keepdims=True) - x.mean(axis=1, keepdims=True) + x.mean(axis=(0, 1), keepdims=True)
    )


def _fit(path: Floats, fixed: _Fixed) -> tuple[Floats, Floats]:
    """Coefficients of the leads and lags, and their variance clustered by place."""
    x = _demeaned(_shifted(path))
    places, columns = x.shape[0], x.shape[2]
    flat = x.reshape(-1, columns)
    flat = flat - fixed.others @ (fixed.others.T @ flat)
    inverse = np.linalg.pinv(flat.T @ flat, hermitian=True)
    beta = inverse @ (flat.T @ fixed.outcome)
    rest = fixed.outcome - flat @ beta
    scores = (flat * rest[:, None]).reshape(places, -1, columns).sum(axis=1)
    factor = places / (places - 1) * (len(flat) - 1) / (len(flat) - columns - fixed.others.shape[1])
    return beta, factor * inverse @ (scores.T @ scores) @ inverse


def _weights() -> Floats:
    """First row: the lags added up; then each lead, the month itself and each lag alone."""
    whole = np.zeros(LEADS + 1 + LAGS)
    whole[LEADS + 1 :] = 1
    return np.vstack([whole, np.eye(LEADS + 1 + LAGS)])


def _studentised(beta: Floats, variance: Floats, weights: Floats) -> Floats:
    se = np.sqrt(np.maximum(np.einsum("wi,ij,wj->w", weights, variance, weights), 0))
    return np.asarray(np.divide(np.abs(weights @ beta), se, out=np.zeros(len(weights)), where=se > 1e-12))


def _turned(panel: Panel, fixed: _Fixed, weights: Floats, limits: Limits) -> Floats:
    """|t| with each place's treatments turned round in time, which keeps how many there were and their runs."""
    rng = np.random.default_rng(limits.seed)
    places, months = panel.shape
    drawn = np.empty((limits.draws, len(weights)))
    for b in range(limits.draws):
        by = rng.integers(0, months, size=(places, 1))
        path = np.take_along_axis(panel.treatment, (np.arange(months) + by) % months, axis=1)
        drawn[b] = _studentised(*_fit(path, fixed), weights)
    return drawn


def _placebo(panel: Panel, limits: Limits) -> float | None:
    """p of the control having an effect, with the treatment held fixed."""
    if panel.control is None:
        return None
    turned = Panel(outcome=panel.outcome, treatment=panel.control, control=panel.treatment)
    fixed = _fixed(turned)
    few = Limits(draws=min(limits.draws, 499), seed=limits.seed)
    weights = _weights()
    return p_among(_studentised(*_fit(turned.treatment, fixed), weights)[0], _turned(turned, fixed, weights, few)[:, 0])


def _log_scale(panel: Panel, limits: Limits) -> dict[str, float] | None:
    """One more treatment in the three months before multiplies the outcome by so much: Poisson with both fixed effects.

    Needs the `panels` extra; None without it, or where the fit does not exist.
    """
    try:
        import pandas as pd
        from pyfixest import fepois
    except ImportError:
        return None
    places, months = panel.shape
    recent = _shifted(panel.treatment)[:, :, LEADS + 1 :].sum(axis=2)
    rows = pd.DataFrame({
        "y": panel.outcome[:, LAGS : months - LEADS].ravel(), "recent": recent.ravel(),
        "place": np.repeat(np.arange(places), recent.shape[1]), "month": np.tile(np.arange(recent.shape[1]), places),
    })  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # rows that separation sets aside carry no information on the ratio
        found = fepois("y ~ recent | place + month", data=rows, vcov={"CRV1": "place"})
    low, high = found.confint(alpha=1 - limits.level).loc["recent"]
    return {"value": float(np.exp(found.coef()["recent"])), "low": float(np.exp(low)), "high": float(np.exp(high))}


def _checks(
    panel: Panel,
    lead_p: float,
    placebo: float | None,
    p: float,
    visible: float,
    usual: float,
    names: Names,
    limits: Limits,
) -> tuple[Check, ...]:
    alpha = 1 - limits.level
    ever = int((panel.treatment.sum(axis=1) > 0).sum())
    checks = [
        Check(name="places", passed=min(ever, panel.shape[0]) >= FEWEST_PLACES, value=float(ever),
              says=f"{ever} of {panel.shape[0]} places were ever treated ({FEWEST_PLACES} are needed)."),
        Check(name="trend before", passed=lead_p > alpha, value=lead_p,
              says=f"In the {LEADS} months before a {names.treatment}, its place "
              f"{'did not differ' if lead_p > alpha else 'already differed'} "
              f"beyond chance (p = {lead_p:.3g})."),
    ]  # fmt: skip
    if placebo is not None:
        checks.append(Check(name="placebo: the control", passed=placebo > alpha, value=placebo,
                            says=f"After a {names.control} {'nothing changes' if placebo > alpha else 'something changes too'} "
                            f"(p = {placebo:.3g})."))  # fmt: skip
    if p > alpha:
        checks.append(Check(name="power", passed=visible <= limits.worth * usual, value=visible,
                            says=f"The smallest effect visible four times in five is {visible:.3g}, where {usual:.3g} is usual in "
                            f"{LAGS} months."))  # fmt: skip
    return tuple(checks)
