"""Rows as their publisher wrote them, every cell as text, in the order of the file: for layouts too wide for `extra`."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.dataset as arrow_dataset
import pyarrow.parquet as pq

from civcas.importers.given import quote, text
from civcas.terms.tables import TABLES

PUBLISHED = "published"
STREAMED = 100_000  # rows a batch


def keep_published(staged: Path, out: Path) -> Path:
    """Move the staged rows beside the tables; the n-th row is row n of the file."""
    path = out / f"{PUBLISHED}.parquet"
    shutil.move(staged, path)
    return path


def stream(tables: Mapping[str, Path], name: str) -> pa.RecordBatchReader:
    """One table in batches; `extra` holds the published row as JSON where `published` stands beside the table."""
    contract = TABLES.get(name)
    if PUBLISHED not in tables or contract is None or "extra" not in contract.schema.names:
        return arrow_dataset.dataset(tables[name], format="parquet").scanner().to_reader()
    columns = pq.read_schema(tables[PUBLISHED]).names
    whole = "to_json({" + ", ".join(f"{text(c)}: p.{quote(c)}" for c in columns) + "})"
    fields = ", ".join(
        f"CAST({whole} AS VARCHAR) AS extra" if f == "extra" else f"t.{quote(f)}" for f in contract.schema.names
    )
    sql = f"""SELECT {fields} FROM read_parquet({text(str(tables[name]))}) t
        JOIN read_parquet({text(str(tables[PUBLISHED]))}, file_row_number=true) p ON p.file_row_number + 1 = t.row ORDER BY t.row"""
    return duckdb.connect().sql(sql).to_arrow_reader(STREAMED)
