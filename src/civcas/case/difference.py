"""What changed between two moments, and which import or decision did it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb

from civcas.case.folder import Folder
from civcas.case.intake import Import, table_path
from civcas.case.vintage import standing
from civcas.ledger.moment import Moment
from civcas.ledger.replay import replay
from civcas.terms.tables import TABLES
from civcas.terms.typed_decision import count_columns

SHOWN = 1000
"""Changed rows named one by one for each table; beyond that they are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """One aspect of one subject that stands differently. `before` is the decision that stood, or what was published."""

    subject: str
    about: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    entry: int
    at: str
    author: str
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row that a new vintage of a dataset adds, removes or changes; `column` only where it changes."""

    key: str
    change: str
    column: str | None = None
    before: str | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """One table of one dataset in a new vintage: how many rows came, went and changed, and the first of them."""

    dataset: str
    table: str
    entry: int
    at: str
    author: str
    original: str
    added: int
    removed: int
    changed: int
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Everything that stands differently at `to` than at `start`."""

    start: str
    to: str
    decided: tuple[Decided, ...]
    imported: tuple[Imported, ...]

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def difference(case: Folder, start: Moment, to: Moment) -> Difference:
    """Compare what the case said at two moments: the decisions that stood, and the vintage of each dataset."""
    return Difference(
        start=str(start),
        to=str(to),
        decided=tuple(_decided(case, start, to)),
        imported=tuple(_imported(case, standing(case, start), standing(case, to))),
    )


def _decided(case: Folder, start: Moment, to: Moment) -> Iterator[Decided]:
    """Decisions that stand at one moment and not at the other; the number of those is the number of changes."""
    with duckdb.connect() as engine:
        engine.register("was", replay(case.ledger, start))
        engine.register("is_now", replay(case.ledger, to))
        changed = engine.execute(
            """
            SELECT n.subject, n.about, w.value, n.value, n.sequence, n.at, n.author, n.because
            FROM is_now n LEFT JOIN was w USING (subject, about)
            WHERE w.sequence IS DISTINCT FROM n.sequence ORDER BY n.sequence
            """
        ).fetchall()
    published = published_values(case, {row[0] for row in changed}, to)
    for subject, about, before, after, entry, at, author, because in changed:
        was = json.loads(before) if before else None
        if was is None or "as_published" in was:
            was = published.get((subject, about), was)
        yield Decided(
            subject=subject, about=about, before=was, after=json.loads(after), entry=entry, at=at, author=author, because=because
        )  # fmt: skip


def published_values(case: Folder, subjects: set[str], until: Moment) -> dict[tuple[str, str], dict[str, Any]]:
    """What was published on the aspects of these subjects that can be decided: counts, and the grading."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for made in standing(case, until).values():
        for name, file in made.tables.items():
            path = table_path(case, name, file)
            if name in TABLES and len(TABLES[name].key) == 1 and path.exists() and subjects:
                found |= _published(path, TABLES[name].key[0], sorted(subjects))
    return found


def _published(path: Path, key: str, subjects: list[str]) -> dict[tuple[str, str], dict[str, Any]]:
    with duckdb.connect() as engine:
        query = f"SELECT * FROM read_parquet(?) WHERE {key} IN (SELECT unnest(?))"
        rows = engine.sql(query, params=[str(path), subjects]).to_arrow_table().to_pylist()
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        for about, (low, high) in count_columns().items():
            if low in row:
                found[row[key], about] = {"min": _plain(row[low]), "max": _plain(row[high])}
        if "grading" in row:
            found[row[key], "grading"] = {"grading": row["grading"]}
    return found


def _plain(number: float | None) -> float | int | None:
    return int(number) if number is not None and number == int(number) else number


def _imported(case: Folder, was: Mapping[str, Import], now: Mapping[str, Import]) -> Iterator[Imported]:
    for dataset, made in sorted(now.items(), key=lambda item: item[1].sequence):
        before = was.get(dataset)
        if before is not None and before.sequence == made.sequence:
            continue
        old = before.tables if before else {}
        for name in sorted((set(old) | set(made.tables)) & set(TABLES)):
            paths = [table_path(case, name, t[name]) if name in t else None for t in (old, made.tables)]
            counts, rows = _compared(name, *paths)
            yield Imported(
                dataset=dataset, table=name, entry=made.sequence, at=made.at, author=made.author,
                original=made.original.sha256, added=counts["added"], removed=counts["removed"],
                changed=counts["changed"], rows=tuple(rows),
            )  # fmt: skip


def _compared(table: str, old: Path | None, new: Path | None) -> tuple[dict[str, int], list[Row]]:
    """Two files of one table, row by row on its key, in columns."""
    with duckdb.connect() as engine:
        for name, path in (("old", old), ("new", new)):
            file, none = str(path or new or old), "" if path else " LIMIT 0"
            there = {row[0] for row in engine.execute("DESCRIBE SELECT * FROM read_parquet(?)", [file]).fetchall()}
            engine.execute(f"CREATE TABLE {name} AS {_keyed(table, there)}{none}", [file])
        rows = [Row(key=k, change=c) for k, c in engine.execute(_came_and_went()).fetchall()]
        changes = engine.execute(_changes(table)).fetchall()
    counts: dict[str, int] = defaultdict(int)
    for row in rows:
        counts[row.change] += 1
    counts["changed"] = len({key for key, *_ in changes})
    rows += [Row(key=k, change="changed", column=c, before=b, after=a) for k, c, b, a in changes]
    return counts, rows[:SHOWN]


def _keyed(table: str, there: set[str]) -> str:
    """The rows of a file under their key; a column that an older file has not got yet is unknown in all of them.

    Rows of a table without a key are named by all they hold, and those alike are numbered.
    """
    names = [f.name for f in TABLES[table].fields]
    cells = ", ".join(f'"{n}"' if n in there else f'NULL AS "{n}"' for n in names)
    whole = " || ' / ' || ".join(f"coalesce(CAST(\"{n}\" AS VARCHAR), '')" for n in TABLES[table].key or names)
    rows = f"SELECT {whole} AS key, * FROM (SELECT {cells} FROM read_parquet(?))"
    if TABLES[table].key:
        return rows
    numbered = f"SELECT *, row_number() OVER (PARTITION BY key) AS nth FROM ({rows})"
    alike = "key || CASE WHEN nth > 1 THEN ' #' || nth ELSE '' END"
    return f"SELECT * EXCLUDE (nth) REPLACE ({alike} AS key) FROM ({numbered})"


def _came_and_went() -> str:
    return """
        SELECT key, 'added' FROM new ANTI JOIN old USING (key)
        UNION ALL SELECT key, 'removed' FROM old ANTI JOIN new USING (key) ORDER BY 2, 1
    """


def _changes(table: str) -> str:
    """Each cell that differs between two rows of the same key."""
    columns = [f.name for f in TABLES[table].fields if f.name not in TABLES[table].key]
    each = [
        f'SELECT key, \'{c}\', CAST(o."{c}" AS VARCHAR), CAST(n."{c}" AS VARCHAR) FROM old o JOIN new n USING (key) '
        f'WHERE o."{c}" IS DISTINCT FROM n."{c}"'
        for c in columns
    ]
    return " UNION ALL ".join(each) + " ORDER BY 1, 2"
