"""Where the uncertainty of a rate or ratio comes from: each source varied alone, and which moves it most."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from civcas.measures.incidents.asked import Amount
from civcas.measures.incidents.comparison import Chance, imbens_manski
from civcas.measures.incidents.rows import Mask, Rows
from civcas.terms.reading import Reading
from civcas.terms.vocabulary import Attribution, Bound, Grades

# Confirmed alone is left out: it needs the belligerent's own admission, so it measures candour as well as harm.
GRADES_VARIED = (Grades.FAIR_CONFIRMED, Grades.CONTESTED, Grades.ALL_BUT_DISCOUNTED, Grades.ALL)
ENDS = (Bound.MIN, Bound.MAX)
ATTRIBUTIONS_VARIED = (Attribution.SOLE, Attribution.ANY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """How far one source of uncertainty alone moves the value; `high` is infinite where the range is open."""

    name: str
    low: float
    high: float
    how: str

    @property
    def factor(self) -> float:
        """The high end over the low end: 1 where the source changes nothing."""
        if self.low == self.high:
            return 1.0
        return self.high / self.low if self.low > 0 else math.inf

    def to_dict(self) -> dict[str, object]:
        return {"low": _finite(self.low), "high": _finite(self.high), "factor": _finite(self.factor), "how": self.how}


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """The parts, the largest first, and the widest range that all of them together allow.

    `identified` is what the recorded ranges alone allow: one side's lowest over the other's highest, and the reverse.
    """

    parts: tuple[Part, ...]
    identified: tuple[float, float]
    low: float
    high: float
    with_chance: tuple[float, float] | None

    @property
    def dominant(self) -> Part:
        return self.parts[0]


def split(rows: Rows, reading: Reading, amounts: tuple[Amount, ...], drawn: Chance) -> Split:
    """The uncertainty of one reading by source.

    chance: the bootstrap interval. counting range: the ratio from one side's lowest to the other's highest
    numbers and the reverse, so nothing is assumed of how recorders err. grade and attribution: the other defensible
    choices. exposure: the ends of its range. The outer range takes all choices but chance together;
    `with_chance` widens the counting range by chance (Imbens and Manski 2004).
    """
    counting = _counting(rows, reading, amounts)
    parts = (
        Part(
            name="chance",
            low=drawn.low or 0.0,
            high=drawn.high or math.inf,
            how=f"bootstrap: {drawn.method}",
        ),
        counting,
        _varied("grade", rows, reading, amounts, grades=GRADES_VARIED),
        _varied("attribution", rows, reading, amounts, attributions=ATTRIBUTIONS_VARIED),
        _exposure(rows, reading, amounts),
    )
    outer = [
        _value(rows, rows.counted(grades, attribution), bounds, ends)
        for grades, attribution in itertools.product(GRADES_VARIED, ATTRIBUTIONS_VARIED)
        for bounds in itertools.product(ENDS, repeat=len(amounts))
        for ends in _ends(amounts)
    ]
    outer = [value for value in outer if not math.isnan(value)]
    return Split(
        parts=tuple(sorted(parts, key=lambda part: -part.factor)), identified=(counting.low, counting.high),
        low=min(outer), high=max(outer), with_chance=_with_chance(counting, drawn),
    )  # fmt: skip


def _with_chance(counting: Part, drawn: Chance) -> tuple[float, float] | None:
    if not (0 < counting.low < math.inf and 0 < counting.high < math.inf and np.isfinite(drawn.deviation)):
        return None
    low, high = imbens_manski(
        low=math.log(counting.low), high=math.log(counting.high),
        deviation_low=drawn.deviation, deviation_high=drawn.deviation, level=0.95,
    )  # fmt: skip
    return math.exp(low), math.exp(high)


def _value(rows: Rows, counted: Mask, bounds: tuple[Bound, ...], exposure: tuple[float | None, ...]) -> float:
    rates = []
    for side, bound in enumerate(bounds):
        mine = counted & (rows.side == side)
        over = exposure[side] if exposure[side] is not None else float((mine & rows.with_a_number).sum())
        total = float(rows.count(bound)[mine].sum())
        rates.append(total / over if over else math.nan)
    if len(rates) == 1:
        return rates[0]
    if math.isinf(rates[0]) and math.isinf(rates[1]):
        return math.nan  # both sums are open: their ratio may be anything, and the crossed ends say so
    return rates[0] / rates[1] if rates[1] > 0 else math.inf


def _end(reading: Reading) -> Bound:
    """The end at which the value is taken; that of a range is its lowest."""
    return Bound.MAX if reading.bound is Bound.MAX else Bound.MIN


def _ends(amounts: tuple[Amount, ...]) -> Iterable[tuple[float | None, ...]]:
    return itertools.product(*({amount.low, amount.high} for amount in amounts))


def _middle(amounts: tuple[Amount, ...]) -> tuple[float | None, ...]:
    return tuple(amount.middle for amount in amounts)


def _counting(rows: Rows, reading: Reading, amounts: tuple[Amount, ...]) -> Part:
    counted = rows.counted(reading.grades, reading.attribution)
    every = [_value(rows, counted, bounds, _middle(amounts)) for bounds in itertools.product(ENDS, repeat=len(amounts))]
    values = [value for value in every if not math.isnan(value)]
    how = (
        "lowest number of one side over the highest of the other, and the reverse"
        if len(amounts) == 2
        else "all minimums, and all maximums"
    )
    return Part(name="counting range", low=min(values), high=max(values), how=how)


def _varied(
    name: str,
    rows: Rows,
    reading: Reading,
    amounts: tuple[Amount, ...],
    *,
    grades: tuple[Grades, ...] = (),
    attributions: tuple[Attribution, ...] = (),
) -> Part:
    choices = {(g, reading.attribution) for g in grades} | {(reading.grades, a) for a in attributions}
    choices |= {(reading.grades, reading.attribution)}
    bounds = (_end(reading),) * len(amounts)
    values = [_value(rows, rows.counted(g, a), bounds, _middle(amounts)) for g, a in sorted(choices)]
    values = [value for value in values if math.isfinite(value)]
    return Part(name=name, low=min(values), high=max(values), how=" / ".join(map(str, grades or attributions)))


def _exposure(rows: Rows, reading: Reading, amounts: tuple[Amount, ...]) -> Part:
    counted = rows.counted(reading.grades, reading.attribution)
    bounds = (_end(reading),) * len(amounts)
    values = [_value(rows, counted, bounds, ends) for ends in _ends(amounts)]
    stated = any(amount.is_range for amount in amounts)
    return Part(
        name="exposure",
        low=min(values),
        high=max(values),
        how="the ends of the amounts given" if stated else "taken as known",
    )


def recorder_errors(rows: Rows, counted: Mask, side: int) -> dict[str, tuple[float, float]]:
    """The middle 95% of one side's total if each count is anywhere in its range, incidents erring alone or all alike.

    Alone, errors cancel (normal limit of discrete uniform counts), which is far too narrow if recorders share a habit;
    alike, the same share of every range is true at once. The truth lies between.
    """
    mine = counted & (rows.side == side)
    low, high = rows.count(Bound.MIN)[mine], rows.count(Bound.MAX)[mine]
    middle, spread = float(((low + high) / 2).sum()), math.sqrt(float(((((high - low) + 1) ** 2 - 1) / 12).sum()))
    total_low, width = float(low.sum()), float((high - low).sum())
    return {
        "alone": (middle - 1.959964 * spread, middle + 1.959964 * spread),
        "alike": (total_low + 0.025 * width, total_low + 0.975 * width),
    }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
