"""Lays out a checked claim for every form of telling: counts by outcome, refusals by reason, readings by window."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from civcas.drawing.mark import OUTCOMES
from civcas.telling import words
from civcas.terms.vocabulary import Verdict

Claim = Mapping[str, Any]
"""One claim of the JSON that `civcas check` prints."""

_PREDICATES = {
    "supports": "support the claim",
    "open": "leave it open",
    "contradicts": "contradict it",
}


def readings(claim: Claim) -> Sequence[Mapping[str, Any]]:
    return claim.get("readings") or ()


def outcomes(claim: Claim) -> dict[str, int]:
    """How many readings say what, in the order outcomes are always listed; those that do not occur are left out."""
    counted = Counter(str(r["status"]) for r in readings(claim))
    return {str(s): counted[s] for s in map(str, OUTCOMES) if counted[s]}


def made(claim: Claim) -> int:
    """How many readings gave a number."""
    return (
        int(claim["made"]) if claim.get("made") is not None else sum(r["status"] != "refused" for r in readings(claim))
    )


def verdicts(claims: Sequence[Claim]) -> dict[str, int]:
    """How many claims came back with which verdict, in the scale's order."""
    counted = Counter(str(c["verdict"]) for c in claims)
    return {str(v): counted[v] for v in map(str, Verdict) if counted[v]}


def claimed(claim: Claim) -> tuple[float | None, tuple[float, float] | None]:
    """The number claimed and the tolerance around it, as far as the claim names them.

    `expect` holds a `value` with `within` (a share of it), or a range as `low` and `high`, of which one may be open.
    """
    expect = claim.get("expect")
    if not isinstance(expect, Mapping):
        return _number(expect), None
    value, within = _number(expect.get("value")), _number(expect.get("within"))
    if value is not None:
        ends = sorted((value * (1 - within), value * (1 + within))) if within is not None else None
        return value, (ends[0], ends[1]) if ends else None
    low, high = _number(expect.get("low")), _number(expect.get("high"))
    if low is None and high is None:
        return None, None
    return None, (-math.inf if low is None else low, math.inf if high is None else high)


def claimed_words(claim: Claim) -> str:
    """What was claimed, with its tolerance: 8 (anything from 6 to 10)."""
    value, band = claimed(claim)
    expect = claim.get("expect")
    for side, words_for_it in (("above", "more than"), ("below", "less than")):
        if isinstance(expect, Mapping) and expect.get(side) is not None:
            return f"{words_for_it} {expect[side]:g}"
    if value is not None:
        return f"{value:g} (anything from {band[0]:g} to {band[1]:g} counts)" if band else f"{value:g}"
    if band is None:
        return str(claim.get("claimed") or "")
    low, high = band
    if math.isinf(low):
        return f"up to {high:g}"
    return f"{low:g} or more" if math.isinf(high) else f"{low:g} to {high:g}"


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def refusals(claim: Claim) -> list[dict[str, Any]]:
    """Refused readings by reason, the most frequent first, with the choices that all of a reason share."""
    groups: dict[str, list[dict[str, str]]] = {}
    for reading in readings(claim):
        if reading["status"] == "refused":
            groups.setdefault(str(reading.get("why") or "no reason given"), []).append(words.choices(reading))
    ordered = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    whole = _distinct([words.choices(r) for r in readings(claim)])
    return [{"why": why, "count": len(group), "where": _shared(group, whole)} for why, group in ordered]


def noted(claim: Claim) -> list[str]:
    """Every note that travels with a reading, once each, in order of appearance."""
    return list(dict.fromkeys(str(note) for r in readings(claim) for note in r.get("notes") or ()))


def intervals(claim: Claim) -> list[str]:
    """What the intervals of the readings are: kind and level, with how many readings have it."""
    counted = Counter(
        (str(r.get("interval") or "none"), r.get("level")) for r in readings(claim) if r["status"] != "refused"
    )
    return [
        f"{kind if kind != 'none' else 'no interval'}{f' at {level:.0%}' if level else ''}: {words.many(count, 'reading')}"
        for (kind, level), count in counted.most_common()
    ]


def table(claim: Claim) -> dict[str, Any]:
    """The readings as rows under their window, with a column for each other choice that occurs and its notes' numbers."""
    rows = [(words.choices(r), r) for r in readings(claim)]
    first = words.DIMENSIONS["window"]
    columns = [d for d in dict.fromkeys(d for c, _ in rows for d in c) if d != first]
    numbers = {note: i for i, note in enumerate(noted(claim), 1)}
    groups: dict[str, list[dict[str, Any]]] = {}
    for chosen, reading in rows:
        marks = [numbers[str(note)] for note in reading.get("notes") or ()]
        row = {"chosen": [chosen.get(c, "—") for c in columns], "reading": reading, "marks": marks}
        spans = words.window(str(reading.get("spans") or ""))
        named = chosen.get(first, "")
        groups.setdefault(f"{named}: {spans}" if spans not in ("", named) else named, []).append(row)
    return {"columns": columns, "groups": groups, "numbers": numbers}


def anchors(claims: Sequence[Claim]) -> list[str]:
    """An address on the page for each claim, made of its id and unlike every other."""
    taken: Counter[str] = Counter()
    found = []
    for claim in claims:
        name = "claim-" + (re.sub(r"[^a-z0-9]+", "-", str(claim.get("id", "")).lower()).strip("-") or "unnamed")
        taken[name] += 1
        found.append(name if taken[name] == 1 else f"{name}-again-{taken[name]}")
    return found


def in_a_sentence(claim: Claim) -> str:
    """The grid in one sentence, for those who do not see the picture."""
    counts = outcomes(claim)
    parts = [f"{count:,} {_PREDICATES[s]}" for s, count in counts.items() if s != "refused"]
    return f"{spread(claim)} {words.listed(parts)}.".strip() if parts else spread(claim)


def spread(claim: Claim) -> str:
    """How far the numbers reach, and how many readings gave none."""
    values = sorted(r["value"] for r in readings(claim) if r.get("value") is not None)
    refused = outcomes(claim).get("refused", 0)
    unread = f" {words.many(refused, 'reading')} refused to give a number." if refused else ""
    if not values:
        return f"No reading gives a number.{unread}"
    middle = (values[(len(values) - 1) // 2] + values[len(values) // 2]) / 2
    reach = f"from {words.amount(values[0])} to {words.amount(values[-1])}, the middle one {words.amount(middle)}"
    return f"{words.many(len(values), 'reading')} give a number, {reach}.{unread}"


def wanted(claim: Claim) -> list[str]:
    """What would decide the claim, each thing once."""
    return list(dict.fromkeys(str(n) for n in (claim.get("would_decide"), *(claim.get("needs") or ())) if n))


def kinds_of_notes(claim: Claim) -> list[str]:
    """The notes, of which those that differ only in their numbers are told once, with how many there are."""
    alike: dict[str, list[str]] = {}
    for note in noted(claim):
        alike.setdefault(re.sub(r"[\d.,:-]+", "#", note), []).append(note)
    return [
        first + (f" ({words.many(len(rest), 'more note')} alike, with other numbers)" if rest else "")
        for first, *rest in alike.values()
    ]


def _distinct(rows: list[dict[str, str]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for row in rows:
        for dimension, choice in row.items():
            found.setdefault(dimension, set()).add(choice)
    return found


def _shared(group: list[dict[str, str]], whole: dict[str, set[str]]) -> list[str]:
    """Choices that occur in every reading of a group though the grid varies them, or in two of more than two."""
    found = []
    for dimension, choices in _distinct(group).items():
        if len(choices) < len(whole[dimension]) and len(choices) <= 2:
            found.append(f"{dimension}: {' or '.join(sorted(choices))}")
    return found
