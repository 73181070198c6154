"""The uncertain part of `rate` and `rate_ratio`: the interval, what it is an interval of, and the range that the records allow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from civcas.measures import count_model
from civcas.measures.comparison import carries_range
from civcas.measures.count_model import LogRate
from civcas.terms.estimate import IntervalKind
from civcas.terms.reading import Reading
from civcas.terms.vocabulary import Bound, Estimand

Array = npt.NDArray[np.float64]

LEVEL = 0.95
OF_THE_TENDENCY = (
    "the rate at which months like these come about, if the campaign went on as it did; not the deaths recorded in these months, "
    "which are as they are"
)
OF_A_RANGE = "the rate at which months like these come about, at any number between the lowest and the highest recorded"
OF_THE_RECORD = "the range of the records of these months, from lowest to highest numbers: no sampling interval"
OPEN_ABOVE = "Some incidents have a lowest number of killed and no highest one, so the range has no upper end."


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """The rates or ratios of several readings: as asked, and the lowest and highest that the recorded numbers allow."""

    asked: LogRate
    lowest: LogRate
    highest: LogRate


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncertainty:
    """What an `Estimate` says of its uncertainty, field by field."""

    low: float | None
    high: float | None
    level: float | None
    interval: IntervalKind
    estimand: Estimand
    interval_of: str
    identified: tuple[float, float] | None

    def fields(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in self.__slots__}

    @property
    def open_above(self) -> bool:
        return self.identified is not None and not np.isfinite(self.identified[1])


def uncertainties(readings: Sequence[Reading], rates: Rates) -> list[Uncertainty]:
    """One for each reading, in order; `interval` is `none` where the months cannot tell it or it would be endlessly wide."""
    usual = rates.asked.interval(level=LEVEL)
    ranged = count_model.range_interval(rates.lowest, rates.highest, level=LEVEL)
    made = []
    for place, reading in enumerate(readings):
        identified = None
        if carries_range(reading):
            identified = (float(rates.lowest.rate[place]), float(rates.highest.rate[place]))
        if reading.estimand == Estimand.AS_IT_WAS:
            assert identified is not None
            made.append(_as_it_was(identified))
            continue
        low, high = (end[place] for end in (ranged if reading.bound == Bound.RANGE else usual))
        made.append(_as_it_tends(float(low), float(high), identified))
    return made


def _as_it_was(identified: tuple[float, float]) -> Uncertainty:
    return Uncertainty(
        low=identified[0], high=identified[1] if np.isfinite(identified[1]) else None, level=None,
        interval=IntervalKind.BOUNDS, estimand=Estimand.AS_IT_WAS, interval_of=OF_THE_RECORD, identified=identified,
    )  # fmt: skip


def _as_it_tends(low: float, high: float, identified: tuple[float, float] | None) -> Uncertainty:
    """An end that is infinite is None; a nan is an interval that cannot be given."""
    shown = not (np.isnan(low) or np.isnan(high))
    return Uncertainty(
        low=low if shown else None,
        high=high if shown and np.isfinite(high) else None,
        level=LEVEL if shown else None,
        interval=IntervalKind.WALD if shown else IntervalKind.NONE,
        estimand=Estimand.AS_IT_TENDS,
        interval_of=(OF_A_RANGE if identified else OF_THE_TENDENCY) if shown else "",
        identified=identified,
    )


def spelled(ends: tuple[float, float], digits: int = 2) -> str:
    """A range in words: 4.00 to 6.10, or at least 4.00."""
    if not np.isfinite(ends[1]):
        return f"at least {ends[0]:,.{digits}f}"
    low, high = (f"{end:,.{digits}f}" for end in ends)
    return low if low == high else f"{low} to {high}"
