"""What is exported can be opened by others, says no more than it may, and comes back unchanged."""

from __future__ import annotations

import csv
import json
import sqlite3
from pathlib import Path

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import civcas.importers
from civcas.catalog import entries, find
from civcas.cli.app import main
from civcas.errors import BadInput
from civcas.exporters.exporter import Request
from civcas.importers.reading import read
from civcas.register.folder import open_folder
from civcas.terms.tables import TABLES
from civcas.terms.vocabulary import Sensitivity

SAMPLES = Path(civcas.importers.__file__).parent / "samples"
NASTY = ["=1+1", "+1", "-1", "@a", "'quoted", "'=x", "＝1", "", "two\nlines", '"', "a;b,c", "\ttab", "الباب", None, "'"]


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ibis.Table]:
    """The register of the sample, written once, so that each test reads plain tables."""
    folder = tmp_path_factory.mktemp("register")
    read(find("importers", "airwars"), SAMPLES / "airwars" / "wide_table.csv", folder / "imported")
    db = ibis.duckdb.connect()
    for name, table in open_folder(folder / "imported", db).items():
        table.to_parquet(folder / f"{name}.parquet")
    return {path.stem: db.read_parquet(path, table_name=f"{path.stem}_written") for path in folder.glob("*.parquet")}


def exported(name: str, tables, out: Path, clearance: Sensitivity = Sensitivity.INTERNAL) -> Path:
    find("exporters", name).write(Request(tables=tables, out=out, clearance=clearance))
    return out


def awkward() -> dict[str, ibis.Table]:
    """Two tables with every awkward text, number and gap."""
    count = len(NASTY)
    strikes = TABLES["strike"].conform(
        pa.table({
            "strike_id": [f"s{n:02}" for n in range(count)], "belligerent": ["A"] * count, "place": NASTY,
            "unit": ["strike"] * count,
            "strikes_min": pa.array([None, -46.6, 0.1 + 0.2, *[float(n) for n in range(count - 3)]], pa.float64()),
            "longitude": pa.array([-46.6] * count),
            "latitude": pa.array([None, *[1.5] * (count - 1)], pa.float64()),
            "dataset": ["d"] * count,
        })
    )  # fmt: skip
    return {"strike": ibis.memtable(strikes)}


@pytest.mark.parametrize("name", entries("exporters"))
def test_every_exporter_writes_the_register_and_counts_what_it_wrote(register, tmp_path: Path, name: str) -> None:
    written = find("exporters", name).write(Request(tables=register, out=tmp_path, clearance=Sensitivity.INTERNAL))
    assert written and all(count >= 0 for count in written.values())
    assert all((tmp_path / file.split(":")[0]).exists() for file in written)


def test_a_package_comes_back_unchanged(register, take, tmp_path: Path) -> None:
    for tables in (register, awkward()):
        out = exported("package", tables, tmp_path / str(len(tables)))
        back = take("package", out / "datapackage.json")
        for name, table in tables.items():
            key = list(TABLES[name].key)
            seen = [f.name for f in TABLES[name].fields if f.sensitivity != Sensitivity.RESTRICTED]
            before = TABLES[name].conform(table.to_pyarrow()).select(seen).sort_by([(k, "ascending") for k in key])
            after = pq.read_table(back.tables[name]).select(seen).sort_by([(k, "ascending") for k in key])
            assert after.to_pylist() == before.to_pylist()


def test_a_package_that_was_changed_is_refused(register, take, tmp_path: Path) -> None:
    out = exported("package", register, tmp_path / "p")
    (out / "harm.csv").write_text((out / "harm.csv").read_text().replace("3", "4"))
    with pytest.raises(BadInput, match=r"harm\.csv is not as it was written"):
        take("package", out / "datapackage.json")


def test_a_package_that_points_outside_its_folder_is_refused(register, take, tmp_path: Path) -> None:
    out = exported("package", register, tmp_path / "p")
    described = json.loads((out / "datapackage.json").read_text())
    described["resources"][0]["path"] = "../../etc/passwd"
    (out / "datapackage.json").write_text(json.dumps(described))
    with pytest.raises(BadInput, match="outside or absent"):
        take("package", out / "datapackage.json")


def test_no_cell_of_a_csv_begins_like_a_formula_and_numbers_stay_numbers(tmp_path: Path) -> None:
    out = exported("csv", awkward(), tmp_path)
    with (out / "strike.csv").open(encoding="utf-8", newline="") as stream:
        found = list(csv.DictReader(stream))
    assert not [
        r["place"] for r in found if r["place"][:1] in ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
    ]
    assert {r["longitude"] for r in found} == {"-46.6"}


def test_public_exports_leave_out_what_is_internal_and_none_writes_what_is_restricted(take, tmp_path: Path) -> None:
    tables = open_folder(take("ibc", SAMPLES / "ibc" / "individuals.csv").folder)
    public = exported("csv", tables, tmp_path / "public", Sensitivity.PUBLIC)
    internal = exported("csv", tables, tmp_path / "internal", Sensitivity.RESTRICTED)
    with (public / "report.csv").open() as stream:
        assert not {"latitude", "text", "extra", "person"} & set(next(csv.reader(stream)))
    with (internal / "report.csv").open() as stream:
        columns = set(next(csv.reader(stream)))
    assert "latitude" in columns and "person" not in columns


def test_geojson_has_longitude_first_few_decimals_and_null_where_not_located(take, tmp_path: Path) -> None:
    text = (
        (SAMPLES / "airwars" / "wide_table.csv").read_text().replace("36.1,37.2,village", "36.123456,37.234567,village")
    )
    tables = open_folder(take("airwars", text).folder)
    features = json.loads((exported("geojson", tables, tmp_path / "g") / "incident.geojson").read_text())["features"]
    assert [f["geometry"] for f in features] == [{"type": "Point", "coordinates": [37.235, 36.123]}, None]
    assert features[0]["id"] == "airwars:1"
    with pytest.raises(BadInput, match="no table has coordinates that may be written"):
        exported("geojson", tables, tmp_path / "public", Sensitivity.PUBLIC)


def test_geoparquet_holds_points_in_well_known_binary(register, tmp_path: Path) -> None:
    table = pq.read_table(exported("geoparquet", register, tmp_path) / "incident.parquet")
    geo = json.loads(table.schema.metadata[b"geo"])
    assert (geo["version"], geo["primary_column"], geo["columns"]["geometry"]["encoding"]) == (
        "1.1.0",
        "geometry",
        "WKB",
    )
    first, second = table["geometry"].to_pylist()
    assert first == bytes.fromhex("0101000000") + pa.array([37.2, 36.1]).buffers()[1].to_pybytes()[:16]
    assert second is None


def test_sqlite_has_keys_indexes_and_a_description_of_each_column(register, tmp_path: Path) -> None:
    out = exported("sqlite", register, tmp_path)
    db = sqlite3.connect(out / "register.sqlite")
    try:
        assert db.execute("SELECT count(*) FROM incident").fetchone() == (2,)
        assert db.execute(
            "SELECT min, max FROM harm WHERE incident_id = 'airwars:1' AND \"group\" = 'civilians'"
        ).fetchone() == (3, 5)
        assert (
            db.execute(
                "SELECT count(*) FROM sqlite_master WHERE type = 'index' AND name LIKE 'attribution%'"
            ).fetchone()[0]
            >= 1
        )
    finally:
        db.close()
    described = json.loads((out / "metadata.json").read_text())["databases"]["register"]["tables"]
    assert described["harm"]["columns"]["min"] == "lowest number; null is unknown, never 0 (people)"


def test_a_package_is_described_from_the_contract(register, tmp_path: Path) -> None:
    described = json.loads((exported("package", register, tmp_path) / "datapackage.json").read_text())
    harm = next(r for r in described["resources"] if r["name"] == "harm")
    assert harm["schema"]["primaryKey"] == ["incident_id", "group", "outcome"]
    assert harm["schema"]["foreignKeys"] == [
        {"fields": "incident_id", "reference": {"resource": "incident", "fields": "incident_id"}}
    ]
    assert (
        next(f for f in harm["schema"]["fields"] if f["name"] == "min")["description"]
        == "lowest number; null is unknown, never 0"
    )


def test_ucdp_like_rows_name_sides_and_ranges_and_no_best_number(register, tmp_path: Path) -> None:
    with (exported("ucdp_like", register, tmp_path) / "events.csv").open(newline="") as stream:
        first, second = csv.DictReader(stream)
    assert [first[c] for c in ("side_a", "side_b", "deaths_civilians_low")] == ["Air Force A", "", "3"]
    assert first["deaths_civilians_high"] == "5"
    assert (second["side_a"], second["side_b"], second["deaths_civilians_low"]) == ("Air Force A", "Militia B", "")
    assert "best" not in first


def typed(*words: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(list(words))
    return int(left.value.code or 0)


def test_rows_whose_licence_forbids_it_are_written_for_the_case_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, public in (("ucdp_ged", 0), ("acled", 2)):
        assert typed("import", name, str(SAMPLES / name / "events.csv"), "--out", name) == 0
        assert typed("export", "csv", f"{name}-out", "--tables", name) == public
        assert typed("export", "csv", f"{name}-in", "--tables", name, "--internal") == 0
    assert "rows of acled may not be published again" in capsys.readouterr().err
    assert not (tmp_path / "acled-out").exists()
