"""A rule set says, by name and version, how what reports say becomes a minimum and a maximum; it is a file anyone can edit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from civcas.errors import BadInput, UnknownName


class Minimum(StrEnum):
    """Which number the minimum of an incident is."""

    CORROBORATED = (
        "corroborated"  # the largest that two independent sources reach; the only one's own where there is one
    )
    LOWEST = "lowest"  # the lowest that any independent source gives


class Maximum(StrEnum):
    """Which number the maximum of an incident is."""

    HIGHEST = "highest"  # the highest that any source gives, even if alone
    HIGHEST_LOW = "highest_low"  # the highest of the sources' lower ends


@dataclass(frozen=True, slots=True, kw_only=True)
class WordRule:
    """What a word without a number counts as."""

    min: int
    max: int
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContestedStatus:
    """What one person whose civilian status is contested adds to each range."""

    civilians_min: int
    civilians_max: int
    belligerents_min: int
    belligerents_max: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """Named, versioned rules of counting."""

    name: str
    version: str
    title: str
    source: str
    minimum: Minimum
    maximum: Maximum
    words: Mapping[str, WordRule]
    named_raise_the_minimum: bool
    named_and_others_adds: int
    majority_share: float
    contested_status: ContestedStatus
    missing_are_counted: bool

    @property
    def id(self) -> str:
        return f"{self.name}@{self.version}"


def names() -> list[str]:
    """The rule sets that ship with civcas."""
    return sorted(p.name.removesuffix(".yaml") for p in _folder().iterdir() if p.name.endswith(".yaml"))


def find(name: str) -> RuleSet:
    """A shipped rule set by name, or one in a file of the same form by its path."""
    if name.endswith((".yaml", ".yml")):
        path = Path(name)
        if not path.is_file():
            raise BadInput(
                "there is no such file", where=name, expected="a rule set", do="Copy one with: civcas rules NAME"
            )
        return of(yaml.safe_load(path.read_text(encoding="utf-8")), where=name)
    if name not in names():
        raise UnknownName("rule set", name, names(), do="Or give the path of a .yaml file of the same form.")
    return _shipped(name)


@cache
def _shipped(name: str) -> RuleSet:
    return of(yaml.safe_load(text_of(name)), where=name)


def text_of(name: str) -> str:
    """The file of a shipped rule set, to be copied and edited."""
    return (_folder() / f"{name}.yaml").read_text(encoding="utf-8")  # type: ignore[no-any-return]


def of(given: Mapping[str, Any], *, where: str) -> RuleSet:
    """A rule set from plain values; a missing or unknown part is named."""
    expected = set(RuleSet.__dataclass_fields__)
    if not isinstance(given, Mapping) or set(given) != expected:
        wrong = sorted(expected ^ set(given)) if isinstance(given, Mapping) else ["everything"]
        raise BadInput(f"missing or unknown: {', '.join(wrong)}", where=where, expected=", ".join(sorted(expected)))
    words = {word: WordRule(**rule) for word, rule in given["words"].items()}
    for word, rule in words.items():
        if rule.min > rule.max:
            raise BadInput(f"{word}: min {rule.min} is above max {rule.max}", where=where, expected="min ≤ max")
    try:
        minimum, maximum = Minimum(given["minimum"]), Maximum(given["maximum"])
    except ValueError as wrong_word:
        raise BadInput(str(wrong_word), where=where, expected=", ".join([*Minimum, *Maximum])) from None
    return RuleSet(**{**given, "minimum": minimum, "maximum": maximum, "words": words,
                      "contested_status": ContestedStatus(**given["contested_status"])})  # fmt: skip


def _folder() -> Any:
    return files("civcas.assessing") / "rule_sets"
