"""Draws where incidents lie on a map that needs no script: near ones joined, each as large as its number, areas where no point is known."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from civcas.drawing.frame import Drawing, Figure, TableTwin
from civcas.drawing.svg import Element, element, number, words
from civcas.terms.range_sum import RangeSum

WIDE, NARROW = (760.0, 480.0), (358.0, 400.0)
CELL = 58.0  # pixels: nearer than this, incidents are joined
MARGIN = 34.0
LEAST_SPAN = 0.004  # of the world's width, about 1.4°: no closer look than this
AREA_KM, EXACT_KM = 10.0, 1.0  # known no better: an area only; known so well: a whole edge
WORLD_KM = 40075.017
LEGEND_ROW = 20.0
ROW_OF_CELLS = 1_000_000

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A way of marking incidents: its colour, letter and meaning; an `open` one is drawn as an outline."""

    letter: str
    fill: str
    label: str
    open: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """Incidents as columns of one length.

    `low`, `high`: killed, NaN where unknown; `reach`: km within which each lies; `kind`: a row of the legend.
    """

    longitude: Numbers
    latitude: Numbers
    low: Numbers
    high: Numbers
    reach: Numbers
    kind: NDArray[np.int64]
    name: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What lies below: rings of land and lines of borders, in degrees; the same order draws the same picture."""

    land: Sequence[Numbers]
    borders: Sequence[Numbers]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The part of the Mercator square that is drawn, and how many pixels its width of 1 takes."""

    x: float
    y: float
    scale: float
    width: float
    height: float

    def at(self, degrees: Numbers) -> Numbers:
        return (mercator(degrees) - (self.x, self.y)) * self.scale + (self.width / 2, self.height / 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heads:
    """Titles of the table's columns, and how a range of killed is written."""

    place: str
    incidents: str
    killed: str
    range: Callable[[int | None, int | None], str]


def point_map(
    points: Points,
    ground: Ground,
    kinds: Sequence[Kind],
    *,
    id: str,
    title: str,
    description: str,
    heads: Heads,
    caption: str = "",
    reading: str = "",
    citation: str = "",
) -> Figure:
    """Every point in view at once, in Mercator's projection as maps of the web have it. `kinds` in the order of the legend."""
    wide, narrow = (_draw(points, ground, kinds, heads, size) for size in (WIDE, NARROW))
    return Figure(
        id=id, title=title, description=description, wide=wide, narrow=narrow, caption=caption, reading=reading, citation=citation,
        table=_table(points, title, heads),
    )  # fmt: skip


def mercator(degrees: Numbers) -> Numbers:
    """Longitude and latitude as places in a square of side 1."""
    turned = np.radians(np.clip(degrees[:, 1], -85.05, 85.05))
    return np.column_stack([(degrees[:, 0] + 180) / 360, (1 - np.arcsinh(np.tan(turned)) / math.pi) / 2])


def _view(points: Points, width: float, height: float) -> View:
    if not len(points.longitude):
        return View(x=0.5, y=0.42, scale=width, width=width, height=height)
    where = mercator(np.column_stack([points.longitude, points.latitude]))
    low, high = where.min(axis=0), where.max(axis=0)
    span = np.maximum(high - low, LEAST_SPAN)
    scale = min((width - 2 * MARGIN) / span[0], (height - 2 * MARGIN) / span[1])
    middle = (low + high) / 2
    return View(x=float(middle[0]), y=float(middle[1]), scale=float(scale), width=width, height=height)


def _draw(points: Points, ground: Ground, kinds: Sequence[Kind], heads: Heads, size: tuple[float, float]) -> Drawing:
    width, height = size
    view = _view(points, width, height)
    used = [k for i, k in enumerate(kinds) if (points.kind == i).any()]
    legend, below = _legend(used, width, height + 12)
    picture = element(
        "svg",
        element("rect", width=width, height=height, class_="cv-field"),
        *_ground(ground, view),
        *(_group(points, members, kinds, heads, view) for members in groups(points, view)),
        x=0, y=0, width=width, height=height, viewBox=f"0 0 {number(width)} {number(height)}",
    )  # fmt: skip
    return Drawing(width=width, height=below, body=(picture, *legend))


def groups(points: Points, view: View) -> list[NDArray[np.int64]]:
    """Which points are drawn as one: those in one cell of a grid over the picture, and cells whose middles come too near; largest first."""
    if not len(points.longitude):
        return []
    at = view.at(np.column_stack([points.longitude, points.latitude]))
    cell = np.floor(at / CELL).astype(np.int64)
    key = cell[:, 1] * ROW_OF_CELLS + cell[:, 0]
    order = np.argsort(key, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(key[order])) + 1)
    cells = {int(key[part[0]]): part for part in sorted(parts, key=lambda part: (-len(part), int(key[part[0]])))}
    joined = []
    while cells:
        first = next(iter(cells))
        part = cells.pop(first)
        for near in (first + row + column for row in (-ROW_OF_CELLS, 0, ROW_OF_CELLS) for column in (-1, 0, 1)):
            if near in cells and np.hypot(*(at[part].mean(axis=0) - at[cells[near]].mean(axis=0))) < CELL * 0.85:
                part = np.concatenate([part, cells.pop(near)])
        joined.append(part)
    return sorted(joined, key=lambda part: (-len(part), int(part[0])))


def _ground(ground: Ground, view: View) -> list[Element]:
    land = "".join(_path(_clipped(view.at(ring), view), closed=True) for ring in ground.land if _touches(ring, view))
    lines = "".join(_path(view.at(line), closed=False) for line in ground.borders if _touches(line, view))
    return [
        element("path", d=land, class_="cv-sheet", fill_rule="evenodd"),
        element("path", d=lines, class_="cv-border"),
    ]


def _touches(line: Numbers, view: View) -> bool:
    at = view.at(np.array([line.min(axis=0), line.max(axis=0)]))
    return bool(
        at[:, 0].max() > 0 and at[:, 0].min() < view.width and at[:, 1].max() > 0 and at[:, 1].min() < view.height
    )


def _clipped(ring: Numbers, view: View) -> Numbers:
    """A ring cut to the picture, one side after the other (Sutherland and Hodgman, 1974)."""
    sides = ((0, -4.0, 1), (0, view.width + 4, -1), (1, -4.0, 1), (1, view.height + 4, -1))
    for axis, edge, sign in sides:
        if not len(ring):
            return ring
        ahead = np.roll(ring, -1, axis=0)
        here, there = (ring[:, axis] - edge) * sign >= 0, (ahead[:, axis] - edge) * sign >= 0
        step = ahead[:, axis] - ring[:, axis]
        share = np.where(here != there, (edge - ring[:, axis]) / np.where(step == 0, 1, step), 0.0)
        cut = ring + (ahead - ring) * share[:, None]
        ring = np.stack([cut, ahead], axis=1)[np.stack([here != there, there], axis=1)]
    return ring


def _path(line: Numbers, *, closed: bool) -> str:
    """The line with no point nearer than a pixel to the one before."""
    if len(line) < 2:
        return ""
    pixels = np.rint(line * 2).astype(int)
    kept = pixels[np.concatenate([[True], (np.abs(np.diff(pixels, axis=0)) > 1).any(axis=1)])] / 2
    if len(kept) < (3 if closed else 2):
        return ""
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in kept.tolist()) + ("Z" if closed else "")


def _group(points: Points, members: NDArray[np.int64], kinds: Sequence[Kind], heads: Heads, view: View) -> Element:
    where = view.at(np.array([[points.longitude[members].mean(), points.latitude[members].mean()]]))[0]
    x, y = float(where[0]), float(where[1])
    title = element(
        "title", f"{_name(points, members)}: {len(members)}, {heads.killed} {_killed(points, members, heads)}"
    )
    if len(members) > 1:
        return element("g", title, *_cluster(points, members, kinds, heads, x, y))
    one = int(members[0])
    reach = float(np.nan_to_num(points.reach[one]))
    kilometre = view.scale / (WORLD_KM * math.cos(math.radians(float(points.latitude[one]))))
    return element("g", title, *_single(kinds[int(points.kind[one])], reach, reach * kilometre, x, y))


def _cluster(
    points: Points, members: NDArray[np.int64], kinds: Sequence[Kind], heads: Heads, x: float, y: float
) -> list[Element]:
    n = len(members)
    low, high = _ends(points, members)
    killed = f"{low:,}+" if low is not None and high is None else heads.range(low, high).replace("\u2009", "")
    radius = min(max(15 + 1.6 * math.log2(n), len(killed) * 2.9 + 8), CELL / 2 + 6)
    drawn = [element("circle", cx=x, cy=y, r=radius, class_="cv-sheet")]
    begin = 0.0
    for kind, times in sorted(Counter(points.kind[members].tolist()).items()):
        share = times / n
        stroke = "#b9bcc2" if kinds[kind].open else kinds[kind].fill
        drawn.append(_arc(x, y, radius - 2, begin, begin + share, stroke))
        begin += share
    drawn.append(element("circle", cx=x, cy=y, r=radius + 0.4, class_="cv-border"))
    drawn.append(words(f"{n:,}", x, y - 1, class_="cv-heading", anchor="middle"))
    drawn.append(words(killed, x, y + 10, class_="cv-cite", anchor="middle"))
    return drawn


def _arc(x: float, y: float, radius: float, begin: float, end: float, stroke: str) -> Element:
    """A part of a ring, from one share of the turn to another, clockwise from the top."""
    if end - begin > 0.9999:
        return element("circle", cx=x, cy=y, r=radius, fill="none", stroke=stroke, stroke_width=4)
    points = [(x + radius * math.sin(2 * math.pi * s), y - radius * math.cos(2 * math.pi * s)) for s in (begin, end)]
    (x1, y1), (x2, y2) = points
    sweep = f"A{number(radius)} {number(radius)} 0 {int(end - begin > 0.5)} 1 {number(x2)} {number(y2)}"
    return element("path", d=f"M{number(x1)} {number(y1)}{sweep}", fill="none", stroke=stroke, stroke_width=4)


def _single(kind: Kind, reach: float, pixels: float, x: float, y: float) -> list[Element]:
    """A disc where the place is known to a town or better; where it is not, only the area it lies in, with a broken edge."""
    ink = "#5c616b" if kind.open else kind.fill
    drawn: list[Element] = []
    if reach > AREA_KM or pixels > 13:
        drawn.append(_broken(x, y, max(pixels, 11.0), ink, filled=True))
    elif reach > EXACT_KM:
        drawn.append(_broken(x, y, 12.0, ink, filled=False))
    if reach > AREA_KM:
        return [*drawn, words(kind.letter, x, y + 4, class_="cv-heading", anchor="middle")]
    fill, edge = ("#ffffff", ink) if kind.open else (kind.fill, "#ffffff")
    disc = element("circle", cx=x, cy=y, r=9.0, fill=fill, stroke=edge, stroke_width=1.4)
    return [*drawn, disc, words(kind.letter, x, y + 4, class_="cv-dark" if kind.open else "cv-on", anchor="middle")]


def _broken(x: float, y: float, r: float, ink: str, *, filled: bool) -> Element:
    """An edge that says: somewhere in here."""
    return element(
        "circle", cx=x, cy=y, r=r, fill=ink if filled else "none", fill_opacity=0.12 if filled else None, stroke=ink,
        stroke_width=1.4, stroke_dasharray="5 4" if filled else "4 3",
    )  # fmt: skip


def _legend(kinds: Sequence[Kind], width: float, top: float) -> tuple[list[Element], float]:
    """The kinds that occur, side by side where there is room; and where the next thing may stand."""
    drawn: list[Element] = []
    x, y = 10.0, top + 10
    for kind in kinds:
        wide = 30 + 6.6 * len(kind.label)
        if x > 10 and x + wide > width:
            x, y = 10.0, y + LEGEND_ROW
        drawn += _single(kind, EXACT_KM, 0.0, x, y)
        drawn.append(words(kind.label, x + 15, y + 4))
        x += wide
    return drawn, y + LEGEND_ROW if kinds else top


def _name(points: Points, members: NDArray[np.int64]) -> str:
    return Counter(points.name[int(i)] for i in members).most_common(1)[0][0]


def _killed(points: Points, members: NDArray[np.int64], heads: Heads) -> str:
    """The sums of both ends, as words."""
    return heads.range(*_ends(points, members))


def _ends(points: Points, members: NDArray[np.int64]) -> tuple[int | None, int | None]:
    """The sums of both ends; an unknown number adds nothing, where all are unknown there is none, and an open end stays open."""
    low, high = points.low[members], points.high[members]
    sound = ~(low > high)
    return RangeSum(
        incidents=len(members), least=int(np.nansum(low[sound])), most=int(np.nansum(high[sound])),
        without_a_number=int(np.sum(np.isnan(low) & np.isnan(high) | ~sound)),
        open_above=int(np.sum(~np.isnan(low) & np.isnan(high))),
    ).killed  # fmt: skip


def _table(points: Points, title: str, heads: Heads) -> TableTwin:
    found = groups(points, _view(points, *WIDE))
    return TableTwin(
        caption=title,
        columns=(heads.place, heads.incidents, heads.killed),
        rows=tuple((_name(points, m), f"{len(m):,}", _killed(points, m, heads)) for m in found),
        numeric=frozenset({1, 2}),
    )
