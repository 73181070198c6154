"""Events: what happened when and where, of three kinds: treatment, control and outcome."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

OUTCOME, TREATMENT, CONTROL = 0, 1, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Events:
    """Events sorted by time, those of the same time in the order of the file; all arrays are as long as there are events.

    `days` counts days from any fixed moment (parts of a day allowed); `kind` is OUTCOME, TREATMENT or CONTROL.
    """

    days: NDArray[np.float64]
    latitude: NDArray[np.float64]
    longitude: NDArray[np.float64]
    kind: NDArray[np.int64]
    dose: NDArray[np.float64] | None = None
    row: NDArray[np.int64] | None = None

