"""Draws which choices stand behind each reading: a row for every choice, a stroke for every reading that made it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from civcas.drawing.mark import OUTCOMES, outcome_path
from civcas.drawing.svg import Element, element, number, shortened, words

HEADING = 21.0


class Chosen(Protocol):
    """What the grid needs to know of a reading."""

    @property
    def outcome(self) -> str: ...
    @property
    def choices(self) -> Mapping[str, str]: ...


class Room(Protocol):
    """What the grid needs to know of the drawing it stands in; pixels."""

    @property
    def width(self) -> float: ...
    @property
    def left(self) -> float: ...
    @property
    def right(self) -> float: ...
    @property
    def row(self) -> float: ...
    @property
    def stacked(self) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Readings in the order of the curve, with the middle of each one's column, and the rows to draw."""

    points: Sequence[Chosen]
    dimensions: Mapping[str, Sequence[str]]  # heading -> the labels of its choices, in the order of their rows
    xs: Sequence[float]
    step: float  # a column's width
    step_refused: float  # the same where the reading refused
    layout: Room
    top: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnGrid:
    """The grid's elements and how much height they take."""

    elements: tuple[Element, ...]
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    label: str
    members: tuple[int, ...]
    count: str
    outcome: str = ""


def draw_grid(grid: Grid) -> DrawnGrid:
    """What the readings say first, which explain the shapes, then each dimension in which the readings differ."""
    y, drawn = grid.top, []
    for heading, counted, rows in _groups(grid.points, grid.dimensions):
        drawn.extend(_heading(grid.layout, heading, counted, y))
        y += HEADING
        for row in rows:
            drawn.extend(_row(grid, row, y))
            y += grid.layout.row
        y += 4
    return DrawnGrid(elements=tuple(drawn), height=y - grid.top)


def varying(points: Sequence[Chosen]) -> dict[str, list[str]]:
    """The dimensions in which the readings differ, each with its choices in order of appearance."""
    found: dict[str, dict[str, None]] = {}
    for point in points:
        for dimension, choice in point.choices.items():
            found.setdefault(dimension, {})[choice] = None
    return {dimension: list(choices) for dimension, choices in found.items() if len(choices) > 1}


def _groups(points: Sequence[Chosen], dimensions: Mapping[str, Sequence[str]]) -> list[tuple[str, str, list[_Row]]]:
    outcomes = [(s, tuple(i for i, p in enumerate(points) if p.outcome == s)) for s in map(str, OUTCOMES)]
    rows = [_Row(label=s, members=m, count=str(len(m)), outcome=s) for s, m in outcomes if m]
    groups = [("What the reading says", "readings", rows)]
    for dimension, choices in dimensions.items():
        groups.append((dimension, "support in", [_choice_row(points, dimension, choice) for choice in choices]))
    return groups


def _choice_row(points: Sequence[Chosen], dimension: str, choice: str) -> _Row:
    members = tuple(i for i, p in enumerate(points) if p.choices.get(dimension) == choice)
    made = sum(points[i].outcome != "refused" for i in members)
    held = sum(points[i].outcome == "supports" for i in members)
    return _Row(label=choice, members=members, count=f"{held}/{made}" if made else "—")


def _heading(layout: Room, heading: str, counted: str, y: float) -> list[Element]:
    return [
        words(heading, 2, y + 14, class_="cv-heading"),
        words(counted, layout.width - 4, y + 14, class_="cv-count", anchor="end"),
    ]


def _row(grid: Grid, row: _Row, y: float) -> list[Element]:
    layout = grid.layout
    middle = y + (layout.row - 6 if layout.stacked else layout.row / 2)
    text_at = y + 12 if layout.stacked else middle + 4
    indent = 16.0
    room = layout.width - 80 if layout.stacked else layout.left - indent - 10
    left, right = layout.left, layout.width - layout.right
    track = element("path", d=f"M{number(left)} {number(middle)}H{number(right)}", class_="cv-track")
    name = words(shortened(row.label, room), indent, text_at, class_="cv-choice", title=row.label)
    count = words(row.count, layout.width - 4, text_at, class_="cv-count", anchor="end")
    icon = element("path", d=outcome_path(row.outcome, 7, text_at - 4, 4), class_=f"cv-mark cv-{row.outcome}")
    return [track, *([icon] if row.outcome else []), name, count, *_strokes(grid, row, middle)]


def _strokes(grid: Grid, row: _Row, middle: float) -> list[Element]:
    """Tall strokes support the claim, short ones do not, the thinnest refuse: the difference survives a black-and-white print."""
    half = 5.0 if grid.layout.stacked else 5.6
    reach = {"supports": half, "refused": 0.8}
    paths: dict[str, list[str]] = {}
    for i in row.members:
        outcome = grid.points[i].outcome
        h = half if row.outcome else reach.get(outcome, half * 0.52)
        paths.setdefault(outcome, []).append(f"M{number(grid.xs[i])} {number(middle - h)}v{number(2 * h)}")
    widths = {"refused": grid.step_refused}
    return [
        element(
            "path", d="".join(runs), class_=f"cv-stroke cv-{outcome}",
            stroke_width=min(max(widths.get(outcome, grid.step) * 0.66, 0.7), 7.0),
        )
        for outcome, runs in paths.items()
    ]  # fmt: skip
