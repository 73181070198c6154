"""An overlap says how many of the documented stand on which of the lists: one count for each pattern of lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from civcas.errors import BadInput

MOST_CELLS_LISTS = 12  # a complete table of 2^J - 1 cells is laid out only up to here


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Overlap:
    """The documented, by the lists they stand on.

    `patterns`: one row a distinct pattern, one column a list, 1 where listed; no row is all zero.
    `counts`: how many people show each pattern, all above zero.
    """

    lists: tuple[str, ...]
    patterns: NDArray[np.uint8]
    counts: NDArray[np.int64]

    @classmethod
    def of(cls, patterns: NDArray[np.integer] | Sequence[Sequence[int]], counts: NDArray[np.integer] | Sequence[int],
           *, lists: Sequence[str] | None = None) -> Overlap:  # fmt: skip
        """Tabulate rows of 0/1 with their counts; equal patterns are added up, empty ones refused."""
        rows, weights = np.asarray(patterns), np.asarray(counts)
        names = tuple(lists) if lists is not None else tuple(chr(ord("A") + j) for j in range(rows.shape[1]))
        _refuse_unusable(rows, weights, names)
        seen = weights > 0
        rows, weights = rows[seen].astype(np.uint8), weights[seen].astype(np.int64)
        distinct, where = np.unique(rows, axis=0, return_inverse=True)
        totals = np.bincount(where.ravel(), weights=weights, minlength=len(distinct)).astype(np.int64)
        return cls(lists=names, patterns=distinct, counts=totals)

    @property
    def n(self) -> int:
        """How many are documented: on one list or more."""
        return int(self.counts.sum())

    @property
    def sizes(self) -> NDArray[np.int64]:
        """How many stand on each list."""
        return np.diag(self.pairs).copy()

    @property
    def pairs(self) -> NDArray[np.int64]:
        """How many stand on both of two lists; the diagonal holds the lists' own sizes."""
        wide = self.patterns.astype(np.int64)
        return (wide * self.counts[:, None]).T @ wide

    @property
    def on_several(self) -> int:
        """How many stand on two lists or more: all that the estimate learns from."""
        return int(self.counts[self.patterns.sum(axis=1) > 1].sum())

    @property
    def codes(self) -> NDArray[np.int64]:
        """Each pattern as a number, the first list the lowest bit."""
        return self.patterns.astype(np.int64) @ (1 << np.arange(len(self.lists), dtype=np.int64))

    def cells(self) -> NDArray[np.int64]:
        """The complete table: counts by code 1 .. 2^J - 1, zeros included."""
        if len(self.lists) > MOST_CELLS_LISTS:
            raise BadInput(
                f"a complete table of {len(self.lists)} lists has {2 ** len(self.lists) - 1:,} cells",
                expected=f"at most {MOST_CELLS_LISTS} lists for this method",
                do="Use --method latent-classes, or join small lists.",
            )
        whole = np.zeros(2 ** len(self.lists), dtype=np.int64)
        whole[self.codes] = self.counts
        return whole[1:]

    def without_empty_lists(self) -> Overlap:
        """The same without lists on which nobody stands: they say nothing."""
        kept = self.sizes > 0
        names = tuple(name for name, keep in zip(self.lists, kept, strict=True) if keep)
        return Overlap.of(self.patterns[:, kept], self.counts, lists=names)


def from_cells(cells: NDArray[np.int64], *, lists: Sequence[str]) -> Overlap:
    """The overlap of a complete table of counts by code 1 .. 2^J - 1."""
    codes = np.flatnonzero(cells) + 1
    rows = (codes[:, None] >> np.arange(len(lists))) & 1
    return Overlap.of(rows, cells[codes - 1], lists=lists)


def _refuse_unusable(rows: NDArray[np.generic], counts: NDArray[np.generic], names: tuple[str, ...]) -> None:
    if rows.ndim != 2 or len(rows) != len(counts) or rows.shape[1] != len(names):
        raise BadInput("the patterns, their counts and the lists' names do not fit", expected="one row a pattern")
    if not np.isin(rows, (0, 1)).all():
        wrong = names[int(np.flatnonzero(~np.isin(rows, (0, 1)).all(axis=0))[0])]
        raise BadInput(f"list {wrong} holds values other than 0 and 1", expected="1 where listed, 0 where not")
    if not np.isfinite(counts.astype(float)).all() or (counts.astype(float) < 0).any():
        raise BadInput("some counts are negative or missing", expected="whole numbers of people, 0 or more")
    if (counts.astype(float) % 1 != 0).any():
        raise BadInput("some counts are fractions", expected="whole numbers of people",
                       do="Give the table before weighting: people cannot be shared between cells.")  # fmt: skip
    if counts[rows.sum(axis=1) == 0].astype(float).sum() > 0:
        raise BadInput("some people stand on no list", expected="a 1 in at least one list for each row with a count",
                       do="Remove the row of zeros: how many are on no list is what is to be estimated.")  # fmt: skip
    if counts.astype(float).sum() == 0:
        raise BadInput("nobody stands on any list", expected="at least one row with a count above 0")
