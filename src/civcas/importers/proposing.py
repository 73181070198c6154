"""Proposes a mapping for a table nobody has seen, from its header and its values, for a person to edit."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

import yaml

from civcas.errors import BadInput
from civcas.importers.drafting import Draft
from civcas.importers.harm_columns import ask_if_nobody_is_counted, place_counts
from civcas.importers.importer import Options
from civcas.importers.looking import Look, looking
from civcas.importers.placing import ask_what_is_left, place_days, place_fields, place_person, place_sides
from civcas.terms.tables import REPORT


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


def propose(path: Path, options: Options) -> Proposal:
    """Guess columns by name (English, Arabic, Spanish, French, Russian, Ukrainian) and check each guess against the values.

    What neither decides (03/04 is March or April; "deaths" are of civilians or of all) is left as a question. Values are looked
    at in up to 2,000 rows; sums and repeated ids are those of the whole file.
    """
    with tempfile.TemporaryDirectory(prefix="civcas-map-") as folder, looking(path, Path(folder), options) as look:
        draft = _drafted(look)
        unmapped = tuple(s.name for s in look.columns.values() if s.filled and s.name not in draft.taken)
        return Proposal(yaml=_written(path, look, draft, options), unmapped=unmapped, questions=tuple(draft.questions))


def _drafted(look: Look) -> Draft:
    draft = Draft()
    persons = place_person(draft, look)
    place_sides(draft, look)
    place_fields(draft, look)
    if not persons:
        place_counts(draft, look)
    first = place_days(draft, look)
    draft.settle()
    if look.merged:
        draft.questions.append(
            "cells are merged: is a blank below a merged cell the same value again? Then write merged: fill, else keep blank"
        )
    ask_if_nobody_is_counted(draft, look)
    ask_what_is_left(draft, look, first)
    return draft


def _written(path: Path, look: Look, draft: Draft, options: Options) -> str:
    own = draft.fields.get("id")
    fields = {f.name: draft.fields[f.name] for f in REPORT.fields if f.name in draft.fields}
    head: dict[str, object] = {
        "dataset": re.sub(r"[^a-z0-9]+", "_", path.name.split(".")[0].lower()).strip("_") or "mapped",
        "table": "report",
    }
    head |= {"id": own} if isinstance(own, str) else {}
    head |= {"encoding": look.opened.encoding} if look.opened.encoding not in ("", "utf-8", "utf-8-sig") else {}
    head |= {"sheet": options.sheet} if options.sheet else {}
    head |= {"merged": "blank"} if look.merged else {}
    tail = {"by": "", "because": ""} | ({"decide": list(draft.questions)} if draft.questions else {})
    if not fields:
        raise BadInput(
            f"no column could be guessed; these were seen: {', '.join(look.columns)}",
            where=path.name,
            do="Write a mapping by hand; see docs/how-to-bring-your-own-spreadsheet.md",
        )
    body = yaml.dump(head | {"fields": fields} | tail, Dumper=_Plain, allow_unicode=True, sort_keys=False, width=120)
    above = "# The header has two rows; the second is read as names, and stands under unread after the import.\n"
    return (
        f"# Proposed by civcas map for {path.name}. Check every field; the columns not named here are kept under extra.\n"
        f"{above if look.second else ''}{body}"
    )
