"""Keeps the direction and the hidden characters of imported text from steering what stands around it."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

# overrides and isolates of direction, characters of no width, and controls; an Arabic or Persian joiner (U+200C, U+200D) stays
_STEERING = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)


def unsteered(text: str) -> str:
    """The text without what overrides direction or cannot be seen; the raw text stays in the data."""
    return _STEERING.sub("", text) if _STEERING.search(text) else text


def isolated(text: str) -> Markup:
    """The text for a page, escaped, in an isolate of its own direction."""
    return Markup(f"<bdi>{escape(unsteered(text))}</bdi>")
