"""What a table and a field are: the shape every table of the contract is written in."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from civcas.errors import BadInput, UnknownName
from civcas.terms.vocabulary import Sensitivity


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One column: its Arrow type, what it holds, in what unit, who may see it, and its words where they are closed."""

    name: str
    type: pa.DataType
    meaning: str
    unit: str = ""
    sensitivity: Sensitivity = Sensitivity.PUBLIC
    nullable: bool = True
    words: tuple[str, ...] = ()

    def arrow(self) -> pa.Field:
        notes = {"description": self.meaning, "unit": self.unit, "sensitivity": str(self.sensitivity)}
        return pa.field(self.name, self.type, nullable=self.nullable, metadata=notes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table of the contract: what a row is, which fields name it, and its fields."""

    name: str
    a_row_is: str
    fields: tuple[Field, ...]
    key: tuple[str, ...] = ()

    @property
    def schema(self) -> pa.Schema:
        return pa.schema([f.arrow() for f in self.fields], metadata={"civcas_table": self.name})

    def field(self, name: str) -> Field:
        for found in self.fields:
            if found.name == name:
                return found
        raise UnknownName(f"field of {self.name}", name, [f.name for f in self.fields])

    def conform(self, table: pa.Table) -> pa.Table:
        """The same rows in this table's column order and types; a column that is missing becomes unknown (null)."""
        unknown = [c for c in table.column_names if c not in self.schema.names]
        if unknown:
            raise BadInput(
                f"unknown columns {', '.join(unknown)}", where=self.name, expected=", ".join(self.schema.names)
            )
        columns = [
            table[f.name].cast(f.type) if f.name in table.column_names else pa.nulls(table.num_rows, f.type)
            for f in self.fields
        ]
        return pa.Table.from_arrays(columns, schema=self.schema)


def text(name: str, meaning: str, **more: object) -> Field:
    return Field(name=name, type=pa.string(), meaning=meaning, **more)  # type: ignore[arg-type]


def day(name: str, meaning: str, **more: object) -> Field:
    return Field(name=name, type=pa.date32(), meaning=meaning, unit="day", **more)  # type: ignore[arg-type]


def count(name: str, meaning: str, unit: str = "people", **more: object) -> Field:
    return Field(name=name, type=pa.int64(), meaning=meaning, unit=unit, **more)  # type: ignore[arg-type]


def number(name: str, meaning: str, unit: str = "", **more: object) -> Field:
    return Field(name=name, type=pa.float64(), meaning=meaning, unit=unit, **more)  # type: ignore[arg-type]
