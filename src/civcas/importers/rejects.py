"""A row that does not hang together as a row: kept as it stood, with the reason."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Reject:
    """`line` counts the lines of the file from 1."""

    line: int
    text: str
    reason: str
