"""Parquet files, one a table, with each field's meaning, unit and sensitivity in the schema."""

from __future__ import annotations

import pyarrow.parquet as pq

from civcas.exporters.columns import reader, visible, written_tables
from civcas.exporters.exporter import Exporter, Request


def write(request: Request) -> dict[str, int]:
    request.out.mkdir(parents=True, exist_ok=True)
    written = {}
    for name in written_tables(request):
        rows = reader(request, name, visible(request, name))
        with pq.ParquetWriter(request.out / f"{name}.parquet", rows.schema, compression="zstd") as file:
            count = 0
            for batch in rows:
                file.write_batch(batch)
                count += batch.num_rows
        written[f"{name}.parquet"] = count
    return written


ENTRY = Exporter(name="parquet", title="Parquet, lossless", makes="a folder with one Parquet file a table", write=write)
