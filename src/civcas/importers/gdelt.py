"""GDELT's event tables, 1.0 and 2.0: machine-coded dyadic events. Leads, never casualty counts: there are none in them."""

from __future__ import annotations

from civcas.importers.dating import day
from civcas.importers.given import Given, words
from civcas.importers.importer import Importer, Layout
from civcas.importers.plan import Plan, as_published, constant, latitude, longitude, named_by, number, whole

_ACTOR = words(
    "Code Name CountryCode KnownGroupCode EthnicCode Religion1Code Religion2Code Type1Code Type2Code Type3Code"
)
_GEO = words("Type FullName CountryCode ADM1Code Lat Long FeatureID")
_GEO2 = words("Type FullName CountryCode ADM1Code ADM2Code Lat Long FeatureID")
_TIME = words("GlobalEventID Day MonthYear Year FractionDate")
_EVENT = words(
    "IsRootEvent EventCode EventBaseCode EventRootCode QuadClass GoldsteinScale NumMentions NumSources NumArticles "
    "AvgTone"
)


def _columns(geo: tuple[str, ...], *last: str) -> tuple[str, ...]:
    actors = [f"Actor{n}{part}" for n in (1, 2) for part in _ACTOR]
    places = [f"{who}Geo_{part}" for who in ("Actor1", "Actor2", "Action") for part in geo]
    return (*_TIME, *actors, *_EVENT, *places, *last)


VERSIONS = (
    _columns(_GEO, "DATEADDED", "SOURCEURL"),
    _columns(_GEO, "DATEADDED"),
    _columns(_GEO2, "DATEADDED", "SOURCEURL"),
)


def events(given: Given) -> Plan:
    interaction = {
        "date": day(given, "Day", "SQLDATE"),
        "initiator": as_published(given, "Actor1Code"),
        "target": as_published(given, "Actor2Code"),
        "code": as_published(given, "EventCode"),
        "scheme": constant("cameo"),
        "intensity": number(given, "GoldsteinScale"),
        "country": as_published(given, "ActionGeo_CountryCode"),
        "latitude": latitude(given, "ActionGeo_Lat"),
        "longitude": longitude(given, "ActionGeo_Long"),
        "mentions": whole(given, "NumMentions"),
    }
    return Plan(own_id=named_by(given, "GlobalEventID"), tables={"interaction": interaction})


ENTRY = Importer(
    name="gdelt",
    title="GDELT event database, 1.0 and 2.0",
    publisher="The GDELT Project",
    licence="Free for any use with citation and a link",
    redistribute=True,
    citation="Leetaru, K. and Schrodt, P. 2013. GDELT: Global Data on Events, Location and Tone. The GDELT Project.",
    page="https://www.gdeltproject.org/data.html",
    yields=("interaction",),
    encodings=("iso-8859-1",),
    layouts=(
        Layout(
            name="with a header",
            expected=("GlobalEventID", "EventCode", "Actor1Code", "Actor2Code"),
            plan=events,
            wide=True,
        ),
        Layout(
            name="as published, without a header",
            expected=VERSIONS[0],
            plan=events,
            wide=True,
            headerless=VERSIONS,
            quoted=False,
        ),
    ),
    notes="Machine-coded from news: the same event is told many times, and codes are often wrong. Actor countries are CAMEO codes, "
    "places FIPS codes.",
)
