"""DuckDB and Spark give the same answers, row for row, over every table and every measure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pytest
from laid_out import plain_rows
from made_up_war import write

from civcas.catalog import entries, find
from civcas.errors import UnknownName
from civcas.exporters.exporter import Request
from civcas.register.building import build
from civcas.register.engine import connect
from civcas.register.folder import together
from civcas.terms.estimate import Estimate
from civcas.terms.reading import Reading
from civcas.terms.tables import TABLES
from civcas.terms.vocabulary import Sensitivity

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.xdist_group("spark")]

FEW_ROWS = {
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.adaptive.enabled": "false",
}
NOT_OF_THE_REGISTER = {"unread", "flagged"}  # accounts of an import
FILES_ONLY = {"toll_ratio"}  # it reads a file of events, and nothing of the register
BOTH = {"exposed": "B", "reference": "A", "area": "E", "window": "2015-02..2016-11"}
ONE = {"belligerent": "A", "area": "E", "window": "2015-02..2016-11"}
CHANCE = {"replicates": 400, "seed": 3}
KINDS = {"treatment": "raid", "control": "patrol", "outcome": "attack"}
ASKED: dict[str, list[dict[str, Any]]] = {
    "civcas_total": [{"belligerents": ("A",)}, {"belligerents": ("B",), "attribution": "sole", "bound": "range"}],
    "rate": [{"belligerents": ("A",), "exposure": e} for e in ("month", "day", "incident", "declared strike")],
    "rate_ratio": [
        {"belligerents": ("B", "A"), "exposure": "declared strike"},
        {"belligerents": ("B", "A"), "exposure": "incident", "grades": "all", "attribution": "shared"},
    ],
    "change": [ONE, ONE | {"province": "South", "of": "incidents"}],
    "trend": [ONE],
    "delay": [ONE | CHANCE],
    "incident_rate": [ONE | CHANCE | {"exposure": "incident"}],
    "incident_ratio": [BOTH | CHANCE, BOTH | CHANCE | {"contested_weight": 0.5, "exposure": "incident"}],
    "incident_regression": [BOTH | {"covariates": ["province"]}],
    "pooled_rates": [BOTH | {"seed": 3}],
    "tipping_point": [BOTH | CHANCE],
    "published_figure": [{"belligerent": "B", "area": "E", "window": "2015..2016", "what": "killed", "as_of": "2016-06-01"}],
    "published_range": [{"item": "F", "indicator": "fighters"}],
    "rank_in_figures": [{"item": "F", "indicator": "fighters", "top": 1}],
    "revision": [{"belligerent": "B", "window": "2015..2016", "first": "killed (first published)", "later": "killed (revised)"}],
    "undercount": [{"method": "loglinear"}, {"belligerent": "A", "lists": ("X", "Y")}],
    "consequence": [KINDS | {"design": "wake", "days": "5,10", "km": "5,20", "draws": 99, "where": "weather=good"}],
}  # fmt: skip
REFUSED = {"pooled_rates"}  # too many of this war's incidents have no highest number
QUESTIONS = [(name, words) for name, asked in ASKED.items() for words in asked]
Tables = Mapping[str, ibis.Table]
War = tuple[Path, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    pytest.importorskip("pyspark", reason="pip install 'civcas[spark]'")
    connection = connect("spark", memory="1g", threads="2")
    for setting, value in FEW_ROWS.items():
        connection._session.conf.set(setting, value)
    yield connection
    connection._session.stop()


@pytest.fixture(scope="module")
def war(tmp_path_factory: pytest.TempPathFactory) -> War:
    out = tmp_path_factory.mktemp("war")
    return out, write(out)


@pytest.fixture(scope="module")
def here(war: War, tmp_path_factory: pytest.TempPathFactory) -> Tables:
    return laid_out(war, ibis.duckdb.connect(), tmp_path_factory.mktemp("here"))


@pytest.fixture(scope="module")
def there(war: War, spark: Any, tmp_path_factory: pytest.TempPathFactory) -> Tables:
    return laid_out(war, spark, tmp_path_factory.mktemp("there"))


def laid_out(war: War, db: Any, out: Path) -> Tables:
    """The register, each table worked out once by the engine, and read by it again from what it wrote."""
    folder, decisions = war
    given = {path.stem: together(db, path.stem, [path]) for path in sorted(folder.glob("*.parquet"))}
    built = build(given, decisions)
    for name, table in built.items():
        table.to_parquet(out / f"{name}.parquet")
    return {name: db.read_parquet(str(out / f"{name}.parquet")) for name in built}


def test_an_engine_nobody_knows_is_answered_with_those_there_are() -> None:
    with pytest.raises(UnknownName, match="duckdb, spark"):
        connect("sprak")


def test_every_measure_is_asked_of_both_engines_or_reads_nothing_of_the_register() -> None:
    assert set(ASKED) | FILES_ONLY == set(entries("measures"))


@pytest.mark.spark
def test_every_table_with_links_and_decisions_is_the_same_on_both_engines(here: Tables, there: Tables) -> None:
    assert set(here) == set(there) == set(TABLES) - NOT_OF_THE_REGISTER
    for name in here:
        found = plain_rows(here[name], name)
        assert plain_rows(there[name], name) == found, name
        assert found, name


@pytest.mark.spark
def test_a_day_is_a_day_on_both_engines(here: Tables, there: Tables) -> None:
    for name in here:
        days = [f.name for f in TABLES[name].fields if f.type == pa.date32()]
        assert {str(tables[name].schema()[day]) for tables in (here, there) for day in days} <= {"date"}, name


@pytest.mark.spark
def test_a_register_on_spark_is_exported_byte_for_byte_as_one_on_duckdb(
    here: Tables, there: Tables, tmp_path: Path
) -> None:
    for held, out in ((here, tmp_path / "here"), (there, tmp_path / "there")):
        find("exporters", "csv").write(Request(tables=held, out=out, clearance=Sensitivity.INTERNAL))
    files = sorted(path.name for path in (tmp_path / "here").iterdir())
    assert files == sorted(path.name for path in (tmp_path / "there").iterdir())
    for name in files:
        assert (tmp_path / "there" / name).read_bytes() == (tmp_path / "here" / name).read_bytes(), name


@pytest.mark.spark
@pytest.mark.parametrize(("name", "words"), QUESTIONS, ids=[name for name, _ in QUESTIONS])
def test_every_measure_is_the_same_on_both_engines(
    here: Tables, there: Tables, name: str, words: dict[str, Any]
) -> None:
    found = answer(here, name, words)
    assert isinstance(found, Estimate) or name in REFUSED, found
    assert said(answer(there, name, words)) == said(found)


@pytest.mark.spark
def test_a_party_that_the_data_cannot_tell_is_refused_on_both_engines(here: Tables, there: Tables) -> None:
    refused = answer(here, "civcas_total", {"belligerents": ("C",), "grades": "all", "window": "2015-06"})
    assert said(answer(there, "civcas_total", {"belligerents": ("C",), "grades": "all", "window": "2015-06"})) == said(
        refused
    )


def answer(tables: Tables, name: str, words: dict[str, Any]) -> Any:
    measure = find("measures", name)
    if measure.by == "options":
        return measure.answer(tables, **words)
    return measure.answer(tables, Reading.of(**{"area": "E", "window": "2015-02..2016-11"} | words))


def said(answer: Any) -> Any:
    """An answer without what no two runs share, and without the last digits of sums made in another order."""
    return rounded(answer.to_dict() | {"seconds": None})


def rounded(value: Any) -> Any:
    if isinstance(value, float):
        return f"{value:.9g}"
    if isinstance(value, dict):
        return {key: rounded(each) for key, each in value.items()}
    return [rounded(each) for each in value] if isinstance(value, list | tuple) else value
