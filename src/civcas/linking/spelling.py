"""One key for many spellings: a place or a person written in several romanisations or scripts folds to one consonant skeleton."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

ARTICLES = frozenset({"al", "el", "ul", "l", "ال"})
# Sounds that romanisations of Arabic, Cyrillic and West African names spell in several ways, longest first.
SOUNDS = (
    ("tch", "s"), ("sh", "s"), ("ch", "s"), ("zh", "s"), ("dj", "s"), ("ts", "s"), ("tz", "s"), ("kh", "k"), ("gh", "k"),
    ("th", "t"), ("dh", "t"), ("ph", "f"), ("ǧ", "s"), ("š", "s"), ("č", "s"), ("ž", "s"), ("ġ", "k"),
)  # fmt: skip
LETTERS = str.maketrans(
    {
        **dict.fromkeys("gqcxh", "k"),
        **dict.fromkeys("dṯḏ", "t"),
        **dict.fromkeys("zj", "s"),
        **dict.fromkeys("vwp", "f"),
    }
)
VOWELS = frozenset("aeiouy")
_WORD = re.compile(r"[^\W\d_]+")


def skeleton(text: str) -> str:
    """The consonants of each word in classes that romanisations confuse, words joined by a space; articles are left out.

    `Khalid`, `Halid` and `Xālid` give `klt`. Words without a consonant keep their first letter.
    """
    words = (_consonants(w) for w in _WORD.findall(text.lower().replace("ʿ", "").replace("ʾ", "")) if w not in ARTICLES)
    return " ".join(w for w in words if w)


def _consonants(word: str) -> str:
    for sound, letter in SOUNDS:
        word = word.replace(sound, letter)
    plain = "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
    if plain.endswith("h"):  # a written final h is the feminine ending, which others leave out
        plain = plain[:-1]
    kept = [c for c in plain.translate(LETTERS) if c not in VOWELS]
    once = [c for before, c in zip(["", *kept], kept, strict=False) if c != before]
    return "".join(once) or plain[:1]


def signature(folded: str) -> int:
    """Sixty-four bits, one set for each pair of neighbouring letters of a skeleton; 0 is nothing to compare."""
    if not folded:
        return 0
    marked = f"^{folded.replace(' ', '$^')}$"
    bits = 0
    for left, right in pairwise(marked):
        if left != "$":
            bits |= 1 << ((ord(left) * 31 + ord(right) * 17) % 61)
    return bits
