"""Daily totals of people killed and injured, one day a row, in the layout of Tech for Palestine's reports of days."""

from __future__ import annotations

from civcas.importers.dating import dates, day
from civcas.importers.given import Given
from civcas.importers.importer import Importer, Layout
from civcas.importers.plan import Doubt, Plan, as_published, constant, named_by, whole


def days(given: Given) -> Plan:
    """A total of a day is no incident, and tells nobody apart. Running totals and what the publisher extrapolated stay in `extra`."""
    killed = whole(given, "killed")
    report = {
        "row_is": constant("period"),
        "kind": constant("daily total"),
        "source": as_published(given, "report_source"),
        "published": day(given, "report_date"),
        **dates(given, "report_date"),
        "all_killed_min": killed,
        "all_killed_max": killed,
        "all_injured_min": whole(given, "injured"),
        "all_injured_max": whole(given, "injured"),
    }
    hours, extrapolated = given.seen("report_period"), given.seen("ext_killed")
    doubts = (
        Doubt(when=f"{given['killed']} IS NULL AND trim({extrapolated}) <> ''", kind="extrapolated by the publisher",
              says=f"'no number was reported; the publisher extrapolates ' || {extrapolated}"),
        Doubt(when=f"TRY_CAST({hours} AS DOUBLE) <> 24", kind="a report of another period than one day",
              says=f"'the report covers ' || {hours} || ' hours'"),
    )  # fmt: skip
    return Plan(own_id=named_by(given, "report_date"), tables={"report": report}, doubts=doubts)


ENTRY = Importer(
    name="daily_casualties",
    title="Daily totals of people killed and injured (Tech for Palestine's layout)",
    publisher="Tech for Palestine, from the reports of the Ministry of Health in Gaza",
    licence="As the publisher of the totals says",
    citation="Tech for Palestine. Daily Casualties - Gaza. https://data.techforpalestine.org",
    page="https://data.techforpalestine.org/docs/casualties-daily/",
    yields=("report",),
    layouts=(
        Layout(
            name="days",
            expected=("report_date", "killed", "killed_cum"),
            plan=days,
            records=("data",),
        ),
    ),
    notes="Deaths reported on a day, which is not the day of death. Say the country with --country. Days without a report are not "
    "zero: the publisher's extrapolations (ext_…) are kept and flagged, and are no count.",
)
