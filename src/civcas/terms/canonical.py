"""One JSON text for one value: what is hashed, signed and compared byte for byte."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from json.encoder import encode_basestring
from typing import Any

from civcas.errors import BadInput

quoted: Callable[[str], str] = encode_basestring
"""A text as JSON, in quotes, with nothing escaped that need not be."""

_encoder = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _fast() -> Callable[[Any], str]:
    """The encoder of the standard library made once; its own `encode` makes it anew for every value."""
    made = getattr(json.encoder, "c_make_encoder", None)  # not there in a Python without C
    if made is None:
        return _encoder.encode
    write = made({}, _encoder.default, quoted, None, ":", ",", True, False, False)
    return lambda value: "".join(write(value, 0))


_encode = _fast()


def canonical(value: Any) -> str:
    """The value as JSON with sorted keys, no blanks and no escapes but those JSON demands.

    Numbers are written as Python writes them; NaN and infinity are refused, since JSON has no word for them.
    """
    try:
        return _encode(value)
    except (ValueError, TypeError) as wrong:
        raise BadInput(
            f"a value cannot be written as JSON: {wrong}",
            expected="texts, whole numbers, finite numbers, true, false, null, lists and objects",
        ) from None


def digest(text: str) -> str:
    """SHA-256 of the text in UTF-8, as 64 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def storable(text: str, *, what: str) -> str:
    """The text itself, where every database and file can hold it; a NUL or half a surrogate pair is refused."""
    try:
        text.encode()
    except UnicodeEncodeError:
        text = "\0"
    if "\0" in text:
        raise BadInput(
            f"{what} holds a character that cannot be stored", expected="text without NUL or lone surrogates"
        )
    return text
