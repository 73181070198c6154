"""The map, the timeline and their table; and the same map drawn here, for paper, for other people's pages and where no script runs."""

from __future__ import annotations

from typing import Any

import numpy as np

from civcas.drawing.frame import Figure
from civcas.drawing.point_map import Ground, Heads, Kind, Numbers, Points, point_map
from civcas.web import charts
from civcas.web.basemap import Basemap, chosen
from civcas.web.language import Language
from civcas.web.marks import NOBODY, OTHER, SEVERAL, Mark, marks
from civcas.web.page import Asked, Page
from civcas.web.pages.incidents import FILTERING, form, rows
from civcas.web.site import Row
from civcas.web.where import where

SCRIPTS = (
    "maplibre-gl.js", *FILTERING, "marks.js", "outlines.js", "basemap.js", "sheet.js", "map.js", "beside.js", "timeline.js", "map-page.js",
)  # fmt: skip
DRAWN = "longitude, latitude, killed_min, killed_max, radius_km, belligerents, province, place, code, address"


def context(asked: Asked) -> dict[str, Any]:
    return {
        "found": asked.site.found(asked.query).incidents,
        "of": asked.site.of,
        "marks": marks(asked.site.choices("belligerent")),
        "drawn": drawn(asked),
        "basemap_says": chosen().says,
        **form(asked),
    }


def figures(asked: Asked) -> dict[str, Figure]:
    return {"map": drawn(asked)}


def drawn(asked: Asked) -> Figure:
    """The located incidents of a query as a picture that needs no script."""
    words = asked.language
    condition, values = where(asked.query)
    located = asked.site.ask(
        f"SELECT {DRAWN} FROM incident WHERE ({condition}) AND latitude IS NOT NULL ORDER BY rowid", values
    )
    own = marks(asked.site.choices("belligerent"))
    found = asked.site.found(asked.query).incidents
    told = charts.told(asked, "map") | {"description": words.plain("chart.map.description", n=len(located), of=found)}
    return point_map(
        _points(located, own, words), _ground(chosen()), _kinds(own, words),
        **told,
        reading=_reading(asked, found - len(located)),
        heads=Heads(
            place=words.plain("map.place"), incidents=words.plain("map.count"), killed=words.plain("killed"), range=words.range
        ),
    )  # fmt: skip


def _reading(asked: Asked, unlocated: int) -> str:
    words = asked.language
    chosen = "; ".join(f"{name} {value}" for name, value in charts.filters(asked))
    shown = words.plain("chart.reading", reading=chosen) if chosen else words.plain("chart.everything")
    return f"{shown} {words.plain('map.drawn_reading', unlocated=unlocated)}"


def _ground(basemap: Basemap) -> Ground:
    return Ground(land=tuple(basemap.rings()), borders=tuple(basemap.borders()))


def _kinds(own: list[Mark], words: Language) -> list[Kind]:
    return [
        *(Kind(letter=m.letter, fill=m.fill, label=m.name) for m in own),
        Kind(letter="…", fill=OTHER, label=words.plain("map.other")),
        Kind(letter="+", fill=SEVERAL, label=words.plain("map.several")),
        Kind(letter="?", fill=NOBODY, label=words.plain("map.nobody"), open=True),
    ]


def _points(located: list[Row], own: list[Mark], words: Language) -> Points:
    place = {mark.name: i for i, mark in enumerate(own)}
    other, several, nobody = len(own), len(own) + 1, len(own) + 2

    def kind(named: str | None) -> int:
        names = named.split("; ") if named else []
        return nobody if not names else several if len(names) > 1 else place.get(names[0], other)

    kinds = {named: kind(named) for named in {row["belligerents"] for row in located}}

    def column(name: str) -> Numbers:
        return np.array([row[name] for row in located], dtype=float)

    return Points(
        longitude=column("longitude"), latitude=column("latitude"), low=column("killed_min"), high=column("killed_max"),
        reach=column("radius_km"), kind=np.array([kinds[row["belligerents"]] for row in located], dtype=np.int64),
        name=[row["province"] or row["place"] or row["code"] or row["address"] for row in located],
    )  # fmt: skip


ENTRY = Page(
    name="map",
    address="map",
    template="map.html",
    context=context,
    menu=30,
    rows=rows,
    figures=figures,
    scripts=SCRIPTS,
)
