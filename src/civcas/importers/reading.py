"""Reads one file through one importer, in bounded memory, and changes nothing."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

import duckdb

from civcas.importers.asking import connect
from civcas.importers.given import Given, text
from civcas.importers.header import find_header
from civcas.importers.importer import Imported, Importer, Layout, Options
from civcas.importers.opening import Opened, fingerprint, open_file
from civcas.importers.plan import Plan
from civcas.importers.staging import Staged, stage
from civcas.importers.straight import type_straight
from civcas.importers.tabling import write_tables
from civcas.terms.tables import NOT_IDENTIFIABLE

Laid: TypeAlias = "tuple[Staged, Plan, Given]"
"""Rows laid out, how tables are taken from them, and the columns they came from."""


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
    options = replace(options, dataset=options.dataset or importer.name)
    with tempfile.TemporaryDirectory(prefix="civcas-import-") as folder, ThreadPoolExecutor(2) as aside:
        work = Path(folder)
        options.tell(f"opening {path.name}")
        opened = open_file(path, work, encodings=importer.encodings, encoding=options.encoding, member=options.member)
        hashed = aside.submit(fingerprint, path)
        db = connect(work)
        try:
            options.tell(f"reading {path.name}")
            laid = _straight(db, opened, layouts, work, options, aside) or _carefully(
                db, opened, layouts, work, options
            )
            options.tell(f"writing tables of {path.name}")
            written = write_tables(db, *laid, out)
            tables = dict(written.tables) | _write_not_identifiable(db, importer, options.dataset, out)
        finally:
            db.close()
        sha256, size = hashed.result()
    return Imported(
        importer=importer.name,
        layout=laid[0].layout.name,
        dataset=options.dataset,
        vintage=options.vintage,
        country_told=options.country,
        file=path.name,
        sha256=sha256,
        size=size,
        encoding=opened.encoding or opened.kind,
        licence=importer.licence,
        citation=importer.citation,
        redistribute=importer.redistribute,
        folder=out,
        tables=tables,
        accounts=written.accounts,
        kept=written.kept,
    )


def _straight(db: duckdb.DuckDBPyConnection, opened: Opened, layouts: Sequence[Layout], work: Path, options: Options,
              aside: Executor) -> Laid | None:  # fmt: skip
    """The rows of a clean table of text, read once; None for any other file."""
    if opened.kind != "text":
        return None
    header = find_header(opened.path, layouts, name=opened.given.name, delimiter=options.delimiter)
    given = _given(header.columns, header.layout, options)
    typed = type_straight(db, opened.path, header, header.layout.plan(given), given, work, aside)
    return (*typed, given) if typed else None


def _carefully(db: duckdb.DuckDBPyConnection, opened: Opened, layouts: Sequence[Layout], work: Path,
               options: Options) -> Laid:  # fmt: skip
    """The rows of any file, staged as text, so that each that cannot be read is shown as it stood."""
    staged = stage(db, opened, layouts, work, options)
    given = _given(staged.columns, staged.layout, options)
    return staged, staged.layout.plan(given), given


def _given(columns: Sequence[str], layout: Layout, options: Options) -> Given:
    return Given(columns, dataset=options.dataset, country=options.country, wide=layout.wide)


def _write_not_identifiable(
    db: duckdb.DuckDBPyConnection, importer: Importer, dataset: str, out: Path
) -> dict[str, Path]:
    """Whom the dataset cannot tell apart, as a table of its own that travels with the rows."""
    said = [
        ", ".join(map(text, (dataset, name, each.area, each.reason)))
        for each in importer.not_identifiable
        for name in each.belligerents
    ]
    if not said:
        return {}
    path = out / f"{NOT_IDENTIFIABLE.name}.parquet"
    rows = f"SELECT * FROM (VALUES ({'), ('.join(said)})) AS said(dataset, belligerent, area, reason)"
    db.execute(f"COPY ({rows}) TO {text(str(path))} (FORMAT parquet)")
    return {NOT_IDENTIFIABLE.name: path}
