"""ACLED's list of deleted events: rows that the publisher took back, and that no longer stand in files downloaded before."""

from __future__ import annotations

import datetime as dt

from civcas.errors import BadInput
from civcas.importers.given import Given, text
from civcas.importers.importer import Importer, Layout
from civcas.importers.plan import Plan, computed, constant, required

ENDING = "_deletions"


def deletions(given: Given) -> Plan:
    """Dataset `acled_deletions` takes back events of dataset `acled`, and `x_deletions` those of `x`.

    The moment of deletion is seconds since 1970, UTC; one that is no such number leaves the day unknown, and stays in `extra`.
    """
    events = given.dataset.removesuffix(ENDING)
    if events in ("", given.dataset):
        raise BadInput(
            f"the dataset {given.dataset!r} does not say whose events were deleted",
            expected=f"the events' dataset and {ENDING}",
            do=f"For events imported with --dataset NAME, say --dataset NAME{ENDING}.",
        )
    event = required(given, "event_id_cnty")
    seconds = f"TRY_CAST({given.seen('deleted_timestamp')} AS BIGINT)"
    last = int(dt.datetime.combine(given.latest, dt.time.max, dt.UTC).timestamp())
    withdrawal = {
        "taken_back": computed(f"{text(events + ':')} || {event.value}"),
        "withdrawn": computed(
            f"CASE WHEN {seconds} BETWEEN 0 AND {last} THEN CAST(epoch_ms({seconds} * 1000) AS DATE) END"
        ),
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
    notes="Reports of dataset acled that are named here no longer stand in the register; their import keeps them. For events that "
    "were imported with --dataset NAME, import the deletions with --dataset NAME_deletions.",
)
