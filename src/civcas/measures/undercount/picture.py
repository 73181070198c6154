"""The picture of an undercount: what is documented, and each method's estimate with its interval, on one scale."""

from __future__ import annotations

from collections.abc import Sequence

from civcas.drawing.frame import Figure
from civcas.drawing.interval_plot import Interval, interval_plot
from civcas.terms.estimate import Answer, Estimate

TITLE = "How many in all, documented and on no list"


def draw(answers: Sequence[Answer], *, documented: int, says: str = "") -> Figure:
    """One row a method; a refusal stands in its row as words. The dashed line is what is documented."""
    found = [each for each in answers if isinstance(each, Estimate)]
    unit = found[0].unit if found else "people"
    first = Interval(label="documented", value=float(documented), says="on one list or more", hollow=True)
    return interval_plot(
        [first, *map(_row, answers)], id="undercount", title=TITLE, description=_description(answers, documented, unit),
        axis=f"{unit}; dashed: documented", reference=float(documented), caption=says or (found[0].says if found else ""),
        citation="civcas undercount. " + _assumed(found),
    )  # fmt: skip


def draw_one(found: Estimate) -> Figure:
    """The picture of one answer."""
    return draw([found], documented=found.n, says=found.says)


def _row(each: Answer) -> Interval:
    title = str(each.diagnostics.get("title", each.measure))
    if isinstance(each, Estimate):
        return Interval(label=title, value=each.value, low=each.low, high=each.high, says=str(each.interval))
    return Interval(label=title, value=None, says=each.reason.split(":")[0])


def _description(answers: Sequence[Answer], documented: int, unit: str) -> str:
    rows = [
        f"{each.diagnostics.get('title')}: {each.value:,.0f}, from {each.low:,.0f} to {each.high:,.0f}"
        if isinstance(each, Estimate)
        else f"{each.diagnostics.get('title')}: no number, {each.reason}"
        for each in answers
    ]
    return f"{documented:,} {unit} are documented. Estimated totals: " + "; ".join(rows) + "."


def _assumed(found: Sequence[Estimate]) -> str:
    """What every method assumes, after the first sentence, which is each method's own."""
    return " ".join(found[0].diagnostics["assumptions"][1:]) if found else ""
