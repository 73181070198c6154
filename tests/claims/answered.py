"""Grids answered by hand: for each combination of words a number with its interval, and how it moves when the record is redrawn."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from civcas.claims.article import Claim, ClaimKind, Expect
from civcas.claims.curve import Curve
from civcas.claims.grid import Cell, Grid
from civcas.claims.outcome import outcome
from civcas.terms.estimate import Answer, Estimate, IntervalKind, Refusal

EIGHT = Expect(value=8, low=6, high=10, within=0.25)
ABOVE_ONE = Expect(value=1, low=1, high=None)


def around(value: float, share: float = 0.25) -> Expect:
    return Expect(value=value, low=value * (1 - share), high=value * (1 + share), within=share)


def estimate(value: float, low: float | None = None, high: float | None = None, **more: Any) -> Estimate:
    given: dict[str, Any] = {
        "level": 0.95,
        "interval": IntervalKind.WALD if low is not None else IntervalKind.NONE,
        **more,
    }
    return Estimate(
        measure="rate_ratio", value=value, low=low, high=high, n=24, counted="months", unit="times", **given
    )


def refusal() -> Refusal:
    return Refusal(measure="rate_ratio", reason="no strikes were declared")


def claim(
    expect: Expect = EIGHT,
    *,
    means: Mapping[str, Sequence[str]] | None = None,
    vary: Mapping[str, Sequence[str]] | None = None,
) -> Claim:
    given = {key: tuple(words) for key, words in {**(means or {}), **(vary or {})}.items()}
    own = {key: given[key] for key in means or {}}
    return Claim(
        id="one", says="eight times", kind=ClaimKind.RATE_RATIO, measure="rate_ratio", expect=expect, means=own,
        vary={key: given[key] for key in vary or {}}, labels=given,
    )  # fmt: skip


def answered(
    of: Claim,
    answers: Sequence[Answer],
    draws: np.ndarray | None = None,  # type: ignore[type-arg]
) -> tuple[Grid, Curve]:
    """The claim's grid with these answers in the order of its combinations, and the curve of it."""
    words = [dict(zip(of.choices, chosen, strict=True)) for chosen in itertools.product(*of.labels.values())]
    cells = tuple(Cell(choices=each, answer=answer) for each, answer in zip(words, answers, strict=True))
    grid = Grid(cells=cells, draws=draws)
    assert of.expect is not None
    outcomes = [outcome(cell.answer, of.expect, no_difference=1) for cell in cells]
    return grid, Curve.of(grid, outcomes, no_difference=1)
