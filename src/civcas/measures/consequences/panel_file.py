"""Panel files: plain tables of units, one row each, with the outcome before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from civcas.errors import BadInput, UnknownName
from civcas.measures.consequences import event_file
from civcas.measures.consequences.events import MANY_ROWS

YES, NO = ("1", "1.0", "true", "yes"), ("0", "0.0", "false", "no")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One row a unit: treated 0 or 1; outcomes units × periods; the number of its cluster, or None."""

    treated: NDArray[np.float64]
    before: NDArray[np.float64]
    after: NDArray[np.float64]
    cluster: NDArray[np.int64] | None


def read(path: str | Path, *, treated: str, pre: Sequence[str], post: Sequence[str], cluster: str | None) -> Sheet:
    """The named columns of a CSV table. An empty cell is unknown, and is refused where a number is needed."""
    table = event_file.read([path])
    for name in (treated, *pre, *post, *((cluster,) if cluster else ())):
        if name not in table.column_names:
            raise UnknownName("column", name, table.column_names, where=str(path))
    shared = set(pre) & set(post)
    if shared or treated in (*pre, *post):
        raise BadInput("one column is asked to be two things", where=", ".join(sorted(shared) or [treated]),
                       expected="treated, before and after in columns of their own")  # fmt: skip
    if len({*pre, *post}) < len(pre) + len(post):
        raise BadInput("one column is named twice", where=str(path), expected="a column of its own for every period")
    used = {treated, *pre, *post, *((cluster,) if cluster else ())}
    many = _repeats(table)
    again = table.num_rows - len(many)
    every = len(many) >= MANY_ROWS and bool(np.gcd.reduce(many) > 1)
    if again and (every or len(table.column_names) > len(used)):
        raise BadInput(f"{again} of {table.num_rows} rows stand twice, the same in every column", where=str(path),
                       expected="each unit once", do="Take the repeats out, or leave out what is no unit.")  # fmt: skip
    return Sheet(
        treated=_flags(table, treated, path),
        before=np.stack([_column(table, name, path) for name in pre], axis=1),
        after=np.stack([_column(table, name, path) for name in post], axis=1),
        cluster=None if cluster is None else event_file.groups(table, cluster, option="--cluster"),
    )


def _repeats(table: pa.Table) -> NDArray[np.int64]:
    """How often each different row stands in the table."""
    counted = table.group_by(table.column_names).aggregate([([], "count_all")])
    return np.asarray(counted["count_all"].to_numpy(), dtype=np.int64)


def _flags(table: pa.Table, name: str, path: str | Path) -> NDArray[np.float64]:
    words = np.char.lower(np.asarray(["" if v is None else v for v in table[name].to_pylist()], dtype=str))
    yes, no = np.isin(words, YES), np.isin(words, NO)
    if not (yes | no).all():
        row = int(np.flatnonzero(~(yes | no))[0])
        raise BadInput(
            f"{name} is {str(words[row])!r}", where=f"{path}, line {row + 2}", expected="1 or 0 for every unit"
        )
    return yes.astype(np.float64)


def _column(table: pa.Table, name: str, path: str | Path) -> NDArray[np.float64]:
    values = event_file.numbers(table, name)
    if not np.isfinite(values).all():
        row = int(np.flatnonzero(~np.isfinite(values))[0])
        raise BadInput(f"{name} is not known", where=f"{path}, line {row + 2}",
                       expected="a number for every unit; unknown is not zero")  # fmt: skip
    return values
