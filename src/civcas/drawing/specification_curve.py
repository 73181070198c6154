"""Draws every reading of one question at once: sorted estimates with their intervals over the choices that made them.

The form is the specification curve of Simonsohn, Simmons & Nelson (2020), "Specification curve analysis",
Nature Human Behaviour 4. Readings that refuse are drawn too, in a field of their own at the right.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from civcas.drawing.choice_grid import Grid, draw_grid, varying
from civcas.drawing.frame import Drawing, Figure, TableTwin
from civcas.drawing.mark import OUTCOMES, outcome_path
from civcas.drawing.scale import Scale, domain, label
from civcas.drawing.svg import Element, element, number, words

MOST_TOOLTIPS = 600  # a tooltip each; beyond that the file grows and a column is thinner than a pointer


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One reading: its number (None where it refused), what it says of the claim, and the choices that made it."""

    value: float | None
    low: float | None
    high: float | None
    outcome: str
    choices: Mapping[str, str]  # dimension, as a heading -> choice, as a label
    says: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A horizontal line the readings are held against: what is claimed, or no difference."""

    value: float | None  # None where only a range is claimed
    says: str
    band: tuple[float, float] | None = None  # the tolerance around it, or the range; an end may be infinite


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where things stand in a drawing of one width; pixels."""

    width: float
    left: float  # least room for labels and axis
    right: float  # room for the counts beside each choice
    curve: float  # height of the curve
    row: float  # height of a choice's row
    stacked: bool  # a choice's label stands above its row, not beside it


WIDE = Layout(width=960, left=180, right=62, curve=300, row=17, stacked=False)
NARROW = Layout(width=358, left=34, right=6, curve=230, row=27, stacked=True)
TOP, BOTTOM, GAP = 30.0, 12.0, 12.0
WIDEST_COLUMN, WIDEST_LABELS = 60.0, 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The middle of each reading's column, how wide columns are, and where those with a number end; pixels."""

    xs: list[float]
    step: float
    step_refused: float
    end: float
    last: float


def specification_curve(
    points: Sequence[Point],
    *,
    id: str,
    title: str,
    description: str,
    axis: str,
    claimed: Level | None = None,
    neutral: Level | None = None,
    logarithmic: bool = True,
    caption: str = "",
    reading: str = "",
    citation: str = "",
    table: TableTwin | None = None,
    table_at: str = "",
) -> Figure:
    """Every reading from lowest to highest, over a grid of the choices behind each.

    `axis` names the unit. A claimed level is drawn with its tolerance band, a neutral level as a dashed line.
    The outcome is told by shape and by its own rows of the grid as well as by colour. Intervals that run past
    the axis are cut at its edge.
    """
    ordered, dimensions = _in_order(points), varying(points)
    log = logarithmic and all(p.value is None or p.value > 0 for p in points)
    layouts = (replace(WIDE, left=_labels_room(dimensions)), NARROW)
    wide, narrow = (_draw(ordered, dimensions, layout, axis, claimed, neutral, log) for layout in layouts)
    return Figure(
        id=id, title=title, description=description, wide=wide, narrow=narrow, caption=caption,
        reading=reading, citation=citation, table=table, table_at=table_at,
    )  # fmt: skip


def _in_order(points: Sequence[Point]) -> list[Point]:
    """Those with a number by that number, then the refused in the order given."""
    made = sorted((p for p in points if p.value is not None), key=lambda p: p.value or 0.0)
    return made + [p for p in points if p.value is None]


def _labels_room(dimensions: Mapping[str, Sequence[str]]) -> float:
    longest = max((len(choice) for choices in dimensions.values() for choice in choices), default=0)
    return min(max(longest * 6.4 + 40, WIDE.left), WIDEST_LABELS)


def _draw(
    points: list[Point],
    dimensions: Mapping[str, Sequence[str]],
    layout: Layout,
    axis: str,
    claimed: Level | None,
    neutral: Level | None,
    log: bool,
) -> Drawing:
    columns = _columns(points, layout)
    scale = _axis(points, layout, claimed, neutral, log)
    top = TOP + layout.curve + BOTTOM
    grid = draw_grid(
        Grid(
            points=points, dimensions=dimensions, xs=columns.xs, step=columns.step,
            step_refused=columns.step_refused, layout=layout, top=top,
        )
    )  # fmt: skip
    body = (
        *_band(scale, layout, columns, claimed),
        *_ticks(scale, layout, columns, axis),
        *_refused_field(points, layout, columns, grid.height),
        *_intervals(points, columns, scale),
        *_marks(points, columns, scale),
        *_levels(points, scale, layout, columns, claimed, neutral),
        *grid.elements,
        *_tooltips(points, columns, layout, grid.height),
    )
    return Drawing(width=layout.width, height=top + grid.height, body=body)


def _columns(points: list[Point], layout: Layout) -> Columns:
    """Equal columns for the readings with a number; refusals stand closer together, after a gap."""
    made = sum(p.value is not None for p in points)
    refused = len(points) - made
    gap = GAP if made and refused else 0.0
    room = layout.width - layout.left - layout.right - 8 - gap
    step = min(room / max(made + refused / 2, 1), WIDEST_COLUMN)
    closer = step / 2 if made else step
    first = layout.left + 4
    begin = first + step * made + gap
    xs = [first + step * (i + 0.5) for i in range(made)] + [begin + closer * (i + 0.5) for i in range(refused)]
    return Columns(
        xs=xs, step=step, step_refused=closer, end=begin - gap if refused else layout.width - layout.right,
        last=begin + closer * refused,
    )  # fmt: skip


def _axis(points: list[Point], layout: Layout, claimed: Level | None, neutral: Level | None, log: bool) -> Scale:
    """An axis over all values and levels; intervals may widen it, but not past three times the values' own span."""
    levels = [v for level in (claimed, neutral) if level for v in (level.value, *(level.band or ()))]
    levels = [v for v in levels if v is not None and math.isfinite(v)]
    values = [p.value for p in points if p.value is not None]
    low, high = domain([*values, *levels], logarithmic=log)
    ends = [v for p in points for v in (p.low, p.high) if p.value is not None]
    far_low, far_high = domain([*ends, low, high], logarithmic=log, room=0.02)
    if log:
        low, high = max(far_low, low / 3), min(far_high, high * 3)
    else:
        low, high = max(far_low, low - (high - low)), min(far_high, high + (high - low))
    return Scale(low=low, high=high, start=TOP + layout.curve, end=TOP, logarithmic=log)


def _ticks(scale: Scale, layout: Layout, columns: Columns, axis: str) -> list[Element]:
    ticks = scale.ticks(8)
    lines = "".join(f"M{number(layout.left)} {number(scale.at(t))}H{number(columns.end)}" for t in ticks)
    labels = [words(label(t), layout.left - 8, scale.at(t) + 4, class_="cv-tick", anchor="end") for t in ticks]
    kind = f"{axis}, logarithmic scale" if scale.logarithmic else axis
    at = 2 if layout.stacked else layout.left
    return [element("path", d=lines, class_="cv-rule"), *labels, words(kind, at, 15, class_="cv-axis")]


def _band(scale: Scale, layout: Layout, columns: Columns, claimed: Level | None) -> list[Element]:
    if not claimed or not claimed.band:
        return []
    top, bottom = scale.at(claimed.band[1]), scale.at(claimed.band[0])
    return [
        element(
            "rect", x=layout.left, y=top, width=columns.end - layout.left, height=max(bottom - top, 1), class_="cv-band"
        )
    ]


def _levels(
    points: list[Point], scale: Scale, layout: Layout, columns: Columns, claimed: Level | None, neutral: Level | None
) -> list[Element]:
    drawn: list[Element] = []
    for level, name in ((neutral, "neutral"), (claimed, "claimed")):
        if level is None:
            continue
        value = level.value if level.value is not None else _inner_end(scale, level)
        y = scale.at(value)
        if level.value is not None:
            d = f"M{number(layout.left)} {number(y)}H{number(columns.end)}"
            drawn.append(element("path", d=d, class_=f"cv-{name}"))
        left, above = _free_corner(points, value)
        x, text_at = (layout.left + 6 if left else columns.end - 6), (y - 6 if above else y + 14)
        anchor = "start" if left else "end"
        drawn.append(words(level.says, x, text_at, class_=f"cv-level cv-{name}-words", anchor=anchor))
    return drawn


def _inner_end(scale: Scale, level: Level) -> float:
    """The end of a range that lies on the axis, where its words can stand."""
    low, high = level.band or (scale.low, scale.high)
    return low if scale.shows(low) else min(high, scale.high)


def _free_corner(points: list[Point], value: float) -> tuple[bool, bool]:
    """Where a level's words cover the fewest intervals: at the left end or the right, above the line or below."""
    made = [p for p in points if p.value is not None]
    end = max(len(made) // 4, 1)
    corners = {}
    for left in (True, False):
        ends = [p.low or p.value or 0.0 for p in (made[:end] if left else made[-end:])]
        tops = [p.high or p.value or 0.0 for p in (made[:end] if left else made[-end:])]
        corners[left, True] = sum(top > value for top in tops)
        corners[left, False] = sum(low < value for low in ends)
    return min(corners, key=lambda corner: (corners[corner], not corner[0], not corner[1]))


def _refused_field(points: list[Point], layout: Layout, columns: Columns, grid_height: float) -> list[Element]:
    refused = sum(p.value is None for p in points)
    if not refused:
        return []
    begin, end = columns.end + GAP / 2, max(columns.last + 4, columns.end + GAP / 2 + 18)
    height = layout.curve + BOTTOM + grid_height
    middle, halfway = (begin + end) / 2, TOP + layout.curve / 2
    upright = end - begin > 84
    turned = element(
        "text", f"{refused} refused: no number", x=middle, y=halfway + 4, text_anchor="middle", class_="cv-small",
        transform=f"rotate(-90 {number(middle)} {number(halfway)})",
    )  # fmt: skip
    return [
        element("rect", x=begin, y=TOP, width=end - begin, height=height, class_="cv-field"),
        words(f"{refused} refused", middle, TOP + 22, class_="cv-small", anchor="middle") if upright else turned,
    ]


def _intervals(points: list[Point], columns: Columns, scale: Scale) -> list[Element]:
    """One path for each outcome, so that a thousand intervals are a few elements."""
    paths: dict[str, list[str]] = {}
    for point, x in zip(points, columns.xs, strict=True):
        if point.value is not None and point.low is not None and point.high is not None:
            run = f"M{number(x)} {number(scale.at(point.low))}V{number(scale.at(point.high))}"
            paths.setdefault(point.outcome, []).append(run)
    width = min(max(columns.step * 0.42, 0.7), 2.4)
    return [
        element("path", d="".join(paths[s]), class_=f"cv-interval cv-{s}", stroke_width=width)
        for s in map(str, OUTCOMES)
        if s in paths
    ]


def _marks(points: list[Point], columns: Columns, scale: Scale) -> list[Element]:
    paths: dict[str, list[str]] = {}
    radius = min(max(columns.step * 0.62, 1.5), 5.0)
    for point, x in zip(points, columns.xs, strict=True):
        if point.value is not None:
            paths.setdefault(point.outcome, []).append(outcome_path(point.outcome, x, scale.at(point.value), radius))
    return [element("path", d="".join(paths[s]), class_=f"cv-mark cv-{s}") for s in map(str, OUTCOMES) if s in paths]


def _tooltips(points: list[Point], columns: Columns, layout: Layout, grid_height: float) -> list[Element]:
    """A column over each reading that names it to a pointer; the table twin says the same to everyone."""
    if layout.stacked or len(points) > MOST_TOOLTIPS:
        return []
    height = layout.curve + BOTTOM + grid_height
    drawn = []
    for point, x in zip(points, columns.xs, strict=True):
        wide = columns.step if point.value is not None else columns.step_refused
        says = element("title", point.says)
        drawn.append(element("rect", says, x=x - wide / 2, y=TOP, width=wide, height=height, class_="cv-column"))
    return drawn
