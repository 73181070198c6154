"""A sheet is a table of lists as people keep it: one row a person, or one row an overlap with its count."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
from numpy.typing import NDArray

from civcas.errors import BadInput, UnknownName
from civcas.measures.undercount import marks
from civcas.measures.undercount.marks import Marks
from civcas.measures.undercount.overlap import Overlap
from civcas.measures.undercount.strata import Strata

COUNT_NAMES = ("count", "freq", "frequency", "n")
IDENTIFIERS = r"(^|[^a-z])(id|ids|nr|no|number|index|key|code|case|person|record|row|unnamed: *0)$|[a-z](_id|Id|ID)$"
UNKNOWN_MEANS = ("refuse", "not-listed", "leave-out")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What was read: the overlaps by stratum, the columns not used, and how the marks were understood."""

    strata: Strata
    unused: tuple[str, ...]
    notes: tuple[str, ...] = ()


def read(
    path: Path, *, lists: Sequence[str] = (), count: str | None = None, strata: Sequence[str] = ()
) -> tuple[Strata, tuple[str, ...]]:
    """The sheet's overlaps by stratum, and the columns that were not used; see `load`."""
    found = load(path, lists=lists, count=count, strata=strata)
    return found.strata, found.unused


def load(
    path: Path, *, lists: Sequence[str] = (), count: str | None = None, strata: Sequence[str] = (), unknown: str = "refuse"
) -> Sheet:  # fmt: skip
    """The sheet's overlaps by stratum, with what was not used and how marks were understood.

    A column holding only marks (1 and 0, true and false, yes and no, x and blank) is a list unless it is named otherwise; one of
    numbers or names of persons is not. A blank or N/A in a list is refused, as unknown is not 0, unless `unknown` says
    what it means: `not-listed`, or `leave-out` the person. A blank in a column of `strata` is a person whose stratum is
    unknown, who stays in.
    """
    table = _table(path)
    counted = _count_column(table, count, path)
    columns = _list_columns(table, lists, {counted, *strata}, path)
    _known(table, strata, path)
    understood, kept, notes = _understood(columns, unknown, path)
    weights = np.ones(table.num_rows, dtype=np.int64) if counted is None else _counts(table, counted, path)
    if not kept.all():
        table, weights = table.filter(pa.array(kept)), weights[kept]
        understood = understood[kept]
    unused = tuple(c for c in table.column_names if c not in {counted, *columns, *strata})
    by_stratum = _by_stratum(table, understood, weights, list(columns), tuple(strata))
    return Sheet(strata=by_stratum, unused=unused, notes=notes)


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


def _list_columns(table: pa.Table, asked: Sequence[str], taken: set[str | None], path: Path) -> dict[str, Marks]:
    """The columns that are lists with their marks: those asked for, or all that hold marks only."""
    if asked:
        _known(table, asked, path)
        return {name: _asked_list(name, marks.read(table[name]), path) for name in asked}
    read = {name: marks.read(table[name]) for name in table.column_names if name not in taken}
    found = {name: each for name, each in read.items() if each.is_list}
    for name, each in read.items():
        if name in found:
            continue
        if each.numbers and not _identifies(table, name, found):
            raise BadInput(
                f"column {name} holds numbers other than 0 and 1",
                where=str(path),
                expected="1 where listed, 0 where not; one column of counts at most",
                do="Name the lists with --lists A,B,C, or the counts with --count COLUMN.",
            )
        if (strange := each.nearly) is not None:
            raise BadInput(f"column {name} holds {strange!r} besides marks of a list", where=str(path), expected=marks.EXPECTED,
                           do="Correct it, or name the columns that are lists with --lists A,B,C.")  # fmt: skip
    if not found:
        raise BadInput("no column of 0 and 1 was found", where=str(path), expected=f"one column a list: {marks.EXPECTED}",
                       do="Name the lists with --lists A,B,C.")  # fmt: skip
    return found


def _asked_list(name: str, read: Marks, path: Path) -> Marks:
    if marks.STRANGE in read.word_codes:
        row, word = read.first(marks.STRANGE)
        raise BadInput(f"list {name} holds {word!r}", where=f"{path}, line {row + 2}", expected=marks.EXPECTED,
                       do="Correct it, or leave the column out of --lists.")  # fmt: skip
    return read


def _identifies(table: pa.Table, name: str, found: Mapping[str, Marks]) -> bool:
    """Whether a column of numbers only numbers the rows: it is named so, or it counts up by one where patterns repeat."""
    if re.search(IDENTIFIERS, name, re.IGNORECASE) or not name.strip():
        return bool(pc.count_distinct(table[name]).as_py() == table.num_rows)
    values = np.asarray(table[name].fill_null(-1).to_numpy())
    counts_up = len(values) > 2 and values[0] in (0, 1) and bool((np.diff(values) == 1).all())
    if not counts_up or not found:
        return False
    patterns = np.unique(np.column_stack([each.codes for each in found.values()]), axis=0)
    return len(patterns) < len(values)


def _understood(
    columns: Mapping[str, Marks], unknown: str, path: Path
) -> tuple[NDArray[Any], NDArray[np.bool_], tuple[str, ...]]:
    """The 0 and 1 of all lists, which rows stay, and what was made of blanks and N/A."""
    codes = np.column_stack([each.codes for each in columns.values()])
    notes = []
    if ticked := [
        at for at, each in enumerate(columns.values()) if marks.NOT_KNOWN in each.word_codes and each.blank_is_no
    ]:
        codes[:, ticked] = np.where(codes[:, ticked] == marks.NOT_KNOWN, marks.NOT_LISTED, codes[:, ticked])
        names = [name for at, name in enumerate(columns) if at in ticked]
        notes.append(f"In {', '.join(names)} only some rows are ticked; a blank there was read as not listed.")
    open_rows = codes == marks.NOT_KNOWN
    if not open_rows.any():
        return codes, np.ones(len(codes), dtype=bool), tuple(notes)
    names = [name for name, some in zip(columns, open_rows.any(axis=0), strict=True) if some]
    if unknown == "not-listed":
        notes.append(
            f"Blank or N/A in {', '.join(names)} ({int(open_rows.sum()):,} times) was read as not listed, as asked."
        )
        return np.where(open_rows, marks.NOT_LISTED, codes), np.ones(len(codes), dtype=bool), tuple(notes)
    if unknown == "leave-out":
        left = open_rows.any(axis=1)
        notes.append(
            f"{int(left.sum()):,} of {len(left):,} rows were left out, as {', '.join(names)} is blank or N/A there. The estimate is of "
            "those whom every list could cover."
        )
        return codes, ~left, tuple(notes)
    raise _not_said(columns[names[0]], names[0], path)


def _not_said(read: Marks, name: str, path: Path) -> BadInput:
    row, _ = read.first(marks.NOT_KNOWN)
    word = next(
        w for w, c in sorted(zip(read.words, read.word_codes, strict=True), reverse=True) if c == marks.NOT_KNOWN
    )
    return BadInput(
        f"list {name} holds {word!r}" if word else f"list {name} is blank",
        where=f"{path}, line {row + 2}",
        expected="1 or 0, or a word for each: unknown is not 0",
        do="Say what it means: --unknown not-listed (the person is not on the list), or --unknown leave-out (the list does not "
        "cover such people, and the estimate is of the others). Or leave the list out with --lists.",
    )


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
