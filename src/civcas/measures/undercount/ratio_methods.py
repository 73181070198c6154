"""The two methods that show the one ratio which no list can: with it as assumed, and with it left open."""

from __future__ import annotations

import numpy as np

from civcas.measures.undercount import fitness, latent_classes, no_highest_order, open_ratio
from civcas.measures.undercount.method import Found, Wish
from civcas.measures.undercount.no_highest_order import Sensitivity
from civcas.measures.undercount.overlap import Overlap
from civcas.terms.estimate import IntervalKind, Refusal


def as_assumed(overlap: Overlap, wish: Wish) -> Found | Refusal:
    """No highest-order interaction: the ratio is 1."""
    cells = overlap.cells()
    if refused := _too_empty(overlap, needs="fewer, larger lists: join small ones, or take --method open-ratio"):
        return refused
    found = no_highest_order.sensitivity(cells, seed=wish.seed)
    limits = _limits(found, wish)
    low, middle, high = limits["1"]
    draws = found.totals[found.ratios.index(1.0)]
    return Found(
        value=middle,
        low=low,
        high=high,
        interval=IntervalKind.CREDIBLE,
        diagnostics={
            "mean": float(draws.mean()),
            "plug_in": no_highest_order.plug_in(cells),
            "by_ratio": _by_ratio(limits),
        },
        notes=(
            "What these lists alone can say: halving or doubling the one ratio that no list can show moves the median from "
            f"{limits['0.5'][1]:,.0f} to {limits['2'][1]:,.0f}.",
        ),
        seeded=True,
        unseen=np.asarray(draws, dtype=float) - overlap.n,
    )


def left_open(overlap: Overlap, wish: Wish) -> Found | Refusal:
    """The ratio is anything from ½ to 2; lists are joined where their patterns are too empty to carry a number."""
    used = open_ratio.carried(overlap)
    if refused := _too_empty(used, needs="more people on several lists; join areas or periods"):
        return refused
    found = open_ratio.estimate(overlap, level=wish.level, seed=wish.seed, most_unseen=latent_classes.LIMIT)
    if found.high > (1 + latent_classes.LIMIT) * overlap.n:
        return Refusal(
            measure=fitness.MEASURE,
            reason=f"these lists set no upper limit: it would lie above {latent_classes.LIMIT} unseen for each documented person",
            needs="more people on several lists; join areas or periods",
            diagnostics={"upper_limit": found.high},
        )
    limits = _limits(found.draws, wish)
    return Found(
        value=found.value,
        low=found.low,
        high=found.high,
        interval=IntervalKind.CREDIBLE,
        diagnostics={
            "by_ratio": _by_ratio(limits),
            "ratio_from": min(found.draws.ratios),
            "ratio_to": max(found.draws.ratios),
            "at_ratio_1": {"low": found.alone[0], "high": found.alone[1]},
            "lists_used": list(found.lists),
        },
        notes=_notes(found, overlap, wish),
        seeded=True,
    )


def _notes(found: open_ratio.OpenRatio, overlap: Overlap, wish: Wish) -> tuple[str, ...]:
    middle = {ratio: float(np.median(each)) for ratio, each in zip(found.draws.ratios, found.draws.totals, strict=True)}
    said = [
        f"No list can show one ratio: how being on no list stands to all other patterns. If it is 1, the interval is "
        f"{found.alone[0]:,.0f} to {found.alone[1]:,.0f}. If it is 2 the median is {middle[2.0]:,.0f}, if ½ it is {middle[0.5]:,.0f}."
    ]
    joined = [name for name in found.lists if name not in overlap.lists]
    if joined:
        said.append(
            f"Lists were joined, as many patterns of lists hold hardly anyone: {', '.join(joined)}. This is an estimate "
            f"from {len(found.lists)} lists."
        )
    return tuple(said)


def _too_empty(overlap: Overlap, *, needs: str) -> Refusal | None:
    empty = open_ratio.empty(overlap)
    if empty <= no_highest_order.MOST_EMPTY:
        return None
    return Refusal(
        measure=fitness.MEASURE,
        reason=f"the posterior lies at the prior's edge: {empty:.0%} of the patterns of lists are empty, and there "
        "the prior would answer in place of the lists",
        needs=needs,
        diagnostics={"empty_cells": empty},
    )


def _limits(found: Sensitivity, wish: Wish) -> dict[str, list[float]]:
    return {f"{r:.3g}": np.quantile(t, wish.shares).tolist() for r, t in zip(found.ratios, found.totals, strict=True)}


def _by_ratio(limits: dict[str, list[float]]) -> dict[str, dict[str, float]]:
    return {r: {"low": q[0], "median": q[1], "high": q[2]} for r, q in limits.items()}
