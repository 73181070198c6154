"""Fields that say when: one way for every importer to read days, months, years and spans out of a column, as SQL."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from civcas.importers.days import DAY, EARLIEST, NOT_EXACT
from civcas.importers.given import Given, text
from civcas.importers.plan import Column, Doubt, computed, expected, says_something
from civcas.terms.flag_kinds import DATE_ABOUT, DATE_BACKWARDS, DATE_COARSE

WHEN = "civcas_when"  # the SQL function that `answering` registers
MOMENT = r"\d{4}-\d\d-\d\d[T ][0-2]\d:[0-5]\d(:[0-5]\d(\.\d+)?)?(Z|[+-]\d\d(:?\d\d)?)?"


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """One column as the first day, the last day, and how exactly that is known (SQL); `fails` as in `Column`."""

    first: str
    last: str
    precision: str
    fails: str = ""
    because: str = ""
    doubts: tuple[Doubt, ...] = ()

    def start(self) -> Column:
        return Column(value=self.first, fails=self.fails, because=self.because, doubts=self.doubts)

    def end(self) -> Column:
        return Column(value=self.last, fails=self.fails, because=self.because, doubts=self.doubts)


NEVER = When(first="NULL", last="NULL", precision="NULL")


def when(given: Given, *names: str, order: str = "") -> When:
    """The first of these columns that is there, read as spans of days; `order` is how the publisher writes numbers."""
    name = next((n for n in names if n in given), "")
    return read_cell(given, given[name], label=name, order=order) if name else NEVER


def read_cell(given: Given, cell: str, *, label: str, order: str = "", formats: Sequence[str] = ()) -> When:
    """A cell (SQL) read as a span of days. A person's `formats` come before what every importer understands.

    A cast reads the commonest forms many times faster than a function of ours does.
    """
    hint = given.hint(label, cell, order=order, formats=formats)
    how = {"formats": hint.formats, "order": hint.order, "epoch": given.epoch, "latest": given.latest.isoformat()}
    read = f"{WHEN}({cell}, {text(json.dumps(how))})"
    struct = given.prepare(read if hint.year_day_month else f"""CASE WHEN {cell} LIKE '____-__-__' AND {cell} < ':' THEN {_plainly(cell)}
        WHEN regexp_full_match({cell}, {text(MOMENT)}) THEN {_plainly(f"left({cell}, 10)")} ELSE {read} END""")  # fmt: skip
    first = f"{struct}.first"
    bounds = f"DATE '{EARLIEST}' AND DATE '{given.latest}'"
    return When(
        first=first,
        last=f"{struct}.last",
        precision=f"{struct}.precision",
        fails=f"(trim({cell}) <> '' AND ({first} BETWEEN {bounds}) IS NOT TRUE AND {says_something(cell)})",
        because=f"{expected(label, cell, '')} || {read}.fault",
        doubts=(Doubt(when=f"{struct}.note = {text(NOT_EXACT)}", kind=DATE_ABOUT, says=_said(label, cell)),),
    )


def _plainly(cell: str) -> str:
    day = f"TRY_CAST({cell} AS DATE)"
    return f"{{'first': {day}, 'last': {day}, 'precision': {text(DAY)}, 'note': NULL::VARCHAR, 'fault': NULL::VARCHAR}}"


def day(given: Given, *names: str, order: str = "") -> Column:
    """A single day, for a field that has no end: what is less exact stays unknown, and is flagged."""
    said = when(given, *names, order=order)
    return computed("NULL") if said is NEVER else exact(said, names[0], given.get(*names))


def exact(said: When, label: str, cell: str) -> Column:
    """The day, where the cell names one."""
    coarse = f"{said.precision} <> {text(DAY)}"
    return Column(value=f"CASE WHEN {said.precision} = {text(DAY)} THEN {said.first} END", fails=said.fails, because=said.because,
                  doubts=(Doubt(when=coarse, kind=DATE_COARSE, says=_said(label, cell)),))  # fmt: skip


def dates(
    given: Given, first: str | Sequence[str], last: str | Sequence[str] = "", *, order: str = "", published: str = ""
) -> dict[str, Column]:
    """`date_start`, `date_end` and `date_precision` of a report, from one column or two.

    `published` is the publisher's own word (SQL) for how exactly the day is known; a cell that says less than a day
    is not more exact than it says.
    """
    begin, end = (when(given, *([names] if isinstance(names, str) else names), order=order) for names in (first, last))
    return spanned(begin, end, published=published)


def period(given: Given, first: str, last: str = "", *, order: str = "") -> dict[str, Column]:
    """`period_start` and `period_end`, from one column or two."""
    found = dates(given, first, last, order=order)
    return {"period_start": found["date_start"], "period_end": found["date_end"]}


def spanned(begin: When, end: When = NEVER, *, published: str = "") -> dict[str, Column]:
    """The three fields, where the end may lack, as a whole or in a row."""
    if begin is NEVER:
        return {"date_start": computed("NULL"), "date_end": end.end(), "date_precision": computed("'unknown'")}
    closing = begin.last if end is NEVER else f"coalesce({end.last}, {begin.last})"
    same = f"WHEN {closing} IS NOT DISTINCT FROM {begin.last} THEN {begin.precision} ELSE 'range'"
    if published:
        precision = f"CASE WHEN {begin.precision} <> {text(DAY)} THEN {begin.precision} ELSE {published} END"
    else:
        precision = f"CASE WHEN {begin.first} IS NULL THEN 'unknown' {same} END"
    last = begin if end is NEVER else end
    backwards = Doubt(when=f"{closing} < {begin.first}", kind=DATE_BACKWARDS,
                      says=f"'the first day is ' || {begin.first} || ' and the last ' || {closing}")  # fmt: skip
    doubts = last.doubts if end is NEVER else (*last.doubts, backwards)
    return {
        "date_start": begin.start(),
        "date_end": Column(value=closing, fails=last.fails, because=last.because, doubts=doubts),
        "date_precision": computed(precision),
    }


def _said(label: str, cell: str) -> str:
    return f"{text(label + ' is ')} || chr(39) || left({cell}, 60) || chr(39)"
