"""How often pairs with a given weight are true: coefficients fitted on made-up worlds, to be replaced by a case's own reviews."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Log odds = intercept + contest × (after rivals) + raw × (before − after rivals) + (density + both × after) × log partners."""

    intercept: float
    contest: float
    raw: float
    density: float
    both: float
    fitted_on: str

    def log_odds(self, after: Floats, before: Floats, log_partners: Floats) -> Floats:
        """Calibrated log odds of pairs, from their log odds after and before rivals and their reports' possible partners."""
        return (
            self.intercept + self.contest * after + self.raw * (before - after) + (self.density + self.both * after) * log_partners
        )


# Logistic regression on the generated worlds of seeds 1, 2, 3, 7 and 11, by the script benchmarks/calibrate_linking.py.
MADE_UP_WORLDS = Calibration(
    intercept=1.017, contest=0.608, raw=0.24, density=-0.303, both=0.029, fitted_on="generated worlds, seeds 1, 2, 3, 7, 11"
)
