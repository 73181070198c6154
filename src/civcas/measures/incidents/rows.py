"""Incidents as arrays: one row for each incident and side of a question, ready to be summed and resampled."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import ibis
import numpy as np
from numpy.typing import NDArray

from civcas.catalog import Tables
from civcas.terms.vocabulary import Attribution, Bound, Grades, Grading, Group, Outcome
from civcas.terms.window import Window

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

CONTESTED = (str(Grading.CONTESTED), str(Grading.CONTESTED_DISCOUNTED))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """One row for each incident × side. All arrays have one length; unknown numbers are NaN.

    `cluster` numbers the incident, so that one which stands on both sides is resampled once.
    `share_min`, `share_max` bound the part of the harm that may be this side's, where an assessor said so.
    `fault` says of a row why its numbers cannot be (empty where they can): such a row is in no sum, and is named beside it.
    """

    incident: NDArray[Any]
    cluster: NDArray[np.int64]
    side: NDArray[np.int64]
    low: Floats
    high: Floats
    grading: NDArray[Any]
    named: Floats
    share_min: Floats
    share_max: Floats
    day: NDArray[np.datetime64]
    published: NDArray[np.datetime64]
    province: NDArray[Any]
    strike_status: NDArray[Any]
    fault: NDArray[Any]
    undated: int  # incidents of these belligerents and this area that no window can hold

    @property
    def contested(self) -> Mask:
        return np.isin(self.grading, CONTESTED)

    @property
    def sole(self) -> Mask:
        return np.asarray(self.named == 1)

    @property
    def without_a_number(self) -> Mask:
        return np.isnan(self.low) & np.isnan(self.high)

    @property
    def impossible(self) -> Mask:
        return np.asarray(self.fault != "", bool)

    @property
    def with_a_number(self) -> Mask:
        """Incidents of which at least one end is known: only these are in an average over incidents."""
        return ~self.without_a_number

    @property
    def open_above(self) -> Mask:
        """Incidents with a lowest number and no highest: they may have killed any number above it."""
        return np.isnan(self.high) & ~np.isnan(self.low)

    def counted(self, grades: Grades, attribution: Attribution) -> Mask:
        """Which rows a reading counts; never one whose numbers cannot be."""
        return self._chosen(grades, attribution) & ~self.impossible

    def left_out(self, grades: Grades, attribution: Attribution) -> Mask:
        """Rows that a reading would count if their numbers could be."""
        return self._chosen(grades, attribution) & self.impossible

    def _chosen(self, grades: Grades, attribution: Attribution) -> Mask:
        graded = np.isin(self.grading, [str(g) for g in grades.gradings])
        named = {Attribution.SOLE: self.sole, Attribution.SHARED: ~self.sole}.get(attribution, np.ones_like(graded))
        return graded & named

    def count(self, bound: Bound) -> Floats:
        """The number each row adds to a sum; a row without a number adds nothing and is reported beside the sum.

        At the upper end a row that is open above adds infinity, so no sum of highest numbers can look finite that is not.
        """
        low = np.nan_to_num(self.low, nan=0.0)
        if bound is Bound.MIN:
            return low
        if bound is Bound.RANGE:
            raise ValueError("a range has two ends: count each")
        return np.where(self.open_above, np.inf, np.nan_to_num(self.high, nan=0.0))

    def only(self, mask: Mask) -> Rows:
        picked = {f.name: getattr(self, f.name)[mask] for f in fields(self) if f.name != "undated"}
        return Rows(**picked, undated=self.undated)


def gather(
    tables: Tables,
    *,
    belligerents: Sequence[str],
    area: str | None,
    windows: Sequence[Window],
    published_before: dt.date | None = None,
) -> Rows:
    """The incidents of each side, whatever their grading and attribution, in the side's own window.

    An incident is placed by the first day on which it may have happened; one without a day is left out and
    counted in `undated`. A side may be the same belligerent in another window. A row with a minimum above its maximum or a
    negative count is kept with its `fault`. Raises `UnknownName` for a side that the tables do not know.
    """
    arrow = _joined(tables, sorted(set(belligerents)), area, published_before).to_pyarrow()
    column = {name: arrow.column(name).to_numpy(zero_copy_only=False) for name in arrow.column_names}
    day = column["date_start"].astype("datetime64[D]")
    parts = []
    for side, (belligerent, window) in enumerate(zip(belligerents, windows, strict=True)):
        inside = (day >= np.datetime64(window.first)) & (day <= np.datetime64(window.last))
        rows = np.flatnonzero((column["belligerent"] == belligerent) & inside)
        parts.append((np.full(len(rows), side), rows))
    side_of, picked = (np.concatenate(each) for each in zip(*parts, strict=True))
    low, high = (column[name][picked].astype(float) for name in ("min", "max"))
    fault = faults(low=low, high=high)
    return Rows(
        incident=column["incident_id"][picked],
        cluster=np.unique(column["incident_id"][picked].astype(str), return_inverse=True)[1].astype(np.int64),
        side=side_of.astype(np.int64),
        low=np.where(fault == "", low, np.nan),
        high=np.where(fault == "", high, np.nan),
        grading=_words(column["grading"][picked], str(Grading.UNGRADED)),
        named=column["named"][picked].astype(float),
        share_min=column["share_min"][picked].astype(float),
        share_max=column["share_max"][picked].astype(float),
        day=day[picked],
        published=column["published"][picked].astype("datetime64[D]"),
        province=_words(column["province"][picked], "unknown"),
        strike_status=_words(column["strike_status"][picked], "unknown"),
        fault=fault,
        undated=int(np.isnat(day).sum()),
    )


def _joined(tables: Tables, belligerents: list[str], area: str | None, published_before: dt.date | None) -> ibis.Table:
    """Incident × belligerent with its civilians killed; an incident without a count keeps its row, with nulls."""
    incident, harm, attribution = (tables[name] for name in ("incident", "harm", "attribution"))
    _know(attribution, belligerents)
    if area is not None:
        incident = incident.filter(incident.country == area)
    if published_before is not None:
        incident = incident.filter(incident.published <= ibis.literal(published_before))
    killed = harm.filter(harm.group == str(Group.CIVILIANS), harm.outcome == str(Outcome.KILLED))
    named = attribution.filter(attribution.belligerent.isin(belligerents))
    return (
        incident.join(named.select("incident_id", "belligerent", "named", "share_min", "share_max"), "incident_id")
        .left_join(killed.select("incident_id", "min", "max"), "incident_id")
        .select(
            "incident_id", "belligerent", "date_start", "published", "grading", "province", "strike_status",
            "named", "share_min", "share_max", "min", "max",
        )
        .order_by("incident_id", "belligerent")
    )  # fmt: skip


def _know(attribution: ibis.Table, belligerents: list[str]) -> None:
    from civcas.errors import UnknownName

    known = attribution.select("belligerent").distinct().to_pyarrow().column("belligerent").to_pylist()
    for name in belligerents:
        if name not in known:
            raise UnknownName("belligerent", name, known, where="the attribution table")


def _words(values: NDArray[Any], missing: str) -> NDArray[Any]:
    return np.array([missing if value is None else value for value in values.tolist()], dtype=object)


ABOVE, BELOW_ZERO = "lowest number is above its highest", "number is below zero"


def faults(*, low: Floats, high: Floats) -> NDArray[Any]:
    """Why each count cannot be, or an empty text; NaN is unknown and open, and never a fault. Shape of the input."""
    with np.errstate(invalid="ignore"):
        return np.where((low < 0) | (high < 0), BELOW_ZERO, np.where(low > high, ABOVE, "")).astype(object)


NAMED_AT_MOST = 3


def left_out_notes(rows: Rows, left_out: Mask) -> tuple[str, ...]:
    """A sentence for each kind of fault: how many incidents it keeps out of the sums, and which."""
    notes = []
    for fault in (ABOVE, BELOW_ZERO):
        names = sorted({str(name) for name in rows.incident[left_out & (rows.fault == fault)]})
        if names:
            more = f" and {len(names) - NAMED_AT_MOST} more" if len(names) > NAMED_AT_MOST else ""
            head = "1 incident left out: its" if len(names) == 1 else f"{len(names)} incidents left out: of each the"
            told = fault if len(names) == 1 else fault.replace("its highest", "the highest")
            notes.append(f"{head} {told} ({', '.join(names[:NAMED_AT_MOST])}{more}).")
    return tuple(notes)
