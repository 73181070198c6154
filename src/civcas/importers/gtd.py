"""The Global Terrorism Database: one attack a row; the dead include perpetrators."""

from __future__ import annotations

from civcas.importers.days import EARLIEST
from civcas.importers.given import Given, text
from civcas.importers.importer import Importer, Layout
from civcas.importers.plan import (
    Column,
    Plan,
    as_published,
    computed,
    constant,
    latitude,
    longitude,
    named_by,
    parties,
    translated,
    whole,
)  # fmt: skip

PLACES = {"1": "town", "2": "district", "3": "district", "4": "province_governorate", "5": "unknown"}


def attacks(given: Given) -> Plan:
    """A day or month of 0 is not known; -9 and -99 are not known. Where a count was divided among linked attacks it is
    not whole: the range runs from the number below to the number above, and the cell itself is kept."""
    year, month, day = (whole(given, name) for name in ("iyear", "imonth", "iday"))
    first = (
        f"TRY(make_date({year.value}, greatest(coalesce({month.value}, 0), 1), greatest(coalesce({day.value}, 0), 1)))"
    )
    last = f"""CASE WHEN coalesce({month.value}, 0) = 0 THEN TRY(make_date({year.value}, 12, 31))
        WHEN coalesce({day.value}, 0) = 0 THEN last_day({first}) ELSE {first} END"""
    said = " || '-' || ".join(f"coalesce({given[name]}, '')" for name in ("iyear", "imonth", "iday"))
    report = {
        "row_is": constant("incident"),
        "kind": as_published(given, "attacktype1_txt"),
        "code": computed(given.seen("eventid")),
        "source": constant("GTD"),
        "date_start": Column(
            value=first,
            fails=f"({first} BETWEEN DATE '{EARLIEST}' AND DATE '{given.latest}') IS NOT TRUE",
            because=f"{text('iyear, imonth, iday are ')} || {said} || {text(f'; expected a day from {EARLIEST} to {given.latest}')}",
        ),
        "date_end": computed(last),
        "date_precision": computed(
            f"CASE WHEN coalesce({month.value}, 0) = 0 THEN 'year' WHEN coalesce({day.value}, 0) = 0 THEN 'month' ELSE 'day' END"
        ),
        "country": as_published(given, "country_txt"),
        "province": as_published(given, "provstate"),
        "place": as_published(given, "city"),
        "latitude": latitude(given, "latitude"),
        "longitude": longitude(given, "longitude"),
        "geo_precision": translated(given.seen("specificity"), PLACES, "'unknown'"),
        "belligerents": parties(*(given.get(name) for name in ("gname", "gname2", "gname3"))),
        "strike_type": as_published(given, "weaptype1_txt"),
        "text": as_published(given, "summary"),
    }
    for field, name in {"all_killed": "nkill", "belligerents_killed": "nkillter", "all_injured": "nwound"}.items():
        report |= _divided(given, field, name)
    return Plan(own_id=named_by(given, "eventid"), tables={"report": report})


def _divided(given: Given, field: str, name: str) -> dict[str, Column]:
    cell = given.seen(name)
    known = f"nullif(nullif({cell}, '-9'), '-99')"
    value = f"TRY_CAST({known} AS DOUBLE)"
    because = (
        f"{text(name + ' is ')} || chr(39) || left({cell}, 60) || chr(39) || {text('; expected a number from 0 up')}"
    )
    wrong = f"(trim({known}) <> '' AND ({value} IS NULL OR NOT isfinite({value}) OR {value} < 0 OR {value} > 9e15))"
    return {
        f"{field}_min": Column(value=f"CAST(floor({value}) AS BIGINT)", fails=wrong, because=because),
        f"{field}_max": Column(value=f"CAST(ceil({value}) AS BIGINT)", fails=wrong, because=because),
    }


ENTRY = Importer(
    name="gtd",
    title="Global Terrorism Database",
    publisher="START, University of Maryland",
    licence="GTD end user agreement: registration needed, rows may not be published again",
    citation="START. Global Terrorism Database. University of Maryland. https://www.start.umd.edu/gtd",
    page="https://www.start.umd.edu/gtd/",
    yields=("report",),
    encodings=("iso-8859-1",),
    layouts=(
        Layout(
            name="attacks",
            expected=("eventid", "iyear", "imonth", "iday", "nkill"),
            plan=attacks,
            wide=True,
        ),
    ),
    notes="The dead include perpetrators (nkillter). Attacks of states are not in it.",
)
