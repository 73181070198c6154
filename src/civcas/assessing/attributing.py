"""Who is held responsible: the bounds of each belligerent's share, its own concession beside them, and sums that count an incident once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from civcas.assessing.grading import Assessment
from civcas.errors import BadInput
from civcas.terms.vocabulary import StrikeStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Concession:
    """What a belligerent itself says it did, kept beside the recorder's view; None is a number it does not give."""

    belligerent: str
    killed_min: int | None
    killed_max: int | None

    def __post_init__(self) -> None:
        if self.killed_min is not None and self.killed_max is not None and self.killed_min > self.killed_max:
            raise BadInput(f"{self.belligerent} concedes {self.killed_min}–{self.killed_max}", expected="min ≤ max")


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One row of the `attribution` table: the smallest and largest part of the harm that may be this belligerent's."""

    belligerent: str
    status: str
    named: int
    share_min: float
    share_max: float
    conceded: Concession | None = None


def shares(assessment: Assessment, *, concessions: Iterable[Concession] = ()) -> list[Share]:
    """All of the harm for one belligerent named alone and uncontested; anything from none to all where several are named,
    or where nothing but a contested claim names one."""
    conceded = {c.belligerent: c for c in concessions}
    named = sorted({*assessment.belligerents, *conceded})
    sole = len(named) == 1 and assessment.strike_status != StrikeStatus.CONTESTED
    return [
        Share(
            belligerent=who, status="known" if who in conceded else "suspected", named=len(named),
            share_min=1.0 if sole else 0.0, share_max=1.0, conceded=conceded.get(who),
        )
        for who in named
    ]  # fmt: skip


def sums_by_set(harm: pa.Table, attribution: pa.Table) -> pa.Table:
    """Killed min and max by the set of belligerents an incident names, each incident once.

    `harm` holds incident_id, min, max; `attribution` incident_id, belligerent. Incidents without a number are counted
    in `without_a_number` and add nothing; incidents that name nobody stand under an empty set.
    """
    pairs = attribution.select(["incident_id", "belligerent"]).group_by(["incident_id", "belligerent"]).aggregate([])
    ordered = pairs.sort_by([("incident_id", "ascending"), ("belligerent", "ascending")])
    listed = ordered.group_by("incident_id", use_threads=False).aggregate([("belligerent", "list")])
    sets = pa.table(
        {"incident_id": listed["incident_id"], "belligerents": pc.binary_join(listed["belligerent_list"], "; ")}
    )
    joined = harm.select(["incident_id", "min", "max"]).join(sets, "incident_id", join_type="left outer")
    joined = joined.set_column(
        joined.schema.get_field_index("belligerents"), "belligerents", pc.fill_null(joined["belligerents"], "")
    )
    unknown = pc.cast(pc.and_(pc.is_null(joined["min"]), pc.is_null(joined["max"])), pa.int64())
    counted = joined.append_column("without_a_number", unknown).group_by("belligerents").aggregate(
        [("incident_id", "count_distinct"), ("min", "sum"), ("max", "sum"), ("without_a_number", "sum")])  # fmt: skip
    names = {"incident_id_count_distinct": "incidents", "min_sum": "killed_min", "max_sum": "killed_max",
             "without_a_number_sum": "without_a_number"}  # fmt: skip
    return counted.rename_columns([names.get(c, c) for c in counted.column_names]).sort_by("belligerents")


def bounds_of(belligerent: str, harm: pa.Table, attribution: pa.Table) -> dict[str, tuple[int, int]]:
    """What may be one belligerent's: `sole` only incidents that name it alone, `any` every incident that names it, once each.

    The first is what is its own under every reading of shared incidents, the second the most that can be.
    """
    found = sums_by_set(harm, attribution)
    sets = [s.split("; ") for s in found["belligerents"].to_pylist()]
    lows, highs = (
        np.array(pc.fill_null(found[c], 0).to_pylist(), dtype=np.int64) for c in ("killed_min", "killed_max")
    )
    chosen = {
        "sole": np.array([s == [belligerent] for s in sets], dtype=bool),
        "any": np.array([belligerent in s for s in sets], dtype=bool),
    }
    return {name: (int(lows[rows].sum()), int(highs[rows].sum())) for name, rows in chosen.items()}
