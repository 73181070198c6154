"""The tables anyone may see, defined once: an allow-list. What is not named here has no way out of a case."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from civcas.terms.doubt import DOUBT
from civcas.terms.table import Field, Table, count, day, number, text
from civcas.terms.tables import ATTRIBUTION, FIGURE, HARM, HARM_BY_PERIOD, INCIDENT, INCIDENT_REPORT, REPORT, STRIKE
from civcas.terms.vocabulary import Sensitivity

AS_IT_STANDS = "as it stands: a number that a person settled is the decided one, and the table decided holds both"
MASKED = {
    "latitude": number("latitude", "of the masked point, north of the equator; null when not located", unit="degrees"),
    "longitude": number("longitude", "of the masked point, east of Greenwich; null when not located", unit="degrees"),
    "geo_precision": text(
        "geo_precision", "how exactly the case knows the place; the point shown is coarser, as radius_km says"
    ),
}


def _public(table: Table, *more: Field, without: Iterable[str] = ()) -> Table:
    """Only the fields that anyone may see, places masked, then what the public form adds."""
    kept = (
        MASKED.get(f.name, f) if table is INCIDENT else f
        for f in table.fields
        if f.name not in without and (f.sensitivity is Sensitivity.PUBLIC or (f.name in MASKED and table is INCIDENT))
    )
    return replace(table, fields=(*kept, *more))


INCIDENT_SHOWN = _public(
    INCIDENT,
    text("address", "the last part of the incident's web address; never used again", nullable=False),
    number("radius_km", "how far from the masked point it may be; null when not located", unit="km"),
    count("killed_min", "lowest number of civilians killed; null is unknown, never 0"),
    count("killed_max", "highest number of civilians killed; null is unknown or open above"),
    count("injured_min", "lowest number of civilians injured; null is unknown, never 0"),
    count("injured_max", "highest number of civilians injured; null is unknown or open above"),
    text("belligerents", "belligerents named, as the case calls them, separated by ; null when nobody is named"),
    count("named", "how many belligerents are named; 0 when nobody is", unit="belligerents", nullable=False),
)

CORRECTION = Table(
    name="correction",
    a_row_is="one thing that was settled or changed after it was first recorded, with the reason given",
    key=("sequence",),
    fields=(
        count("sequence", "entry of the ledger", unit="entry", nullable=False),
        day("date", "when it was settled", nullable=False),
        text(
            "kind",
            "what was settled: count, date, location, named, grade, attribution, link, withdraw, supersede, belligerent, place or import",
        ),
        text("subject", "the incident, report, figure or name it is about", nullable=False),
        text("about", "which of its aspects"),
        text("before", "what stood before, in words; null where nothing did"),
        text("after", "what stands since, in words"),
        text("because", "the reason given"),
    ),
)

DECIDED = Table(
    name="decided",
    a_row_is="one number or grade that a person settled in place of what was received, with both side by side",
    key=("subject", "about"),
    fields=(
        text("subject", "the report, figure or strike it is about", nullable=False),
        text("about", "which of its numbers, such as civ_killed, or its grading", nullable=False),
        number("received_min", "lowest number as received; null is unknown", unit="as in the table of the subject"),
        number(
            "received_max",
            "highest number as received; null is unknown or open above",
            unit="as in the table of the subject",
        ),
        text("received", "the grading as received; null for numbers"),
        number("decided_min", "lowest number as decided; null is unknown", unit="as in the table of the subject"),
        number(
            "decided_max",
            "highest number as decided; null is unknown or open above",
            unit="as in the table of the subject",
        ),
        text("decided", "the grading as decided; null for numbers"),
        count("sequence", "entry of the ledger that decided it", unit="entry", nullable=False),
        day("date", "when it was decided", nullable=False),
        text("because", "the reason given"),
    ),
)

GONE = Table(
    name="gone",
    a_row_is="one incident that no longer stands: its address goes on resolving and says why",
    key=("address",),
    fields=(
        text("incident_id", "the incident that no longer stands", nullable=False),
        text("address", "the last part of the web address it had", nullable=False),
        text("reason", "why it no longer stands"),
        text("survivors", "addresses of the incidents that stand in its place, separated by ; null where none does"),
        day("date", "since when"),
    ),
)

SOURCE = Table(
    name="source",
    a_row_is="one dataset that the case took in: where it came from, under what terms, and how much of it was read",
    key=("dataset",),
    fields=(
        text("dataset", "its name in the case", nullable=False),
        text("format", "the layout it was read as"),
        text("citation", "how its publisher is to be cited"),
        text("licence", "its publisher's terms"),
        text("vintage", "which edition"),
        text("sha256", "hash of the file as received"),
        day("imported", "when it was taken in"),
        count("given", "rows of the file", unit="rows"),
        count("read", "rows that were read", unit="rows"),
        count("unread", "rows that could not be read; they are kept with the reason", unit="rows"),
    ),
)

SHOWN: dict[str, Table] = {
    table.name: table
    for table in (
        INCIDENT_SHOWN,
        _public(HARM),
        _public(ATTRIBUTION),
        _public(INCIDENT_REPORT),
        _public(REPORT),
        _public(HARM_BY_PERIOD),
        _public(DOUBT),
        replace(_public(STRIKE, without=("text",)), a_row_is=f"{STRIKE.a_row_is}, {AS_IT_STANDS}"),
        replace(_public(FIGURE), a_row_is=f"{FIGURE.a_row_is}, {AS_IT_STANDS}"),
        DECIDED,
        CORRECTION,
        GONE,
        SOURCE,
    )
}
