"""Figures: published ranges by item and date, as a file or the register has them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyarrow import csv

from civcas.catalog import Tables
from civcas.errors import BadInput, UnknownName
from civcas.measures.consequences.order import day, refuse_cause_after_effect

COLUMNS = {
    "item": ("country", "origin", "item"),
    "low": ("low", "icsr.low", "value_low"),
    "high": ("high", "icsr.high", "value_high"),
    "middle": ("value", "mean", "icsr.mean"),
    "date": ("date", "icsr.date", "period_end", "as_of"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The ranges of one date `on`; `without` counts the items that have no figure, which are not among `names`."""

    names: tuple[str, ...]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    on: dt.date | None
    without: int

    def find(self, item: str) -> int:
        spelt = {name.lower(): k for k, name in enumerate(self.names)}
        if item.lower() not in spelt:
            raise UnknownName("item", item, self.names, where="--item")
        return spelt[item.lower()]


def read(
    tables: Tables | None, *, file: str | Path | None, indicator: str | None, as_of: str | None, cause_began: str | None
) -> Figures:
    """The ranges of the latest date, or of `as_of`; refused where a cause began only after it."""
    table = _table(tables, file, indicator)
    table, on = _of_one_date(table, as_of)
    if cause_began and on is not None:
        refuse_cause_after_effect(cause=day(cause_began), effect=on)
    low, high, middle = (_numbers(table, part) for part in ("low", "high", "middle"))
    low, high = np.where(np.isfinite(low), low, middle), np.where(np.isfinite(high), high, middle)
    known = np.isfinite(low) & np.isfinite(high)
    if (low > high)[known].any():
        raise BadInput("a range has its low above its high", expected="low ≤ high")
    names = tuple(str(n) for n, k in zip(table[_column(table, "item")].to_pylist(), known, strict=True) if k)
    if len({n.lower() for n in names}) < len(names):
        raise BadInput("an item stands twice at the same date", expected="one range an item")
    return Figures(names=names, low=low[known], high=high[known], on=on, without=int((~known).sum()))


def _of_one_date(table: pa.Table, as_of: str | None) -> tuple[pa.Table, dt.date | None]:
    name = _column(table, "date", needed=False)
    if not name:
        return table, None
    days = {value: day(str(value)) for value in pc.unique(table[name]).to_pylist() if value is not None}
    if not days and not as_of:
        return table, None
    on = day(as_of) if as_of else max(days.values())
    if on not in days.values():
        raise UnknownName("date", as_of, sorted({d.isoformat() for d in days.values()}), where="--as-of")
    spelt = pa.array([value for value, d in days.items() if d == on], table[name].type)
    return table.filter(pc.is_in(table[name], value_set=spelt)), on


def _table(tables: Tables | None, file: str | Path | None, indicator: str | None) -> pa.Table:
    if file is not None:
        try:
            return csv.read_csv(file)
        except (FileNotFoundError, pa.ArrowInvalid) as unreadable:
            raise BadInput(str(unreadable), where=str(file), expected="a CSV table of figures") from None
    if tables is None or "indicator" not in tables:
        raise BadInput("there are no figures", expected="--figures FILE.csv, or a case with indicators")
    rows = tables["indicator"]
    return (rows if indicator is None else rows.filter(rows.name == indicator)).to_pyarrow()


def _column(table: pa.Table, part: str, *, needed: bool = True) -> str:
    found = next((name for name in COLUMNS[part] if name in table.column_names), "")
    if needed and not found:
        raise BadInput(f"no column holds the {part}", expected=f"one of {', '.join(COLUMNS[part])}")
    return found


def _numbers(table: pa.Table, part: str) -> NDArray[np.float64]:
    name = _column(table, part, needed=part != "middle")
    if not name:
        return np.full(table.num_rows, np.nan)
    return np.asarray(table[name].cast(pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)
