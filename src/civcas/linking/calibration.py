"""How often pairs of a given weight are one incident: read off the decoys of the very data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from civcas.linking.decoys import CROWDS, LEAST_WEIGHT, STEP, STEPS, Counted

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.integer[Any]]

ROUGH_BELOW = (
    2_500  # reports; in two generated lists of fewer together, of pairs proposed at 0.9 only 0.81 to 0.86 were true
)
MIDDLE = 3.0  # weight and log of possible partners around which coefficients are told
LEAST_FITTED = -4.0  # summed weights under which too few pairs are true to tell
# Slope, level, crowding, and how many times as many chance pairs there are as decoys (its log). Before any data: a weight counts a
# little less than it says, as fields agree together; partners share a fixed expectation. Strengths are inverse variances.
EXPECTED = np.array([0.8, -0.3, -0.9, 0.0])
HELD_ALL, HELD_THEATRE = np.array([100.0, 2.0, 50.0, 1000.0]), np.array([200.0, 10.0, 100.0, 1000.0])
REPEATS, REPEATS_HELD = -2.3, 10.0  # log odds that one source repeats itself, against two sources


@dataclass(frozen=True, slots=True)
class Evidence:
    """Of each pair: the sum of its fields' weights, the log of its reports' possible partners, its theatre, whether two sources."""

    weight: Floats
    log_partners: Floats
    theatre: Ints
    across: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Log odds that a pair is one incident, before rivals are heard: a row of slope, level and crowding for each theatre."""

    theatre: Floats
    repeats: float

    def log_odds(self, evidence: Evidence) -> Floats:
        slope, level, crowding = self.theatre[evidence.theatre].T
        out = slope * (evidence.weight - MIDDLE) + level + crowding * (evidence.log_partners - MIDDLE)
        return out + np.where(evidence.across, 0.0, self.repeats)  # type: ignore[no-any-return]


def of_decoys(counted: dict[int, Counted], theatres: int) -> Calibration:
    """The calibration under which pairs outnumber decoys as they do: each theatre's own, held near that of all together.

    The odds that a pair is one incident are taken as log-linear in its weight; what chance gives is not modelled but counted.
    """
    if not counted:
        return Calibration(theatre=np.tile(EXPECTED[:3], (theatres, 1)), repeats=REPEATS)
    whole = sum(counted.values(), Counted(np.zeros((CROWDS, 2, STEPS)), np.zeros((CROWDS, 2, STEPS))))
    everywhere = _excess(whole, EXPECTED, HELD_ALL)
    rows = np.tile(everywhere[:3], (theatres, 1))
    for t, here in counted.items():
        rows[t] = _excess(here, everywhere, HELD_THEATRE)[:3]
    return Calibration(theatre=rows, repeats=_repeats(whole, everywhere))


def _cells() -> tuple[Floats, Floats]:
    """Weight and log of possible partners of each cell that counts are kept in, from the middle."""
    weight = LEAST_WEIGHT + STEP * (np.arange(STEPS) + 0.5) - MIDDLE
    crowd = np.log(2.0) * (np.arange(CROWDS) + 0.5) - MIDDLE
    weights, crowds = np.meshgrid(weight, crowd)
    return weights, crowds


def _excess(counted: Counted, expected: Floats, held: Floats) -> Floats:
    """Slope, level, crowding and scale: pairs are to decoys as scale × (1 + odds) is to 1, by penalised likelihood."""
    weights, crowds = _cells()
    pairs, decoys = counted.pairs[:, 0], counted.decoys[:, 0]
    used = (weights > LEAST_FITTED - MIDDLE) & (pairs + decoys > 0)
    t, d = pairs[used], decoys[used]
    terms = np.column_stack([weights[used], np.ones(used.sum()), crowds[used]])

    def loss(x: Floats) -> tuple[float, Floats]:
        odds = np.clip(terms @ x[:3], -40, 40)
        ratio = x[3] + np.logaddexp(0.0, odds)
        missed = (t + d) / (1 + np.exp(-ratio)) - t
        value = (t + d) @ np.logaddexp(0.0, ratio) - t @ ratio + 0.5 * held @ (x - expected) ** 2
        slope = np.append((missed / (1 + np.exp(-odds))) @ terms, missed.sum()) + held * (x - expected)
        return float(value), slope

    return minimize(loss, expected, jac=True, method="BFGS").x  # type: ignore[no-any-return]


def _repeats(counted: Counted, everywhere: Floats) -> float:
    """By how much a pair of one source is less likely one incident than the same pair of two sources."""
    weights, crowds = _cells()
    pairs, decoys = counted.pairs[:, 1], counted.decoys[:, 1]
    used = (weights > LEAST_FITTED - MIDDLE) & (pairs + decoys > 0)
    across = everywhere[0] * weights[used] + everywhere[1] + everywhere[2] * crowds[used]
    t, d = pairs[used], decoys[used]

    def loss(x: Floats) -> float:
        ratio = x[1] + np.logaddexp(0.0, np.clip(across + x[0], -40, 40))
        fit = (t + d) @ np.logaddexp(0.0, ratio) - t @ ratio
        return float(fit + 0.5 * REPEATS_HELD * (x[0] - REPEATS) ** 2 + 0.5 * HELD_ALL[3] * (x[1] - everywhere[3]) ** 2)

    return float(minimize(loss, np.array([REPEATS, everywhere[3]]), method="BFGS").x[0])
