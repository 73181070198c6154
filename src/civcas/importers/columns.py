"""Reads the name of a column whole: who is counted, what happened to them, which end of a range, and whether the number runs on."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from civcas.importers import column_words as known

CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=\d)")
UNTOUCHED = str.maketrans({"ё": "е", "أ": "ا", "إ": "ا", "آ": "ا", "ى": "ي", "ة": "ه", "ـ": None, "’": " ", "'": " "})
ARTICLES = re.compile(r"(?<!\w)(?:وال|بال|لل|ال)(?=\w{3})")
SIDE = re.compile(r"(?<=deaths|killed) (?:side [ab12]|[ab])$")  # of one side, be they fighters or not
FILLING = (
    "reported estimate estimated estimates n no nr num number numbers count of the de des del le la les los las numero nombre "
    "количество число кількість عدد من"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the name of a column says. Nothing in `who` is that it does not say; nothing in `what` is that it counts no harm.

    `what` is killed, injured, missing, hit (killed or injured, it does not say) or several; `bound` is min, max or best.
    """

    who: str = ""
    what: str = ""
    bound: str = ""
    runs_on: bool = False
    counts: bool = True  # "date of death" counts nobody
    bare: bool = False  # nothing but who, and which end: "children", "low"


def plainly(name: str) -> str:
    """A name as words apart by single blanks: no case, accents, Arabic articles or other marks."""
    spaced = CAMEL.sub(" ", name.replace("\ufeff", " ")).casefold()
    held = spaced.replace("й", "\x00").replace("ї", "\x01")  # letters of their own, not marked ones
    bare = "".join(c for c in unicodedata.normalize("NFD", held) if not unicodedata.combining(c))
    bare = bare.replace("\x00", "й").replace("\x01", "ї").translate(UNTOUCHED)
    return ARTICLES.sub("", " ".join(re.sub(r"[\W_]+", " ", bare).split()))


def says(words: str, name: str) -> bool:
    """Whether a name holds one of the listed words."""
    return bool(_pattern(words).search(plainly(name)))


def longest(words: str, name: str) -> tuple[bool, int]:
    """Whether a name is exactly one of the listed words, and how much of it the longest of them covers (0: it holds none)."""
    spelt = plainly(name)
    found = max((len(m[0]) for m in _pattern(words).finditer(spelt)), default=0)
    return found == len(spelt) > 0, found


def reading(name: str) -> Reading:
    """What a column called so counts.

    The narrowest group is the one that is meant: civilian women are women. What comes after "including" is a part of what
    stands before it, and says nothing of who is counted.
    """
    spelt = plainly(name)
    if cut := _pattern(known.INCLUDING).search(spelt):
        spelt = spelt[: cut.start()].strip() or spelt[cut.end() :].strip()
    if (cut := _pattern(known.BY).search(spelt)) and cut.start() and cut.end() < len(spelt):
        spelt = spelt[: cut.start()].strip()  # who did it is not who was harmed
    runs_on, spelt = _without(known.RUNNING, spelt)
    _, spelt = _without(known.EACH, spelt)
    spelt = SIDE.sub(" of one side", re.sub(r"\bnon civilian\w*", "fighters", spelt))
    spelt = re.sub(r"\bnon combatant\w*", "noncombatant", spelt)
    groups = [who for who, words in known.WHO.items() if _pattern(words).search(spelt)]
    outcomes = [what for what, words in known.WHAT.items() if _pattern(words).search(spelt)]
    bounds = [bound for bound, words in known.BOUND.items() if _pattern(words).search(spelt)]
    return Reading(
        who=_who(groups, spelt),
        what=outcomes[0] if len(outcomes) == 1 else _what(outcomes),
        bound=bounds[0] if len(bounds) == 1 else "",
        runs_on=runs_on,
        counts="%" not in name and not _pattern(known.NOT_A_COUNT).search(spelt),
        bare=not outcomes and _bare(spelt),
    )


def _without(words: str, spelt: str) -> tuple[bool, str]:
    """Whether a name holds one of the words, and what is left of it without them."""
    left = " ".join(_pattern(words).sub(" ", spelt).split())
    return left != spelt, left or spelt


def _bare(spelt: str) -> bool:
    """Whether a name says who, or which end of a range, and no other thing."""
    left = spelt
    for words in (*known.WHO.values(), *known.BOUND.values(), FILLING):
        left = _pattern(words).sub(" ", left)
    return not left.split() and bool(spelt)


def _who(groups: list[str], spelt: str) -> str:
    """Of several groups in one name, the one that is counted."""
    if spelt.endswith(" of one side"):
        return "some"
    named = [g for g in groups if g not in ("all", "unknown")]
    if len(named) < 2:
        return named[0] if named else "unknown" if "unknown" in groups else "all" if groups else ""
    together = bool(_pattern(known.AND).search(spelt))
    if {"civilians", "fighters"} <= set(named):
        return "all" if together else "fighters"
    if together:  # "women and children" is neither alone
        return "civilians" if "civilians" in named and len(named) == 1 else "some"
    return next(g for g in ("some", "children", "women", "men", "fighters", "civilians") if g in named)


def _what(outcomes: list[str]) -> str:
    """Killed beside victims is killed; killed beside injured is both."""
    precise = [w for w in outcomes if w != "hit"]
    return "" if not outcomes else precise[0] if len(precise) == 1 else "several"


@cache
def _pattern(words: str) -> re.Pattern[str]:
    # The words themselves lose accents and articles as names do, but keep the * and the joining _.
    parts = []
    for word in words.split():
        stem, star = word.rstrip("*"), word.endswith("*")
        spelt = plainly(stem) or re.escape(stem)
        parts.append(re.escape(spelt).replace(r"\ ", " ") + (r"\w*" if star else ""))
    return re.compile(rf"(?<!\w)(?:{'|'.join(sorted(parts, key=len, reverse=True))})(?!\w)")
