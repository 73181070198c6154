"""Counts the rows of a text table without reading them, so that the reader's own count can be held against it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Places = NDArray[np.intp]
Marks = NDArray[np.bool_]

PIECE = 4 << 20
NEWLINE, RETURN, QUOTE = 10, 13, 34


def count_rows(path: Path, *, skip: int, quoted: bool) -> int | None:
    """Rows after the first `skip` lines; a blank line is no row, a newline within quotes ends none.

    None when this count cannot be trusted: lone carriage returns, or quotes that do not pair.
    """
    rows, inside, before = 0, False, bytes([NEWLINE, NEWLINE])
    with path.open("rb") as stream:
        for _ in range(skip):
            stream.readline()
        while piece := stream.read(PIECE):
            if piece.endswith(b"\r"):
                piece += stream.read(1)
            if piece.count(b"\r") != piece.count(b"\r\n"):
                return None
            if quoted and b'"' in piece:
                found, inside = _ends_outside_quotes(before + piece, inside)
            else:
                found = 0 if inside else _plain_ends(before[-1:] + piece)
            rows += found
            before = (before + piece)[-2:]
    if inside:
        return None
    return rows + (not before.endswith(b"\n"))


def _plain_ends(piece: bytes) -> int:
    """Line ends in all of `piece` but its first byte, less those of blank lines."""
    blank = 0
    if b"\n\n" in piece or b"\n\r\n" in piece:
        cells = np.frombuffer(piece, dtype=np.uint8)
        ends = np.flatnonzero(cells[1:] == NEWLINE) + 1
        blank = int(np.count_nonzero(_after_newline(cells, ends)))
    return piece.count(b"\n", 1) - blank


def _ends_outside_quotes(piece: bytes, inside: bool) -> tuple[int, bool]:
    """The same for a piece with quotes, of which the first two bytes were counted before."""
    cells = np.frombuffer(piece, dtype=np.uint8)
    fresh = cells[2:]
    parity = np.bitwise_xor.accumulate(fresh == QUOTE) ^ inside
    ends = np.flatnonzero((fresh == NEWLINE) & ~parity) + 2
    return len(ends) - int(np.count_nonzero(_after_newline(cells, ends))), bool(parity[-1])


def _after_newline(cells: Bytes, ends: Places) -> Marks:
    previous = cells[ends - 1]
    blank = (previous == NEWLINE) | ((previous == RETURN) & (cells[np.maximum(ends - 2, 0)] == NEWLINE))
    return np.asarray(blank, dtype=np.bool_)
