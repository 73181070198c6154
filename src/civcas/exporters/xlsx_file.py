"""One workbook for a spreadsheet program: a sheet of incidents, and a sheet that says what each column holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pyarrow as pa

from civcas.errors import BadInput, MissingExtra
from civcas.exporters.columns import reader, visible
from civcas.exporters.exporter import Exporter, Request
from civcas.exporters.incidents import NAME, NEEDS, with_incidents
from civcas.terms.tables import Field

MOST_ROWS, MOST_CHARACTERS = 1_048_575, 32_767  # what a sheet and a cell hold
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # no XML can hold them


def write(request: Request) -> dict[str, int]:
    """Texts are written as text, so a cell that begins with = + - or @ is never run as a formula."""
    tables, contract = with_incidents(request.tables, request.contract)
    request = replace(request, tables=tables, contract=contract)
    if NAME not in tables:
        raise BadInput(f"there is no table {', '.join(NEEDS)}", where="xlsx", expected=", ".join(NEEDS))
    try:
        from openpyxl import Workbook
    except ImportError:
        raise MissingExtra("Writing a workbook", "spreadsheets") from None
    request.out.mkdir(parents=True, exist_ok=True)
    fields = visible(request, NAME)
    book = Workbook(write_only=True)
    count = _fill(book.create_sheet("incidents"), fields, _rows(reader(request, NAME, fields)))
    about = book.create_sheet("columns")
    about.append(["column", "unit", "what it holds"])
    for field in fields:
        about.append([field.name, field.unit, field.meaning])
    book.save(request.out / "incidents.xlsx")
    return {"incidents.xlsx": count}


def _rows(batches: pa.RecordBatchReader) -> Iterator[list[Any]]:
    for batch in batches:
        for row in batch.to_pylist():
            yield list(row.values())


def _fill(sheet: Any, fields: tuple[Field, ...], rows: Iterator[list[Any]]) -> int:
    sheet.freeze_panes = "B2"
    sheet.append([f.name for f in fields])
    count = 0
    for row in rows:
        count += 1
        if count > MOST_ROWS:
            raise BadInput(f"there are more than {MOST_ROWS:,} incidents", where="xlsx", expected="no more than a sheet holds",
                           do="Write them as csv or parquet")  # fmt: skip
        sheet.append([_cell(sheet, value) for value in row])
    return count


def _cell(sheet: Any, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, value=CONTROLS.sub("", value)[:MOST_CHARACTERS])
    cell.data_type = "s"  # else openpyxl takes a text that begins with = for a formula
    return cell


ENTRY = Exporter(
    name="xlsx",
    title="A workbook of incidents, for a spreadsheet program",
    makes="a folder with incidents.xlsx",
    write=write,
    needs=NEEDS,
    notes="Needs the extra spreadsheets. Every text is a text: none is taken for a formula.",
)
