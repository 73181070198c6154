"""What it would take to move a ratio to another value: unequal recording, or contested incidents that were another's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from civcas.measures.incidents.contested import shares
from civcas.measures.incidents.rows import Floats, Mask, Rows
from civcas.terms.vocabulary import Bound


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One way to re-attribute contested incidents, and how much of it would move the ratio to the target.

    `share` is the part of the pool's effect needed, drawn evenly; above 1 (or with an empty pool) it cannot be done.
    `fewest` takes the incidents that weigh most first.
    """

    says: str
    pool: int
    share: float | None
    fewest: int | None

    @property
    def possible(self) -> bool:
        return self.share is not None and self.share <= 1

    def to_dict(self) -> dict[str, object]:
        return {"says": self.says, "contested_incidents": self.pool, "possible": self.possible,
                "share_needed": self.share if self.possible else None,
                "fewest_incidents": self.fewest if self.possible else None}  # fmt: skip


def moves(
    rows: Rows, counted: Mask, bound: Bound, exposure: tuple[float, float], target: float, names: tuple[str, str]
) -> tuple[Move, ...]:
    """The three ways to move the ratio to `target`: contested incidents leave a side, cross to the other, or join it.

    With L the rate that must fall and G the one that must rise, L ≤ k·G is linear in what is moved, so the needed part is the
    gap L − kG over the whole effect, and the fewest incidents are those that weigh most. Exposures are held.
    """
    count, open_ = rows.count(bound), shares(rows).open & ~rows.without_a_number
    totals = [float(count[counted & (rows.side == side)].sum()) / exposure[side] for side in (0, 1)]
    ratio = totals[0] / totals[1]
    falls, rises, k = (0, 1, target) if ratio > target else (1, 0, 1 / target)
    gap = totals[falls] - k * totals[rises]
    losing, gaining = open_ & (rows.side == falls), open_ & (rows.side == rises)
    already = np.isin(rows.cluster, rows.cluster[counted & (rows.side == rises)])
    lost = count / exposure[falls]
    gained = k * count / exposure[rises]
    ways = (
        (f"contested incidents counted for {names[falls]} were somebody else's", losing & counted, lost),
        (
            f"contested incidents of {names[falls]} were {names[rises]}'s",
            losing,
            np.where(counted, lost, 0.0) + np.where(already, 0.0, gained),
        ),
        (f"contested incidents not counted for {names[rises]} were its own", gaining & ~counted, gained),
    )
    return tuple(_move(says, effect[pool], gap) for says, pool, effect in ways)


def _move(says: str, effect: Floats, gap: float) -> Move:
    whole = float(effect.sum())
    if whole <= 0:
        return Move(says=says, pool=len(effect), share=None, fewest=None)
    reached = np.cumsum(-np.sort(-effect))
    enough = int(np.searchsorted(reached, gap * (1 - 1e-12))) + 1
    return Move(says=says, pool=len(effect), share=gap / whole, fewest=enough if enough <= len(effect) else None)
