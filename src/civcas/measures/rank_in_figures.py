"""How sure is it that one country is among the first few, when every figure is a range?"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from civcas.catalog import Measure, Option, Tables
from civcas.errors import BadInput, CivcasError, UnknownName
from civcas.measures.consequences.finding import refusal
from civcas.measures.consequences.order import day, refuse_cause_after_effect
from civcas.measures.consequences.ranking import rank_probabilities, rank_range
from civcas.terms.estimate import Answer, Estimate, IntervalKind

NAME = "rank_in_figures"
COLUMNS = {
    "item": ("country", "origin", "item"),
    "low": ("low", "icsr.low", "value_low"),
    "high": ("high", "icsr.high", "value_high"),
    "middle": ("value", "mean", "icsr.mean"),
    "date": ("date", "icsr.date", "period_end", "as_of"),
}
TOPS = (3, 5, 10)


def answer(
    tables: Tables | None = None,
    *,
    item: str,
    top: int = 5,
    figures: str | Path | None = None,
    indicator: str | None = None,
    as_of: str | None = None,
    cause_began: str | None = None,
) -> Answer:
    """The probability that `item` is among the `top` highest, each figure drawn evenly from its low to its high.

    Figures come from a CSV file, or from the register's indicators of the name `indicator`. The latest date is used unless
    `as_of` names another. Countries without a figure are not ranked: they could be anywhere. With `cause_began`, figures
    from before that day are refused as an effect of the cause.
    """
    try:
        names, low, high, on, left_out = _figures(tables, figures, indicator, as_of)
        if cause_began and on is not None:
            refuse_cause_after_effect(cause=day(cause_began), effect=on)
        spelt = {str(name).lower(): k for k, name in enumerate(names)}
        if item.lower() not in spelt:
            raise UnknownName("item", item, [str(n) for n in names], where="--item")
        if not 1 <= top < len(names):
            raise BadInput(
                f"the first {top} of {len(names)} are asked for", expected=f"a number from 1 to {len(names) - 1}"
            )
        where = spelt[item.lower()]
    except CivcasError as unusable:
        return refusal(NAME, unusable)
    ranks = rank_probabilities(low, high, where)
    best, worst = rank_range(low, high, where)
    return _estimate(item, top, ranks, (best, worst), (float(low[where]), float(high[where])), len(names), on, left_out)


def _estimate(
    item: str,
    top: int,
    ranks: Any,
    span: tuple[int, int],
    own: tuple[float, float],
    n: int,
    on: dt.date | None,
    left_out: int,
) -> Estimate:
    best, worst = span
    likeliest = int(ranks.argmax()) + 1
    dated = f" as of {on}" if on else ""
    chance = float(min(1.0, ranks[:top].sum()))
    return Estimate(
        measure=NAME,
        value=chance,
        low=1.0 if worst <= top else 0.0,
        high=0.0 if best > top else 1.0,
        level=None,
        interval=IntervalKind.BOUNDS,
        n=n,
        counted="items with a figure",
        unit="probability",
        says=f"The chance that {item} ({own[0]:g}–{own[1]:g}{dated}) is among the {top} highest of {n} is {chance:.0%}; "
        f"its likeliest rank is {likeliest} ({ranks.max():.0%}), and no figures within the ranges put it outside {best}–{worst}.",
        notes=(
            "Each figure is taken as drawn evenly and independently from its published range; a figure without a range as exact.",
            f"{left_out} items without any figure are not ranked.",
            "low and high say whether some figures within the ranges put it outside, or inside.",
        ),
        diagnostics={
            "ranks": {str(k + 1): float(p) for k, p in enumerate(ranks) if p > 1e-12},
            "among_the_first": {str(t): float(min(1.0, ranks[:t].sum())) for t in TOPS},
            "best_rank": best,
            "worst_rank": worst,
            "as_of": on.isoformat() if on else None,
            "likeliest_rank": likeliest,
        },
    )


def _figures(
    tables: Tables | None, figures: str | Path | None, indicator: str | None, as_of: str | None
) -> tuple[list[Any], Any, Any, dt.date | None, int]:
    """Names, lows and highs of one date, and how many items have no figure."""
    table = _table(tables, figures, indicator)
    date_column = _column(table, "date", needed=False)
    on = None
    if date_column:
        dates = [day(str(d)) for d in pc.unique(table[date_column]).to_pylist() if d is not None]
        on = day(as_of) if as_of else max(dates, default=None)
        if on not in dates:
            raise UnknownName("date", as_of, sorted({d.isoformat() for d in dates}), where="--as-of")
        texts = pa.array([t for t in pc.unique(table[date_column]).to_pylist() if t is not None and day(str(t)) == on])
        table = table.filter(pc.is_in(table[date_column], value_set=texts.cast(table[date_column].type)))
    low, high, middle = (_range(table, part) for part in ("low", "high", "middle"))
    low, high = np.where(np.isfinite(low), low, middle), np.where(np.isfinite(high), high, middle)
    known = np.isfinite(low) & np.isfinite(high)
    if (low > high)[known].any():
        raise BadInput("a range has its low above its high", expected="low ≤ high")
    names = [n for n, k in zip(table[_column(table, "item")].to_pylist(), known, strict=True) if k]
    if len({str(n).lower() for n in names}) < len(names):
        raise BadInput("an item stands twice at the same date", expected="one range an item")
    return names, low[known], high[known], on, int((~known).sum())


def _table(tables: Tables | None, figures: str | Path | None, indicator: str | None) -> pa.Table:
    if figures is not None:
        try:
            return csv.read_csv(figures)
        except (FileNotFoundError, pa.ArrowInvalid) as unreadable:
            raise BadInput(str(unreadable), where=str(figures), expected="a CSV table of figures") from None
    if tables is None or "indicator" not in tables:
        raise BadInput("there are no figures", expected="--figures FILE.csv, or a case with indicators")
    rows = tables["indicator"]
    return (rows if indicator is None else rows.filter(rows.name == indicator)).to_pyarrow()


def _column(table: pa.Table, part: str, *, needed: bool = True) -> str:
    found = next((name for name in COLUMNS[part] if name in table.column_names), "")
    if needed and not found:
        raise BadInput(f"no column holds the {part}", expected=f"one of {', '.join(COLUMNS[part])}")
    return found


def _range(table: pa.Table, part: str) -> Any:
    name = _column(table, part, needed=part != "middle")
    if not name:
        return np.full(table.num_rows, np.nan)
    return table[name].cast(pa.float64()).to_numpy(zero_copy_only=False)


ENTRY = Measure(
    name=NAME,
    question="How sure is it that one country is among the first few, when every figure is a range?",
    needs=(),
    answer=answer,
    by="options",
    options=(
        Option(name="item", help="the country, or whatever is ranked", required=True),
        Option(name="top", help="how many count as the first", type=int, default=5),
        Option(name="figures", help="CSV file with country, low, high and date; else the case's indicators"),
        Option(name="indicator", help="name of the indicator, where the case holds several"),
        Option(name="as_of", help="date of the figures; the latest unless named"),
        Option(name="cause_began", help="the day a cause began; figures from before are no effect of it"),
    ),
    source="Poisson-binomial ranks of independent even draws; exact",
    example="civcas measure rank_in_figures --figures icsr.csv --item russia --top 3",
)
