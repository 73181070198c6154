"""Counts as ranges, carried through: where a sum has no upper end, and the interval around a range."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from civcas.measures.incidents.comparison import Chance, Sample, reach
from civcas.measures.incidents.months import MonthDoubt
from civcas.measures.incidents.rows import Mask, Rows
from civcas.terms.vocabulary import Bound

POINT = 1e-9  # a range narrower than this many standard errors is a point


def open_sum(rows: Rows, counted: Mask, labels: Sequence[str]) -> tuple[str, str] | None:
    """Why a sum of highest numbers cannot be given, with what it is at least; None where it can."""
    for side, label in enumerate(labels):
        mine = counted & (rows.side == side)
        unended = int((mine & rows.open_above).sum())
        if unended:
            least = float(np.nansum(np.where(rows.open_above, rows.low, rows.high)[mine]))
            has = "incident has" if unended == 1 else "incidents have"
            return (
                f"{unended} {has} a lowest number of killed and no highest, so the highest sum of {label} has no upper end; "
                f"it is at least {least:,.0f}",
                "the lowest numbers (--bound min), or --bound range, which leaves the upper end open",
            )
    return None


def range_chance(
    sampled: Callable[..., Sample],
    chance: Callable[..., Chance],
    middle: Chance,
    identified: tuple[float, float],
    months: tuple[MonthDoubt | None, ...],
    level: float,
) -> Chance:
    """The interval around the range from one side's lowest over the other's highest to the reverse (Imbens and Manski 2004).

    Each end is drawn by itself. How far beyond it the interval goes depends on how wide the range is next to its standard errors:
    from 1.96 of them where it is a point to 1.645 where it is wide, at 95%. An open end stays open.
    """
    if not middle.given:
        return middle
    two = len(middle.like_incidents) == 2
    ends = ((Bound.MIN, Bound.MAX), (Bound.MAX, Bound.MIN)) if two else ((Bound.MIN,), (Bound.MAX,))
    known = [identified[0] > 0, math.isfinite(identified[1])]
    samples = [sampled(*bounds) if finite else None for bounds, finite in zip(ends, known, strict=True)]
    apart = sum(float(doubt.chance @ doubt.variance) for doubt in months if doubt is not None)
    errors = [math.sqrt(_own(each) ** 2 + apart) for each in samples if each is not None]
    wide = math.log(identified[1] / identified[0]) / max(*errors, POINT) if all(known) else math.inf
    beyond = 2 * _phi(reach(width=wide, level=level)) - 1
    low, high = (None if each is None else chance(each, level=beyond) for each in samples)
    return replace(
        middle,
        low=0.0 if low is None else low.low,
        high=None if high is None else high.high,
        method=f"{middle.method}, around the range",
        wider=None,
        alone=None,
    )


def _own(given: Sample) -> float:
    return float(given.deviation(given.totals[None], (given.numbers.T @ given.numbers).reshape(1, -1))[0])


def _phi(z: float) -> float:
    from scipy.special import ndtr

    return float(ndtr(z))
