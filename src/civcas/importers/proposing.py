"""Proposes a mapping for a table nobody has seen, from its header and its values, for a person to edit."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from civcas.errors import BadInput
from civcas.importers.asking import connect
from civcas.importers.given import plain, quote, text
from civcas.importers.guessing import day_formats, names_of, open_range
from civcas.importers.header import looks_like_header
from civcas.importers.importer import Layout, Options
from civcas.importers.opening import Opened, open_file
from civcas.importers.plan import Plan
from civcas.importers.sheets import holds_merged_cells
from civcas.importers.staging import stage
from civcas.terms.tables import REPORT

LOOKED_AT = 2000
COUNT = re.compile(r"\s*[\d٠-٩]+(\.0+)?\s*([-–—]\s*[\d٠-٩]+|\+)?\s*")
RANGED = re.compile(r"\s*[\d٠-٩]+\s*([-–—]\s*[\d٠-٩]+|\+)\s*")
KILLED = {"civ_killed_min", "civ_killed_max", "all_killed_min", "all_killed_max"}


UNSEEN = Layout(
    name="unseen",
    expected=(),
    plan=lambda given: Plan(tables={}),
    header=looks_like_header,
    sought="a row that names two or more columns, each differently, in words",
    records=("data", "rows", "records", "results", "features"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A mapping as YAML, the columns it leaves in `extra`, and the questions a person must settle."""

    yaml: str
    unmapped: tuple[str, ...]
    questions: tuple[str, ...]


class _Plain(yaml.SafeDumper):
    """Writes what is used twice twice: people read and edit it."""

    def ignore_aliases(self, data: object) -> bool:
        return True


@dataclass(slots=True)
class _Draft:
    fields: dict[str, object] = field(default_factory=dict)
    questions: list[str] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)


def propose(path: Path, options: Options) -> Proposal:
    """Guess columns by name (English and Arabic) and check each guess against up to 2,000 rows of values.

    What the values cannot decide (03/04 is March or April; merged cells) is left as a question.
    """
    with tempfile.TemporaryDirectory(prefix="civcas-map-") as folder:
        work = Path(folder)
        opened = open_file(path, work, encodings=(), encoding=options.encoding, member=options.member)
        columns = _values(opened, work, options)
        merged = opened.kind == "xlsx" and holds_merged_cells(opened.path, options.sheet)
    draft = _Draft()
    for name, values in columns.items():
        _place(draft, name, values)
    if merged:
        draft.questions.append(
            "cells are merged: is a blank below a merged cell the same value again? Then write merged: fill, else keep blank"
        )
    if not {"date_start", *KILLED} & set(draft.fields):
        draft.questions.append(
            "no column looks like a date or a number of people killed: map them, or choose another table than report"
        )
    elif not KILLED & set(draft.fields):
        draft.questions.append(
            "no column looks like a number of people killed: is there one? Then map it to civ_killed_min and _max"
        )
    left = tuple(c for c, values in columns.items() if c not in draft.taken and any(v.strip() for v in values))
    return Proposal(
        yaml=_written(path, opened, draft, options, merged=merged), unmapped=left, questions=tuple(draft.questions)
    )


def _values(opened: Opened, work: Path, options: Options) -> dict[str, list[str]]:
    db = connect(work)
    try:
        staged = stage(db, opened, (UNSEEN,), work, options)
        cells = ", ".join(quote(c) for c in staged.columns)
        rows = db.execute(f"SELECT {cells} FROM read_parquet({text(str(staged.path))}) LIMIT {LOOKED_AT}").fetchall()
    finally:
        db.close()
    return {name: [str(row[i]) for row in rows if row[i] is not None] for i, name in enumerate(staged.columns)}


def _place(draft: _Draft, name: str, values: list[str]) -> None:
    for wanted in names_of(plain(name)):
        if wanted in draft.fields:
            continue
        cell, question = _cell(wanted, name, values)
        if cell is None:
            continue
        draft.fields[wanted] = cell
        draft.taken.add(name)
        if question:
            draft.questions.append(question)
        if not wanted.endswith("_min") or isinstance(cell, str):
            return


def _cell(wanted: str, name: str, values: list[str]) -> tuple[object, str]:
    """How to read the column as that field; None where its values say that it is something else."""
    kind = str(REPORT.field(wanted).type) if wanted != "id" else "string"
    if kind.startswith("date"):
        formats, question = day_formats(values)
        asked = f"{wanted}: {question}" if question else ""
        return ({"column": name, "formats": formats}, asked) if formats else (None, "")
    if kind == "double":
        comma = any(re.fullmatch(r"-?\d+,\d+", v.strip()) for v in values)
        numeric = all(re.fullmatch(r"-?[\d٠-٩]+([.,][\d٠-٩]+)?", v.strip()) for v in values if v.strip())
        return ({"column": name, "decimal_comma": True} if comma else name, "") if numeric else (None, "")
    if kind == "int64":
        return _count(name, values)
    several = next(
        (s for s in ("؛", ";", "،", ",", " / ") if wanted == "belligerents" and any(s in v for v in values)), ""
    )
    return ({"column": name, "separator": several} if several else name), ""


def _count(name: str, values: list[str]) -> tuple[object, str]:
    """A column of counts: plain, or of ranges; words that are no number are put to the person who edits."""
    odd = sorted({v for v in values if v.strip() and not COUNT.fullmatch(v)})
    if len(odd) > max(5, len(values) // 2):
        return None, ""
    words = {v: meant for v in odd if (meant := open_range(v))}
    numbers = [v for v in odd if v not in words and re.search(r"[\d٠-٩]", v)]
    unknown = [v for v in odd if v not in words and v not in numbers]
    ranged = bool(words) or any(RANGED.fullmatch(v) for v in values)
    said = {"range": ranged, "words": words, "unknown": unknown}
    cell: dict[str, object] = {"column": name} | {key: value for key, value in said.items() if value}
    questions = [
        f"does {_quoted(unknown)} mean that the number is not known?" if unknown else "",
        f"does {_quoted(words)} mean {', '.join(words.values())}, open above?" if words else "",
        f"what does {_quoted(numbers)} mean? Write it under words (as 5, 3-5 or 5+) or under unknown"
        if numbers
        else "",
    ]
    question = "; ".join(filter(None, questions))
    return (cell if len(cell) > 1 else name), f"{name}: {question}" if question else ""


def _quoted(words: Iterable[str]) -> str:
    return ", ".join(map(repr, words))


def _written(path: Path, opened: Opened, draft: _Draft, options: Options, *, merged: bool) -> str:
    own = draft.fields.pop("id", None)
    fields = dict(draft.fields)
    for name in [f for f in fields if f.endswith("_min")]:
        fields.setdefault(name[:-4] + "_max", fields[name])
    head: dict[str, object] = {
        "dataset": re.sub(r"[^a-z0-9]+", "_", path.name.split(".")[0].lower()).strip("_") or "mapped",
        "table": "report",
    }
    head |= {"id": own} if isinstance(own, str) else {}
    head |= {"encoding": opened.encoding} if opened.encoding not in ("", "utf-8", "utf-8-sig") else {}
    head |= {"sheet": options.sheet} if options.sheet else {}
    head |= {"merged": "blank"} if merged else {}
    tail = {"by": "", "because": ""} | ({"decide": list(draft.questions)} if draft.questions else {})
    if not fields:
        raise BadInput(
            "no column could be guessed",
            where=path.name,
            do="Write a mapping by hand; see docs/how-to-bring-your-own-spreadsheet.md",
        )
    body = yaml.dump(head | {"fields": fields} | tail, Dumper=_Plain, allow_unicode=True, sort_keys=False, width=120)
    return f"# Proposed by civcas map for {path.name}. Check every field; the columns not named here are kept under extra.\n{body}"
