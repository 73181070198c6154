"""Old addresses go on resolving: what a previous release had a page for, this one has a page or a tombstone for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

import duckdb
import pyarrow as pa

from civcas.errors import BadInput
from civcas.public.public import Public
from civcas.public.tables import GONE

HELD_BACK = "held back: it is no longer published, by a change of policy"


def refuse_broken(previous: Iterable[str], folder: Path) -> None:
    """Raise where a page of an incident that the previous release had, in any language, is not in the folder."""
    for name in previous:
        of_incident = "incidents" in PurePosixPath(name).parts[:2] and PurePosixPath(name).parent.name == "incidents"
        if of_incident and not (folder / name).is_file():
            raise BadInput(
                f"the page {name} of the previous release would be gone", where="release", do="Nothing was written"
            )


def kept_resolving(public: Public, previous: Mapping[str, Any]) -> Public:
    """The same, with a tombstone for each address that the previous release had and this one would not.

    Raises where an address would now name another incident than it did: an address is never used again.
    """
    with duckdb.connect() as db:
        for name in ("incident", "gone"):
            db.register(f"old_{name}", previous[name])
            db.register(f"new_{name}", public.tables[name])
        old = "(SELECT incident_id, address FROM old_incident UNION SELECT incident_id, address FROM old_gone)"
        new = "(SELECT incident_id, address FROM new_incident UNION SELECT incident_id, address FROM new_gone)"
        moved = db.execute(
            f"SELECT o.address, o.incident_id, n.incident_id FROM {old} o JOIN {new} n USING (address) "
            "WHERE o.incident_id <> n.incident_id ORDER BY o.address LIMIT 1"
        ).fetchone()
        if moved:
            raise BadInput(
                f"the address {moved[0]} named {moved[1]} and would now name {moved[2]}",
                where="release",
                expected="addresses that are never used again",
                do="An import that the earlier release rested on was erased; release without --previous if that is meant",
            )
        missing = db.sql(
            f"""SELECT o.incident_id, o.address, coalesce(g.reason, '{HELD_BACK}') AS reason,
                       coalesce(n.address, g.survivors) AS survivors, coalesce(g.date, CAST('{public.about.as_of}' AS DATE)) AS date
                FROM {old} o ANTI JOIN {new} m ON m.address = o.address
                LEFT JOIN old_gone g ON g.address = o.address LEFT JOIN new_incident n ON n.incident_id = o.incident_id
                ORDER BY o.address"""
        ).to_arrow_table()
    if not missing.num_rows:
        return public
    rows = pa.concat_tables([public.tables["gone"], GONE.conform(missing)]).sort_by("address")
    return replace(public, tables={**public.tables, "gone": rows})
