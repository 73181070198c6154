"""GeoParquet 1.1: Parquet with points as WKB beside plain latitude and longitude."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from civcas.exporters.columns import reader
from civcas.exporters.exporter import Exporter, Request
from civcas.exporters.places import located

POINT = np.dtype([("order", "u1"), ("type", "<u4"), ("x", "<f8"), ("y", "<f8")])


def write(request: Request) -> dict[str, int]:
    request.out.mkdir(parents=True, exist_ok=True)
    written = {}
    for name, fields in located(request).items():
        rows = reader(request, name, fields)
        geo = {"version": "1.1.0", "primary_column": "geometry",
               "columns": {"geometry": {"encoding": "WKB", "geometry_types": ["Point"]}}}  # fmt: skip
        meta = dict(rows.schema.metadata or {}) | {b"geo": json.dumps(geo).encode()}
        schema = rows.schema.append(pa.field("geometry", pa.binary())).with_metadata(meta)
        count = 0
        with pq.ParquetWriter(request.out / f"{name}.parquet", schema, compression="zstd") as file:
            for batch in rows:
                file.write_batch(pa.RecordBatch.from_arrays([*batch.columns, points(batch)], schema=schema))
                count += batch.num_rows
        written[f"{name}.parquet"] = count
    return written


def points(batch: pa.RecordBatch) -> pa.Array:
    """Points in well-known binary, little-endian, longitude first; null where either coordinate is unknown."""
    latitude, longitude = (batch[c].to_numpy(zero_copy_only=False).astype(float) for c in ("latitude", "longitude"))
    cells = np.zeros(len(latitude), POINT)
    cells["order"], cells["type"], cells["x"], cells["y"] = 1, 1, longitude, latitude
    wkb = pa.FixedSizeBinaryArray.from_buffers(
        pa.binary(POINT.itemsize), len(cells), [None, pa.py_buffer(cells.tobytes())]
    )
    known = pa.array(~(np.isnan(latitude) | np.isnan(longitude)))
    return pa.compute.if_else(known, wkb.cast(pa.binary()), pa.scalar(None, pa.binary()))


ENTRY = Exporter(
    name="geoparquet",
    title="GeoParquet 1.1",
    makes="a folder with one GeoParquet file a table that has coordinates",
    write=write,
)
