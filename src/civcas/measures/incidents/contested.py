"""Whose the contested incidents are: as bounds that assume nothing, and as weights that say what they assume."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from civcas.errors import BadInput
from civcas.measures.incidents.comparison import Sample
from civcas.measures.incidents.resampling import by_cluster
from civcas.measures.incidents.rows import Mask, Rows
from civcas.terms.estimate import Refusal
from civcas.terms.reading import Reading
from civcas.terms.vocabulary import Bound

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """The bounds of each row's share that may be its side's: surely (`low`) and possibly (`high`)."""

    low: Floats
    high: Floats

    @property
    def open(self) -> Mask:
        return self.high > self.low


def all_contested(name: str, rows: Rows, counted: Mask, reading: Reading) -> Refusal | None:
    """A refusal where a side has counted incidents and every one of them is contested."""
    open_ = shares(rows).open
    for side, who in enumerate(reading.belligerents):
        mine = counted & (rows.side == side)
        if mine.any() and not (mine & ~open_).any():
            reason, needs = whose_cannot_be_told(int(mine.sum()), who)
            return Refusal(measure=name, reason=reason, needs=needs, reading=reading)
    return None


def whose_cannot_be_told(incidents: int, who: str) -> tuple[str, str]:
    """Why there is no number, and what would make one possible."""
    return (
        f"all {incidents} counted incidents of {who} are contested, so whose they are cannot be told",
        "an assessment of who is responsible for some of them, or gradings that leave the contested out",
    )


def shares(rows: Rows) -> Shares:
    """An assessor's bounds where there are any; else all of an uncontested incident with one party named, else 0 to 1."""
    sure = (rows.sole & ~rows.contested).astype(float)
    return Shares(
        low=np.where(np.isnan(rows.share_min), sure, rows.share_min),
        high=np.where(np.isnan(rows.share_max), 1.0, rows.share_max),
    )


def bounds(rows: Rows, counted: Mask, exposure: tuple[float | None, ...]) -> tuple[float, float]:
    """The lowest and highest rate or ratio that any attribution of the contested incidents allows.

    Σ lowest numbers of incidents surely a side's, to Σ highest numbers of those possibly its; for a ratio, one side's
    low over the other's high, and the reverse. Infinite above where the reference may have caused nothing.
    """
    share = shares(rows)
    ends = []
    for side, over in enumerate(exposure):
        mine = counted & (rows.side == side)
        low = float((rows.count(Bound.MIN) * share.low)[mine].sum())
        high = float((rows.count(Bound.MAX)[mine & (share.high > 0)] * share.high[mine & (share.high > 0)]).sum())
        divisor = over if over is not None else float((mine & rows.with_a_number).sum())
        if not divisor:
            return math.nan, math.nan
        ends.append((low / divisor, high / divisor))
    if len(ends) == 1:
        return ends[0]
    (low_one, high_one), (low_other, high_other) = ends
    return (low_one / high_other if high_other else math.nan), (high_one / low_other if low_other else math.inf)


def weighted(
    rows: Rows, counted: Mask, bound: Bound, exposure: tuple[float | None, ...], *, weight: float, draws: int, seed: int
) -> Floats:
    """Rates or ratios when each contested incident is its side's with probability `weight` between its share's bounds.

    Whole incidents are drawn, never fractions of deaths. Incidents arrive as a Poisson process and each falls to a
    side with its probability; such a process, thinned, is again Poisson for each fate (Kingman 1993, 5.1), so one draw a
    distinct incident and fate carries chance and attribution together: (draws,). An incident that stands
    on both sides falls to at most one of them.
    """
    if not 0 <= weight <= 1:
        raise BadInput(
            f"a weight of {weight:g}", where="--contested-weight", expected="between 0 (never theirs) and 1 (always)"
        )
    draw, picked = np.random.default_rng(seed), rows.only(counted & rows.with_a_number)
    share, sides = shares(picked), len(exposure)
    probability, count = share.low + weight * (share.high - share.low), picked.count(bound)
    columns = [column * (picked.side == side) for side in range(sides) for column in (probability, count)]
    cells, times = np.unique(by_cluster(picked.cluster, *columns), axis=0, return_counts=True)
    fates = cells[:, ::2] / np.maximum(1.0, cells[:, ::2].sum(1, keepdims=True))
    totals = []
    for side in range(sides):
        fell = draw.poisson(times * fates[:, side], size=(draws, len(cells))).astype(float)
        totals += [fell @ cells[:, 2 * side + 1], fell.sum(1)]
    return Sample(numbers=np.zeros((1, 2 * sides)), exposure=exposure).rates(np.column_stack(totals))
