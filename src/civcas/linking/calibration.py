"""How often pairs with a given weight are true: coefficients fitted on made-up worlds, to be replaced by a case's own reviews."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Of each pair: its log odds after rivals were heard and before, and the log of its reports' possible partners."""

    after: Floats
    before: Floats
    log_partners: Floats

    def terms(self) -> Floats:
        """The terms of the regression, a column each: 1, after, before less after, partners, after by partners."""
        one = np.ones(len(self.after))
        apart = self.before - self.after
        return np.column_stack([one, self.after, apart, self.log_partners, self.after * self.log_partners])

    def taken(self, chosen: Any) -> Evidence:
        return Evidence(self.after[chosen], self.before[chosen], self.log_partners[chosen])


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Logistic regression of “one incident” on the evidence of a pair; a coefficient a term of `Evidence.terms`."""

    coefficients: tuple[float, float, float, float, float]
    fitted_on: str

    def log_odds(self, evidence: Evidence) -> Floats:
        return evidence.terms() @ np.array(self.coefficients)  # type: ignore[no-any-return]


def fit(
    evidence: Evidence, same: npt.NDArray[np.bool_], weight: Floats, *, fitted_on: str, near: Calibration | None = None
) -> Calibration:
    """The calibration under which these labelled pairs are likeliest, by Newton's method.

    With `near`, coefficients are held close to those of another calibration, so that few labels move them little.
    """
    terms, y = evidence.terms(), same.astype(float)
    middle = np.array(near.coefficients) if near else np.zeros(terms.shape[1])
    pull = np.diag([5.0, 50.0, 50.0, 50.0, 50.0]) if near else np.eye(terms.shape[1]) * 1e-6
    beta = middle.copy()
    for _ in range(30):
        p = 1 / (1 + np.exp(-np.clip(terms @ beta, -30, 30)))
        slope = terms.T @ (weight * (y - p)) - pull @ (beta - middle)
        curve = (terms * (weight * p * (1 - p))[:, None]).T @ terms + pull
        step = np.linalg.solve(curve, slope)
        beta += step
        if np.abs(step).max() < 1e-8:
            break
    a, b, c, d, e = (round(float(x), 4) for x in beta)
    return Calibration(coefficients=(a, b, c, d, e), fitted_on=fitted_on)


# Fitted by benchmarks/calibrate_linking.py; a case replaces it by its own once enough pairs are reviewed.
MADE_UP_WORLDS = Calibration(
    coefficients=(0.9757, 0.6127, 0.2439, -0.2966, 0.0282), fitted_on="made-up worlds of seeds 1, 2, 3, 7 and 11"
)
