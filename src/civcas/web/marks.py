"""How belligerents are told apart in every map: a letter and a colour each, so that nothing hangs on colour alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from civcas.web.bidi import unsteered

# dark enough for a white letter (4.5:1 and more), and apart from one another for readers who see fewer colours
FILLS = ("#1f5fa8", "#b8470b", "#12755a", "#7a3e8e", "#80600a", "#a3244f", "#0b6b80")
OTHER, SEVERAL, NOBODY = "#5c616b", "#22252b", "#ffffff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    name: str
    letter: str
    fill: str


def marks(names: Iterable[str]) -> list[Mark]:
    """A mark for each of the first names, given most frequent first: the first of its letters that no other has, or a number."""
    taken: set[str] = set()
    made = []
    for fill, name in zip(FILLS, names, strict=False):
        letters = [c.upper() for c in unsteered(name) if c.isalpha() and len(c.upper()) == 1]
        letter = next(c for c in (*letters, *"123456789") if c not in taken)
        taken.add(letter)
        made.append(Mark(name=name, letter=letter, fill=fill))
    return made
