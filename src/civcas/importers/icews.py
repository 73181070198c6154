"""ICEWS: machine-coded dyadic events. Leads, never casualty counts."""

from __future__ import annotations

from civcas.importers.dating import day
from civcas.importers.given import Given
from civcas.importers.importer import Importer, Layout
from civcas.importers.plan import Plan, as_published, constant, latitude, longitude, named_by, number

EXPECTED = ("Event ID", "Event Date", "Source Name", "Target Name")


def events(given: Given) -> Plan:
    interaction = {
        "date": day(given, "Event Date"),
        "initiator": as_published(given, "Source Name"),
        "target": as_published(given, "Target Name"),
        "code": as_published(given, "CAMEO Code"),
        "scheme": constant("cameo"),
        "intensity": number(given, "Intensity"),
        "country": as_published(given, "Country"),
        "latitude": latitude(given, "Latitude"),
        "longitude": longitude(given, "Longitude"),
    }
    return Plan(own_id=named_by(given, "Event ID"), tables={"interaction": interaction})


ENTRY = Importer(
    name="icews",
    title="Integrated Crisis Early Warning System, coded events",
    publisher="Lockheed Martin, on Harvard Dataverse",
    licence="Dataverse terms of the dataset",
    citation="Boschee, E. et al. 2015. ICEWS Coded Event Data. Harvard Dataverse.",
    page="https://dataverse.harvard.edu/dataverse/icews",
    yields=("interaction",),
    encodings=("iso-8859-1",),
    layouts=(Layout(name="events", expected=EXPECTED, plan=events, quoted=False, wide=True),),
    notes="Machine-coded from news; ended in 2023. Some files have no CAMEO Code: the code is then unknown.",
)
