"""Airwars' table of casualties: one group of people of an incident a row, with its ranges."""

from __future__ import annotations

from civcas.importers.airwars import SITE_GROUPS
from civcas.importers.airwars_victims import draft
from civcas.importers.dating import dates
from civcas.importers.given import Given, text
from civcas.importers.importer import Importer, Layout
from civcas.importers.plan import Column, Doubt, Plan, as_published, constant, named_by, whole


def casualties(given: Given) -> Plan:
    """The range of one group, under the counts of that group. A group that has no count of its own here stays in `extra`, flagged."""
    group = f"replace(lower(trim({given.seen('casualty_type_slug')})), '-', '_')"
    counts = {
        f"{ours}_{outcome}_{bound}": _of_group(given, group, theirs, f"{outcome}_{bound}")
        for theirs, ours in SITE_GROUPS.items()
        for outcome in ("killed", "injured")
        for bound in ("min", "max")
    }
    report = {
        "row_is": constant("account"),
        "kind": as_published(given, "casualty_type_name"),
        "code": as_published(given, "code"),
        "source": constant("Airwars"),
        **dates(given, "date"),
    }
    known = ", ".join(map(text, SITE_GROUPS))
    other = Doubt(when=f"coalesce({group}, '') NOT IN ({known})", kind="a group without a count of its own",
                  says=f"'the group is ' || coalesce({group}, 'not named') || '; its numbers are kept in extra'")  # fmt: skip
    return Plan(own_id=named_by(given, "hash"), tables={"report": report | counts}, doubts=(draft(given), other))


def _of_group(given: Given, group: str, name: str, count: str) -> Column:
    beside = Given(
        given.columns, dataset=given.dataset
    )  # so that the cell stays in `extra`, which rows of other groups need
    number = whole(beside, count)
    return Column(
        value=f"CASE WHEN {group} = {text(name)} THEN {number.value} END", fails=number.fails, because=number.because
    )


ENTRY = Importer(
    name="airwars_casualties",
    title="Airwars casualties by group",
    publisher="Airwars",
    licence="No open licence found: ask Airwars before publishing rows again",
    citation="Airwars. Casualties of civilian harm incidents. https://airwars.org",
    page="https://airwars.org/civilian-casualties/",
    yields=("report",),
    layouts=(
        Layout(
            name="casualties",
            expected=("code", "casualty_type_slug", "killed_min", "killed_max"),
            plan=casualties,
        ),
    ),
    notes="The same people as in the incident of that code, by group: groups need not add up, and are not to be added to the incidents.",
)
