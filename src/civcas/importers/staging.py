"""Lays a file out as a Parquet file of texts, one row a row, so that every table of it is made from the same rows."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from civcas.errors import BadInput, first_line
from civcas.importers.asking import REFUSED, one
from civcas.importers.careful import stage_carefully
from civcas.importers.counting import count_rows
from civcas.importers.given import plain, quote, text
from civcas.importers.header import Header, find_header, fits, unique
from civcas.importers.importer import Layout, Options
from civcas.importers.opening import LONGEST_LINE, Opened, reject_many_columns
from civcas.importers.rejects import Reject
from civcas.importers.sheets import write_sheet
from civcas.importers.values import ROW

BIGGEST_DOCUMENT = 512 << 20
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


def stage(
    db: duckdb.DuckDBPyConnection, opened: Opened, layouts: Sequence[Layout], work: Path, options: Options
) -> Staged:
    """Stage a text table, a JSON document or lines, a sheet or a Parquet file."""
    ways: dict[str, Callable[..., Staged]] = {"json": _stage_json, "parquet": _stage_parquet, "text": _stage_text}
    if opened.kind == "xlsx":
        sheet = write_sheet(opened.path, work / "sheet.csv", options.sheet, merged=options.merged)
        staged = _stage_text(db, sheet.path, layouts, work, replace(options, delimiter=","), opened.given.name)
        above = _records(sheet.path) - staged.given
        noted = [(row - above, said) for row, said in sheet.merged if row > above]
        return replace(staged, epoch=sheet.epoch, noted=noted)
    return ways[opened.kind](db, opened.path, layouts, work, options, opened.given.name)


def _records(path: Path) -> int:
    with path.open(encoding="utf-8", newline="") as text:
        csv.field_size_limit(LONGEST_LINE)
        return sum(1 for row in csv.reader(text) if row)


def _stage_text(db: duckdb.DuckDBPyConnection, path: Path, layouts: Sequence[Layout], work: Path, options: Options,
                name: str) -> Staged:  # fmt: skip
    header = find_header(path, layouts, name=name, delimiter=options.delimiter)
    given = count_rows(path, skip=header.skip, quoted=header.layout.quoted)
    staged = work / "staged.parquet"
    rejects = None if given is None else _stage_fast(db, path, header, staged)
    if rejects is None or _rows_of(db, staged) + len(rejects) != given:
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


def _rows_of(db: duckdb.DuckDBPyConnection, staged: Path) -> int:
    rows = one(db, f"SELECT count(*) FROM read_parquet({text(str(staged))})")
    return int(rows)


def _stage_parquet(db: duckdb.DuckDBPyConnection, path: Path, layouts: Sequence[Layout], work: Path, options: Options,
                   name: str) -> Staged:  # fmt: skip
    try:
        described = db.execute(f"DESCRIBE SELECT * FROM read_parquet({text(str(path))})").fetchall()
        given = [str(row[0]) for row in described]
        columns = unique(given)
        layout = _layout_of(columns, layouts, name)
        cast = ", ".join(f"CAST({quote(c)} AS VARCHAR) AS {quote(n)}" for c, n in zip(given, columns, strict=True))
        staged = work / "staged.parquet"
        db.execute(f"COPY (SELECT {cast} FROM read_parquet({text(str(path))})) TO {text(str(staged))} (FORMAT parquet)")
    except REFUSED as broken:
        raise BadInput(f"the Parquet file cannot be read: {first_line(broken)}", where=name) from None
    return Staged(path=staged, layout=layout, columns=columns, given=_rows_of(db, staged), rejects=())


def _stage_json(db: duckdb.DuckDBPyConnection, path: Path, layouts: Sequence[Layout], work: Path, options: Options,
                name: str) -> Staged:  # fmt: skip
    """Rows of a JSON document (a list, or a list under one of the layouts' `records` keys), or one object a line."""
    staged, lines = work / "staged.parquet", _one_object_a_line(db, path)
    try:
        rows = _line_rows(path) if lines else _document_rows(db, path, layouts, name)
        db.execute(f"CREATE OR REPLACE TEMP TABLE objects AS {rows}")
        names = db.execute(
            "SELECT DISTINCT unnest(json_keys(o)) AS k FROM objects WHERE json_type(o) = 'OBJECT'"
        ).fetchall()
    except REFUSED as broken:
        raise BadInput(f"the JSON cannot be read: {first_line(broken)}", where=name) from None
    keys = sorted(str(k) for (k,) in names)
    _reject_alike(keys, name)
    columns = unique(keys)
    layout = _layout_of(columns, layouts, name)
    taken = ", ".join(
        f"json_extract_string(o, {text(_pointer(k))}) AS {quote(c)}" for k, c in zip(keys, columns, strict=True)
    )
    db.execute(
        f"COPY (SELECT {taken} FROM objects WHERE json_type(o) = 'OBJECT' ORDER BY line) TO {text(str(staged))} (FORMAT parquet)"
    )
    broken_rows = db.execute(
        "SELECT line, t FROM objects WHERE o IS NULL OR json_type(o) <> 'OBJECT' ORDER BY line"
    ).fetchall()
    rejects = [Reject(line=line, text=t or "", reason="not a JSON object") for line, t in broken_rows]
    return Staged(
        path=staged, layout=layout, columns=columns, given=_rows_of(db, staged) + len(rejects), rejects=rejects
    )


def _reject_alike(keys: Sequence[str], name: str) -> None:
    """Keys that differ by case or blanks alone cannot be told apart by the names that a format or a mapping gives."""
    told: dict[str, str] = {}
    for key in keys:
        if (other := told.setdefault(plain(key), key)) != key:
            raise BadInput(f"the keys {other!r} and {key!r} differ by case or blanks alone", where=name,
                           do="Give one of them another name.")  # fmt: skip


def _pointer(key: str) -> str:
    return "/" + key.replace("~", "~0").replace("/", "~1")


def _one_object_a_line(db: duckdb.DuckDBPyConnection, path: Path) -> bool:
    with path.open("rb") as stream:
        first = stream.readline(LONGEST_LINE).strip()
        more = bool(stream.read(LONGEST_LINE).strip())
    return (
        more
        and first.startswith(b"{")
        and bool(one(db, "SELECT json_valid(?)", [first.decode("utf-8", errors="replace")]))
    )


def _line_rows(path: Path) -> str:
    """SQL for the lines of a file, each as JSON where it is JSON; blank lines are not rows."""
    read = f"""read_csv({text(str(path))}, auto_detect=false, header=false, delim='\x01', quote='', escape='',
        columns={{'t': 'VARCHAR'}}, max_line_size={LONGEST_LINE * 2})"""
    return f"""SELECT row_number() OVER () AS line, t, CASE WHEN json_valid(t) THEN t::JSON END AS o
        FROM {read} WHERE trim(t) <> ''"""


def _document_rows(db: duckdb.DuckDBPyConnection, path: Path, layouts: Sequence[Layout], name: str) -> str:
    if path.stat().st_size > BIGGEST_DOCUMENT:
        raise BadInput(f"one JSON document is larger than {BIGGEST_DOCUMENT >> 20} MiB", where=name,
                       do="Give it as one object a line (JSONL), or page by page.")  # fmt: skip
    db.execute("CREATE OR REPLACE TEMP TABLE document AS SELECT content::JSON AS d FROM read_text(?)", [str(path)])
    kind = one(db, "SELECT json_type(d) FROM document")
    keys = (
        ["", *(k for layout in layouts for k in layout.records)]
        if kind == "ARRAY"
        else [k for x in layouts for k in x.records]
    )
    for key in keys:
        pointer = text("/" + key) if key else "''"
        found = one(db, f"SELECT json_type(d, {pointer}) FROM document")
        if found == "ARRAY":
            return f"""SELECT row_number() OVER () AS line, left(e::VARCHAR, 2000) AS t, e AS o
                FROM (SELECT unnest(json_extract(d, {pointer})::JSON[]) AS e FROM document)"""
    if kind == "OBJECT" and any(fits(x, one(db, "SELECT json_keys(d) FROM document")) for x in layouts):
        return (
            "SELECT 1 AS line, left(d::VARCHAR, 2000) AS t, d AS o FROM document"  # a file of lines that has one line
        )
    raise BadInput("the JSON document holds no list of rows", where=name,
                   expected="a list of objects" + "".join(f", or one under {k!r}" for k in keys if k))  # fmt: skip


def _layout_of(columns: Sequence[str], layouts: Sequence[Layout], name: str) -> Layout:
    reject_many_columns(len(columns), name)
    for layout in layouts:
        if fits(layout, columns):
            return layout
    raise BadInput("the columns are not those of this format", where=name, expected=" or ".join(", ".join(x.expected) for x in layouts),
                   do="If it is another format, see: civcas formats. For a table of your own: civcas map FILE")  # fmt: skip
