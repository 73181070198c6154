"""Draws what the measures of incidents found: intervals with their parts, and months with their trend."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from civcas.drawing.frame import Figure
from civcas.drawing.interval_plot import Interval, interval_plot
from civcas.drawing.line_chart import Moment, Series, line_chart
from civcas.terms.estimate import Estimate


def parts(found: Estimate) -> Figure:
    """A rate or ratio with its interval, then how far each source of uncertainty alone moves it."""
    told = found.diagnostics
    rows = [Interval(label="estimate", value=found.value, low=found.low, high=found.high, says=_kind(found))]
    rows += [
        Interval(
            label=f"{name} alone", value=found.value, low=part["low"], high=part["high"], says=part["how"], hollow=True
        )
        for name, part in told["uncertainty"].items()
        if part["factor"] != 1.0 and name != "chance"
    ]
    low, high = told["all_choices_together"]
    rows.append(
        Interval(
            label="all choices together",
            value=found.value,
            low=low,
            high=high,
            says="no probability attached",
            hollow=True,
        )
    )
    low, high = told["contested"]["bounds"]
    if told["contested"]["incidents"]:
        rows.append(
            Interval(label="any attribution of the contested", value=found.value, low=low, high=high, hollow=True)
        )
    return _intervals(found, rows, ratio=found.unit == "times", title="Where the uncertainty comes from")


def provinces(found: Estimate) -> Figure:
    """The pooled ratio, then each province's."""
    rows = [Interval(label="all provinces", value=found.value, low=found.low, high=found.high, says=_kind(found))]
    rows += [
        Interval(label=name, value=each["value"], low=each["low"], high=each["high"], hollow=True)
        for name, each in sorted(found.diagnostics["by_province"].items(), key=lambda item: -item[1]["value"])
    ]
    return _intervals(found, rows, ratio=True, title="The ratio by province, partially pooled")


def one_interval(found: Estimate) -> Figure:
    """The estimate alone with its interval."""
    row = Interval(label="estimate", value=found.value, low=found.low, high=found.high, says=_kind(found))
    return _intervals(found, [row], ratio=found.unit.startswith("times"), title="The estimate with its interval")


def tipping(found: Estimate) -> Figure:
    """The recorded ratio with its interval, the ratio to move to, and how unequal recording would have to be."""
    told = found.diagnostics
    ratio = told["recorded_ratio"]
    rows = [
        Interval(label="recorded ratio", value=ratio["value"], low=ratio["low"], high=ratio["high"], says=_kind(found)),
        Interval(label="ratio to move to", value=told["claimed"], hollow=True, says="given"),
        Interval(
            label="recording would have to differ by", value=found.value, low=found.low, high=found.high, hollow=True
        ),
    ]
    return _intervals(found, rows, ratio=True, title="What would move the ratio", axis="times")


HEADROOM = 2.0
"""A band is drawn up to this many times the highest month, so that a wide one does not press the months flat."""


def trend(found: Estimate) -> Figure:
    """The months as recorded, and the fitted line with its band."""
    told = found.diagnostics
    top = HEADROOM * max(*(value for value in told["observed"] if value is not None), *told["fitted"])
    highs = [min(high, top) for high in told["fitted_high"]]
    beyond = " (band cut off above)" if highs != list(told["fitted_high"]) else ""
    fitted = Series(label=f"trend{beyond}", values=told["fitted"], lows=told["fitted_low"], highs=highs)
    return _months(
        found, [Series(label="recorded", values=told["observed"]), fitted], title="Recorded by month, and the trend"
    )


def change(found: Estimate) -> Figure:
    """The months as recorded, and the level between changes."""
    told = found.diagnostics
    level = [
        next(each["per_month"] for each in told["levels"] if each["from"] <= month <= each["to"])
        for month in told["months"]
    ]
    moments = [Moment(period=month, says="then a change") for month in told["changes_after"][:3]]
    return _months(found, [Series(label="recorded", values=told["observed"]), Series(label="level", values=level, stepped=True)],
                   title="Recorded by month, and where the level changed", moments=moments)  # fmt: skip


def delay(found: Estimate) -> Figure:
    """What had been published of each month, and what is to be expected, with its interval."""
    told = found.diagnostics
    expected = Series(label="expected once all is in", values=told["expected"], lows=told["low"], highs=told["high"])
    return _months(
        found, [Series(label="published", values=told["published"]), expected], title="Published so far, and expected"
    )


def _kind(found: Estimate) -> str:
    level = f"{100 * found.level:.0f}% " if found.level else ""
    return f"{level}{found.interval}, n = {found.n:,} {found.counted}"


def _intervals(found: Estimate, rows: Sequence[Interval], *, ratio: bool, title: str, axis: str = "") -> Figure:
    above_zero = all(end > 0 for row in rows for end in (row.value, row.low, row.high) if end is not None)
    return interval_plot(
        rows, id=found.measure, title=title, description=found.says, axis=axis or found.unit, reference=1.0 if ratio else None,
        logarithmic=ratio and above_zero, caption=found.says, reading=str(found.reading or ""), citation=_citation(found),
    )  # fmt: skip


def _months(found: Estimate, series: Sequence[Series], *, title: str, moments: Sequence[Moment] = ()) -> Figure:
    months: list[Any] = found.diagnostics["months"]
    return line_chart(
        months, series, id=found.measure, title=title, description=found.says, axis="recorded a month", moments=moments,
        caption=found.says, reading=str(found.reading or ""), citation=_citation(found),
    )  # fmt: skip


def _citation(found: Estimate) -> str:
    return f"civcas measure {found.measure}. " + (found.notes[0] if found.notes else "")
