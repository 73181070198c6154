"""A moment in the life of a case: a day, a time or an entry, up to which the ledger is read."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from civcas.errors import BadInput
from civcas.ledger.clock import written

_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$")


@dataclass(frozen=True, slots=True)
class Moment:
    """Up to and with entry `sequence`, or up to and with the time `at`; both None is now."""

    sequence: int | None = None
    at: str | None = None

    @classmethod
    def parse(cls, text: str | dt.date | None) -> Moment:
        """Read `2017-01-23` (to the end of that day, UTC), `2017-01-23T12:00`, `@41` (entry 41) or `now`."""
        if text is None or text == "now":
            return cls()
        words = text.isoformat() if isinstance(text, dt.date) else text.strip()
        if words.startswith("@") and words[1:].isdigit():
            return cls(sequence=int(words[1:]))
        try:
            time = dt.datetime.fromisoformat(words)
        except ValueError:
            raise BadInput(
                f"{words!r} is not a moment",
                expected="a day (2017-01-23), a time (2017-01-23T12:00Z), an entry (@41) or now",
            ) from None
        if _DAY.match(words):
            time = dt.datetime.combine(time, dt.time.max)
        return cls(at=written(time if time.tzinfo else time.replace(tzinfo=dt.UTC)))

    def __str__(self) -> str:
        return f"entry {self.sequence}" if self.sequence is not None else self.at or "now"
