"""Limits: what every design is told of names and of what counts as too much."""

from __future__ import annotations

from dataclasses import dataclass

FEWEST = 10  # wakes of either kind, below which nothing is estimated


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The words for the three kinds of events, as the sentences use them."""

    treatment: str = "treatment"
    control: str = "control"
    outcome: str = "outcome"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What counts as too much: `overlap`, the share of wakes that overlap another; `worth`, an effect worth seeing as a
    share of what is usual after a control; `draws`, permutations; `level`, of the band and the test; `reach`, how many
    kilometres away displaced events are looked for (else three times the widest window)."""

    overlap: float = 0.5
    worth: float = 1.0
    draws: int = 999
    level: float = 0.95
    seed: int = 20170123
    reach: float | None = None
