"""What the map takes from others is what the record says, and a basemap of one's own is read, or refused with the reason."""

from __future__ import annotations

import hashlib
import json
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from civcas.errors import BadInput
from civcas.web.basemap import CHOSEN, choose, chosen, of_script, own_basemap, read_basemap
from civcas.web.marks import FILLS, marks
from civcas.web.rendering import assets

ASSETS = files("civcas.web").joinpath("assets")
LOCKED = Path(__file__).parents[2] / "assets" / "package-lock.json"
SQUARE = [[10.0, 20.0], [12.0, 20.0], [12.0, 22.0], [10.0, 22.0], [10.0, 20.0]]
HOLE = [[10.5, 20.5], [11.0, 20.5], [11.0, 21.0], [10.5, 21.0], [10.5, 20.5]]


def written(folder: Path, whole: object) -> Path:
    path = folder / "own.json"
    path.write_text(whole if isinstance(whole, str) else json.dumps(whole), encoding="utf-8")
    return path


def test_every_file_taken_from_others_has_the_hash_and_the_version_of_the_record() -> None:
    record = json.loads(ASSETS.joinpath("taken.json").read_text(encoding="utf-8"))
    locked = json.loads(LOCKED.read_text(encoding="utf-8"))["packages"]
    assert {"maplibre-gl.js", "maplibre-gl-worker.js", "maplibre-gl.css", "basemap.js"} <= set(record)
    for name, taken in record.items():
        assert hashlib.sha256(ASSETS.joinpath(name).read_bytes()).hexdigest() == taken["sha256"], name
        assert locked[f"node_modules/{taken['package']}"]["version"] == taken["version"], name
        assert locked[f"node_modules/{taken['package']}"]["integrity"].startswith("sha512-")


def test_the_licences_of_what_was_taken_travel_with_it() -> None:
    assert "Redistribution and use" in ASSETS.joinpath("maplibre-gl.LICENSE.txt").read_text(encoding="utf-8")
    assert "Permission to use" in ASSETS.joinpath("world-atlas.LICENSE.txt").read_text(encoding="utf-8")


def test_the_own_basemap_has_the_countries_and_neighbours_share_their_border() -> None:
    own = own_basemap()
    names = {area.name for area in own.areas}
    assert {"Syria", "Iraq", "Ukraine", "Palestine", "Kosovo"} <= names and len(names) > 230
    assert len(own.borders()) > 300
    assert {area.code for area in own.areas if area.name == "Syria"} == {"760"}


def test_a_geojson_file_is_read_with_its_holes_to_the_metre_it_is_kept_in(tmp_path: Path) -> None:
    shape = {"type": "Polygon", "coordinates": [SQUARE, HOLE]}
    feature = {"type": "Feature", "id": "760", "properties": {"name": "Made-up Land"}, "geometry": shape}
    read = read_basemap(written(tmp_path, {"type": "FeatureCollection", "features": [feature]}))
    again = of_script(read.script(0.0001))
    assert [(a.name, a.code, len(a.polygons[0])) for a in again.areas] == [("Made-up Land", "760", 2)]
    for ring, expected in zip(again.rings(), (SQUARE, HOLE), strict=True):
        np.testing.assert_allclose(ring, expected, atol=0.00005)


def test_a_topojson_file_keeps_what_two_areas_share_as_one_border(tmp_path: Path) -> None:
    arcs = [[[0, 0], [0, 10]], [[0, 10], [-10, 10], [-10, 0], [0, 0]], [[0, 0], [10, 0], [10, 10], [0, 10]]]
    shapes = [
        {"type": "Polygon", "arcs": [[0, 1]], "id": "004"},
        {"type": "Polygon", "arcs": [[~0, 2]]},
        {"type": "Point", "arcs": []},
    ]
    whole = {
        "type": "Topology",
        "arcs": arcs,
        "objects": {"lands": {"type": "GeometryCollection", "geometries": shapes}},
    }
    read = of_script(read_basemap(written(tmp_path, whole)).script(0.001))
    assert len(read.areas) == 2 and len(read.coasts()) == 2
    np.testing.assert_allclose(read.borders(), [[[0, 0], [0, 10]]])


@pytest.mark.parametrize(
    "whole",
    [
        "not json", "[]", "{}", {"type": "FeatureCollection", "features": []}, {"type": "Topology"},
        {"type": "Point", "coordinates": [1, 2]},
        {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [[[1e9, 0], [0, 1], [1, 1], [1e9, 0]]]}},
        {"type": "Feature", "properties": None, "geometry": {"type": "Polygon", "coordinates": [["x"]]}},
        {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [[]]}},
    ],
)  # fmt: skip
def test_what_is_no_basemap_is_refused_with_what_was_expected(tmp_path: Path, whole: object) -> None:
    with pytest.raises(BadInput, match="GeoJSON or TopoJSON"):
        read_basemap(written(tmp_path, whole))


def test_every_belligerent_with_a_mark_has_a_letter_and_a_colour_of_its_own() -> None:
    made = marks(["Coalition", "Civil Defence", "CC", "الجيش", "!!!", "Coalition Two", "c", "an eighth"])
    assert [m.letter for m in made] == ["C", "I", "1", "ا", "2", "O", "3"]
    assert [m.fill for m in made] == list(FILLS)


def test_a_case_may_name_its_own_basemap_and_an_option_goes_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(CHOSEN, raising=False)
    feature = {
        "type": "Feature",
        "properties": {"name": "Ours"},
        "geometry": {"type": "Polygon", "coordinates": [SQUARE]},
    }
    written(tmp_path, feature)
    (tmp_path / "civcas.toml").write_text('id = "1"\n[site]\nbasemap = "own.json"\n', encoding="utf-8")
    other = tmp_path / "other.json"
    other.write_text(json.dumps(feature | {"properties": {"name": "Other"}}), encoding="utf-8")
    try:
        choose(None, tmp_path)
        assets.cache_clear()
        assert [area.name for area in chosen().areas] == ["Ours"]
        assert [area.name for area in of_script(assets()["basemap.js"].decode()).areas] == ["Ours"]
        choose(other, tmp_path)
        assert [area.name for area in chosen().areas] == ["Other"]
        choose(None, tmp_path / "nowhere")
        assert chosen() is own_basemap()
        with pytest.raises(BadInput, match="no such basemap"):
            choose(tmp_path / "missing.json")
    finally:
        monkeypatch.delenv(CHOSEN, raising=False)
        assets.cache_clear()
