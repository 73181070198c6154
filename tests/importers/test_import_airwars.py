"""Airwars' real incidents, against the published monthly table and figures an independent script computed."""

from __future__ import annotations

import csv
from pathlib import Path

import ibis
import numpy as np
import pytest

from civcas.register.building import build

FILE = "airwars/airwars_syria_2014_2016.csv"

pytestmark = pytest.mark.slow


@pytest.fixture
def register(take, real_data: Path) -> dict[str, ibis.Table]:
    imported = take("airwars", real_data / FILE, country="Syria")
    return build({"report": ibis.duckdb.connect().read_parquet(imported.tables["report"])})


def test_every_row_is_read_and_what_looks_odd_is_flagged(take, real_data: Path) -> None:
    accounts = take("airwars", real_data / FILE).accounts
    assert (accounts.given, accounts.read, accounts.unread, accounts.flagged) == (2223, 2223, 0, 7)
    assert accounts.doubts == {
        "a range whose lowest exceeds its highest": 4,
        "no date": 2,
        "a date before anything the publisher records": 1,
    }


def test_months_agree_with_the_shipped_monthly_table_in_every_cell(register, real_data: Path) -> None:
    with (real_data / "airwars/airwars_syria_monthly.csv").open(encoding="utf-8") as stream:
        published = [r for r in csv.DictReader(stream) if r["month"] < "2017"]
    spelt = {"sole": "sole", "joint": "shared"}
    expected = {
        (r["belligerent"], r["month"], r["grading"], spelt[r["attribution"]]): (
            int(r["incidents"]), int(r["civilians_killed_min"]), int(r["civilians_killed_max"]), int(r["incidents_without_a_number"]),
        )
        for r in published
    }  # fmt: skip
    found = {
        (r["belligerent"], r["period_start"].strftime("%Y-%m"), r["grading"], r["attribution"]): (
            r["incidents"], r["killed_min"], r["killed_max"], r["without_a_number"],
        )
        for r in register["harm_by_period"].to_pyarrow().to_pylist()
        if r["belligerent"] in ("Russian Military", "U.S.-led Coalition")
    }  # fmt: skip
    assert len(expected) == 195
    assert found == expected


def test_two_belligerents_in_one_cell_are_two_rows_of_attribution_once_each(register) -> None:
    attribution = register["attribution"].to_pyarrow().to_pylist()
    pairs = [(r["incident_id"], r["belligerent"]) for r in attribution]
    assert len(pairs) == len(set(pairs)) == 2292
    assert {(r["share_min"], r["share_max"]) for r in attribution if r["named"] == 1} == {(1.0, 1.0)}
    assert {(r["share_min"], r["share_max"]) for r in attribution if r["named"] > 1} == {(0.0, 1.0)}


def test_incidents_of_one_belligerent_sum_and_compare_as_published(register) -> None:
    incident, harm, attribution = (register[n] for n in ("incident", "harm", "attribution"))
    killed = harm.filter((harm.group == "civilians") & (harm.outcome == "killed"))
    sole = attribution.filter(attribution.named == 1)
    window = incident.filter(incident.date_start.between("2015-09-30", "2016-12-31"))
    rows = window.inner_join(sole, "incident_id").left_join(killed, "incident_id").select("belligerent", "min", "max")
    found = rows.to_pyarrow().to_pylist()
    russia = [(r["min"] or 0, r["max"] or 0) for r in found if r["belligerent"] == "Russian Military"]
    coalition = [(r["min"] or 0, r["max"] or 0) for r in found if r["belligerent"] == "U.S.-led Coalition"]
    assert (len(russia), len(coalition)) == (1761, 238)
    assert np.sum(russia, axis=0).tolist() == [7651, 11919]
    assert np.sum(coalition, axis=0).tolist() == [1043, 1538]
    assert [round(x, 1) for x in np.sum(russia, axis=0) / np.sum(coalition, axis=0)] == [7.3, 7.7]
    drawn = _bootstrap(np.array(russia)[:, 0], np.array(coalition)[:, 0])
    assert np.quantile(drawn, [0.025, 0.975]) == pytest.approx([5.7, 9.6], abs=0.15)


def _bootstrap(exposed: np.ndarray, reference: np.ndarray, draws: int = 4000) -> np.ndarray:
    """How many incidents happen is drawn too, so each incident is drawn a Poisson number of times."""
    rng = np.random.default_rng(7)
    above = rng.poisson(1.0, (draws, len(exposed))) @ exposed
    return above / (rng.poisson(1.0, (draws, len(reference))) @ reference)
