"""Whether a curve of many readings could come about by chance alone.

All readings are redrawn together, as if the record had come about again and the two sides were equal. The curve's middle value, the share
of readings on its side, and the share significant on that side are compared with what these draws give (Simonsohn, Simmons & Nelson 2020),
and the largest statistic of any reading with its own largest under chance (max-T: Westfall & Young 1993). The paper's authors warn against
reading more from a curve; nor does civcas: the verdict rests on intervals, and this stands beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from civcas.claims.copies import Places
from civcas.claims.curve import Curve

SIGNIFICANT = 1.959963984540054


@dataclass(frozen=True, slots=True, kw_only=True)
class JointNull:
    """What was seen, and how often chance alone gives as much: p-values by counting, never 0."""

    readings: int
    draws: int
    median: float
    on_one_side: float
    significant: float
    p_median: float
    p_on_one_side: float
    p_significant: float
    p_largest: float

    def to_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


def joint_null(curve: Curve, voters: Places) -> JointNull | None:
    """Compare the readings at `voters` with chance; None where nothing is compared, or nothing could be redrawn."""
    usable = (
        voters[(curve.error[voters] > 0) & np.isfinite(curve.value[voters])] if curve.deviations is not None else ()
    )
    if curve.neutral is None or curve.deviations is None or len(usable) == 0:
        return None
    error = curve.error[usable]
    seen = (curve.value[usable] - curve.neutral)[None]
    chance = curve.deviations[:, usable].astype(np.float64)
    chance = chance - chance.mean(axis=0)
    found, under = _statistics(seen, error), _statistics(chance, error)
    p = [
        (1 + int((more >= least[0] - 1e-12).sum())) / (1 + len(more)) for more, least in zip(under, found, strict=True)
    ]
    return JointNull(
        readings=len(usable), draws=len(chance), median=curve.plain(float(np.median(curve.value[usable]))),
        on_one_side=float(found[1][0]), significant=float(found[2][0]),
        p_median=p[0], p_on_one_side=p[1], p_significant=p[2], p_largest=p[3],
    )  # fmt: skip


def _statistics(apart: np.ndarray[Any, Any], error: np.ndarray[Any, Any]) -> tuple[np.ndarray[Any, Any], ...]:
    """For each row (a record): how far the middle reading is from no difference, the share of readings on its side, the share of all
    that is significant on that side, and the largest statistic of any; shape (rows,) each."""
    middle = np.median(apart, axis=1)
    side = np.where(middle >= 0, 1.0, -1.0)[:, None]
    statistic = apart / error
    share = (apart * side > 0).mean(axis=1)
    significant = (statistic * side > SIGNIFICANT).mean(axis=1)
    return np.abs(middle), share, significant, np.abs(statistic).max(axis=1)
