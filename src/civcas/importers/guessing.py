"""What column names and values may mean: guesses that a person checks before anything is imported."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence

from civcas.importers.column_words import FIELDS, NOT_AN_ID
from civcas.importers.columns import longest, plainly, says
from civcas.importers.days import latest_day, orders, possible
from civcas.importers.plan import NOT_KNOWN

FORMATS = (
    "%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M:%S",
    "%d.%m.%Y", "%Y/%m/%d", "%d %B %Y", "%d %b %Y", "%d-%b-%Y", "%d-%b-%y",
    "%B %d, %Y", "%Y%m%d", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%d.%m.%y", "%d/%m/%y", "%m/%d/%y",
)  # fmt: skip
COUNT = re.compile(r"\s*[\d٠-٩]+(\.0+)?\s*([-–—]\s*[\d٠-٩]+|\+)?\s*")
RANGED = re.compile(r"\s*[\d٠-٩]+\s*([-–—]\s*[\d٠-٩]+|\+)\s*")
AT_LEAST = re.compile(
    r"\s*(?:at least|min\.?|minimum|more than or equal to|≥|>=|على الأقل)\s*([\d٠-٩]+)\s*", re.IGNORECASE
)
RIVALS = {"%d/%m/%Y": "%m/%d/%Y", "%d-%m-%Y": "%m-%d-%Y", "%d/%m/%y": "%m/%d/%y"}
ALONE = (
    "strike_status",
    "grading",
    "published",
    "geo_precision",
    "number_of_sources",
)  # a part of a name is too little for these
DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")


def fields_of(column: str) -> list[tuple[int, str]]:
    """Fields that a column of this name may hold, each with how well it fits; the best first."""
    found, spelt = [], plainly(column)
    for wanted, names in FIELDS.items():
        whole, length = longest(names, column)
        if not length or (wanted == "id" and says(NOT_AN_ID, column)):
            continue
        if not whole and wanted in ALONE:
            continue
        # A whole name counts before a part of one, and the first of the listed names before the others.
        rank = next((n for n, name in enumerate(names.split()) if plainly(name) == spelt), 0)
        found.append((1000 - rank if whole else length, wanted))
    return sorted(found, key=lambda each: -each[0])


def open_range(value: str) -> str:
    """`5+` for "at least 5"; nothing for words that say something else."""
    found = AT_LEAST.fullmatch(value)
    return f"{found[1]}+" if found else ""


def count_cell(name: str, values: Sequence[str], *, least: float = 0.1) -> tuple[object, str]:
    """How to read a column of counts, plain or of ranges, and a question about words in it that are no number.

    None if fewer than the share `least` of what stands in it are numbers.
    """
    odd = sorted({v for v in values if v.strip() and not COUNT.fullmatch(v)})
    filled = sum(bool(v.strip()) for v in values)
    counted = sum(bool(COUNT.fullmatch(v) or open_range(v)) for v in values)
    if len(odd) > max(5, len(values) // 2) or not counted or counted < filled * least:
        return None, ""
    words = {v: meant for v in odd if (meant := open_range(v))}
    numbers = [v for v in odd if v not in words and re.search(r"[\d٠-٩]", v)]
    unknown = [v for v in odd if v not in words and v not in numbers]
    ranged = bool(words) or any(RANGED.fullmatch(v) for v in values)
    said = {"range": ranged, "words": words, "unknown": unknown}
    cell: dict[str, object] = {"column": name} | {key: value for key, value in said.items() if value}
    questions = [
        f"does {_quoted(unknown)} mean that the number is not known?" if unknown else "",
        f"does {_quoted(words)} mean {', '.join(words.values())}, open above?" if words else "",
        f"what does {_quoted(numbers)} mean? Write it under words (as 5, 3-5 or 5+) or under unknown"
        if numbers
        else "",
    ]
    question = "; ".join(filter(None, questions))
    return (cell if len(cell) > 1 else name), f"{name}: {question}" if question else ""


def number_cell(name: str, values: Sequence[str]) -> object:
    """How to read a column of numbers; None where it holds others."""
    comma = any(re.fullmatch(r"-?\d+,\d+", v.strip()) for v in values)
    numeric = all(re.fullmatch(r"-?[\d٠-٩]+([.,][\d٠-٩]+)?(?:[eE]-?\d+)?", v.strip()) for v in values if v.strip())
    return ({"column": name, "decimal_comma": True} if comma else name) if numeric else None


def day_formats(values: Sequence[str]) -> tuple[list[str], str]:
    """Formats that together read every value, and a question where values fit a day and a month either way round."""
    left = [v.strip().translate(DIGITS) for v in values if v.strip()]
    chosen: list[str] = []
    question = ""
    for wanted in FORMATS:
        fitting = [v for v in left if _reads(v, wanted)]
        if not fitting:
            continue
        rival = RIVALS.get(wanted)
        if rival and sum(_reads(v, rival) for v in left) > len(fitting):
            continue
        if rival and all(_reads(v, rival) for v in fitting):
            question = f"{fitting[0]} fits {wanted} and {rival}: write the right one under formats"
        chosen.append(wanted)
        fitted = set(fitting)
        left = [v for v in left if v not in fitted]
    return (chosen, question) if chosen and not left else ([], "")


def days_understood(values: Sequence[str]) -> tuple[bool, str]:
    """Whether most values are days, months, years or spans as every importer reads them, and a question about those that are not."""
    latest = latest_day(dt.date.today())
    spans = {v: orders(v, latest) for v in dict.fromkeys(map(str.strip, values)) if v and v.casefold() not in NOT_KNOWN}
    odd = [v for v, (one, other) in spans.items() if not (possible(one, latest) or possible(other, latest))]
    if not spans or len(odd) * 2 > len(spans):
        return False, ""
    either = [
        v for v, (one, other) in spans.items() if one != other and possible(one, latest) and possible(other, latest)
    ]
    parts = [
        f"{', '.join(map(repr, odd[:3]))} cannot be read as a day: what does it mean? Such rows stay under unread"
        if odd
        else "",
        f'does the day or the month come first in {either[0]!r}? Write formats: ["%d/%m/%Y"] or so' if either else "",
    ]
    return True, "; ".join(filter(None, parts))


def _reads(value: str, wanted: str) -> bool:
    try:
        return dt.datetime.strptime(value, wanted).year > 1900
    except ValueError:
        return False


def _quoted(words: Iterable[str]) -> str:
    return ", ".join(map(repr, words))
