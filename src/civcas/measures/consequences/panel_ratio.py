"""The panel's effect as a ratio: Poisson with effects of place and month, from a library that need not be there."""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def log_scale(outcome: Floats, recent: Floats, level: float) -> dict[str, float] | None:
    """By how much one more recent treatment multiplies the outcome; both are places × months.

    Needs the `panels` extra; None without it, or where the fit does not exist: nothing varies within places and months, or
    the library finds no estimate.
    """
    try:
        import pandas as pd
        from pyfixest import fepois
        from pyfixest.errors import EmptyDesignMatrixError, EmptyVcovError, NonConvergenceError
    except ImportError:
        return None
    rows = pd.DataFrame({
        "y": outcome.ravel(), "recent": recent.ravel(), "place": np.repeat(np.arange(len(recent)), recent.shape[1]),
        "month": np.tile(np.arange(recent.shape[1]), len(recent)),
    })  # fmt: skip
    if not outcome.any():
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # rows that separation sets aside carry no information on the ratio
            found = fepois("y ~ recent | place + month", data=rows, vcov={"CRV1": "place"})
            value, (low, high) = found.coef()["recent"], found.confint(alpha=1 - level).loc["recent"]
    except (ValueError, NonConvergenceError, EmptyDesignMatrixError, EmptyVcovError):
        return None  # ValueError is how the library says that nothing varies within places and months
    with np.errstate(over="ignore"):
        ends = {"value": float(np.exp(value)), "low": float(np.exp(low)), "high": float(np.exp(high))}
    return ends if all(np.isfinite(end) for end in ends.values()) else None
