"""How sure is it that one country is among the first few, when every figure is a range?"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from civcas.catalog import Measure, Option, Tables
from civcas.errors import BadInput, CivcasError
from civcas.measures.consequences.figures import read
from civcas.measures.consequences.finding import refusal
from civcas.measures.consequences.ranking import rank_probabilities, rank_range
from civcas.terms.estimate import Answer, Estimate, IntervalKind
from civcas.terms.vocabulary import Estimand

NAME = "rank_in_figures"
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
        sheet = read(tables, file=figures, indicator=indicator, as_of=as_of, cause_began=cause_began)
        where, low, high = sheet.find(item), sheet.low, sheet.high
        if not 1 <= top < len(low):
            raise BadInput(
                f"the first {top} of {len(low)} are asked for", expected=f"a number from 1 to {len(low) - 1}"
            )
    except CivcasError as unusable:
        return refusal(NAME, unusable)
    ranks = rank_probabilities(low, high, where)
    best, worst = rank_range(low, high, where)
    return _estimate(
        item, top, ranks, (best, worst), (float(low[where]), float(high[where])), len(low), sheet.on, sheet.without
    )


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
        estimand=Estimand.AS_IT_WAS,
        interval_of="whether any figures within the published ranges put it inside, and outside",
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


ENTRY = Measure(
    name=NAME,
    question="How sure is it that one country is among the first few, when every figure is a range?",
    needs=(),
    answer=answer,
    by="options",
    means=("item", "top", "indicator", "as_of", "figures"),
    options=(
        Option(name="item", help="the country, or whatever is ranked", required=True),
        Option(name="top", help="how many count as the first", type=int, default=5),
        Option(
            name="figures", help="CSV file with country, low, high and date; else the case's indicators", is_file=True
        ),
        Option(name="indicator", help="name of the indicator, where the case holds several"),
        Option(name="as_of", help="date of the figures; the latest unless named"),
        Option(name="cause_began", help="the day a cause began; figures from before are no effect of it"),
    ),
    source="Poisson-binomial ranks of independent even draws; exact",
    example="civcas measure rank_in_figures --figures icsr.csv --item russia --top 3",
)
