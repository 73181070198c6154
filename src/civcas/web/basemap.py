"""The countries behind the map: read from GeoJSON or TopoJSON, kept compact, and drawn by browser and server from one file.

An arc is a line of points that two neighbours may share; it is written as differences in whole steps of `quantum` degrees, in the
base64 of variable length that source maps use.
"""

from __future__ import annotations

import json
import os
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from civcas.errors import BadInput
from civcas.web.incidents_js import script_json

DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
OWN_QUANTUM = 0.0001  # degrees, about 11 m: what a reader's own basemap keeps
CHOSEN = "CIVCAS_BASEMAP"  # tells every process that draws or serves which file to use
LARGEST = 60_000_000  # bytes of a basemap file
EXPECTED = "GeoJSON or TopoJSON whose polygons are countries or other areas, in degrees"

Line = NDArray[np.float64]  # n × 2: longitude, latitude in degrees
Ring = tuple[int, ...]  # arcs in order; ~i is arc i walked backwards, as in TopoJSON


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A country or another area: its polygons as rings of arcs; `code` is its ISO 3166-1 number where it has one."""

    name: str
    code: str
    polygons: tuple[tuple[Ring, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Basemap:
    """Areas that share arcs; `says` tells readers where the outlines come from."""

    says: str
    areas: tuple[Area, ...]
    arcs: tuple[Line, ...]

    def ring(self, ring: Ring) -> Line:
        """The points of a ring, each once where arcs meet."""
        runs = [self.arcs[i] if i >= 0 else self.arcs[~i][::-1] for i in ring]
        return np.concatenate([run if k == 0 else run[1:] for k, run in enumerate(runs)])

    def rings(self) -> Iterator[Line]:
        for area in self.areas:
            for polygon in area.polygons:
                yield from (self.ring(ring) for ring in polygon)

    def borders(self) -> list[Line]:
        """Arcs between two areas. A file that shares no arcs, as GeoJSON does not, has none, and every outline is a coast."""
        return [arc for arc, used in zip(self.arcs, self._used(), strict=True) if used > 1]

    def coasts(self) -> list[Line]:
        return [arc for arc, used in zip(self.arcs, self._used(), strict=True) if used < 2]

    def _used(self) -> list[int]:
        times = Counter(i if i >= 0 else ~i for a in self.areas for p in a.polygons for ring in p for i in ring)
        return [times[i] for i in range(len(self.arcs))]

    def script(self, quantum: float) -> str:
        """The text of basemap.js, which the page loads and `of_script` reads."""
        whole = {
            "says": self.says,
            "quantum": quantum,
            "arcs": [_written(arc, quantum) for arc in self.arcs],
            "areas": [
                {"name": a.name, "code": a.code, "polygons": a.polygons, "at": self._middle(a)} for a in self.areas
            ],
        }
        return f"civcas.basemap({script_json(whole)});\n"

    def _middle(self, area: Area) -> list[float]:
        """Where a label may stand: the centre of the largest ring, and that ring's size in square degrees."""
        return max((_centre(self.ring(polygon[0])) for polygon in area.polygons), key=lambda c: c[2])


def read_basemap(path: Path, *, says: str = "") -> Basemap:
    """A basemap from a GeoJSON or TopoJSON file; what is not a polygon is left out, and a file without any is refused."""
    if not path.is_file():
        raise BadInput("there is no such basemap", where=str(path), expected=EXPECTED)
    if path.stat().st_size > LARGEST:
        raise BadInput(f"{path} has {path.stat().st_size:,} bytes", expected=f"a basemap of at most {LARGEST:,} bytes")
    try:
        given = json.loads(path.read_bytes())
        found = _of_topology(given) if given["type"] == "Topology" else _of_features(given)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as problem:
        raise BadInput(f"{path} is not a basemap: {problem}", expected=EXPECTED) from None
    areas, arcs = found
    if not areas:
        raise BadInput(f"{path} holds no polygon", expected=EXPECTED)
    if any(not np.isfinite(arc).all() or abs(arc).max() > 540 for arc in arcs):
        raise BadInput(f"{path} has points that are not longitudes and latitudes", expected=EXPECTED)
    return Basemap(says=says or path.name, areas=tuple(areas), arcs=tuple(arcs))


def choose(path: Path | None, case: Path | None = None) -> None:
    """Use a reader's own file from now on, here and in the processes this one starts: the one given, else `[site] basemap` of a case."""
    os.environ.pop(CHOSEN, None)
    path = path or (_of_case(case) if case else None)
    if path:
        _read_once(str(path.resolve()))
        os.environ[CHOSEN] = str(path.resolve())


def chosen() -> Basemap:
    """The basemap in use: the reader's own, or the one that comes with civcas."""
    return _read_once(os.environ[CHOSEN]) if CHOSEN in os.environ else own_basemap()


def chosen_script() -> bytes | None:
    """basemap.js of the reader's own file, or None where the one that comes with civcas stands."""
    return chosen().script(OWN_QUANTUM).encode() if CHOSEN in os.environ else None


@cache
def _read_once(path: str) -> Basemap:
    return read_basemap(Path(path))


def _of_case(case: Path) -> Path | None:
    settings = case / "civcas.toml"
    site = tomllib.loads(settings.read_text(encoding="utf-8")).get("site", {}) if settings.is_file() else {}
    name = site.get("basemap") if isinstance(site, dict) else None
    if name is None:
        return None
    if not isinstance(name, str):
        raise BadInput(f"[site] basemap is {name!r}", where=str(settings), expected="the name of a file, in quotes")
    return case / name


@cache
def own_basemap() -> Basemap:
    """The one that comes with civcas."""
    return of_script(files("civcas.web").joinpath("assets/basemap.js").read_text(encoding="utf-8"))


def of_script(text: str) -> Basemap:
    """What `Basemap.script` wrote."""
    whole = json.loads(text.removeprefix("civcas.basemap(").rstrip().removesuffix(");"))
    areas = (
        Area(name=a["name"], code=a["code"], polygons=tuple(tuple(map(tuple, p)) for p in a["polygons"]))
        for a in whole["areas"]
    )
    return Basemap(
        says=whole["says"], areas=tuple(areas), arcs=tuple(_read(a, whole["quantum"]) for a in whole["arcs"])
    )


def _of_topology(given: Mapping[str, Any]) -> tuple[list[Area], list[Line]]:
    arcs = [np.asarray(arc, dtype=float)[:, :2] for arc in given["arcs"]]
    if "transform" in given:
        scale, move = np.asarray(given["transform"]["scale"]), np.asarray(given["transform"]["translate"])
        arcs = [np.cumsum(arc, axis=0) * scale + move for arc in arcs]
    name = "countries" if "countries" in given["objects"] else next(iter(given["objects"]))
    areas = []
    for shape in given["objects"][name]["geometries"]:
        if polygons := _polygons(shape, shape.get("arcs", ())):
            areas.append(_area(shape, tuple(tuple(tuple(ring) for ring in p) for p in polygons)))
    return areas, arcs


def _of_features(given: Mapping[str, Any]) -> tuple[list[Area], list[Line]]:
    features = given["features"] if given["type"] == "FeatureCollection" else [given]
    areas: list[Area] = []
    arcs: list[Line] = []
    for feature in features:
        shape = feature.get("geometry") or {}
        kept = []
        for polygon in _polygons(shape, shape.get("coordinates", ())):
            first = len(arcs)
            arcs += [np.asarray(ring, dtype=float)[:, :2] for ring in polygon]
            kept.append(tuple((i,) for i in range(first, len(arcs))))
        if kept:
            areas.append(_area(feature, tuple(kept)))
    return areas, arcs


def _polygons(shape: Mapping[str, Any], nested: Any) -> Iterable[Any]:
    found: dict[str, Iterable[Any]] = {"Polygon": [nested], "MultiPolygon": nested}
    return found.get(str(shape.get("type")), ())


def _area(thing: Mapping[str, Any], polygons: tuple[tuple[Ring, ...], ...]) -> Area:
    named = thing.get("properties") or {}
    code = str(thing.get("id") or "")
    return Area(
        name=str(named.get("name") or named.get("NAME") or ""),
        code=code if code.isdigit() and len(code) == 3 else "",
        polygons=polygons,
    )


def _centre(ring: Line) -> list[float]:
    x, y = ring[:-1].T
    nx, ny = ring[1:].T
    cross = x * ny - nx * y
    area = cross.sum() / 2
    if abs(area) < 1e-9:
        return [round(float(x.mean()), 2), round(float(y.mean()), 2), 0.0]
    middle = ((x + nx) * cross).sum() / (6 * area), ((y + ny) * cross).sum() / (6 * area)
    return [round(float(middle[0]), 2), round(float(middle[1]), 2), round(abs(float(area)), 2)]


def _written(arc: Line, quantum: float) -> str:
    steps = np.rint(arc / quantum).astype(np.int64)
    moves = np.diff(steps, axis=0, prepend=np.zeros((1, 2), np.int64))
    still = (moves == 0).all(axis=1)
    still[[0, -1]] = False
    return "".join(_digits(int(v)) for v in moves[~still].ravel())


def _digits(value: int) -> str:
    rest, text = (-value << 1 | 1) if value < 0 else value << 1, ""
    while True:
        rest, digit = rest >> 5, rest & 31
        text += DIGITS[digit | 32 if rest else digit]
        if not rest:
            return text


def _read(text: str, quantum: float) -> Line:
    """Every value ends with a digit below 32; each is the sum of its digits, shifted by five bits a place."""
    digit = _VALUES[np.frombuffer(text.encode("ascii"), np.uint8)]
    last = digit < 32
    first = np.concatenate([[0], np.flatnonzero(last)[:-1] + 1])
    place = np.arange(len(digit)) - np.repeat(first, np.diff([*first, len(digit)]))
    whole = np.add.reduceat((digit & 31) << (5 * place), first)
    signed = np.where(whole & 1, -(whole >> 1), whole >> 1)
    points: Line = np.cumsum(signed.reshape(-1, 2), axis=0) * quantum
    return points


_VALUES = np.zeros(128, np.int64)
_VALUES[[ord(d) for d in DIGITS]] = np.arange(64)
