"""Whether the data can tell a belligerent's doings from others' at all: where it cannot, a total would be a false zero."""

from __future__ import annotations

import ibis

from civcas.catalog import Tables
from civcas.terms.estimate import Refusal
from civcas.terms.reading import Reading


def not_identifiable(tables: Tables, *, measure: str, reading: Reading, side: int = 0) -> Refusal | None:
    """A refusal where no row names the belligerent in the area and a dataset says that it cannot identify it there.

    Needs `harm_by_period`; `not_identifiable` is read where it is there. None means that the question may be asked.
    """
    belligerent, area = reading.belligerents[side], reading.area
    harm = tables["harm_by_period"]
    if _some(harm.filter((harm.belligerent == belligerent) & (harm.area == area))):
        return None
    return _said(tables, measure=measure, reading=reading, belligerent=belligerent, area=area)


def unidentifiable_incidents(tables: Tables, *, measure: str, reading: Reading, area: str | None) -> Refusal | None:
    """The same of measures that read incidents: for every side, in the area or, where none is given, anywhere.

    Needs `incident` and `attribution`. None means that the question may be asked.
    """
    if "not_identifiable" not in tables:
        return None
    for belligerent in dict.fromkeys(reading.belligerents):
        named = tables["attribution"].filter(ibis._.belligerent == belligerent)
        if area is not None:
            named = named.semi_join(tables["incident"].filter(ibis._.country == area), "incident_id")
        if not _some(named):
            found = _said(tables, measure=measure, reading=reading, belligerent=belligerent, area=area)
            if found is not None:
                return found
    return None


def _some(rows: ibis.Table) -> bool:
    return bool(rows.limit(1).count().to_pyarrow().as_py())


def _said(tables: Tables, *, measure: str, reading: Reading, belligerent: str, area: str | None) -> Refusal | None:
    """What datasets say of a belligerent whom they cannot identify; None where none says so."""
    unknowns = tables.get("not_identifiable")
    if unknowns is None:
        return None
    about = unknowns.filter(unknowns.belligerent == belligerent)
    if area is not None:
        about = about.filter(about.area == area)
    said = about.order_by("dataset", "area").to_pyarrow().to_pylist()
    if not said:
        return None
    return Refusal(
        measure=measure,
        reason=f"{belligerent} is not identifiable in {said[0]['area']} from {said[0]['dataset']}: {said[0]['reason']}",
        needs="a dataset that names who struck, such as Airwars",
        reading=reading,
        diagnostics={"datasets": sorted({row["dataset"] for row in said})},
    )
