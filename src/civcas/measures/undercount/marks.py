"""Marks: what people write in a list's column for "on it", "not on it" and "not known", read as 1, 0 and unknown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

TICKS = frozenset(("x", "✓", "✔", "☑", "+", "*"))
"""Marks beside which a blank can only mean "not on the list": nobody writes its opposite."""
PLAIN = frozenset(("1", "0", "true", "false", "yes", "no"))
YES = TICKS | frozenset(("1", "true", "t", "yes", "y", "oui", "sí", "si", "ja", "да", "نعم"))
NO = frozenset(("0", "false", "f", "no", "n", "non", "nein", "нет", "لا"))
UNKNOWN = frozenset(
    ("", "na", "n/a", "n.a.", "nan", "null", "none", "?", "-", "–", "—", "unknown", "not known", "not covered", "does not cover",
     "source does not cover", "not applicable", "missing")
)  # fmt: skip
LISTED, NOT_LISTED, NOT_KNOWN, STRANGE = 1, 0, -1, -2
EXPECTED = "1 and 0, true and false, yes and no, or x and blank"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Marks:
    """One column: a code for each row (LISTED, NOT_LISTED, NOT_KNOWN or STRANGE) and the words as written, lower case."""

    codes: NDArray[np.int8]
    words: tuple[str, ...]
    word_codes: tuple[int, ...]
    numbers: bool

    @property
    def is_list(self) -> bool:
        """Every word is known, and one of them marks somebody. A letter or a tick that never changes is no list: it may be a sex or a
        note."""
        if STRANGE in self.word_codes or {LISTED, NOT_LISTED}.isdisjoint(self.word_codes):
            return False
        plain = self.numbers or not PLAIN.isdisjoint(self.words)
        return plain or (LISTED in self.word_codes and len(set(self.word_codes)) > 1)

    @property
    def nearly(self) -> str | None:
        """The first strange word of a column that otherwise is a list, as most of its rows are marked."""
        both = LISTED in self.word_codes and NOT_LISTED in self.word_codes
        if not both or self.numbers or (self.codes == STRANGE).mean() > 0.5:
            return None
        return next((w for w, c in zip(self.words, self.word_codes, strict=True) if c == STRANGE), None)

    @property
    def blank_is_no(self) -> bool:
        """Ticks and blanks only: here a blank means "not on the list"."""
        marked = [w for w, c in zip(self.words, self.word_codes, strict=True) if c != NOT_KNOWN or w != ""]
        return bool(marked) and set(marked) <= TICKS

    def first(self, code: int) -> tuple[int, str]:
        """The place of the first row with a code, and its word."""
        row = int(np.flatnonzero(self.codes == code)[0])
        return row, next((w for w, c in zip(self.words, self.word_codes, strict=True) if c == code), "")


def read(column: pa.ChunkedArray) -> Marks:
    """The marks of one column of text, numbers or truth values."""
    numbers = pa.types.is_integer(column.type) or pa.types.is_floating(column.type)
    text = pc.utf8_lower(pc.utf8_trim_whitespace(pc.fill_null(pc.cast(column, pa.string()), "")))
    coded = text.combine_chunks().dictionary_encode()
    words = tuple(str(word) for word in coded.dictionary.to_pylist())
    codes = tuple(_code(word) for word in words)
    rows = np.asarray(codes, dtype=np.int8)[np.asarray(coded.indices.to_numpy(zero_copy_only=False), dtype=np.int64)]
    return Marks(codes=rows, words=words, word_codes=codes, numbers=bool(numbers))


def _code(word: str) -> int:
    if word in YES:
        return LISTED
    if word in NO:
        return NOT_LISTED
    if word in UNKNOWN:
        return NOT_KNOWN
    return {1.0: LISTED, 0.0: NOT_LISTED}.get(_number(word), STRANGE)


def _number(word: Any) -> float:
    try:
        return float(str(word).replace(",", "."))
    except ValueError:
        return float("nan")
