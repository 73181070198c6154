"""The register without the rows of datasets that a case keeps back; their sums by month stay, as no licence of rows forbids them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import ibis

from civcas.terms.doubles import loose

OF_INCIDENTS = ("incident", "harm", "attribution", "incident_report", "incident_alias")
SUMS = ("harm_by_period",)


def without_held_back(tables: Mapping[str, ibis.Table], held: Collection[str]) -> dict[str, ibis.Table]:
    """An incident goes with the dataset it came from, and with that of any report that speaks of it: its numbers may be those."""
    if not held:
        return dict(tables)
    names = sorted(held)
    gone = _gone(tables, names)
    kept: dict[str, ibis.Table] = {}
    for name, table in tables.items():
        if name in SUMS:
            kept[name] = table
        elif name in OF_INCIDENTS or "incident_id" in table.columns:
            kept[name] = table.anti_join(gone, "incident_id")
        elif "dataset" in table.columns:
            kept[name] = table.filter(table.dataset.notin(names))
        else:
            kept[name] = table
    return kept


def _gone(tables: Mapping[str, ibis.Table], names: list[str]) -> ibis.Table:
    own = tables["incident"].filter(tables["incident"].dataset.isin(names)).select("incident_id")
    if not {"report", "incident_report"} <= set(tables):
        return own
    reports = tables["report"].filter(tables["report"].dataset.isin(names)).select("report_id")
    spoken = tables["incident_report"].semi_join(reports, "report_id").select("incident_id")
    return ibis.union(loose(own), loose(spoken), distinct=True)
