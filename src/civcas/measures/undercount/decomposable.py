"""Decomposable graph averaging: every way lists may depend that a chordal graph can show, weighed by the data.

Madigan & York (1997), "Bayesian methods for estimation of the size of a closed population". Deterministic:
the posterior is summed over all chordal graphs and a grid of the number on no list.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from civcas.errors import BadInput
from civcas.measures.undercount.overlap import Overlap

MOST_LISTS = 6
BLOCK = 1_024  # grid points weighed at once: graphs × block stays within the cache of a small machine
LONGEST_GRID = 1_000  # times the documented: how far the grid of the unseen reaches
FINENESS = 2_000  # a thinned grid steps by this fraction of the number itself

Curves = Callable[[NDArray[np.float64]], NDArray[np.float64]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Posterior:
    """The number of all people, documented and not, over `totals` with its probabilities; and each graph's weight.

    `widths`: how many whole numbers each of `totals` stands for. `graphs`: edges as bits in the order of `pairs_of`.
    """

    lists: int
    totals: NDArray[np.float64]
    probabilities: NDArray[np.float64]
    widths: NDArray[np.float64]
    graphs: NDArray[np.int64]
    graph_weights: NDArray[np.float64]

    @property
    def mean(self) -> float:
        return float(self.totals @ self.probabilities)

    @property
    def deviation(self) -> float:
        return float(np.sqrt((self.totals - self.mean) ** 2 @ self.probabilities))

    @property
    def mode(self) -> int:
        return int(self.totals[(self.probabilities / self.widths).argmax()])

    def quantile(self, share: float) -> int:
        """The smallest total with at least this share of the posterior at or below it."""
        at = np.searchsorted(self.probabilities.cumsum(), share)
        return int(self.totals[min(int(at), len(self.totals) - 1)])

    @property
    def saturated_weight(self) -> float:
        """What part of the posterior lets all lists depend at once, and so says nothing of the unseen."""
        complete = self.graphs == 2 ** len(pairs_of(self.lists)) - 1
        return float(self.graph_weights[complete].sum())

    def top(self) -> tuple[int, float]:
        """The graph of most weight, and its weight."""
        best = int(self.graph_weights.argmax())
        return int(self.graphs[best]), float(self.graph_weights[best])


def pairs_of(lists: int) -> list[tuple[int, int]]:
    """The pairs of lists in the order of a graph's bits."""
    return list(combinations(range(lists), 2))


@cache
def chordal(lists: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """All chordal graphs of so many lists, and for each what its cliques and separators add up to.

    The second array (graphs × 2^J) holds, by the bits of a set of lists, +1 for each clique and −1 for each
    separator; column 0 holds #cliques − #separators, empty separators not counted.
    """
    found = [(g, row) for g in range(2 ** (lists * (lists - 1) // 2)) if (row := _junction(g, lists)) is not None]
    return np.array([g for g, _ in found]), np.array([row for _, row in found])


def _junction(graph: int, lists: int) -> list[int] | None:
    """Cliques and separators by maximum cardinality search (Tarjan & Yannakakis 1984), or None if not chordal."""
    beside = [0] * lists
    for bit, (i, j) in enumerate(pairs_of(lists)):
        if graph >> bit & 1:
            beside[i] |= 1 << j
            beside[j] |= 1 << i
    row, numbered, cliques, clique = [0] * 2**lists, 0, [], 0
    for _ in range(lists):
        at = max((j for j in range(lists) if not numbered >> j & 1), key=lambda j: (beside[j] & numbered).bit_count())
        before = beside[at] & numbered
        if any((before & ~beside[j]) & ~(1 << j) for j in range(lists) if before >> j & 1):
            return None
        if clique and before != clique:
            cliques.append(clique)
            row[before] -= 1
        clique, numbered = before | 1 << at, numbered | 1 << at
    for each in [*cliques, clique]:
        row[each] += 1
    row[0] = sum(row[1:])
    return row


def posterior(
    overlap: Overlap, *, delta: float | None = None, unseen: tuple[int, int] | None = None, saturated: bool = True,
    prior: tuple[float, float] | None = None,
) -> Posterior:  # fmt: skip
    """The posterior of the total over all chordal graphs.

    `delta`: the Dirichlet prior's weight a cell (2^−J by default; a strong choice). `unseen`: every whole number
    from the first to the second is weighed; by default the grid reaches to a thousand times the documented and is
    thinned as it goes, because a grid cut short cuts the estimate short. `saturated=False` leaves out the graph in
    which all lists depend, which says nothing about the unseen. The prior of the total is 1/N, or with
    `prior=(a, b)` a Poisson whose mean is Gamma with shape a and scale b.
    """
    lists = len(overlap.lists)
    if not 2 <= lists <= MOST_LISTS:
        raise BadInput(
            f"decomposable graphs of {lists} lists are too many to sum over",
            expected=f"2 to {MOST_LISTS} lists",
            do="Use --method latent-classes, or join small lists.",
        )
    points, widths = _thinned(LONGEST_GRID * overlap.n) if unseen is None else _every(*unseen)
    graphs, parts = chordal(lists)
    if not saturated:
        graphs, parts = graphs[:-1], parts[:-1]
    by_total, by_graph = _weigh(
        parts,
        lambda some: _log_marginals(overlap, some, 2.0**-lists if delta is None else delta),
        lambda some: _log_prior(overlap.n, some, prior),
        points,
        widths,
    )
    return Posterior(
        lists=lists,
        totals=overlap.n + points,
        probabilities=by_total,
        widths=widths,
        graphs=graphs,
        graph_weights=by_graph,
    )


def _every(first: int, last: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    points = np.arange(first, last + 1, dtype=float)
    return points, np.ones_like(points)


def _thinned(last: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Middles and widths of runs of whole numbers from 1, each run a `FINENESS`-th of where it stands."""
    starts = [1]
    while starts[-1] < last:
        starts.append(starts[-1] + max(1, starts[-1] // FINENESS))
    edges = np.array(starts, dtype=float)
    return (edges[:-1] + edges[1:] - 1) / 2, np.diff(edges)


def _weigh(
    parts: NDArray[np.int64], marginals: Curves, prior: Curves, points: NDArray[np.float64], widths: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Posterior weight of each point and of each graph, block by block without holding graphs × points."""
    by_total, by_graph, scale = np.empty(len(points)), np.zeros(len(parts)), -np.inf
    coefficients = parts.astype(float)
    for start in range(0, len(points), BLOCK):
        here = slice(start, start + BLOCK)
        logs = coefficients @ marginals(points[here]) + prior(points[here])
        top = max(scale, float(logs.max()))
        weights = np.exp(logs - top) * widths[here]
        by_total[:start] *= np.exp(scale - top)
        by_graph = by_graph * np.exp(scale - top) + weights.sum(axis=1)
        by_total[here], scale = weights.sum(axis=0), top
    return by_total / by_total.sum(), by_graph / by_graph.sum()


def _log_marginals(overlap: Overlap, unseen: NDArray[np.float64], delta: float) -> NDArray[np.float64]:
    """ℓ_A(n₀) for each set A of lists (rows, by bits) and each n₀; row 0 holds the normaliser D.

    ℓ_A = lnΓ(n₀+n_A[0]+δ_A) + Σ_{c≠0} lnΓ(n_A[c]+δ_A) − 2^|A| lnΓ(δ_A) with δ_A = δ·2^{J−|A|}, and
    D = lnΓ(2^J δ) − lnΓ(n+n₀+2^J δ).
    """
    lists, codes = len(overlap.lists), overlap.codes
    rows = np.empty((2**lists, len(unseen)))
    whole = 2**lists * delta
    rows[0] = gammaln(whole) - gammaln(overlap.n + unseen + whole)
    for group in range(1, 2**lists):
        cells = np.bincount(codes & group, weights=overlap.counts, minlength=2**lists)
        held = [c for c in range(1, 2**lists) if c & group == c]
        share = delta * 2.0 ** (lists - group.bit_count())
        fixed = gammaln(cells[held] + share).sum() - (len(held) + 1) * gammaln(share)
        rows[group] = gammaln(unseen + cells[0] + share) + fixed
    return rows


def _log_prior(documented: int, unseen: NDArray[np.float64], prior: tuple[float, float] | None) -> NDArray[np.float64]:
    """ln p(N) + ln N! − ln n₀!, up to a constant."""
    total = documented + unseen
    ways = gammaln(total + 1) - gammaln(unseen + 1)
    if prior is None:
        return ways - np.log(total)  # type: ignore[no-any-return]
    shape, scale = prior
    gamma_poisson = total * np.log(scale) - (total + shape) * np.log1p(scale) + gammaln(total + shape)
    return ways + gamma_poisson - gammaln(total + 1)  # type: ignore[no-any-return]
