"""UCDP's Georeferenced Event Dataset: one event of organised violence a row, in any version's order of columns."""

from __future__ import annotations

from civcas.importers.dating import dates
from civcas.importers.given import Given, words
from civcas.importers.importer import Importer, Layout, NotIdentifiable
from civcas.importers.plan import (
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

COLUMNS = words(
    "id relid year active_year code_status type_of_violence conflict_dset_id conflict_new_id conflict_name "
    "dyad_dset_id dyad_new_id dyad_name side_a_dset_id side_a_new_id side_a side_b_dset_id side_b_new_id side_b "
    "number_of_sources source_article source_office source_date source_headline source_original where_prec "
    "where_coordinates where_description adm_1 adm_2 latitude longitude geom_wkt priogrid_gid country country_id "
    "region event_clarity date_prec date_start date_end deaths_a deaths_b deaths_civilians deaths_unknown best high "
    "low gwnoa gwnob"
)
EXPECTED = (
    "id",
    "type_of_violence",
    "side_a",
    "date_start",
    "best",
)
ALSO = {
    "best": ("best_est",),
    "high": ("high_est",),
    "low": ("low_est",),
    "deaths_civilians": ("deaths_civ",),
    "type_of_violence": ("type_of_viol", "type_of_vi"),
    "where_coordinates": ("where_coor", "where_coordina"),
    "date_start": ("start_date",),
    "date_end": ("end_date",),
}
KINDS = {"1": "state-based", "2": "non-state", "3": "one-sided"}
DATES = {"1": "day", "2": "range", "3": "week", "4": "month", "5": "year"}
PLACES = {
    "1": "town",
    "2": "district",
    "3": "district",
    "4": "province_governorate",
    "5": "country",
    "6": "country",
    "7": "unknown",
}
RUSSIA = ("Russia", "Russian Military", "Russian Forces", "Government of Russia", "Government of Russia (Soviet Union)")


def events(given: Given) -> Plan:
    """Low, best and high count all deaths; deaths of civilians are one number without a range.

    In one-sided violence side A acts; in the other types both sides do, and who killed a civilian is not said.
    """
    kind = given.seen("type_of_violence")
    report = {
        "row_is": constant("incident"),
        "kind": translated(kind, KINDS, kind),
        "code": as_published(given, "relid"),
        "source": constant("UCDP"),
        **dates(
            given, "date_start", "date_end", published=translated(given.seen("date_prec"), DATES, "'unknown'").value
        ),
        "country": as_published(given, "country"),
        "province": as_published(given, "adm_1"),
        "place": as_published(given, "where_coordinates"),
        "latitude": latitude(given, "latitude"),
        "longitude": longitude(given, "longitude"),
        "geo_precision": translated(given.seen("where_prec"), PLACES, "'unknown'"),
        "belligerents": parties(given["side_a"], f"CASE WHEN {kind} <> '3' THEN {given.seen('side_b')} END"),
        "civ_killed_min": whole(given, "deaths_civilians"),
        "civ_killed_max": whole(given, "deaths_civilians"),
        "all_killed_min": whole(given, "low"),
        "all_killed_max": whole(given, "high"),
        "all_killed_best": whole(given, "best"),
        "number_of_sources": whole(given, "number_of_sources", unknown=("-1",)),
        "text": computed(given.seen("source_headline")),
    }
    return Plan(own_id=named_by(given, "id"), tables={"report": report})


ENTRY = Importer(
    name="ucdp_ged",
    title="UCDP Georeferenced Event Dataset (GED) and its candidate events",
    publisher="Uppsala Conflict Data Program",
    licence="CC BY 4.0",
    redistribute=True,
    citation="Sundberg, R. and Melander, E. 2013. Introducing the UCDP Georeferenced Event Dataset. Journal of Peace Research 50(4).",
    page="https://ucdp.uu.se/downloads/",
    download="https://ucdp.uu.se/downloads/ged/ged261-csv.zip",
    yields=("report",),
    layouts=(
        Layout(
            name="events",
            expected=EXPECTED,
            plan=events,
            also=ALSO,
            wide=True,
            headerless=(COLUMNS,),
            records=("Result",),
        ),
    ),
    not_identifiable=(
        NotIdentifiable(
            belligerents=RUSSIA,
            area="Syria",
            reason="UCDP GED has no Government of Russia among the actors of the war in Syria: Russian strikes stand under the dyads "
            "of the Government of Syria and cannot be told apart, so a count for Russia would be a false zero",
        ),
    ),
    notes="Low, best and high count all deaths, not civilians; civilians have one number. Civilians die in all three types of violence.",
)
