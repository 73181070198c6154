"""When one belligerent's recorded harm changed its level, and by how much at the strongest change."""

from __future__ import annotations

import itertools
import math
import time
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
from civcas.measures.incidents import pictures
from civcas.measures.incidents.asked import LEVEL
from civcas.measures.incidents.monthly import MONTHLY_OPTIONS, Monthly, monthly
from civcas.measures.incidents.speech import plain
from civcas.terms.estimate import Answer, Estimate, IntervalKind, Refusal

NAME = "change"
FEWEST_MONTHS = 6


def answer(tables: Tables, *, penalty: float | None = None, level: float = LEVEL, **asked: Any) -> Answer:
    """The level after the strongest single change over the level before, and every change the data pay for.

    Poisson cost with a quasi-likelihood scale for over-dispersion; the penalty for a change is 2 ln n unless given. The
    interval takes the month of the change as known, so it is too narrow where the month is not.
    """
    from scipy.special import ndtri

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
    scale = dispersion_between_neighbours(made.counts)
    cost = penalty if penalty is not None else default_penalty(len(made.counts))
    cuts = poisson_changes(made.counts, penalty=cost, dispersion=scale)
    one = single_change(_scaled(made.counts, scale))
    before, since = (float(part.sum()) for part in np.split(made.counts, [one.after]))
    ratio = (since / (len(made.counts) - one.after)) / (before / one.after) if before else math.inf
    half = float(ndtri((1 + level) / 2)) * math.sqrt(scale * (1 / before + 1 / since)) if before and since else None
    return Estimate(
        measure=NAME, value=ratio,
        low=None if half is None else ratio * math.exp(-half), high=None if half is None else ratio * math.exp(half),
        level=None if half is None else level, interval=IntervalKind.NONE if half is None else IntervalKind.WALD,
        n=len(made.counts), counted="months", unit="times the level before", reading=made.reading,
        says=_sentence(made, one, cuts, ratio),
        notes=(*made.notes, "The interval takes the month of the change as known; the posterior of the month is in the diagnostics."),
        diagnostics=_diagnostics(made, one, cuts, scale, cost, level), seconds=time.perf_counter() - started,
    )  # fmt: skip


def _scaled(counts: Any, scale: float) -> Any:
    """Counts over their dispersion: a Poisson likelihood of these is the quasi-likelihood of the counts."""
    return counts / scale


def _sentence(made: Monthly, one: SingleChange, cuts: tuple[int, ...], ratio: float) -> str:
    who = f"{made.unit} attributed to {made.reading.belligerents[0]}"
    first, last = one.within()
    if not cuts:
        return f"No change of level stands out in {who}: the strongest, after {made.labels[one.after - 1]}, could be chance."
    times = f"{plain(ratio)} times" if math.isfinite(ratio) else "from none to some:"
    many = (
        f" In all, the level changed after {', '.join(made.labels[cut - 1] for cut in cuts)}." if len(cuts) > 1 else ""
    )
    return (
        f"The strongest change in {who} came after {made.labels[one.after - 1]} (between {made.labels[first - 1]} and "
        f"{made.labels[last - 1]}): {times} the level before.{many}"
    )


def _diagnostics(
    made: Monthly, one: SingleChange, cuts: tuple[int, ...], scale: float, cost: float, level: float
) -> dict[str, Any]:
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
        "dispersion": scale,
        "penalty": cost,
        "months": made.labels,
        "observed": made.counts.tolist(),
        "posterior": one.posterior.tolist(),
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
