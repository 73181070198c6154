"""Fitness: whether lists overlap in a way that can carry an estimate at all, and what to warn of where they do."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from civcas.measures.undercount.overlap import Overlap
from civcas.terms.estimate import Refusal

MEASURE = "undercount"
FEWEST_ON_SEVERAL = 7  # Robson & Regier 1964: with 7 recaptures the bias is negligible in 95 of 100 samples
SMALLEST_NESTED = 10  # a smaller list may lie inside another by chance; it is warned of, not refused


def unfit(overlap: Overlap, *, fewest_lists: int = 2) -> Refusal | None:
    """Why no number can be given from these lists, or None."""
    return (
        _too_few_lists(overlap, fewest_lists)
        or _copies(overlap)
        or _nested(overlap)
        or _too_thin(overlap)
        or _apart(overlap)
    )


def warnings(overlap: Overlap) -> tuple[str, ...]:
    """What weakens an estimate from these lists without forbidding it."""
    names, pairs = overlap.lists, overlap.pairs
    empty = [f"{a}–{b}" for (i, a), (j, b) in combinations(enumerate(names), 2) if pairs[i, j] == 0]
    inside = [f"{names[i]} in {names[j]}" for i, j in _nestings(overlap)]
    said = []
    if empty:
        shown = ", ".join(empty[:6]) + (f" and {len(empty) - 6} more" if len(empty) > 6 else "")
        many = f"{len(empty)} pairs of lists share nobody" if len(empty) > 1 else "One pair of lists shares nobody"
        said.append(f"{many} ({shown}): the overlap is sparse, and methods may differ widely.")
    if inside:
        said.append(f"Small lists lie wholly inside others ({', '.join(inside[:6])}): they may be one source, not two.")
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
        if sizes[i] >= SMALLEST_NESTED and pairs[i, j] == sizes[i] == sizes[j]:
            a, b = overlap.lists[i], overlap.lists[j]
            return Refusal(
                measure=MEASURE,
                reason=f"{a} and {b} are copies of each other: the same {sizes[i]:,} people stand on both",
                needs=f"lists gathered separately; drop {a} or {b}",
            )
    return None


def _nested(overlap: Overlap) -> Refusal | None:
    for i, j in _nestings(overlap):
        if overlap.sizes[i] >= SMALLEST_NESTED:
            inner, outer = overlap.lists[i], overlap.lists[j]
            return Refusal(
                measure=MEASURE,
                reason=f"{inner} lies inside {outer}: all its {overlap.sizes[i]:,} people stand on {outer} too, "
                "so it was probably made from it and finds nobody on its own",
                needs=f"drop {inner}, or join it with {outer} into one list",
            )
    return None


def _nestings(overlap: Overlap) -> list[tuple[int, int]]:
    sizes, pairs = overlap.sizes, overlap.pairs
    inside = (pairs == sizes[:, None]) & (sizes[:, None] > 0) & ~np.eye(len(sizes), dtype=bool)
    return [(int(i), int(j)) for i, j in np.argwhere(inside)]


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
