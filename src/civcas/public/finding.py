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
_OTHER = np.uint64(0xC2B2AE3D27D4EB4F)
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
    anchors: Places  # where in each string the window is that it is found by
    order: Places  # strings in the order of those windows
    windows: Words  # the windows, in that order
    table: NDArray[np.uint8]  # by hash, one of eight marks for each window that falls there
    shift: np.uint64

    @classmethod
    def of(cls, blob: NDArray[np.uint8], starts: Places, lengths: Places) -> Finder:
        if len(lengths) and int(lengths.min()) < WINDOW:
            raise ValueError(f"a string to find has fewer than {WINDOW} bytes")
        anchors = _rarest(blob, starts, lengths)
        windows = _window_at(blob, starts + anchors)
        order = np.argsort(windows, kind="stable").astype(np.int64)
        bits = int(np.clip(np.ceil(np.log2(max(len(starts), 1) * 16)), 16, 26))
        shift = np.uint64(64 - bits)
        table = np.zeros(1 << bits, np.uint8)
        np.bitwise_or.at(table, (windows * _ODD) >> shift, _mark(windows))
        return cls(
            blob=blob, starts=starts, lengths=lengths, anchors=anchors, order=order, windows=windows[order], table=table,
            shift=shift,
        )  # fmt: skip

    def hits(self, content: bytes) -> Iterator[Hit]:
        """Every place at which one of the strings stands in the bytes."""
        if len(content) < WINDOW or not len(self.starts):
            return
        seen = np.frombuffer(content, np.uint8)
        for begin in range(0, len(content), CHUNK):
            places, windows = self._candidates(content, begin)
            if len(places):
                yield from self._verified(content, seen, places, windows)

    def _candidates(self, content: bytes, begin: int) -> tuple[Places, Words]:
        """Places whose window the table may know, by each of the eight ways to cut the bytes into words, and the windows."""
        end = min(begin + CHUNK + WINDOW - 1, len(content))
        places: list[Places] = [np.empty(0, np.int64)]
        windows: list[Words] = [np.empty(0, np.uint64)]
        for offset in range(begin, min(begin + WINDOW, end)):
            words = np.frombuffer(content, "<u8", (end - offset) // WINDOW, offset)
            marks = self.table[(words * _ODD) >> self.shift]
            known = np.flatnonzero(marks)
            known = known[(marks[known] & _mark(words[known])) != 0]
            places.append(known * WINDOW + offset)
            windows.append(words[known])
        return np.concatenate(places), np.concatenate(windows)

    def _verified(self, content: bytes, seen: NDArray[np.uint8], places: Places, windows: Words) -> Iterator[Hit]:
        """Pairs of a place and a string that share a window and another one, then all of their bytes."""
        low = np.searchsorted(self.windows, windows, "left")
        count = np.searchsorted(self.windows, windows, "right") - low
        places, low, count = (values[count > 0] for values in (places, low, count))
        of = np.repeat(np.arange(len(places)), count)
        nth = np.arange(len(of)) - np.repeat(np.cumsum(count) - count, count)
        which = self.order[low[of] + nth]
        length, place = self.lengths[which], places[of] - self.anchors[which]
        fits = (place >= 0) & (place + length <= len(content))
        which, place, length = which[fits], place[fits], length[fits]
        # the end of the string that lies farther from the window it was found by
        beside = np.where(2 * self.anchors[which] < length - WINDOW, length - WINDOW, 0)
        last = _window_at(seen, place + beside) == _window_at(self.blob, self.starts[which] + beside)
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


def _rarest(blob: NDArray[np.uint8], starts: Places, lengths: Places) -> Places:
    """Of the first, middle and last window of each string, the one that fewest of them share: many addresses begin alike."""
    choices = np.stack([np.zeros_like(lengths), (lengths - WINDOW) // 2, lengths - WINDOW])
    shared = np.stack([_shared(_window_at(blob, starts + choice)) for choice in choices])
    rarest: Places = np.take_along_axis(choices, shared.argmin(axis=0)[None], axis=0)[0]
    return rarest


def _shared(windows: Words) -> Places:
    """How many of the windows are the same as each."""
    _, which, counts = np.unique(windows, return_inverse=True, return_counts=True)
    shared: Places = counts[which].astype(np.int64)
    return shared


def _mark(windows: Words) -> NDArray[np.uint8]:
    """One of eight bits, by another hash of the window: what shares a place in the table seldom shares it."""
    return np.left_shift(np.uint8(1), ((windows * _OTHER) >> np.uint64(61)).astype(np.uint8))


def _window_at(content: NDArray[np.uint8], places: Places) -> Words:
    """The eight bytes at each place as one word."""
    if not len(places):
        return np.empty(0, np.uint64)
    cells: Any = content[places[:, None] + np.arange(WINDOW)]
    words: Words = np.ascontiguousarray(cells).view("<u8").ravel()
    return words
