"""How many, as published: the range that one figure gives, as of its date."""

from __future__ import annotations

from pathlib import Path

from civcas.catalog import Measure, Option, Tables
from civcas.errors import CivcasError, UnknownName
from civcas.measures.consequences.figures import read
from civcas.measures.consequences.finding import refusal
from civcas.terms.estimate import Answer, Estimate, IntervalKind
from civcas.terms.vocabulary import Estimand

NAME = "published_range"


def answer(
    tables: Tables | None = None,
    *,
    item: str,
    figures: str | Path | None = None,
    indicator: str | None = None,
    as_of: str | None = None,
    cause_began: str | None = None,
    bound: str = "middle",
) -> Answer:
    """The published low and high for `item`; the value is the end or the middle that `bound` names, with no probability attached.

    Figures come from a CSV file, or from the register's indicators. The latest date is used unless `as_of` names another.
    """
    try:
        sheet = read(tables, file=figures, indicator=indicator, as_of=as_of, cause_began=cause_began)
        where = sheet.find(item)
    except CivcasError as unusable:
        return refusal(NAME, unusable)
    low, high = float(sheet.low[where]), float(sheet.high[where])
    middle = (low + high) / 2
    ends = {"min": low, "middle": middle, "max": high, "range": middle}
    if bound not in ends:
        raise UnknownName("bound", bound, ends, where=NAME)
    dated = f" as of {sheet.on}" if sheet.on else ""
    return Estimate(
        measure=NAME, value=ends[bound], low=low, high=high, level=None, interval=IntervalKind.PUBLISHED, n=1,
        counted="published figures", unit="as published", says=f"For {item} the published range{dated} is {low:g} to {high:g}.",
        estimand=Estimand.AS_IT_WAS, interval_of="the range as its source printed it; it says nothing of chance",
        notes=("The middle of a published range is a number nobody published.",) if bound in ("middle", "range") else (),
        diagnostics={"as_of": sheet.on.isoformat() if sheet.on else None},
    )  # fmt: skip


ENTRY = Measure(
    name=NAME,
    question="How many, as published, and as of when?",
    needs=(),
    answer=answer,
    by="options",
    means=("item", "indicator", "as_of", "figures"),
    ranges=True,
    options=(
        Option(name="item", help="the country, or whatever is counted", required=True),
        Option(
            name="figures", help="CSV file with country, low, high and date; else the case's indicators", is_file=True
        ),
        Option(name="indicator", help="name of the indicator, where the case holds several"),
        Option(name="as_of", help="date of the figures; the latest unless named"),
        Option(
            name="bound", help="min, middle or max of the published range, or range for all of it", default="middle"
        ),
        Option(name="cause_began", help="the day a cause began; figures from before are no effect of it"),
    ),
    example="civcas measure published_range --figures icsr.csv --item russia --as-of 2015-01-26",
)
