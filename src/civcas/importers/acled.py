"""ACLED: one event a row, coded by people, with one number of fatalities for everyone together."""

from __future__ import annotations

from civcas.importers.dating import dates
from civcas.importers.given import Given
from civcas.importers.importer import Importer, Layout
from civcas.importers.plan import (
    Plan,
    as_published,
    constant,
    latitude,
    longitude,
    named_by,
    parties,
    translated,
    whole,
)  # fmt: skip

DATES = {"1": "day", "2": "week", "3": "month"}
PLACES = {"1": "town", "2": "district", "3": "province_governorate"}


def events(given: Given) -> Plan:
    """One number of fatalities is lowest and highest at once; 0 may also mean that none were reported.

    Civilians stand among the actors when they are attacked; they are not a party alleged to have acted.
    """
    actors = [
        f"CASE WHEN {cell} NOT LIKE 'Civilians (%' THEN {cell} END" for cell in (given["actor1"], given.get("actor2"))
    ]
    report = {
        "row_is": constant("incident"),
        "kind": as_published(given, "event_type"),
        "code": as_published(given, "event_id_no_cnty"),
        "source": as_published(given, "source"),
        **dates(given, "event_date", published=translated(given.seen("time_precision"), DATES, "'unknown'").value),
        "country": as_published(given, "country"),
        "province": as_published(given, "admin1"),
        "place": as_published(given, "location"),
        "latitude": latitude(given, "latitude"),
        "longitude": longitude(given, "longitude"),
        "geo_precision": translated(given.seen("geo_precision"), PLACES, "'unknown'"),
        "belligerents": parties(*actors),
        "strike_type": as_published(given, "sub_event_type"),
        "all_killed_min": whole(given, "fatalities"),
        "all_killed_max": whole(given, "fatalities"),
        "text": as_published(given, "notes"),
    }
    return Plan(own_id=named_by(given, "event_id_cnty"), tables={"report": report})


ENTRY = Importer(
    name="acled",
    title="Armed Conflict Location and Event Data",
    publisher="ACLED",
    licence="ACLED terms of use: rows may not be published again",
    citation="Raleigh, C., Kishi, R. and Linke, A. 2023. Political instability patterns are obscured by conflict dataset scope "
    "conditions, sources, and coding choices. Humanities and Social Sciences Communications 10.",
    page="https://acleddata.com/conflict-data/",
    yields=("report",),
    layouts=(
        Layout(
            name="events",
            expected=("event_id_cnty", "event_date", "event_type", "actor1", "fatalities"),
            also={"time_precision": ("time_precis",), "geo_precision": ("geo_precis",)},
            plan=events,
            wide=True,
            records=("data",),
        ),
    ),
    notes="One number of fatalities for all sides; 0 may mean that none were reported. Round numbers may stand for words. Events that "
    "ACLED deletes later stay in an old file: take a new one.",
)
