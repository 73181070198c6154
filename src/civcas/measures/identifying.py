"""Whether the data can tell a belligerent's doings from others' at all: where it cannot, a total would be a false zero."""

from __future__ import annotations

from civcas.catalog import Tables
from civcas.terms.estimate import Refusal
from civcas.terms.reading import Reading


def not_identifiable(tables: Tables, *, measure: str, reading: Reading, side: int = 0) -> Refusal | None:
    """A refusal where no row names the belligerent in the area and a dataset says that it cannot identify it there.

    Needs `harm_by_period`; `not_identifiable` is read where it is there. None means that the question may be asked.
    """
    belligerent, area = reading.belligerents[side], reading.area
    harm = tables["harm_by_period"]
    if harm.filter((harm.belligerent == belligerent) & (harm.area == area)).limit(1).count().to_pyarrow().as_py():
        return None
    unknowns = tables.get("not_identifiable")
    if unknowns is None:
        return None
    said = unknowns.filter((unknowns.belligerent == belligerent) & (unknowns.area == area)).to_pyarrow().to_pylist()
    if not said:
        return None
    return Refusal(
        measure=measure,
        reason=f"{belligerent} is not identifiable in {area} from {said[0]['dataset']}: {said[0]['reason']}",
        needs="a dataset that names who struck, such as Airwars",
        reading=reading,
        diagnostics={"datasets": sorted({row["dataset"] for row in said})},
    )
