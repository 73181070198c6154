"""Draws series over time, each with the band between its low and its high; a missing period is a gap, never a zero."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from civcas.drawing.frame import Drawing, Figure, TableTwin
from civcas.drawing.scale import Scale, domain, label
from civcas.drawing.svg import Element, element, number, shortened, words
from civcas.errors import BadInput

LEFT, TOP, FOOT = 46.0, 30.0, 30.0
WIDE, NARROW, HEIGHT = 860.0, 358.0, 260.0
DASHES = ("", "7 4", "2 4", "10 3 2 3")  # tells series apart where colour does not
MOST_SERIES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One line: a value for every period, None where nothing is known; `lows` and `highs` draw its band.

    A high of None where there is a low is open: an arrow says so, and the table writes it with `or_more`.

    A `stepped` line is level within each period and moves between them.
    """

    label: str
    values: Sequence[float | None]
    lows: Sequence[float | None] = ()
    highs: Sequence[float | None] = ()
    stepped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A vertical line at a period, with its words: an event the series is read around."""

    period: str
    says: str


def line_chart(
    periods: Sequence[str],
    series: Sequence[Series],
    *,
    id: str,
    title: str,
    description: str,
    axis: str,
    moments: Sequence[Moment] = (),
    logarithmic: bool = False,
    or_more: Callable[[float], str] = lambda low: f"{label(low)} or more",
    caption: str = "",
    reading: str = "",
    citation: str = "",
) -> Figure:
    """Up to four series over the same periods ("2015-10", "2015-11", …), in order, evenly spaced."""
    _check(periods, series, moments)
    wide, narrow = (_draw(periods, series, width, axis, moments, logarithmic) for width in (WIDE, NARROW))
    return Figure(
        id=id, title=title, description=description, wide=wide, narrow=narrow, caption=caption, reading=reading,
        citation=citation, table=_table(periods, series, title, axis, or_more),
    )  # fmt: skip


def _check(periods: Sequence[str], series: Sequence[Series], moments: Sequence[Moment]) -> None:
    if len(series) > MOST_SERIES:
        raise BadInput(
            f"{len(series)} series on one chart", expected=f"at most {MOST_SERIES}, so that each can be told apart"
        )
    for one in series:
        for name, values in (("values", one.values), ("lows", one.lows), ("highs", one.highs)):
            if len(values) != len(periods) and not (name != "values" and len(values) == 0):
                raise BadInput(
                    f"{one.label} has {len(values)} {name} for {len(periods)} periods", expected="one for each period"
                )
    for moment in moments:
        if moment.period not in periods:
            raise BadInput(f"{moment.says}: {moment.period} is not among the periods drawn")


def _draw(
    periods: Sequence[str], series: Sequence[Series], width: float, axis: str, moments: Sequence[Moment], log: bool
) -> Drawing:
    right = 12.0 if width == NARROW else min(max(len(one.label) for one in series) * 6.6 + 52, 240.0)
    key = 18.0 * len(series) if width == NARROW else 0.0
    values = [v for one in series for run in (one.values, one.lows, one.highs) for v in run]
    low, high = domain(values if log else [0.0, *values], logarithmic=log)
    up = Scale(low=low, high=high, start=TOP + HEIGHT, end=TOP, logarithmic=log)
    along = Scale(low=-0.5, high=max(len(periods) - 0.5, 0.5), start=LEFT, end=width - right)
    body = [*_axes(periods, up, along, axis), *_moments(periods, moments, along)]
    for i, one in enumerate(series):
        body.extend(_series(one, i, up, along))
    body.extend(_keys(series, up, width, right))
    return Drawing(width=width, height=TOP + HEIGHT + FOOT + key, body=tuple(body))


def _axes(periods: Sequence[str], up: Scale, along: Scale, axis: str) -> list[Element]:
    ticks = up.ticks(6)
    lines = "".join(f"M{number(along.start)} {number(up.at(t))}H{number(along.end)}" for t in ticks)
    rows = [words(label(t), LEFT - 8, up.at(t) + 4, class_="cv-tick", anchor="end") for t in ticks]
    every = max(1, -(-len(periods) * 64 // max(int(along.end - along.start), 1)))
    columns = [
        words(period, along.at(i), up.start + 18, class_="cv-tick", anchor="middle")
        for i, period in enumerate(periods)
        if i % every == 0
    ]
    kind = f"{axis}, logarithmic scale" if up.logarithmic else axis
    return [element("path", d=lines, class_="cv-rule"), *rows, *columns, words(kind, 2, 15, class_="cv-axis")]


def _moments(periods: Sequence[str], moments: Sequence[Moment], along: Scale) -> list[Element]:
    """Each moment's words stand on the side with room, and a line lower where they would meet the one before."""
    drawn: list[Element] = []
    taken: list[float] = []  # where the words on each line end
    for moment in sorted(moments, key=lambda m: m.period):
        x = along.at(list(periods).index(moment.period))
        wide = len(moment.says) * 6.6
        after = x + 5 + wide < along.end
        begin = x + 5 if after else x - 5 - wide
        line = next((i for i, end in enumerate(taken) if end < begin), len(taken))
        taken[line : line + 1] = [begin + wide + 8]
        drawn.append(element("path", d=f"M{number(x)} {number(TOP)}V{number(TOP + HEIGHT)}", class_="cv-neutral"))
        drawn.append(
            words(moment.says, x + 5 if after else x - 5, TOP + 12 + 15 * line, class_="cv-level cv-neutral-words",
                  anchor="start" if after else "end")
        )  # fmt: skip
    return drawn


def _series(one: Series, i: int, up: Scale, along: Scale) -> list[Element]:
    own = f"cv-s{i + 1}"
    drawn = [
        element("path", d=_band(run, one, up, along), class_=f"cv-area {own}")
        for run in _runs([h if low is not None else None for low, h in zip(one.lows, one.highs, strict=True)])
    ]
    runs = _runs(one.values)
    line = "".join(
        "M"
        + ("L".join(_steps(run, one, up, along) if one.stepped else (_point(j, one.values[j], up, along) for j in run)))
        for run in runs
    )
    drawn.append(element("path", d=line, class_=f"cv-series {own}", stroke_dasharray=DASHES[i] or None))
    drawn += [
        _upwards(along.at(j), up.at(low), own)
        for j, (low, high) in enumerate(zip(one.lows, one.highs, strict=True))
        if low is not None and high is None
    ]
    alone = [run[0] for run in runs if len(run) == 1]
    drawn += [
        element("circle", cx=along.at(j), cy=up.at(one.values[j] or 0), r=2.5, class_=f"cv-dot {own}") for j in alone
    ]
    return drawn


def _upwards(x: float, y: float, own: str) -> Element:
    """An arrow where the upper end is open."""
    return element("path", d=f"M{number(x)} {number(y)}v-11m-3.5 4l3.5 -4l3.5 4", class_=f"cv-series {own}")


def _steps(run: Sequence[int], one: Series, up: Scale, along: Scale) -> list[str]:
    """Two points a period, at its edges."""
    return [_point(j + edge, one.values[j], up, along) for j in run for edge in (-0.5, 0.5)]


def _runs(values: Sequence[float | None]) -> list[list[int]]:
    """Stretches of periods without a gap."""
    runs: list[list[int]] = []
    for i, value in enumerate(values):
        if value is None:
            continue
        if runs and runs[-1][-1] == i - 1:
            runs[-1].append(i)
        else:
            runs.append([i])
    return runs


def _band(run: list[int], one: Series, up: Scale, along: Scale) -> str:
    there = "L".join(_point(j, one.highs[j], up, along) for j in run)
    back = "L".join(_point(j, one.lows[j], up, along) for j in reversed(run))
    return f"M{there}L{back}Z"


def _point(i: float, value: float | None, up: Scale, along: Scale) -> str:
    assert value is not None
    return f"{number(along.at(i))} {number(up.at(value))}"


def _keys(series: Sequence[Series], up: Scale, width: float, right: float) -> list[Element]:
    """Names beside the ends of the lines where there is room, kept apart; below the chart on a telephone."""
    narrow = width == NARROW
    drawn: list[Element] = []
    for i, one in enumerate(series):
        x, y = (LEFT, up.start + 40 + 18 * i) if narrow else (width - right + 10, TOP + 12 + 20 * i)
        d = f"M{number(x)} {number(y - 4)}h22"
        drawn.append(element("path", d=d, class_=f"cv-series cv-s{i + 1}", stroke_dasharray=DASHES[i] or None))
        drawn.append(words(shortened(one.label, (width if narrow else right) - 50), x + 28, y, title=one.label))
    return drawn


def _table(
    periods: Sequence[str], series: Sequence[Series], title: str, axis: str, or_more: Callable[[float], str]
) -> TableTwin:
    columns = ["Period"]
    for one in series:
        columns += [one.label, *([f"{one.label}, low", f"{one.label}, high"] if one.lows else [])]
    rows = tuple(
        (period, *(cell for one in series for cell in _cells(one, i, or_more))) for i, period in enumerate(periods)
    )
    return TableTwin(
        caption=f"{title}: {axis}", columns=tuple(columns), rows=rows, numeric=frozenset(range(1, len(columns)))
    )


def _cells(one: Series, i: int, or_more: Callable[[float], str]) -> list[str]:
    """What the table says of one series in one period: the value, and the ends of its band."""
    value = one.values[i]
    cells = ["unknown" if value is None else label(value)]
    if one.lows:
        low, high = one.lows[i], one.highs[i]
        cells.append("unknown" if low is None else label(low))
        cells.append(label(high) if high is not None else "unknown" if low is None else or_more(low))
    return cells
