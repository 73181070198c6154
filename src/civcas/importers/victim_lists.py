"""Lists of people killed, one person a row, in the layout of Tech for Palestine's list of names."""

from __future__ import annotations

from civcas.importers.given import Given
from civcas.importers.importer import Importer, Layout
from civcas.importers.people import person
from civcas.importers.plan import Plan, as_published, computed, constant, named_by, translated

FIRST_YEAR = 2023  # the list begins on 7 October 2023
ALSO = {
    "id": ("identification number", "id_number", "national_id"),
    "name": ("ar_name", "name_ar", "name_ar_raw", "arabic name"),
    "en_name": ("name_en", "name_en_raw", "english name", "name (english)"),
    "dob": ("date_of_birth", "birth_date", "birthdate"),
    "sex": ("gender",),
}
SOURCES = {"h": "Ministry of Health", "c": "public submission", "j": "judicial or house committee", "u": "unknown"}


def persons(given: Given) -> Plan:
    """Who a person was stays in the one field that never leaves a case. A list counts everyone; it does not say who was a civilian."""
    report = {
        "row_is": constant("person"),
        "source": translated(given.seen("source"), SOURCES, given.seen("source")),
        "code": as_published(given, "update"),
        "person": person(
            given, "name", "en_name", "ar_name", "dob", "sex", "age", age="age", born="dob", since=FIRST_YEAR
        ),
        "all_killed_min": computed("1"),
        "all_killed_max": computed("1"),
    }
    return Plan(own_id=named_by(given, "id"), tables={"report": report})


ENTRY = Importer(
    name="victim_lists",
    title="Lists of people killed (Tech for Palestine's layout)",
    publisher="Tech for Palestine, from the lists of the Ministry of Health in Gaza",
    licence="As the publisher of the list says; names of persons are restricted here",
    citation="Tech for Palestine. Killed in Gaza. https://data.techforpalestine.org",
    page="https://data.techforpalestine.org/docs/killed-in-gaza/",
    yields=("report",),
    layouts=(Layout(name="persons", expected=("name", "sex", "age"), plan=persons, records=("data",), also=ALSO),),
    notes="No day and no place of death is given for a person: the report is undated. Say the country with --country.",
)
