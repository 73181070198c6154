"""Strikes that US Central Command declared, by day and town, each with the sentence it comes from."""

from __future__ import annotations

from civcas.importers.dating import period
from civcas.importers.given import MONTH_FIRST, Given, text, words
from civcas.importers.importer import Importer, Layout
from civcas.importers.plan import Doubt, Plan, as_published, computed, constant, whole

NUMBERS = words(
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty twenty-one twenty-two twenty-three twenty-four twenty-five twenty-six twenty-seven "
    "twenty-eight twenty-nine thirty"
)
COUNTED = rf"\b(an?|{'|'.join(sorted(NUMBERS, key=len, reverse=True))}|\d+)\s+(?:\w+\s+)?(?:air\s?)?strikes?\b"


def releases(given: Given) -> Plan:
    """The number is the one in the file; the sentence is counted again, and where the two differ the row is flagged."""
    sentence, count = given.get("line", "description"), whole(given, "number")
    again = _counted(sentence)
    strike = {
        "belligerent": constant("U.S.-led Coalition"),
        "area": as_published(given, "country"),
        "place": as_published(given, "location"),
        **period(given, "date", order=MONTH_FIRST),
        "strikes_min": count,
        "strikes_max": count,
        "unit": constant("strike"),
        "days_declared": computed("1"),
        "declared_by": constant("US Central Command"),
        "strike_status": constant("declared"),
        "text": computed(sentence),
    }
    doubts = (
        Doubt(when=f"{again} <> {count.value}", kind="the sentence says another number of strikes",
              says=f"'the file says ' || {count.value} || ', the sentence ' || {again}"),
        Doubt(when=f"{again} IS NULL", kind="no number of strikes found in the sentence",
              says=f"'the file says ' || {count.value} || '; the sentence names no number of strikes'"),
    )  # fmt: skip
    return Plan(tables={"strike": strike}, doubts=doubts if sentence != "NULL" else ())


def _counted(sentence: str) -> str:
    """The first number of strikes a sentence names, as SQL: `an airstrike` is 1, `three strikes` 3."""
    word = f"lower(regexp_extract({sentence}, {text('(?i)' + COUNTED)}, 1))"
    words = f"list_position([{', '.join(map(text, NUMBERS))}], {word})"
    return f"CASE WHEN {word} IN ('a', 'an') THEN 1 ELSE coalesce(TRY_CAST({word} AS BIGINT), {words}) END"


ENTRY = Importer(
    name="strike_releases",
    title="Strikes declared by US Central Command in daily releases",
    publisher="US Central Command",
    licence="US Government text, public domain",
    redistribute=True,
    citation="US Central Command. Daily strike releases, Operation Inherent Resolve.",
    page="https://www.centcom.mil/MEDIA/PRESS-RELEASES/",
    yields=("strike",),
    layouts=(Layout(name="by day and town", expected=("date", "location", "number"), plan=releases),),
    notes="A day without a release is missing, not zero. A strike, to the Coalition, may be many munitions at one target.",
)
