"""Dutch weapon employments over Iraq and Syria, as the Dutch Ministry of Defence published them."""

from __future__ import annotations

from civcas.importers.dating import period
from civcas.importers.given import Given
from civcas.importers.importer import Importer, Layout
from civcas.importers.plan import Plan, as_published, computed, constant, latitude, longitude


def employments(given: Given) -> Plan:
    strike = {
        "belligerent": constant("Dutch Military"),
        "area": as_published(given, "Country (UNCLASS)"),
        "place": as_published(given, "Town (UNCLASS)"),
        **period(given, "Employment date (UNCLASS)"),
        "strikes_min": computed("1"),
        "strikes_max": computed("1"),
        "unit": constant("strike"),
        "days_declared": computed("1"),
        "declared_by": constant("Dutch Ministry of Defence"),
        "strike_status": constant("declared"),
        "latitude": latitude(given, "Position LAT (UNCLASS)", comma=True),
        "longitude": longitude(given, "Position LONG (UNCLASS)", comma=True),
        "text": as_published(given, "Comment (UNCLASS)"),
    }
    return Plan(tables={"strike": strike})


ENTRY = Importer(
    name="dutch_strikes",
    title="Dutch strikes in Iraq and Syria, Operation Inherent Resolve",
    publisher="Dutch Ministry of Defence",
    licence="Dutch government publication; reuse with the source named",
    redistribute=True,
    citation="Ministerie van Defensie. Wapeninzet Operation Inherent Resolve, 2014–2018.",
    page="https://www.defensie.nl",
    yields=("strike",),
    encodings=("windows-1252", "iso-8859-1"),
    layouts=(
        Layout(name="employments", expected=("Employment date (UNCLASS)", "Country (UNCLASS)"), plan=employments),
    ),
    notes="One row is one weapon employment; several at one place and time may belong to one strike.",
)
