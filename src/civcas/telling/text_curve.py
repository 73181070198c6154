"""Draws a specification curve in characters: the sorted readings over a bar of shades for each choice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from civcas.drawing.choice_grid import varying
from civcas.drawing.mark import OUTCOMES, TEXT_MARKS
from civcas.drawing.scale import Scale, domain, label
from civcas.drawing.specification_curve import Level, Point
from civcas.drawing.svg import cut
from civcas.telling import curve
from civcas.telling.summary import Claim

HEIGHT = 12
SHADES, PLAIN_SHADES = " ░▒▓█", " .:+#"
PLAIN_OUTCOMES = {"supports": "o", "open": "-", "contradicts": "#", "refused": "x"}

Line = list[tuple[str, str]]
"""Runs of characters, each with the outcome whose colour it takes, or "dim", or nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sheet:
    """The readings with a number, in order, spread over `width` characters; each character holds some of them."""

    cells: list[list[Point]]
    refused: list[Point]
    left: int
    plain: bool

    @property
    def width(self) -> int:
        return len(self.cells)


def text_curve(claim: Claim, *, width: int, plain: bool = False) -> list[Line]:
    """The picture of a claim in lines of at most `width` characters; `plain` keeps to ASCII.

    A character column holds several readings where there are more readings than columns: the mark stands at
    their middle value, and a choice's shade says how many of them made that choice.
    """
    points = curve.points(claim)
    made = sorted((p for p in points if p.value is not None), key=lambda p: p.value or 0.0)
    if not made:
        return []
    dimensions = varying(points)
    names = [choice for choices in dimensions.values() for choice in choices] + ["What the reading says"]
    left = min(max(len(name) for name in names) + 3, max(width * 2 // 5, 20))
    room = max(width - left - 10, 10)
    count = min(room, len(made))
    cells = [made[len(made) * i // count : len(made) * (i + 1) // count] for i in range(count)]
    sheet = _Sheet(cells=cells, refused=[p for p in points if p.value is None], left=left, plain=plain)
    levels = [level for level in (curve.neutral(claim), curve.claimed(claim)) if level]
    return [*_plot(sheet, levels), *_outcomes(sheet), *_choices(sheet, dimensions)]


def _plot(sheet: _Sheet, levels: Sequence[Level]) -> list[Line]:
    values = [p.value for cell in sheet.cells for p in cell if p.value is not None]
    log = min(values) > 0
    low, high = domain([*values, *(level.value for level in levels)], logarithmic=log)
    scale = Scale(low=low, high=high, start=HEIGHT - 1, end=0, logarithmic=log)
    grid = [[(" ", "")] * sheet.width for _ in range(HEIGHT)]
    says = _rule(grid, levels, scale, sheet)
    for x, cell in enumerate(sheet.cells):
        middle = cell[len(cell) // 2]
        mark = PLAIN_OUTCOMES[middle.outcome] if sheet.plain else TEXT_MARKS[middle.outcome]
        grid[round(scale.at(middle.value or 0.0))][x] = (mark, middle.outcome)
    ticks = {round(scale.at(t)): label(t) for t in scale.ticks(6)}
    bar = "|" if sheet.plain else "│"
    return [
        [(f"{says.get(y) or ticks.get(y, ''):>{sheet.left - 2}} {bar}", "dim"), *_joined(row)]
        for y, row in enumerate(grid)
    ]


def _rule(grid: list[list[tuple[str, str]]], levels: Sequence[Level], scale: Scale, sheet: _Sheet) -> dict[int, str]:
    """Draws the levels into the grid and gives the words that stand beside their lines."""
    says: dict[int, str] = {}
    for level in levels:
        if level.value is not None:
            y = round(scale.at(level.value))
            stroke = "-" if sheet.plain else ("─" if level.band else "┄")
            grid[y] = [(stroke, "dim")] * sheet.width
            says[y] = level.says
    return says


def _outcomes(sheet: _Sheet) -> list[Line]:
    rows: list[Line] = [[], [("What the reading says", "")]]
    for outcome in map(str, OUTCOMES):
        mark = PLAIN_OUTCOMES[outcome] if sheet.plain else TEXT_MARKS[outcome]
        count = (
            len(sheet.refused) if outcome == "refused" else sum(p.outcome == outcome for c in sheet.cells for p in c)
        )
        if count:
            shares = [sum(p.outcome == outcome for p in cell) / len(cell) for cell in sheet.cells]
            rows.append(_row(sheet, f"{mark} {outcome}", shares, outcome, str(count)))
    return rows


def _choices(sheet: _Sheet, dimensions: dict[str, list[str]]) -> list[Line]:
    rows: list[Line] = []
    for dimension, choices in dimensions.items():
        rows.append([(f"{dimension:<{sheet.left + sheet.width}}", ""), ("support in", "dim")])
        for choice in choices:
            members = [p for cell in sheet.cells for p in cell if p.choices.get(dimension) == choice]
            held = sum(p.outcome == "supports" for p in members)
            shares = [sum(p.choices.get(dimension) == choice for p in cell) / len(cell) for cell in sheet.cells]
            rows.append(_row(sheet, choice, shares, "dim", f"{held}/{len(members)}" if members else "-"))
    return rows


def _row(sheet: _Sheet, name: str, shares: Sequence[float], outcome: str, count: str) -> Line:
    shades = PLAIN_SHADES if sheet.plain else SHADES
    bar = "".join(shades[min(-int(-share * 4 // 1), 4)] for share in shares)
    named = cut(name, sheet.left - 3)
    return [(f"  {named:<{sheet.left - 2}}", ""), (bar, outcome), (f"  {count:>8}", "dim")]


def _joined(cells: Sequence[tuple[str, str]]) -> Line:
    """Neighbouring characters of one colour as one run."""
    runs: Line = []
    for mark, outcome in cells:
        if runs and runs[-1][1] == outcome:
            runs[-1] = (runs[-1][0] + mark, outcome)
        else:
            runs.append((mark, outcome))
    return runs
