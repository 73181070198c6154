"""A range as it stands, and the range that several reports leave possible."""

from __future__ import annotations

import ibis


def usable(lowest: ibis.Value, highest: ibis.Value, count: ibis.Value) -> ibis.Value:
    """A count, unless the range ends before it begins: then no number is known."""
    return ibis.ifelse((lowest > highest).fill_null(False), ibis.null("int64"), count)


def widest(lowest: ibis.Value, highest: ibis.Value) -> tuple[ibis.Value, ibis.Value]:
    """The range that contradicts no report: the lowest and the highest number any of them gives; nothing is added up.

    A report that leaves an end open takes no limit of another away, unless what it says lies beyond that limit: then
    that end is open.
    """
    low, high = lowest.min(), highest.max()
    beyond = lowest.max(where=highest.isnull()) > high
    below = highest.min(where=lowest.isnull()) < low
    unknown = ibis.null("int64")
    return ibis.ifelse(below.fill_null(False), unknown, low), ibis.ifelse(beyond.fill_null(False), unknown, high)
