"""What a reviewer's answers teach about pairs that nobody was asked about: how much more or less each field counts.

An answer is taken as one about all pairs between two sides of a clustering: the chance of “same” is logistic in what these pairs are
worth together. The queue asks about what is odd, so slope and level of that chance are the answers' own and are not carried over;
only how fields count against one another is. Corrections are held near none (penalised likelihood), so that few answers move little.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import expit

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.integer[Any]]

LEAST_ANSWERS = 100  # answers, and of either kind at least a tenth of them, from which anything is learned
FOLDS = 3
# Inverse variances: corrections a field, the log of the slope, levels of joining and leaving. Found on generated worlds of three seeds.
HELD, SLOPE_HELD, LEVEL_HELD = 10.0, 10.0, 2.0
FURTHEST = 12.0  # draws beyond which an answer is as good as known


@dataclass(frozen=True, slots=True, kw_only=True)
class Lessons:
    """What to add to a pair's worth for each of its features; slope and levels of the chance that an answer is “same”."""

    corrections: Floats
    slope: float = 1.0
    joining: float = 0.0
    leaving: float = 0.0
    answers: int = 0

    def joined(self, draw: Floats) -> Floats:
        """The chance that two clusters are one."""
        return expit(self.slope * draw + self.joining)  # type: ignore[no-any-return]

    def parted(self, hold: Floats) -> Floats:
        """The chance that a report does not belong where it stands."""
        return expit(-self.slope * hold - self.leaving)  # type: ignore[no-any-return]


NO_LESSONS = Lessons(corrections=np.zeros(0))


def teach_enough(same: npt.NDArray[np.bool_]) -> bool:
    """Whether there are answers enough, of both kinds, to learn from."""
    return len(same) >= LEAST_ANSWERS and 10 * min(same.sum(), (~same).sum()) >= LEAST_ANSWERS


def fold(left: Ints, right: Ints) -> npt.NDArray[np.int64]:
    """Which answers are looked at together while the others stand: by their reports alone, whatever their order."""
    low, high = np.minimum(left, right).astype(np.int64), np.maximum(left, right).astype(np.int64)
    return (low * 2_654_435_761 + high * 40_503) % 1_000_003 % FOLDS


def learned(draw: Floats, features: Floats, leaving: npt.NDArray[np.bool_], same: npt.NDArray[np.bool_]) -> Lessons:
    """Corrections by penalised logistic likelihood; a row of `features` and a `draw` for each answer.

    The chance of “same” is the logistic of slope × (draw + features × corrections) + the level of its kind.
    """
    sign, draw = np.where(same, 1.0, -1.0), np.clip(draw, -FURTHEST, FURTHEST)
    kinds, width = np.column_stack([~leaving, leaving]).astype(float), features.shape[1]

    def loss(x: Floats) -> tuple[float, Floats]:
        slope, corrections, levels = np.exp(x[0]), x[1 : 1 + width], x[1 + width :]
        worth = draw + features @ corrections
        odds = slope * worth + kinds @ levels
        missed = -sign * expit(-sign * odds)
        held = SLOPE_HELD * x[0] ** 2 + HELD * corrections @ corrections + LEVEL_HELD * levels @ levels
        value = np.logaddexp(0.0, -sign * odds).sum() + 0.5 * held
        of_slope = slope * (missed @ worth) + SLOPE_HELD * x[0]
        of_corrections = slope * (features.T @ missed) + HELD * corrections
        return float(value), np.concatenate([[of_slope], of_corrections, kinds.T @ missed + LEVEL_HELD * levels])

    found = minimize(loss, np.zeros(3 + width), jac=True, method="L-BFGS-B").x
    return Lessons(
        corrections=found[1 : 1 + width], slope=float(np.exp(found[0])), joining=float(found[-2]),
        leaving=float(found[-1]), answers=len(same),
    )  # fmt: skip
