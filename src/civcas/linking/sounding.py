"""Names as sounds: Latin, Arabic, Hebrew and Cyrillic letters become one alphabet in which romanisations are near one another."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

import pyarrow as pa
import pyarrow.compute as pc

SOUNDS = "aieuoAWYEywhqkgxjcSsztdTDbpfvlmnrXVZ"
"""One letter a sound: a i e u o vowels; A W Y long vowels of scripts that write no short ones, E their ain; y w weak;
h q k g x (kh) throat; j c (ch) S (sh) s z; t d T (th) D (dh); lips; l m n r. Where Cyrillic writes one letter for several sounds of
other scripts, it has its own: X for h and kh, V for v and w, Z for z and dh."""

_ARABIC = {
    **dict.fromkeys("اأإآٱىءئؤ", "A"), "ع": "E", "ب": "b", "پ": "p", "ت": "t", "ة": "A", "ث": "T", "ج": "j", "چ": "c", "ح": "h", "خ": "x",
    "د": "d", "ذ": "D", "ر": "r", "ز": "z", "ژ": "S", "س": "s", "ش": "S", "ص": "s", "ض": "D", "ط": "t", "ظ": "D", "غ": "g",
    "ف": "f", "ڤ": "v", "ق": "q", "ك": "k", "ک": "k", "گ": "g", "ل": "l", "م": "m", "ن": "n", "ه": "h", "و": "W", "ي": "Y",
    "ی": "Y", "ێ": "Y", "ۆ": "W", "ۇ": "W", "ە": "A", "ھ": "h",
}  # fmt: skip
_HEBREW = {
    "א": "A", "ע": "E", "ב": "b", "ג": "g", "ד": "d", "ה": "h", "ו": "W", "ז": "z", "ח": "h", "ט": "t", "י": "Y",
    **dict.fromkeys("כך", "x"), "ל": "l", **dict.fromkeys("מם", "m"), **dict.fromkeys("נן", "n"), "ס": "s", **dict.fromkeys("פף", "p"),
    **dict.fromkeys("צץ", "c"), "ק": "q", "ר": "r", "ש": "S", "ת": "t",
}  # fmt: skip
_CYRILLIC = dict(zip("абвгґдеєёжзиіїйклмнопрстуўфхцчшщыэюя",
                     ("a", "b", "V", "g", "g", "d", "e", "e", "o", "S", "Z", "i", "i", "i", "y", "k", "l", "m", "n", "o", "p", "r",
                      "s", "t", "u", "w", "f", "X", "c", "c", "S", "S", "i", "e", "u", "a"), strict=True))  # fmt: skip
_LATIN = {
    **dict.fromkeys("aieou", ""), "b": "b", "c": "k", "d": "d", "f": "f", "g": "g", "h": "h", "j": "j", "k": "k", "l": "l",
    "m": "m", "n": "n", "p": "p", "q": "q", "r": "r", "s": "s", "t": "t", "v": "v", "w": "w", "x": "x", "y": "y", "z": "z",
    "ı": "i", "ł": "l", "đ": "d", "ð": "D", "þ": "T", "ø": "o", "ß": "s", "æ": "e",
}  # fmt: skip
_LATIN |= {vowel: vowel for vowel in "aieou"}
_DIGRAPHS = (
    ("tch", "c"), ("sch", "S"), ("sh", "S"), ("ch", "c"), ("zh", "S"), ("dj", "j"), ("dz", "z"), ("ts", "c"), ("tz", "c"),
    ("дж", "j"), ("kh", "x"), ("gh", "g"), ("th", "T"), ("dh", "D"), ("ph", "f"), ("ck", "k"), ("oo", "u"), ("ou", "u"), ("ee", "i"),
)  # fmt: skip
_LETTER = {**_ARABIC, **_HEBREW, **_CYRILLIC, **_LATIN}
_SOUND_OF_DIGRAPH = dict(_DIGRAPHS)
_ANY_DIGRAPH = re.compile("|".join(letters for letters, _ in _DIGRAPHS))
_ARABIC_WORD = re.compile(r"^[\u0600-\u06ff]+$")

PARTICLES = frozenset(
    [
        "al",
        "el",
        "ul",
        "ad",
        "ar",
        "as",
        "at",
        "an",
        "az",
        "ash",
        "ben",
        "bin",
        "ibn",
        "bint",
        "bnt",
        "umm",
        "um",
        "om",
        "abu",
        "abou",
        "abi",
        "aboo",
        "abd",
        "abdul",
        "abdel",
        "abdal",
        "abdu",
        "ould",
        "de",
        "da",
        "von",
        "ال",
        "بن",
        "ابن",
        "بنت",
        "ام",
        "ابو",
        "ابي",
        "عبد",
        "آل",
    ]
) | frozenset(["абу", "абд", "аль", "эль", "бин", "ибн", "бинт", "умм", "аш", "ас", "ад"])
_GLUED = re.compile(
    r"^(?:(?:abd(?:[aeu]l|[aeu](?=ll|rr|ss|nn|mm|kk|hh|jj))|(?:al|el|ul)(?=[- ]))[- ]?|(?:عبد)?ال(?=...)|عبد(?=....)|абд[уae]ль?)"
)
_ONE_ALEF = str.maketrans("أإآى", "اااي")
MARKS = (
    r"""[\x{0640}\x{064b}-\x{065f}\x{0670}\x{200b}-\x{200f}\x{202a}-\x{202e}\x{2066}-\x{2069}\x{feff}\p{Mn}'’‘`ʿʾʼ"´]"""
)
_OTHER = r"[^\p{L}]+"


def words_of(names: pa.Array) -> pa.ChunkedArray:
    """Each name as its words: lower case, one form of each letter, without marks that spellings leave out, digits or bidi controls.

    The names themselves are not changed; a name without a letter has no words.
    """
    folded = pc.utf8_normalize(pc.utf8_lower(pc.fill_null(names, "")), form="NFKC")
    bare = pc.replace_substring_regex(folded, MARKS, "")
    for article in ("al", "el", "ul", "ash", "as", "ad", "ar", "an", "at", "az", "аль", "эль"):
        bare = pc.replace_substring_regex(bare, rf"(^|\s){article}-", rf"\1{article} ")
    spaced = pc.utf8_trim_whitespace(pc.replace_substring_regex(bare, _OTHER, " "))
    return pc.split_pattern_regex(spaced, r"\s+")


def sounds(word: str) -> str:
    """The sounds of one word of a name; empty for a particle (al, bin, abu, abd …) or a script that is not read.

    `Khalid`, `Халид` and `خالد` are `xalid`, `Xalid` and `xAld`.
    """
    if word.translate(_ONE_ALEF) in PARTICLES:
        return ""
    stem = _GLUED.sub("", word)
    stem = stem if len(stem) > 1 else word
    arabic = bool(_ARABIC_WORD.match(stem))
    spelt = _ANY_DIGRAPH.sub(lambda found: f"\0{_SOUND_OF_DIGRAPH[found[0]]}", stem) if not arabic else stem
    heard: list[str] = []
    plain = False
    for letter in spelt:
        if letter == "\0":
            plain = True
            continue
        sound = letter if plain else _sound(letter)
        plain = False
        if sound and (arabic or not heard or heard[-1] != sound):  # romanisations double at will
            heard.append(sound)
    if len(heard) > 2 and heard[-1] == "h":  # a written final h is the feminine ending, which others leave out
        heard.pop()
    return "".join(heard)


def _sound(letter: str) -> str:
    return _LETTER.get(letter) or _LETTER.get(unicodedata.normalize("NFD", letter)[0], "")


_CLASSES = str.maketrans({
    **dict.fromkeys("aieuoAWYEywhxX", None), "q": "k", "c": "s", "S": "s", "z": "s", "Z": "s", "T": "t", "D": "d", "p": "b",
    "v": "f", "V": "f",
})  # fmt: skip
_OR_ELSE = (
    ("T", "s"),
    ("D", "s"),
    ("j", "g"),
    ("j", "s"),
    ("x", "k"),
    ("g", "k"),
    ("p", "f"),
    ("c", "k"),
    ("w", "f"),
    ("w", "b"),
    ("W", "f"),
    ("X", "k"),
    ("V", "w"),
    ("Z", "d"),
    ("Z", "t"),
)
ENOUGH = 3


def keys(heard: str) -> set[str]:
    """The coarse keys of a word, by which spellings of it are found: consonants in classes, vowels and weak letters left out.

    One more where a sound may be heard as another, and one more with each consonant missing where enough are left.
    """
    plain = _coarse(heard)
    found = {plain} | {_coarse(heard.replace(sound, other)) for sound, other in _OR_ELSE if sound in heard}
    if len(plain) >= ENOUGH:
        found |= {_once(plain[:n] + plain[n + 1 :]) for n in range(len(plain))}
    return found


def _coarse(heard: str) -> str:
    return _once(heard.translate(_CLASSES))


def _once(letters: str) -> str:
    return letters[:1] + "".join(b for a, b in pairwise(letters) if a != b)
