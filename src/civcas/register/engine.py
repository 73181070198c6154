"""The engine that holds the tables: DuckDB in this process, or Spark, here or at an address."""

from __future__ import annotations

from typing import Any

import ibis

from civcas.errors import MissingExtra, UnknownName

ENGINES = ("duckdb", "spark")
LOCAL = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
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
        return SparkSession.builder.remote(address).getOrCreate()
    builder = SparkSession.builder.master(f"local[{threads}]").appName("civcas").config("spark.driver.memory", memory)
    for key, value in LOCAL.items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session
