"""The tables civcas works on, defined once: each field with its type, meaning, unit and sensitivity."""

from __future__ import annotations

from collections.abc import Iterable

from civcas.errors import UnknownName
from civcas.terms.doubt import DOUBT
from civcas.terms.table import Field as Field
from civcas.terms.table import Table as Table
from civcas.terms.table import count as _count
from civcas.terms.table import day as _day
from civcas.terms.table import number as _number
from civcas.terms.table import text as _text
from civcas.terms.vocabulary import Grading, Responsibility, Sensitivity


def _range(whom: str, outcome: str) -> tuple[Field, Field]:
    lowest = _count(f"{whom}_{outcome}_min", f"lowest number of {whom} {outcome}; null is unknown")
    return lowest, _count(f"{whom}_{outcome}_max", f"highest number of {whom} {outcome}; null is unknown or open above")


def _internal_point() -> tuple[Field, Field]:
    north, east = "north of the equator; null when not located", "east of Greenwich; null when not located"
    inside = {"unit": "degrees", "sensitivity": Sensitivity.INTERNAL}
    return _number("latitude", north, **inside), _number("longitude", east, **inside)


FIGURE = Table(
    name="figure",
    a_row_is="one published aggregate number: who, where, period, measure, low, high, unit, source",
    key=("figure_id",),
    fields=(
        _text("figure_id", "names the figure for good; made of dataset and row", nullable=False),
        _text("belligerent", "who is alleged to have acted, as the case names it", nullable=False),
        _text("area", "where, as published"),
        _day("period_start", "first day the number covers"),
        _day("period_end", "last day the number covers"),
        _text("measure", "what the number says, as published", nullable=False),
        _number("value_low", "lowest value; null when the range is open below"),
        _number("value_high", "highest value; null when the range is open above"),
        _text("unit", "what is counted, as published", nullable=False),
        _day("published", "last day on which it can have been published; null when not known"),
        _text("source_title", "who published it, and where"),
        _text("source_url", "address of the page"),
        _text("note", "what the person who noted the figure adds"),
        _text("dataset", "which dataset the row came from", nullable=False),
        _count("row", "row of the original file, counted from 1 after the header", unit="row"),
        _text("extra", "every other published column, as a JSON object", sensitivity=Sensitivity.INTERNAL),
    ),
)

STRIKE = Table(
    name="strike",
    a_row_is="military actions declared or recorded by a named party in a period: count and unit",
    key=("strike_id",),
    fields=(
        _text("strike_id", "names the row for good; made of dataset and row", nullable=False),
        _text("belligerent", "who struck, as the case names it", nullable=False),
        _text("area", "country or wider area"),
        _text("place", "town or place, as published"),
        _day("period_start", "first day the count covers"),
        _day("period_end", "last day the count covers"),
        _number("strikes_min", "lowest count of actions", unit="as in unit"),
        _number("strikes_max", "highest count of actions", unit="as in unit"),
        _text("unit", "what is counted: strike, sortie, munition, target or raid", nullable=False),
        _count(
            "days_declared",
            "days of the period on which the party published anything; other days are unknown, not zero",
            unit="days",
        ),
        _text("declared_by", "who declared or recorded it"),
        _text("strike_status", "declared, likely, contested or single_source_claim"),
        _number("latitude", "north of the equator", unit="degrees"),
        _number("longitude", "east of Greenwich", unit="degrees"),
        _text("dataset", "which dataset the row came from", nullable=False),
        _count("row", "row of the original file, counted from 1 after the header", unit="row"),
        _text("text", "what the declaring party wrote"),
        _text("extra", "every other published column, as a JSON object", sensitivity=Sensitivity.INTERNAL),
    ),
)

HARM_BY_PERIOD = Table(
    name="harm_by_period",
    a_row_is="one belligerent, area, period, grading and attribution: incidents, killed min and max, incidents without a number",
    key=("belligerent", "area", "period_start", "period_end", "grading", "attribution", "dataset"),
    fields=(
        _text("belligerent", "who is alleged to have acted, as the case names it", nullable=False),
        _text("area", "where", nullable=False),
        _day("period_start", "first day of the period", nullable=False),
        _day("period_end", "last day of the period", nullable=False),
        _text("grading", "how well the harm is established", nullable=False, words=tuple(map(str, Grading))),
        _text(
            "attribution",
            "sole: this belligerent alone is named; shared: others are named too",
            nullable=False,
            words=("sole", "shared"),
        ),
        _count("incidents", "incidents in which harm is alleged", unit="incidents", nullable=False),
        _count(
            "killed_min",
            "sum of the lowest numbers of civilians killed; incidents without a number add nothing",
            nullable=False,
        ),
        _count(
            "killed_max",
            "sum of the highest numbers of civilians killed; incidents without a number add nothing; "
            "null is open above: an incident in it has no highest number",
        ),
        _count(
            "without_a_number",
            "incidents for which no number is known; unknown, not zero",
            unit="incidents",
            nullable=False,
        ),
        _count(
            "open_above", "incidents that say a number or more; with one of them killed_max is null", unit="incidents"
        ),
        _text("dataset", "which dataset the row came from", nullable=False),
        _text("extra", "every other published column, as a JSON object", sensitivity=Sensitivity.INTERNAL),
    ),
)

INCIDENT = Table(
    name="incident",
    a_row_is="a moment in time and space in which harm to civilians is alleged",
    key=("incident_id",),
    fields=(
        _text("incident_id", "names the incident for good; never used again", nullable=False),
        _text("code", "the publisher's own code"),
        _day("date_start", "first day on which it may have happened; null when unknown"),
        _day("date_end", "last day on which it may have happened; null when unknown"),
        _text("date_precision", "day, range, week, month, year or unknown"),
        _text("country", "country, as published"),
        _text("province", "largest area within the country, as the case names it"),
        _text("place", "town or place, as the case names it"),
        *_internal_point(),
        _text("geo_precision", "how exactly the place is known"),
        _text("strike_status", "declared, likely, contested or single_source_claim"),
        _text("strike_type", "means, as published"),
        _text("grading", "how well the harm is established; the grade as published until decided otherwise"),
        _count("number_of_sources", "sources known to speak of it", unit="sources"),
        _day("published", "when the publisher first published it"),
        _text("dataset", "which dataset the incident came from", nullable=False),
    ),
)

INCIDENT_REPORT = Table(
    name="incident_report",
    a_row_is="one report that speaks of one incident; many to many",
    key=("incident_id", "report_id"),
    fields=(
        _text("incident_id", "the incident", nullable=False),
        _text("report_id", "the report that speaks of it", nullable=False),
        _text("decided_by", "the rule or person that settled the link", sensitivity=Sensitivity.INTERNAL),
        _text(
            "because", "why a person linked the report; null where its publisher did", sensitivity=Sensitivity.INTERNAL
        ),
    ),
)

INCIDENT_ALIAS = Table(
    name="incident_alias",
    a_row_is="one name that no longer stands for an incident of its own, and the incident that holds its report now",
    key=("alias",),
    fields=(
        _text("alias", "the name that the incident had before its report was linked", nullable=False),
        _text("incident_id", "the incident that stands", nullable=False),
        _text("decided_by", "who linked the reports", sensitivity=Sensitivity.INTERNAL),
        _text("because", "why", sensitivity=Sensitivity.INTERNAL),
    ),
)

HARM = Table(
    name="harm",
    a_row_is="incident × group × outcome: the lowest and highest number, the rule used and the reports it came from",
    key=("incident_id", "group", "outcome"),
    fields=(
        _text("incident_id", "the incident", nullable=False),
        _text("group", "whom the count is about; groups need not add up", nullable=False),
        _text("outcome", "killed or injured", nullable=False),
        _count("min", "lowest number; null is unknown, never 0"),
        _count("max", "highest number; null is unknown or open above"),
        _text("rule", "the named rule that made the two numbers"),
        _text("reports", "the reports they came from, separated by ;"),
    ),
)

ATTRIBUTION = Table(
    name="attribution",
    a_row_is="incident × belligerent, once each: how it is held responsible, and the bounds of its share",
    key=("incident_id", "belligerent"),
    fields=(
        _text("incident_id", "the incident", nullable=False),
        _text("belligerent", "who is alleged to have acted, as the case names it", nullable=False),
        _text("status", "how it is held responsible", words=tuple(map(str, Responsibility))),
        _count("named", "how many belligerents the incident names; 1 means sole", unit="belligerents"),
        _number("share_min", "smallest share of the harm that may be this belligerent's", unit="0–1"),
        _number("share_max", "largest share of the harm that may be this belligerent's", unit="0–1"),
        _text("decided_by", "who decided it; null where it stands as published", sensitivity=Sensitivity.INTERNAL),
        _text("because", "why it was decided; null where it stands as published", sensitivity=Sensitivity.INTERNAL),
    ),
)

REPORT = Table(
    name="report",
    a_row_is="one source's or one dataset row's account of alleged harm, as received; never edited",
    key=("report_id",),
    fields=(
        _text("report_id", "names the report for good; made of dataset and row", nullable=False),
        _text("dataset", "which dataset the row came from", nullable=False),
        _count("row", "row of the original file, counted from 1 after the header", unit="row"),
        _text(
            "row_is",
            "what the publisher's row is: incident, account (one of several of an incident), person, or period (a total of days)",
        ),
        _text("kind", "the publisher's own class of event, as published"),
        _text("code", "the publisher's own code"),
        _text("source", "who published the report"),
        _day("published", "when the source published it"),
        _day("date_start", "first day on which it may have happened; null when unknown"),
        _day("date_end", "last day on which it may have happened; null when unknown"),
        _text("date_precision", "day, range, week, month, year or unknown"),
        _text("country", "country, as published"),
        _text("province", "largest area within the country, as published"),
        _text("place", "town or place, as published"),
        *_internal_point(),
        _text("geo_precision", "how exactly the place is known"),
        _text("belligerents", "parties alleged to have acted, as published, separated by ;"),
        _text("strike_type", "means, as published"),
        _text("strike_status", "as published"),
        _text("grading", "as published"),
        _count("civ_killed_min", "lowest number of civilians killed; null is unknown"),
        _count("civ_killed_max", "highest number of civilians killed; null is unknown or open above"),
        _count("civ_injured_min", "lowest number of civilians injured; null is unknown"),
        _count("civ_injured_max", "highest number of civilians injured; null is unknown or open above"),
        _count("all_killed_min", "lowest number killed where civilians are not told apart; null is unknown"),
        _count("all_killed_max", "highest number killed where civilians are not told apart; null is unknown"),
        _count("all_killed_best", "number killed that the publisher holds most likely; null where it names none"),
        *_range("children", "killed"),
        *_range("children", "injured"),
        *_range("women", "killed"),
        *_range("women", "injured"),
        *_range("men", "killed"),
        *_range("men", "injured"),
        *_range("belligerents", "killed"),
        *_range("belligerents", "injured"),
        _count("all_injured_min", "lowest number injured where civilians are not told apart; null is unknown"),
        _count("all_injured_max", "highest number injured where civilians are not told apart; null is unknown"),
        _count("number_of_sources", "sources that the publisher counts", unit="sources"),
        _text("person", "what is said of one person, as a JSON object", sensitivity=Sensitivity.RESTRICTED),
        _text("text", "what the source wrote", sensitivity=Sensitivity.INTERNAL),
        _text("extra", "every other published column, as a JSON object", sensitivity=Sensitivity.INTERNAL),
    ),
)

INTERACTION = Table(
    name="interaction",
    a_row_is="one dyadic event: date, initiator, target, CAMEO or PLOVER code, dataset; a lead, never a casualty count",
    key=("interaction_id",),
    fields=(
        _text("interaction_id", "names the row for good; made of dataset and row", nullable=False),
        _day("date", "day of the event, as coded"),
        _text("initiator", "who acted, as published"),
        _text("target", "towards whom, as published"),
        _text("code", "CAMEO or PLOVER code; text with leading zeros"),
        _text("scheme", "cameo or plover"),
        _number("intensity", "Goldstein or PLOVER intensity, as published"),
        _text("country", "where, as published"),
        _number("latitude", "north of the equator", unit="degrees"),
        _number("longitude", "east of Greenwich", unit="degrees"),
        _count("mentions", "how often it was mentioned", unit="mentions"),
        _text("extra", "every other published column, as a JSON object", sensitivity=Sensitivity.INTERNAL),
        _text("dataset", "which dataset the row came from", nullable=False),
        _count("row", "row of the original file, counted from 1 after the header", unit="row"),
    ),
)

INDICATOR = Table(
    name="indicator",
    a_row_is="one value of a country or dyad in a period: name, value, low, high, source",
    key=("indicator_id",),
    fields=(
        _text("indicator_id", "names the row for good; made of dataset and row", nullable=False),
        _text("name", "what is measured", nullable=False),
        _text("country", "country, or the first of a dyad"),
        _text("other_country", "the second of a dyad; null otherwise"),
        _day("period_start", "first day the value covers"),
        _day("period_end", "last day the value covers"),
        _number("value", "the value; null when only bounds are published"),
        _number("low", "lowest value"),
        _number("high", "highest value"),
        _text("unit", "unit, as published"),
        _text("source", "who published it"),
        _text("extra", "every other published column, as a JSON object", sensitivity=Sensitivity.INTERNAL),
        _text("dataset", "which dataset the row came from", nullable=False),
        _count("row", "row of the original file, counted from 1 after the header", unit="row"),
    ),
)

WITHDRAWAL = Table(
    name="withdrawal",
    a_row_is="one report that its publisher took back: it no longer stands in the register, and its import keeps it",
    key=("withdrawal_id",),
    fields=(
        _text("withdrawal_id", "names the row for good; made of dataset and row", nullable=False),
        _text("taken_back", "the id of the report that was taken back", nullable=False),
        _day("withdrawn", "when it was taken back; null when not known"),
        _text("because", "why, as far as the publisher says"),
        _text("extra", "every other published column, as a JSON object", sensitivity=Sensitivity.INTERNAL),
        _text("dataset", "which dataset the row came from", nullable=False),
        _count("row", "row of the original file, counted from 1 after the header", unit="row"),
    ),
)

UNREAD = Table(
    name="unread",
    a_row_is="one row of an imported file that could not be read, as it stood, with the reason",
    fields=(
        _count("row", "row of the original file; null where it does not hang together as a row", unit="row"),
        _count("line", "line of the original file, counted from 1; null where the row number says it", unit="line"),
        _text("reason", "what was found, and what was expected", nullable=False),
        _text("text", "the row as it stood", sensitivity=Sensitivity.INTERNAL),
    ),
)

FLAGGED = Table(
    name="flagged",
    a_row_is="one doubt about a row that was read as published",
    fields=(
        _count("row", "row of the original file, counted from 1 after the header", unit="row", nullable=False),
        _text("kind", "which kind of doubt", nullable=False),
        _text("reason", "what was found"),
        _count("other_row", "the first row of the file that it repeats; null for other doubts", unit="row"),
    ),
)

NOT_IDENTIFIABLE = Table(
    name="not_identifiable",
    a_row_is="one belligerent whose doings a dataset does not tell apart in an area: a total for it would be a false zero",
    key=("dataset", "belligerent", "area"),
    fields=(
        _text("dataset", "which dataset cannot tell", nullable=False),
        _text("belligerent", "whom it cannot identify, as the case or the publisher names it", nullable=False),
        _text("area", "where", nullable=False),
        _text("reason", "why", nullable=False),
    ),
)

TABLES: dict[str, Table] = {
    t.name: t
    for t in (
        REPORT,
        STRIKE,
        FIGURE,
        INTERACTION,
        INDICATOR,
        INCIDENT,
        INCIDENT_REPORT,
        INCIDENT_ALIAS,
        HARM,
        ATTRIBUTION,
        HARM_BY_PERIOD,
        NOT_IDENTIFIABLE,
        WITHDRAWAL,
        DOUBT,
        UNREAD,
        FLAGGED,
    )
}


def table(name: str) -> Table:
    """The table of that name."""
    try:
        return TABLES[name]
    except KeyError:
        raise UnknownName("table", name, TABLES) from None


def data_dictionary(tables: Iterable[Table] | None = None) -> str:
    """Every table and field as a Markdown page."""
    parts = ["# Data dictionary", "", "Made from `civcas.terms`; unknown is null, never 0.", ""]
    for each in tables or TABLES.values():
        parts += [
            f"## {each.name}",
            "",
            f"A row is {each.a_row_is}.",
            "",
            "| field | type | unit | meaning | sensitivity |",
        ]
        parts += ["|---|---|---|---|---|"]
        parts += [f"| `{f.name}` | {f.type} | {f.unit} | {f.meaning} | {f.sensitivity} |" for f in each.fields]
        parts += [""]
    return "\n".join(parts)
