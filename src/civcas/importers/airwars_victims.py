"""Airwars' list of victims: one person a row, by the incident in which the person was killed or injured."""

from __future__ import annotations

from civcas.importers.dating import dates
from civcas.importers.given import Given
from civcas.importers.importer import Importer, Layout
from civcas.importers.people import person
from civcas.importers.plan import Column, Doubt, Plan, as_published, computed, constant, named_by

PERSON = ("name", "name_arabic", "name_hebrew", "name_ukrainian", "gender", "pregnant", "age", "exact_age", "additional_notes",
          "url", "reconciliation_id", "group_code", "in_group", "num_group_members")  # fmt: skip


def victims(given: Given) -> Plan:
    """Who a person was stays in the one field that never leaves a case; `code` says in which incident."""
    report = {
        "row_is": constant("person"),
        "code": as_published(given, "code"),
        "source": constant("Airwars"),
        **dates(given, "date"),
        "person": person(given, *PERSON, age="exact_age"),
    } | {
        f"all_{outcome}_{bound}": _one(given, outcome) for outcome in ("killed", "injured") for bound in ("min", "max")
    }
    return Plan(own_id=named_by(given, "hash"), tables={"report": report}, doubts=(draft(given), _neither(given)))


def draft(given: Given) -> Doubt:
    """A row of a page that is not public yet."""
    status = given.seen("post_status")
    return Doubt(when=f"{status} <> 'publish'", kind="not published", says=f"'the page is ' || {status}")


def _one(given: Given, outcome: str) -> Column:
    return computed(f"CASE WHEN lower(trim({given.seen('killed_or_injured')})) = '{outcome}' THEN 1 END")


def _neither(given: Given) -> Doubt:
    said = given.seen("killed_or_injured")
    return Doubt(when=f"coalesce(lower(trim({said})), '') NOT IN ('killed', 'injured')", kind="neither killed nor injured",
                 says=f"'killed_or_injured is ' || coalesce({said}, 'empty')")  # fmt: skip


ENTRY = Importer(
    name="airwars_victims",
    title="Airwars victims",
    publisher="Airwars",
    licence="No open licence found: ask Airwars before publishing rows again; names of persons are restricted here",
    citation="Airwars. Victims of civilian harm incidents. https://airwars.org",
    page="https://airwars.org/civilian-casualties/",
    yields=("report",),
    layouts=(
        Layout(
            name="victims",
            expected=("code", "name", "killed_or_injured"),
            plan=victims,
        ),
    ),
    notes="One person a row: not to be added to the incidents that count the same people. group_code names a family.",
)
