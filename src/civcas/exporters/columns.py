"""Which columns may be written, and rows in batches, so that a table of any length fits."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from civcas.errors import BadInput, NotYet
from civcas.exporters.exporter import Request
from civcas.terms.tables import Field
from civcas.terms.vocabulary import Sensitivity

ROWS = 50_000
NEVER = ("unread", "flagged", "published")  # accounts of an import, not what the register says
_ORDER = (Sensitivity.PUBLIC, Sensitivity.INTERNAL, Sensitivity.RESTRICTED)


def written_tables(request: Request) -> dict[str, ibis.Table]:
    """The tables of the contract among those given; without one there is nothing to write."""
    names = [name for name in request.contract if name not in NEVER]
    found = {name: request.tables[name] for name in names if name in request.tables}
    if not found:
        raise BadInput("there is no table to export", expected="one of " + ", ".join(names))
    return found


def visible(request: Request, name: str) -> tuple[Field, ...]:
    """The fields of this table that somebody with that clearance may see, in the contract's order."""
    highest = min(_ORDER.index(request.clearance), _ORDER.index(Sensitivity.INTERNAL))
    there = set(request.tables[name].columns)
    return tuple(f for f in request.contract[name].fields if f.name in there and _ORDER.index(f.sensitivity) <= highest)


def ordered(request: Request, name: str, fields: tuple[Field, ...]) -> ibis.Table:
    """Only those fields, rows in the order of their key: the same register gives the same file."""
    table = request.tables[name]
    keys = [k for k in request.contract[name].key if k in table.columns] or [f.name for f in fields]
    return table.order_by(keys).select([f.name for f in fields])


def reader(request: Request, name: str, fields: tuple[Field, ...]) -> pa.RecordBatchReader:
    """Rows in batches with the contract's types and meanings."""
    schema = pa.schema([f.arrow() for f in fields], metadata={"civcas_table": name})
    return stream(ordered(request, name, fields), schema)


def stream(table: ibis.Table, schema: pa.Schema) -> pa.RecordBatchReader:
    return pa.RecordBatchReader.from_batches(schema, _batches(table, schema))


def _batches(table: ibis.Table, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """By way of a Parquet file, which every engine writes in bounded memory."""
    with tempfile.TemporaryDirectory(prefix="civcas-export-") as folder:
        path = Path(folder) / "rows.parquet"
        table.to_parquet(path)
        if not path.exists():
            raise NotYet("the engine wrote to a disk of its own, which cannot be read from here",
                         do="Export where the Spark server runs, or with engine = \"duckdb\" in civcas.toml")  # fmt: skip
        # Spark writes a folder of files, which are in the order of the rows.
        for part in sorted(path.glob("*.parquet")) if path.is_dir() else [path]:
            with pq.ParquetFile(part) as file:
                for batch in file.iter_batches(ROWS):
                    yield from pa.Table.from_batches([batch]).cast(schema).to_batches()


def scratch() -> duckdb.DuckDBPyConnection:
    """An in-memory DuckDB that writes files and does nothing else."""
    return duckdb.connect(":memory:", config={"autoinstall_known_extensions": False})
