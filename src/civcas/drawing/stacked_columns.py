"""Draws layers of a total as stacked columns over time, inside an outline that shows how far the highest numbers reach."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from civcas.drawing.frame import Drawing, Figure, TableTwin
from civcas.drawing.scale import Scale, domain, label
from civcas.drawing.svg import Element, element, number, shortened, words
from civcas.errors import BadInput

LEFT, TOP, FOOT, KEY = 46.0, 30.0, 28.0, 22.0
WIDE, NARROW, HEIGHT = 860.0, 358.0, 230.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One part of every column: a value for each period; `kind` names its fill in the style sheet, `letter` its code.

    A highest number of None is open: nobody can say how high it is.
    """

    label: str
    letter: str
    kind: str
    values: Sequence[int]
    highest: Sequence[int | None] = ()


def stacked_columns(
    periods: Sequence[str],
    layers: Sequence[Layer],
    *,
    id: str,
    title: str,
    description: str,
    axis: str,
    outline: str = "",
    period: str = "Period",
    lowest: str = "{}, lowest",
    highest: str = "{}, highest",
    or_more: Callable[[float], str] = lambda low: f"{low:,.0f} or more",
    caption: str = "",
    reading: str = "",
    citation: str = "",
) -> Figure:
    """Layers from the bottom up in the order given. `outline` is what the line around the highest numbers is called; without it
    none is drawn. `period`, `lowest` and `highest` head the columns of the table; `or_more` writes a highest number that is open.
    """
    for layer in layers:
        if len(layer.values) != len(periods) or (outline and len(layer.highest) != len(periods)):
            raise BadInput(
                f"{layer.label} has {len(layer.values)} values for {len(periods)} periods", expected="one for each"
            )
    wide, narrow = (_draw(periods, layers, id, width, axis, outline) for width in (WIDE, NARROW))
    heads = [period]
    for layer in layers:
        heads += [lowest.format(layer.label), highest.format(layer.label)] if outline else [layer.label]
    rows = tuple(
        (
            at,
            *(
                label(v) if v is not None else or_more(layer.values[i])
                for layer in layers
                for v in ((layer.values[i], layer.highest[i]) if outline else (layer.values[i],))
            ),
        )
        for i, at in enumerate(periods)
    )
    table = TableTwin(
        caption=f"{title}: {axis}", columns=tuple(heads), rows=rows, numeric=frozenset(range(1, len(heads)))
    )
    return Figure(
        id=id, title=title, description=description, wide=wide, narrow=narrow, caption=caption, reading=reading,
        citation=citation, table=table,
    )  # fmt: skip


def _draw(periods: Sequence[str], layers: Sequence[Layer], id: str, width: float, axis: str, outline: str) -> Drawing:
    tops = [sum(layer.values[i] for layer in layers) for i in range(len(periods))]
    highs = [_high(layers, i) for i in range(len(periods))] if outline else tops
    _, top = domain([0.0, *map(float, highs), 1.0], logarithmic=False)
    up = Scale(low=0.0, high=top, start=TOP + HEIGHT, end=TOP)
    along = Scale(low=-0.5, high=max(len(periods) - 0.5, 0.5), start=LEFT, end=width - 8)
    body = [*_axes(periods, up, along, axis)]
    step = (along.end - along.start) / max(len(periods), 1)
    thick = max(step * 0.8, 1.2)
    for i in range(len(periods)):
        body.extend(_column(layers, i, along.at(float(i)) - thick / 2, thick, up))
    if outline:
        body.append(_outline(highs, along, up, step))
        body += [
            _upwards(along.at(float(i)), up.at(highs[i]))
            for i in range(len(periods))
            if any(layer.highest[i] is None for layer in layers)
        ]
    keys, rows = _keys(layers, outline, up.start + FOOT + 14, width)
    return Drawing(width=width, height=TOP + HEIGHT + FOOT + KEY * rows, body=(*body, *keys))


def _high(layers: Sequence[Layer], i: int) -> int:
    """As high as the numbers of a period surely reach: an open one counts with its lowest."""
    return sum(layer.values[i] if (high := layer.highest[i]) is None else high for layer in layers)


def _upwards(x: float, y: float) -> Element:
    """An arrow where the highest number is open."""
    d = f"M{number(x)} {number(y)}v-9m-3.5 4l3.5 -4l3.5 4"
    return element("path", d=d, class_="cv-outline")


def _column(layers: Sequence[Layer], i: int, x: float, thick: float, up: Scale) -> list[Element]:
    drawn, below = [], 0.0
    for layer in layers:
        if value := layer.values[i]:
            y = up.at(below + value)
            drawn.append(
                element("rect", x=x, y=y, width=thick, height=up.at(below) - y, class_=f"cv-layer cv-l-{layer.kind}")
            )
            below += value
    return drawn


def _outline(highs: Sequence[int], along: Scale, up: Scale, step: float) -> Element:
    """Steps over the highest numbers, month by month; it touches the axis where nothing is recorded."""
    points = "".join(f"V{number(up.at(h))}h{number(step)}" for h in highs)
    return element(
        "path", d=f"M{number(along.start)} {number(up.start)}{points}V{number(up.start)}", class_="cv-outline"
    )


def _axes(periods: Sequence[str], up: Scale, along: Scale, axis: str) -> list[Element]:
    ticks = up.ticks(6)
    lines = "".join(f"M{number(along.start)} {number(up.at(t))}H{number(along.end)}" for t in ticks)
    rows = [words(label(t), LEFT - 8, up.at(t) + 4, class_="cv-tick", anchor="end") for t in ticks]
    every = max(1, -(-len(periods) * (84 if along.end > 400 else 96) // max(int(along.end - along.start), 1)))
    columns = [
        words(
            period,
            along.at(float(i)),
            up.start + 17,
            class_="cv-tick",
            anchor="middle" if along.at(float(i)) < along.end - 34 else "end",
        )
        for i, period in enumerate(periods)
        if i % every == 0
    ]
    return [element("path", d=lines, class_="cv-rule"), *rows, *columns, words(axis, 2, 15, class_="cv-axis")]


def _keys(layers: Sequence[Layer], outline: str, top: float, width: float) -> tuple[list[Element], int]:
    """The fills with their letters, in as many lines as they need, and how many lines those are."""
    drawn: list[Element] = []
    x, line = 2.0, 0
    for kind, letter, name in [
        *((la.kind, la.letter, la.label) for la in layers),
        *([("", "", outline)] if outline else []),
    ]:
        room = 34 + 6.8 * len(name)
        if x > 2 and x + room > width:
            x, line = 2.0, line + 1
        y = top + KEY * line
        if kind:
            drawn.append(element("rect", x=x, y=y - 11, width=20.0, height=15.0, class_=f"cv-layer cv-l-{kind}"))
            drawn.append(words(letter, x + 10, y + 0.5, class_="cv-letter", anchor="middle"))
        else:
            drawn.append(element("path", d=f"M{number(x)} {number(y + 3)}v-12h20v12", class_="cv-outline"))
        drawn.append(words(shortened(name, width - x - 26), x + 26, y + 1))
        x += room
    return drawn, line + 1
