"""The time of an entry, from a clock that is handed in, in UTC and to the microsecond."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from civcas.errors import CivcasError

Clock = Callable[[], dt.datetime]
"""Tells the time; tests hand in one that stands still or runs as they say."""

CLOCKS_MAY_DIFFER = dt.timedelta(seconds=2)
"""Two machines of a team never agree to the microsecond; up to this far behind, an entry takes the time of the last."""

SHAPE = "%Y-%m-%dT%H:%M:%S.%fZ"


class ClockRunsBackwards(CivcasError):
    """This machine's clock is behind the last entry of the ledger."""


def system_clock() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def written(moment: dt.datetime) -> str:
    """The time as the ledger writes it: fixed width, so that texts sort as times do."""
    return moment.astimezone(dt.UTC).strftime(SHAPE)


def read(text: str) -> dt.datetime:
    return dt.datetime.strptime(text, SHAPE).replace(tzinfo=dt.UTC)


def time_after(clock: Clock, last: str) -> str:
    """The clock's time, never earlier than the last entry's; a clock that is far behind is refused."""
    now = written(clock())
    if now >= last:
        return now
    behind = read(last) - read(now)
    if behind > CLOCKS_MAY_DIFFER:
        raise ClockRunsBackwards(
            f"this machine's clock says {now}, but the last entry of the ledger was made at {last}",
            where="ledger",
            expected=f"a clock at most {CLOCKS_MAY_DIFFER.total_seconds():g} seconds behind",
            do="Nothing was recorded. Set the clock right, and try again",
        )
    return last
