"""When one belligerent's recorded harm changed its level, and by how much at the strongest change."""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from civcas.catalog import Measure, Option, Tables
from civcas.errors import BadInput
from civcas.measures.counts.change_points import (
    SingleChange,
    default_penalty,
    dispersion_between_neighbours,
    poisson_changes,
    single_change,
)
from civcas.measures.counts.level_ratio import LevelRatio, level_ratio
from civcas.measures.incidents import pictures
from civcas.measures.incidents.asked import LEVEL
from civcas.measures.incidents.monthly import MONTHLY_OPTIONS, Monthly, monthly
from civcas.measures.incidents.rows import Floats
from civcas.measures.incidents.speech import plain
from civcas.terms.estimate import Answer, Estimate, IntervalKind, Refusal

NAME = "change"
FEWEST_MONTHS = 6
EFFICIENCY = 2 / 3  # degrees of freedom of the spread for each difference of neighbours (von Neumann 1941)
SEVERAL = "Several changes stand out: value and interval are those of a single change, and mix what lies between them."


def answer(tables: Tables, *, penalty: float | None = None, level: float = LEVEL, **asked: Any) -> Answer:
    """The level after the one change over the level before, and every change the data pay for.

    Poisson cost with a quasi-likelihood scale for over-dispersion; the penalty for a change is 2 ln n unless given. Value and
    interval are those of a single change whose month and whose months' spread are not known: where several changes stand out, they
    mix what lies between them, and the levels between changes say more.
    """
    started = time.perf_counter()
    if asked.get("per", "day") != "day":
        raise BadInput(
            "change points of deaths per incident",
            where="--per",
            expected="day",
            do="Ask civcas measure trend --per incident",
        )
    if penalty is not None and not penalty > 0:
        raise BadInput(f"a penalty of {penalty:g}", where="--penalty", expected="above 0; 2 ln n is usual")
    made = monthly(NAME, tables, **asked)
    if isinstance(made, Refusal):
        return made
    if len(made.counts) < FEWEST_MONTHS:
        return Refusal(
            measure=NAME,
            reason=f"{len(made.counts)} months are too few to place a change",
            needs=f"at least {FEWEST_MONTHS} months",
            reading=made.reading,
        )
    if not made.counts.any():
        return Refusal(
            measure=NAME,
            reason=f"every month of {made.reading.window_of(0)} counts 0 {made.unit}, so no level can change",
            needs="a window, a bound or gradings with recorded harm",
            reading=made.reading,
        )
    return _estimate(made, found(made.counts, penalty=penalty), level, started)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Every change, the strongest alone, and the spread of months (variance over mean) with its degrees of freedom."""

    cuts: tuple[int, ...]
    one: SingleChange
    scale: float
    degrees: float
    penalty: float


def found(counts: Floats, *, penalty: float | None = None) -> Found:
    """Changes are searched with a spread that they may inflate, and weighed with one from which they are left out."""
    cost = penalty if penalty is not None else default_penalty(len(counts))
    cuts = poisson_changes(counts, penalty=cost, dispersion=dispersion_between_neighbours(counts))
    scale = dispersion_between_neighbours(counts, changes_after=cuts)
    pairs = len(counts) - 1 - len(cuts)
    return Found(
        cuts=cuts, one=single_change(counts / scale), scale=scale, degrees=max(1.0, EFFICIENCY * pairs), penalty=cost
    )


def _estimate(made: Monthly, found: Found, level: float, started: float) -> Estimate:
    ratio = level_ratio(made.counts, dispersion=found.scale, degrees=found.degrees, level=level)
    notes = made.notes + (SEVERAL,) * (len(found.cuts) > 1)
    return Estimate(
        measure=NAME, value=ratio.value, low=ratio.low, high=ratio.high, level=level, interval=IntervalKind.CREDIBLE,
        n=len(made.counts), counted="months", unit="times the level before", reading=made.reading,
        says=_sentence(made, found, ratio), notes=notes, diagnostics=_diagnostics(made, found, level),
        seconds=time.perf_counter() - started,
    )  # fmt: skip


def _sentence(made: Monthly, found: Found, ratio: LevelRatio) -> str:
    who = f"{made.unit.removesuffix(' per day')} attributed to {made.reading.belligerents[0]}"
    one, cuts = found.one, found.cuts
    first, last = one.within()
    between = f"{plain(ratio.low)} to {plain(ratio.high)}"
    if not cuts:
        return (
            f"No change of level stands out in {who}: the strongest, after {made.labels[one.after - 1]}, could be chance. If the "
            f"level changed once, it went to {plain(ratio.value)} times what it was ({between})."
        )
    if len(cuts) > 1:
        levels = [plain(float(part.mean())) for part in np.split(made.counts, cuts)]
        return (
            f"The level of {who} changed after {', '.join(made.labels[cut - 1] for cut in cuts)}: "
            f"{', then '.join(levels)} a month. Taken as a single change, it went to {plain(ratio.value)} times what it was ({between})."
        )
    return (
        f"The level of {who} changed after {made.labels[one.after - 1]} (between {made.labels[first - 1]} and "
        f"{made.labels[last - 1]}), to {plain(ratio.value)} times what it was ({between})."
    )


def _diagnostics(made: Monthly, found: Found, level: float) -> dict[str, Any]:
    one, cuts = found.one, found.cuts
    edges = [0, *cuts, len(made.counts)]
    first, last = one.within(level)
    return {
        "changes_after": [made.labels[cut - 1] for cut in cuts],
        "levels": [
            {"from": made.labels[a], "to": made.labels[b - 1], "per_month": float(made.counts[a:b].mean())}
            for a, b in itertools.pairwise(edges)
        ],
        "strongest_after": made.labels[one.after - 1],
        "strongest_between": [made.labels[first - 1], made.labels[last - 1]],
        "likelihood_ratio": one.likelihood_ratio,
        "dispersion": found.scale,
        "penalty": found.penalty,
        "months": made.labels,
        "observed": made.counts.tolist(),
        "posterior": one.posterior.tolist(),
        "assumes": ["the share of harm that is recorded did not change", "one change of level, for value and interval"],
    }


ENTRY = Measure(
    name=NAME,
    question="When did recorded harm by one belligerent change its level?",
    needs=("incident", "harm", "attribution"),
    answer=answer,
    by="options",
    options=(
        *(option for option in MONTHLY_OPTIONS if option.name != "per"),
        Option(name="penalty", help="what a change must gain, before over-dispersion; 2 ln n if left out", type=float),
        Option(name="level", help="nominal coverage of the interval", type=float, default=LEVEL),
    ),
    source="Killick, Fearnhead and Eckley 2012; Raftery and Akman 1986",
    example="civcas measure change --belligerent 'Russian Military' --window 2015-10..2016-12 --of incidents",
    draw=pictures.change,
)  # fmt: skip
