"""Why a pair is proposed: what each field says and how much it weighs, in words a person understands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from civcas.linking.comparing import (
    DAY,
    DAY_EDGES,
    FIELDS,
    INJURED,
    KILLED,
    KM_EDGES,
    MEANS,
    NAME,
    NEAR,
    PEOPLE,
    RELATIONS,
    SIZES,
    STRUCK,
    TARGETED,
    WHERE,
    WHO,
)  # fmt: skip
from civcas.linking.proposing import Proposal

_ALIKE = ("not known", "the same", "spelt nearly alike", "alike in part", "different")
_CLASSES = ("exact", "neighbourhood", "place", "district", "province", "no")
_COUNTS = ("the same number", "the same range", "ranges that overlap", "numbers 1 apart", "numbers a little apart",
           "numbers up to twice apart", "numbers far apart")  # fmt: skip
_SIZES = ("0", "1", "2", "3", "4–5", "6–9", "10–19", "20–49", "50 or more")
_PEOPLE = ("not known", "two or more people named in both", "one person named in both", "one family named in both",
           "families perhaps the same", "different families named")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reason:
    """What one field says of a pair; `weight` is log2 of how many times likelier it is in one incident than in two."""

    field: str
    says: str
    weight: float


def reasons(proposal: Proposal, at: int) -> list[Reason]:
    """Every field that says something about a pair, the heaviest first."""
    levels = proposal.pairs.levels[at]
    table = proposal.weights.of(int(proposal.accounts.theatre[proposal.pairs.left[at]])) / np.log(2)
    found = [Reason(FIELDS[f], says(f, int(levels[f])), float(table[f][levels[f]])) for f in range(len(FIELDS))]
    return sorted((r for r in found if r.says), key=lambda r: -abs(r.weight))


def sentence(found: Sequence[Reason], *, most: int = 5) -> str:
    """The heaviest reasons in one line, each with its weight in bits."""
    return "; ".join(f"{r.field}: {r.says} ({r.weight:+.1f})" for r in found[:most])


def sentences(proposal: Proposal, places: npt.NDArray[np.int32]) -> list[str]:
    """One line a pair; what each distinct level says is written once."""
    return [sentence(reasons(proposal, int(at))) for at in places]


def says(field: int, level: int) -> str:
    """What a level of a field means; nothing where it is not known."""
    if field == DAY:
        return _day(level)
    if field == WHERE:
        return _distance(level)
    if field == NAME:
        return _names(level)
    if field in (KILLED, INJURED):
        return (
            ""
            if level == 0
            else f"{_COUNTS[(level - 1) % RELATIONS]}, of {_SIZES[min((level - 1) // RELATIONS, SIZES - 1)]}"
        )
    if field == WHO:
        name, kind = level // 3, level % 3
        return _ALIKE[name] if name else ("", "the same kind", "different kinds")[kind]
    if field == MEANS:
        high = int((np.sqrt(8 * (level - 1) + 1) - 1) // 2) if level else 0
        return "" if level == 0 else "the same" if level - 1 - high * (high + 1) // 2 == high else "different"
    if field == STRUCK:
        return ("", "the same", "different")[level]
    if field == PEOPLE:
        return _PEOPLE[level] if level else ""
    assert field in (TARGETED, NEAR)
    return _ALIKE[level] if level else ""


def _day(level: int) -> str:
    if level == 0:
        return "almost surely the same"
    if level == len(DAY_EDGES):
        return "hardly the same"
    return f"the same with a chance of {DAY_EDGES[level]:.0%}–{DAY_EDGES[level - 1]:.0%} by their dates alone"


def _distance(level: int) -> str:
    if level == 0:
        return ""
    pair, bin_ = divmod(level - 1, len(KM_EDGES) + 1)
    high = int((np.sqrt(8 * pair + 1) - 1) // 2)
    low = pair - high * (high + 1) // 2
    km = f"within {KM_EDGES[bin_]:g} km" if bin_ < len(KM_EDGES) else f"more than {KM_EDGES[-1]:g} km"
    known = _CLASSES[low] if low == high else f"{_CLASSES[low]} and {_CLASSES[high]}"
    return f"{km}, located by {known}"


def _names(level: int) -> str:
    place, district = level // 18, level // 6 % 3
    if place:
        return _ALIKE[place]
    return ("", "districts alike", "districts different")[district]
