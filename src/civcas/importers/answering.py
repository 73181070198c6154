"""Answers what DuckDB asks about cells that say when, each different cell once, and says why one says nothing."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Sequence
from functools import lru_cache
from threading import Lock
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from civcas.importers.dating import WHEN
from civcas.importers.days import DAY, EARLIEST, MONTHLY, YEAR, Span, end_of_month, orders, possible, read_span, serial

ANSWER = pa.struct([("first", pa.date32()), ("last", pa.date32()), ("precision", pa.string()), ("note", pa.string()),
                    ("fault", pa.string())])  # fmt: skip
SQL_ANSWER = {"first": "DATE", "last": "DATE", "precision": "VARCHAR", "note": "VARCHAR", "fault": "VARCHAR"}
REMEMBERED = 1 << 16  # different cells whose answers are kept
SHAPES = "a day, a month, a year or a span of days, such as 2016-04-12, 12 April 2016, April 2016 or 12-14 April 2016"
ORDERS = {"dmy": "the day first", "mdy": "the month first"}
DOTTED = re.compile(r"\s*\d{1,2}\.\d{1,2}\.(?:\d\d|\d{4})\b")


def register(db: duckdb.DuckDBPyConnection) -> None:
    """Teach a connection to read spans of days."""
    make: Any = db.create_function  # its own types name no Arrow function
    make(WHEN, _answers, ["VARCHAR", "VARCHAR"], duckdb.struct_type(SQL_ANSWER), type="arrow")


def understood(
    cell: str, *, formats: Sequence[str], order: str, epoch: int, latest: dt.date
) -> tuple[Span | None, str]:
    """What a cell says, or why it says nothing that can be.

    Dates with dots have the day first unless their column shows otherwise; other numbers may be read both ways, and
    are then not read where nobody said, and no other cell shows, which is meant.
    """
    for pattern in formats:
        if (found := _by_format(cell, pattern, latest)) and possible(found, latest):
            return found, ""
    if epoch and (found := serial(cell, epoch)):
        return _within(found, latest)
    if not order and not DOTTED.match(cell):
        first, second = orders(cell, latest)
        likely = [each for each in (first, second) if possible(each, latest)]
        if len(likely) == 2 and first != second:
            return None, f"one meaning: it may be {shown(first)} or {shown(second)}"
        return _within(likely[0] if likely else first or second, latest)
    return _within(read_span(cell, order or "dmy", latest), latest, formats=formats, order=order)


def shown(span: Span | None) -> str:
    """A span as a person says it."""
    if span is None:
        return "nothing"
    first, last = (f"{day.day} {day:%B} {day.year}" for day in (span.first, span.last))
    return first if first == last else f"{first} to {last}"


def _within(
    found: Span | None, latest: dt.date, *, formats: Sequence[str] = (), order: str = ""
) -> tuple[Span | None, str]:
    if possible(found, latest):
        return found, ""
    if found is not None:
        return None, f"a day from {EARLIEST} to {latest}"
    if formats:
        return None, "a day written " + " or ".join(formats)
    return None, SHAPES + (f", with {ORDERS[order]}" if order else "")


def _by_format(cell: str, pattern: str, latest: dt.date) -> Span | None:
    """A cell that is written just so; a pattern without a day stands for a month, one without a month for a year."""
    try:
        moment = dt.datetime.strptime(cell.strip(), _python(pattern))
    except (ValueError, re.error):
        return None
    day = moment.date()
    if "%y" in pattern and day.year > latest.year:
        day = day.replace(year=day.year - 100)
    codes = set(re.findall(r"%-?(\w)", pattern))
    if codes & set("dejDFxcu"):
        return Span(first=day, last=day, precision=DAY)
    if codes & set("mbB"):
        return Span(first=day, last=end_of_month(day), precision=MONTHLY)
    return Span(first=day, last=day.replace(month=12, day=31), precision=YEAR)


@lru_cache(maxsize=256)
def _python(pattern: str) -> str:
    """A pattern of days as Python knows it: DuckDB writes %-d for a day without a zero, and %g for thousandths."""
    return re.sub(r"%-(\w)", r"%\1", pattern).replace("%g", "%f")


class _Answers:
    """Answers to the cells of one column, in the order in which they were first asked for. DuckDB asks from several threads."""

    def __init__(self, how: str) -> None:
        said = json.loads(how)
        self._asking = Lock()
        self._how = said | {"latest": dt.date.fromisoformat(said["latest"])}
        self._forget()

    def _forget(self) -> None:
        self._places: dict[str, int] = {}
        self._given = pa.nulls(0, ANSWER)

    def take(self, cells: pa.Array) -> pa.Array:
        """The answer to each cell; an unknown cell has none."""
        encoded = cells.dictionary_encode()
        words = encoded.dictionary.to_pylist()
        with self._asking:
            return self._answered(words).take(encoded.indices)

    def _answered(self, words: list[str]) -> pa.Array:
        if len(self._places) > REMEMBERED:
            self._forget()
        fresh = [word for word in words if word not in self._places]
        if fresh:
            first = len(self._given)
            self._given = pa.concat_arrays([self._given, pa.array(map(self._answer, fresh), ANSWER)])
            self._places |= {word: first + n for n, word in enumerate(fresh)}
        places = np.fromiter((self._places[word] for word in words), dtype=np.int64, count=len(words))
        return self._given.take(pa.array(places))

    def _answer(self, cell: str) -> dict[str, object]:
        found, fault = understood(cell, **self._how)
        if found is None:
            return {"fault": fault}
        return {"first": found.first, "last": found.last, "precision": found.precision, "note": found.note or None}


@lru_cache(maxsize=16)
def _of(how: str) -> _Answers:
    return _Answers(how)


def _answers(cells: pa.Array | pa.ChunkedArray, how: pa.Array | pa.ChunkedArray) -> pa.Array:
    """One batch of cells of one column, all asked for in the same way."""
    whole = cells.combine_chunks() if isinstance(cells, pa.ChunkedArray) else cells
    if not len(whole):
        return pa.nulls(0, ANSWER)
    return _of(how[0].as_py()).take(whole)
