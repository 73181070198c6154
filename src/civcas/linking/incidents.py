"""Clusters as incidents with permanent ids: that of the report that founds each, as in the register.

The founding report is the first in alphabetical order; a merge undone gives back the same ids.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from civcas.linking.proposing import Proposal

TOMBSTONES = pa.schema([("incident_id", pa.string()), ("now", pa.string())])


def incident_reports(proposal: Proposal, report_ids: pa.ChunkedArray, *, decided_by: str) -> pa.Table:
    """The `incident_report` table of a proposal: every report stands in one incident, alone where nothing else speaks of it."""
    ids = np.array(report_ids.cast(pa.string()).to_pylist(), dtype=object)[proposal.accounts.row]
    return of_members(ids, proposal.member, decided_by=decided_by)


def of_members(ids: npt.NDArray[Any], member: npt.NDArray[np.integer[Any]], *, decided_by: str) -> pa.Table:
    """The `incident_report` table of report ids and the cluster of each."""
    order = np.argsort(ids, kind="stable")
    member = member[order]
    _, first, which = np.unique(member, return_index=True, return_inverse=True)
    named = ids[order][first]
    table = pa.table({
        "incident_id": pa.array(named[which], pa.string()), "report_id": pa.array(ids[order], pa.string()),
        "decided_by": pa.array([decided_by] * len(ids), pa.string()),
    })  # fmt: skip
    return table.sort_by([("incident_id", "ascending"), ("report_id", "ascending")])


def tombstones(before: pa.Table, now: pa.Table) -> pa.Table:
    """Ids that stood before and no longer do, each with the incident that now holds its founding report."""
    holds = dict(zip(now["report_id"].to_pylist(), now["incident_id"].to_pylist(), strict=True))
    gone = sorted(set(before["incident_id"].to_pylist()) - set(now["incident_id"].to_pylist()))
    kept = [i for i in gone if i in holds]
    return pa.table([kept, [holds[i] for i in kept]], schema=TOMBSTONES)
