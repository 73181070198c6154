"""The drawn map: everything located is in it once, it is a picture of its own, and what is known roughly is drawn so."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from typing import Any

import numpy as np
import pytest

from civcas.drawing.point_map import NARROW, WIDE, Ground, Heads, Kind, Points, View, _clipped, _view, groups, point_map

KINDS = (
    Kind(letter="C", fill="#1f5fa8", label="Made-up side"), Kind(letter="?", fill="#ffffff", label="nobody", open=True),
)  # fmt: skip
GROUND = Ground(
    land=(np.array([[0.0, 0.0], [60.0, 0.0], [60.0, 60.0], [0.0, 60.0], [0.0, 0.0]]),),
    borders=(np.array([[30.0, 0.0], [31.0, 60.0]]),),
)
NAN = float("nan")


def said(low: int | None, high: int | None) -> str:
    return (
        "unknown" if low is None else f"{low} or more" if high is None else f"{low}" if low == high else f"{low}–{high}"
    )


HEADS = Heads(place="Near", incidents="Incidents", killed="Killed", range=said)


def points(*rows: tuple[float, float, float, float, float, int, str]) -> Points:
    """Longitude, latitude, lowest, highest, radius in km, kind, name."""
    columns = list(zip(*rows, strict=True)) if rows else [()] * 7
    number = [np.array(c, dtype=float) for c in columns[:5]]
    return Points(
        longitude=number[0], latitude=number[1], low=number[2], high=number[3], reach=number[4],
        kind=np.array(columns[5], dtype=np.int64), name=list(columns[6]),
    )  # fmt: skip


def drawn(given: Points, **more: Any) -> Any:
    return point_map(
        given,
        GROUND,
        KINDS,
        id="map",
        title="Where <b>",
        description="About",
        heads=HEADS,
        citation="A case, 2026",
        **more,
    )


def test_points_of_a_place_are_one_circle_with_their_sum_and_far_ones_stand_alone() -> None:
    given = points(
        (36, 35, 1, 4, 3, 0, "Homs"),
        (36, 35, 2, NAN, 3, 0, "Homs"),
        (36.0001, 35, NAN, NAN, 3, 1, "Hama"),
        (41, 37, 5, 5, 0.1, 0, "Far"),
    )
    figure = drawn(given)
    assert figure.table.rows == (("Homs", "3", "3 or more"), ("Far", "1", "5"))


def test_a_group_without_any_number_is_unknown_and_not_zero() -> None:
    assert drawn(points((36, 35, NAN, NAN, 3, 0, "Homs"))).table.rows == (("Homs", "1", "unknown"),)


@pytest.mark.parametrize("seed", range(5))
def test_every_point_is_in_exactly_one_group_in_both_widths(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = 500
    many = Points(
        longitude=rng.normal(38, 2, n), latitude=rng.normal(35, 1, n), low=np.ones(n), high=np.ones(n), reach=np.full(n, 3.0),
        kind=rng.integers(0, 2, n), name=["x"] * n,
    )  # fmt: skip
    for size in (WIDE, NARROW):
        members = np.concatenate(groups(many, _view(many, *size)))
        assert sorted(members.tolist()) == list(range(n))
    assert sum(int(row[1].replace(",", "")) for row in drawn(many).table.rows) == n


def test_an_area_is_as_wide_as_its_kilometres_and_has_no_disc() -> None:
    given = points((36, 35, 1, 1, 60, 0, "Somewhere"), (40, 35, 1, 1, 0.2, 0, "Here"))
    tree = ElementTree.fromstring(drawn(given).svg().split("\n", 1)[1])
    circles = [c for c in tree.iter("{http://www.w3.org/2000/svg}circle")]
    dashed = [float(c.get("r", 0)) for c in circles if c.get("stroke-dasharray") == "5 4"]
    view = _view(given, *WIDE)
    per_degree = view.scale / 360
    assert dashed == [pytest.approx(60 / (111.32 * np.cos(np.radians(35))) * per_degree, rel=0.01)]
    assert sum(c.get("fill") == "#1f5fa8" and c.get("r") == "9" for c in circles) == 2, (
        "one on the map, one in the legend"
    )


def test_the_file_is_well_formed_names_its_source_and_says_what_it_shows() -> None:
    text = drawn(points((36, 35, 1, 4, 3, 0, "<script>alert(1)</script>\u202e"))).svg()
    tree = ElementTree.fromstring(text.split("\n", 1)[1])
    assert "Where <b>" in tree.itertext()
    assert "A case, 2026" in "".join(tree.itertext())
    assert "<script" not in text and "http" not in text.replace("http://www.w3.org/2000/svg", "")


def test_a_case_without_places_draws_the_world_and_no_circle() -> None:
    figure = drawn(points())
    assert figure.table.rows == ()
    assert "<circle" not in figure.svg()


def test_land_is_cut_to_the_picture_and_keeps_its_area_there() -> None:
    view = View(x=0.5, y=0.5, scale=100.0, width=100.0, height=80.0)
    ring = np.array([[-500.0, 20.0], [50.0, 20.0], [50.0, 900.0], [-500.0, 900.0]])
    cut = _clipped(ring, view)
    x, y = cut.T
    area = abs(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y)) / 2
    assert cut.min() >= -4 and x.max() <= 104 and y.max() <= 84
    assert area == pytest.approx((50 + 4) * (84 - 20))
    assert len(_clipped(ring + 5000, view)) == 0


def test_the_same_points_draw_the_same_picture() -> None:
    given = points((36, 35, 1, 4, 3, 0, "Homs"), (36.5, 35.5, 2, 2, 60, 1, "Hama"))
    assert drawn(given).svg() == drawn(given).svg()
