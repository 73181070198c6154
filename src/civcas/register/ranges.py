"""A range as it stands, the range that several reports leave possible, and sums of ranges."""

from __future__ import annotations

import ibis


def usable(lowest: ibis.Value, highest: ibis.Value, count: ibis.Value) -> ibis.Value:
    """A count, unless the range ends before it begins or an end is below zero: then no number is known."""
    return ibis.ifelse(broken(lowest, highest), ibis.null("int64"), count)


def broken(lowest: ibis.Value, highest: ibis.Value) -> ibis.Value:
    """Whether no number can be taken from a range."""
    below = (lowest < 0).fill_null(False) | (highest < 0).fill_null(False)
    return (lowest > highest).fill_null(False) | below


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


def ends(lowest: ibis.Value, highest: ibis.Value) -> dict[str, ibis.Value]:
    """The columns that `summed` adds up, of one incident a row; a range that contradicts itself is one without a number."""
    low, high = usable(lowest, highest, lowest), usable(lowest, highest, highest)
    return {
        "killed_min": low,
        "killed_max": high,
        "nothing": (low.isnull() & high.isnull()).cast("int64"),
        "open": (low.notnull() & high.isnull()).cast("int64"),
    }


def summed(rows: ibis.Table) -> dict[str, ibis.Value]:
    """Sums of ranges as `harm_by_period` holds them: with one open end the highest sum is null."""
    open_above = rows.open.sum()
    return {
        "killed_min": rows.killed_min.sum().fill_null(0),
        "killed_max": ibis.ifelse(open_above > 0, ibis.null("int64"), rows.killed_max.sum().fill_null(0)),
        "without_a_number": rows.nothing.sum(),
        "open_above": open_above,
    }
