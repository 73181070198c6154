"""What a reported number of deaths may stand for: the reported-value Gumbel mixture of event data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from civcas.errors import BadInput, UnknownName

Floats = NDArray[np.float64]
Coefficients = Mapping[tuple[str, str, str], float]
"""(type of violence, component, term) → coefficient; components loc_log1p, scale_log and w_logit."""

EULER = 0.5772156649015329
HEAPS = (2, 3, 13, 20, 24, 40, 101, 200, 1001, 2000)  # reported values with a coefficient of their own


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixture:
    """For each event: with probability `kept` the reported value stands, else Gumbel(location, scale)."""

    reported: Floats
    location: Floats
    scale: Floats
    kept: Floats

    @property
    def mean(self) -> Floats:
        return (self.location + EULER * self.scale) * (1 - self.kept) + self.reported * self.kept


def mixture(*, reported: Floats, kind: str, coefficients: Coefficients) -> Mixture:
    """The mixture of each reported count (Vesco and others 2024): location expm1(a·x), scale exp(b·x), kept logit⁻¹(c·x).

    x holds 1, log(1 + reported) and a dummy at each heaped value. The coefficients are the publisher's and do not ship with
    civcas. A count of nobody reported is outside the model: it corrects what reports say, not silence.
    """
    if kind not in {key[0] for key in coefficients}:
        raise UnknownName("type of violence", kind, {key[0] for key in coefficients})
    if (reported < 0).any() or not np.isfinite(reported).all():
        raise BadInput(
            "a reported count is below zero or unknown", expected="0 or more; leave unknown counts out and count them"
        )
    location, scale, logit = (
        _linear(reported, kind, part, coefficients) for part in ("loc_log1p", "scale_log", "w_logit")
    )
    return Mixture(reported=reported, location=np.expm1(location), scale=np.exp(scale), kept=1 / (1 + np.exp(-logit)))


def total_draws(given: Mixture, *, draws: int, seed: int, together: bool = False, floor: float | None = None) -> Floats:
    """Draws of the sum over events, each erring alone, or `together` (the same quantile for every event): (draws,).

    Alone is far too narrow if sources share a habit; together is the widest; the truth lies between. A draw
    can be negative: `floor=0` cuts it there, which moves the sum away from the published reference.
    """
    draw = np.random.default_rng(seed)
    totals = np.empty(draws)
    width = max(1, 2_000_000 // max(1, len(given.reported)))
    for start in range(0, draws, width):
        many = min(width, draws - start)
        shape = (many, 1) if together else (many, len(given.reported))
        stands, rank = draw.random(shape) < given.kept, draw.random(shape)
        value = np.where(stands, given.reported, given.location - given.scale * np.log(-np.log(rank)))
        totals[start : start + many] = (value if floor is None else np.maximum(value, floor)).sum(1)
    return totals


def _linear(reported: Floats, kind: str, part: str, coefficients: Coefficients) -> Floats:
    total = coefficients[kind, part, "(Intercept)"] + coefficients[kind, part, "logfatlev"] * np.log1p(reported)
    for heap in HEAPS:
        total = total + coefficients.get((kind, part, f"fl_{heap}"), 0.0) * (reported == heap)
    return np.asarray(total)
