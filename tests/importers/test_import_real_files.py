"""Every real file imports with its accounts, and its totals agree with what an independent script computed."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path

import ibis
import pytest
from imported_rows import rows

from civcas.measures.identifying import not_identifiable
from civcas.register.building import build
from civcas.terms.reading import Reading

pytestmark = pytest.mark.slow

# rows given and rows flagged; every row is read
ACCOUNTS = {
    "airwars/airwars_syria_2014_2016.csv": (2223, 7),
    "airwars/airwars_syria_monthly.csv": (659, 0),
    "airwars/published_figures.csv": (183, 0),
    "coalition_strikes/centcom_declared_strikes.csv": (5531, 7),
    "coalition_strikes/coalition_declared_strikes_monthly.csv": (46, 0),
    "drone_strikes/tbij_strikes.csv": (944, 10),
    "dutch_oir/dutch_oir_strikes.csv": (2188, 789),
    "foreign_fighters/icsr.csv": (105, 0),
    "gdelt/gdelt_georgia_interstate.csv": (11356, 0),
    "gdelt/CAMEO.eventcodes.txt": (311, 0),
    "gdelt/CAMEO.goldsteinscale.txt": (311, 0),
    "iraq_airstrikes/airstrikes_2007_08.csv": (3938, 904),
    "iraq_airstrikes/insurgencies_2007_08.csv": (68573, 2095),
    "mse/kosovo_aggregate.csv": (4400, 4385),
    "ucdp_ged/ged191_syria.csv.gz": (16566, 87),
    "ucdp_ged/ged_chechnya.csv": (1964, 9),
    "ucdp_ged/ged_car_events.csv": (1848, 18),
    "ucdp_ged/ged_car_reports.csv": (2705, 26),
    "unga/IdealpointestimatesAll_Apr2020.csv": (10469, 0),
    "unga/IdealpointestimatesMiddleEast_Apr2020.csv": (7896, 0),
}
SCRIPT = Path(__file__).parents[2] / "benchmarks" / "accounts.py"


@pytest.fixture(scope="module")
def accounts():
    spec = importlib.util.spec_from_file_location("accounts", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules["accounts"] = module
    spec.loader.exec_module(module)
    return module


def test_the_accounts_name_every_published_file_of_the_data(accounts, real_data: Path) -> None:
    # a folder with a page of its own holds tables for estimators and claims; field/ holds made-up files, which have tests of their own
    own_page = {page.parent.name for page in real_data.glob("*/README.md")} | {"field"}
    tables = {p.relative_to(real_data) for p in real_data.rglob("*") if p.suffix in (".csv", ".gz", ".txt")}
    assert (
        {str(t) for t in tables if len(t.parts) > 1 and t.parts[0] not in own_page}
        == set(accounts.FILES)
        == set(ACCOUNTS)
    )


@pytest.mark.parametrize("file", ACCOUNTS)
def test_every_real_file_is_read_and_accounted_for(accounts, real_data: Path, tmp_path: Path, file: str) -> None:
    said = accounts.imported(real_data, file, accounts.FILES[file], tmp_path).accounts
    assert (said.given, said.flagged) == ACCOUNTS[file]
    assert (said.read, said.unread) == (said.given, 0)


def test_declared_strikes_sum_to_12241_and_the_sentences_are_counted_again(take, real_data: Path) -> None:
    imported = take("strike_releases", real_data / "coalition_strikes/centcom_declared_strikes.csv")
    strikes = rows(imported, "strike")
    assert sum(r["strikes_min"] for r in strikes) == sum(r["strikes_max"] for r in strikes) == 12_241
    assert len({r["strike_id"] for r in strikes}) == 5531
    assert {r["kind"]: r["row"] for r in rows(imported, "flagged") if r["kind"].startswith("the sentence")} == {
        "the sentence says another number of strikes": 218
    }


def test_one_sided_violence_by_russia_in_chechnya_is_146_events_and_2306_civilians(take, real_data: Path) -> None:
    imported = take("ucdp_ged", real_data / "ucdp_ged/ged_chechnya.csv")
    found = [
        r
        for r in rows(imported)
        if r["kind"] == "one-sided" and r["belligerents"] == "Government of Russia (Soviet Union)"
    ]
    assert len(found) == 146
    assert [sum(r[c] for r in found) for c in ("civ_killed_min", "all_killed_min", "all_killed_max")] == [
        2306,
        2254,
        5418,
    ]


@pytest.mark.parametrize(
    ("first", "last", "strikes", "lowest", "highest"),
    [
        ("2002", "2009-01-20", 59, 3.02, 6.42),
        ("2009-01-20", "2017-01-20", 667, 0.64, 1.36),
        ("2017-01-20", "2030", 218, 0.20, 0.61),
    ],
)
def test_civilians_killed_per_drone_strike_of_three_presidents(
    take, real_data: Path, first: str, last: str, strikes: int, lowest: float, highest: float
) -> None:
    imported = take("tbij_drones", real_data / "drone_strikes/tbij_strikes.csv")
    found = [r for r in rows(imported) if first <= r["date_start"].isoformat() < last]
    assert len(found) == strikes
    assert round(sum(r["civ_killed_min"] for r in found) / strikes, 2) == lowest
    assert round(sum(r["civ_killed_max"] for r in found) / strikes, 2) == highest


def test_dutch_decimal_commas_are_degrees_and_a_blank_after_a_country_names_no_other_country(
    take, real_data: Path
) -> None:
    imported = take("dutch_strikes", real_data / "dutch_oir/dutch_oir_strikes.csv")
    strikes = rows(imported)
    assert strikes[0]["latitude"] == 36.74615732
    assert {r["area"] for r in strikes} == {"Iraq", "Iraq ", "Syria", None}
    built = build({"strike": ibis.duckdb.connect().read_parquet(imported.tables["strike"])})["strike"]
    assert built.area.value_counts(name="n").order_by("area").to_pyarrow().to_pylist() == [
        {"area": "Iraq", "n": 1853},
        {"area": "Syria", "n": 331},
        {"area": None, "n": 4},
    ]


def test_machine_coded_events_keep_leading_zeros_and_bring_no_casualty(take, real_data: Path) -> None:
    file = real_data / "gdelt/gdelt_georgia_interstate.csv"
    imported = take("gdelt", file)
    first = rows(imported)[0]
    assert (first["interaction_id"], first["code"], first["initiator"]) == ("gdelt:125503097", "040", "GEOGOV")
    assert not {c for c in first if "killed" in c}
    assert list(imported.tables) == ["interaction", "unread", "flagged"]
    assert imported.kept and imported.kept.read_bytes() == file.read_bytes()
    assert json.loads(first["extra"])["AvgTone"] == "7.10059171597633"


def test_an_ideal_point_of_session_n_stands_for_the_year_1945_plus_n(take, real_data: Path) -> None:
    first = rows(take("ideal_points", real_data / "unga/IdealpointestimatesAll_Apr2020.csv"))[0]
    assert (first["country"], first["period_start"].year, first["value"]) == ("United States", 1946, 1.675486)
    assert (first["low"], first["high"]) == (1.348943, 2.028481)
    assert json.loads(first["extra"])["iso3c"] == "USA"


def test_russia_in_syria_is_refused_from_ged_and_answered_from_airwars(take, real_data: Path) -> None:
    asked = Reading.of(belligerents="Russian Military", area="Syria", window="2016")
    ged = _register(take("ucdp_ged", real_data / "ucdp_ged/ged191_syria.csv.gz"))
    refused = not_identifiable(ged, measure="civcas_total", reading=asked)
    assert refused is not None
    assert refused.reason.startswith(
        "Russian Military is not identifiable in Syria from ucdp_ged: UCDP GED has no Government of Russia"
    )
    assert (
        not_identifiable(ged, measure="civcas_total", reading=asked.varied(belligerents="Government of Syria")) is None
    )
    airwars = _register(take("airwars", real_data / "airwars/airwars_syria_2014_2016.csv", country="Syria"))
    assert not_identifiable(airwars, measure="civcas_total", reading=asked) is None
    harm = airwars["harm_by_period"]
    year = harm.filter((harm.belligerent == "Russian Military") & (harm.period_start.year() == 2016))
    assert year.killed_min.sum().to_pyarrow().as_py() > 5000


def _register(imported) -> dict[str, ibis.Table]:
    db = ibis.duckdb.connect()
    return build(
        {n: db.read_parquet(p, table_name=n) for n, p in imported.tables.items() if n not in ("unread", "flagged")}
    )
