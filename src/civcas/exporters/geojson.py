"""GeoJSON (RFC 7946), one file a table: longitude first, no more decimals than the precision justifies, null where not located."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from civcas.exporters.columns import reader
from civcas.exporters.exporter import Exporter, Request
from civcas.exporters.places import MOST, decimals, located
from civcas.terms.tables import TABLES


def write(request: Request) -> dict[str, int]:
    request.out.mkdir(parents=True, exist_ok=True)
    return {
        f"{name}.geojson": _write(name, reader(name, table, fields), request.out / f"{name}.geojson")
        for name, (table, fields) in located(request).items()
    }


def _write(name: str, rows: pa.RecordBatchReader, path: Path) -> int:
    count = 0
    with path.open("w", encoding="utf-8") as file:
        file.write('{"type": "FeatureCollection", "features": [')
        for feature in _features(name, rows):
            file.write(
                (",\n" if count else "\n") + json.dumps(feature, ensure_ascii=False, default=str, allow_nan=False)
            )
            count += 1
        file.write("\n]}\n")
    return count


def _features(name: str, rows: pa.RecordBatchReader) -> Iterator[dict[str, Any]]:
    key = TABLES[name].key[0]
    for batch in rows:
        for row in batch.to_pylist():
            latitude, longitude = row.pop("latitude"), row.pop("longitude")
            places = decimals(row.get("geo_precision")) if "geo_precision" in row else MOST
            known = latitude is not None and longitude is not None
            point = (
                {"type": "Point", "coordinates": [round(longitude, places), round(latitude, places)]} if known else None
            )
            yield {"type": "Feature", "id": row.get(key), "geometry": point, "properties": row}


ENTRY = Exporter(name="geojson", title="GeoJSON (RFC 7946)", makes="a folder with one GeoJSON a table that has coordinates", write=write,
                 notes="A row without a place has a null geometry, never 0, 0.")  # fmt: skip
