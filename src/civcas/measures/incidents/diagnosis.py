"""What stands beside a rate or ratio of incidents for an analyst: its interval's kind, its sides, its order, its parts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from civcas.measures.incidents import contested
from civcas.measures.incidents.asked import Amount
from civcas.measures.incidents.comparison import Chance
from civcas.measures.incidents.parts import ENDS, Split, recorder_errors
from civcas.measures.incidents.ranges import open_sum
from civcas.measures.incidents.rows import Mask, Rows
from civcas.measures.incidents.speech import side_labels
from civcas.terms.estimate import IntervalKind
from civcas.terms.reading import Reading
from civcas.terms.vocabulary import Bound, Estimand, Exposure

if TYPE_CHECKING:
    from civcas.measures.incidents.answering import Asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """The ends an estimate shows, with what kind of ends they are."""

    low: float | None
    high: float | None
    level: float | None
    kind: IntervalKind

    @classmethod
    def of(cls, reading: Reading, drawn: Chance, identified: tuple[float, float], level: float) -> Interval:
        """The range of the records for what was; chance for what tends to be, and nothing in its place where it cannot be given."""
        if reading.estimand is Estimand.AS_IT_WAS:
            low, high = (_finite(end) for end in identified)
            return cls(low=low, high=high, level=None, kind=IntervalKind.BOUNDS)
        if drawn.given:
            return cls(low=drawn.low, high=drawn.high, level=level, kind=IntervalKind.BOOTSTRAP)
        return cls(low=None, high=None, level=None, kind=IntervalKind.NONE)


def interval_of(reading: Reading, interval: Interval) -> str:
    """What the interval is an interval of, in a sentence."""
    if interval.kind is IntervalKind.BOUNDS:
        return "the range of the records: from the lowest to the highest number of each incident as recorded; no chance is in it"
    if interval.kind is IntervalKind.NONE:
        return ""
    over = "the range of the records, widened by chance in " if reading.bound is Bound.RANGE else "chance in "
    if Exposure.INCIDENT in reading.exposure:
        return f"{over}which incidents happened; months are taken to be equally deadly per incident"
    if any(str(exposure).startswith("declared") for exposure in reading.exposure):
        return (
            f"{over}which incidents happened, given what was declared; months are taken to be alike per unit declared"
        )
    return f"{over}how months like these come about, each alike to the next, and in the incidents within them"


def diagnostics(asked: Asked, drawn: Chance, parts: Split) -> dict[str, Any]:
    rows, counted, reading, exposures, given = asked.rows, asked.counted, asked.reading, asked.exposures, asked.given
    open_ = contested.shares(rows).open
    reach = contested.bounds(rows, counted, given.exposure)
    weighted = contested.weighted(
        rows, counted, asked.end, given.exposure, weight=asked.weight, draws=drawn.replicates, seed=asked.seed
    )
    weighted = weighted[~np.isnan(weighted)]
    labels = side_labels(reading)
    return {
        "sides": {label: _side(rows, counted, side, exposures[side], drawn) for side, label in enumerate(labels)},
        "interval_method": drawn.method,
        "incidents_alone": list(drawn.alone) if drawn.alone else None,
        "months": {
            label: {"correlation": round(doubt.correlation, 2), "spread_of_log_level": round(doubt.spread, 2)}
            for label, doubt in zip(labels, asked.months, strict=True)
            if doubt is not None
        },
        "wider_interval": list(drawn.wider) if drawn.wider else None,
        "replicates": drawn.replicates,
        "standard_error_of_log": _finite(drawn.deviation),
        "uncertainty": {part.name: part.to_dict() for part in parts.parts},
        "dominant": parts.dominant.name,
        "all_choices_together": _pair(parts.low, parts.high),
        "counting_range_with_chance": _pair(*parts.with_chance) if parts.with_chance else None,
        "contested": {
            "incidents": int((counted & open_).sum()),
            "bounds": _pair(*reach),
            "weight": asked.weight,
            "weighted_median": _finite(float(np.median(weighted))) if len(weighted) else None,
            "weighted_interval": _pair(*np.quantile(weighted, [0.025, 0.975], method="higher").tolist())
            if len(weighted)
            else [None, None],
        },
        "assumes": ["equal detection of both sides"] if len(exposures) == 2 else ["recorded deaths only"],
    } | ({"order": _order(asked, parts)} if len(exposures) == 2 else {})


def _order(asked: Asked, parts: Split) -> dict[str, Any]:
    """Whose rate is higher, claimed only if both bounds agree and every interval that can be given leaves 1 out.

    For the records as they were, the whole range must lie on one side of 1.
    """
    open_ = open_sum(asked.rows, asked.counted, side_labels(asked.reading)) is not None
    ends = ENDS[:1] if open_ else ENDS
    both = [asked.chance(asked.sampled(end, end)) for end in ends]
    given = [each for each in both if each.given]
    if asked.reading.estimand is Estimand.AS_IT_WAS:
        higher, lower, shown = parts.identified[0] > 1, parts.identified[1] < 1, True
    else:
        higher = all(each.value > 1 for each in both) and all((each.low or 0.0) > 1 for each in given)
        lower = all(each.value < 1 for each in both) and all(each.high is not None and each.high < 1 for each in given)
        shown = bool(given) and not open_
    claimed = side_labels(asked.reading)[0 if higher else 1] if shown and (higher or lower) else None
    return {"higher": claimed} | {
        f"at {end}": {"value": _finite(each.value), "low": each.low, "high": each.high, "method": each.method}
        for end, each in zip(ends, both, strict=True)
    }


def _side(rows: Rows, counted: Mask, side: int, amount: Amount, drawn: Chance) -> dict[str, Any]:
    mine = counted & (rows.side == side)
    highest = float(rows.count(Bound.MAX)[mine].sum())
    errors = recorder_errors(rows, counted, side) if math.isfinite(highest) else {}
    return {
        "incidents": int(mine.sum()),
        "without_a_number": int((mine & rows.without_a_number).sum()),
        "without_a_highest_number": int((mine & rows.open_above).sum()),
        "killed_min": float(rows.count(Bound.MIN)[mine].sum()),
        "killed_max": _finite(highest),
        "equal_incidents": round(drawn.like_incidents[side], 1),
        "exposure": amount.low if amount.low == amount.high else [amount.low, amount.high],
        "exposure_unit": amount.unit,
        "if_recorders_err": {k: list(v) for k, v in errors.items()},
    }


def _pair(low: float, high: float) -> list[float | None]:
    return [_finite(low), _finite(high)]


def _finite(number: float) -> float | None:
    return float(number) if np.isfinite(number) else None
