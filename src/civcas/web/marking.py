"""Numbers, dates, parties and grades as small pieces of HTML, each kept from turning with the text around it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from markupsafe import Markup

from civcas.terms.vocabulary import Grading
from civcas.web.bidi import isolated, unsteered
from civcas.web.language import Language, language
from civcas.web.totals import Sum

LETTERS = {
    Grading.CONFIRMED: "C", Grading.FAIR: "F", Grading.WEAK: "W", Grading.CONTESTED: "X",
    Grading.CONTESTED_DISCOUNTED: "X D", Grading.DISCOUNTED: "D", Grading.UNGRADED: "U",
}  # fmt: skip


class Says:
    """How a language shows dates and numbers on a page: kept from turning with the text around them."""

    def __init__(self, words: Language) -> None:
        self._words = words

    def range(self, low: int | None, high: int | None) -> Markup:
        return Markup(f'<bdi class="n">{self._words.range(low, high)}</bdi>')

    def killed(self, sums: Sum) -> Markup:
        """Sums of killed; unknown, and never 0, where no incident has a number."""
        return self.range(*sums.killed)

    def count(self, number: float) -> Markup:
        return Markup(f'<bdi class="n">{number:,.0f}</bdi>')

    def day(self, date: str | None) -> Markup:
        return (
            Markup(f'<time datetime="{isolated(date).striptags()}"><bdi>{self._words.day(date)}</bdi></time>')
            if date
            else self._words.say("unknown")
        )

    def when(self, row: Mapping[str, Any]) -> Markup:
        return Markup("<bdi>{}</bdi>").format(
            self._words.when(row["date_start"], row["date_end"], row["date_precision"])
        )

    def listed(self, names: str | None) -> Markup:
        """Parties as the case names them, each in its own direction."""
        return listed(self._words, names)


def listed(words: Language, names: str | None) -> Markup:
    """Parties as the case names them, each in its own direction; where nobody is named, that."""
    return words.say("comma").join(isolated(n) for n in (names or "").split("; ") if n) or words.say("nobody")


@cache
def grades(code: str) -> Mapping[str | None, Markup]:
    """Every grading as a chip: a fill, a letter and its word, so that none hangs on colour."""
    words = language(code)
    chips: dict[str | None, Markup] = {
        str(g): Markup('<span class="grade g-{}"><span class="letter" aria-hidden="true">{}</span>{}</span>').format(
            LETTERS[g][0].lower(), LETTERS[g], words.word("grading", str(g))
        )
        for g in Grading
    }
    return _Chips(chips)


class _Chips(dict[str | None, Markup]):
    def __missing__(self, grading: str | None) -> Markup:
        if grading is None:
            return self[str(Grading.UNGRADED)]
        return Markup('<span class="grade"><span class="letter" aria-hidden="true">?</span>{}</span>').format(
            unsteered(grading)
        )
