"""What the text of a report says plainly, in English or French: its words, the months and years it names, and its numbers."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_MONTHS = (
    "january janvier jan", "february fevrier feb", "march mars mar", "april avril apr", "may mai", "june juin jun", "july juillet jul",
    "august aout aug", "september septembre sep sept", "october octobre oct", "november novembre nov", "december decembre dec",
)  # fmt: skip
MONTHS = {word: n for n, words in enumerate(_MONTHS) for word in words.split()}
NUMBERS = {
    word: n
    for words in (
        "zero one two three four five six seven eight nine ten eleven twelve",
        "zero un deux trois quatre cinq six sept huit neuf dix onze douze",
    )
    for n, word in enumerate(words.split())
}
_WORD = re.compile(r"[^\W_]+")
_YEAR = re.compile(r"(?:19[5-9]|20[0-4])\d$")
COMMON = frozenset(
    [
        "the",
        "of",
        "in",
        "and",
        "a",
        "to",
        "for",
        "on",
        "at",
        "by",
        "from",
        "with",
        "la",
        "le",
        "les",
        "l",
        "d",
        "de",
        "des",
        "du",
        "et",
        "en",
        "un",
        "une",
        "dans",
        "par",
        "sur",
        "region",
        "town",
        "city",
        "village",
        "province",
        "prefecture",
        "district",
        "sous",
        "near",
        "around",
        "east",
        "west",
        "north",
        "south",
        "north-east",
        "axis",
        "route",
        "towards",
        "between",
        "km",
    ]
)
MOST_MONTHS = 2  # a text that names more months than this speaks of no one stretch of time


@dataclass(frozen=True, slots=True)
class Story:
    """`months` counts from January 1970, first and last; `years` first and last; None where the text names none."""

    words: frozenset[str]
    months: tuple[int, int] | None
    years: tuple[int, int] | None
    numbers: tuple[int, ...]


def words_in(text: str) -> list[str]:
    """The words and numbers of a text, in lower case and without accents."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    return _WORD.findall(plain)


def telling(text: str) -> frozenset[str]:
    """The words that tell one place or party from another."""
    return frozenset(words_in(text)) - COMMON


def story(text: str, *, published_month: int) -> Story:
    """What a text says; a month without a year is the last such month before the report was published."""
    found = words_in(text)
    years = sorted(int(w) for w in found if _YEAR.match(w))
    months = sorted({MONTHS[w] for w in found if w in MONTHS})
    named = None
    if months and len(months) <= MOST_MONTHS:
        latest = published_month // 12 - (months[-1] > published_month % 12)
        year = years[0] - 1970 if years else latest
        named = (year * 12 + months[0], year * 12 + months[-1])
    numbers = {int(w) for w in found if w.isdigit() and len(w) < 4} | {NUMBERS[w] for w in found if w in NUMBERS}
    return Story(
        frozenset(found), named, (years[0], years[-1]) if years else None, tuple(sorted(n for n in numbers if n))
    )
