"""What may be wrong with a row that sums add up: it contradicts itself, may stand twice, or outweighs all others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from civcas.terms.range_sum import RangeSum
from civcas.terms.table import Table, count, number, text
from civcas.terms.vocabulary import Word


class DoubtKind(Word):
    """Why a row is doubted. Nothing is changed by a doubt; it stands until a person decides."""

    RANGE = "range inverted", "its lowest number is above its highest: no number is taken from it"
    NO_COUNT = "not a count", "a number below zero or a fraction of a person: no number is taken from it"
    SAME_ROW = "same row again", "the same id and the same content as another row: it is counted twice"
    SAME_ID = "id met again", "another row has the same id and says something else: both are counted"
    ALIKE = (
        "alike under another id",
        "the same day, place, numbers, belligerents and source as another: both are counted",
    )
    OUTLIER = "outlier", "one number outweighs the rest of its dataset: it is counted"
    RUNNING = (
        "numbers only rise",
        "the numbers of a dataset never fall from row to row, as running totals do: each is counted",
    )


DOUBLES = (DoubtKind.SAME_ROW, DoubtKind.SAME_ID, DoubtKind.ALIKE)
SPOILT = (DoubtKind.RANGE, DoubtKind.NO_COUNT)

DOUBT = Table(
    name="doubt",
    a_row_is="one reason to doubt a row that sums add up, until a person decides",
    key=("subject", "kind", "about"),
    fields=(
        text("subject", "the report doubted, or the key of the row of another table", nullable=False),
        text("incident_id", "the incident the report speaks of; null where the row is no report"),
        text("kind", "why it is doubted", nullable=False, words=tuple(map(str, DoubtKind))),
        text("about", "the number it is about, as civ_killed; row where it is about the whole row", nullable=False),
        text("other", "the report that it may be a double of; null otherwise"),
        number("low", "the lowest number as published, where the range contradicts itself"),
        number("high", "the highest number as published, where the range contradicts itself"),
        count("killed_min", "lowest number of civilians killed that sums take from its incident; null is unknown"),
        count("killed_max", "highest number of civilians killed that sums take from it; null is unknown or open above"),
        number("share", "its share of the highest sum of its dataset, for an outlier", unit="0–1"),
        text("dataset", "which dataset the row came from"),
    ),
)  # fmt: skip
RISES = 20  # rows with a number that never falls, and half as many rises, from which they look like a running total
NAMED = 3  # rows that a sentence names
FEWEST = 10  # incidents with someone killed, below which no number stands out
PART, TIMES = (
    10,
    20,
)  # an outlier is a tenth of the whole sum or more, and more than so many times the mean of the others


RUNNING_SAYS = (
    "In {dataset} the number killed never falls from row to row. If these are running totals, a sum counts the same people "
    "again and again."
)


def sentences(doubts: Iterable[Mapping[str, Any]]) -> list[str]:
    """What to say beside a sum over the incidents of these doubts: doubles, outliers, and numbers left out."""
    rows = list(doubts)
    said = [_doubles([row for row in rows if row["kind"] in DOUBLES])]
    said += [_outlier(row) for row in rows if row["kind"] == DoubtKind.OUTLIER]
    said += [RUNNING_SAYS.format(dataset=row["dataset"]) for row in rows if row["kind"] == DoubtKind.RUNNING]
    said.append(_spoilt([row for row in rows if row["kind"] in SPOILT and row["about"] in ("civ_killed", "killed")]))
    return [sentence for sentence in said if sentence]


def _doubles(rows: list[Mapping[str, Any]]) -> str:
    by_incident = {row["incident_id"] or row["subject"]: row for row in rows}
    if not by_incident:
        return ""
    killed = RangeSum.of((row["killed_min"], row["killed_max"]) for row in by_incident.values()).killed
    n = len(by_incident)
    what = "a double of another" if n == 1 else "doubles of others"
    return (
        f"{n:,} of these incidents may be {what}: {range_words(*killed)} killed ({named(rows)}). "
        "They are counted until someone decides; civcas consistency lists them."
    )


def _outlier(row: Mapping[str, Any]) -> str:
    killed = range_words(row["killed_min"], row["killed_max"])
    return (
        f"One incident, {row['subject']}, gives {killed} killed: {100 * (row['share'] or 0):.0f}% of the highest sum of "
        f"{row['dataset']}. Check it at its source."
    )


def _spoilt(rows: list[Mapping[str, Any]]) -> str:
    if not rows:
        return ""
    n = len({row["subject"] for row in rows})
    rest = "1 row contradicts itself" if n == 1 else f"{n:,} rows contradict themselves"
    return f"{rest} about those killed ({named(rows)}) and {'is' if n == 1 else 'are'} counted as without a number."


def named(rows: list[Mapping[str, Any]]) -> str:
    """The first few rows by name, with the numbers that contradict each other."""
    first = sorted({_name(row) for row in rows})
    more = len(first) - NAMED
    return "; ".join(first[:NAMED]) + (f"; and {more:,} more" if more > 0 else "")


def _name(row: Mapping[str, Any]) -> str:
    low, high = row.get("low"), row.get("high")
    if row["kind"] in SPOILT:
        numbers = "–".join(f"{n:,g}" for n in (low, high) if n is not None)
        return f"{row['subject']} {numbers}"
    return str(row["subject"]) + (f" and {row['other']}" if row.get("other") else "")


def range_words(low: int | None, high: int | None) -> str:
    """`4`, `4–7`, `4 or more`, `up to 7`; unknown is a word and never 0."""
    if low is None or high is None:
        return (
            "an unknown number"
            if low is None and high is None
            else f"{low:,} or more"
            if high is None
            else f"up to {high:,}"
        )
    return f"{low:,}" if low == high else f"{low:,}–{high:,}"
