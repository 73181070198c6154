"""A sheet is a table of lists as people keep it: one row a person, or one row an overlap with its count."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
from numpy.typing import NDArray

from civcas.errors import BadInput, UnknownName
from civcas.measures.undercount.overlap import Overlap
from civcas.measures.undercount.strata import Strata

COUNT_NAMES = ("count", "freq", "frequency", "n")


def read(
    path: Path, *, lists: Sequence[str] = (), count: str | None = None, strata: Sequence[str] = ()
) -> tuple[Strata, tuple[str, ...]]:
    """The sheet's overlaps by stratum, and the columns that were not used.

    A column holding only 0 and 1 is a list unless it is named otherwise. A blank in a list is refused:
    unknown is not 0. A blank in a column of `strata` is a person whose stratum is unknown, who stays in.
    """
    table = _table(path)
    counted = _count_column(table, count, path)
    chosen = _list_columns(table, lists, {counted, *strata}, path)
    _known(table, strata, path)
    rows = np.column_stack([_marks(table, name, path) for name in chosen])
    weights = np.ones(len(rows), dtype=np.int64) if counted is None else _counts(table, counted, path)
    unused = tuple(c for c in table.column_names if c not in {counted, *chosen, *strata})
    return _by_stratum(table, rows, weights, chosen, tuple(strata)), unused


def _table(path: Path) -> pa.Table:
    if not path.exists():
        raise BadInput("there is no such file", where=str(path), do="Give the path of a CSV file with a header row.")
    try:
        table = pa.csv.read_csv(
            path, convert_options=pa.csv.ConvertOptions(strings_can_be_null=True, null_values=["", "NA"])
        )
    except (pa.ArrowInvalid, OSError) as unread:
        raise BadInput(
            f"the file cannot be read as CSV ({unread})", where=str(path), expected="comma-separated, one header row"
        ) from None
    try:
        columns = table.column_names
    except UnicodeDecodeError:
        raise BadInput(
            "the header is not UTF-8, or this is no text at all", where=str(path), expected="a CSV file",
            do="Save it again as CSV in UTF-8",
        ) from None  # fmt: skip
    if twice := sorted({name for name in columns if columns.count(name) > 1}):
        raise BadInput(f"two columns are named {twice[0]!r}", where=str(path), expected="a name for each column")
    if table.num_rows == 0:
        raise BadInput("the file has no rows", where=str(path), expected="one row a person, or one row an overlap")
    return table


def _count_column(table: pa.Table, asked: str | None, path: Path) -> str | None:
    if asked is not None:
        _known(table, [asked], path)
        return asked
    named = [name for name in table.column_names if name.lower() in COUNT_NAMES]
    return named[0] if len(named) == 1 else None


def _known(table: pa.Table, names: Sequence[str], path: Path) -> None:
    for name in names:
        if name not in table.column_names:
            raise UnknownName("column", name, table.column_names, where=str(path))


def _list_columns(table: pa.Table, asked: Sequence[str], taken: set[str | None], path: Path) -> list[str]:
    if asked:
        _known(table, asked, path)
        return list(asked)
    numeric = [
        c for c in table.column_names if c not in taken and (pa.types.is_integer(table[c].type) or pa.types.is_floating(table[c].type))
    ]  # fmt: skip
    other = [c for c in numeric if not pc.all(pc.is_in(table[c].drop_null(), pa.array([0, 1], table[c].type))).as_py()]
    if other:
        raise BadInput(
            f"column {other[0]} holds numbers other than 0 and 1",
            where=str(path),
            expected="1 where listed, 0 where not; one column of counts at most",
            do="Name the lists with --lists A,B,C, or the counts with --count COLUMN.",
        )
    if not numeric:
        raise BadInput("no column of 0 and 1 was found", where=str(path), expected="one column a list",
                       do="Name the lists with --lists A,B,C.")  # fmt: skip
    return numeric


def _marks(table: pa.Table, name: str, path: Path) -> NDArray[Any]:
    column = table[name]
    if column.null_count:
        row = int(np.flatnonzero(column.is_null().to_numpy())[0]) + 2
        raise BadInput(f"list {name} is blank", where=f"{path}, line {row}", expected="0 or 1: unknown is not 0",
                       do="Find out whether this person stands on the list, or leave the list out.")  # fmt: skip
    if not (pa.types.is_integer(column.type) or pa.types.is_floating(column.type)):
        raise BadInput(f"list {name} holds text", where=str(path), expected="1 where listed, 0 where not")
    return np.asarray(column.to_numpy())


def _counts(table: pa.Table, name: str, path: Path) -> NDArray[Any]:
    column = table[name]
    if column.null_count or not (pa.types.is_integer(column.type) or pa.types.is_floating(column.type)):
        raise BadInput(f"column {name} is not a count in every row", where=str(path), expected="whole numbers")
    return np.asarray(column.to_numpy())


def _by_stratum(
    table: pa.Table, rows: NDArray[Any], weights: NDArray[Any], lists: list[str], by: tuple[str, ...]
) -> Strata:  # fmt: skip
    everyone = Overlap.of(rows, weights, lists=lists)
    if not by:
        return Strata(by=(), known={"all": everyone})
    texts = [pc.cast(table[name], pa.string()) for name in by]
    labels = np.asarray(pc.binary_join_element_wise(*texts, " · ").to_numpy(zero_copy_only=False), dtype=object)
    unknown = np.array([label is None for label in labels])
    known = {
        str(label): Overlap.of(rows[labels == label], weights[labels == label], lists=lists)
        for label in sorted(set(labels[~unknown]))
        if weights[labels == label].sum() > 0
    }
    missing = Overlap.of(rows[unknown], weights[unknown], lists=lists) if weights[unknown].sum() > 0 else None
    return Strata(by=by, known=known, unknown=missing)
