"""A method is one way to estimate the undercount: what it needs, what it assumes, what it found, and how it was wished for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from civcas.measures.undercount import latent_classes
from civcas.measures.undercount.overlap import Overlap
from civcas.terms.estimate import IntervalKind, Refusal

CLOSED = "Nobody entered or left the population while the lists were made; every link between lists is right."
SILENT = "People no list could reach at all are not counted by any method."


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How an answer is wanted: the interval's level, the seed of any draws, and whom to tell of progress."""

    level: float = 0.95
    seed: int = latent_classes.SEED
    progress: Callable[[str], None] | None = None

    @property
    def shares(self) -> tuple[float, float, float]:
        """The shares of a posterior below the lower limit, the middle and the upper limit."""
        return (1 - self.level) / 2, 0.5, (1 + self.level) / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a method found before it is put into words: the total, its limits, and what an analyst asks for.

    `unseen` holds draws of those on no list, from methods that have a posterior.
    """

    value: float
    low: float
    high: float
    interval: IntervalKind
    diagnostics: dict[str, Any]
    notes: tuple[str, ...] = ()
    seeded: bool = False
    unseen: NDArray[np.float64] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """One way to estimate the undercount.

    `assumes` is the identifying assumption: what stands in for the people nobody saw. `spans` says what its interval allows for.
    `often_misses`: in some made-up world its interval missed the truth in most tables (docs/method-undercount.md); the answer says so.
    """

    name: str
    title: str
    lists: tuple[int, int]
    assumes: str
    spans: str
    find: Callable[[Overlap, Wish], Found | Refusal]
    often_misses: bool = False
