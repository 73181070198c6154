"""Words as a search compares them, so that they are found however they are spelt."""

from __future__ import annotations

import re
import unicodedata

_SAME = str.maketrans("أإآٱىةؤئ٠١٢٣٤٥٦٧٨٩", "اااايهوي0123456789")
_MARKS = re.compile("[\u064b-\u0652\u0670\u0640\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


def folded(text: str | None) -> str:
    """Lower case, without accents, vowel marks, tatweel and invisible controls; letters that Arabic writers exchange are one."""
    bare = _MARKS.sub("", text or "").translate(_SAME)
    return "".join(c for c in unicodedata.normalize("NFKD", bare.casefold()) if not unicodedata.combining(c))
