"""Airwars' civilian harm incidents: one incident a row, with ranges of killed and injured by group."""

from __future__ import annotations

from civcas.importers.given import Given
from civcas.importers.importer import Importer, Layout
from civcas.importers.plan import (
    Column,
    Doubt,
    Plan,
    as_published,
    computed,
    constant,
    day,
    latitude,
    listed,
    longitude,
    required,
    whole,
)  # fmt: skip

GROUPS = {"civ": "civ", "children": "children", "women": "women", "men": "men", "mil": "belligerents"}


def wide(given: Given) -> Plan:
    """The wide table of incidents: one column a group and bound."""
    counts = {f"{ours}_{outcome}_{bound}": whole(given, f"{theirs}_{outcome}_{bound}")
              for theirs, ours in GROUPS.items() for outcome in ("killed", "injured") for bound in ("min", "max")
              if f"{theirs}_{outcome}_{bound}" in given}  # fmt: skip
    date = given["date"]
    report = {
        "row_is": constant("incident"),
        "code": as_published(given, "code"),
        "source": constant("Airwars"),
        "published": day(given, "published"),
        "date_start": day(given, "date"),
        "date_end": _last_day(given),
        "date_precision": computed(
            f"CASE WHEN {date} IS NULL THEN 'unknown' WHEN {given.get('date_end')} <> {date} THEN 'range' ELSE 'day' END"
        ),
        "country": as_published(given, "country", "conflict"),
        "province": as_published(given, "governorate", "region"),
        "place": as_published(given, "location"),
        "latitude": latitude(given, "latitude"),
        "longitude": longitude(given, "longitude"),
        "geo_precision": as_published(given, "geo_precision"),
        "belligerents": listed(given, "belligerents", separator=","),
        "strike_type": as_published(given, "strike_type"),
        "strike_status": as_published(given, "strike_status"),
        "grading": as_published(given, "grading"),
        "number_of_sources": whole(given, "n_sources"),
    }
    return Plan(own_id=required(given, "airwars_id"), tables={"report": report | counts}, doubts=_date_doubts(given))


def _last_day(given: Given) -> Column:
    last = day(given, "date_end")
    return Column(value=f"coalesce({last.value}, {day(given, 'date').value})", fails=last.fails, because=last.because)


def _date_doubts(given: Given) -> tuple[Doubt, ...]:
    date = day(given, "date").value
    return (
        Doubt(when=f"{date} < DATE '1990-01-01'", kind="a date before anything the publisher records",
              says=f"'date is ' || {date} || '; the publisher writes 1970-01-01 or the day of the page when it has none'"),
        Doubt(when=f"{date} IS NULL", kind="no date", says="'the incident has no date'"),
    )  # fmt: skip


ENTRY = Importer(
    name="airwars",
    title="Airwars civilian harm incidents",
    publisher="Airwars",
    licence="No open licence found: ask Airwars before publishing rows again",
    citation="Airwars. Civilian harm incidents. https://airwars.org",
    page="https://airwars.org/civilian-casualties/",
    yields=("report",),
    layouts=(
        Layout(
            name="wide table",
            expected=("airwars_id", "code", "date", "belligerents", "civ_killed_min", "civ_killed_max"),
            plan=wide,
        ),
    ),
    notes="Sums of bounds are not estimates. Several belligerents in one cell are several rows of attribution, once each.",
)
