"""The slow, careful reader for text tables that strict readers give up on or count otherwise: row by row, nothing lost."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from civcas.errors import BadInput
from civcas.importers.header import Header
from civcas.importers.opening import LONGEST_LINE
from civcas.importers.rejects import Reject

BATCH = 20_000


def stage_carefully(path: Path, header: Header, staged: Path) -> tuple[int, list[Reject]]:
    """Write the rows of full width to `staged`; return how many rows there are, and those of another width."""
    csv.field_size_limit(min(LONGEST_LINE, sys.maxsize))
    schema = pa.schema([(name, pa.string()) for name in header.columns])
    width, given, rejects = len(header.columns), 0, []
    with (
        path.open(encoding="utf-8", newline="") as stream,
        pq.ParquetWriter(staged, schema, compression="lz4") as writer,
    ):
        for _ in range(header.skip):
            stream.readline()
        rows = _rows(stream, header, path)
        while batch := list(islice(rows, BATCH)):
            given += len(batch)
            whole = [row for _, row in batch if len(row) == width]
            rejects += [_reject(line, row, header) for line, row in batch if len(row) != width]
            cells = [[row[i] or None for row in whole] for i in range(width)]
            writer.write_table(pa.table(dict(zip(header.columns, cells, strict=True)), schema=schema))
    return given, rejects


def _rows(stream: Iterator[str], header: Header, path: Path) -> Iterator[tuple[int, list[str]]]:
    quoting = header.layout.quoted
    reader = csv.reader(stream, delimiter=header.delimiter, quoting=csv.QUOTE_MINIMAL if quoting else csv.QUOTE_NONE)
    while True:
        line = reader.line_num + header.skip + 1
        try:
            row = next(reader, None)
        except csv.Error as broken:
            raise BadInput(
                f"the row cannot be read: {broken}",
                where=f"{path.name}, line {line}",
                expected="quotes that are closed again",
            ) from None
        if row is None:
            return
        if row:
            yield line, row


def _reject(line: int, row: list[str], header: Header) -> Reject:
    few = "few" if len(row) < len(header.columns) else "many"
    return Reject(
        line=line, text=header.delimiter.join(row), reason=f"too {few} cells; expected {len(header.columns)} cells"
    )
