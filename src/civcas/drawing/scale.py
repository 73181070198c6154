"""Places numbers on an axis, linear or logarithmic, and chooses the ticks a reader can name."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from civcas.errors import BadInput


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Maps `low`..`high` to `start`..`end` in pixels; what lies outside is placed at the edge."""

    low: float
    high: float
    start: float
    end: float
    logarithmic: bool = False

    def __post_init__(self) -> None:
        if not self.low < self.high or (self.logarithmic and self.low <= 0):
            raise BadInput(
                f"an axis cannot run from {self.low} to {self.high}",
                expected="low below high, and above 0 on a logarithmic axis",
            )

    def at(self, value: float) -> float:
        inside = min(max(value, self.low), self.high)
        low, high, here = (self._level(v) for v in (self.low, self.high, inside))
        return self.start + (here - low) / (high - low) * (self.end - self.start)

    def shows(self, value: float) -> bool:
        return self.low <= value <= self.high

    def ticks(self, most: int = 7) -> list[float]:
        """Round numbers within the axis, at most about `most`."""
        return _log_ticks(self.low, self.high, most) if self.logarithmic else _linear_ticks(self.low, self.high, most)

    def _level(self, value: float) -> float:
        return math.log(value) if self.logarithmic else value


def domain(values: Iterable[float | None], *, logarithmic: bool, room: float = 0.06) -> tuple[float, float]:
    """The span of the finite values with some room at both ends; never empty."""
    known = [v for v in values if v is not None and math.isfinite(v) and (v > 0 or not logarithmic)]
    low, high = (min(known), max(known)) if known else (1.0, 2.0)
    if logarithmic:
        spread = max(math.log(high / low), math.log(2))
        return low * math.exp(-room * spread), high * math.exp(room * spread)
    spread = (high - low) or abs(high) or 1.0
    return (0.0 if low == 0 else low - room * spread), high + room * spread


def label(value: float) -> str:
    """A tick as people write it: 0.25, 1, 40, 1,000."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _linear_ticks(low: float, high: float, most: int) -> list[float]:
    rough = (high - low) / max(most - 1, 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= rough * 0.999)
    first = math.ceil(low / step - 1e-9)
    return [round(n * step, 10) for n in range(first, math.floor(high / step + 1e-9) + 1)]


def _log_ticks(low: float, high: float, most: int) -> list[float]:
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for leads in ((1, 2, 5), (1, 3), (1,)):
        ticks = [lead * 10.0**p for p in powers for lead in leads if low <= lead * 10.0**p <= high]
        if len(ticks) <= most:
            break
    return ticks if len(ticks) >= 2 else _linear_ticks(low, high, most)
