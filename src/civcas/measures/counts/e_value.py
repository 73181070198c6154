"""How strong an unseen difference would have to be to explain a ratio away."""

from __future__ import annotations

import math
from dataclasses import dataclass

from civcas.errors import BadInput


@dataclass(frozen=True, slots=True, kw_only=True)
class EValue:
    """The strength, as a risk ratio with both the side and the deaths, that would move the ratio and its interval to 1."""

    value: float
    limit: float | None


def e_value(ratio: float, low: float | None = None, high: float | None = None) -> EValue:
    """R + √(R(R−1)), the ratio turned over if below 1; the limit of the interval nearer 1 likewise, 1 if 1 lies inside.

    VanderWeele and Ding (2017). It bounds confounding of the recorded deaths; unequal recording is another matter.
    """
    if not ratio > 0:
        raise BadInput(f"a ratio of {ratio:g}", expected="above 0")
    return EValue(value=_strength(ratio), limit=None if low is None or high is None else _limit(ratio, low, high))


def _strength(ratio: float) -> float:
    up = max(ratio, 1 / ratio)
    return up + math.sqrt(up * (up - 1))


def _limit(ratio: float, low: float, high: float) -> float:
    if low <= 1 <= high:
        return 1.0
    return _strength(low if ratio > 1 else high)
