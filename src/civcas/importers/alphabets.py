"""How often letters stand in words of a language, so that bytes can be told to be text in one encoding and not in another.

Per language: how letters with a mark share, beside plain Latin letters; or, for another script, how all letters share. Rounded
from frequencies in running text; what counts most is which letters are there at all.
"""

from __future__ import annotations

import math
import unicodedata
from functools import lru_cache

# Latin languages: of a hundred letters with a mark, how many are which.
_LATIN = {
    "Spanish": "á25 í25 ó25 é18 ñ10 ú6 ü1",
    "Portuguese": "ã20 á15 é14 ç13 í10 ó9 ê8 õ5 ú4 â3 à2 ô2 ü1",
    "French": "é58 à10 è9 ê6 ç4 ô3 â3 î3 û2 œ1 ù1 ë1 ï1 ü1",
    "Italian": "è35 à25 ù12 ò10 ì10 é8",
    "Catalan": "à25 é20 ó15 í12 è12 ò8 ú5 ç5 ï3 ü2",
    "German": "ü40 ä28 ö20 ß12",
    "Dutch": "ë50 é25 ï15 ü4 è4 ö2",
    "Scandinavian": "å26 ä20 ö20 ø18 æ10 é3 ü1 š1 ž1",
    "Icelandic": "á15 í15 ð15 é8 ö9 æ8 ó10 ú7 þ7 ý6",
    "Polish": "ł24 ę15 ą13 ó12 ż11 ś9 ć5 ń3 ź2",
    "Czech": "í22 á16 é10 ě10 š7 č7 ř9 ž7 ý7 ů4 ú2 ň1 ó1 ť1 ď1",
    "Slovak": "á22 í14 č12 é10 š10 ž9 ý9 ť6 ľ4 ô3 ú6 ä1 ň2 ď2 ó2 ŕ1 ĺ1",
    "Hungarian": "á32 é30 ö9 ő8 ó9 í6 ü5 ú3 ű2",
    "Romanian": "ă38 î16 ş16 ţ16 â14",
    "Croatian": "č30 š28 ž18 ć18 đ6",
    "Turkish": "ı38 ü15 ş14 ğ9 ç9 ö7 â1 î1 û1",
    "Lithuanian": "ė20 š16 ž12 ų15 į8 ą8 ū6 č6 ę4",
    "Latvian": "ā35 ī16 ē14 š10 ū6 ž3 ķ5 ņ4 ļ4 ģ1 č1",
    "Estonian": "ä35 õ30 ü20 ö12 š2 ž1",
}
_OTHER = {
    "Russian": "о110 е85 а80 и74 н67 т63 с55 р47 в45 л44 к35 м32 д30 п28 у26 я20 "
    "ы19 ь17 г17 з17 б16 ч14 й12 х10 ж9 ш7 ю6 ц5 щ4 э3 ф3 ъ1 ё1",
    "Ukrainian": "о94 а83 н68 и61 і57 т53 в52 е46 р46 с40 л36 к35 у34 д32 м30 п28 я23 "
    "з22 ь18 б17 г15 й14 ч14 х12 ц8 ю8 ж8 ї7 ш7 є6 щ5 ф3 ґ1 ’1",
    "Serbian": "а116 и99 о91 е88 н55 р50 с49 т44 у43 д37 ј36 в36 к36 л33 п28 "
    "м37 з19 б15 г17 ч11 ш10 ц8 њ6 х6 ж6 ћ6 ђ2 љ5 џ1 ф2",
    "Arabic": "ا130 ل116 ي68 م64 و60 ن59 ر46 ت44 ب44 ة34 ع33 د32 س28 ه27 ف27 ح24 ك21 ق21 أ20 ج14 ش13 ص12 ط10 خ10 ى10 "
    "إ8 ذ8 ز8 ض6 ث6 غ5 ء5 ئ4 ظ2 آ2 ؤ1 پ1 چ1 ژ1 گ1 ک1 ی1 ـ1 َ1 ُ1 ِ1 ّ1 ً1 ْ1 ٌ1 ٍ1",
    "Greek": "α100 ο90 ι80 ε75 τ75 σ45 ν60 η45 υ35 ρ45 π42 κ40 μ35 λ32 ς42 ω18 ά20 "
    "ί28 έ22 ό22 ή20 ύ15 ώ12 γ17 δ17 χ10 θ10 φ8 β7 ξ4 ζ4 ψ2 ϊ1 ϋ1 ΐ1",
    "Hebrew": "י110 ה109 ו104 ל74 א63 ר56 ת50 ב47 ש44 מ46 ם30 נ30 ח25 "
    "ד26 ע32 כ24 ן19 פ17 ק21 צ12 ט12 ג13 ז13 ס15 ך8 ף2 ץ1",
}
ENCODINGS: dict[str, tuple[float, tuple[str, ...]]] = {
    "windows-1252": (1.0, ("Spanish", "Portuguese", "French", "Italian", "Catalan", "German", "Dutch", "Scandinavian", "Icelandic")),
    "iso-8859-1": (0.1, ("Spanish", "Portuguese", "French", "Italian", "Catalan", "German", "Dutch", "Scandinavian", "Icelandic")),
    "windows-1256": (0.1, ("Arabic", "French")),
    "windows-1251": (0.1, ("Russian", "Ukrainian", "Serbian")),
    "windows-1250": (0.05, ("Polish", "Czech", "Slovak", "Hungarian", "Romanian", "Croatian", "German")),
    "iso-8859-2": (0.002, ("Polish", "Czech", "Slovak", "Hungarian", "Romanian", "Croatian", "German")),
    "windows-1254": (0.05, ("Turkish", "German", "French")),
    "windows-1257": (0.005, ("Lithuanian", "Latvian", "Estonian", "German")),
    "windows-1253": (0.01, ("Greek",)),
    "windows-1255": (0.01, ("Hebrew",)),
    "iso-8859-6": (0.0003, ("Arabic",)),
    "koi8-r": (0.01, ("Russian",)),
    "koi8-u": (0.001, ("Ukrainian",)),
    "cp866": (0.01, ("Russian",)),
    "iso-8859-5": (0.001, ("Russian", "Serbian")),
    "mac-roman": (0.005, ("Spanish", "Portuguese", "French", "Italian", "Catalan", "German", "Dutch", "Scandinavian")),
    "cp850": (0.005, ("Spanish", "Portuguese", "French", "Italian", "Catalan", "German", "Dutch", "Scandinavian")),
}  # fmt: skip
"""Encodings of one byte a character: how common each is among files that are not UTF-8, and the languages people write in it."""

SIGNS = frozenset("“”‘’„‚–—…«»‹›°ºª¿¡·•§\u00a0\u00ad€£©®،؛؟″′№")
WITHIN = frozenset("’‘·\u00ad\u00a0–—…،؛؟")  # signs that may stand between two letters
APART = frozenset("€£§©®¿¡¬")  # signs that do not follow a letter
SIGN, ODD, STRANGE = math.log(2e-3), math.log(1e-5), math.log(1e-7)
TURNED = math.log(1e-3)  # a capital after a small letter
CAPITAL = math.log(0.15)
MARKED = 0.05  # of the letters of a word in a Latin language that has a letter with a mark, so many are another one
SELDOM = {"Icelandic": math.log(0.01)}  # hardly any list of events is written in it
# Letters that stand in one encoding where another has one that is as common, told apart by what may follow them.
BEFORE = {
    ("Portuguese", "ã"): "oesi ", ("Portuguese", "õ"): "es ", ("Spanish", "ñ"): "aeiouáéíóú", ("Polish", "ń"): "bcdfghjklmnprstwzćśźż ",
    ("Romanian", "ă"): "bcdfghijlmnprstvzşţ ", ("Italian", "ì"): " ", ("Italian", "ù"): " ", ("Italian", "ò"): " ",
    ("Polish", "ę"): "bcdgkpstzćśźżłl ", ("Polish", "ą"): "bcdgkpstzćśźżłl ",
    ("Latvian", "ē"): "bcdfghjklmnpqrstvzčģķļņšž ", ("Latvian", "ī"): "bcdfghjklmnpqrstvzčģķļņšž ", ("Latvian", "ļ"): "aeiouāēīū ",
    ("Lithuanian", "ė"): "bcdfghjklmnpqrstvzčšž ", ("French", "è"): "bcdfghlmnpqrstvz", ("Italian", "è"): " ",
    ("Catalan", "è"): "bcdfglmnprstvx ", ("Turkish", "ğ"): "aeıioöuülrdmnts ",
    ("Estonian", "õ"): "bdeghijklmnprstuvõ",
    **{(language, "č"): "aeiouyáéíóúůýěknlt " for language in ("Czech", "Slovak", "Croatian", "Lithuanian", "Latvian")},
}  # fmt: skip
NEVER_BEFORE = math.log(0.01)


@lru_cache(maxsize=1)
def languages() -> dict[str, tuple[dict[str, float], float]]:
    """For each language, how probable each of its own letters is (log), and a plain Latin letter beside them."""
    latin = {name: (_logs(shares, MARKED), 0.0) for name, shares in _LATIN.items()}
    return latin | {name: (_logs(shares, 1.0), STRANGE) for name, shares in _OTHER.items()}


def _logs(shares: str, rate: float) -> dict[str, float]:
    counts = {each[0]: float(each[1:]) for each in shares.split()}
    return {letter: math.log(rate * n / sum(counts.values())) for letter, n in counts.items()}


def likely(word: str, language: str) -> float:
    """How probable it is that someone who writes this language writes this word (log), as far as letters tell."""
    own, latin = languages()[language]
    shout = word.isupper() and len(word) > 1
    total, before = SELDOM.get(language, 0.0) + (CAPITAL if shout else 0.0), ""
    for letter, after in zip(word, word[1:] + " ", strict=True):
        if letter.isascii():
            total += latin if letter.isalpha() else 0.0
        elif letter in SIGNS:
            total += ODD if _out_of_place(letter, before, after) else SIGN
        elif letter.isalpha() or unicodedata.combining(letter):
            total += _letter("ı" if letter == "İ" else letter.lower(), after.lower(), language, own)
            total += CAPITAL if letter.isupper() and not shout else 0.0
        else:
            total += ODD if letter.isprintable() else STRANGE
        if before.islower() and letter.isupper():
            total += TURNED
        before = letter
    return total


def _out_of_place(sign: str, before: str, after: str) -> bool:
    """A sign that writers put apart from words, or after them, stands at or in one."""
    within = before.isalpha() and after.isalpha() and sign not in WITHIN
    return within or (before.isalpha() and (sign in APART or (sign == "\u00a0" and after == " ")))


def _letter(letter: str, after: str, language: str, own: dict[str, float]) -> float:
    may = BEFORE.get((language, letter), "")
    return own.get(letter, STRANGE) + (NEVER_BEFORE if may and after not in may else 0.0)
