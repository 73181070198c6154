"""A reading is one complete way to read the data; options, addresses, grids and small print are all a reading."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlencode

import yaml

from civcas.errors import BadInput, UnknownName
from civcas.terms.vocabulary import Attribution, Bound, Estimand, Exposure, Grades, Word
from civcas.terms.window import Window

W = TypeVar("W", bound=Word)

AGAINST = " vs "  # joins the two sides where a choice differs between them
FIELDS = ("belligerents", "area", "window", "grades", "bound", "attribution", "exposure", "as_of", "estimand")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Whom, where, when and how to count.

    `belligerents`: one, or the exposed and the reference of a comparison, in that order.
    `window` and `exposure`: one for all belligerents, or one for each in the same order.
    `as_of`: count only what had been published by that day; None is everything known now.
    `estimand`: whether the number is of these months as they were recorded, or of the rate that brings months like these about.
    """

    belligerents: tuple[str, ...]
    area: str
    window: tuple[Window, ...]
    grades: Grades = Grades.FAIR_CONFIRMED
    bound: Bound = Bound.MIN
    attribution: Attribution = Attribution.ANY
    exposure: tuple[Exposure, ...] = (Exposure.MONTH,)
    as_of: dt.date | None = None
    estimand: Estimand = Estimand.AS_IT_TENDS

    def __post_init__(self) -> None:
        for name in ("window", "exposure"):
            given = len(getattr(self, name))
            if given not in (1, len(self.belligerents)):
                raise BadInput(
                    f"the reading has {given} values of {name} for {len(self.belligerents)} belligerents",
                    expected="one for all, or one for each",
                )

    @classmethod
    def of(
        cls,
        *,
        belligerents: str | Sequence[str],
        area: str,
        window: str | Window | Sequence[str | Window],
        grades: str = "fair+confirmed",
        bound: str = "min",
        attribution: str = "any",
        exposure: str | Sequence[str] = "month",
        as_of: str | dt.date | None = None,
        estimand: str = "as_it_tends",
    ) -> Reading:
        """Make a reading from the words a person types; a wrong word is answered with the right ones."""
        return cls(
            belligerents=tuple(_sides(belligerents)),
            area=area,
            window=tuple(w if isinstance(w, Window) else Window.parse(w) for w in _sides(window)),
            grades=_word(Grades, "grades", grades),
            bound=_word(Bound, "bound", bound),
            attribution=_word(Attribution, "attribution", attribution),
            exposure=tuple(_word(Exposure, "exposure", e) for e in _sides(exposure)),
            as_of=day(as_of),
            estimand=_word(Estimand, "estimand", estimand),
        )

    def window_of(self, side: int) -> Window:
        return self.window[side if len(self.window) > 1 else 0]

    def exposure_of(self, side: int) -> Exposure:
        return self.exposure[side if len(self.exposure) > 1 else 0]

    def varied(self, **choices: Any) -> Reading:
        """The same reading with some choices made differently, given as words or as values."""
        return Reading.of(**{**self._arguments(), **choices})

    def only(self, side: int) -> Reading:
        """The reading of one belligerent of a comparison."""
        return replace(
            self,
            belligerents=(self.belligerents[side],),
            window=(self.window_of(side),),
            exposure=(self.exposure_of(side),),
        )

    def _arguments(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in FIELDS}

    def to_dict(self) -> dict[str, Any]:
        """Plain words, the same in JSON, YAML, addresses and command lines; what does not apply is left out."""
        words: dict[str, Any] = {
            "belligerents": list(self.belligerents),
            "area": self.area,
            "window": AGAINST.join(map(str, self.window)),
            "grades": str(self.grades),
            "bound": str(self.bound),
            "attribution": str(self.attribution),
            "exposure": AGAINST.join(map(str, self.exposure)),
        }
        words |= {"as_of": self.as_of.isoformat()} if self.as_of else {}
        return words | ({} if self.estimand == Estimand.AS_IT_TENDS else {"estimand": str(self.estimand)})

    @classmethod
    def from_dict(cls, words: Mapping[str, Any]) -> Reading:
        for key in words:
            if key not in FIELDS:
                raise UnknownName("part of a reading", key, FIELDS)
        missing = [name for name in ("belligerents", "area", "window") if name not in words]
        if missing:
            raise BadInput(f"the reading lacks {', '.join(missing)}", expected="belligerents, area and window at least")
        return cls.of(**words)

    def to_json(self) -> str:
        return json.dumps(self.to_dict(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Reading:
        return cls.from_dict(json.loads(text))

    def to_yaml(self) -> str:
        return yaml.safe_dump(self.to_dict(), allow_unicode=True, sort_keys=False)

    @classmethod
    def from_yaml(cls, text: str) -> Reading:
        return cls.from_dict(yaml.safe_load(text))

    def to_query(self) -> str:
        """The query part of a web address."""
        return urlencode({k: AGAINST.join(v) if isinstance(v, list) else v for k, v in self.to_dict().items()})

    @classmethod
    def from_query(cls, query: str) -> Reading:
        return cls.from_dict(dict(parse_qsl(query, strict_parsing=True)))

    def to_options(self) -> list[str]:
        """The same as the words of `civcas measure`."""
        names = ("belligerent",) if len(self.belligerents) == 1 else ("exposed", "reference")
        rest = {key: value for key, value in self.to_dict().items() if key != "belligerents"}
        words = dict(zip(names, self.belligerents, strict=True)) | rest
        return [part for key, value in words.items() for part in (f"--{key.replace('_', '-')}", str(value))]

    @property
    def id(self) -> str:
        """Twelve hexadecimal digits that name this reading wherever it is used."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()[:12]

    def __str__(self) -> str:
        parts = (
            AGAINST.join(self.belligerents),
            self.area,
            AGAINST.join(map(str, self.window)),
            str(self.grades),
            f"{self.bound} of each incident",
            f"{self.attribution} attribution",
            f"per {AGAINST.join(map(str, self.exposure))}" if self.exposure != (Exposure.NONE,) else "totals",
        )
        known = f", as of {self.as_of}" if self.as_of else ""
        was = ", as it was" if self.estimand == Estimand.AS_IT_WAS else ""
        return ", ".join(parts) + known + was


def _sides(value: Any) -> tuple[Any, ...]:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(AGAINST))
    return (value,) if isinstance(value, Window | int | dt.date) else tuple(value)


def _word(vocabulary: type[W], name: str, value: object) -> W:
    known = {str(word): word for word in vocabulary}
    if str(value) not in known:
        raise UnknownName(name, value, known)
    return known[str(value)]


def day(value: str | dt.date | None) -> dt.date | None:
    """A day as people write it, 2017-01-23; None stays None."""
    if value is None or isinstance(value, dt.date):
        return value
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        raise BadInput(f"{value!r} is not a day", expected="a date like 2017-01-23") from None
