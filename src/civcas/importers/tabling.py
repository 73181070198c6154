"""Writes the tables of a plan from staged rows, and beside them the rows that could not be read and those to look at twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from civcas.importers.asking import one
from civcas.importers.given import Given, quote, text
from civcas.importers.importer import Accounts
from civcas.importers.plan import Column, Doubt, Plan
from civcas.importers.published import PUBLISHED, keep_published
from civcas.importers.staging import Staged
from civcas.terms.tables import FLAGGED, UNREAD, table

ROW, REASON, OWN = '"civcas row"', '"civcas reason"', '"civcas id"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Tables, and the text of the rows where that is kept beside them instead of a table of it."""

    tables: Mapping[str, Path]
    accounts: Accounts
    kept: Path | None = None


def write_tables(db: duckdb.DuckDBPyConnection, staged: Staged, plan: Plan, given: Given, out: Path) -> Written:
    """Every staged row goes into the plan's first table or into `unread`; the accounts say how many went where."""
    _view_rows(db, staged, given, plan)
    paths, counts, unread = {}, {}, 0
    for place, (name, columns) in enumerate(plan.tables.items()):
        paths[name] = out / f"{name}.parquet"
        counts[name] = _write_table(db, name, columns, plan, given, paths[name], main=place == 0)
    rows = one(db, "SELECT count(*) FROM given_rows")
    read = next(iter(counts.values()))
    unread = _write_unread(db, staged, given, out / "unread.parquet", some=read < rows)
    flagged = _write_flagged(db, _doubts(plan), out / "flagged.parquet")
    kept = keep_published(staged.path, staged.text, out) if staged.layout.wide else None
    if kept and not staged.text:
        paths[PUBLISHED] = kept
    paths |= {"unread": out / "unread.parquet", "flagged": out / "flagged.parquet"}
    accounts = Accounts(given=staged.given, read=read, unread=unread, flagged=flagged, tables=counts,
                        reasons=_tally(db, paths["unread"], "split_part(reason, ' is ', 1)"),
                        doubts=_tally(db, paths["flagged"], "kind"))  # fmt: skip
    if not accounts.balanced:
        raise AssertionError(f"accounts do not balance: {accounts}")
    return Written(tables=paths, accounts=accounts, kept=kept)


def _view_rows(db: duckdb.DuckDBPyConnection, staged: Staged, given: Given, plan: Plan) -> None:
    """`given_rows`: the staged rows, blank words made blank, with row number, own id, and why they cannot be read."""
    cells = "*" if staged.typed else blanked(staged.columns, staged.layout.blank_words)
    db.execute(f"""CREATE OR REPLACE TEMP VIEW cells AS SELECT file_row_number + 1 AS {ROW}, {cells}
        FROM read_parquet({text(str(staged.path))}, file_row_number=true)""")
    own, reason = plan.own_id.value if plan.own_id else content_name(staged.columns), _reason(plan)
    db.execute(f"CREATE OR REPLACE TEMP VIEW given_rows AS SELECT *, {own} AS {OWN}, {reason} AS {REASON} FROM cells")
    if one(db, f"SELECT count({OWN}) > count(DISTINCT hash({OWN})) FROM given_rows"):
        nth = f"row_number() OVER (PARTITION BY {own} ORDER BY {ROW})"
        db.execute(f"""CREATE OR REPLACE TEMP VIEW given_rows AS SELECT *, {reason} AS {REASON},
            {own} || CASE WHEN {nth} > 1 THEN '#' || {nth} ELSE '' END AS {OWN} FROM cells ORDER BY {ROW}""")


def blanked(columns: Sequence[str], blank_words: Sequence[str]) -> str:
    """Cells under their names, where an empty one, or one that says that it is empty, is unknown."""
    blank = "".join(f", {text(w)}" for w in blank_words)
    return ", ".join(f"CASE WHEN {quote(c)} NOT IN (''{blank}) THEN {quote(c)} END AS {quote(c)}" for c in columns)


def content_name(columns: Sequence[str]) -> str:
    """A name made of everything the row says, for publishers who number no rows: it survives another order of rows."""
    cells = ", ".join(f"coalesce({quote(c)}, chr(30))" for c in columns)
    return f"substr(md5(concat_ws(chr(31), {cells})), 1, 16)"


def _checks(plan: Plan) -> dict[str, str]:
    """Sentence (SQL) → condition (SQL) under which a row cannot be read."""
    columns = [c for t in plan.tables.values() for c in t.values()] + ([plan.own_id] if plan.own_id else [])
    return {c.because: c.fails for c in columns if c.fails}


def _reason(plan: Plan) -> str:
    wrong = ", ".join(f"CASE WHEN {fails} THEN {because} END" for because, fails in _checks(plan).items())
    return f"nullif(concat_ws('; ', {wrong}), '')" if wrong else "NULL::VARCHAR"


def readable(plan: Plan) -> str:
    """The condition alone: sentences are put together only for the few rows that need one."""
    return " AND ".join(f"({fails}) IS NOT TRUE" for fails in _checks(plan).values()) or "TRUE"


def _write_table(db: duckdb.DuckDBPyConnection, name: str, columns: Mapping[str, Column], plan: Plan, given: Given,
                 path: Path, *, main: bool) -> int:  # fmt: skip
    contract = table(name)
    unknown = set(columns) - set(contract.schema.names)
    if unknown:
        raise AssertionError(f"{name} has no field {sorted(unknown)}")
    filled = _filled(name, columns, given, main=main)
    fields = ", ".join(
        f"CAST({filled.get(f.name, 'NULL')} AS {sql_type(f.type)}) AS {quote(f.name)}" for f in contract.fields
    )
    count = one(
        db,
        f"""COPY (SELECT {fields} FROM given_rows WHERE {readable(plan)})
        TO {text(str(path))} (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)""",
    )
    return int(count)


def _filled(name: str, columns: Mapping[str, Column], given: Given, *, main: bool) -> dict[str, str]:
    contract = table(name)
    filled = {field: column.value for field, column in columns.items()}
    identity = f"{text(given.dataset + ':')} || {OWN}"
    defaults = {contract.key[0]: identity, "dataset": text(given.dataset), "row": ROW}
    if main and (extra := rest(given)):
        defaults["extra"] = extra
    if given.country:
        defaults["country"] = f"coalesce({filled.pop('country', 'NULL')}, {text(given.country)})"
    return {k: v for k, v in defaults.items() if k in contract.schema.names} | filled


def rest(given: Given) -> str:
    """What no field takes, as one JSON object; nothing where it is kept beside the table."""
    kept = ", ".join(f"{text(c)}: {quote(c)}" for c in given.unused)
    return f"to_json({{{kept}}})" if kept and not given.wide else ""


def sql_type(kind: pa.DataType) -> str:
    return {
        pa.string(): "VARCHAR",
        pa.int64(): "BIGINT",
        pa.float64(): "DOUBLE",
        pa.date32(): "DATE",
        pa.bool_(): "BOOLEAN",
    }[kind]


def _write_unread(db: duckdb.DuckDBPyConnection, staged: Staged, given: Given, path: Path, *, some: bool) -> int:
    found = [pa.Table.from_batches([], UNREAD.schema)]
    if staged.rejects:
        rejects = pa.table({"row": pa.nulls(len(staged.rejects), pa.int64()), "line": [r.line for r in staged.rejects],
                            "reason": [r.reason for r in staged.rejects], "text": [r.text for r in staged.rejects]})  # fmt: skip
        found.append(UNREAD.conform(rejects))
    if some:
        whole = "to_json({" + ", ".join(f"{text(c)}: {quote(c)}" for c in given.columns) + "})"
        rows = db.sql(f"""SELECT {ROW} AS row, NULL::BIGINT AS line, {REASON} AS reason, {whole} AS text
            FROM given_rows WHERE {REASON} IS NOT NULL""").to_arrow_table()
        found.append(UNREAD.conform(rows))
    together = pa.concat_tables(found)
    pq.write_table(together, path)
    return int(together.num_rows)


def _doubts(plan: Plan) -> tuple[Doubt, ...]:
    """The plan's own doubts, and every range that ends before it begins."""
    found = list(plan.doubts)
    for columns in plan.tables.values():
        for name, lowest in columns.items():
            highest = columns.get(name.removesuffix("_min") + "_max") if name.endswith("_min") else None
            if highest and highest.value != lowest.value and "NULL" not in (lowest.value, highest.value):
                says = f"{text(name + ' is ')} || {lowest.value} || {text(' but ' + name[:-4] + '_max is ')} || {highest.value}"
                found.append(
                    Doubt(
                        when=f"{lowest.value} > {highest.value}",
                        kind="a range whose lowest exceeds its highest",
                        says=says,
                    )
                )
    return tuple(found)


def _write_flagged(db: duckdb.DuckDBPyConnection, doubts: Sequence[Doubt], path: Path) -> int:
    found = [pa.Table.from_batches([], FLAGGED.schema)]
    for doubt in doubts:
        rows = db.sql(f"""SELECT {ROW} AS row, {text(doubt.kind)} AS kind, {doubt.says} AS reason
            FROM given_rows WHERE {REASON} IS NULL AND ({doubt.when})""").to_arrow_table()
        found.append(FLAGGED.conform(rows))
    together = pa.concat_tables(found)
    pq.write_table(together, path)
    return len(set(together["row"].to_pylist()))


def _tally(db: duckdb.DuckDBPyConnection, path: Path, by: str) -> dict[str, int]:
    rows = f"SELECT {by} AS kind, count(*) FROM read_parquet({text(str(path))})"
    return dict(db.execute(f"{rows} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 50").fetchall())
