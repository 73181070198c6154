"""ACLED's list of deleted events: rows that the publisher took back, and that no longer stand in files downloaded before."""

from __future__ import annotations

from civcas.importers.given import Given
from civcas.importers.importer import Importer, Layout
from civcas.importers.plan import Plan, computed, constant, required

EVENTS = "acled"  # the dataset under which civcas import acled keeps events, unless told otherwise


def deletions(given: Given) -> Plan:
    """The moment of deletion is seconds since 1970, UTC; one that is no number leaves the day unknown, and stays in `extra`."""
    event = required(given, "event_id_cnty")
    seconds = f"TRY_CAST({given.seen('deleted_timestamp')} AS BIGINT)"
    withdrawal = {
        "taken_back": computed(f"'{EVENTS}:' || {event.value}"),
        "withdrawn": computed(f"CAST(epoch_ms({seconds} * 1000) AS DATE)"),
        "because": constant("ACLED deleted the event"),
    }
    return Plan(own_id=event, tables={"withdrawal": withdrawal})


ENTRY = Importer(
    name="acled_deletions",
    title="ACLED deleted events",
    publisher="ACLED",
    licence="ACLED terms of use: rows may not be published again",
    citation="ACLED. Deleted events. https://acleddata.com",
    page="https://acleddata.com/api-documentation/deleted-endpoint",
    yields=("withdrawal",),
    layouts=(
        Layout(
            name="deleted events", expected=("event_id_cnty", "deleted_timestamp"), plan=deletions, records=("data",)
        ),
    ),
    notes="Reports imported as dataset acled that are named here no longer stand in the register; their import keeps them.",
)
