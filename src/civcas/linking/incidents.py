"""Clusters as incidents with permanent ids, made of the report that founds each: a merge undone gives back the same ids."""

from __future__ import annotations

import hashlib

import numpy as np
import pyarrow as pa

from civcas.linking.proposing import Proposal

TOMBSTONES = pa.schema([("incident_id", pa.string()), ("now", pa.string())])


def incident_id(founding_report: str) -> str:
    """The id of the incident that this report founds: it is the first of its reports in alphabetical order."""
    return "inc-" + hashlib.sha256(founding_report.encode()).hexdigest()[:12]


def incident_reports(proposal: Proposal, report_ids: pa.ChunkedArray, *, decided_by: str) -> pa.Table:
    """The `incident_report` table of a proposal: every report stands in one incident, alone where nothing else speaks of it."""
    ids = np.array(report_ids.cast(pa.string()).to_pylist(), dtype=object)[proposal.accounts.row]
    order = np.argsort(ids, kind="stable")
    member = proposal.member[order]
    _, first, which = np.unique(member, return_index=True, return_inverse=True)
    named = np.array([incident_id(str(ids[order][at])) for at in first], dtype=object)
    table = pa.table({
        "incident_id": pa.array(named[which], pa.string()), "report_id": pa.array(ids[order], pa.string()),
        "decided_by": pa.array([decided_by] * len(ids), pa.string()),
    })  # fmt: skip
    return table.sort_by([("incident_id", "ascending"), ("report_id", "ascending")])


def tombstones(before: pa.Table, now: pa.Table) -> pa.Table:
    """Ids that stood before and no longer do, each with the incident that now holds its founding report."""
    holds = dict(zip(now["report_id"].to_pylist(), now["incident_id"].to_pylist(), strict=True))
    standing = set(now["incident_id"].to_pylist())
    founding: dict[str, str] = {}
    for incident, report in zip(before["incident_id"].to_pylist(), before["report_id"].to_pylist(), strict=True):
        founding[incident] = min(founding.get(incident, report), report)
    gone = sorted((i, holds[r]) for i, r in founding.items() if i not in standing and r in holds)
    return pa.table([[i for i, _ in gone], [n for _, n in gone]], schema=TOMBSTONES)
