"""Reads one file through one importer, in bounded memory, and changes nothing."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from civcas.importers.given import Given, text
from civcas.importers.importer import Imported, Importer, Options
from civcas.importers.opening import open_file
from civcas.importers.staging import stage
from civcas.importers.tabling import write_tables
from civcas.terms.tables import NOT_IDENTIFIABLE

MEMORY = "1GiB"


def read(importer: Importer, path: Path, out: Path, options: Options | None = None) -> Imported:
    """Write the tables of `path` as Parquet files into `out`; the file itself is only read.

    Every row given is in the first table or in `unread.parquet` with its reason. Raises BadInput for a file that is not
    of this format or not safe to open.
    """
    if importer.read_own:
        return importer.read_own(path, out, options or Options())
    layouts, options = (
        importer.prepare(options or Options()) if importer.prepare else (importer.layouts, options or Options())
    )
    out.mkdir(parents=True, exist_ok=True)
    dataset = options.dataset or importer.name
    with tempfile.TemporaryDirectory(prefix="civcas-import-") as folder:
        work = Path(folder)
        options.tell(f"opening {path.name}")
        opened = open_file(path, work, encodings=importer.encodings, encoding=options.encoding, member=options.member)
        db = connect(work)
        try:
            options.tell(f"reading {path.name}")
            staged = stage(db, opened, layouts, work, options)
            options.tell(f"writing tables of {path.name}")
            given = Given(staged.columns, dataset=dataset, country=options.country, wide=staged.layout.wide)
            written = write_tables(db, staged, staged.layout.plan(given), given, out)
        finally:
            db.close()
    tables = dict(written.tables) | _write_not_identifiable(importer, dataset, out)
    return Imported(
        importer=importer.name,
        layout=staged.layout.name,
        dataset=dataset,
        vintage=options.vintage,
        country_told=options.country,
        file=path.name,
        sha256=opened.sha256,
        size=opened.size,
        encoding=opened.encoding or opened.kind,
        licence=importer.licence,
        citation=importer.citation,
        redistribute=importer.redistribute,
        folder=out,
        tables=tables,
        accounts=written.accounts,
    )


def _write_not_identifiable(importer: Importer, dataset: str, out: Path) -> dict[str, Path]:
    """Whom the dataset cannot tell apart, as a table of its own that travels with the rows."""
    said = [
        {"dataset": dataset, "belligerent": name, "area": each.area, "reason": each.reason}
        for each in importer.not_identifiable
        for name in each.belligerents
    ]
    if not said:
        return {}
    path = out / f"{NOT_IDENTIFIABLE.name}.parquet"
    pq.write_table(pa.Table.from_pylist(said, schema=NOT_IDENTIFIABLE.schema), path)
    return {NOT_IDENTIFIABLE.name: path}


def connect(work: Path) -> duckdb.DuckDBPyConnection:
    """A private in-memory DuckDB that spills to `work`, loads no extension from anywhere, and keeps rows in order."""
    threads = max(1, min(4, os.cpu_count() or 1))
    db = duckdb.connect(
        ":memory:", config={"memory_limit": MEMORY, "threads": threads, "autoinstall_known_extensions": False}
    )
    db.execute(f"SET temp_directory = {text(str(work / 'spill'))}")
    return db
