"""DuckDB and Spark give the same answers, row for row, over every table and every measure that takes a reading."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ibis
import pytest
from laid_out import plain_rows

import civcas.importers
from civcas.catalog import entries, find
from civcas.errors import CivcasError, UnknownName
from civcas.importers.importer import Options
from civcas.importers.reading import read
from civcas.register.engine import connect
from civcas.register.folder import open_folder
from civcas.terms.estimate import Estimate
from civcas.terms.reading import Reading

SAMPLES = Path(civcas.importers.__file__).parent / "samples"
GIVEN = {
    "airwars": "wide_table.csv",
    "ucdp_ged": "events.csv",
    "strike_releases": "releases.csv",
    "gdelt": "events_2.0.tsv",
    "ideal_points": "all_votes.csv",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("tables")
    for name, file in GIVEN.items():
        read(find("importers", name), SAMPLES / name / file, out / name, Options(country="Exampleland"))
    return out


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    pytest.importorskip("pyspark", reason="pip install 'civcas[spark]'")
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        connection = connect("spark", memory="1g", threads="2")
        connection._session.conf.set("spark.sql.shuffle.partitions", "2")
        yield connection
        connection._session.stop()


def test_an_engine_nobody_knows_is_answered_with_those_there_are() -> None:
    with pytest.raises(UnknownName, match="duckdb, spark"):
        connect("sprak")


@pytest.mark.spark
@pytest.mark.filterwarnings("ignore")
def test_every_table_of_the_register_is_the_same_on_both_engines(folder: Path, spark: Any) -> None:
    here, there = open_folder(folder), open_folder(folder, spark)
    assert (
        set(here)
        == set(there)
        >= {"report", "strike", "interaction", "indicator", "incident", "harm", "attribution", "harm_by_period"}
    )
    for name in here:
        assert plain_rows(there[name], name) == plain_rows(here[name], name), name


@pytest.mark.spark
@pytest.mark.filterwarnings("ignore")
def test_every_measure_of_a_reading_is_the_same_on_both_engines(folder: Path, spark: Any) -> None:
    here, there = open_folder(folder), open_folder(folder, spark)
    asked = Reading.of(belligerents=("Air Force A", "Militia B"), area="Exampleland", window="2016-02", grades="all")
    for name, measure in entries("measures").items():
        if measure.by == "reading" and set(measure.needs) <= set(here):
            one = asked.only(0) if len(measure.belligerents) == 1 else asked
            assert said(measure, there, one) == said(measure, here, one), name


def said(measure: Any, tables: dict[str, ibis.Table], asked: Reading) -> dict[str, Any]:
    """An answer without what no two runs share, such as seconds."""
    try:
        answer = measure.answer(tables, asked)
    except CivcasError as refused:
        return {"error": str(refused)}
    told = answer.to_dict()
    if isinstance(answer, Estimate):
        told |= {k: round(told[k], 9) for k in ("value", "low", "high") if told[k] is not None} | {"seconds": None}
    return told
