"""Builds elements of a picture or a page; every text and every attribute is escaped here and nowhere else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from textwrap import wrap

_CLOSED = frozenset({"circle", "col", "line", "path", "polyline", "rect", "stop", "use"})
# XML 1.0 allows no other characters, and a picture must open as a file of its own.
_NEVER_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Value = str | float | int | bool | None


@dataclass(frozen=True, slots=True)
class Element:
    """One element with its attributes and children; a child that is text is escaped when written."""

    name: str
    attributes: tuple[tuple[str, str], ...]
    children: tuple[Element | str, ...]

    def __str__(self) -> str:
        parts: list[str] = []
        _write(self, parts)
        return "".join(parts)

    def __html__(self) -> str:
        """What template engines ask for: this text is already escaped."""
        return str(self)


def element(name: str, *children: Element | str | None, **attributes: Value) -> Element:
    """An element; `class_` is written class, `stroke_width` stroke-width; None and False leave a part out."""
    return Element(
        name,
        tuple(
            (_spelt(key), _text(value)) for key, value in attributes.items() if value is not None and value is not False
        ),
        tuple(child for child in children if child is not None),
    )


def number(value: float) -> str:
    """A coordinate with at most two decimals, and no more characters than it needs."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def words(text: str, x: float, y: float, *, class_: str = "", anchor: str = "start", title: str = "") -> Element:
    """A line of text whose own direction (Arabic, Hebrew) is kept apart from its neighbours'."""
    return element(
        "text",
        element("title", title) if title else None,
        text,
        x=x,
        y=y,
        class_=class_ or None,
        text_anchor=None if anchor == "start" else anchor,
    )


def cut(text: str, most: int) -> str:
    """The text, ended with an ellipsis where it has more than `most` characters."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def shortened(text: str, room: float, size: float = 12) -> str:
    """The text, cut where it would be wider than `room` pixels at a font size."""
    return cut(text, max(1, int(room / (size * 0.52))))


def lines(text: str, room: float, size: float) -> list[str]:
    """The text broken between words into lines that fit `room` pixels at a font size."""
    return wrap(text, max(1, int(room / (size * 0.56))))


def _spelt(name: str) -> str:
    return name.rstrip("_").replace("_", "-")


def _text(value: str | float | bool) -> str:
    if value is True:
        return ""
    return number(value) if isinstance(value, float) else str(value)


def _write(item: Element | str, parts: list[str]) -> None:
    if isinstance(item, str):
        parts.append(escape(_NEVER_IN_XML.sub("\ufffd", item), quote=False))
        return
    parts.append(f"<{item.name}")
    parts.extend(f' {key}="{escape(_NEVER_IN_XML.sub(chr(0xFFFD), text))}"' for key, text in item.attributes)
    if item.name in _CLOSED and not item.children:
        parts.append("/>")
        return
    parts.append(">")
    for child in item.children:
        _write(child, parts)
    parts.append(f"</{item.name}>")
