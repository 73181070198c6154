"""Existence: whether a log-linear model has a finite best fit to a sparse table, before anything is fitted.

Fienberg & Rinaldo (2012); Chan, Silverman & Vincent (2021): without this check an unrestricted search
"finds" that nobody is missing, because the likelihood climbs for ever towards minus infinity.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

ESTIMABLE, NO_MAXIMUM, NOT_IDENTIFIED = 0, 1, 2
NEGLIGIBLE = 1e-8  # designs hold 0 and 1 only, so what is not zero is far from it


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reduced:
    """Models after pairs of lists that share nobody: their parameter is minus infinity, their cells are empty.

    `columns` (models × terms) to be fitted; `cells` (models × cells) that stay; `infinite` parameters taken out.
    """

    columns: NDArray[np.bool_]
    cells: NDArray[np.bool_]
    infinite: NDArray[np.int64]


def reduce(design: NDArray[np.float64], counts: NDArray[np.int64], columns: NDArray[np.bool_]) -> Reduced:
    """Take out of each model the pairs whose total overlap is zero, and the cells that hold both lists."""
    own_row = design.argmax(axis=0)  # a term's first cell holds its lists alone
    two = np.array([int(row + 1).bit_count() == 2 for row in own_row])
    two[0] = False  # the intercept
    empty = two & (counts @ design == 0)
    taken = columns & empty
    left = (taken.astype(float) @ design.T) == 0
    return Reduced(columns=columns & ~empty, cells=left, infinite=taken.sum(axis=1))


def existence(design: NDArray[np.float64], counts: NDArray[np.int64], reduced: Reduced) -> NDArray[np.int64]:
    """ESTIMABLE, NO_MAXIMUM or NOT_IDENTIFIED for each model.

    A best fit fails to exist if some direction leaves every counted cell as it is and lowers only empty
    ones. Such directions lie in the null space of the counted cells' design: none when that is empty, a
    matter of signs when it is a line, a linear programme otherwise.
    """
    codes = np.full(len(reduced.columns), ESTIMABLE)
    counted = design[counts > 0]
    for models in by_size(reduced.columns):
        chosen = np.nonzero(reduced.columns[models])[1].reshape(len(models), -1)
        gram = counted.T @ counted
        values, vectors = np.linalg.eigh(gram[chosen[:, :, None], chosen[:, None, :]])
        loose = (values < NEGLIGIBLE).sum(axis=1)
        for at in np.flatnonzero(loose):
            model, null = models[at], vectors[at][:, : loose[at]]
            empty_cells = design[np.ix_(reduced.cells[model] & (counts == 0), chosen[at])]
            codes[model] = _along(empty_cells @ null)
    return codes


def by_size(columns: NDArray[np.bool_], *, at_most: int = 512) -> list[NDArray[np.int64]]:
    """Models grouped by how many columns they hold, in blocks that fit the cache."""
    sizes = columns.sum(axis=1)
    blocks = []
    for size in np.unique(sizes):
        same = np.flatnonzero(sizes == size)
        blocks += [same[i : i + at_most] for i in range(0, len(same), at_most)]
    return blocks


def _along(moves: NDArray[np.float64]) -> int:
    """What the directions of a null space (columns) do to the empty cells (rows)."""
    if np.linalg.matrix_rank(moves, tol=NEGLIGIBLE) < moves.shape[1]:
        return NOT_IDENTIFIED
    if moves.shape[1] == 1:
        return ESTIMABLE if (moves > NEGLIGIBLE).any() and (moves < -NEGLIGIBLE).any() else NO_MAXIMUM
    one_way = linprog(
        moves.sum(axis=0),
        A_ub=np.vstack([moves, -moves]),
        b_ub=np.repeat([0.0, 1.0], len(moves)),
        bounds=(None, None),
        method="highs",
    )
    # a direction that lowers any cell can be scaled until it lowers one by 1
    return NO_MAXIMUM if one_way.fun < -0.5 else ESTIMABLE
