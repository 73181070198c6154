"""A case whose engine is a Spark Connect server gives the answers that DuckDB gives."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from spark_connect_server import server

import civcas.importers

pytestmark = [pytest.mark.spark, pytest.mark.xdist_group("spark")]

SAMPLE = Path(civcas.importers.__file__).parent / "samples" / "airwars" / "wide_table.csv"
ASK = ["--belligerent", "Air Force A", "--area", "Exampleland", "--window", "2016-02", "--grades", "all"]


def run(*words: str | Path) -> str:
    """A command in a process of its own: one process holds one kind of Spark session."""
    started = [sys.executable, "-W", "ignore", "-m", "civcas", *map(str, words)]
    done = subprocess.run(started, capture_output=True, text=True, check=False, env=os.environ | {"COLUMNS": "200"})
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_case_on_a_spark_connect_server_answers_as_on_duckdb(tmp_path: Path) -> None:
    pytest.importorskip("pyspark", reason="pip install 'civcas[spark]'")
    case = tmp_path / "case"
    run("new", case)
    run("import", "airwars", SAMPLE, "--case", case, "--country", "Exampleland")
    run("decide", "attribution", "airwars:2", "Militia B: cleared", "--because", "test", "--case", case)
    run("decide", "link", "airwars:1", "airwars:2", "--because", "test", "--case", case)
    settings = case / "civcas.toml"
    written = settings.read_text(encoding="utf-8")
    here = json.loads(run("measure", "civcas_total", "--case", case, "--json", *ASK))
    with server(tmp_path / "server.log") as address:
        spark = written.replace('engine = "duckdb"', f'engine = "spark"\nengine_address = "{address}"')
        assert spark != written
        settings.write_text(spark, encoding="utf-8")
        there = json.loads(run("measure", "civcas_total", "--case", case, "--json", *ASK))
        run("export", "ucdp_like", tmp_path / "there", "--case", case, "--internal")
    assert there | {"seconds": 0} == here | {"seconds": 0}
    assert (here["value"], here["n"]) == (3, 1)
    settings.write_text(written, encoding="utf-8")
    run("export", "ucdp_like", tmp_path / "here", "--case", case, "--internal")
    files = sorted(p.name for p in (tmp_path / "here").iterdir())
    assert files == sorted(p.name for p in (tmp_path / "there").iterdir())
    for name in files:
        assert (tmp_path / "there" / name).read_bytes() == (tmp_path / "here" / name).read_bytes(), name


def test_an_address_where_nothing_answers_is_one_clear_message(tmp_path: Path) -> None:
    pytest.importorskip("pyspark", reason="pip install 'civcas[spark]'")
    script = "from civcas.register.engine import connect; connect('spark', address='sc://127.0.0.1:1')"
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", script], capture_output=True, text=True, check=False)
    assert "BadInput: sc://127.0.0.1:1: no Spark Connect server answers" in done.stderr
