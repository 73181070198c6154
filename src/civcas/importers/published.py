"""Rows as their publisher wrote them, in the order of the file: for layouts too wide for `extra`."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from civcas.importers.asking import connect
from civcas.importers.given import quote, text
from civcas.importers.text_table import TextTable, described_table
from civcas.terms.tables import TABLES

PUBLISHED = "published"
STREAMED = 50_000  # rows a batch


def keep_published(published: Path | TextTable, out: Path) -> Path:
    """Keep the rows beside the tables: staged rows move there; where they were read straight from a table of text, the text itself.

    The n-th row is row n of the file. A description beside kept text says how to read it.
    """
    for before in out.glob(f"{PUBLISHED}.*"):  # of an earlier import, perhaps kept in the other form
        before.unlink()
    if isinstance(published, Path):
        path = out / f"{PUBLISHED}.parquet"
        shutil.move(published, path)
        return path
    path = out / f"{PUBLISHED}.csv"
    shutil.move(published.path, path)
    path.with_suffix(".json").write_text(published.described(), encoding="utf-8")
    return path


def kept_texts(folder: Path) -> dict[Path, str]:
    """Published rows that are kept as text anywhere in a folder of tables, each file with the SQL that reads it."""
    found = {path: path.with_suffix(".json") for path in folder.rglob(f"{PUBLISHED}.csv")}
    return {path: described_table(path.resolve(), said).sql() for path, said in found.items() if said.is_file()}


def stream(tables: Mapping[str, Path], name: str, kept: Path | None = None) -> pa.RecordBatchReader:
    """One table in batches; `extra` holds the published row as JSON where it stands beside the table, as one or as `kept` text."""
    file = pq.ParquetFile(tables[name])
    batches = file.iter_batches(STREAMED)
    contract = TABLES.get(name)
    published = kept or tables.get(PUBLISHED)
    if published and contract is not None and "extra" in contract.schema.names:
        batches = _with_extra(batches, _as_json(published))
    return pa.RecordBatchReader.from_batches(file.schema_arrow, batches)


def _with_extra(batches: Iterator[pa.RecordBatch], published: Iterator[pa.Array]) -> Iterator[pa.RecordBatch]:
    """Put what stood in each row beside its fields; both come in the order of the file, and rows that were not read have no fields."""
    held, first = pa.nulls(0, pa.string()), 0
    for batch in batches:
        rows = batch.column("row").to_numpy() - 1
        parts = [held] if len(held) else []
        while first + sum(map(len, parts)) <= rows[-1]:
            parts.append(next(published))
        held = parts[0] if len(parts) == 1 else pa.concat_arrays(parts)
        yield batch.set_column(batch.schema.get_field_index("extra"), "extra", _at(held, rows - first))
        held, first = held.slice(rows[-1] + 1 - first), int(rows[-1]) + 1


def _at(held: pa.Array, places: NDArray[np.int64]) -> pa.Array:
    """What stands at these rising places; rows that follow one another are not copied."""
    if places[-1] - places[0] + 1 == len(places):
        return held.slice(int(places[0]), len(places))
    return held.take(pa.array(places))


def _as_json(published: Path) -> Iterator[pa.Array]:
    """Each published row as one JSON object, in order, batch by batch."""
    if published.suffix == ".parquet":
        names, source = pq.read_schema(published).names, f"read_parquet({text(str(published))})"
    else:
        table = described_table(published, published.with_suffix(".json"))
        names, source = list(table.columns), table.sql()
    whole = "to_json({" + ", ".join(f"{text(c)}: {quote(c)}" for c in names) + "})"
    with connect() as db:
        for batch in db.sql(f"SELECT CAST({whole} AS VARCHAR) AS extra FROM {source}").to_arrow_reader(STREAMED):
            yield batch.column(0)
