"""What changed between two vintages of a dataset: rows added, removed and changed, column by column."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from civcas.errors import BadInput
from civcas.terms.tables import TABLES

BESIDE = ("row",)  # where a row stands in its file says nothing of what it says


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Counts for one table; `columns` says how often each differs among the rows that changed; `examples` are a few ids of each."""

    table: str
    added: int
    removed: int
    changed: int
    same: int
    columns: dict[str, int]
    examples: dict[str, list[str]]


def differences(older: Path, newer: Path) -> list[Difference]:
    """Compare two folders that civcas import --out wrote, table by table, by the id of each row."""
    shared = [
        n
        for n in TABLES
        if all((f / f"{n}.parquet").exists() for f in (older, newer)) and n not in ("unread", "flagged")
    ]
    if not shared:
        raise BadInput(
            "the two folders share no table",
            where=f"{older} and {newer}",
            expected="two folders that civcas import --out wrote",
        )
    return [_of(name, older / f"{name}.parquet", newer / f"{name}.parquet") for name in shared if TABLES[name].key]


def _of(name: str, older: Path, newer: Path) -> Difference:
    table = TABLES[name]
    columns = [f.name for f in table.fields if f.name not in (*table.key, *BESIDE)]
    key = " || chr(31) || ".join(f"coalesce(CAST({_name(k)} AS VARCHAR), '')" for k in table.key)
    differs = {c: f"(o.{_name(c)} IS DISTINCT FROM n.{_name(c)})" for c in columns}
    db = duckdb.connect()
    try:
        for side, path in (("o", older), ("n", newer)):
            db.execute(f"CREATE VIEW {side} AS SELECT {key} AS civcas_key, * FROM read_parquet('{_text(path)}')")
        db.execute(f"""CREATE TABLE compared AS SELECT coalesce(o.civcas_key, n.civcas_key) AS id,
            CASE WHEN o.civcas_key IS NULL THEN 'added' WHEN n.civcas_key IS NULL THEN 'removed'
                 WHEN {" OR ".join(differs.values())} THEN 'changed' ELSE 'same' END AS became,
            {", ".join(f"{sql} AS {_name(c)}" for c, sql in differs.items())}
            FROM o FULL JOIN n ON o.civcas_key = n.civcas_key""")
        counts: dict[str, int] = dict(db.execute("SELECT became, count(*) FROM compared GROUP BY 1").fetchall())
        tallies = ", ".join(f"count(*) FILTER ({_name(c)})" for c in columns)
        changed: tuple[Any, ...] = db.execute(f"SELECT {tallies} FROM compared WHERE became = 'changed'").fetchall()[0]
        examples = {
            became: [
                str(i)
                for (i,) in db.execute(
                    "SELECT id FROM compared WHERE became = ? ORDER BY id LIMIT 5", [became]
                ).fetchall()
            ]
            for became in ("added", "removed", "changed")
        }
    finally:
        db.close()
    return Difference(
        table=name,
        added=counts.get("added", 0),
        removed=counts.get("removed", 0),
        changed=counts.get("changed", 0),
        same=counts.get("same", 0),
        columns={column: count for column, count in zip(columns, changed, strict=True) if count},
        examples=examples,
    )


def _name(column: str) -> str:
    return '"' + column + '"'


def _text(path: Path) -> str:
    return str(path).replace("'", "''")
