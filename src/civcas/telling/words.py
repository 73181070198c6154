"""Says the words of a reading the way a newspaper would: Oct 2015 – Sep 2016, Fair + Confirmed, per declared strike."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from civcas.terms.reading import AGAINST

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# The parts of a reading that a grid can vary, with the heading each gets.
DIMENSIONS = {
    "belligerents": "Who",
    "area": "Where",
    "window": "Window",
    "grades": "Grading",
    "bound": "Count of each incident",
    "attribution": "Attribution",
    "exposure": "Divided by",
    "as_of": "Known by",
}
_SAID = {
    "grades": {
        "confirmed": "Confirmed only",
        "fair+confirmed": "Fair + Confirmed",
        "+contested": "+ Contested",
        "all-but-discounted": "all but Discounted",
        "all": "every grading",
    },
    "bound": {"min": "lowest (min)", "max": "highest (max)", "range": "lowest to highest (range)"},
    "attribution": {
        "sole": "named alone (sole)",
        "shared": "named beside others (shared)",
        "any": "named at all (any)",
    },
}
UNITS = {
    "rate_ratio": "times the rate of the other side",
    "civcas_total": "civilians killed",
    "rate": "civilians killed per unit",
}
_POINT = re.compile(r"^(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?$")


def choices(reading: Mapping[str, Any]) -> dict[str, str]:
    """The choices of one reading, heading → words; a measure's own options stand under their own names."""
    named = {heading: said(name, str(reading[name])) for name, heading in DIMENSIONS.items() if reading.get(name)}
    options = reading.get("options") or {}
    return named | {str(k).replace("_", " ").capitalize(): str(v) for k, v in options.items()}


def dimension(name: str) -> str:
    """The heading of a choice, for a table."""
    return DIMENSIONS.get(name, name.replace("_", " ").capitalize())


def said(name: str, choice: str) -> str:
    """One choice in words; what has no words of its own stands as it is."""
    if name == "window":
        return window(choice)
    if name == "exposure":
        return exposure(choice)
    return _SAID.get(name, {}).get(choice, choice)


def window(text: str) -> str:
    """2015-10..2016-09 vs 2016 as Oct 2015 – Sep 2016 vs 2016; a window that has a name keeps it: each side from its start."""
    if not any(character.isdigit() for character in text):
        return text.replace("-", " ")
    return AGAINST.join(" – ".join(_point(end) for end in side.split("..")) for side in text.split(AGAINST))


def day(text: object) -> str:
    """2017-01-23 as 23 Jan 2017."""
    return _point(str(text))


def exposure(text: str) -> str:
    """The unit a total is divided by, on either side where they differ."""
    return "totals, not divided" if text == "none" else f"per {text}"


def amount(value: float | None) -> str:
    """A number to the digits a reader can use: 0.26, 8.02, 39.9, 3,600; none is a dash."""
    if value is None:
        return "—"
    if value == int(value) and abs(value) >= 10:
        return f"{value:,.0f}"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}" if abs(value) >= 100 else f"{value:.2f}"


def interval(low: float | None, high: float | None) -> str:
    """A range with its two ends; one end that is unknown is left open, none is a dash."""
    if low is None and high is None:
        return "—"
    return f"{amount(low) if low is not None else ''} – {amount(high) if high is not None else ''}".strip()


def percent(share: float) -> str:
    return f"{share:.0%}" if share == 0 or share >= 0.01 else "under 1%"


def unit(claim: Mapping[str, Any]) -> str:
    """What the claim's number counts."""
    return str(claim.get("unit") or UNITS.get(str(claim.get("measure")), claim.get("measure") or "value"))


def listed(parts: list[str]) -> str:
    """One, two and three."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)


def many(count: int, one: str, more: str = "") -> str:
    """1 reading, 2 readings."""
    return f"{count:,} {one if count == 1 else more or one + 's'}"


def _point(text: str) -> str:
    found = _POINT.match(text.strip())
    if not found or (found[2] and not 1 <= int(found[2]) <= 12):
        return text
    year, month, day = found.groups()
    return " ".join(
        part for part in (str(int(day)) if day else "", MONTHS[int(month) - 1] if month else "", year) if part
    )
