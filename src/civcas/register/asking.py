"""Asks tables one question in SQL, in a database that can read nothing else and change nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import ibis

from civcas.errors import BadInput, first_line


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    columns: list[str]
    rows: list[tuple[Any, ...]]
    more: bool  # whether rows were left out


def ask(folder: Path, question: str, *, limit: int, texts: Mapping[Path, str] | None = None) -> Rows:
    """The answer to one SELECT over the Parquet files of `folder` and its subfolders, each a table by its file's name.

    `texts` are files of text among them, each with the SQL that reads it.
    """
    db = duckdb.connect(":memory:")
    tables = _tables(folder, texts or {})
    _close(db, [path.resolve() for readings in tables.values() for path in readings])
    for name, readings in tables.items():
        spelt = name.replace('"', '""')
        rows = " UNION ALL BY NAME ".join(f"SELECT * FROM {reading}" for reading in readings.values())
        db.execute(f'CREATE VIEW "{spelt}" AS {rows}')
    try:
        return _answer(db, question, names=list(tables), limit=limit)
    finally:
        db.close()


def ask_register(tables: Mapping[str, ibis.Table], files: Iterable[Path], question: str, *, limit: int) -> Rows:
    """The answer to one SELECT over the register's tables, which DuckDB lays out from `files` as the question needs them.

    Nothing is asked of that engine afterwards: it can read nothing but those files any more. Only tables whose name the
    question holds are laid out; all of them where it holds none.
    """
    engine: Any = next(iter(tables.values())).get_backend() if tables else ibis.duckdb.connect()
    named = [name for name in tables if name in question.lower()] or list(tables)
    for name in named:
        engine.create_view(name, tables[name])
    _close(engine.con, files)
    return _answer(engine.con, question, names=list(tables), limit=limit)


def _answer(db: duckdb.DuckDBPyConnection, question: str, *, names: list[str], limit: int) -> Rows:
    try:
        parsed = db.extract_statements(question)
        if len(parsed) != 1 or parsed[0].type != duckdb.StatementType.SELECT:
            raise BadInput("only one SELECT can be asked", where="civcas sql", expected="a question, not a change")
        cursor = db.execute(question)
        columns = [str(d[0]) for d in cursor.description or ()]
        rows = cursor.fetchmany(limit + 1)
    except (duckdb.Error, UnicodeDecodeError) as broken:
        raise BadInput(first_line(broken), where="civcas sql", expected=_over(names)) from None
    return Rows(columns=columns, rows=rows[:limit], more=len(rows) > limit)


def _over(names: list[str]) -> str:
    return (
        "SQL over " + ", ".join(names) if names else "tables to ask: there are none yet; civcas import brings them in"
    )


def _close(db: duckdb.DuckDBPyConnection, files: Iterable[Path]) -> None:
    """From here on no file but these, no extension and no setting can be reached."""
    db.execute("SET autoinstall_known_extensions = false")
    db.execute("SET autoload_known_extensions = false")
    db.execute(f"SET allowed_paths = [{', '.join(_text(str(path)) for path in files)}]")
    db.execute("SET enable_external_access = false")
    db.execute("SET lock_configuration = true")


def _tables(folder: Path, texts: Mapping[Path, str]) -> dict[str, dict[Path, str]]:
    """How each file of each table is read."""
    files = {path: f"read_parquet({_text(str(path.resolve()))})" for path in folder.rglob("*.parquet")} | dict(texts)
    found: dict[str, dict[Path, str]] = {}
    for path in sorted(files):
        found.setdefault(path.stem, {})[path] = files[path]
    return found


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
