"""What becomes of real files when something is wrong with them: told at import, told by `consistency`, and how far a number moves.

Run: python benchmarks/perturb.py [--data DIR] [--only airwars|ged|tbij] [--kind WORD]
Three real files (Airwars, UCDP GED Chechnya, drone strikes) are each spoilt in more than twenty ways, imported into a
case, and asked for one number. Prints one line a spoilt file: the number, and what a user is told at import, by
`consistency` and beside the number that was not told of the file as published; SILENT where the number moved and nothing
was said. The last line counts the silent ones.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer
from typer.testing import CliRunner

from civcas.cli.app import build

Rows = list[dict[str, str]]
SHARE = 0.05


@dataclass(frozen=True)
class Source:
    """A real file, how it is imported, and the number asked of it."""

    name: str
    file: str
    importer: str
    measure: tuple[str, ...]
    id: str
    dates: tuple[str, ...]
    killed: tuple[str, str]
    range: tuple[str, str]
    who: str
    options: tuple[str, ...] = ()


SOURCES = (
    Source(
        "airwars", "airwars/airwars_syria_2014_2016.csv", "airwars",
        ("rate_ratio", "--exposed", "Russian Military", "--reference", "U.S.-led Coalition", "--area", "Syria", "--window", "2016"),
        "code", ("date", "date_end"), ("civ_killed_min", "civ_killed_max"), ("civ_killed_min", "civ_killed_max"), "belligerents",
        ("--country", "Syria"),
    ),
    Source(
        "ged", "ucdp_ged/ged_chechnya.csv", "ucdp_ged",
        ("civcas_total", "--belligerent", "Government of Russia (Soviet Union)", "--area", "Russia (Soviet Union)", "--window",
         "2000", "--grades", "all"),
        "id", ("date_start", "date_end"), ("deaths_civilians", "deaths_civilians"), ("low", "high"), "side_a",
    ),
    Source(
        "tbij", "drone_strikes/tbij_strikes.csv", "tbij_drones",
        ("civcas_total", "--belligerent", "US Military", "--area", "Pakistan", "--window", "2010", "--grades", "all"),
        "strike_id", ("date",), ("min_civil_killed", "max_civil_killed"), ("min_civil_killed", "max_civil_killed"), "country",
    ),
)  # fmt: skip


def picked(rows: Rows, seed: int = 1) -> list[int]:
    return sorted(random.Random(seed).sample(range(len(rows)), max(3, int(len(rows) * SHARE))))


def changed(rows: Rows, places: Sequence[int], change: Callable[[dict[str, str]], dict[str, str]]) -> Rows:
    wanted = set(places)
    return [change(dict(row)) if at in wanted else row for at, row in enumerate(rows)]


def shifted_year(cell: str, to: str) -> str:
    return to + cell[4:] if len(cell) >= 10 and cell[:4].isdigit() else cell


def day_first(cell: str) -> str:
    year, month, day = cell[:10].split("-")
    return f"{day}/{month}/{year}"


def short_year(cell: str) -> str:
    year, month, day = cell[:10].split("-")
    return f"{int(day)}/{int(month)}/{year[2:]}"


Spoil = Callable[[Rows, Source], Rows]


def _dates(of: Callable[[str], str], *, every: bool = False) -> Spoil:
    def spoil(rows: Rows, source: Source) -> Rows:
        places = range(len(rows)) if every else picked(rows)
        return changed(rows, places, lambda row: row | {d: of(row[d]) for d in source.dates if row.get(d)})

    return spoil


def _again(new: Callable[[dict[str, str], Source], dict[str, str]]) -> Spoil:
    return lambda rows, source: rows + [new(dict(rows[at]), source) for at in picked(rows)]


def _number(of: Callable[[dict[str, str], Source], dict[str, str]], count: int = 0) -> Spoil:
    def spoil(rows: Rows, source: Source) -> Rows:
        with_number = [at for at, row in enumerate(rows) if row[source.killed[0]] not in ("", "0", "0.0", "NA")]
        return changed(
            rows, with_number[:count] if count else with_number[:: int(1 / SHARE)], lambda row: row | of(row, source)
        )

    return spoil


def _headers(names: dict[str, str]) -> Spoil:
    return lambda rows, source: [{names.get(key, key): cell for key, cell in row.items()} for row in rows]


def _new_id(given: str) -> str:
    return f"9{given}9" if given.isdigit() else f"{given}X"


def _borrowed_ids(rows: Rows, source: Source) -> Rows:
    return [dict(rows[at - 1]) | {source.id: rows[at][source.id]} for at in picked(rows) if at]


def _running(rows: Rows, source: Source) -> Rows:
    total = 0.0
    made = []
    for row in rows:
        cell = row[source.killed[0]]
        total += float(cell) if cell.replace(".", "", 1).isdigit() else 0
        made.append(row | {source.killed[0]: f"{total:.0f}", source.killed[1]: f"{total:.0f}"})
    return made


KINDS: dict[str, Spoil] = {
    "as published": lambda rows, source: rows,
    "doubles with the same id": _again(lambda row, source: row),
    "doubles with new ids": _again(lambda row, source: row | {source.id: _new_id(row[source.id])}),
    "another row under a used id": lambda rows, source: [*rows, *_borrowed_ids(rows, source)],
    "dates shifted by a century": _dates(lambda cell: shifted_year(cell, "2116")),
    "years of 16": _dates(lambda cell: shifted_year(cell, "0016")),
    "year 9999": _dates(lambda cell: shifted_year(cell, "9999")),
    "day first, all": _dates(day_first, every=True),
    "day first, some": _dates(day_first),
    "short years, all": _dates(short_year, every=True),
    "begin and end swapped": lambda rows, source: [
        row | {source.dates[0]: row[source.dates[-1]] or row[source.dates[0]], source.dates[-1]: row[source.dates[0]]} for row in rows
    ],
    "one incident of 10,000": _number(lambda row, source: {name: "10000" for name in source.killed}, 1),
    "lowest and highest swapped": _number(lambda row, source: {source.range[0]: "99", source.range[1]: "3"}),
    "a number below zero": _number(lambda row, source: {source.killed[0]: "-4"}),
    "no highest number": _number(lambda row, source: {source.killed[1]: ""}),
    "numbers in words": _number(lambda row, source: {source.killed[0]: "about five"}),
    "a running total": _running,
    "columns shuffled": lambda rows, source: [dict(sorted(row.items(), key=lambda item: item[0][::-1])) for row in rows],
    "a column of who is renamed": lambda rows, source: [{("acteur" if k == source.who else k): v for k, v in row.items()} for row in rows],
    "ids emptied": lambda rows, source: changed(rows, picked(rows), lambda row: row | {source.id: ""}),
    "blanks around cells": lambda rows, source: [{k: f" {v} " for k, v in row.items()} for row in rows],
}  # fmt: skip
ENCODINGS = {"in Latin-1": "latin-1", "in UTF-16": "utf-16", "in Windows-1256": "cp1256"}


def written(path: Path, rows: Rows, encoding: str = "utf-8") -> None:
    with path.open("w", encoding=encoding, errors="replace", newline="") as out:
        table = csv.DictWriter(out, list(rows[0]))
        table.writeheader()
        table.writerows(rows)


class Case:
    """A case of one spoilt file, asked by the command line."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.run = CliRunner()
        self.app: typer.Typer = build()
        self.said("new", "--title", "spoilt", "--licence", "made for a test", at_end=False)

    def said(self, *words: str, at_end: bool = True) -> tuple[int, str]:
        given = [*words, "--case", str(self.folder)] if at_end else [words[0], str(self.folder), *words[1:]]
        got = self.run.invoke(self.app, given)
        if got.exception is not None and not isinstance(got.exception, SystemExit):
            return 2, str(got.exception)
        return got.exit_code, got.stdout

    def json(self, *words: str) -> Any:
        code, text = self.said(*words, "--json")
        try:
            return json.loads(text)
        except ValueError:
            return {"refused": (text.strip().splitlines() or [f"exit {code}"])[-1][:90]}


def outcome(source: Source, rows: Rows, folder: Path, encoding: str = "utf-8") -> dict[str, Any]:
    folder.mkdir(parents=True)
    path = folder / "list.csv"
    written(path, rows, encoding)
    case = Case(folder / "case")
    got = case.json("import", source.importer, str(path), *source.options)
    if isinstance(got, dict):
        return {
            "import": got["refused"],
            "unread": len(rows),
            "flagged": 0,
            "doubts": {},
            "named": {},
            "value": None,
            "notes": [],
        }
    asked = case.json("measure", *source.measure)
    return {
        "import": "",
        "unread": sum(each["unread"] for each in got),
        "flagged": sum(each["flagged"] for each in got),
        "doubts": got[0].get("doubts") or {},
        "named": case.json("consistency"),
        "value": asked.get("value"),
        "notes": asked.get("notes") or [asked.get("refused")],
    }


def told_of(now: dict[str, Any], before: dict[str, Any]) -> str:
    """What a user is told now that was not told of the file as published."""
    found = []
    if now["import"]:
        found.append(f"refused at import: {now['import'][:60]}")
    for word in ("unread", "flagged"):
        if now[word] > before[word]:
            found.append(f"{now[word] - before[word]} {word}")
    more = (
        {kind: n for kind, n in now["named"].items() if n != before["named"].get(kind, 0)}
        if isinstance(now["named"], dict)
        else {}
    )
    found += [f"consistency: {n} {kind}" for kind, n in more.items()]
    found += [
        "note: " + str(note)[:50] for note in now["notes"] if note not in before["notes"] and note and len(found) < 3
    ]
    return "; ".join(found)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data", type=Path, default=Path(os.environ.get("CIVCAS_TEST_DATA", "../shared/data")))
    options.add_argument("--only", choices=[source.name for source in SOURCES])
    options.add_argument("--kind", default="")
    given = options.parse_args()
    silent = tried = 0
    for source in (each for each in SOURCES if given.only in (None, each.name)):
        with (given.data / source.file).open(encoding="utf-8-sig", newline="") as opened:
            rows = list(csv.DictReader(opened))
        with tempfile.TemporaryDirectory() as place:
            before = outcome(source, rows, Path(place) / "plain")
            print(f"\n{source.name}: {' '.join(source.measure[:1])} = {before['value']}")
            kinds = {**KINDS, **dict.fromkeys(ENCODINGS, KINDS["as published"])}
            for at, (kind, spoil) in enumerate(kinds.items()):
                if kind == "as published" or given.kind not in kind:
                    continue
                now = outcome(source, spoil(rows, source), Path(place) / str(at), ENCODINGS.get(kind, "utf-8"))
                told, moved = told_of(now, before), now["value"] != before["value"]
                tried += 1
                silent += moved and not told
                value = "no number" if now["value"] is None else f"{now['value']:,.4g}"
                print(
                    f"  {kind:32} {value:>10}  {'SILENT' if moved and not told else told or 'same number'}", flush=True
                )
    print(f"\n{tried} spoilt files, {silent} moved the number in silence")


if __name__ == "__main__":
    main()
