"""Who is held responsible: the bounds of each belligerent's share, its own concession beside them, and sums that count an incident once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from civcas.assessing.grading import Assessment
from civcas.errors import BadInput
from civcas.terms.range_sum import Ends, RangeSum
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
    in `without_a_number` and add nothing; incidents that name nobody stand under an empty set. `killed_max` is null where an
    incident says "4 or more": how many such there are is in `open_above`.
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
    low, high = joined["min"], joined["max"]
    broken = pc.fill_null(pc.greater(low, high), False)
    unknown = pc.or_(pc.and_(pc.is_null(low), pc.is_null(high)), broken)
    open_above = pc.and_(pc.is_valid(low), pc.is_null(high))
    given = pa.table({
        "belligerents": joined["belligerents"], "incidents": joined["incident_id"], "killed_min": pc.if_else(broken, None, low),
        "killed_max": pc.if_else(broken, None, high), "without_a_number": pc.cast(unknown, pa.int64()),
        "open_above": pc.cast(open_above, pa.int64()),
    })  # fmt: skip
    sums = [(name, "sum") for name in ("killed_min", "killed_max", "without_a_number", "open_above")]
    counted = given.group_by("belligerents").aggregate([("incidents", "count_distinct"), *sums])
    names = {"incidents_count_distinct": "incidents", **{f"{name}_sum": name for name, _ in sums}}
    counted = counted.rename_columns([names.get(c, c) for c in counted.column_names])
    nothing = pc.equal(counted["without_a_number"], counted["incidents"])
    lowest = pc.if_else(nothing, None, pc.fill_null(counted["killed_min"], 0))
    highest = pc.if_else(
        pc.or_(nothing, pc.greater(counted["open_above"], 0)), None, pc.fill_null(counted["killed_max"], 0)
    )
    kept = {"killed_min": lowest, "killed_max": highest}
    return pa.table({c: kept.get(c, counted[c]) for c in counted.column_names}).sort_by("belligerents")


def bounds_of(belligerent: str, harm: pa.Table, attribution: pa.Table) -> dict[str, Ends]:
    """What may be one belligerent's: `sole` only incidents that name it alone, `any` every incident that names it, once each.

    The first is what is its own under every reading of shared incidents, the second the most that can be. The upper end is None
    where an incident leaves it open; both are None where no incident has a number.
    """
    rows = sums_by_set(harm, attribution).to_pylist()
    sole = [row for row in rows if row["belligerents"].split("; ") == [belligerent]]
    named = [row for row in rows if belligerent in row["belligerents"].split("; ")]
    return {"sole": _added(sole), "any": _added(named)}


def _added(rows: Iterable[dict[str, Any]]) -> Ends:
    total = RangeSum()
    for row in rows:
        total += RangeSum(
            incidents=row["incidents"], least=row["killed_min"] or 0, most=row["killed_max"] or 0,
            without_a_number=row["without_a_number"], open_above=row["open_above"],
        )  # fmt: skip
    return total.killed
