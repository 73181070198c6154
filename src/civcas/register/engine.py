"""The engine that holds the tables: DuckDB in this process, or Spark, here or at an address."""

from __future__ import annotations

import os
import shutil
import socket
import sys
from typing import Any
from urllib.parse import urlsplit

import ibis

from civcas.errors import BadInput, MissingExtra, UnknownName

ENGINES = ("duckdb", "spark")
CONNECT_PORT = 15002  # where a Spark Connect server listens unless told otherwise
PATIENCE = 10  # seconds
LOCAL = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.log.level": "ERROR",
}


def connect(engine: str = "duckdb", *, address: str = "", memory: str = "2g", threads: str = "*") -> Any:
    """An Ibis connection. `address` is that of a Spark Connect server, sc://host:port; without one Spark runs in this machine.

    The same expressions run on both, and a test holds their answers to be the same; a number may differ in its last
    digit where numbers with fractions are summed in another order.
    """
    if engine == "duckdb":
        return ibis.duckdb.connect()
    if engine == "spark":
        return ibis.pyspark.connect(_session(address, memory, threads))
    raise UnknownName("engine", engine, ENGINES)


def _session(address: str, memory: str, threads: str) -> Any:
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise MissingExtra("The engine spark", "spark") from None
    if address:
        _reach(address)
        return SparkSession.builder.remote(address).getOrCreate()
    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        raise BadInput(
            "Spark needs Java, which is not on this machine",
            do="Install a Java 17 runtime (Debian: openjdk-17-jre-headless), or name a Spark Connect server",
        )
    # its workers are to have what this process has; without this they run whichever python3 comes first
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.master(f"local[{threads}]").appName("civcas").config("spark.driver.memory", memory)
    for key, value in LOCAL.items():
        builder = builder.config(key, value)
    return builder.getOrCreate()


def _reach(address: str) -> None:
    """Refuse an address where nothing listens: Spark's own client would try for many minutes."""
    place = urlsplit(address)
    try:
        with socket.create_connection((place.hostname or "", place.port or CONNECT_PORT), timeout=PATIENCE):
            return
    except (OSError, ValueError) as unreached:
        raise BadInput(
            f"no Spark Connect server answers ({unreached})", where=address, expected="sc://host:port"
        ) from None
