"""A mapping file: which column of somebody's own table holds which field, and how its cells are written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import yaml

from civcas.errors import BadInput, UnknownName
from civcas.terms.tables import Table, table

CELL_KEYS = {
    "column",
    "constant",
    "columns",
    "keys",
    "formats",
    "words",
    "separator",
    "part",
    "decimal_comma",
    "unknown",
    "range",
    "end_of",
}
MADE_FROM = ("column", "constant", "columns", "keys")
TOP_KEYS = {"dataset", "table", "id", "fields", "encoding", "delimiter", "sheet", "merged", "unknown", "row_is", "title",
            "licence", "citation", "by", "because", "decide"}  # fmt: skip
MAPPABLE = ("report", "strike", "figure", "interaction", "indicator", "harm_by_period")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """How one field is made: from a column, a constant, several `columns` side by side, or as an object with `keys`.

    `range` takes `3-5`, `3` or `5+` apart; `end_of` takes a month or a year to its last day; `part` is the place, from 1, of
    what is meant between separators.
    """

    column: str = ""
    constant: str | None = None
    columns: tuple[str, ...] = ()
    keys: Mapping[str, Cell] = field(default_factory=dict)
    part: int = 0
    formats: tuple[str, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)
    separator: str = ""
    decimal_comma: bool = False
    unknown: tuple[str, ...] = ()
    range: bool = False
    end_of: str = ""

    @property
    def named(self) -> tuple[str, ...]:
        """Every column that the field is made from."""
        own = ((self.column,) if self.column else ()) + self.columns
        return own + tuple(name for each in self.keys.values() for name in each.named)


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMapping:
    """What a person wrote down about a table of their own."""

    dataset: str
    table: Table
    fields: Mapping[str, Cell]
    id: str = ""
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    merged: str = ""
    unknown: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        named = [name for cell in self.fields.values() for name in cell.named] + ([self.id] if self.id else [])
        return tuple(dict.fromkeys(named))


def read_mapping(path: Path) -> ColumnMapping:
    """Read and check a mapping file; one with open questions under `decide` is not ready."""
    if not path.is_file():
        raise BadInput("there is no such mapping file", where=str(path), do="Propose one with: civcas map FILE")
    try:
        words = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as broken:
        raise BadInput(f"the mapping is not YAML: {broken}", where=path.name) from None
    if not isinstance(words, dict) or not isinstance(words.get("fields"), dict):
        raise BadInput(
            "the mapping names no fields", where=path.name, expected="fields: with a column or a constant each"
        )
    return _checked(words, path)


def _checked(words: dict[str, Any], path: Path) -> ColumnMapping:
    for key in words:
        if key not in TOP_KEYS:
            raise UnknownName("part of a mapping", key, TOP_KEYS, where=path.name)
    if questions := words.get("decide"):
        raise BadInput(f"the mapping leaves something to decide: {questions[0]}", where=path.name,
                       do="Edit the field, then delete the line under decide.")  # fmt: skip
    name = str(words.get("table", "report"))
    if name not in MAPPABLE:
        raise UnknownName("table to map to", name, MAPPABLE, where=path.name)
    if words.get("merged", "blank") not in ("blank", "fill"):
        raise UnknownName("way to treat merged cells", words["merged"], ("blank", "fill"), where=path.name)
    contract = table(name)
    fields = {str(f): _cell(str(f), cell, contract, path) for f, cell in words["fields"].items()}
    _require_needed(fields, contract, path)
    plain = {key: str(words.get(key) or "") for key in ("id", "encoding", "delimiter", "sheet")}
    return ColumnMapping(dataset=str(words.get("dataset") or "mapped"), table=contract, fields=fields, **plain,
                    merged=str(words.get("merged") or ""), unknown=tuple(map(str, words.get("unknown") or ())))  # fmt: skip


def _cell(name: str, given: Any, contract: Table, path: Path) -> Cell:
    if contract.field(name).type != pa.string() and isinstance(given, dict) and {"columns", "keys"} & set(given):
        raise BadInput(f"{name} is no text", where=f"{path.name}, field {name}", expected="column: or constant:")
    return _made(name, given, f"{path.name}, field {name}")


def _made(name: str, given: Any, where: str) -> Cell:
    if isinstance(given, str):
        return Cell(column=given)
    if not isinstance(given, dict):
        raise BadInput(f"{given!r} is not a column", where=where, expected="a column's name, or column: or constant:")
    for key in given:
        if key not in CELL_KEYS:
            raise UnknownName("way to read a column", key, CELL_KEYS, where=where)
    if sum(key in given for key in MADE_FROM) != 1:
        raise BadInput(
            "a field is made from a column or is a constant", where=where, expected="one of " + ", ".join(MADE_FROM)
        )
    if not isinstance(given.get("keys", {}), dict) or not isinstance(given.get("columns", []), list):
        raise BadInput(
            "columns is a list, keys are names with a column each",
            where=where,
            expected="columns: [A, B] or keys: {name: A}",
        )
    if str(given.get("part", 1)) not in "123456789" or ("part" in given and not given.get("separator")):
        raise BadInput("part is a place between separators", where=where, expected="separator: and part: 1 to 9")
    if given.get("end_of", "month") not in ("month", "year"):
        raise UnknownName("span to end", given["end_of"], ("month", "year"), where=where)
    listed = {key: tuple(map(str, given[key])) for key in ("formats", "unknown") if given.get(key)}
    return Cell(
        column=str(given.get("column", "")),
        constant=str(given["constant"]) if "constant" in given else None,
        words={str(k): str(v) for k, v in (given.get("words") or {}).items()},
        separator=str(given.get("separator", "")),
        columns=tuple(map(str, given.get("columns") or ())),
        keys={str(key): _made(str(key), each, f"{where}, {key}") for key, each in (given.get("keys") or {}).items()},
        part=int(given.get("part", 0)),
        decimal_comma=bool(given.get("decimal_comma")),
        range=bool(given.get("range")),
        end_of=str(given.get("end_of", "")),
        **listed,
    )


def _require_needed(fields: Mapping[str, Cell], contract: Table, path: Path) -> None:
    own = {contract.key[0], "dataset", "row"} if contract.name != "harm_by_period" else {"dataset"}
    missing = [f.name for f in contract.fields if not f.nullable and f.name not in fields and f.name not in own]
    if missing:
        raise BadInput(
            f"the mapping lacks {', '.join(missing)}",
            where=path.name,
            expected=f"every field that a {contract.name} must have",
        )
