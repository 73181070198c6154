"""Event files: tables of events as CSV, of which words pick the treatment, the control and the outcome."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyarrow import csv

from civcas.errors import BadInput, UnknownName
from civcas.measures.consequences.events import CONTROL, OUTCOME, TREATMENT, Events, check_coordinates, sorted_by_time

GUESSES = {
    "date": ("date", "date_start", "event_date", "timestamp", "day"),
    "latitude": ("latitude", "lat"),
    "longitude": ("longitude", "lon", "lng", "long"),
    "kind": ("kind", "type", "event_type", "strike_type", "type_of_violence"),
}
Duplicates = Literal["refuse", "keep", "drop"]


def read(paths: Sequence[str | Path]) -> pa.Table:
    """The rows of all files, every column as text; a column that a file lacks is unknown there."""
    found = []
    for path in paths:
        try:
            with Path(path).open(encoding="utf-8") as file:
                names = next(iter(file), "").strip()
            if not names:
                raise BadInput("the file is empty", where=str(path), expected="a CSV table with a header")
            read_options = csv.ReadOptions(autogenerate_column_names=False)
            header = csv.open_csv(path, read_options=read_options).schema.names
            as_text = csv.ConvertOptions(
                column_types={n: pa.string() for n in header}, strings_can_be_null=True, null_values=["", "NA"]
            )
            found.append(
                csv.read_csv(path, convert_options=as_text, parse_options=csv.ParseOptions(newlines_in_values=True))
            )
        except FileNotFoundError:
            raise BadInput("there is no such file", where=str(path), expected="a CSV table of events") from None
        except (pa.ArrowInvalid, UnicodeDecodeError) as unreadable:
            raise BadInput(str(unreadable), where=str(path), expected="a CSV table in UTF-8 with a header") from None
    return pa.concat_tables(found, promote_options="default")


def pick(
    table: pa.Table,
    *,
    treatment: str,
    control: str | None,
    outcome: str,
    where: str | None = None,
    dose: str | None = None,
    place: str | None = None,
    match: str | None = None,
    columns: dict[str, str | None] | None = None,
    duplicates: Duplicates = "refuse",
) -> Events:
    """The events the three words pick out of a table, sorted by time.

    A word is a value of the kind column, or `column=value`, several joined by `,` (all must hold), values by `|` (any).
    A row without a readable date or without coordinates cannot be placed: it is left out and counted in the notes.
    """
    named = {part: _column(table, part, (columns or {}).get(part)) for part in ("date", "latitude", "longitude")}
    kind_column = (columns or {}).get("kind")
    if where:
        table = table.filter(pa.array(_matches(table, where, kind_column, option="--where")))
    kind = _kinds(table, treatment, control, outcome, kind_column)
    table, kind = table.filter(pa.array(kind >= 0)), kind[kind >= 0]
    table, kind, notes = _without_duplicates(table, kind, list(named.values()), duplicates)
    on = days(table[named["date"]], named["date"])
    latitude, longitude = numbers(table, named["latitude"]), numbers(table, named["longitude"])
    placed = np.isfinite(on) & np.isfinite(latitude) & np.isfinite(longitude)
    if not placed.all():
        notes += (f"{int((~placed).sum())} of {len(placed)} events have no date or no coordinates and are left out.",)
    events = sorted_by_time(
        days=on[placed], latitude=latitude[placed], longitude=longitude[placed], kind=kind[placed],
        dose=numbers(table, dose)[placed] if dose else None,
        place=groups(table, place, option="--place")[placed] if place else None,
        match=np.stack([numbers(table, c.strip())[placed] for c in match.split(",")], axis=1) if match else None, notes=notes,
    )  # fmt: skip
    check_coordinates(events)
    return events


def _column(table: pa.Table, part: str, asked: str | None) -> str:
    if asked:
        if asked not in table.column_names:
            raise UnknownName("column", asked, table.column_names, where=f"--{part}")
        return str(asked)
    by_lower = {name.lower(): name for name in reversed(table.column_names)}
    for guess in GUESSES[part]:
        if guess in by_lower:
            return str(by_lower[guess])
    raise BadInput(
        f"no column holds the {part}",
        expected=f"one of {', '.join(GUESSES[part])}; there are {', '.join(table.column_names)}",
        do=f"Name it with --{part}.",
    )


def _kinds(
    table: pa.Table, treatment: str, control: str | None, outcome: str, kind_column: str | None
) -> NDArray[np.int64]:
    kind = np.full(table.num_rows, -1, dtype=np.int64)
    words = {TREATMENT: ("--treatment", treatment), CONTROL: ("--control", control), OUTCOME: ("--outcome", outcome)}
    for which, (option, word) in words.items():
        if word is None:
            continue
        found = _matches(table, word, kind_column, option=option)
        twice = found & (kind >= 0)
        if twice.any():
            first = next(o for k, (o, _) in words.items() if k == kind[twice][0])
            raise BadInput(
                f"{int(twice.sum())} rows are picked by both {first} and {option}",
                where=option,
                expected="three kinds that share no row: an outcome that contains the treatment follows it by definition",
                do=f"Make {option} narrower.",
            )
        kind[found] = which
    return kind


def matching(table: pa.Table, where: str | None) -> pa.Table:
    """The rows that the words of `where` pick; all of them without words."""
    return table.filter(pa.array(_matches(table, where, None, option="--where"))) if where else table


def _matches(table: pa.Table, word: str, kind_column: str | None, *, option: str) -> NDArray[np.bool_]:
    """Rows that a selecting word picks; a value that occurs nowhere is answered with those that do."""
    held = np.ones(table.num_rows, dtype=bool)
    for condition in word.split(","):
        name, equals, values = condition.partition("=")
        column = column_of(table, name.strip(), option) if equals else _column(table, "kind", kind_column)
        wanted = [v.strip() for v in (values if equals else condition).split("|")]
        found = pc.is_in(table[column], value_set=pa.array(wanted, pa.string())).combine_chunks()
        hit = np.asarray(found.to_numpy(zero_copy_only=False), dtype=bool)
        if not hit.any():
            known = [str(v) for v in pc.unique(table[column]).to_pylist() if v is not None][:30]
            raise UnknownName(f"value of {column}", " or ".join(wanted), known, where=option)
        held &= hit
    return held


def column_of(table: pa.Table, name: str, option: str = "") -> str:
    if name not in table.column_names:
        raise UnknownName("column", name, table.column_names, where=option)
    return name


def _without_duplicates(
    table: pa.Table, kind: NDArray[np.int64], key: list[str], duplicates: Duplicates
) -> tuple[pa.Table, NDArray[np.int64], tuple[str, ...]]:
    """Rows of one kind with the same date and coordinates and every other column the same are refused, kept or dropped."""
    if duplicates == "keep":
        return table, kind, ()
    rows = table.append_column("civcas_row", pa.array(np.arange(table.num_rows)))
    first = rows.group_by(table.column_names, use_threads=False).aggregate([("civcas_row", "min")])["civcas_row_min"]
    kept = np.zeros(table.num_rows, dtype=bool)
    kept[first.to_numpy()] = True
    again = int((~kept).sum())
    if again and duplicates == "refuse":
        names = ", ".join(
            f"{int((~kept & (kind == k)).sum())} {n}" for k, n in ((1, "treatment"), (2, "control"), (0, "outcome"))
        )
        raise BadInput(
            f"{again} of {len(kept)} rows stand twice, the same in every column ({names})",
            expected="each event once",
            do="If each row is an event of its own, say --duplicates keep; if repeats are copies, --duplicates drop.",
        )
    notes = (
        (f"{again} of {len(kept)} rows stood twice, the same in every column; each is counted once.",) if again else ()
    )
    return table.filter(pa.array(kept)), kind[kept], notes


def days(column: pa.ChunkedArray, name: str = "date") -> NDArray[np.float64]:
    """Days since 1970-01-01, parts of a day kept; nan where there is no date. A date that cannot be read is refused."""
    trimmed = pc.utf8_trim_whitespace(column.cast(pa.string()))
    like_a_date = pc.fill_null(pc.match_substring_regex(trimmed, r"^\d{4}-\d{2}-\d{2}([ T].*)?$"), True)
    wrong = trimmed.filter(pc.invert(like_a_date))
    try:
        if len(wrong):
            raise pa.ArrowInvalid(f"{wrong[0].as_py()!r} is not a date")
        moments = pc.replace_substring(trimmed, " ", "T").cast(pa.timestamp("s"))
    except pa.ArrowInvalid as unreadable:
        raise BadInput(
            str(unreadable), where=f"column {name}", expected="dates like 2007-02-23 or 2007-02-23 14:00:00"
        ) from None
    seconds = moments.cast(pa.int64()).to_numpy(zero_copy_only=False).astype(np.float64)
    return np.asarray(seconds / 86_400)


def groups(table: pa.Table, name: str, *, option: str) -> NDArray[np.int64]:
    """A number for each different value of a column, in order of appearance; empty cells share one."""
    column = table[column_of(table, name, option)].combine_chunks().dictionary_encode()
    return np.asarray(column.indices.fill_null(len(column.dictionary)).to_numpy(zero_copy_only=False), dtype=np.int64)


def numbers(table: pa.Table, name: str) -> NDArray[np.float64]:
    """A column of text as numbers; nan where a cell is empty."""
    if name not in table.column_names:
        raise UnknownName("column", name, table.column_names, where="--dose")
    try:
        return np.asarray(table[name].cast(pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)
    except pa.ArrowInvalid as unreadable:
        raise BadInput(str(unreadable), where=f"column {name}", expected="decimal numbers with a point") from None


def of_reports(reports: Any, words: Sequence[str | None]) -> pa.Table:
    """The register's reports as text, with the published columns that `words` name taken out of `extra`.

    Reports without a day are no events of a day: only those of date precision `day` (or unknown precision) are used.
    """
    named = {c.partition("=")[0].strip() for word in words if word for c in word.split(",") if "=" in c}
    beside = sorted(named - set(reports.columns))
    exact = reports.filter(reports.date_precision.isnull() | (reports.date_precision == "day"))
    ordered = exact.order_by("dataset", "row", "report_id")
    unused = [*([] if beside else ["extra"]), "text", "report_id", "row"]
    table = ordered.drop(*unused).to_pyarrow()
    said = {name: table[name].cast(pa.string()) for name in table.column_names if name != "extra"}
    return pa.table(said | (_out_of(table["extra"], beside) if beside else {}))


def _out_of(extra: pa.ChunkedArray, names: Sequence[str]) -> dict[str, pa.ChunkedArray]:
    """Published columns out of JSON, in this process: Ibis on Spark cannot take a text out of JSON."""
    import ibis

    rows = ibis.memtable(pa.table({"extra": extra}))
    found = rows.select(**{name: rows.extra.cast("json")[name].str for name in names}).to_pyarrow()
    return {name: found[name] for name in names}
