"""What each of many processes does in the test of appending at once; imports little, so that eight start soon."""

from __future__ import annotations

from pathlib import Path

from civcas.ledger.book import Ledger
from civcas.ledger.entry import Draft


def append_many(address: str | Path, name: str, times: int) -> list[tuple[int, str]]:
    """Append `times` entries one by one; returns what was acknowledged."""
    own = Ledger.open(address)
    done = [own.append([Draft("note", "note", "{}", f"{name} {number}")], author=name) for number in range(times)]
    own.close()
    return [(each.last, each.hash) for each in done]
