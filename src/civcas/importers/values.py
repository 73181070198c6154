"""The values that a plan takes from each row, as one question to DuckDB; equal values are asked for once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from civcas.errors import BadInput
from civcas.importers.given import Given, quote, text
from civcas.importers.plan import Column, Doubt, Plan
from civcas.terms.tables import table

ROW = '"civcas row"'
TYPES = {pa.string(): "VARCHAR", pa.int64(): "BIGINT", pa.float64(): "DOUBLE", pa.date32(): "DATE", pa.bool_(): "BOOLEAN"}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """A kind of doubt, and the columns of the answer that say whether a row deserves it, and why."""

    kind: str
    when: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """The values as SQL, and which field of which table each column of the answer fills; other fields are unknown.

    `number` is the column that says which row of the file it is, where that is known beforehand. Rows of the tables
    `named_by_row` are called after the row they come from; the plan names those of others. `digest` is the column that is
    alike in rows that say the same under any id.
    """

    sql: str
    tables: Mapping[str, Mapping[str, str]]
    flags: tuple[Flag, ...]
    number: str
    named_by_row: frozenset[str]
    digest: str = ""


class _Asked:
    """Columns of the answer by the value they hold."""

    def __init__(self) -> None:
        self._named: dict[str, str] = {}

    def column(self, value: str, kind: str) -> str:
        return self._named.setdefault(f"CAST({value} AS {kind})", f"value {len(self._named) + 1}")

    def sql(self) -> str:
        return ", ".join(f"{value} AS {quote(name)}" for value, name in self._named.items())


def question(plan: Plan, given: Given, *, numbered: bool) -> Question:
    """What to ask of every row that can be read; `numbered` rows know which row of the file they are."""
    asked, tables = _Asked(), {}
    for place, (name, columns) in enumerate(plan.tables.items()):
        filled = _filled(name, columns, plan, given, main=place == 0, numbered=numbered)
        types = {f.name: TYPES[f.type] for f in table(name).fields}
        tables[name] = {f: asked.column(v, types[f]) for f, v in filled.items() if v != "NULL"}
    flags = [
        Flag(
            kind=doubt.kind,
            when=asked.column(f"({doubt.when})", "BOOLEAN"),
            says=asked.column(f"CASE WHEN {doubt.when} THEN {doubt.says} END", "VARCHAR"),
        )
        for doubt in _doubts(plan)
    ]
    number = asked.column(ROW, "BIGINT") if numbered else ""
    digest = asked.column(same, "UBIGINT") if (same := _content(plan, given)) else ""
    named = frozenset(name for name, columns in plan.tables.items() if _named_by_row(name, columns))
    return Question(
        sql=asked.sql(), tables=tables, flags=tuple(flags), number=number, named_by_row=named, digest=digest
    )


def _filled(name: str, columns: Mapping[str, Column], plan: Plan, given: Given, *, main: bool,
            numbered: bool) -> dict[str, str]:  # fmt: skip
    contract = table(name)
    if unknown := set(columns) - set(contract.schema.names):
        raise AssertionError(f"{name} has no field {sorted(unknown)}")
    if len(contract.key) == 1 and contract.key[0] in columns:
        raise BadInput(
            f"{contract.key[0]} is made by civcas",
            where=f"a plan of {name}",
            expected="the column that names the row as its id",
        )
    filled = {field: column.value for field, column in columns.items()}
    defaults = {"dataset": text(given.dataset)}
    if _named_by_row(name, columns):
        own = _own_name(plan, given, numbered=numbered)
        defaults[contract.key[0]] = f"{text(given.dataset + ':')} || {own}"
    if main and (extra := _rest(given)):
        defaults["extra"] = extra
    if given.country:
        defaults["country"] = f"coalesce({filled.pop('country', 'NULL')}, {text(given.country)})"
    return {k: v for k, v in defaults.items() if k in contract.schema.names} | filled


def _named_by_row(name: str, columns: Mapping[str, Column]) -> bool:
    return table(name).key[0] not in columns


def _own_name(plan: Plan, given: Given, *, numbered: bool) -> str:
    """The publisher's id; the content where there is none. The straight way leaves rows without an id to the careful one."""
    if not plan.own_id:
        return _content_name(given)
    cell = plan.own_id.value
    return f"CASE WHEN trim({cell}) <> '' THEN {cell} ELSE {_content_name(given)} END" if numbered else cell


def _content(plan: Plan, given: Given) -> str:
    """What a row says apart from its ids, as one number: of reports and strikes, in which people would be counted twice.

    The code of an incident names it too. That of an account or a person says to which incident it belongs.
    """
    name, columns = next(iter(plan.tables.items()))
    row_is = columns["row_is"].value if "row_is" in columns else text("incident")
    if plan.own_id is None or name not in ("report", "strike") or row_is == text("period"):
        return ""
    ids = plan.own_id.value + (columns["code"].value if "code" in columns and row_is == text("incident") else "")
    cells = [quote(c) for c in given.columns if quote(c) not in ids]
    return f"hash({', '.join(cells)})" if cells else ""


def _content_name(given: Given) -> str:
    """A name made of everything the row says, for publishers who number no rows: it survives another order of rows."""
    cells = ", ".join(f"coalesce({quote(c)}, chr(30))" for c in given.columns)
    return f"substr(md5(concat_ws(chr(31), {cells})), 1, 16)"


def _rest(given: Given) -> str:
    """What no field takes, as one JSON object; nothing where it is kept beside the table.

    A date that is not written as a field writes it is kept too: `18/04/2016 night` says more than its day.
    """
    if given.wide:
        return ""
    rest = {c: quote(c) for c in given.unused}
    loose = {c: quote(c) for c in given.columns if c not in rest and quote(c) in {d.cell for d in given.dated.values()}}
    if not loose:
        return _json(rest)
    plainly = " AND ".join(f"coalesce({cell} LIKE '____-__-__', TRUE)" for cell in loose.values())
    return f"CASE WHEN {plainly} THEN {_json(rest) or 'NULL'} ELSE {_json(rest | loose)} END"


def _json(cells: Mapping[str, str]) -> str:
    return "to_json({" + ", ".join(f"{text(c)}: {cell}" for c, cell in cells.items()) + "})" if cells else ""


def _doubts(plan: Plan) -> tuple[Doubt, ...]:
    """The plan's own doubts, those of its columns, and every range that ends before it begins."""
    own = plan.own_id.doubts if plan.own_id else ()
    columns_of = [column for columns in plan.tables.values() for column in columns.values()]
    found = list(dict.fromkeys((*plan.doubts, *own, *(doubt for column in columns_of for doubt in column.doubts))))
    for columns in plan.tables.values():
        for name, lowest in columns.items():
            highest = columns.get(name.removesuffix("_min") + "_max") if name.endswith("_min") else None
            if highest and highest.value != lowest.value and "NULL" not in (lowest.value, highest.value):
                found.append(_reversed(name, lowest.value, highest.value))
    return tuple(found)


def _reversed(name: str, lowest: str, highest: str) -> Doubt:
    says = f"{text(name + ' is ')} || {lowest} || {text(' but ' + name[:-4] + '_max is ')} || {highest}"
    return Doubt(when=f"{lowest} > {highest}", kind="a range whose lowest exceeds its highest", says=says)
