"""A Frictionless data package: CSV files and one `datapackage.json` made from the contract, which civcas reads back unchanged."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from civcas.exporters.columns import reader, visible, written_tables
from civcas.exporters.csv_files import write_csv
from civcas.exporters.exporter import Exporter, Request
from civcas.terms.tables import Field, Table

TYPES = {
    pa.string(): "string",
    pa.int64(): "integer",
    pa.float64(): "number",
    pa.date32(): "date",
    pa.bool_(): "boolean",
}
REFERS = {"incident_id": "incident", "report_id": "report"}


def write(request: Request) -> dict[str, int]:
    request.out.mkdir(parents=True, exist_ok=True)
    tables = written_tables(request)
    resources, written = [], {}
    for name in tables:
        fields = visible(request, name)
        path = request.out / f"{name}.csv"
        written[path.name] = write_csv(reader(request, name, fields), fields, path)
        resources.append(_resource(request.contract[name], fields, path, set(tables)))
    described = _package(request, resources)
    (request.out / "datapackage.json").write_text(
        json.dumps(described, ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
    )
    return written


def _package(request: Request, resources: list[dict[str, Any]]) -> dict[str, Any]:
    sources = [dict(s) for s in request.sources]
    licences = sorted({str(s["licence"]) for s in sources if s.get("licence")})
    said = {
        "name": "civcas-register",
        "title": request.title,
        "version": request.version,
        "created": request.created,
        "licenses": [{"title": licence} for licence in licences],
        "sources": [_source(s) for s in sources],
        "civcas": {"escaped": True, "clearance": str(request.clearance)},
    }
    return {k: v for k, v in said.items() if v not in ("", [])} | {"resources": resources}


def _source(said: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "title": said.get("citation") or said.get("dataset"),
        "dataset": said.get("dataset"),
        "sha256": said.get("sha256"),
    }


def _resource(table: Table, fields: tuple[Field, ...], path: Path, there: set[str]) -> dict[str, Any]:
    content = path.read_bytes()
    name, key = table.name, table.key
    names = {f.name for f in fields}
    refers = [
        {"fields": column, "reference": {"resource": target.replace("_", "-"), "fields": column}}
        for column, target in REFERS.items()
        if column in names and target in there and target != name
    ]
    schema = {"fields": [_field(f) for f in fields], "missingValues": [""]}
    schema |= ({"primaryKey": list(key)} if key and set(key) <= names else {}) | (
        {"foreignKeys": refers} if refers else {}
    )
    return {
        "name": name.replace("_", "-"),
        "path": path.name,
        "profile": "tabular-data-resource",
        "description": f"A row is {table.a_row_is}.",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "schema": schema,
    }


def _field(field: Field) -> dict[str, Any]:
    said = {"name": field.name, "type": TYPES[field.type], "description": field.meaning}
    return (
        said
        | ({"unit": field.unit} if field.unit else {})
        | ({} if field.nullable else {"constraints": {"required": True}})
    )


ENTRY = Exporter(name="package", title="Frictionless data package", makes="a folder with CSV files and datapackage.json", write=write,
                 notes="civcas import package FOLDER/datapackage.json reads it back unchanged.")  # fmt: skip
