"""Draws several estimates with their intervals, one a row, on one axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from civcas.drawing.frame import Drawing, Figure, TableTwin
from civcas.drawing.scale import Scale, domain, label
from civcas.drawing.svg import Element, element, number, shortened, words

ROW, TOP, FOOT = 30.0, 14.0, 44.0
WIDE, NARROW = 760.0, 358.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """One row: an estimate with its interval; without a value it is a refusal, and `says` tells why."""

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None
    says: str = ""  # a short remark beside the label's row in the table: interval kind, n, or the reason refused
    hollow: bool = False  # set apart from the others, for example a published figure beside estimates


def interval_plot(
    intervals: Sequence[Interval],
    *,
    id: str,
    title: str,
    description: str,
    axis: str,
    reference: float | None = None,
    logarithmic: bool = False,
    caption: str = "",
    reading: str = "",
    citation: str = "",
) -> Figure:
    """The estimates in the order given; `axis` names the unit, `reference` draws a dashed line (1 for ratios)."""
    wide, narrow = (
        _draw(intervals, width, axis, reference, logarithmic, stacked=width == NARROW) for width in (WIDE, NARROW)
    )
    return Figure(
        id=id, title=title, description=description, wide=wide, narrow=narrow, caption=caption, reading=reading,
        citation=citation, table=_table(intervals, title, axis),
    )  # fmt: skip


def span(value: float | None, low: float | None, high: float | None) -> str:
    """A number with its interval as people write it: 8.02 (5.9 – 10.9); no number is a dash."""
    if value is None:
        return "—"
    return f"{label(value)} ({label(low)} – {label(high)})" if low is not None and high is not None else label(value)


def _numbers(interval: Interval) -> str:
    return "no number" if interval.value is None else span(interval.value, interval.low, interval.high)


def _draw(
    intervals: Sequence[Interval], width: float, axis: str, reference: float | None, log: bool, *, stacked: bool
) -> Drawing:
    left = 12.0 if stacked else min(max((len(i.label) for i in intervals), default=8) * 6.6 + 20, 270)
    row = ROW + 16 if stacked else ROW
    bottom = TOP + row * len(intervals)
    values = [v for i in intervals for v in (i.value, i.low, i.high)] + [reference]
    low, high = domain(values, logarithmic=log)
    right = 14.0 if stacked else max((len(_numbers(i)) for i in intervals), default=8) * 6.4 + 28
    scale = Scale(low=low, high=high, start=left, end=width - right, logarithmic=log)
    body = [*_axis(scale, bottom, axis), *_reference(scale, bottom, reference)]
    for i, interval in enumerate(intervals):
        body.extend(_row(interval, scale, TOP + row * i, width, stacked=stacked))
    return Drawing(width=width, height=bottom + FOOT, body=tuple(body))


def _axis(scale: Scale, bottom: float, axis: str) -> list[Element]:
    ticks = scale.ticks(6)
    lines = "".join(f"M{number(scale.at(t))} {number(TOP)}V{number(bottom)}" for t in ticks)
    labels = [words(label(t), scale.at(t), bottom + 16, class_="cv-tick", anchor="middle") for t in ticks]
    kind = f"{axis}, logarithmic scale" if scale.logarithmic else axis
    return [
        element("path", d=lines, class_="cv-rule"),
        *labels,
        words(kind, scale.start, bottom + 34, class_="cv-axis"),
    ]


def _reference(scale: Scale, bottom: float, reference: float | None) -> list[Element]:
    if reference is None:
        return []
    return [element("path", d=f"M{number(scale.at(reference))} {number(TOP)}V{number(bottom)}", class_="cv-neutral")]


def _row(interval: Interval, scale: Scale, y: float, width: float, *, stacked: bool) -> list[Element]:
    middle = y + (30 if stacked else ROW / 2)
    said = _numbers(interval)
    text_at = y + 14 if stacked else middle + 4
    room = width - len(said) * 6.4 - 24 if stacked else scale.start - 20
    name = words(shortened(interval.label, room), 4, text_at, class_="cv-choice", title=interval.label)
    numbers = words(said, width - 4, text_at, class_="cv-count", anchor="end")
    return [name, numbers, *_estimate(interval, scale, middle)]


def _estimate(interval: Interval, scale: Scale, y: float) -> list[Element]:
    if interval.value is None:
        why = shortened(interval.says, scale.end - scale.start - 12)
        return [words(why, scale.start + 6, y + 4, class_="cv-small", title=interval.says)] if why else []
    drawn: list[Element] = []
    if interval.low is not None and interval.high is not None:
        a, b = number(scale.at(interval.low)), number(scale.at(interval.high))
        ends = f"M{a} {number(y - 4)}v8M{b} {number(y - 4)}v8"
        drawn.append(element("path", d=f"M{a} {number(y)}H{b}{ends}", class_="cv-whisker cv-s1"))
    shape = "cv-hollow cv-s1" if interval.hollow else "cv-dot cv-s1"
    return [*drawn, element("circle", cx=scale.at(interval.value), cy=y, r=4.5, class_=shape)]


def _table(intervals: Sequence[Interval], title: str, axis: str) -> TableTwin:
    rows = tuple(
        (i.label, *("—" if v is None else label(v) for v in (i.value, i.low, i.high)), i.says) for i in intervals
    )
    return TableTwin(
        caption=f"{title}: {axis}",
        columns=("", "Value", "Low", "High", "Note"),
        rows=rows,
        numeric=frozenset({1, 2, 3}),
    )
