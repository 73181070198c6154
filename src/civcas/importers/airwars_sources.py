"""Airwars' list of sources: one account of an incident a row, with its address and archived copy."""

from __future__ import annotations

from civcas.importers.airwars_victims import draft
from civcas.importers.dating import dates
from civcas.importers.given import Given
from civcas.importers.importer import Importer, Layout
from civcas.importers.plan import Plan, as_published, constant, named_by


def sources(given: Given) -> Plan:
    """That a source speaks of an incident, not what it says: no number and nobody is named here. Addresses stay in `extra`."""
    report = {
        "row_is": constant("account"),
        "code": as_published(given, "code"),
        "source": as_published(given, "name"),
        **dates(given, "date"),
    }
    return Plan(own_id=named_by(given, "hash"), tables={"report": report}, doubts=(draft(given),))


ENTRY = Importer(
    name="airwars_sources",
    title="Airwars sources",
    publisher="Airwars",
    licence="No open licence found: ask Airwars before publishing rows again",
    citation="Airwars. Sources of civilian harm incidents. https://airwars.org",
    page="https://airwars.org/civilian-casualties/",
    yields=("report",),
    layouts=(
        Layout(
            name="sources",
            expected=("code", "name", "url", "archive_url"),
            plan=sources,
        ),
    ),
    notes="`date` is that of the incident. An account makes no incident; link it to one with civcas decide link.",
)
