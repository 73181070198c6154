"""The ratio of two sides' deaths with other differences held equal, from counts known only as ranges."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from civcas.catalog import Measure, Option, Tables
from civcas.errors import UnknownName
from civcas.measures.counts.negative_binomial import Fit, interval_regression
from civcas.measures.identifying import unidentifiable_incidents
from civcas.measures.incidents import pictures
from civcas.measures.incidents.asked import GRID, LEVEL, READING_OPTIONS, reading_of
from civcas.measures.incidents.contested import all_contested
from civcas.measures.incidents.panel import month_label, panel
from civcas.measures.incidents.rows import Floats, Mask, Rows, gather
from civcas.measures.incidents.speech import EQUAL_DETECTION, notes_of_rows, plain, side_labels
from civcas.terms.estimate import Answer, Estimate, IntervalKind, Refusal
from civcas.terms.reading import Reading
from civcas.terms.vocabulary import Estimand

NAME = "incident_regression"
COVARIATES = ("month", "province", "strike_status")
FEW = 10  # levels of a covariate with fewer rows than this are pooled as "elsewhere"
FEWEST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What the regression is fitted to: a row an incident, or a row a side and month."""

    low: Floats
    high: Floats
    side: Floats
    exposure: Floats
    covariates: dict[str, Any]


def answer(
    tables: Tables, *, exposed: str, reference: str, unit: str = "incident", covariates: Sequence[str] = (),
    level: float = LEVEL, **words: Any,
) -> Answer:  # fmt: skip
    """Deaths per incident, or per day in monthly sums, of `exposed` over `reference`, with covariates held equal.

    Negative binomial by maximum likelihood, each count known only to lie in its min–max; Wald interval with Student's t on
    the log scale, robust to tails heavier than the model's for incidents, from the model for the few months. A row without a
    number is taken as missing at random. Assumes equal detection of both sides, and that
    counts differ between rows by the covariates and chance alone.
    """
    started = time.perf_counter()
    if unit not in ("incident", "month"):
        raise UnknownName("unit", unit, ("incident", "month"), where="--unit")
    for name in covariates:
        if name not in COVARIATES:
            raise UnknownName("covariate", name, COVARIATES, where="--covariates")
    reading = reading_of((exposed, reference), {**words, "exposure": "incident" if unit == "incident" else "day"})
    if (refused := unidentifiable_incidents(tables, measure=NAME, reading=reading, area=words.get("area"))) is not None:
        return refused
    windows = [reading.window_of(0), reading.window_of(1)]
    rows = gather(tables, belligerents=(exposed, reference), area=words.get("area"), windows=windows)
    counted = rows.counted(reading.grades, reading.attribution)
    if (disputed := all_contested(NAME, rows, counted, reading)) is not None:
        return disputed
    frame = _of_incidents(rows, counted) if unit == "incident" else _of_months(rows, counted, reading)
    if (refused := _refused(frame, reading)) is not None:
        return refused
    design, names = _design(frame, covariates)
    if (confounded := _confounded(design, names, frame, reading)) is not None:
        return confounded
    fit = interval_regression(low=frame.low, high=frame.high, design=design, exposure=frame.exposure, names=names)
    if not fit.converged:
        return Refusal(
            measure=NAME, reason="the fit did not converge", needs="fewer covariates, or more rows", reading=reading
        )
    extra = notes_of_rows(rows, counted, reading)
    return _estimate(fit, frame, reading, unit, level, extra, started)


def _of_incidents(rows: Rows, counted: Mask) -> Frame:
    picked = rows.only(counted)
    months = picked.day.astype("datetime64[M]").astype(str)
    return Frame(
        low=picked.low, high=picked.high, side=(picked.side == 0).astype(float), exposure=np.ones(len(months)),
        covariates={"month": months, "province": picked.province, "strike_status": picked.strike_status},
    )  # fmt: skip


def _of_months(rows: Rows, counted: Mask, reading: Reading) -> Frame:
    made = panel(rows, counted, [reading.window_of(0), reading.window_of(1)])
    labels = np.array([month_label(int(month)) for month in made.month], dtype=object)
    return Frame(
        low=made.low,
        high=made.high,
        side=(made.side == 0).astype(float),
        exposure=made.days,
        covariates={"month": labels},
    )


def _refused(frame: Frame, reading: Reading) -> Refusal | None:
    told = np.isfinite(frame.low) | np.isfinite(frame.high)
    on_each = [int((told & (frame.side == side)).sum()) for side in (1, 0)]
    if min(on_each) == 0 or sum(on_each) < FEWEST:
        return Refusal(
            measure=NAME,
            reason=f"the two sides have {on_each[0]} and {on_each[1]} rows with a number, too few to fit",
            needs=f"at least {FEWEST} rows with a number, some on each side",
            reading=reading,
        )
    for label, side in zip(side_labels(reading), (1, 0), strict=True):
        mine = frame.side == side
        if not np.nansum(frame.low[mine]) and not np.nansum(frame.high[mine]):
            return Refusal(
                measure=NAME,
                reason=f"{label} has no recorded civilian killed under this reading, so the ratio has no finite logarithm",
                needs="recorded deaths on both sides",
                reading=reading,
            )
    return None


def _confounded(design: Floats, names: tuple[str, ...], frame: Frame, reading: Reading) -> Refusal | None:
    """A refusal where a covariate and the side cannot be told apart, or there are more columns than the rows can carry."""
    told = np.isfinite(frame.low) | np.isfinite(frame.high)
    seen = design[told]
    if len(seen) <= seen.shape[1] + 1:
        return Refusal(
            measure=NAME, reason=f"{len(seen)} rows with a number cannot carry {seen.shape[1] + 1} parameters",
            needs="fewer covariates, or more rows", reading=reading,
        )  # fmt: skip
    if np.linalg.matrix_rank(seen) == seen.shape[1]:
        return None
    others = np.delete(seen, 1, axis=1)
    with_side = np.linalg.matrix_rank(others) == np.linalg.matrix_rank(seen)
    what = "the sides and the covariates" if with_side else "some covariates"
    return Refusal(
        measure=NAME,
        reason=f"{what} go together in these rows ({', '.join(names[2:])}), so their effects cannot be told apart",
        needs="fewer covariates, or rows of both sides in each of their levels", reading=reading,
    )  # fmt: skip


def _design(frame: Frame, covariates: Sequence[str]) -> tuple[Floats, tuple[str, ...]]:
    columns, names = [np.ones(len(frame.low)), frame.side], ["intercept", "exposed"]
    for name in covariates:
        if name not in frame.covariates:
            raise UnknownName("covariate of monthly sums", name, frame.covariates, where="--covariates")
        values = np.asarray(frame.covariates[name], dtype=object)
        levels, counts = np.unique(values.astype(str), return_counts=True)
        small = levels[counts < FEW] if name != "month" else levels[:0]
        pooled = np.where(np.isin(values.astype(str), small), "elsewhere", values.astype(str))
        levels, counts = np.unique(pooled, return_counts=True)
        for each in levels[levels != levels[counts.argmax()]]:
            columns.append((pooled == each).astype(float))
            names.append(f"{name} {each}")
    return np.column_stack(columns), tuple(names)


def _least_error(frame: Frame) -> float:
    """The standard error of the log ratio that counting alone leaves: √(1/deaths + 1/deaths), each side at the middle of its range.

    A robust error vanishes where all counts are equal, and counts that come one at a time are never that sure.
    """
    high = np.where(np.isfinite(frame.high), frame.high, frame.low)
    middle = np.nan_to_num((np.where(np.isnan(frame.low), 0.0, frame.low) + high) / 2)
    return math.sqrt(sum(1 / float(middle[frame.side == side].sum()) for side in (0, 1)))


def _estimate(
    fit: Fit, frame: Frame, reading: Reading, unit: str, level: float, extra: tuple[str, ...], started: float
) -> Answer:
    from scipy.special import stdtrit

    degrees = max(1, fit.informative - len(fit.coefficients) - 1)
    modelled = fit.robust_standard_errors[1] if unit == "incident" else fit.standard_errors[1]
    floor = _least_error(frame)
    error = max(float(modelled), floor)
    half = float(stdtrit(degrees, (1 + level) / 2) * error)
    value, low, high = (math.exp(fit.coefficients[1] + shift) for shift in (0.0, -half, half))
    per = "incident" if unit == "incident" else "day"
    held = [name for name in fit.names[2:]]
    says = (
        f"With {'other recorded differences' if held else 'nothing else'} held equal, recorded deaths per {per} attributed to "
        f"{side_labels(reading)[0]} were {plain(value)} times those attributed to {side_labels(reading)[1]} "
        f"({plain(low)} to {plain(high)})."
    )
    notes = [
        EQUAL_DETECTION,
        "Each count may lie anywhere in its min–max; rows without a number are taken as missing at random.",
    ]
    if error > modelled:
        notes.append(
            "The counts vary less than counting by chance would: the interval is the one that chance alone gives."
        )
    if unit == "month":
        notes.append(
            "Months are taken as independent but for what is held equal; incident_ratio allows for months that are alike."
        )
    notes += extra
    return Estimate(
        measure=NAME, value=value, low=low, high=high, level=level, interval=IntervalKind.WALD, n=fit.informative,
        counted=f"{unit}s with a number", unit="times", reading=reading, says=says, notes=tuple(notes),
        diagnostics={
            "coefficients": {
                name: {"value": float(b), "standard_error": float(se)}
                for name, b, se in zip(fit.names, fit.coefficients, fit.standard_errors, strict=True)
            },
            "dispersion": fit.dispersion,
            "minus_log_likelihood": fit.minus_log_likelihood,
            "converged": fit.converged,
            "rows_without_a_number": len(frame.low) - fit.informative,
            "assumes": ["equal detection of both sides", "missing counts at random"],
        },
        seconds=time.perf_counter() - started,
        estimand=Estimand.AS_IT_TENDS,
        interval_of=f"chance in the counts of {unit}s, each anywhere in its range, with the covariates held equal",
        effective=_like_incidents(frame),
    )  # fmt: skip


def _like_incidents(frame: Frame) -> float:
    """Kish's (Σd)²/Σd² of the side that has fewest, at the lowest numbers."""
    sides = [np.nan_to_num(frame.low[frame.side == side]) for side in (0, 1)]
    return float(min(each.sum() ** 2 / (each**2).sum() if each.any() else 0.0 for each in sides))


ENTRY = Measure(
    name=NAME,
    question="How many times as many deaths per incident, or per day, with month, province or strike status held equal?",
    needs=("incident", "harm", "attribution"),
    answer=answer,
    by="options",
    no_difference=1.0,
    belligerents=("exposed", "reference"),
    options=(
        Option(name="exposed", help="the belligerent whose deaths are compared", required=True),
        Option(name="reference", help="the belligerent it is compared with", required=True),
        Option(name="unit", help="incident (deaths per incident) or month (monthly sums, per day)", default="incident"),
        Option(name="covariates", help="held equal: month, province, strike_status", repeated=True),
        *(option for option in READING_OPTIONS if option.name != "bound"),
        Option(name="level", help="nominal coverage of the interval", type=float, default=LEVEL),
    ),
    means=("window", "area", "unit"),
    grid={"grades": GRID["grades"], "attribution": GRID["attribution"]},
    source="interval-censored negative binomial regression; McCullagh and Nelder 1989",
    example="civcas measure incident_regression --exposed 'Russian Military' --reference 'U.S.-led Coalition' "
    "--window 2015-10..2016-12 --covariates month --covariates province",
    draw=pictures.one_interval,
)  # fmt: skip
