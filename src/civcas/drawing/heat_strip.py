"""Draws how much there is of several things over time: one row each, one cell a period, darker for more, empty for none."""

from __future__ import annotations

import math
from collections.abc import Sequence

from civcas.drawing.frame import Drawing, Figure, TableTwin
from civcas.drawing.scale import Scale, label
from civcas.drawing.svg import Element, element, shortened, words

ROW, TOP, FOOT = 24.0, 8.0, 26.0
WIDE, NARROW = 860.0, 358.0


def heat_strip(
    periods: Sequence[str],
    rows: Sequence[tuple[str, Sequence[int]]],
    *,
    id: str,
    title: str,
    description: str,
    axis: str,
    period: str = "Period",
    caption: str = "",
    reading: str = "",
    citation: str = "",
) -> Figure:
    """Counts for every period, in the order given; the shade is the count's logarithm, so that few can be told from none."""
    most = max((v for _, values in rows for v in values), default=1)
    wide, narrow = (_draw(periods, rows, most, width, stacked=width == NARROW) for width in (WIDE, NARROW))
    told = tuple((at, *(label(values[i]) for _, values in rows)) for i, at in enumerate(periods))
    table = TableTwin(
        caption=f"{title}: {axis}", columns=(period, *(name for name, _ in rows)), rows=told,
        numeric=frozenset(range(1, len(rows) + 1)),
    )  # fmt: skip
    return Figure(
        id=id, title=title, description=description, wide=wide, narrow=narrow, caption=caption, reading=reading,
        citation=citation, table=table,
    )  # fmt: skip


def _draw(
    periods: Sequence[str], rows: Sequence[tuple[str, Sequence[int]]], most: int, width: float, *, stacked: bool
) -> Drawing:
    left = 4.0 if stacked else min(max((len(name) for name, _ in rows), default=8) * 6.8 + 24, 260.0)
    row = ROW + 16 if stacked else ROW
    along = Scale(low=-0.5, high=max(len(periods) - 0.5, 0.5), start=left, end=width - 70)
    thick = (along.end - along.start) / max(len(periods), 1)
    body: list[Element] = []
    for at, (name, values) in enumerate(rows):
        y = TOP + row * at
        text_at = y + 12 if stacked else y + ROW / 2 + 4
        body.append(words(shortened(name, width - 80 if stacked else left - 12), 4, text_at, title=name))
        body.append(
            words(label(sum(values)), width - 4, text_at if not stacked else y + 30, class_="cv-count", anchor="end")
        )
        top = y + (18 if stacked else 3)
        body.append(element("rect", x=left, y=top, width=along.end - left, height=ROW - 6, class_="cv-empty"))
        for i, value in enumerate(values):
            if value:
                shade = 0.2 + 0.8 * math.log1p(value) / math.log1p(most)
                x = along.at(float(i)) - thick / 2
                body.append(
                    element("rect", x=x, y=top, width=thick, height=ROW - 6, class_="cv-heat", fill_opacity=shade)
                )
    bottom = TOP + row * len(rows)
    every = max(1, -(-len(periods) * (84 if along.end > 400 else 96) // max(int(along.end - along.start), 1)))
    marks = [
        words(
            at,
            along.at(float(i)),
            bottom + 16,
            class_="cv-tick",
            anchor="start" if not i else "middle" if along.at(float(i)) < along.end - 34 else "end",
        )
        for i, at in enumerate(periods)
        if i % every == 0
    ]
    return Drawing(width=width, height=bottom + FOOT, body=(*body, *marks))
