"""Taking a file in: the original to the vault, its tables beside it, and one entry that makes both part of the case."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from civcas.case.folder import Folder
from civcas.errors import BadInput
from civcas.ledger.entry import Draft, Entry, EntryKind
from civcas.ledger.moment import Moment
from civcas.terms.canonical import canonical
from civcas.terms.tables import TABLES
from civcas.vault import Original, part_file, place

Rows: TypeAlias = "pa.Table | pa.RecordBatchReader | Path"
"""A table in memory, a stream of batches, or a Parquet file that the importer wrote under the case's tables/."""

UNREAD = "unread"


@dataclass(frozen=True, slots=True, kw_only=True)
class TableFile:
    """One table of one import: the hash that names its Parquet file, and its rows."""

    sha256: str
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """A file that was taken in: given = read + unread rows. `already` where the case held just this before."""

    dataset: str
    format: str
    original: Original
    given: int
    read: int
    unread: int
    tables: Mapping[str, TableFile]
    notes: Mapping[str, Any] = field(default_factory=dict)
    sequence: int = 0
    at: str = ""
    author: str = ""
    reason: str = ""
    already: bool = False


def commit(
    case: Folder,
    *,
    dataset: str,
    format: str,
    original: Original,
    tables: Mapping[str, Rows],
    given: int,
    author: str,
    unread: pa.Table | None = None,
    reason: str = "",
    notes: Mapping[str, Any] | None = None,
) -> Import:
    """Make what an importer read part of the case, whole or not at all: the entry is written last.

    `tables` by the names of `civcas.terms.tables`; `unread` holds the rows that could not be read, with their
    reasons; `given` is how many rows the original has. A newer import of the same dataset is a new vintage and takes
    the place of the one before; the same file read to the same tables changes nothing.
    """
    left = unread.num_rows if unread is not None else 0
    if not 0 <= left <= given:
        raise BadInput(f"{left} of {given} rows are unread", where=dataset, expected="read + unread = given")
    if not case.vault.holds(original.sha256):
        raise BadInput(f"original {original.sha256} is not in the vault", where=dataset, do="Keep it first")
    every: dict[str, Rows] = {**tables, **({UNREAD: unread} if left else {})}
    made = Import(
        dataset=dataset,
        format=format,
        original=original,
        given=given,
        read=given - left,
        unread=left,
        tables={name: _store(case, name, rows) for name, rows in sorted(every.items())},
        notes=notes or {},
    )
    if unchanged := _unchanged(case, made):
        return unchanged
    _refuse_shared_ids(case, made)
    return _record(case, made, author=author, reason=reason)


def imports(case: Folder, until: Moment | None = None) -> list[Import]:
    """Every import up to a moment, in order."""
    return [read(entry) for entry in case.ledger.entries(until=until, kinds=[EntryKind.IMPORT])]


def read(entry: Entry) -> Import:
    says = entry.says
    return Import(
        dataset=says["dataset"],
        format=says["format"],
        original=Original(**says["original"]),
        given=says["given"],
        read=says["read"],
        unread=says["unread"],
        tables={name: TableFile(**file) for name, file in says["tables"].items()},
        notes=says["notes"],
        sequence=entry.sequence,
        at=entry.at,
        author=entry.author,
        reason=entry.reason,
    )


def table_path(case: Folder, name: str, file: TableFile) -> Path:
    return case.tables_folder / name / f"{file.sha256}.parquet"


def _record(case: Folder, made: Import, *, author: str, reason: str) -> Import:
    entry = Draft(str(EntryKind.IMPORT), f"dataset:{made.dataset}", canonical(_body(made)), reason)
    return read(case.ledger.entry(case.ledger.append([entry], author=author).last))


def _body(made: Import) -> dict[str, Any]:
    original = made.original
    return {
        "dataset": made.dataset,
        "format": made.format,
        "original": {"sha256": original.sha256, "name": original.name, "bytes": original.bytes},
        "given": made.given,
        "read": made.read,
        "unread": made.unread,
        "tables": {name: {"sha256": file.sha256, "rows": file.rows} for name, file in made.tables.items()},
        "notes": dict(made.notes),
    }


def _unchanged(case: Folder, made: Import) -> Import | None:
    """The vintage that stands, where it is this same file read to the same tables."""
    before = [read(e) for e in case.ledger.entries(subject=f"dataset:{made.dataset}", kinds=[EntryKind.IMPORT])]
    if not before or before[-1].original.sha256 != made.original.sha256 or before[-1].tables != made.tables:
        return None
    last = before[-1]
    return Import(**{name: getattr(last, name) for name in Import.__dataclass_fields__} | {"already": True})


def _refuse_shared_ids(case: Folder, made: Import) -> None:
    """Two datasets of a case may not bring one id: nobody could say which row it names. What was written for this import is removed."""
    before = imports(case)
    last = {each.dataset: each for each in before if each.dataset != made.dataset}
    for name, file in made.tables.items():
        key = TABLES[name].key if name in TABLES else ()
        paths = {d: table_path(case, name, each.tables[name]) for d, each in last.items() if name in each.tables}
        for dataset, path in paths.items():
            if len(key) == 1 and path.exists() and (shared := _shared(table_path(case, name, file), path, key[0])):
                _remove(case, made, before)
                raise BadInput(
                    f"{len(shared):,} ids of the table {name} are in the dataset {dataset} of this case already, the first {shared[0]}",
                    where=made.dataset,
                    expected="ids that no other dataset of the case has",
                    do=f"If it is a newer edition of {dataset}, import it with --dataset {dataset}: it takes the older one's place",
                )


def _shared(one: Path, other: Path, key: str) -> list[str]:
    """The ids that stand in both files, in alphabetical order."""
    with duckdb.connect() as db:
        found = db.execute(
            f'SELECT DISTINCT CAST("{key}" AS VARCHAR) AS id FROM read_parquet(?) '
            f'WHERE "{key}" IN (SELECT "{key}" FROM read_parquet(?)) ORDER BY 1',
            [str(one), str(other)],
        ).fetchall()
    return [str(id_) for (id_,) in found]


def _remove(case: Folder, made: Import, before: list[Import]) -> None:
    kept = {table_path(case, name, file) for each in before for name, file in each.tables.items()}
    for path in {table_path(case, name, file) for name, file in made.tables.items()} - kept:
        path.unlink(missing_ok=True)


def _store(case: Folder, name: str, rows: Rows) -> TableFile:
    """Write one table as Parquet, named by its hash; the same rows make the same file."""
    if name != UNREAD and name not in TABLES:
        raise BadInput(f"there is no table {name!r}", where="import", expected=", ".join(TABLES))
    folder = case.tables_folder / name
    if isinstance(rows, Path):
        return _adopt(folder, rows)
    folder.mkdir(parents=True, exist_ok=True)
    with part_file(folder) as (file, part):
        count = 0
        batches, schema = _conformed(name, rows)
        with pq.ParquetWriter(file, schema, compression="zstd") as writer:
            for batch in batches:
                writer.write_table(batch)
                count += batch.num_rows
        return _placed(folder, file, part, count)


def _conformed(name: str, rows: pa.Table | pa.RecordBatchReader) -> tuple[Iterable[pa.Table], pa.Schema]:
    """The rows in the contract's columns, batch by batch."""
    given = [rows] if isinstance(rows, pa.Table) else (pa.Table.from_batches([batch]) for batch in rows)
    if name == UNREAD:
        return given, rows.schema
    return (TABLES[name].conform(each) for each in given), TABLES[name].schema


def _adopt(folder: Path, written: Path) -> TableFile:
    """Take over a Parquet file that an importer wrote on the same disk."""
    count = pq.read_metadata(written).num_rows
    folder.mkdir(parents=True, exist_ok=True)
    with written.open("rb+") as file:
        placed = _placed(folder, file, written, count)
    written.unlink(missing_ok=True)
    return placed


def _placed(folder: Path, file: Any, part: Path, count: int) -> TableFile:
    file.flush()
    with part.open("rb") as again:
        sha256 = hashlib.file_digest(again, "sha256").hexdigest()
    place(file, part, folder / f"{sha256}.parquet")
    return TableFile(sha256=sha256, rows=count)
