"""Builds the register: what was imported, as decided until a moment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import ibis

from civcas.register.correcting import sound, standing_declared, standing_reports, trimmed, without_withdrawn
from civcas.register.decided import Decided
from civcas.register.doubts import declared_doubt, doubt
from civcas.register.incidents import incident, told
from civcas.register.linked import spoken
from civcas.register.periods import harm_by_period
from civcas.register.responsibility import attribution, named_incidents
from civcas.register.toll import harm
from civcas.terms.tables import TABLES

DECLARED = {"strike": "strikes", "figure": "value"}  # tables that parties and publishers fill, and the number in them


def build(
    tables: Mapping[str, ibis.Table], decisions: Any = None, until: dt.datetime | str | None = None
) -> dict[str, ibis.Table]:
    """The register's tables by name, as Ibis expressions on the engine that holds `tables`.

    `decisions` is an Arrow table, an Ibis table or rows with kind, subject, about, value, by, because and at (the ledger's
    replay as it is); of two about the same thing the later stands, and those after `until` do not count yet. From
    reports of datasets that publish incidents, and from reports that people linked, come `incident`, `incident_report`,
    `incident_alias`, `harm`, `attribution`, `harm_by_period` and `doubt`; what no report says is in none of them.
    Raises BadInput where decisions to link and to unlink cannot both stand.
    """
    decided = Decided.of(decisions, until=until)
    built = {name: table for name, table in tables.items() if name in TABLES}
    doubts: list[ibis.Table] = []
    for name, about in DECLARED.items():
        if name in built:
            stands = standing_declared(built[name], decided, key=f"{name}_id")
            doubts.append(declared_doubt(stands, about, key=f"{name}_id"))
            built[name] = sound(stands, about)
    if "report" in built:
        given = without_withdrawn(trimmed(built["report"], "country", "province"), built.get("withdrawal"))
        built["report"] = report = standing_reports(given, decided)
        by_incident = spoken(report, decided)
        incidents = told(by_incident, decided)
        named = named_incidents(incidents, by_incident, decided)
        built |= {
            "incident": incident(incidents),
            "incident_report": by_incident.incident_reports(),
            "incident_alias": by_incident.aliases(),
            "harm": harm(by_incident, decided),
            "attribution": attribution(named),
            "harm_by_period": harm_by_period(named),
        }
        doubts.append(doubt(by_incident, incidents, decided))
    return built | ({"doubt": ibis.union(*doubts) if len(doubts) > 1 else doubts[0]} if doubts else {})
