"""What a reader asked to see: a reading, filters and an order, whole in the address, the same for table, map, chart and download."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any
from urllib.parse import urlencode

from civcas.errors import BadInput, UnknownName
from civcas.terms.vocabulary import Attribution, Bound, Exposure, Grades, Grading, StrikeStatus, Word
from civcas.terms.window import Window

SORTS = ("-date", "date", "-killed", "killed", "place", "-place", "grading", "-grading")
SIZES = (25, 50, 100, 250)
YES_NO = ("yes", "no")
LONGEST = 200  # characters of a search


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """All that decides what a page shows. The first seven are the reading, as `terms.reading` spells them; the rest filter and order.

    `belligerents`: incidents that name any of these. `named="no"`: those that name nobody. `grading` narrows to single gradings
    within `grades`. `dated`, `located`, `numbered`: yes or no, only those with or without a date, a place or a number killed.
    """

    belligerents: tuple[str, ...] = ()
    area: str = ""
    window: Window | None = None
    grades: Grades = Grades.ALL
    bound: Bound = Bound.MIN
    attribution: Attribution = Attribution.ANY
    exposure: Exposure = Exposure.MONTH
    grading: tuple[Grading, ...] = ()
    strike_status: str = ""
    province: str = ""
    q: str = ""
    named: str = ""
    dated: str = ""
    located: str = ""
    numbered: str = ""
    sort: str = "-date"
    page: int = 1
    size: int = 50

    @classmethod
    def of(cls, words: Mapping[str, Sequence[str]]) -> Query:
        """Read an address's parameters (each a list of values); a wrong one is answered with the right ones, an unknown one too."""
        known = {f.name for f in fields(cls)}
        for name in words:
            if name not in known:
                raise UnknownName("filter", name, known)
        one = {name: values[-1].strip() for name, values in words.items() if values and values[-1].strip()}
        read: dict[str, Any] = {name: one[name] for name in ("area", "province") if name in one}
        read |= {
            name: _among(name, one[name], YES_NO) for name in ("named", "dated", "located", "numbered") if name in one
        }
        for name, vocabulary in (
            ("grades", Grades),
            ("bound", Bound),
            ("attribution", Attribution),
            ("exposure", Exposure),
        ):
            if name in one:
                read[name] = _word(vocabulary, name, one[name])
        if "belligerents" in one:
            read["belligerents"] = tuple(dict.fromkeys(v.strip() for v in words["belligerents"] if v.strip()))
        if "grading" in one:
            read["grading"] = tuple(dict.fromkeys(_word(Grading, "grading", v) for v in words["grading"] if v.strip()))
        if "window" in one:
            read["window"] = Window.parse(one["window"])
        if "strike_status" in one:
            read["strike_status"] = str(_word(StrikeStatus, "strike_status", one["strike_status"]))
        if "sort" in one:
            read["sort"] = _among("sort", one["sort"], SORTS)
        if "q" in one:
            read["q"] = one["q"][:LONGEST]
        if "page" in one:
            read["page"] = _whole("page", one["page"], 1, 1_000_000)
        if "size" in one:
            read["size"] = _whole("size", one["size"], 1, max(SIZES))
        return cls(**read)

    def varied(self, **choices: Any) -> Query:
        return replace(self, **choices)

    def to_query(self, **choices: Any) -> str:
        """The query part of the address; what is as usual is left out, so that one view has one address."""
        usual, asked = Query(), replace(self, **choices)
        pairs: list[tuple[str, str]] = []
        for each in fields(self):
            value = getattr(asked, each.name)
            if value == getattr(usual, each.name):
                continue
            pairs += [(each.name, str(v)) for v in (value if isinstance(value, tuple) else (value,))]
        return urlencode(pairs)

    @property
    def gradings(self) -> tuple[Grading, ...]:
        """The single gradings asked for: those of `grades`, narrowed by `grading`."""
        return tuple(g for g in self.grades.gradings if not self.grading or g in self.grading)


def _word(vocabulary: type[Word], name: str, value: str) -> Word:
    known = {str(word): word for word in vocabulary}
    if value not in known:
        raise UnknownName(name, value, known)
    return known[value]


def _among(name: str, value: str, allowed: Sequence[str]) -> str:
    if value not in allowed:
        raise UnknownName(name, value, allowed)
    return value


def _whole(name: str, value: str, low: int, high: int) -> int:
    if not value.isascii() or not value.isdigit() or not low <= int(value) <= high:
        raise BadInput(f"{name} is {value[:40]!r}", expected=f"a whole number from {low} to {high}")
    return int(value)
