"""YAML that remembers on which line each thing stood, so that a message can say where."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from civcas.errors import BadInput

LARGEST = 4 * 1024 * 1024


class Marked(dict[str, Any]):
    """A mapping that knows its own line and the line of each key, counted from 1."""

    line: int = 0
    lines: dict[str, int]


class _Loader(yaml.SafeLoader):
    """Safe YAML in which a key may stand once, and mappings keep their lines."""

    def construct_marked(self, node: yaml.MappingNode) -> Marked:
        made = Marked()
        made.line, made.lines = node.start_mark.line + 1, {}
        for key_node, value_node in node.value:
            key = str(self.construct_object(key_node, deep=True))
            if key in made:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key!r} stands twice", key_node.start_mark
                )
            made[key] = self.construct_object(value_node, deep=True)
            made.lines[key] = key_node.start_mark.line + 1
        return made


_Loader.add_constructor("tag:yaml.org,2002:map", _Loader.construct_marked)


def load(path: Path) -> Marked:
    """The file's top mapping; what cannot be read as UTF-8 YAML is refused with its place."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise BadInput(
            "there is no such file", where=str(path), do="Check the path; claims files end in .yaml."
        ) from None
    except IsADirectoryError:
        raise BadInput("this is a folder", where=str(path), expected="a claims file ending in .yaml") from None
    except PermissionError:
        raise BadInput("the file may not be read", where=str(path), do="Ask for permission to read it.") from None
    if len(content) > LARGEST:
        raise BadInput(
            f"{len(content):,} bytes", where=str(path), expected=f"a claims file of at most {LARGEST:,} bytes"
        )
    return parse(_decoded(content, path), where=str(path))


def _decoded(content: bytes, path: Path) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        line = content[: wrong.start].count(b"\n") + 1
        raise BadInput(
            f"byte 0x{content[wrong.start]:02x} is not UTF-8",
            where=f"{path}, line {line}",
            expected="a text file in UTF-8",
            do="Save the file as UTF-8 in your editor, and check its letters.",
        ) from None


def parse(text: str, *, where: str) -> Marked:
    """Text to a mapping with lines."""
    if "&" in text and "*" in text and any(isinstance(t, yaml.AliasToken) for t in _tokens(text, where)):
        raise BadInput(
            "the file uses YAML aliases (&, *)", where=where, do="Write the values out; aliases can grow without limit."
        )
    try:
        loaded = yaml.load(text, Loader=_Loader)
    except yaml.MarkedYAMLError as wrong:
        raise _syntax(wrong, where) from None
    except (yaml.YAMLError, RecursionError, ValueError) as wrong:
        raise BadInput(f"this is not YAML that can be read ({wrong})", where=where) from None
    if not isinstance(loaded, Marked):
        raise BadInput(f"the file holds {'nothing' if loaded is None else type(loaded).__name__}", where=where,
                       expected="a mapping with article: and claims:")  # fmt: skip
    return loaded


def _tokens(text: str, where: str) -> list[yaml.Token]:
    try:
        return list(yaml.scan(text))
    except yaml.MarkedYAMLError as wrong:
        raise _syntax(wrong, where) from None


def _syntax(wrong: yaml.MarkedYAMLError, where: str) -> BadInput:
    mark = wrong.problem_mark or wrong.context_mark
    place = f"{where}, line {mark.line + 1}, column {mark.column + 1}" if mark else where
    return BadInput(
        f"YAML cannot be read here: {wrong.problem}", where=place, do="Look at this line and the one above it."
    )
