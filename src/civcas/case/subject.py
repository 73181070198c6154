"""Whether a decision is about something the case has ever held."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import duckdb
import pyarrow as pa

from civcas.case.folder import Folder
from civcas.case.vintage import files, kept
from civcas.errors import UnknownName
from civcas.terms.tables import TABLES

_NAMES = {
    "belligerent": ("belligerent", "belligerents", "initiator", "target"),
    "place": ("place", "province", "area", "country"),
}
SEPARATOR = ";"


def refuse_unknown(case: Folder, names: Iterable[str]) -> None:
    """Raise for the first name, in order, that no table of any vintage holds."""
    asked = pa.table({"name": pa.array(sorted(set(names)), pa.string())})
    held = list(_held(files(case, kept(case))))
    with duckdb.connect() as engine:
        engine.register("asked", asked)
        known = " UNION ".join(held) or "SELECT NULL AS name WHERE false"
        engine.execute(f"CREATE TABLE known AS {known}")
        unknown = engine.execute(
            "SELECT name FROM asked WHERE name NOT IN (FROM known) ORDER BY name LIMIT 1"
        ).fetchone()
        if unknown is None:
            return
        near = engine.execute(
            "SELECT name FROM known ORDER BY levenshtein(name, ?), name LIMIT 5", [unknown[0]]
        ).fetchall()
    raise UnknownName(
        "subject",
        unknown[0],
        [row[0] for row in near],
        where="civcas decide",
        do="Nothing was recorded. Subjects are the ids of reports, incidents, figures and strikes, and "
        "belligerent:NAME or place:NAME for a published name; those shown are the nearest",
    )


def _held(found: dict[str, list[Path]]) -> Iterator[str]:
    """One query for each column that names subjects: the keys of records, and the names of parties and places."""
    for table, paths in found.items():
        if table not in TABLES:
            continue
        source = f"read_parquet({[str(path) for path in sorted(set(paths))]}, union_by_name = true)"
        columns, key = {field.name for field in TABLES[table].fields}, TABLES[table].key
        if len(key) == 1:
            yield f"SELECT {key[0]} AS name FROM {source}"
        for prefix, named in _NAMES.items():
            for column in columns & set(named):
                each = f"unnest(string_split({column}, '{SEPARATOR}'))" if column.endswith("s") else column
                yield f"SELECT '{prefix}:' || trim({each}) AS name FROM {source} WHERE {column} IS NOT NULL"
