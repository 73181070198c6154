"""Fitness: whether lists overlap in a way that can carry an estimate at all, and what to warn of where they do."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from scipy.special import gammaln

from civcas.measures.undercount.overlap import Overlap
from civcas.terms.estimate import Refusal

MEASURE = "undercount"
FEWEST_ON_SEVERAL = 7  # Robson & Regier 1964: with 7 recaptures the bias is negligible in 95 of 100 samples
BY_CHANCE = (
    0.001  # a list inside another is refused where chance would bring that about less often, over all pairs of lists
)


def unfit(overlap: Overlap, *, fewest_lists: int = 2) -> Refusal | None:
    """Why no number can be given from these lists, or None."""
    return (
        _too_few_lists(overlap, fewest_lists)
        or _copies(overlap)
        or _holds_everyone(overlap)
        or _nested(overlap)
        or _too_thin(overlap)
        or _apart(overlap)
    )


def warnings(overlap: Overlap) -> tuple[str, ...]:
    """What weakens an estimate from these lists without forbidding it."""
    names, pairs = overlap.lists, overlap.pairs
    held = overlap.sizes > 0
    nobody = [name for name, some in zip(names, held, strict=True) if not some]
    empty = [f"{names[i]}–{names[j]}" for i, j in combinations(np.flatnonzero(held).tolist(), 2) if pairs[i, j] == 0]
    inside = [f"{names[i]} in {names[j]} ({_said(by_chance(overlap, i, j))})" for i, j in _nestings(overlap)]
    said = []
    if nobody:
        said.append(f"Nobody stands on {', '.join(nobody)}: left out.")
    if empty:
        shown = ", ".join(empty[:6]) + (f" and {len(empty) - 6} more" if len(empty) > 6 else "")
        many = f"{len(empty)} pairs of lists share nobody" if len(empty) > 1 else "One pair of lists shares nobody"
        said.append(f"{many} ({shown}): the overlap is sparse, and methods may differ widely.")
    if inside:
        said.append(
            f"Small lists lie wholly inside others: {', '.join(inside[:6])}. The number is the chance of that for lists of these "
            "sizes. If one was made from the other, they are one list, not two."
        )
    return tuple(said)


def _too_few_lists(overlap: Overlap, fewest: int) -> Refusal | None:
    held = int((overlap.sizes > 0).sum())
    if held >= fewest:
        return None
    return Refusal(
        measure=MEASURE,
        reason=f"{_lists(held)} with anyone on {'it' if held == 1 else 'them'}; this method needs at least {fewest}",
        needs="more lists that were gathered separately, or --method chapman for two lists"
        if held == 2
        else "at least two lists, gathered separately, whose people are linked",
        diagnostics={"lists": held},
    )


def _copies(overlap: Overlap) -> Refusal | None:
    sizes, pairs = overlap.sizes, overlap.pairs
    for i, j in combinations(range(len(sizes)), 2):
        same = sizes[i] > 0 and pairs[i, j] == sizes[i] == sizes[j]
        if same and (sizes[i] == overlap.n or not _may_be_chance(overlap, i, j)):
            a, b = overlap.lists[i], overlap.lists[j]
            odds = (
                ""
                if sizes[i] == overlap.n
                else f"; the chance of that for separate lists is {_said(by_chance(overlap, i, j))}"
            )
            return Refusal(
                measure=MEASURE,
                reason=f"{a} and {b} are copies of each other: the same {sizes[i]:,} people stand on both{odds}",
                needs=f"lists gathered separately; drop {a} or {b}",
            )
    return None


def _holds_everyone(overlap: Overlap) -> Refusal | None:
    """A list on which everyone stands was made from the others, or they from it: the overlap cannot say what it missed."""
    for j in np.flatnonzero(overlap.sizes == overlap.n).tolist():
        if len(overlap.lists) > 1:
            return Refusal(
                measure=MEASURE,
                reason=f"all {overlap.n:,} documented people stand on {overlap.lists[j]}: no other list found anyone whom it missed, "
                "so it was probably put together from the others, or they were taken from it",
                needs=f"drop {overlap.lists[j]} if it is a joined list; otherwise lists that were gathered apart from it",
            )
    return None


def _nested(overlap: Overlap) -> Refusal | None:
    for i, j in _nestings(overlap):
        if not _may_be_chance(overlap, i, j):
            inner, outer = overlap.lists[i], overlap.lists[j]
            return Refusal(
                measure=MEASURE,
                reason=f"{inner} lies inside {outer}: all its {overlap.sizes[i]:,} people stand on {outer} too, "
                "so it was probably made from it and finds nobody on its own; the chance of that for separate lists of these sizes is "
                f"{_said(by_chance(overlap, i, j))}",
                needs=f"drop {inner}, or join it with {outer} into one list",
                diagnostics={"chance": by_chance(overlap, i, j)},
            )
    return None


def _nestings(overlap: Overlap) -> list[tuple[int, int]]:
    sizes, pairs = overlap.sizes, overlap.pairs
    inside = (pairs == sizes[:, None]) & (sizes[:, None] > 0) & ~np.eye(len(sizes), dtype=bool)
    return [(int(i), int(j)) for i, j in np.argwhere(inside)]


def by_chance(overlap: Overlap, inner: int, outer: int) -> float:
    """How likely a list of the inner one's size lies wholly inside the outer one, drawn at random from the documented.

    Hypergeometric: C(b, a)/C(n, a) for a people within b of n. The true population is larger than n, so the chance is smaller
    still: lists are refused too seldom rather than too often.
    """
    a, b, n = int(overlap.sizes[inner]), int(overlap.sizes[outer]), overlap.n
    return float(np.exp(gammaln(b + 1) - gammaln(b - a + 1) - gammaln(n + 1) + gammaln(n - a + 1)))


def _may_be_chance(overlap: Overlap, inner: int, outer: int) -> bool:
    """Whether chance would bring it about often enough, counting that every ordered pair of lists could have shown it."""
    return by_chance(overlap, inner, outer) * len(overlap.lists) * (len(overlap.lists) - 1) >= BY_CHANCE


def _said(chance: float) -> str:
    return (
        "below 1 in 1,000,000"
        if chance < 1e-6
        else f"about 1 in {1 / chance:,.0f}"
        if chance < 0.2
        else f"{chance:.0%}"
    )


def _too_thin(overlap: Overlap) -> Refusal | None:
    several = overlap.on_several
    if several >= FEWEST_ON_SEVERAL:
        return None
    none = "the lists do not overlap: nobody stands on two of them"
    thin = f"the overlap is too thin: only {several} of {overlap.n:,} stand on two lists or more"
    return Refusal(
        measure=MEASURE,
        reason=none if several == 0 else thin,
        needs=f"at least {FEWEST_ON_SEVERAL} people on two lists or more; check the linking, or join areas or periods",
        diagnostics={"on_several": several, "n": overlap.n},
    )


def _apart(overlap: Overlap) -> Refusal | None:
    """Lists in groups that share nobody: such groups are separate studies."""
    pairs = overlap.pairs > 0
    reached, waiting = {0}, [0]
    while waiting:
        new = set(np.flatnonzero(pairs[waiting.pop()]).tolist()) - reached
        reached |= new
        waiting += sorted(new)
    apart = [name for j, name in enumerate(overlap.lists) if j not in reached and overlap.sizes[j] > 0]
    if not apart or overlap.sizes[0] == 0:
        return None
    return Refusal(
        measure=MEASURE,
        reason=f"the lists fall into groups that share nobody: {', '.join(apart)} overlap with none of the others",
        needs="check the linking of these lists, or leave them out",
    )


def _lists(held: int) -> str:
    return "there is one list" if held == 1 else f"there are {held} lists"
