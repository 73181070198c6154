"""The grid: every combination of the choices a claim varies, as readings to be asked."""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from civcas.catalog import Measure, Tables, find
from civcas.claims.article import Claim
from civcas.errors import BadInput
from civcas.terms.estimate import Answer, Refusal
from civcas.terms.reading import FIELDS, Reading

VINTAGES = "the data as they stood on that day"
SEED = 20170123
MOST = 200_000
"""More combinations than this are a mistake in the file, not a grid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell of the grid: the words chosen for each choice, and what the measure answered."""

    choices: Mapping[str, str]
    answer: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Every combination of a claim's choices, answered.

    `draws` are the answers of all cells as if the record had come about again, shape (times, cells), nan where refused; None where the
    measure cannot draw them together.
    """

    cells: tuple[Cell, ...]
    draws: NDArray[np.float64] | None = None


def evaluate(
    claim: Claim, tables: Tables, *, as_of: dt.date | None = None, data: Path | None = None, times: int = 0
) -> Grid:
    """Answer the claim's measure once for every combination of its choices, refusals included.

    With `as_of`, each answer counts only what had been published by that day; a measure that cannot look back refuses. Files a claim
    names are looked for in `data`; one that is not there refuses. With `times`, the whole grid is also drawn that many times.
    """
    if claim.measure is None:
        return Grid(cells=())
    measure: Measure = find("measures", claim.measure, kind="measure")
    if as_of is not None:
        claim = replace(claim, ask={**claim.ask, "as_of": as_of.isoformat()})
    _require_tables(measure, tables, claim)
    _require_size(claim)
    draws = None
    if measure.by == "options":
        answers = _answer_options(measure, tables, claim, data)
    else:
        readings = _readings(claim, measure)
        if times and measure.redraw is not None:
            answers, draws = measure.redraw(tables, readings, times, SEED)
        else:
            answers = _answer_readings(measure, tables, readings)
    cells = tuple(Cell(choices=words, answer=answer) for words, answer in zip(_labels(claim), answers, strict=True))
    return Grid(cells=cells, draws=draws)


def _labels(claim: Claim) -> list[dict[str, str]]:
    axes = claim.choices
    return [dict(zip(axes, words, strict=True)) for words in itertools.product(*(claim.labels[key] for key in axes))]


def _answer_options(measure: Measure, tables: Tables, claim: Claim, data: Path | None) -> list[Answer]:
    if "as_of" in claim.ask and all(option.name != "as_of" for option in measure.options):
        reason = f"{measure.name} has no vintages to look back to"
        return [Refusal(measure=measure.name, reason=reason, needs=VINTAGES)] * max(1, _size(claim))
    given = [{**claim.ask, **chosen} for chosen in _combinations(claim.choices)]
    return [_answer_in(data, measure, tables, options) for options in given]


def _answer_in(data: Path | None, measure: Measure, tables: Tables, options: dict[str, Any]) -> Answer:
    """The answer, with the files that the options name found in the folder of data; a file that is not there refuses."""
    for option in measure.options:
        if option.is_file and option.name in options:
            given = options[option.name]
            paths = [(data or Path()) / str(each) for each in (given if isinstance(given, list) else [given])]
            absent = [path for path in paths if not path.is_file()]
            if absent:
                reason = f"the file {absent[0].name} is not in the folder of data"
                needs = f"{given}, in a folder named with --data"
                return Refusal(measure=measure.name, reason=reason, needs=needs)
            options[option.name] = [str(path) for path in paths] if option.repeated else str(paths[0])
    return measure.answer(tables, **options)


def _answer_readings(measure: Measure, tables: Tables, readings: list[Reading]) -> list[Answer]:
    if measure.answer_many:
        return measure.answer_many(tables, readings)
    return [measure.answer(tables, reading) for reading in readings]


def _combinations(axes: Mapping[str, tuple[Any, ...]]) -> list[dict[str, Any]]:
    return [dict(zip(axes, values, strict=True)) for values in itertools.product(*axes.values())]


def _readings(claim: Claim, measure: Measure) -> list[Reading]:
    """Readings made from words once for each value, then combined: a grid of ten thousand is built in a blink."""
    fixed = {key: value for key, value in claim.ask.items() if key not in measure.belligerents}
    axes = claim.choices
    sides = [key for key in axes if key in measure.belligerents]
    words = {key: values for key, values in axes.items() if key not in sides}
    base: dict[str, Any] = {"area": "", "window": "2000", **fixed}
    names = [str(claim.ask[side]) for side in measure.belligerents]
    parsed = {key: [_parsed(names, base, key, value) for value in values] for key, values in words.items()}
    plain = Reading.of(belligerents=names, **base)
    unvaried = {name: getattr(plain, name) for name in FIELDS[1:]}
    pools = [parsed.get(key) or axes[key] for key in axes]
    readings = []
    for chosen in itertools.product(*pools):
        values = dict(zip(axes, chosen, strict=True))
        who = tuple(str(values.pop(side, claim.ask[side])) for side in measure.belligerents)
        readings.append(Reading(belligerents=who, **{**unvaried, **values}))
    return readings


def _parsed(names: list[str], base: Mapping[str, Any], key: str, value: Any) -> Any:
    return getattr(Reading.of(belligerents=names, **{**base, key: value}), key)


def _require_tables(measure: Measure, tables: Tables, claim: Claim) -> None:
    missing = [name for name in measure.needs if name not in tables]
    if missing:
        raise BadInput(
            f"{measure.name} needs the table {missing[0]}, which is missing",
            where=f"claim {claim.id}",
            expected=f"{', '.join(measure.needs)}; there are {', '.join(tables) or 'none'}",
            do="Give a folder that holds it with --tables DIR, or leave --tables out to use the tables that ship.",
        )


def _require_size(claim: Claim) -> None:
    if (size := _size(claim)) > MOST:
        raise BadInput(
            f"{size:,} combinations",
            where=f"claim {claim.id}",
            expected=f"at most {MOST:,}",
            do="Leave out some choices.",
        )


def _size(claim: Claim) -> int:
    return math.prod(len(values) for values in claim.choices.values())
