"""Lays out the rows of JSON: objects, one a line or in a list, or lists of cells, wrapped in whatever their publisher wraps them."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import duckdb

from civcas.errors import BadInput, first_line
from civcas.importers.asking import REFUSED, one
from civcas.importers.given import plain, quote, text
from civcas.importers.header import fits, unique
from civcas.importers.importer import Layout, Options
from civcas.importers.opening import LONGEST_LINE
from civcas.importers.rejects import Reject
from civcas.importers.staged import Staged, layout_of, rows_of, stage_text

BIGGEST_DOCUMENT = 512 << 20
BATCH = 10_000


def stage_json(db: duckdb.DuckDBPyConnection, path: Path, layouts: Sequence[Layout], work: Path, options: Options,
                name: str) -> Staged:  # fmt: skip
    """Rows of a JSON document, or one object a line. Rows may be objects, or lists of cells of which one names the columns."""
    staged, lines = work / "staged.parquet", _one_object_a_line(db, path)
    try:
        rows = _line_rows(path) if lines else _document_rows(db, path, layouts, name)
        db.execute(f"CREATE OR REPLACE TEMP TABLE objects AS {rows}")
        if one(db, "SELECT json_type(o) FROM objects WHERE o IS NOT NULL ORDER BY line LIMIT 1") == "ARRAY":
            as_text = _lists_as_text(db, work / "lists.csv")
            return stage_text(db, as_text, layouts, work, replace(options, delimiter=","), name)
        names = db.execute(
            "SELECT DISTINCT unnest(json_keys(o)) AS k FROM objects WHERE json_type(o) = 'OBJECT'"
        ).fetchall()
    except REFUSED as broken:
        raise BadInput(f"the JSON cannot be read: {first_line(broken)}", where=name) from None
    keys = sorted(str(k) for (k,) in names)
    _reject_alike(keys, name)
    columns = unique(keys)
    layout = layout_of(columns, layouts, name)
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
        path=staged, layout=layout, columns=columns, given=rows_of(db, staged) + len(rejects), rejects=rejects
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
    """SQL for the rows of a document, each as JSON."""
    if path.stat().st_size > BIGGEST_DOCUMENT:
        raise BadInput(f"one JSON document is larger than {BIGGEST_DOCUMENT >> 20} MiB", where=name,
                       do="Give it as one object a line (JSONL), or page by page.")  # fmt: skip
    db.execute("CREATE OR REPLACE TEMP TABLE document AS SELECT content::JSON AS d FROM read_text(?)", [str(path)])
    pointer = _list_of_rows(db, layouts, name)
    if pointer is None:
        return (
            "SELECT 1 AS line, left(d::VARCHAR, 2000) AS t, d AS o FROM document"  # a file of lines that has one line
        )
    return f"""SELECT row_number() OVER () AS line, left(e::VARCHAR, 2000) AS t, e AS o
        FROM (SELECT unnest(json_extract(d, {text(pointer)})::JSON[]) AS e FROM document)"""


def _list_of_rows(db: duckdb.DuckDBPyConnection, layouts: Sequence[Layout], name: str) -> str | None:
    """Where the rows are: the document itself, the list that the publisher is known to wrap, or the only list of rows in it.

    None where the document is one row.
    """
    if _type(db, "") == "ARRAY":
        return ""
    known = [f"/{key}" for layout in layouts for key in layout.records if _type(db, f"/{key}") == "ARRAY"]
    if known:
        return known[0]
    keys = one(db, "SELECT json_keys(d) FROM document WHERE json_type(d) = 'OBJECT'") or []
    if any(fits(layout, keys) for layout in layouts if layout.expected):
        return None
    inner = [(key, each) for key in keys if _type(db, _pointer(key)) == "OBJECT" for each in _keys(db, _pointer(key))]
    places = [*map(_pointer, keys), *(_pointer(key) + _pointer(each) for key, each in inner)]
    lists = [p for p in places if _type(db, p) == "ARRAY" and _type(db, p + "/0") in ("OBJECT", "ARRAY")]
    fitting = [p for p in lists if any(fits(layout, _keys(db, p + "/0")) for layout in layouts)]
    found = lists if len(lists) == 1 else fitting
    if len(found) == 1:
        return found[0]
    if not lists and any(fits(layout, keys) for layout in layouts if layout.header):
        return None
    if found:
        raise BadInput(f"the JSON document holds several lists of rows: {', '.join(found)}", where=name, expected="one list of rows",
                       do="Give the one that you mean as a file of its own.")  # fmt: skip
    raise BadInput("the JSON document holds no list of rows", where=name,
                   expected="a list of objects, a list of lists under a row of names, or either in an object")  # fmt: skip


def _type(db: duckdb.DuckDBPyConnection, pointer: str) -> str:
    return str(one(db, f"SELECT json_type(d, {text(pointer)}) FROM document") or "")


def _keys(db: duckdb.DuckDBPyConnection, pointer: str) -> list[str]:
    return list(one(db, f"SELECT json_keys(d, {text(pointer)}) FROM document") or [])


def _lists_as_text(db: duckdb.DuckDBPyConnection, to: Path) -> Path:
    """Rows that are lists of cells, as CSV: null is an empty cell, and numbers stay as they are written."""
    asked = db.execute("""SELECT CASE WHEN json_type(o) = 'ARRAY' THEN json_extract_string(o, '$[*]') ELSE [t] END
        FROM objects ORDER BY line""")
    with to.open("w", encoding="utf-8", newline="") as rows:
        lines = csv.writer(rows, lineterminator="\n")
        while batch := asked.fetchmany(BATCH):
            lines.writerows([cell or "" for cell in cells] for (cells,) in batch)
    return to
