"""A decision as a person types it: `civ_killed airwars:CS1203 3-7`, `grade ID Fair`, `link ID ID`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from civcas.errors import BadInput, UnknownName
from civcas.terms import decision as make
from civcas.terms.decision import AS_PUBLISHED, Decision
from civcas.terms.tables import TABLES
from civcas.terms.vocabulary import DatePrecision, Grading, Responsibility
from civcas.terms.window import Window

_RANGE = re.compile(r"^(?P<low>\d+(?:\.\d+)?)?\s*(?P<dash>[-–])?\s*(?P<high>\d+(?:\.\d+)?)?$")
_POINT = re.compile(r"^(?P<name>.+?)\s*@\s*(?P<north>-?\d+(?:\.\d+)?)\s*,\s*(?P<east>-?\d+(?:\.\d+)?)$")


def count_columns() -> dict[str, tuple[str, str]]:
    """Every count that can be corrected, with its columns: `civ_killed` is civ_killed_min and civ_killed_max."""
    found: dict[str, tuple[str, str]] = {}
    for name in (field.name for table in TABLES.values() if len(table.key) == 1 for field in table.fields):
        if name.endswith("_min"):
            found[name.removesuffix("_min")] = (name, name.removesuffix("_min") + "_max")
        elif name.endswith("_low"):
            found[name.removesuffix("_low")] = (name, name.removesuffix("_low") + "_high")
    return found


def typed(word: str, subject: str, value: str, *, because: str) -> Decision:
    """The decision those words make; `as-published` as value takes back what was decided before."""
    if value == "as-published":
        return _as_published(word, subject, because)
    if word in count_columns():
        return make.count(subject, word, *numbers(value), because=because)
    if word not in _WORDS:
        raise UnknownName("decision", word, [*count_columns(), *_WORDS], where="civcas decide")
    if word != "withdraw" and not value.strip():
        raise BadInput(f"the decision {word!r} needs a value", do="See the examples of: civcas decide --help")
    return _WORDS[word](subject, value.strip(), because)


def numbers(text: str) -> tuple[float | None, float | None]:
    """Read `3-7`, `7`, `3-` (open above), `-7` (open below) or `unknown` as lowest and highest."""
    if text.strip().lower() == "unknown":
        return None, None
    found = _RANGE.match(text.strip())
    if not found or not (found["low"] or found["high"]):
        raise BadInput(f"{text!r} is not a count", expected="3-7, 7, 3- (or more), -7 (or fewer) or unknown")
    low, high = (_number(found[end]) if found[end] else None for end in ("low", "high"))
    return (low, low) if found["dash"] is None else (low, high)


def _number(text: str) -> float:
    return float(text) if "." in text else int(text)


def _as_published(word: str, subject: str, because: str) -> Decision:
    any_value = {"grade": "Fair", "belligerent": "-", "place": "-", "withdraw": "", "supersede": "-"}
    any_value |= {"date": "unknown", "location": "-", "named": "-"}
    any_value |= dict.fromkeys(count_columns(), "unknown")
    if word not in any_value:
        raise UnknownName("decision that can be taken back", word, any_value, where="civcas decide")
    return replace(typed(word, subject, any_value[word], because=because), value=AS_PUBLISHED)


def _grade(subject: str, value: str, because: str) -> Decision:
    known = {str(g).lower(): g for g in Grading}
    if value.lower() not in known:
        raise UnknownName("grading", value, [str(g) for g in Grading])
    return make.grade(subject, known[value.lower()], because=because)


def _attribution(subject: str, value: str, because: str) -> Decision:
    party, _, status = (part.strip() for part in value.rpartition(":"))
    if not party or not status:
        raise BadInput(
            f"{value!r} is not an attribution", expected='"BELLIGERENT: STATUS", as in "Russian Military: known"'
        )
    decided = make.attribution(subject, party, status, because=because)
    if status == "as-published":
        return replace(decided, value=AS_PUBLISHED)
    if status not in (known := [str(word) for word in Responsibility]):
        raise UnknownName("status of responsibility", status, [*known, "as-published"])
    return decided


def _place(subject: str, value: str, because: str) -> Decision:
    found = _POINT.match(value)
    if not found:
        return make.place(subject, value, because=because)
    north, east = float(found["north"]), float(found["east"])
    return make.place(subject, found["name"], latitude=north, longitude=east, because=because)


def _date(subject: str, value: str, because: str) -> Decision:
    """`2016-03-05`, `2016-03`, `2016`, `2016-03-05..2016-03-07` or `unknown`."""
    if value.lower() == "unknown":
        return make.date(subject, None, None, DatePrecision.UNKNOWN, because=because)
    try:
        window = Window.parse(value)
    except BadInput:
        raise BadInput(
            f"{value!r} is no date", expected="2016-03-05, 2016-03, 2016, 2016-03-05..2016-03-07 or unknown"
        ) from None
    by_length = {4: DatePrecision.YEAR, 7: DatePrecision.MONTH, 10: DatePrecision.DAY}
    precision = by_length.get(len(value), DatePrecision.RANGE)
    return make.date(subject, window.first, window.last, precision, because=because)


def _location(subject: str, value: str, because: str) -> Decision:
    found = _POINT.match(value)
    if not found:
        return make.location(subject, value, because=because)
    north, east = float(found["north"]), float(found["east"])
    return make.location(subject, found["name"], latitude=north, longitude=east, because=because)


_WORDS: dict[str, Callable[[str, str, str], Decision]] = {
    "grade": _grade,
    "attribution": _attribution,
    "belligerent": lambda subject, value, because: make.belligerent(subject, value, because=because),
    "place": _place,
    "date": _date,
    "location": _location,
    "named": lambda subject, value, because: make.named(subject, value, because=because),
    "link": lambda subject, value, because: make.link(subject, value, because=because),
    "unlink": lambda subject, value, because: make.link(subject, value, because=because, together=False),
    "withdraw": lambda subject, value, because: make.withdraw(subject, because=because),
    "supersede": lambda subject, value, because: make.supersede(subject, value, because=because),
}
