"""The fields of the form of filters as HTML. Each is made once for what is chosen in it, since every list has them all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from civcas.terms.vocabulary import Attribution, Grades, Grading, StrikeStatus
from civcas.web.bidi import unsteered
from civcas.web.marking import grades
from civcas.web.page import Asked
from civcas.web.query import SIZES, SORTS, YES_NO

MOST_CHOICES = 250  # names offered in one list; any other can be asked for in the address
FOUND = {
    "belligerents": "belligerent",
    "area": "country",
    "province": "province",
}  # field -> column its names come from
PRESENCE = ("named", "dated", "located", "numbered")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choosing:
    """`{{ choosing.field("province") }}` is a label with its list, what the query asks for chosen in it."""

    asked: Asked

    def field(self, name: str) -> Markup:
        given = getattr(self.asked.query, name)
        chosen = given if isinstance(given, tuple) else (str(given),)
        key = ("field", self.asked.language.code, name, chosen)
        return self.asked.site.remember(key, lambda: self._field(name, chosen))

    def gradings(self) -> Markup:
        """A box for every grading."""
        chosen, code = self.asked.query.grading, self.asked.language.code
        chips = grades(code)
        return self.asked.site.remember(
            ("field", code, "grading", chosen),
            lambda: Markup("").join(
                Markup('<label class="check"><input type="checkbox" name="grading" value="{}"{}>{}</label>').format(
                    g, Markup(" checked") if g in chosen else "", chips[str(g)]
                )
                for g in Grading
            ),
        )

    def _field(self, name: str, chosen: Sequence[str]) -> Markup:
        say = self.asked.language.say
        title = say(name if name in ("sort", "size") else f"filter.{name}")
        options = Markup("").join(
            Markup('<option value="{}"{}>{}</option>').format(
                value, Markup(" selected") if value in chosen else "", escape(unsteered(text))
            )
            for value, text in self._options(name)
        )
        return Markup('<label for="{0}">{1}</label><select id="{0}" name="{0}">{2}</select>').format(
            name, title, options
        )

    def _options(self, name: str) -> list[tuple[str, str]]:
        """What can be chosen, with its words."""
        words = self.asked.language
        anything = [("", words.plain("any"))]
        if name in FOUND:
            return anything + [(each, each) for each in self.asked.site.choices(FOUND[name])[:MOST_CHOICES]]
        if name in PRESENCE:
            return anything + [(each, words.plain(each)) for each in YES_NO]
        if name == "strike_status":
            return anything + [(str(s), words.word("strike_status", s)) for s in StrikeStatus]
        if name == "attribution":
            return [
                (str(a), words.word("attribution", a)) for a in (Attribution.ANY, Attribution.SOLE, Attribution.SHARED)
            ]
        if name == "grades":
            return [
                (str(g), words.word("grades", g)) for g in (Grades.ALL, *(g for g in Grades if g is not Grades.ALL))
            ]
        if name == "sort":
            return [(each, words.plain(f"sort.{each}")) for each in SORTS]
        return [(str(each), str(each)) for each in SIZES]
