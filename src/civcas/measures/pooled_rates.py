"""The ratio of two sides in every province at once, thin provinces leaning on the others: a Bayesian hierarchy."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from civcas.catalog import Measure, Option, Tables
from civcas.errors import BadInput
from civcas.measures.counts.partial_pooling import Effects, Posterior, partially_pooled
from civcas.measures.identifying import unidentifiable_incidents
from civcas.measures.incidents import pictures
from civcas.measures.incidents.answering import months_of, too_few_months
from civcas.measures.incidents.asked import GRID, LEVEL, READING_OPTIONS, SEED, reading_of
from civcas.measures.incidents.contested import all_contested
from civcas.measures.incidents.months import MonthDoubt
from civcas.measures.incidents.panel import Panel, month_label, panel
from civcas.measures.incidents.rows import Floats, Rows, gather
from civcas.measures.incidents.speech import EQUAL_DETECTION, notes_of_rows, plain, side_labels
from civcas.terms.estimate import Answer, Estimate, IntervalKind, Refusal
from civcas.terms.reading import Reading
from civcas.terms.vocabulary import Bound, Estimand

NAME = "pooled_rates"
MOST_OPEN = 0.10
"""With a larger share of months and provinces without an upper end the data set no limit to the rates, only the priors do."""
FEW = 10  # provinces with fewer counted incidents are pooled as one
ELSEWHERE = "elsewhere"
MONTHS = (
    "The interval holds what months leave open too: each side's months vary by themselves and are like their neighbours, which the model "
    "of provinces does not know. What the model alone would give stands in the diagnostics (provinces_alone)."
)
PRIOR = (5.0, 2.0)  # standard deviations of the log rate and of the log ratio


@dataclass(frozen=True, slots=True, kw_only=True)
class Pooled:
    """The posterior with the rows it was fitted to: draws of each row's expected deaths are (draws, rows)."""

    posterior: Posterior
    panel: Panel
    areas: tuple[str, ...]
    expected: Floats

    def ratio(self, area: str | None = None) -> Floats:
        """Draws of the ratio of deaths a day over all provinces, or in one."""
        inside = np.ones(len(self.panel.side), bool) if area is None else self.panel.area == area
        rates = []
        for side in (0, 1):
            mine = inside & (self.panel.side == side)
            days = np.unique(self.panel.month[mine] * 1000 + self.panel.days[mine]) % 1000
            rates.append(self.expected[:, mine].sum(1) / days.sum())
        return np.asarray(rates[0] / rates[1])


def answer(
    tables: Tables, *, exposed: str, reference: str, level: float = LEVEL, chains: int = 4, draws: int = 1500, seed: int = SEED,
    **words: Any,
) -> Answer:  # fmt: skip
    """Recorded deaths a day of `exposed` over `reference`, from monthly ranges by province, partially pooled.

    Sums of each side, month and province lie between the sums of minimums and of maximums. Provinces, months, and each province's own
    ratio are drawn from common distributions, so a thin province leans on the rest. Assumes equal detection of both sides. Refuses
    when the chains disagree.
    """
    started = time.perf_counter()
    if chains < 2 or draws < 200:
        raise BadInput(
            f"{chains} chains of {draws} draws", expected="at least 2 chains of 200 draws, so that they can be compared"
        )
    reading = reading_of((exposed, reference), {**words, "exposure": "day"})
    if (refused := unidentifiable_incidents(tables, measure=NAME, reading=reading, area=words.get("area"))) is not None:
        return refused
    if why := too_few_months(reading):
        return Refusal(measure=NAME, reason=why.removeprefix("none: "), needs="longer windows", reading=reading)
    windows = [reading.window_of(0), reading.window_of(1)]
    rows = gather(tables, belligerents=(exposed, reference), area=words.get("area"), windows=windows)
    counted = rows.counted(reading.grades, reading.attribution)
    if (disputed := all_contested(NAME, rows, counted, reading)) is not None:
        return disputed
    counted &= rows.with_a_number  # unknown is not zero: it is in no month's sum
    killed = [float(rows.count(Bound.MAX)[counted & (rows.side == side)].sum()) for side in (0, 1)]
    if min(killed) == 0:
        silent = side_labels(reading)[int(np.argmin(killed))]
        return Refusal(measure=NAME, reason=f"{silent} has no recorded civilian killed under this reading",
                       needs="recorded deaths on both sides", reading=reading)  # fmt: skip
    made = panel(_thin_provinces_pooled(rows, counted), counted, windows, by_area=True)
    if (unlimited := _too_open(made, reading)) is not None:
        return unlimited
    pooled = fitted(made, chains=chains, draws=draws, seed=seed)
    if not pooled.posterior.converged:
        return Refusal(
            measure=NAME, needs="more draws (--draws), fewer provinces, or incident_regression",
            reason=f"the chains have not converged (R-hat {pooled.posterior.rhat:.3f}, "
            f"{pooled.posterior.least_effective:.0f} effective draws, {pooled.posterior.divergent} divergent)", reading=reading,
        )  # fmt: skip
    apart = months_apart(months_of(rows, counted, reading), pooled.expected.shape[0], seed)
    at_least = [rows.count(Bound.MIN)[counted & (rows.side == side)] for side in (0, 1)]
    evidence = Evidence(
        incidents=int(counted.sum()), apart=apart,
        effective=min(float(each.sum() ** 2 / (each**2).sum()) if each.any() else 0.0 for each in at_least),
        notes=notes_of_rows(rows, rows.counted(reading.grades, reading.attribution), reading),
    )  # fmt: skip
    return _estimate(pooled, reading, evidence, level, seed, started)


def _too_open(made: Panel, reading: Reading) -> Refusal | None:
    """Why nothing can be said where too many sums have no upper end."""
    with_harm, open_ended = int((made.high > 0).sum()), int(np.isinf(made.high).sum())
    if open_ended <= MOST_OPEN * with_harm:
        return None
    reason = (
        f"in {open_ended} of {with_harm} months and provinces with harm an incident has no highest number, "
        "so the data set no upper limit"
    )
    return Refusal(measure=NAME, reason=reason, needs="highest numbers of these incidents", reading=reading)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the record says besides the posterior: how many incidents, how far months may lie (draws of the log), what is left out."""

    incidents: int
    apart: Floats
    effective: float
    notes: tuple[str, ...]


def months_apart(months: Sequence[MonthDoubt | None], draws: int, seed: int) -> Floats:
    """How far months may lie from the rate behind them, on the log of the ratio: (draws,)."""
    random = np.random.default_rng([seed, 2])
    apart = np.zeros(draws)
    for sign, doubt in zip((1.0, -1.0), months, strict=True):
        if doubt is not None:
            apart += sign * doubt.draws(random, draws)
    return apart


def _thin_provinces_pooled(rows: Rows, counted: Any) -> Rows:
    names, counts = np.unique(rows.province[counted].astype(str), return_counts=True)
    thin = set(names[counts < FEW])
    province = np.array([ELSEWHERE if name in thin else name for name in rows.province], dtype=object)
    return Rows(
        **{name: getattr(rows, name) for name in Rows.__dataclass_fields__ if name != "province"}, province=province
    )


def fitted(made: Panel, *, chains: int, draws: int, seed: int) -> Pooled:
    """The posterior of both sides' rates in every province and month of a panel."""
    areas, area = np.unique(made.area.astype(str), return_inverse=True)
    months, month = np.unique(made.month, return_inverse=True)
    exposed = (made.side == 0).astype(float)
    always = np.ones(len(exposed))
    design = np.column_stack([always, exposed])
    groups = (
        Effects(name="province", level=area, active=always, count=len(areas)),
        Effects(name="month", level=month, active=always, count=len(months)),
        Effects(name="province's ratio", level=area, active=exposed, count=len(areas)),
    )
    posterior = partially_pooled(
        low=made.low, high=made.high, exposure=made.days, design=design, prior=PRIOR, groups=groups, chains=chains, draws=draws, seed=seed,
    )  # fmt: skip
    log = posterior.coefficients @ design.T + np.log(made.days)
    for group in groups:
        log = log + posterior.effects[group.name][:, :, group.level] * group.active
    return Pooled(
        posterior=posterior,
        panel=made,
        areas=tuple(str(area) for area in areas),
        expected=np.exp(log.reshape(-1, len(exposed))),
    )


def _estimate(
    pooled: Pooled, reading: Reading, evidence: Evidence, level: float, seed: int, started: float
) -> Estimate:
    tail, posterior = (1 - level) / 2, pooled.posterior
    ends, apart = [0.5, tail, 1 - tail], np.exp(evidence.apart)
    value, *alone = np.quantile(pooled.ratio(), ends).tolist()
    _, low, high = np.quantile(pooled.ratio() * apart, ends).tolist()
    by_area = {
        area: [float(np.median(ratio)), *np.quantile(ratio * apart, ends[1:]).tolist()]
        for area, ratio in ((area, pooled.ratio(area)) for area in pooled.areas)
    }
    exposed, reference = side_labels(reading)
    says = (
        f"With provinces and months pooled, recorded deaths a day attributed to {exposed} were {plain(value)} times those attributed to "
        f"{reference} ({plain(low)} to {plain(high)}); between provinces the ratio runs from "
        f"{plain(min(v[0] for v in by_area.values()))} to {plain(max(v[0] for v in by_area.values()))}."
    )
    return Estimate(
        measure=NAME, value=value, low=low, high=high, level=level, interval=IntervalKind.CREDIBLE, n=evidence.incidents,
        counted="incidents with a number",
        unit="times", reading=reading, says=says,
        notes=(
            EQUAL_DETECTION, MONTHS, "Priors: log rate N(0, 5²), log ratio N(0, 2²), scales and dispersion half-normal(1).",
            *evidence.notes,
        ),
        diagnostics={
            "by_province": {area: {"value": v[0], "low": v[1], "high": v[2]} for area, v in by_area.items()},
            "provinces_alone": alone,
            "scales": {name: float(np.median(draws)) for name, draws in posterior.scales.items()},
            "dispersion": float(np.median(posterior.dispersion)),
            "rhat": posterior.rhat,
            "effective_draws": posterior.least_effective,
            "divergent": posterior.divergent,
            "months": [month_label(int(m)) for m in np.unique(pooled.panel.month)],
            "assumes": ["equal detection of both sides", "provinces and months are alike but for chance and their own level"],
        },
        seed=seed, seconds=time.perf_counter() - started, estimand=Estimand.AS_IT_TENDS, effective=evidence.effective,
        interval_of="what provinces, months like these (each alike to the next) and their counts leave open of the ratio of deaths a day",
    )  # fmt: skip


ENTRY = Measure(
    name=NAME,
    question="How do two sides' recorded deaths a day compare in every province, thin provinces leaning on the others?",
    needs=("incident", "harm", "attribution"),
    answer=answer,
    by="options",
    no_difference=1.0,
    belligerents=("exposed", "reference"),
    options=(
        Option(name="exposed", help="the belligerent whose deaths are compared", required=True),
        Option(name="reference", help="the belligerent it is compared with", required=True),
        *(option for option in READING_OPTIONS if option.name != "bound"),
        Option(name="level", help="nominal coverage of the interval", type=float, default=LEVEL),
        Option(name="chains", help="chains that must agree", type=int, default=4),
        Option(name="draws", help="draws kept of each chain", type=int, default=1500),
        Option(name="seed", help="seed of every draw", type=int, default=SEED),
    ),
    means=("window", "area"),
    grid={"grades": GRID["grades"], "attribution": GRID["attribution"]},
    source="Gelman and others 2013; Hoffman and Gelman 2014",
    example="civcas measure pooled_rates --exposed 'Russian Military' --reference 'U.S.-led Coalition' --window 2015-10..2016-12",
    draw=pictures.provinces,
)  # fmt: skip
