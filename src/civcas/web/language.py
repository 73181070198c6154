"""The interface in one language: its words, plural forms, dates and numbers, each kept apart from the text around it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from markupsafe import Markup, escape

from civcas.errors import UnknownName
from civcas.web.bidi import isolated, unsteered

RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})
_PLACE = re.compile(r"\{(\w+)\}")
RANGE = "\u2009–\u2009"

Text = str | dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """`texts` by key; a text that counts is a mapping of plural forms, chosen by its value `n`."""

    code: str
    texts: dict[str, Text]
    _fixed: dict[str, Markup] = field(default_factory=dict)

    @property
    def direction(self) -> str:
        return "rtl" if self.code in RIGHT_TO_LEFT else "ltr"

    def say(self, key: str, /, **values: Any) -> Markup:
        """The text for a page; every value is escaped and isolated, so that its direction cannot disturb the sentence."""
        if not values:
            found = self._fixed.get(key)
            if found is None:
                found = self._fixed[key] = Markup(escape(self._text(key, {})))
            return found
        shown = {k: v if isinstance(v, Markup) else isolated(self._written(v)) for k, v in values.items()}
        pieces = _PLACE.split(self._text(key, values))
        return Markup("").join(shown[p] if i % 2 else escape(p) for i, p in enumerate(pieces))

    def plain(self, key: str, /, **values: Any) -> str:
        """The text where no markup can stand: titles, attributes, pictures."""
        text = self._text(key, values)
        return _PLACE.sub(lambda found: unsteered(self._written(values[found[1]])), text) if values else text

    def word(self, vocabulary: str, value: str | None) -> str:
        """A word of a closed vocabulary as readers of this language say it; one that is not known stands as it is."""
        if value is None:
            return self.plain("unknown")
        found = self.texts.get(f"{vocabulary}.{value}")
        return found if isinstance(found, str) else unsteered(value)

    def count(self, number: float) -> str:
        return f"{number:,.0f}"

    def range(self, low: int | None, high: int | None) -> str:
        """`4 – 7`; one number where both are equal; unknown is a word and never 0."""
        if low is None and high is None:
            return self.plain("unknown")
        if high is None:
            return self.plain("range.or_more", low=low)
        if low is None:
            return self.plain("range.up_to", high=high)
        return self.count(low) if low == high else f"{low:,}{RANGE}{high:,}"

    def day(self, date: str | None) -> str:
        """2016-03-05 as 5 Mar 2016, 2016-03 as Mar 2016, 2016 as it stands."""
        if not date:
            return self.plain("unknown")
        parts = date.split("-")
        if len(parts) == 1:
            return date
        named = f"{self.texts[f'month.{int(parts[1])}']} {parts[0]}"
        return f"{int(parts[2])} {named}" if len(parts) == 3 else named

    def when(self, first: str | None, last: str | None, precision: str | None = None) -> str:
        """When an incident happened, no more exactly than is known."""
        if not first and not last:
            return self.plain("undated")
        if first and last and first[:7] == last[:7] and precision == "month":
            return self.day(first[:7])
        if first and last and first[:4] == last[:4] and precision == "year":
            return first[:4]
        if first == last or not last or not first:
            return self.day(first or last)
        return f"{self.day(first)}{RANGE}{self.day(last)}"

    def _text(self, key: str, values: dict[str, Any]) -> str:
        text = self.texts.get(key)
        if text is None:
            raise UnknownName("text of the interface", key, self.texts)
        if isinstance(text, str):
            return text
        return text.get(plural(self.code, int(values.get("n", 0))), text["other"])

    def _written(self, value: Any) -> str:
        return self.count(value) if isinstance(value, int | float) and not isinstance(value, bool) else str(value)


def plural(code: str, n: int) -> str:
    """Which form a language takes for a whole number (Unicode CLDR, cardinal rules)."""
    if code == "ar":
        if n <= 2:
            return ("zero", "one", "two")[max(n, 0)]
        return "few" if 3 <= n % 100 <= 10 else "many" if 11 <= n % 100 <= 99 else "other"
    if code in ("ru", "uk"):
        if n % 10 == 1 and n % 100 != 11:
            return "one"
        return "few" if 2 <= n % 10 <= 4 and not 12 <= n % 100 <= 14 else "many"
    return "one" if n == 1 else "other"


PLURALS = {
    "en": ("one", "other"),
    "ar": ("zero", "one", "two", "few", "many", "other"),
    "ru": ("one", "few", "many", "other"),
    "uk": ("one", "few", "many", "other"),
}


@cache
def language(code: str) -> Language:
    """The interface in that language; a code there is no catalogue for is answered with those there are."""
    if code not in languages():
        raise UnknownName("language", code, languages())
    text = files("civcas.web").joinpath(f"languages/{code}.json").read_text(encoding="utf-8")
    return Language(code=code, texts=json.loads(text))


@cache
def languages() -> tuple[str, ...]:
    """The languages there is a catalogue for, English first."""
    found = {
        f.name.removesuffix(".json")
        for f in files("civcas.web").joinpath("languages").iterdir()
        if f.name.endswith(".json")
    }
    return ("en", *sorted(found - {"en"}))
