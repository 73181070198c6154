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
ALL_BUT_MARKS = bytes(b for b in range(256) if b not in (NEWLINE, QUOTE))


def count_rows(path: Path, *, skip: int, quoted: bool) -> int | None:
    """Rows after the first `skip` lines; a blank line is no row, a newline within quotes ends none.

    None when this count cannot be trusted: lone carriage returns, or quotes that do not pair.
    """
    rows, inside, before = 0, False, b"\n\n"
    with path.open("rb") as stream:
        for _ in range(skip):
            stream.readline()
        while piece := stream.read(PIECE):
            if piece.endswith(b"\r"):
                piece += stream.read(1)
            returns = b"\r" in piece
            if returns and piece.count(b"\r") != piece.count(b"\r\n"):
                return None
            blank = b"\n\n" in piece or (returns and b"\n\r\n" in piece) or _may_hold_blank_lines(before + piece[:3])
            if not quoted or (b'"' not in piece and not inside):
                rows += _plain_ends(before[-1:] + piece) if blank else piece.count(b"\n")
            elif blank:
                found, inside = _ends_outside_quotes(before + piece, inside)
                rows += found
            else:
                found, inside = _ends_among_marks(piece, inside)
                rows += found
            before = (before + piece)[-2:]
    if inside:
        return None
    return rows + (not before.endswith(b"\n"))


def _may_hold_blank_lines(piece: bytes) -> bool:
    return b"\n\n" in piece[1:] or b"\n\r\n" in piece


def _ends_among_marks(piece: bytes, inside: bool) -> tuple[int, bool]:
    """Line ends outside quotes where no line is blank: everything but quotes and newlines is struck out first."""
    marks = np.frombuffer(piece.translate(None, ALL_BUT_MARKS), dtype=np.uint8)
    if not len(marks):
        return 0, inside
    parity = np.bitwise_xor.accumulate(marks == QUOTE) ^ inside
    return int(np.count_nonzero((marks == NEWLINE) & ~parity)), bool(parity[-1])


def _plain_ends(piece: bytes) -> int:
    """Line ends in all of `piece` but its first byte, less those of blank lines."""
    cells = np.frombuffer(piece, dtype=np.uint8)
    ends = np.flatnonzero(cells[1:] == NEWLINE) + 1
    return len(ends) - int(np.count_nonzero(_after_newline(cells, ends)))


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
