"""Finds any of millions of byte strings in any amount of bytes: eight bytes of each in a table of hashes, the rest compared.

One pass over the bytes, whatever the number of strings (Rabin and Karp's idea, with a window of eight bytes that a machine word
holds); what the table lets through is held against the whole string, so that nothing is found that is not there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

WINDOW = 8
CHUNK = 1 << 20
_ODD = np.uint64(0x9E3779B97F4A7C15)  # 2^64 over the golden ratio: spreads neighbouring words
_LETTERS = np.zeros(256, bool)
_LETTERS[[*range(48, 58), *range(65, 91), *range(97, 123)]] = True
WHOLE_WORD_BELOW = 16  # bytes: a shorter string counts only where it stands as a word of its own

Words = NDArray[np.uint64]
Places = NDArray[np.int64]


class Hit(NamedTuple):
    """String number `which` begins at byte `place`."""

    which: int
    place: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Finder:
    """`blob` holds all strings; number i is `lengths[i]` bytes from `starts[i]`, at least eight."""

    blob: NDArray[np.uint8]
    starts: Places
    lengths: Places
    order: Places  # strings in the order of their first window
    first: Words  # the first window of each, in that order
    table: NDArray[np.bool_]
    shift: np.uint64

    @classmethod
    def of(cls, blob: NDArray[np.uint8], starts: Places, lengths: Places) -> Finder:
        if len(lengths) and int(lengths.min()) < WINDOW:
            raise ValueError(f"a string to find has fewer than {WINDOW} bytes")
        windows = _window_at(blob, starts)
        order = np.argsort(windows, kind="stable").astype(np.int64)
        bits = int(np.clip(np.ceil(np.log2(max(len(starts), 1) * 32)), 16, 27))
        shift = np.uint64(64 - bits)
        table = np.zeros(1 << bits, bool)
        table[(windows * _ODD) >> shift] = True
        return cls(
            blob=blob, starts=starts, lengths=lengths, order=order, first=windows[order], table=table, shift=shift
        )

    def hits(self, content: bytes) -> Iterator[Hit]:
        """Every place at which one of the strings stands in the bytes."""
        if len(content) < WINDOW or not len(self.starts):
            return
        seen = np.frombuffer(content, np.uint8)
        for begin in range(0, len(content), CHUNK):
            places = self._candidates(content, begin)
            if len(places):
                yield from self._verified(content, seen, places)

    def _candidates(self, content: bytes, begin: int) -> Places:
        """Places whose window the table knows, by each of the eight ways to cut the bytes into words."""
        end = min(begin + CHUNK + WINDOW - 1, len(content))
        found = []
        for offset in range(begin, min(begin + WINDOW, end)):
            count = (end - offset) // WINDOW
            words = np.frombuffer(content, "<u8", count, offset)
            known = np.flatnonzero(self.table[(words * _ODD) >> self.shift])
            if len(known):
                found.append(known * WINDOW + offset)
        return np.concatenate(found) if found else np.empty(0, np.int64)

    def _verified(self, content: bytes, seen: NDArray[np.uint8], places: Places) -> Iterator[Hit]:
        """Pairs of a place and a string whose first and last windows agree, then all of their bytes."""
        windows = _window_at(seen, places)
        low = np.searchsorted(self.first, windows, "left")
        count = np.searchsorted(self.first, windows, "right") - low
        places, low, count = (values[count > 0] for values in (places, low, count))
        of = np.repeat(np.arange(len(places)), count)
        nth = np.arange(len(of)) - np.repeat(np.cumsum(count) - count, count)
        which, place = self.order[low[of] + nth], places[of]
        length = self.lengths[which]
        fits = place + length <= len(content)
        which, place, length = which[fits], place[fits], length[fits]
        last = _window_at(seen, place + length - WINDOW) == _window_at(self.blob, self.starts[which] + length - WINDOW)
        for index in np.flatnonzero(last):
            if self._stands(seen, int(which[index]), int(place[index])):
                yield Hit(int(which[index]), int(place[index]))

    def _stands(self, seen: NDArray[np.uint8], which: int, place: int) -> bool:
        start, length = int(self.starts[which]), int(self.lengths[which])
        if not np.array_equal(seen[place : place + length], self.blob[start : start + length]):
            return False
        return length >= WHOLE_WORD_BELOW or _is_word(seen, place, place + length)


def _is_word(seen: NDArray[np.uint8], begin: int, end: int) -> bool:
    """Whether no letter or digit goes on where the string begins or ends with one."""
    before = begin > 0 and _LETTERS[seen[begin]] and _LETTERS[seen[begin - 1]]
    after = end < len(seen) and _LETTERS[seen[end - 1]] and _LETTERS[seen[end]]
    return not (before or after)


def _window_at(content: NDArray[np.uint8], places: Places) -> Words:
    """The eight bytes at each place as one word."""
    if not len(places):
        return np.empty(0, np.uint64)
    cells: Any = content[places[:, None] + np.arange(WINDOW)]
    words: Words = np.ascontiguousarray(cells).view("<u8").ravel()
    return words
