"""Any table of anybody's, read as a mapping file says."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

import pyarrow as pa

from civcas.errors import BadInput
from civcas.importers.dating import When, exact, read_cell, spanned
from civcas.importers.given import Given, loosely, text
from civcas.importers.header import unique
from civcas.importers.importer import Importer, Layout, Options
from civcas.importers.mapping import Cell, ColumnMapping, read_mapping
from civcas.importers.people import impossible
from civcas.importers.plan import EASTERN, WESTERN, Column, Plan, computed, constant, name_in, parties

NUMBERED = re.compile(r"column_\d+|.+_\d+")
RANGE = r"^\s*(\d+)\s*(?:[-–—]\s*(\d+)|(\+))?\s*$"


def prepare(options: Options) -> tuple[tuple[Layout, ...], Options]:
    """The one layout that the mapping describes, and what it says about the file beside the command line."""
    if options.mapping is None:
        raise BadInput(
            "no mapping is given", where="mapped", expected="--mapping FILE", do="Propose one with: civcas map FILE"
        )
    mapping = read_mapping(options.mapping)
    layout = Layout(name=f"mapped to {mapping.table.name}", expected=mapping.columns, plan=lambda given: _plan(mapping, given),
                    header=_header(mapping), blank_words=mapping.unknown,
                    records=("data", "rows", "records", "results", "features"))  # fmt: skip
    return (layout,), replace(
        options,
        dataset=options.dataset or mapping.dataset,
        encoding=options.encoding or mapping.encoding,
        delimiter=options.delimiter or mapping.delimiter,
        sheet=options.sheet or mapping.sheet,
        merged=options.merged or mapping.merged,
    )


def _header(mapping: ColumnMapping) -> Callable[[Sequence[str]], bool] | None:
    """How the header is known where the mapping names columns by their place, since their own name is blank or stands twice."""
    if not any(NUMBERED.fullmatch(name) for name in mapping.columns):
        return None
    wanted = {loosely(name) for name in mapping.columns}
    return lambda names: wanted <= {loosely(name) for name in unique(names)}


def _plan(mapping: ColumnMapping, given: Given) -> Plan:
    columns = {name: _column(mapping, name, cell, given) for name, cell in mapping.fields.items()}
    if mapping.table.name == "report":
        columns.setdefault("row_is", constant("incident"))
        columns |= _dates(mapping, given)
    own = name_in(given.seen(mapping.id), mapping.id) if mapping.id else None
    return Plan(tables={mapping.table.name: columns}, own_id=own)


def _dates(mapping: ColumnMapping, given: Given) -> dict[str, Column]:
    """Beginning, end and exactness of a report's date; where only a beginning is mapped, it says when it ends too."""
    cells = {name: mapping.fields[name] for name in ("date_start", "date_end") if name in mapping.fields}
    if "date_start" not in cells:
        return {}
    begin, *end = (_when(cell, name, given) for name, cell in cells.items())
    found = spanned(begin, *end)
    if "date_precision" in mapping.fields:
        del found["date_precision"]
    return found


def _column(mapping: ColumnMapping, name: str, cell: Cell, given: Given) -> Column:
    """Columns stay in `extra` as they stood, since a field may hold another spelling of them."""
    kind, known = mapping.table.field(name).type, _known(cell, given)
    if kind == pa.date32():
        return _day(cell, name, given)
    if kind in (pa.int64(), pa.float64()):
        return _number(cell, name, known, whole=kind == pa.int64())
    if name == "person":
        return _person(cell, given)
    if cell.columns:
        return parties(*(given.seen(column) for column in cell.columns))
    return _text(cell, known)


def _person(cell: Cell, given: Given) -> Column:
    """What is said of one person as one JSON object; a column alone is the name."""
    keys = cell.keys or {"name": cell}
    parts = ", ".join(f"{text(key)}: {_translated(_known(each, given), each)}" for key, each in keys.items())
    age, born = (keys[key].column if key in keys else "" for key in ("age", "dob"))
    return Column(value=f"to_json({{{parts}}})", doubts=impossible(given, age=age, born=born))


def _text(cell: Cell, known: str) -> Column:
    if cell.separator:
        parts = (
            f"[{_translated('trim(x)', cell)} FOR x IN string_split({known}, {text(cell.separator)}) IF trim(x) <> '']"
        )
        return computed(
            f"nullif(array_to_string(list_filter({parts}, lambda x, i: list_position({parts}, x) = i), '; '), '')"
        )
    return computed(_translated(known, cell))


def _translated(value: str, cell: Cell) -> str:
    if not cell.words:
        return value
    cases = " ".join(f"WHEN {text(theirs)} THEN {text(ours)}" for theirs, ours in cell.words.items())
    return f"CASE trim({value}) {cases} ELSE {value} END"


def _known(cell: Cell, given: Given) -> str:
    """What stands in the cell, where it is not a word for unknown."""
    known = text(cell.constant) if cell.constant is not None else given.seen(cell.column)
    if cell.part:
        known = f"nullif(trim(split_part({known}, {text(cell.separator)}, {cell.part}), ' ()[]'), '')"
    for word in cell.unknown:
        known = f"nullif({known}, {text(word)})"
    return known


def _day(cell: Cell, name: str, given: Given) -> Column:
    """The first or the last day of what the cell says, as the field's name asks; else the one day."""
    said = _when(cell, name, given)
    if name.endswith("_start"):
        return said.start()
    return said.end() if name.endswith("_end") else exact(said, cell.column or name, _known(cell, given))


def _when(cell: Cell, name: str, given: Given) -> When:
    written = f"trim({_western(_known(cell, given))})"
    for theirs, ours in cell.words.items():
        written = f"replace({written}, {text(theirs)}, {text(ours)})"
    said = read_cell(given, written, label=cell.column or name, formats=cell.formats)
    ends = {"month": f"last_day({said.first})", "year": f"make_date(year({said.first}), 12, 31)"}
    return replace(said, last=ends[cell.end_of], first=ends[cell.end_of]) if cell.end_of else said


def _number(cell: Cell, name: str, known: str, *, whole: bool) -> Column:
    known = _translated(known, cell)
    written = f"trim({_western(known)})"
    if cell.range:
        return _end_of_range(cell, name, known, written)
    if cell.decimal_comma:
        written = f"replace({written}, ',', '.')"
    value = f"TRY_CAST({written} AS DOUBLE)"
    bounds = {"latitude": " OR {v} NOT BETWEEN -90 AND 90", "longitude": " OR {v} NOT BETWEEN -180 AND 180"}.get(
        name, ""
    )
    counted = f" OR {value} <> floor({value}) OR abs({value}) > 9e15" if whole else ""
    wrong = f"({written} <> '' AND ({value} IS NULL OR NOT isfinite({value}){counted}{bounds.format(v=value)}))"
    kind = "a whole number" if whole else "a number"
    return Column(
        value=f"CAST({value} AS BIGINT)" if whole else value, fails=wrong, because=_because(cell, name, known, kind)
    )


def _end_of_range(cell: Cell, name: str, known: str, written: str) -> Column:
    """The lower or upper end of `3-5`; `3` is both; of `5+` the upper end is open."""
    low, high, opened = (f"nullif(regexp_extract({written}, {text(RANGE)}, {part}), '')" for part in (1, 2, 3))
    value = low if name.endswith("_min") else f"CASE WHEN {opened} IS NULL THEN coalesce({high}, {low}) END"
    return Column(value=f"TRY_CAST({value} AS BIGINT)", fails=f"({written} <> '' AND {low} IS NULL)",
                  because=_because(cell, name, known, "a number or a range like 3-5 or 5+"))  # fmt: skip


def _western(cell: str) -> str:
    return f"translate({cell}, {text(EASTERN)}, {text(WESTERN)})"


def _because(cell: Cell, name: str, known: str, kind: str) -> str:
    return f"{text((cell.column or name) + ' is ')} || chr(39) || left({known}, 60) || chr(39) || {text('; expected ' + kind)}"


ENTRY = Importer(
    name="mapped",
    title="Any table of your own, read as a mapping file says",
    publisher="whoever made the table",
    licence="as its maker says",
    citation="as its maker says",
    page="",
    yields=("report", "strike", "figure", "interaction", "indicator", "harm_by_period"),
    layouts=(),
    prepare=prepare,
    notes="CSV, TSV, XLSX, JSON, JSONL or Parquet. Propose a mapping with: civcas map FILE",
)
