"""POLECAT, in the PLOVER scheme: machine-coded events. Leads, never casualty counts."""

from __future__ import annotations

from civcas.importers.dating import day
from civcas.importers.given import Given
from civcas.importers.importer import Importer, Layout
from civcas.importers.plan import Plan, as_published, computed, constant, latitude, longitude, named_by, number

EXPECTED = ("Event ID", "Event Date", "Event Type", "Actor Name", "Recipient Name")


def events(given: Given) -> Plan:
    """The code is type and mode, `ASSAULT/aerial`; words of older and newer lists of modes are kept as they stand.

    In a clash of two sides all parties stand under the actor, separated by `;`. Events that are said not to have
    happened, or to be planned, are not marked.
    """
    kind, mode = given["Event Type"], given.seen("Event Mode")
    interaction = {
        "date": day(given, "Event Date"),
        "initiator": as_published(given, "Actor Name"),
        "target": as_published(given, "Recipient Name"),
        "code": computed(f"{kind} || coalesce('/' || nullif(trim({mode}), ''), '')"),
        "scheme": constant("plover"),
        "intensity": number(given, "Intensity"),
        "country": as_published(given, "Country"),
        "latitude": latitude(given, "Latitude"),
        "longitude": longitude(given, "Longitude"),
    }
    return Plan(own_id=named_by(given, "Event ID"), tables={"interaction": interaction})


ENTRY = Importer(
    name="polecat",
    title="POLECAT political events, PLOVER scheme",
    publisher="PITF and partners, on Harvard Dataverse",
    licence="Dataverse terms of the dataset",
    citation="Halterman, A. et al. 2023. POLECAT Weekly Data. Harvard Dataverse.",
    page="https://dataverse.harvard.edu/dataset.xhtml?persistentId=doi:10.7910/DVN/AJGVIT",
    yields=("interaction",),
    encodings=("iso-8859-1",),
    layouts=(Layout(name="events", expected=EXPECTED, plan=events, quoted=False, wide=True, blank_words=("None",)),),
    notes="Machine-coded from news in several languages.",
)
