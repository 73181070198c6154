"""The field's closed vocabularies: each word with what it means."""

from __future__ import annotations

from enum import StrEnum


class Word(StrEnum):
    """One word of a closed vocabulary, with its meaning."""

    meaning: str

    def __new__(cls, value: str, meaning: str) -> Word:
        word = str.__new__(cls, value)
        word._value_ = value
        word.meaning = meaning
        return word


class Grading(Word):
    """How well civilian harm in an incident is established, in Airwars' five grades and two that occur beside them."""

    CONFIRMED = "Confirmed", "a specific belligerent has accepted responsibility for the harm"
    FAIR = "Fair", "two or more credible sources, with likely or confirmed near actions by a belligerent"
    WEAK = "Weak", "a single-source claim, though sometimes with significant information"
    CONTESTED = "Contested", "competing claims of responsibility"
    CONTESTED_DISCOUNTED = "Contested, Discounted", "published with both grades at once"
    DISCOUNTED = "Discounted", "those killed were combatants, or other parties are most likely responsible"
    UNGRADED = "ungraded", "published without a grade"


class Grades(Word):
    """A set of gradings that readers add up together; each says which it takes."""

    CONFIRMED = "confirmed", "Confirmed only"
    FAIR_CONFIRMED = "fair+confirmed", "Fair and Confirmed: the headline rule of the field"
    CONTESTED = "+contested", "Fair, Confirmed and Contested"
    ALL_BUT_DISCOUNTED = (
        "all-but-discounted",
        "Confirmed, Fair, Weak and Contested: every single grading except Discounted; ungraded left out",
    )
    ALL = "all", "every incident, whatever its grading"

    @property
    def gradings(self) -> tuple[Grading, ...]:
        return _GRADES[self]


_GRADES: dict[Grades, tuple[Grading, ...]] = {
    Grades.CONFIRMED: (Grading.CONFIRMED,),
    Grades.FAIR_CONFIRMED: (Grading.FAIR, Grading.CONFIRMED),
    Grades.CONTESTED: (Grading.FAIR, Grading.CONFIRMED, Grading.CONTESTED),
    Grades.ALL_BUT_DISCOUNTED: (Grading.FAIR, Grading.CONFIRMED, Grading.CONTESTED, Grading.WEAK),
    Grades.ALL: tuple(Grading),
}


class Bound(Word):
    """Which end of each incident's civcas min–max is summed."""

    MIN = "min", "the lowest number the recorder holds for each incident"
    MAX = "max", "the highest number the recorder holds for each incident"
    RANGE = "range", "from the lowest to the highest number: both ends are carried through, for each side by itself"


class Estimand(Word):
    """What a number about recorded months or incidents is a number of."""

    AS_IT_TENDS = (
        "as_it_tends",
        "the rate at which months and incidents like these come about; the interval allows for months that resemble their neighbours",
    )
    AS_IT_WAS = (
        "as_it_was",
        "these months as this recorder holds them: the range of the records, without a sampling interval",
    )


class Attribution(Word):
    """Which incidents count for a belligerent, by who else is named in them."""

    SOLE = "sole", "incidents in which this belligerent alone is named"
    SHARED = "shared", "incidents in which others are named beside it"
    ANY = "any", "every incident that names it, sole or shared, once each"


class Exposure(Word):
    """What a total is divided by: what could have caused the harm, with its unit."""

    MONTH = "month", "per calendar month, for windows of whole months"
    DAY = "day", "per real day of the window"
    INCIDENT = "incident", "per recorded incident in which a number of killed is alleged"
    STRIKE = "declared strike", "per strike that the belligerent declares; no two militaries count one alike"
    SORTIE = "declared sortie", "per sortie (one aircraft, one mission) that the belligerent declares"
    MUNITION = "declared munition", "per munition that the belligerent declares as released"
    NONE = "none", "no division: totals are compared as they stand"


class StrikeStatus(Word):
    """How surely a belligerent acted at that place and time."""

    DECLARED = "declared", "the belligerent says it struck there"
    LIKELY = "likely", "two or more attributions"
    CONTESTED = "contested", "none or competing attributions"
    SINGLE_SOURCE = "single_source_claim", "one source names the belligerent"


class Responsibility(Word):
    """How one belligerent is held responsible for an incident."""

    SUSPECTED = "suspected", "sources name it"
    KNOWN = "known", "it has admitted the harm"
    CONTESTED = "contested", "it denies the harm, or sources disagree: none to all of it may be its own"
    CLEARED = "cleared", "it is not held responsible, though sources name it: it has no row"


class Outcome(Word):
    """What happened to a person."""

    KILLED = "killed", "dead, as reported"
    INJURED = "injured", "wounded and alive, as reported"


class Group(Word):
    """Whom a count is about; groups need not add up to the total."""

    CIVILIANS = "civilians", "non-combatants taking no active part in hostilities"
    CHILDREN = "children", "civilians under 18"
    WOMEN = "women", "adult civilian women"
    MEN = "men", "adult civilian men"
    BELLIGERENTS = "belligerents", "members of armed groups and forces"
    ALL = "all", "everyone, where a source does not tell civilians from others"


class DatePrecision(Word):
    """How exactly a date is known."""

    DAY = "day", "known to the day"
    RANGE = "range", "some time between two dates"
    WEEK = "week", "known to the week"
    MONTH = "month", "known to the month"
    YEAR = "year", "known to the year"
    UNKNOWN = "unknown", "not known"


class GeoPrecision(Word):
    """How exactly a place is known, in Airwars' scale from coarse to fine."""

    COUNTRY = "country", "somewhere in the country"
    PROVINCE = "province_governorate", "somewhere in the province or governorate"
    DISTRICT = "district", "somewhere in the district"
    SUBDISTRICT = "subdistrict", "somewhere in the subdistrict"
    CITY = "city", "somewhere in the city"
    TOWN = "town", "somewhere in the town"
    VILLAGE = "village", "somewhere in the village"
    NEIGHBOURHOOD = "neighbourhood_area", "somewhere in the neighbourhood"
    STREET = "street", "on the street"
    LANDMARK = "nearby_landmark", "near a named landmark"
    WITHIN_100M = "within_100m", "within a hundred metres"
    WITHIN_1M = "within_1m", "within a metre"
    EXACT = "exact_location", "the exact place"
    UNKNOWN = "unknown", "not known"


class StrikeUnit(Word):
    """What a military counts when it says how much it did; unlike units are never divided by one another unsaid."""

    STRIKE = "strike", "one engagement as the declaring party defines it"
    SORTIE = "sortie", "one flight of one aircraft"
    MUNITION = "munition", "one weapon released"
    TARGET = "target", "one target engaged"
    RAID = "raid", "one mission against one place"


class Sensitivity(Word):
    """Who may see a field."""

    PUBLIC = "public", "may be published"
    INTERNAL = "internal", "for the people of the case"
    RESTRICTED = "restricted", "could put a person at risk; never leaves the case"


class Verdict(Word):
    """What the readings say of a claim, by rule and never by hand."""

    SUPPORTED = (
        "supported",
        "whatever is meant: the intervals lie inside what is claimed in at least 80% of the readings by weight, and outside it in none",
    )
    CONTRADICTED = (
        "contradicted",
        "whatever is meant: the intervals lie outside what is claimed in at least 80% of the readings by weight, and inside it in none",
    )
    SIZE_OPEN = (
        "direction shown, size open",
        "which side is higher is shown in at least 80% of the readings, and against it in none; how much higher is not settled",
    )
    MIXED = (
        "mixed",
        "some readings support it and some contradict it, under one meaning: choices that could go either way decide it",
    )
    DEPENDS = "depends on what is meant", "the sentence can mean several things, and their verdicts differ"
    CANNOT_BE_TOLD = (
        "cannot be told",
        "the intervals are too wide, there are too few incidents or no numbers, or the data cannot identify what is claimed",
    )
    NOT_FACTUAL = "not a factual claim", "a prediction, a judgement or an opinion"


class ReadingOutcome(Word):
    """What one reading says of a claim."""

    SUPPORTS = "supports", "the whole interval lies inside what is claimed"
    CONTRADICTS = "contradicts", "the whole interval lies outside what is claimed"
    OPEN = "open", "the interval crosses an edge of what is claimed, or there is too little for an interval"
    REFUSED = "refused", "no number can be given under this reading, for the reason stated"


def vocabularies() -> tuple[type[Word], ...]:
    """Every closed vocabulary, in the order the data dictionary shows them."""
    return (
        Grading, Grades, StrikeStatus, Responsibility, Attribution, Bound, Estimand, Exposure, StrikeUnit, Group, Outcome,
        DatePrecision, GeoPrecision, Sensitivity, Verdict, ReadingOutcome,
    )  # fmt: skip
