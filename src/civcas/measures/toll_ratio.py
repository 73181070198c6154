"""How many people of one kind were killed for each of another, or a year, in the events of a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from civcas.catalog import Measure, Option, Tables
from civcas.measures import rate_spread
from civcas.measures.consequences import event_file
from civcas.measures.count_model import LogRate
from civcas.terms.estimate import Answer, Estimate, IntervalKind, Refusal
from civcas.terms.vocabulary import Estimand

NAME = "toll_ratio"
LEVEL = 0.95
YEAR = "year"
OF_THE_TENDENCY = "what months like these tend to bring, if the conflict went on as it did; not the events recorded, which are as they are"


def answer(
    tables: Tables | None = None, *, events: Sequence[str | Path] | str, of: str, to: str = YEAR, where: str | None = None,
    date_column: str = "date_start",
) -> Answer:  # fmt: skip
    """The sum of column `of` over the sum of column `to`, or over the calendar years that the chosen events span.

    Events are rows of CSV files that `where` picks (`column=value`, joined by , for all and | for any). Rows without a number or a
    readable date add nothing and are counted in the notes. The interval takes the months as clusters, of which neighbours may be alike
    (see `count_model`); it says nothing of events that nobody recorded, nor of who counts as a civilian. Refused where nothing is left
    to divide, or by.
    """
    paths = [events] if isinstance(events, str) else list(events)
    chosen = event_file.matching(event_file.read(paths), where)
    on = event_file.days(chosen[event_file.column_of(chosen, date_column)], date_column)
    months = np.where(np.isnan(on), np.nan, np.floor(on)).astype("datetime64[D]").astype("datetime64[M]")
    upper = event_file.numbers(chosen, of)
    lower = np.ones(len(upper)) if to == YEAR else event_file.numbers(chosen, to)
    known = np.isfinite(upper) & np.isfinite(lower) & ~np.isnat(months)
    if not known.any():
        return Refusal(
            measure=NAME, reason=f"no event that was picked has a number in {of}", needs="events with numbers"
        )
    columns = _by_month(months[known], upper[known], lower[known], per_year=to == YEAR)
    if not columns[0].sum() or not columns[1].sum():
        return Refusal(measure=NAME, reason=f"the events that were picked sum to {columns[0].sum():g} {of} and {columns[1].sum():g} {to}",
                       needs=f"events with {of} and {to} above zero")  # fmt: skip
    return _estimate(columns, of=of, to=to, events=int(known.sum()), unknown=int((~known).sum()))


def _by_month(
    months: NDArray[np.datetime64], upper: NDArray[np.float64], lower: NDArray[np.float64], *, per_year: bool
) -> NDArray[np.float64]:
    """Sums of what is counted, of what it is divided by, and of squares, over whole calendar years; shape (3, months).

    A month without an event has none recorded.
    """
    first, last = months.min().astype("datetime64[Y]"), months.max().astype("datetime64[Y]") + 1
    place = (months - first.astype("datetime64[M]")).astype(int)
    count = int((last.astype("datetime64[M]") - first.astype("datetime64[M]")).astype(int))
    exposure = np.full(count, 1 / 12) if per_year else np.bincount(place, lower, count).astype(np.float64)
    return np.stack([np.bincount(place, upper, count), exposure, np.bincount(place, upper**2, count)])


def _estimate(columns: NDArray[np.float64], *, of: str, to: str, events: int, unknown: int) -> Estimate:
    series = columns[:, None, :]
    variance, degrees = rate_spread.spread_of(series, series, per_incident=to != YEAR)
    total, divided, squares = (float(column.sum()) for column in columns)
    rate = LogRate(rate=np.array([total / divided]), log_variance=variance, degrees=degrees)
    low, high = (float(end[0]) for end in rate.interval(level=LEVEL))
    shown, effective = bool(np.isfinite(low) and np.isfinite(high)), total**2 / squares
    return Estimate(
        measure=NAME, value=total / divided, low=low if shown else None, high=high if shown else None, level=LEVEL if shown else None,
        interval=IntervalKind.WALD if shown else IntervalKind.NONE, n=events, counted="events", unit=f"{of} for each of {to}",
        estimand=Estimand.AS_IT_TENDS, interval_of=OF_THE_TENDENCY if shown else "", effective=effective,
        says=f"The events record {total / divided:,.2f} {of} for each of {to}.",
        notes=(
            *((f"{unknown} events have no number or no date and add nothing.",) if unknown else ()),
            "Recorded events only; who counts as a civilian or a fighter is as the dataset has it.",
            *(() if shown else (_why_none(effective, finite=bool(np.isfinite(variance[0]))),)),
        ),
        diagnostics={"sum": total, "divided_by": divided, "months": columns.shape[1]},
    )  # fmt: skip


def _why_none(effective: float, *, finite: bool) -> str:
    if effective < rate_spread.FEWEST_EFFECTIVE:
        return rate_spread.ONE_INCIDENT
    return rate_spread.TOO_WIDE if finite else rate_spread.FEW_MONTHS


ENTRY = Measure(
    name=NAME,
    question="How many people of one kind were killed for each of another, or a year, in the events of a file?",
    needs=(),
    answer=answer,
    by="options",
    options=(
        Option(
            name="events", help="CSV file of events; may be given again", required=True, repeated=True, is_file=True
        ),
        Option(name="of", help="column of numbers to sum", required=True),
        Option(name="to", help="column to divide by, or year", default=YEAR),
        Option(name="where", help="use only rows like this: column=value, joined by , (all) and | (any)"),
        Option(name="date_column", help="column of the date", default="date_start"),
    ),
    source="ratio of sums with months as clusters: Cochran 1977; jackknife: Efron 1982; months that are alike: Zellner & Tiao 1964",
    example="civcas measure toll_ratio --events ged.csv --of deaths_civilians --to deaths_b --where 'type_of_violence=1|3'",
)
