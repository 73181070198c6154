"""GeoJSON (RFC 7946), one file a table: longitude first, no more decimals than the precision justifies, null where not located."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from civcas.exporters.columns import reader
from civcas.exporters.exporter import Exporter, Request
from civcas.exporters.places import MOST, decimals, located


def write(request: Request) -> dict[str, int]:
    request.out.mkdir(parents=True, exist_ok=True)
    return {
        f"{name}.geojson": _write(request, name, reader(request, name, fields))
        for name, fields in located(request).items()
    }


def _write(request: Request, name: str, rows: pa.RecordBatchReader) -> int:
    count = 0
    with (request.out / f"{name}.geojson").open("w", encoding="utf-8") as file:
        file.write('{"type": "FeatureCollection", "features": [')
        for feature in _features(request, name, rows):
            file.write(
                (",\n" if count else "\n") + json.dumps(feature, ensure_ascii=False, default=str, allow_nan=False)
            )
            count += 1
        file.write("\n]}\n")
    return count


def _features(request: Request, name: str, rows: pa.RecordBatchReader) -> Iterator[dict[str, Any]]:
    key = request.contract[name].key[0]
    for batch in rows:
        for row in batch.to_pylist():
            latitude, longitude = row.pop("latitude"), row.pop("longitude")
            justified = not request.masked and "geo_precision" in row
            places = decimals(row["geo_precision"]) if justified else MOST
            known = latitude is not None and longitude is not None
            point = (
                {"type": "Point", "coordinates": [round(longitude, places), round(latitude, places)]} if known else None
            )
            yield {"type": "Feature", "id": row.get(key), "geometry": point, "properties": row}


ENTRY = Exporter(name="geojson", title="GeoJSON (RFC 7946)", makes="a folder with one GeoJSON a table that has coordinates", write=write,
                 notes="A row without a place has a null geometry, never 0, 0.")  # fmt: skip
