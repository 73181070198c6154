"""The things a claim may mean: each combination of its meanings, with the readings that answer it and the verdict on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from civcas.claims.article import Claim
from civcas.claims.copies import Places, are_copies, leaders, weights
from civcas.claims.curve import Array, Curve
from civcas.claims.grid import Cell
from civcas.claims.joint_null import JointNull, joint_null
from civcas.claims.verdict import Balance, verdict_of_meaning
from civcas.terms.estimate import Estimate
from civcas.terms.vocabulary import Verdict

ALIKE = 0.90
"""Windows that share at least this part of their days, on each side, are one window told twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """One thing the sentence may mean, and what its readings say of it.

    `cells` are the positions of its readings in the grid, `voters` those that vote, with their `weight`. `value`, `lowest` and `highest`
    are the middle, least and greatest answer, `low` and `high` the outermost ends of the intervals (None: open or none), all as the measure
    gives them. `copy_of` is the position of the meaning that this one repeats; then it has no say of its own.
    """

    words: Mapping[str, str]
    cells: Places
    voters: Places
    weight: Array
    balance: Balance
    verdict: Verdict
    value: float | None = None
    lowest: float | None = None
    highest: float | None = None
    low: float | None = None
    high: float | None = None
    copy_of: int | None = None
    null: JointNull | None = None

    @property
    def has_number(self) -> bool:
        return len(self.voters) > 0

    @property
    def counts(self) -> bool:
        """Whether the verdict on the claim rests on it: it gave a number, and is not another meaning told twice."""
        return self.has_number and self.copy_of is None


def meanings(claim: Claim, cells: Sequence[Cell], curve: Curve, *, causal: bool) -> tuple[Meaning, ...]:
    """Every combination of the claim's meanings, in the order listed, each with its verdict."""
    names = list(claim.means)
    groups: dict[tuple[str, ...], list[int]] = {}
    for place, cell in enumerate(cells):
        groups.setdefault(tuple(cell.choices[name] for name in names), []).append(place)
    built = [
        _meaning(dict(zip(names, words, strict=True)), np.array(places, np.int64), curve, causal=causal)
        for words, places in groups.items()
    ]
    return _without_copies(built, cells, curve)


def _meaning(words: Mapping[str, str], cells: Places, curve: Curve, *, causal: bool) -> Meaning:
    votes = leaders(curve, cells)
    voters = cells[(votes == cells) & ~curve.refused[cells]]
    weight = weights(curve, voters)
    balance = Balance.of(curve, voters, weight)
    verdict = verdict_of_meaning(balance, causal=causal)
    bare = Meaning(words=words, cells=cells, voters=voters, weight=weight, balance=balance, verdict=verdict)
    return _with_numbers(bare, curve)


def _with_numbers(meaning: Meaning, curve: Curve) -> Meaning:
    voters = meaning.voters
    if len(voters) == 0:
        return meaning
    value = curve.value[voters]
    low, high = curve.low[voters], curve.high[voters]
    ends = [float(np.min(low[~np.isnan(low)], initial=np.inf)), float(np.max(high[~np.isnan(high)], initial=-np.inf))]
    plain = [curve.plain(end) if np.isfinite(end) else None for end in ends]
    return replace(
        meaning,
        value=curve.plain(_middle(value, meaning.weight)),
        lowest=curve.plain(float(value.min())),
        highest=curve.plain(float(value.max())),
        low=plain[0],
        high=plain[1],
        null=joint_null(curve, voters),
    )


def _middle(value: Array, weight: Array) -> float:
    """The weighted median; between two readings of equal weight, the mean of both."""
    order = np.argsort(value, kind="stable")
    reached = np.cumsum(weight[order])
    half = reached[-1] / 2
    at = int(np.searchsorted(reached, half - 1e-12))
    exact = abs(reached[at] - half) < 1e-9 and at + 1 < len(order)
    return float(value[order[at : at + 2]].mean() if exact else value[order[at]])


def _without_copies(built: Sequence[Meaning], cells: Sequence[Cell], curve: Curve) -> tuple[Meaning, ...]:
    """A meaning that repeats one listed before it is marked as its copy."""
    spans = _spans(built, cells)
    kept: list[int] = []
    marked = []
    for place, meaning in enumerate(built):
        same = next(
            (
                other
                for other in _candidates(built, kept, place, spans, curve)
                if _repeats(built[other], meaning, spans[[other, place]], curve)
            ),
            None,
        )
        marked.append(meaning if same is None else replace(meaning, copy_of=same))
        if same is None:
            kept.append(place)
    return tuple(marked)


def _spans(built: Sequence[Meaning], cells: Sequence[Cell]) -> Array:
    """First and last day of each meaning's window on either side, as ordinals: shape (meanings, 4), nan where there is none."""
    spans = np.full((len(built), 4), np.nan)
    for place, meaning in enumerate(built):
        answer = cells[meaning.voters[0]].answer if meaning.has_number else None
        if isinstance(answer, Estimate) and answer.reading is not None and "window" in meaning.words:
            windows = (answer.reading.window_of(0), answer.reading.window_of(len(answer.reading.belligerents) - 1))
            spans[place] = [day.toordinal() for window in windows for day in (window.first, window.last)]
    return spans


def _candidates(built: Sequence[Meaning], kept: Sequence[int], place: int, spans: Array, curve: Curve) -> list[int]:
    """The meanings kept so far that could be the same as this one: alike windows, or a first answer as good as equal."""
    if not built[place].has_number or not kept:
        return []
    others = np.array(kept)
    first = built[place].voters[0]
    leads = np.array([built[other].voters[0] if built[other].has_number else first for other in kept])
    near = are_copies(curve, leads, np.full(len(kept), first))
    return [int(other) for other in others[near | (_likeness(spans[others], spans[place]) >= ALIKE)]]


def _likeness(spans: Array, span: Array) -> Array:
    """Days in both over days in either, on the side where it is less; 0 where a window is missing."""
    shares = []
    for side in (0, 2):
        begin, end = np.maximum(spans[:, side], span[side]), np.minimum(spans[:, side + 1], span[side + 1])
        both = np.fmax(end - begin + 1, 0)
        either = (spans[:, side + 1] - spans[:, side] + 1) + (span[side + 1] - span[side] + 1) - both
        shares.append(both / either)
    return np.asarray(np.nan_to_num(np.minimum(*shares), nan=0.0))


def _repeats(first: Meaning, second: Meaning, spans: Array, curve: Curve) -> bool:
    """Whether two meanings differ only in windows that are as good as one, or give the same answers throughout."""
    if len(first.cells) != len(second.cells) or not (first.has_number and second.has_number):
        return False
    rest = [{key: word for key, word in each.words.items() if key != "window"} for each in (first, second)]
    if rest[0] == rest[1] and _likeness(spans[:1], spans[1])[0] >= ALIKE:
        return True
    refused = curve.refused[first.cells]
    if bool((refused != curve.refused[second.cells]).any()):
        return False
    return bool(are_copies(curve, first.cells[~refused], second.cells[~refused]).all())
