"""Near-duplicate texts: copies of one report are one source.

Texts are compared by the words they share in runs of three (Broder 1997), found by MinHash bands.
"""

from __future__ import annotations

import re
import zlib

import numpy as np
import numpy.typing as npt
import pyarrow as pa

ALIKE = 0.8
BANDS, ROWS, RUN = 16, 4, 3
_WORD = re.compile(r"\w+")
_PRIME = np.uint64(2**31 - 1)


def copies(texts: pa.ChunkedArray | pa.Array, *, alike: float = ALIKE) -> npt.NDArray[np.int64]:
    """For each text the row of the first text it repeats, its own row where it repeats none or is unknown.

    Two texts are copies when of all their runs of three words at least `alike` are in both. Texts under six words say too
    little to be called copies unless they are identical. The same words in any letter case are the same text.
    """
    words = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
    coded = words.dictionary_encode()
    runs = [_runs(t) for t in coded.dictionary.to_pylist()]
    leader = _leaders(runs, alike)
    codes = np.asarray(coded.indices.fill_null(-1)).astype(np.int64)
    group = np.where(codes >= 0, leader[np.maximum(codes, 0)] if len(leader) else -1, -1)
    own = np.arange(len(codes))
    _, first, which = np.unique(np.where(group >= 0, group, len(runs) + own), return_index=True, return_inverse=True)
    return first[which].astype(np.int64)


def _runs(text: str) -> npt.NDArray[np.uint64]:
    found = _WORD.findall(text.lower())
    if len(found) < 2 * RUN:
        return np.array([zlib.crc32(" ".join(found).encode())], np.uint64)
    return np.unique(
        np.array([zlib.crc32(" ".join(found[k : k + RUN]).encode()) for k in range(len(found) - RUN + 1)], np.uint64)
    )


def _leaders(runs: list[npt.NDArray[np.uint64]], alike: float) -> npt.NDArray[np.int64]:
    """The first of the texts that each is a copy of, through any chain of copies."""
    rng = np.random.default_rng(20_260_101)
    a, b = rng.integers(1, _PRIME, (BANDS * ROWS, 1), np.uint64), rng.integers(0, _PRIME, (BANDS * ROWS, 1), np.uint64)
    leader = np.arange(len(runs), dtype=np.int64)

    def led(k: int) -> int:
        while leader[k] != k:
            k = int(leader[k])
        return k

    met: dict[tuple[int, bytes], int] = {}
    for k, run in enumerate(runs):
        least = ((a * run[None, :] + b) % _PRIME).min(axis=1).reshape(BANDS, ROWS)
        for band in range(BANDS):
            other = met.setdefault((band, least[band].tobytes()), k)
            if other != k and led(other) != led(k) and _shared(runs[other], run) >= alike:
                one, two = sorted((led(other), led(k)))
                leader[two] = one
    return np.array([led(k) for k in range(len(runs))], np.int64)


def _shared(one: npt.NDArray[np.uint64], other: npt.NDArray[np.uint64]) -> float:
    both = len(np.intersect1d(one, other, assume_unique=True))
    return both / (len(one) + len(other) - both)
