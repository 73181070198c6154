"""US strikes in Pakistan, Yemen and Somalia recorded by the Bureau of Investigative Journalism."""

from __future__ import annotations

from civcas.importers.dating import dates
from civcas.importers.given import Given
from civcas.importers.importer import Importer, Layout
from civcas.importers.plan import Column, Doubt, Plan, as_published, computed, constant, named_by, whole

RANGES = {
    "all_killed": "ppl_killed",
    "civ_killed": "civil_killed",
    "children_killed": "child_killed",
    "all_injured": "injured",
}
STRUCK_BY = "US Military"


def strikes(given: Given) -> Plan:
    counts = {
        f"{ours}_{bound}": whole(given, f"{bound}_{theirs}")
        for ours, theirs in RANGES.items()
        for bound in ("min", "max")
    }
    report: dict[str, Column] = {
        "row_is": constant("incident"),
        "code": computed(given.seen("strike_id")),
        "source": constant("The Bureau of Investigative Journalism"),
        **dates(given, "date"),
        "country": as_published(given, "country"),
        "province": as_published(given, "area"),
        "place": as_published(given, "location"),
        "belligerents": constant(STRUCK_BY),
        "strike_type": as_published(given, "strike_type"),
        "strike_status": as_published(given, "confirm_possible"),
    }
    strike = {
        "belligerent": constant(STRUCK_BY),
        "area": report["country"],
        "place": report["place"],
        "period_start": report["date_start"],
        "period_end": report["date_end"],
        "strikes_min": whole(given, "min_strikes"),
        "strikes_max": whole(given, "max_strikes"),
        "unit": constant("strike"),
        "declared_by": report["source"],
        "strike_status": report["strike_status"],
    }
    fewer = Doubt(
        when=f"{counts['all_killed_min'].value} < {counts['civ_killed_min'].value}",
        kind="fewer killed in all than civilians",
        says=f"'at least ' || {counts['all_killed_min'].value} || ' killed, but at least ' || {counts['civ_killed_min'].value}"
        " || ' civilians among them'",
    )
    return Plan(
        own_id=named_by(given, "strike_id"), tables={"report": report | counts, "strike": strike}, doubts=(fewer,)
    )


ENTRY = Importer(
    name="tbij_drones",
    title="Drone Warfare: US strikes in Pakistan, Yemen and Somalia",
    publisher="The Bureau of Investigative Journalism",
    licence="Terms unclear: ask the publisher before publishing rows again",
    citation="The Bureau of Investigative Journalism. Drone Warfare.",
    page="https://www.thebureauinvestigates.com/projects/drone-war",
    yields=("report", "strike"),
    layouts=(
        Layout(
            name="strikes",
            expected=(
                "strike_id",
                "date",
                "min_civil_killed",
                "max_civil_killed",
            ),
            plan=strikes,
            blank_words=("NA",),
        ),
    ),
    notes="Ground and naval operations stand beside strikes. The number of strikes is not given for Pakistan: unknown, not zero.",
)
