"""Airwars' civilian harm incidents: one incident a row, with ranges of killed and injured by group."""

from __future__ import annotations

import re

from civcas.importers.dating import dates, day, when
from civcas.importers.given import Given
from civcas.importers.importer import Importer, Layout
from civcas.importers.plan import (
    Doubt,
    Plan,
    as_published,
    computed,
    constant,
    latitude,
    listed,
    longitude,
    named_by,
    parties,
    whole,
)  # fmt: skip

GROUPS = {"civ": "civ", "children": "children", "women": "women", "men": "men", "mil": "belligerents"}
SITE_GROUPS = {
    "civilian_non_combatants": "civ",
    "children": "children",
    "women": "women",
    "men": "men",
    "belligerents": "belligerents",
}
NUMBERED = re.compile(r"belligerent_\d+_belligerent_name$")
WIDE = ("airwars_id", "date", "civ_killed_min", "civ_killed_max")
SITE = ("post_id", "code", "date", "civilian_non_combatants_killed_min")


def wide(given: Given) -> Plan:
    """The wide table of incidents: one column a group and bound."""
    counts = {f"{ours}_{outcome}_{bound}": whole(given, f"{theirs}_{outcome}_{bound}")
              for theirs, ours in GROUPS.items() for outcome in ("killed", "injured") for bound in ("min", "max")
              if f"{theirs}_{outcome}_{bound}" in given}  # fmt: skip
    report = {
        "row_is": constant("incident"),
        "code": as_published(given, "code"),
        "source": constant("Airwars"),
        "published": day(given, "published"),
        **dates(given, "date", "date_end"),
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
    return Plan(own_id=named_by(given, "airwars_id"), tables={"report": report | counts}, doubts=_date_doubts(given))


def site_export(given: Given) -> Plan:
    """The table that the publisher's own exporter writes: one column a group and bound, numbered columns for belligerents."""
    counts = {f"{ours}_{outcome}_{bound}": whole(given, f"{theirs}_{outcome}_{bound}")
              for theirs, ours in SITE_GROUPS.items() for outcome in ("killed", "injured") for bound in ("min", "max")
              if f"{theirs}_{outcome}_{bound}" in given}  # fmt: skip
    named = sorted((c for c in given.columns if NUMBERED.match(c)), key=lambda c: int(c.split("_")[1]))
    report = {
        "row_is": constant("incident"),
        "code": as_published(given, "code"),
        "source": constant("Airwars"),
        "published": day(given, "post_published"),
        **dates(given, "date", "date_end"),
        "country": as_published(given, "country_name"),
        "province": as_published(given, "region"),
        "place": as_published(given, "location_name"),
        "latitude": latitude(given, "latitude"),
        "longitude": longitude(given, "longitude"),
        "geo_precision": as_published(given, "geolocation_accuracy_slug", "geolocation_accuracy_name"),
        "belligerents": parties(*(given.seen(c) for c in named)),
        "strike_type": as_published(given, "strike_type_name"),
        "strike_status": as_published(given, "strike_status_name"),
        "grading": as_published(given, "civilian_harm_status_name"),
        "number_of_sources": whole(given, "num_sources"),
        "text": as_published(given, "summary"),
    }
    status = given.seen("post_status")
    draft = Doubt(when=f"{status} <> 'publish'", kind="not published", says=f"'the page is ' || {status}")
    same = Doubt(when=f"{when(given, 'date').first} = {when(given, 'post_published').first}", kind="dated on the day of the page",
                 says="'the publisher writes the day of the page when it has no date'")  # fmt: skip
    return Plan(
        own_id=named_by(given, "post_id"),
        tables={"report": report | counts},
        doubts=(*_date_doubts(given), draft, same),
    )


def rest_posts(given: Given) -> Plan:
    """Pages as the site's REST address lists them: their date is that of the page, and no number stands in a field of its own.

    Title and content are kept whole in `extra`, since only what they render stands in a field.
    """
    title, body = (f"TRY(json_extract_string({given.seen(name)}, '$.rendered'))" for name in ("title", "content"))
    report = {
        "row_is": constant("incident"),
        "code": computed(f"upper(split_part({given.seen('slug')}, '-', 1))"),
        "source": constant("Airwars"),
        "published": day(given, "date"),
        "date_precision": constant("unknown"),
        "place": computed(title),
        "text": computed(body),
    }
    return Plan(own_id=named_by(given, "id"), tables={"report": report})


def _date_doubts(given: Given) -> tuple[Doubt, ...]:
    date = when(given, "date").first
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
        Layout(name="wide table", expected=WIDE, plan=wide),
        Layout(name="site export", expected=SITE, plan=site_export),
        Layout(name="REST pages", expected=("id", "slug", "title", "content", "date"), plan=rest_posts),
    ),
    notes="Sums of bounds are not estimates. Several belligerents in one cell are several rows of attribution, once each.",
)
