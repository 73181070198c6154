"""A data package that civcas itself wrote: read back unchanged, once every file still has the hash the package names."""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from civcas.errors import BadInput, first_line
from civcas.importers.asking import REFUSED
from civcas.importers.given import quote, text
from civcas.importers.importer import Accounts, Imported, Importer, Options
from civcas.importers.opening import fingerprint
from civcas.terms.tables import FLAGGED, TABLES, UNREAD, Table

TYPES = {
    pa.string(): "VARCHAR",
    pa.int64(): "BIGINT",
    pa.float64(): "DOUBLE",
    pa.date32(): "DATE",
    pa.bool_(): "BOOLEAN",
}
SIGNS = ", ".join(f"chr({ord(s)})" for s in "'=+-@\t\r\n＝＋－＠")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Resource:
    """One file of a package: the table it holds, where it lies, what it was, and its columns in their order."""

    table: str
    path: str
    hash: str
    columns: tuple[str, ...]


def read_package(path: Path, out: Path, options: Options) -> Imported:
    """Every resource is a table of the contract; a file that is not as it was written is refused."""
    resources = _described(path)
    out.mkdir(parents=True, exist_ok=True)
    tables, counts = {}, {}
    with tempfile.TemporaryDirectory(prefix="civcas-package-") as folder:
        for resource in resources:
            file, name = _checked(options.beside or path.parent, resource, Path(folder)), resource.table
            tables[name] = out / f"{name}.parquet"
            counts[name] = _take(file, TABLES[name], resource.columns, tables[name])
    for empty in (UNREAD, FLAGGED):
        tables[empty.name] = out / f"{empty.name}.parquet"
        pq.write_table(empty.schema.empty_table(), tables[empty.name])
    sha256, size = fingerprint(path)
    given = sum(counts.values())
    accounts = Accounts(given=given, read=given, unread=0, flagged=0, tables=counts, reasons={}, doubts={})
    return Imported(importer="package", layout="civcas data package", dataset=options.dataset or "package", vintage=options.vintage,
                    country_told="", file=path.name, sha256=sha256, size=size, encoding="utf-8", licence=ENTRY.licence,
                    citation=ENTRY.citation, redistribute=True, folder=out, tables=tables, accounts=accounts)  # fmt: skip


def _described(path: Path) -> list[_Resource]:
    try:
        described = json.loads(path.read_text(encoding="utf-8"))
        escaped = described.get("civcas", {}).get("escaped")
        resources = [_resource(each) for each in described["resources"]]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as broken:
        raise BadInput(
            f"the package cannot be read: {broken}",
            where=str(path),
            expected="datapackage.json of civcas export package",
        ) from None
    if not escaped or not resources or not {r.table for r in resources} <= set(TABLES):
        raise BadInput(
            "the package was not written by civcas",
            where=path.name,
            do="Import its CSV files one by one with: civcas import mapped",
        )
    return resources


def _resource(said: dict[str, Any]) -> _Resource:
    columns = tuple(str(field["name"]) for field in said["schema"]["fields"])
    return _Resource(
        table=str(said["name"]).replace("-", "_"), path=str(said["path"]), hash=str(said.get("hash")), columns=columns
    )


def _checked(folder: Path, resource: _Resource, passing: Path) -> Path:
    """A copy of the file that is as the package says, so that what is read is what was checked."""
    try:
        file = (folder / resource.path).resolve()
        inside = file.is_relative_to(folder.resolve()) and file.is_file()
    except (OSError, ValueError):  # a name that no file can have
        inside = False
    if not inside:
        raise BadInput(
            f"the package names a file {resource.path[:200]!r} outside or absent",
            where=str(folder),
            expected="files beside datapackage.json",
        )
    copy = Path(shutil.copyfile(file, passing / file.name))
    if f"sha256:{fingerprint(copy)[0]}" != resource.hash:
        raise BadInput(f"{resource.path} is not as it was written", where=str(folder), expected=f"the file with hash {resource.hash}",
                       do="Take the package again from where it was published.")  # fmt: skip
    return copy


def _take(file: Path, table: Table, columns: tuple[str, ...], to: Path) -> int:
    spelt = ", ".join(f"{text(c)}: {text(TYPES[table.field(c).type])}" for c in columns)
    source = f"""read_csv({text(str(file))}, auto_detect=false, header=true, delim=',', quote='"', escape='"', nullstr='',
        allow_quoted_nulls=false, columns={{{spelt}}}, max_line_size=8388608)"""
    cells = ", ".join(_cell(f.name, f.type, f.name in columns) for f in table.fields)
    db = duckdb.connect()
    try:
        return int(
            db.execute(f"COPY (SELECT {cells} FROM {source}) TO {text(str(to))} (FORMAT parquet)").fetchall()[0][0]
        )
    except REFUSED as broken:
        raise BadInput(f"{file.name} cannot be read: {first_line(broken)}", where=file.name) from None
    finally:
        db.close()


def _cell(name: str, kind: pa.DataType, there: bool) -> str:
    """Takes away the apostrophe that the writer put before text that begins like a formula."""
    column = quote(name)
    if not there:
        return f"CAST(NULL AS {TYPES[kind]}) AS {column}"
    if kind != pa.string():
        return column
    escaped = f"starts_with({column}, chr(39)) AND substr({column}, 2, 1) IN ({SIGNS})"
    return f"CASE WHEN {escaped} THEN substr({column}, 2) ELSE {column} END AS {column}"


ENTRY = Importer(
    name="package",
    title="A data package written by civcas",
    publisher="whoever made the package",
    licence="as the package says",
    citation="as the package says",
    page="docs/formats.md",
    layouts=(),
    yields=(),
    read_own=read_package,
    notes="Give datapackage.json; the files beside it are checked against their hashes.",
)
