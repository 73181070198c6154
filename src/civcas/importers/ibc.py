"""Iraq Body Count: incidents with the lowest and highest number of civilians reported killed, and named individuals."""

from __future__ import annotations

from civcas.importers.dating import dates
from civcas.importers.given import Given
from civcas.importers.importer import Importer, Layout
from civcas.importers.people import person
from civcas.importers.plan import Column, Plan, as_published, computed, constant, named_by, whole


def incidents(given: Given) -> Plan:
    report = _report(given, "incident", "Start Date", "End Date") | {
        "kind": as_published(given, "Target"),
        "strike_type": as_published(given, "Weapons"),
        "civ_killed_min": whole(given, "Reported Minimum"),
        "civ_killed_max": whole(given, "Reported Maximum"),
    }
    return Plan(own_id=named_by(given, "IBC code"), tables={"report": report})


def individuals(given: Given) -> Plan:
    """One person killed a row; who it was stays in the one field that never leaves a case."""
    names = ("Name or Identifying Details", "Age", "Sex", "Marital Status", "Parental Status")
    report = _report(given, "person", "Earliest Date", "Latest Date") | {
        "person": person(given, *names, age="Age"),
        "civ_killed_min": computed("1"),
        "civ_killed_max": computed("1"),
    }
    return Plan(own_id=named_by(given, "IBC code"), tables={"report": report})


def _report(given: Given, row_is: str, first: str, last: str) -> dict[str, Column]:
    return {
        "row_is": constant(row_is),
        "code": computed(given.seen("IBC code")),
        "source": constant("Iraq Body Count"),
        **dates(given, first, last),
        "country": constant("Iraq"),
        "place": as_published(given, "Location"),
    }


ENTRY = Importer(
    name="ibc",
    title="Iraq Body Count, incidents and individuals",
    publisher="Iraq Body Count",
    licence="Free for non-commercial use with the source named; ask before publishing rows again",
    citation="Iraq Body Count. https://www.iraqbodycount.org",
    page="https://www.iraqbodycount.org/database/",
    yields=("report",),
    encodings=("windows-1252", "iso-8859-1"),
    layouts=(
        Layout(name="incidents", expected=("IBC code", "Start Date", "End Date", "Reported Minimum", "Reported Maximum"), plan=incidents),
        Layout(name="individuals", expected=("IBC code", "Name or Identifying Details", "Earliest Date", "Latest Date"), plan=individuals),
    ),
    notes="Some lines stand before the header. A letter at the end of a code marks a part of one incident. No perpetrators are named.",
)  # fmt: skip
