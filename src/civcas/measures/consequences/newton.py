"""Newton: the step towards a peak, damped where the surface does not bend downwards."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from civcas.measures.consequences.compiling import compiled

Floats = NDArray[np.float64]
FURTHEST = 2.0  # step in any parameter


def uphill(curvature: Floats, slope: Floats) -> Floats:
    """Newton's step, damped until the surface bends downwards and no parameter moves by more than `FURTHEST`."""
    bend = -(curvature + curvature.T) / 2
    damping, least = 0.0, 1e-6 * max(float(np.abs(np.diag(bend)).max()), 1e-6)
    while True:
        sound, step = _solved(bend + damping * np.eye(len(slope)), slope)
        if sound and np.abs(step).max(initial=0.0) <= FURTHEST:
            return np.asarray(step)
        damping = max(4 * damping, least)


@compiled
def _solved(matrix: Any, right: Any) -> Any:
    """Whether the matrix is positive definite, and the solution if so: Cholesky, too small here to wait for BLAS threads."""
    n = len(right)
    lower = np.zeros((n, n))
    x = right.copy()
    for i in range(n):
        for j in range(i + 1):
            left = matrix[i, j]
            for k in range(j):
                left -= lower[i, k] * lower[j, k]
            if i > j:
                lower[i, j] = left / lower[j, j]
            elif left > 1e-12 * abs(matrix[i, i]):
                lower[i, i] = np.sqrt(left)
            else:
                return False, x
    for i in range(n):
        for k in range(i):
            x[i] -= lower[i, k] * x[k]
        x[i] /= lower[i, i]
    for i in range(n - 1, -1, -1):
        for k in range(i + 1, n):
            x[i] -= lower[k, i] * x[k]
        x[i] /= lower[i, i]
    return True, x
