"""The table people open in a spreadsheet or on a map: one row an incident, with all that is known of it side by side."""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import pyarrow as pa

from civcas.terms.doubt import DOUBLES, DoubtKind
from civcas.terms.table import Field, Table, count, text
from civcas.terms.tables import INCIDENT
from civcas.terms.vocabulary import Group, Outcome

NAME = "incidents"
NEEDS = ("incident", "harm", "attribution")
BETWEEN = "; "


def _counts() -> tuple[Field, ...]:
    found: list[Field] = []
    for group in Group:
        for outcome in Outcome:
            name, whom = f"{group}_{outcome}", f"number of {group} {outcome}"
            found += [
                count(f"{name}_low", f"lowest {whom}; empty is unknown, never 0"),
                count(f"{name}_high", f"highest {whom}; empty is unknown, or open where {name}_open is true"),
                Field(
                    name=f"{name}_open", type=pa.bool_(),
                    meaning=f"true where the low is given and the high is open: so many {group} or more",
                ),
            ]  # fmt: skip
    return tuple(found)


INCIDENTS = Table(
    name=NAME,
    a_row_is="one incident, with the numbers of each group, whom it names and who reported it",
    key=("incident_id",),
    fields=(
        *(f for f in INCIDENT.fields if f.name != "dataset"),
        text("belligerents", "belligerents named, as the case calls them, separated by ;"),
        *_counts(),
        text("sources", "who reported it, separated by ;"),
        text("reports", "ids of the reports that speak of it, separated by ;"),
        text("doubts", "why it should be looked at before it is used; empty where nothing was found"),
        text("dataset", "which dataset the incident came from", nullable=False),
    ),
)


def with_incidents(
    tables: Mapping[str, ibis.Table], contract: Mapping[str, Table]
) -> tuple[dict[str, ibis.Table], dict[str, Table]]:
    """The tables and their contract, with `incidents` first where there is what it is made of."""
    if not set(NEEDS) <= set(tables):
        return dict(tables), dict(contract)
    return {NAME: incidents(tables), **tables}, {NAME: INCIDENTS, **contract}


def incidents(tables: Mapping[str, ibis.Table]) -> ibis.Table:
    """One row an incident; its columns are those of `INCIDENTS`."""
    wide = tables["incident"]
    for part in (_numbers(tables["harm"]), _named(tables["attribution"]), _told(tables), _doubted(tables)):
        wide = wide.left_join(part, "incident_id").drop("incident_id_right")
    is_open = {
        f.name: wide[f.name].fill_null(False) for f in INCIDENTS.fields if f.name.endswith("_open")
    }  # fmt: skip
    return wide.mutate(**is_open).select(*(f.name for f in INCIDENTS.fields))


def _numbers(harm: ibis.Table) -> ibis.Table:
    columns: dict[str, ibis.Value] = {}
    for group in Group:
        for outcome in Outcome:
            of_it = (harm.group == str(group)) & (harm.outcome == str(outcome))
            columns[f"{group}_{outcome}_low"] = harm.min.max(where=of_it)
            columns[f"{group}_{outcome}_high"] = harm.max.max(where=of_it)
            columns[f"{group}_{outcome}_open"] = (of_it & harm.min.notnull() & harm.max.isnull()).any()
    return harm.group_by("incident_id").agg(**columns)


def _named(attribution: ibis.Table) -> ibis.Table:
    return _joined(attribution.select("incident_id", name="belligerent"), "belligerents")


def _told(tables: Mapping[str, ibis.Table]) -> ibis.Table:
    """Who reported each incident, and the ids of the reports; the incident's own where the reports are not at hand."""
    if not {"incident_report", "report"} <= set(tables):
        rows = tables["incident"].select("incident_id", reports="incident_id", sources=ibis.null("string"))
        return rows
    report = tables["report"].select("report_id", "source")
    rows = tables["incident_report"].select("incident_id", "report_id").inner_join(report, "report_id")
    ids = _joined(rows.select("incident_id", name="report_id"), "reports")
    sources = _joined(rows.filter(rows.source.notnull()).select("incident_id", name="source"), "sources")
    return ids.left_join(sources, "incident_id").drop("incident_id_right")


def _doubted(tables: Mapping[str, ibis.Table]) -> ibis.Table:
    if "doubt" not in tables:
        return tables["incident"].select("incident_id", doubts=ibis.null("string"))
    rows = tables["doubt"].filter(tables["doubt"].incident_id.notnull())
    double = rows.kind.isin([str(kind) for kind in DOUBLES])
    outlier = rows.kind == str(DoubtKind.OUTLIER)
    words = ibis.cases(
        (double, ibis.literal("may be a double of ") + rows.other),
        (outlier, ibis.literal("outlier")),
        else_=rows.kind + ": " + rows.about,
    )
    return _joined(rows.select("incident_id", name=words), "doubts")


def _joined(rows: ibis.Table, called: str) -> ibis.Table:
    """The distinct names of each incident in alphabetical order, as one text."""
    once = rows.distinct()
    return once.group_by("incident_id").agg(**{called: ibis.literal(BETWEEN).join(once.name.collect().sort())})
