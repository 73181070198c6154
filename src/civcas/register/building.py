"""Builds the register: what was imported, as decided until a moment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import ibis

from civcas.register.decided import Decided, trimmed
from civcas.register.incidents import incident, incident_report, named_incidents, standing
from civcas.register.periods import harm_by_period
from civcas.register.responsibility import attribution
from civcas.register.toll import harm
from civcas.terms.tables import TABLES


def build(
    tables: Mapping[str, ibis.Table], decisions: Any = None, until: dt.datetime | str | None = None
) -> dict[str, ibis.Table]:
    """The register's tables by name, as Ibis expressions on the engine that holds `tables`.

    `decisions` is an Arrow table, an Ibis table or rows with kind, subject, about, value, by, because and at; of two about
    the same thing the later stands, and those after `until` do not count yet. From reports of datasets that publish
    incidents come `incident`, `incident_report`, `harm`, `attribution` and `harm_by_period`; what no report says
    is in none of them.
    """
    decided = Decided.of(decisions, until=until)
    built = {name: table for name, table in tables.items() if name in TABLES}
    for name in ("strike", "figure"):
        if name in built:
            built[name] = decided.belligerent_named(trimmed(built[name], "belligerent", "area"))
    if "report" in built:
        built["report"] = report = standing(trimmed(built["report"], "country", "province"), decided)
        named = named_incidents(report, decided)
        built |= {
            "incident": incident(report),
            "incident_report": incident_report(report),
            "harm": harm(report),
            "attribution": attribution(named),
            "harm_by_period": harm_by_period(named),
        }
    return built
