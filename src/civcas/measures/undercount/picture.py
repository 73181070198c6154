"""The picture of an undercount: what is documented, and each method's estimate with its interval, on one scale."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from civcas.drawing.frame import Figure
from civcas.drawing.interval_plot import Interval, interval_plot
from civcas.measures.undercount.lower_bound import bound_of
from civcas.terms.estimate import Answer, Estimate

TITLE = "How many in all, documented and on no list"


def draw(answers: Sequence[Answer], *, documented: int, says: str = "") -> Figure:
    """One row a method; a refusal stands in its row as words. The dashed line is what is documented."""
    found = [each for each in answers if isinstance(each, Estimate)]
    unit = found[0].unit if found else "people"
    first = Interval(label="documented", value=float(documented), says="on one list or more", hollow=True)
    bound = bound_of(answers)
    least = (
        [
            Interval(
                label="at least (Chao)",
                value=bound.value,
                low=bound.low,
                high=bound.high,
                says="lower bound",
                hollow=True,
            )
        ]
        if bound
        else []
    )
    beside = [each for each in answers[0].diagnostics.get("beside", ()) if "value" in each]
    return interval_plot(
        [first, *least, *map(_row, answers), *map(_beside, beside)],
        id="undercount",
        title=TITLE,
        description=_description(answers, documented, unit),
        axis=f"{unit}; dashed: documented",
        reference=float(documented),
        caption=says or (found[0].says if found else ""),
        citation="civcas undercount. " + _assumed(found),
    )


def draw_one(found: Estimate) -> Figure:
    """The picture of one answer."""
    return draw([found], documented=found.n, says=found.says)


def _row(each: Answer) -> Interval:
    title = str(each.diagnostics.get("title", each.measure))
    if isinstance(each, Estimate):
        return Interval(label=title, value=each.value, low=each.low, high=each.high, says=str(each.interval))
    return Interval(label=title, value=None, says=each.reason.split(":")[0])


def _beside(each: dict[str, Any]) -> Interval:
    """A method shown beside the one asked for."""
    return Interval(
        label=f"beside it: {each['title']}",
        value=each["value"],
        low=each["low"],
        high=each["high"],
        says=each["interval"],
    )


def _description(answers: Sequence[Answer], documented: int, unit: str) -> str:
    rows = [
        f"{each.diagnostics.get('title')}: {each.value:,.0f}, from {each.low:,.0f} to {each.high:,.0f}"
        if isinstance(each, Estimate)
        else f"{each.diagnostics.get('title')}: no number, {each.reason}"
        for each in answers
    ]
    bound = bound_of(answers)
    least = f" Chao's lower bound: {bound.value:,.0f}." if bound else ""
    return f"{documented:,} {unit} are documented.{least} Estimated totals: " + "; ".join(rows) + "."


def _assumed(found: Sequence[Estimate]) -> str:
    """What every method assumes, after the first sentence, which is each method's own."""
    return " ".join(found[0].diagnostics["assumptions"][1:]) if found else ""
