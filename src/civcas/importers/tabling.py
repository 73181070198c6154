"""Writes the tables of a plan, all in one pass over the rows that can be read, and notes the rows to look at twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from civcas.importers.asking import one, streamed
from civcas.importers.doubling import doubles
from civcas.importers.given import quote, text
from civcas.importers.values import Flag, Question
from civcas.terms.tables import FLAGGED, table

GROUP = 100_000  # rows a group of a file


@dataclass(frozen=True, slots=True, kw_only=True)
class Tabled:
    """Tables of the rows that could be read, how many rows those were, and which to look at twice."""

    tables: Mapping[str, Path]
    rows: int
    flagged: pa.Table


def write_tables(db: duckdb.DuckDBPyConnection, asked: Question, source: str, folder: Path) -> Tabled:
    """Every row of `source` (what follows FROM, in the order of the file) goes into each table once.

    Rows that bear no number are the first, second, … of the file.
    """
    paths = {name: folder / f"{name}.parquet" for name in asked.tables}
    doubtful: list[list[pa.Table]] = [[] for _ in asked.flags]
    digests: list[pa.Table] = []
    rows = 0
    with ExitStack() as open_files:
        writers = {n: open_files.enter_context(_writer(n, path)) for n, path in paths.items()}
        for batch in streamed(db, f"SELECT {asked.sql} FROM {source}", GROUP):
            places = batch.column(asked.number) if asked.number else _counted(rows + 1, batch.num_rows)
            for name, columns in asked.tables.items():
                writers[name].write_batch(_filled(name, columns, batch, places))
            for found, flag in zip(doubtful, asked.flags, strict=True):
                found.extend(_flagged(flag, batch, places))
            if asked.digest:
                digests.append(pa.table([places, batch.column(asked.digest)], names=["row", "digest"]))
            rows += batch.num_rows
    main = next(iter(paths))
    if main in asked.named_by_row:
        doubtful.append([doubles(db, paths[main], main, pa.concat_tables(digests) if digests else None)])
    for name, path in paths.items():
        if name in asked.named_by_row:
            _number_repeats(db, path, table(name).key[0], rows)
    flagged = pa.concat_tables([pa.Table.from_batches([], FLAGGED.schema), *(t for found in doubtful for t in found)])
    return Tabled(tables=paths, rows=rows, flagged=flagged)


def _schema(name: str) -> pa.Schema:
    """What stands in one file must not change the types of its tables: any column may hold a blank."""
    return pa.schema([(f.name, f.type) for f in table(name).fields])


def _writer(name: str, path: Path) -> pq.ParquetWriter:
    return pq.ParquetWriter(path, _schema(name), compression="zstd", compression_level=1)


def _counted(first: int, rows: int) -> pa.Array:
    """So many numbers from the first up. (`pa.array` would load pandas, which takes longer than reading a small file.)"""
    return pa.Array.from_buffers(pa.int64(), rows, [None, pa.py_buffer(np.arange(first, first + rows, dtype=np.int64))])


def _filled(name: str, columns: Mapping[str, str], batch: pa.RecordBatch, places: pa.Array) -> pa.RecordBatch:
    """One table's fields out of the values of its rows."""

    def field(spelt: str, kind: pa.DataType) -> pa.Array:
        if spelt == "row":
            return places
        return batch.column(columns[spelt]) if spelt in columns else pa.nulls(batch.num_rows, kind)

    schema = _schema(name)
    return pa.RecordBatch.from_arrays([field(f.name, f.type) for f in schema], schema=schema)


def _flagged(flag: Flag, batch: pa.RecordBatch, number: pa.Array) -> Iterator[pa.Table]:
    when = batch.column(flag.when)
    if when.true_count:
        kind = pa.repeat(flag.kind, when.true_count)
        rows = [number.filter(when), kind, batch.column(flag.says).filter(when)]
        yield FLAGGED.conform(pa.Table.from_arrays(rows, names=["row", "kind", "reason"]))


def _number_repeats(db: duckdb.DuckDBPyConnection, path: Path, key: str, rows: int) -> None:
    """Give rows that bear the same name a number, from the second on, in the order of the file."""
    file, name = f"read_parquet({text(str(path))})", quote(key)
    if one(db, f"SELECT count(DISTINCT hash({name})) FROM {file}") == rows:
        return
    nth = f"row_number() OVER (PARTITION BY {name} ORDER BY row)"
    told_apart = f"{name} || CASE WHEN {nth} > 1 THEN '#' || {nth} ELSE '' END"
    numbered = path.with_suffix(".numbered")
    with pq.ParquetWriter(numbered, pq.read_schema(path), compression="zstd", compression_level=1) as writer:
        for batch in streamed(db, f"SELECT * REPLACE ({told_apart} AS {name}) FROM {file} ORDER BY row", GROUP):
            writer.write_batch(batch)
    numbered.replace(path)
