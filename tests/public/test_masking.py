"""Places are masked the same way every time, never finer than they are known, and the radius is honest."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from civcas.case.case import Case
from civcas.public.centres import centres
from civcas.public.masking import distance_km, on_grid, spread_of
from civcas.public.policy import Places, Policy
from civcas.public.public import Public
from civcas.public.showing import showing
from made_up_case import made_up_case, made_up_reports, take_in


def one(latitude: float, longitude: float, spread: float, grid: float) -> tuple[float, float, float]:
    shown = on_grid(np.array([latitude]), np.array([longitude]), np.array([spread]), grid_km=grid)
    return float(shown.latitude[0]), float(shown.longitude[0]), float(shown.radius_km[0])


def test_a_point_becomes_the_middle_of_its_square() -> None:
    # squares of 111.32 km are one degree of latitude, and at 0.5° north 1.00004 degrees of longitude
    assert one(0.2, 0.3, 0.0, 111.32)[:2] == (0.5, 0.5)
    assert one(0.9, 0.9, 0.0, 111.32)[:2] == (0.5, 0.5)
    assert one(-0.2, -0.3, 0.0, 111.32)[:2] == (-0.5, -0.5)


def test_a_place_known_to_the_province_is_not_shown_on_a_fine_grid() -> None:
    [spread] = spread_of(["province_governorate"])
    near = [one(36.1 + step / 100, 37.1, float(spread), 5.0)[:2] for step in range(3)]
    assert len(set(near)) == 1
    assert one(36.1, 37.1, float(spread), 5.0)[2] > 100


def test_a_precision_nobody_knows_is_taken_for_a_coarse_one() -> None:
    assert spread_of(["exact_location_other", "nonsense", None]).tolist() == [0.05, 8.0, 8.0]


def test_a_place_that_is_not_known_stays_unknown_and_so_does_one_off_the_globe() -> None:
    shown = on_grid(np.array([np.nan, 91.0, 36.0]), np.array([37.0, 37.0, np.nan]), np.zeros(3), grid_km=5)
    assert np.isnan(shown.latitude).all() and np.isnan(shown.longitude).all() and np.isnan(shown.radius_km).all()


@given(
    st.floats(-89.9, 89.9), st.floats(-179.9, 179.9), st.sampled_from([0.05, 2.0, 8.0, 60.0]), st.sampled_from([0.5, 1.0, 5.0, 25.0])
)  # fmt: skip
def test_the_place_lies_within_the_radius_and_masking_again_changes_nothing(
    latitude: float, longitude: float, spread: float, grid: float
) -> None:
    north, east, radius = one(latitude, longitude, spread, grid)
    away = distance_km(np.array([latitude]), np.array([longitude]), np.array([north]), np.array([east]))
    assert away[0] + spread <= radius + 0.05
    assert one(north, east, spread, grid)[:2] == (north, east)


def shown_points(public: Public) -> dict[str, tuple[float | None, float | None, float | None]]:
    rows = public.tables["incident"].select(["incident_id", "latitude", "longitude", "radius_km"]).to_pylist()
    return {row["incident_id"]: (row["latitude"], row["longitude"], row["radius_km"]) for row in rows}


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return made_up_case(tmp_path_factory.mktemp("masking") / "case", incidents=120, accounts=0)


@pytest.fixture(scope="module")
def shown(case: Case) -> dict[Places, Public]:
    return {places: showing(case, None, Policy(places=places), checked=False) for places in Places}


def test_hide_show_hide_gives_the_same_mask(case: Case, shown: dict[Places, Public]) -> None:
    assert set(shown_points(shown[Places.NONE]).values()) == {(None, None, None)}
    again = showing(case, None, Policy(places=Places.PLACE), checked=False)
    assert again.tables["incident"].equals(shown[Places.PLACE].tables["incident"])


@pytest.mark.parametrize("places", [Places.GRID, Places.PLACE, Places.PROVINCE])
def test_every_place_lies_within_its_radius(places: Places, case: Case, shown: dict[Places, Public]) -> None:
    exact = case.tables()["report"].order_by("report_id").to_pyarrow()
    masked, known = (
        [table[name].to_numpy(zero_copy_only=False).astype(float) for name in ("latitude", "longitude")]
        for table in (shown[places].tables["incident"], exact)
    )
    away = distance_km(known[0], known[1], masked[0], masked[1])
    radius = shown[places].tables["incident"]["radius_km"].to_numpy(zero_copy_only=False)
    assert np.isnan(away).sum() == np.isnan(radius).sum() < 10
    assert (away[~np.isnan(away)] <= radius[~np.isnan(away)]).all()


def test_no_shown_point_is_an_exact_one(case: Case, shown: dict[Places, Public]) -> None:
    exact = case.tables()["report"].to_pyarrow()
    for name in ("latitude", "longitude"):
        masked = shown[Places.GRID].tables["incident"][name].drop_null()
        assert not pc.any(pc.is_in(masked, value_set=exact[name].combine_chunks())).as_py()


def test_no_later_incident_moves_the_mask_of_an_earlier_one(tmp_path: Path) -> None:
    # given a case, and the same case when its dataset has a newer edition with more incidents
    case = made_up_case(tmp_path / "case", incidents=60, accounts=0)
    rule = Policy(places=Places.PROVINCE)
    before = shown_points(showing(case, None, rule, checked=False))
    newer, _ = made_up_reports(200, 0, seed=3)
    older = case.tables()["report"].to_pyarrow()
    take_in(
        case, "made-up", pa.concat_tables([older, newer.slice(60)], promote_options="default"), reason="a year later"
    )
    # then every incident that was there is where it was
    after = shown_points(showing(case, None, rule, checked=False))
    assert len(after) == 200
    assert {name: after[name] for name in before} == before


def test_one_coordinate_in_the_name_of_a_province_is_not_shown(tmp_path: Path) -> None:
    case = made_up_case(tmp_path / "case", incidents=0, accounts=0)
    rows, _ = made_up_reports(3, 0)
    slipped = pa.array(["36.38472222", "Aleppo", "12th street"])
    take_in(case, "made-up", rows.set_column(rows.schema.get_field_index("province"), "province", slipped))
    public = showing(case, None, Policy(), checked=False)
    for name in ("incident", "report"):
        assert sorted(public.tables[name]["province"].to_pylist(), key=str) == ["12th street", "Aleppo", None]


def test_the_middle_of_an_area_with_few_points_is_not_told() -> None:
    rows = {"incident_id": ["a", "b", "c"], "row_is": ["incident"] * 3, "country": ["X"] * 3, "province": ["P", "P", "Q"],
            "place": [None] * 3, "latitude": [10.0, 12.0, 20.0], "longitude": [30.0, 32.0, 40.0], "sequence": [2, 2, 2]}  # fmt: skip
    with duckdb.connect() as db:
        db.register("ever", pa.table(rows))
        north, east = centres(db, pa.table({"incident_id": ["a", "b", "c"]}), Places.PROVINCE, 2)
    assert north.tolist()[:2] == [11.0, 11.0] and east.tolist()[:2] == [31.0, 31.0]
    assert np.isnan(north[2]) and np.isnan(east[2])
