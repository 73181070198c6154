"""Sums over bootstrap samples of whole incidents, thousands at a time."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from civcas.errors import BadInput

WEIGHTS_AT_ONCE = 4_000_000  # draws held in memory at a time, about 64 MB
STREAMS = 16  # independent random streams, fixed so that the number of processors changes no result


def resampled_sums(
    columns: NDArray[np.float64],
    *,
    replicates: int,
    seed: int,
    widen: Callable[[NDArray[np.float64]], NDArray[np.float64]] = lambda rows: rows,
    threads: int = 2,
) -> NDArray[np.float64]:
    """Column sums over `replicates` samples of n incidents drawn with replacement: (n, k) → (replicates, k).

    `widen` may make further columns (squares, products) out of the distinct rows before they are summed.

    Incidents with the same numbers are exchangeable, so how often each *distinct* row is drawn is multinomial with
    its share of the incidents: the same distribution as drawing incidents one by one, without drawing them
    (Efron 1979; the weights form of Præstgaard and Wellner 1993). All incidents of a comparison are one
    sample, so the number that falls to each side is random too.
    """
    if replicates < 1:
        raise BadInput(f"{replicates} bootstrap replicates", expected="at least 1; 2,000 or more for an interval")
    distinct, counts = np.unique(columns, axis=0, return_counts=True)
    wide = widen(distinct)
    if not len(columns):
        return np.zeros((replicates, wide.shape[1]))
    share = counts / counts.sum()
    seeds = np.random.SeedSequence(seed).spawn(STREAMS)
    lengths = [len(part) for part in np.array_split(np.arange(replicates), STREAMS)]

    def stream(number: int) -> NDArray[np.float64]:
        draw = np.random.default_rng(seeds[number])
        step = max(1, WEIGHTS_AT_ONCE // (len(distinct) * threads))
        sums = [
            draw.multinomial(len(columns), share, size=min(step, lengths[number] - done)).astype(float) @ wide
            for done in range(0, lengths[number], step)
        ]
        return np.concatenate(sums) if sums else np.zeros((0, wide.shape[1]))

    with ThreadPoolExecutor(threads) as pool:
        return np.concatenate(list(pool.map(stream, range(STREAMS))))


def by_cluster(cluster: NDArray[np.int64], *columns: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each column summed within its cluster: k arrays of length n → (clusters present, k)."""
    present, place = np.unique(cluster, return_inverse=True)
    return np.column_stack([np.bincount(place, weights=column, minlength=len(present)) for column in columns])
