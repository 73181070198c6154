"""Says what can be plugged in, and finds it."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from civcas.errors import BadInput, UnknownName
from civcas.terms.estimate import Answer, Estimate
from civcas.terms.reading import Reading

if TYPE_CHECKING:
    import ibis
    import numpy as np
    from numpy.typing import NDArray

Tables: TypeAlias = "Mapping[str, ibis.Table]"
"""What measures run on: the register's tables by name, on whichever engine holds them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One thing a measure must be told, as the command line and a claim's `ask` spell it.

    An option that `is_file` names a file; in a claim it is looked for in the folder of data the check is given.
    """

    name: str
    help: str
    type: type = str
    default: Any = None
    required: bool = False
    repeated: bool = False
    is_file: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A question that can be answered with a number and its uncertainty, or refused.

    A measure `by="reading"` is asked with a reading; one `by="options"` with its own `options`.
    `answer(tables, reading)` or `answer(tables, **options)`; `answer_many(tables, readings)` gives the
    same answers as asking one by one, computed in columns. `no_difference` is the value at which the two sides of a
    comparison are equal (1 for a ratio, 0 for a difference); None where nothing is compared.
    `needs` are the tables it cannot do without, `may_use` those some readings need.
    `how` tells a reader in sentences how the number is made.
    `means` are the choices that change what is asked: each combination of them is an interpretation of a claim, with a verdict of its
    own. All other choices are those between which an honest analyst could go either way under one meaning. `grid` is the default of
    both: what a claim is held against besides its author's own choices. `ranges` says that it takes `bound=range`.
    `redraw(tables, readings, times, seed)` gives the answers of `answer_many`, and draws them all together as if the record came about
    again: shape (times, readings), nan where there is no number.
    """

    name: str
    question: str
    needs: tuple[str, ...]
    answer: Callable[..., Answer]
    by: Literal["reading", "options"] = "reading"
    may_use: tuple[str, ...] = ()
    belligerents: tuple[str, ...] = ("belligerent",)
    options: tuple[Option, ...] = ()
    answer_many: Callable[[Tables, list[Reading]], list[Answer]] | None = None
    no_difference: float | None = None
    means: tuple[str, ...] = ()
    grid: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    ranges: bool = False
    redraw: Callable[[Tables, list[Reading], int, int], tuple[list[Answer], NDArray[np.float64]]] | None = None
    how: tuple[str, ...] = ()
    source: str = ""
    example: str = ""
    draw: Callable[[Estimate], Any] | None = None  # the estimate as a `drawing.frame.Figure`


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One word after `civcas`: `attach(app)` adds it to the command line. `order` places it in the help, its tens under a heading."""

    name: str
    attach: Callable[[Any], None]
    order: int = 50


@cache
def entries(room: str) -> dict[str, Any]:
    """The `ENTRY` of every file in a room, by name, found by scanning; a file without one is not a plug-in."""
    package = importlib.import_module(f"civcas.{room}")
    found: dict[str, Any] = {}
    for module in sorted(pkgutil.iter_modules(package.__path__), key=lambda m: m.name):
        entry = getattr(importlib.import_module(f"civcas.{room}.{module.name}"), "ENTRY", None)
        if entry is not None:
            if entry.name in found:
                raise BadInput(f"two files call themselves {entry.name!r}", where=f"civcas.{room}")
            found[entry.name] = entry
    return found


def find(room: str, name: str, *, kind: str = "", where: str = "") -> Any:
    """The entry of that name; a wrong name is answered with those there are."""
    known = entries(room)
    if name not in known:
        raise UnknownName(kind or room.rstrip("s"), name, known, where=where)
    return known[name]
