"""A case whose engine is a Spark Connect server gives the answers that DuckDB gives."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from spark_connect_server import server

from civcas import importers
from command_line import civcas

pytestmark = [pytest.mark.spark, pytest.mark.xdist_group("spark")]

SAMPLE = Path(importers.__file__).parent / "samples" / "airwars" / "wide_table.csv"
ASK = ("measure", "civcas_total", "--json", "--belligerent", "Air Force A", "--area", "Exampleland", "--window", "2016-02",
       "--grades", "all")  # fmt: skip


def apart(*words: str | Path) -> str:
    """A command in a process of its own: one process holds one kind of Spark session."""
    started = [sys.executable, "-W", "ignore", "-m", "civcas", *map(str, words)]
    done = subprocess.run(started, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_case_on_a_spark_connect_server_answers_as_on_duckdb(tmp_path: Path) -> None:
    pytest.importorskip("pyspark", reason="pip install 'civcas[spark]'")
    case = tmp_path / "case"
    civcas("new", case)
    civcas("import", "airwars", SAMPLE, "--case", case, "--country", "Exampleland")
    civcas("decide", "attribution", "airwars:2", "Militia B: cleared", "--because", "test", "--case", case)
    here = json.loads(civcas(*ASK, "--case", case).stdout)
    settings = case / "civcas.toml"
    written = settings.read_text(encoding="utf-8")
    with server(tmp_path / "server.log") as address:
        spark = written.replace('engine = "duckdb"', f'engine = "spark"\nengine_address = "{address}"')
        assert spark != written
        settings.write_text(spark, encoding="utf-8")
        there = json.loads(apart(*ASK, "--case", case))
    assert there | {"seconds": 0} == here | {"seconds": 0}
    assert (here["value"], here["n"]) == (3, 2)


def test_an_address_where_nothing_answers_is_one_clear_message(tmp_path: Path) -> None:
    pytest.importorskip("pyspark", reason="pip install 'civcas[spark]'")
    script = "from civcas.register.engine import connect; connect('spark', address='sc://127.0.0.1:1')"
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", script], capture_output=True, text=True, check=False)
    assert "BadInput: sc://127.0.0.1:1: no Spark Connect server answers" in done.stderr
