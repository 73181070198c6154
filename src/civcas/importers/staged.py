"""The rows of a file as a Parquet file of texts, one row a row, and how a table of text becomes one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from civcas.errors import BadInput
from civcas.importers.asking import REFUSED, one
from civcas.importers.careful import stage_carefully
from civcas.importers.counting import count_rows
from civcas.importers.given import quote, text
from civcas.importers.header import Header, find_header, fits
from civcas.importers.importer import Layout, Options
from civcas.importers.opening import reject_many_columns
from civcas.importers.rejects import Reject
from civcas.importers.values import ROW

PLAIN = "COMPRESSION lz4_raw, DICTIONARY_SIZE_LIMIT 1"  # staged text is read once: encoding it well costs more than it saves


@dataclass(frozen=True, slots=True, kw_only=True)
class Staged:
    """All rows that hang together, and those that do not, each with the reason. `given` counts both."""

    path: Path
    layout: Layout
    columns: tuple[str, ...]
    given: int
    rejects: Sequence[Reject]
    epoch: int = 0
    noted: Sequence[tuple[int, str]] = ()  # rows of a sheet with merged cells, and what was done about them

    def rows(self, columns: Sequence[str]) -> str:
        """These columns of the rows that hang together, numbered, blank words made blank, as SQL in brackets."""
        cells = blanked(columns, self.layout.blank_words) or "NULL"
        return f"(SELECT file_row_number + 1 AS {ROW}, {cells} FROM read_parquet({text(str(self.path))}, file_row_number=true))"


def blanked(columns: Sequence[str], blank_words: Sequence[str]) -> str:
    """Cells under their names, where an empty one, or one that says that it is empty, is unknown."""
    blank = "".join(f", {text(w)}" for w in blank_words)
    return ", ".join(f"CASE WHEN {quote(c)} NOT IN (''{blank}) THEN {quote(c)} END AS {quote(c)}" for c in columns)


def stage_text(db: duckdb.DuckDBPyConnection, path: Path, layouts: Sequence[Layout], work: Path, options: Options,
                name: str) -> Staged:  # fmt: skip
    header = find_header(path, layouts, name=name, delimiter=options.delimiter)
    given = count_rows(path, skip=header.skip, quoted=header.layout.quoted)
    staged = work / "staged.parquet"
    rejects = None if given is None else _stage_fast(db, path, header, staged)
    if rejects is None or rows_of(db, staged) + len(rejects) != given:
        given, rejects = stage_carefully(path, header, staged)
    return Staged(path=staged, layout=header.layout, columns=header.columns, given=given, rejects=rejects)


def _stage_fast(db: duckdb.DuckDBPyConnection, path: Path, header: Header, staged: Path) -> list[Reject] | None:
    """DuckDB's own reader, strictly; None when it gives up on the file."""
    db.execute("DROP TABLE IF EXISTS reject_errors; DROP TABLE IF EXISTS reject_scans")
    source = header.table(path).sql(rejects=True)
    try:
        db.execute(f"COPY (SELECT * FROM {source}) TO {text(str(staged))} (FORMAT parquet, {PLAIN})")
    except REFUSED:
        return None
    return _rejects_found(db, header)


def _rejects_found(db: duckdb.DuckDBPyConnection, header: Header) -> list[Reject]:
    found = db.execute("""SELECT line, first(csv_line), first(error_type) FROM reject_errors
        GROUP BY line, line_byte_position ORDER BY line""").fetchall()
    return [Reject(line=line, text=row or "", reason=_in_words(kind, header)) for line, row, kind in found]


def _in_words(kind: str, header: Header) -> str:
    said = {"MISSING COLUMNS": "too few cells", "TOO MANY COLUMNS": "too many cells", "UNQUOTED VALUE": "quotes do not match",
            "LINE SIZE OVER MAXIMUM": "the row is too long", "INVALID ENCODING": "the text is not UTF-8"}  # fmt: skip
    return f"{said.get(kind, kind.lower())}; expected {len(header.columns)} cells"


def rows_of(db: duckdb.DuckDBPyConnection, staged: Path) -> int:
    rows = one(db, f"SELECT count(*) FROM read_parquet({text(str(staged))})")
    return int(rows)


def layout_of(columns: Sequence[str], layouts: Sequence[Layout], name: str) -> Layout:
    reject_many_columns(len(columns), name)
    for layout in layouts:
        if fits(layout, columns):
            return layout
    raise BadInput("the columns are not those of this format", where=name, expected=" or ".join(", ".join(x.expected) for x in layouts),
                   do="If it is another format, see: civcas formats. For a table of your own: civcas map FILE")  # fmt: skip
