"""Which column holds which field, apart from numbers of people: days, places, parties, ids; and lists of people."""

from __future__ import annotations

import re

from civcas.importers import column_words as known
from civcas.importers.columns import longest, plainly, reading, says
from civcas.importers.drafting import Draft
from civcas.importers.guessing import DIGITS, count_cell, day_formats, days_understood, fields_of, number_cell
from civcas.importers.harm_columns import is_counted
from civcas.importers.looking import Look, Seen
from civcas.terms.tables import REPORT

DAY = ("date_start", "date_end", "published")
PAIR = re.compile(r"[\s(\[]*(-?\d{1,3}(?:[.,]\d+)?)\s*([,;/|\s])\s*(-?\d{1,3}(?:[.,]\d+)?)[\s)\]]*")
POINT = "coordinates coords coordinate gps lat_long latlong latlon lat_lon geo point coordenadas coordonnees координаты координати احداثيات"
SIDE = re.compile(
    r"(?:side|actor|party|source|target|bando|parte|partie|camp|сторона|طرف)? ?(?:[ab12]|actor|sector)(?: name)?|a|b"
)
SEVERAL = ("؛", ";", "،", ",", " / ")
CODED = (
    "code",
    "geo_precision",
    "strike_status",
    "grading",
    "id",
    "strike_type",
)  # texts that may be written as numbers
NAMES_DIFFER = 0.5  # share of different values from which a column of names is one of people, and not of places
NEARLY = 0.95


def place_fields(draft: Draft, look: Look) -> None:
    """Give each field the column that fits it best; a column goes to one field."""
    place_point(draft, look)
    free = [s for s in look.columns.values() if s.filled and s.name not in draft.taken and not is_counted(s)]
    fitting = [(score, -at, wanted, seen) for at, seen in enumerate(free) for score, wanted in fields_of(seen.called)]
    for _, _, wanted, seen in sorted(fitting, key=lambda each: each[:2], reverse=True):
        if wanted in draft.fields or seen.name in draft.taken or wanted == "id":
            continue
        cell, question = _cell(wanted, seen)
        if cell is not None:
            draft.take(wanted, cell, seen.name, question=question)
    place_id(draft, look, [s for s in free if s.name not in draft.taken])


def _cell(wanted: str, seen: Seen) -> tuple[object, str]:
    """How to read the column as that field; None where its values say that it is something else."""
    kind = str(REPORT.field(wanted).type)
    if kind.startswith("date"):
        return _day(wanted, seen)
    if kind == "double":
        return number_cell(seen.name, seen.values), ""
    if kind == "int64":
        return count_cell(seen.name, seen.values, least=0.8)
    if wanted not in CODED and all(re.fullmatch(r"[-\d.,\s]+", v) for v in seen.filled):
        return None, ""  # a place or a party is no number
    if wanted == "belligerents" and _names_harmed(seen):
        return None, ""
    several = next((s for s in SEVERAL if wanted == "belligerents" and any(s in v for v in seen.values)), "")
    return ({"column": seen.name, "separator": several} if several else seen.name), ""


def _names_harmed(seen: Seen) -> bool:
    """Whether a column called "who" says who was harmed, row by row."""
    return any(
        reading(v).who in ("civilians", "children", "women", "men", "all")
        for v in dict.fromkeys(seen.filled)
        if len(v) < 60
    )


def _day(wanted: str, seen: Seen) -> tuple[object, str]:
    """A column of days: by patterns that fit all of it, else as every importer reads days, where that reads most of it."""
    formats, question = day_formats(seen.values)
    if formats:
        return {"column": seen.name, "formats": formats}, f"{wanted}: {question}" if question else ""
    read, question = days_understood(seen.filled)
    return (seen.name, f"{wanted}: {question}" if question else "") if read else (None, "")


def place_point(draft: Draft, look: Look) -> None:
    """Latitude and longitude that stand in one cell."""
    for seen in look.columns.values():
        lat, long = (says(known.FIELDS[f], seen.called) for f in ("latitude", "longitude"))
        if not seen.filled or not ((lat and long) or says(POINT, seen.called)):
            continue
        pairs = [PAIR.fullmatch(v.translate(DIGITS)) for v in seen.filled]
        if not all(pairs):
            continue
        marks = {m[2] for m in pairs if m}
        if len(marks) != 1:
            continue
        swapped = _long_first(seen.called) or any(abs(float(m[1].replace(",", "."))) > 90 for m in pairs if m)
        comma = marks != {","} and any("," in m[1] for m in pairs if m)
        for field, part in (("latitude", 2 if swapped else 1), ("longitude", 1 if swapped else 2)):
            cell = {"column": seen.name, "separator": marks.copy().pop(), "part": part}
            draft.take(field, cell | ({"decimal_comma": True} if comma else {}), seen.name)
        if not (lat and long) and not swapped:
            draft.ask(
                f"{seen.name}: is the first number the latitude (north)? If it is the longitude, exchange part 1 and part 2",
                seen.name,
            )
        return


def _long_first(called: str) -> bool:
    spelt = plainly(called)
    return spelt.find("lon") != -1 and spelt.find("lon") < spelt.find("lat")


def place_id(draft: Draft, look: Look, free: list[Seen]) -> None:
    """The column that names a row; one that stands in several rows names something else, and a person is asked."""
    found = [s for s in free if any(w == "id" for _, w in fields_of(s.called))]
    counts = {s.name: look.different(s.name) for s in found}
    for seen in found:
        many, different = counts[seen.name]
        if many == different > 0:
            draft.take("id", seen.name, seen.name)
            return
    if not found:
        return
    seen = max(found, key=lambda s: counts[s.name][1])
    many, different = counts[seen.name]
    if different * 50 < many and not says("id incident_id event_id case_id", seen.called):
        return  # a code of few values, such as of a kind of event
    nearly = different >= many * NEARLY
    draft.take("id" if nearly else "code", seen.name, seen.name)
    draft.ask(f"{seen.name}: {many:,} rows have {different:,} different ids. " + (
        "Are those that stand twice the same row again? If not, delete id: then what a row says names it" if nearly else
        "It does not name a row, so it is kept as code. Is each row one of several accounts or people of one incident? "
        "Then write row_is: {constant: account} or person, so that nothing is counted twice"), seen.name)  # fmt: skip


def place_person(draft: Draft, look: Look) -> bool:
    """One person a row: who they were as one field that never leaves a case. Whether this table is such a list."""
    found: dict[str, Seen] = {}
    for key, words in known.PERSON.items():
        fitting = [s for s in look.columns.values() if s.filled and longest(words, s.called)[0]]
        if fitting and fitting[0] not in found.values():
            found[key] = fitting[0]
    names = [found[k] for k in ("name", "en_name", "ar_name") if k in found]
    if not names or not {"age", "sex", "dob"} & set(found) or not all(map(_names_people, names[:1])):
        return False
    if any(reading(s.called).what in ("killed", "injured") and is_counted(s) for s in look.columns.values()):
        return False
    kept = {key: _of_person(key, seen) for key, seen in found.items() if key != "died"}
    own = next((s for s in look.columns.values() if s.filled and plainly(s.called) in _ids()), None)
    if own is not None:
        kept["id"] = own.name
    draft.take("row_is", {"constant": "person"})
    draft.take("person", {"keys": kept}, *(s.name for s in found.values()))
    for end in ("min", "max"):
        draft.take(f"all_killed_{end}", {"constant": "1"})
    draft.fields.pop("date_start", None)
    if "died" in found:
        day = _day("date_start", found["died"])
        draft.take("date_start", day[0] or found["died"].name, found["died"].name, question=day[1])
    draft.ask(f"one row is one person ({names[0].name}): were all of them killed? Proposed: each counts as one person killed, "
              "civilian or not; if all were civilians, write civ_killed_min and civ_killed_max; if not all were killed, delete both lines",
              names[0].name)  # fmt: skip
    return True


def _ids() -> set[str]:
    return {plainly(w) for w in known.FIELDS["id"].split()} | {"id number", "identification number", "national id"}


def _names_people(seen: Seen) -> bool:
    filled = [v.strip() for v in seen.filled]
    words = [v for v in filled if re.search(r"[^\W\d]{2}", v)]
    return len(words) * 10 >= len(filled) * 8 and len(set(filled)) >= len(filled) * NAMES_DIFFER


def _of_person(key: str, seen: Seen) -> object:
    """A column of what is said of a person; words for women and men become f and m."""
    if key != "sex":
        return seen.name
    meant = {plainly(w): letter for letter, words in known.SEX_WORDS.items() for w in words.split()}
    words = {v: meant[plainly(v)] for v in sorted(set(map(str.strip, seen.filled))) if plainly(v) in meant}
    changed = {v: letter for v, letter in words.items() if v != letter}
    return {"column": seen.name, "words": changed} if changed else seen.name


def place_sides(draft: Draft, look: Look) -> None:
    """Two columns that name a side each are both parties."""
    if "belligerents" in draft.fields:
        return
    sides = [s for s in look.columns.values() if s.filled and s.name not in draft.taken and SIDE.fullmatch(plainly(s.called))
             and not number_cell(s.name, s.values)]  # fmt: skip
    if len(sides) == 2:
        draft.take("belligerents", {"columns": [s.name for s in sides]}, *(s.name for s in sides))


def place_days(draft: Draft, look: Look) -> str:
    """Where no name says date, the first column of days; what to say of it."""
    if "date_start" in draft.fields or "person" in draft.fields:
        return ""
    free = [s for s in look.columns.values() if s.name not in draft.taken and s.filled]
    for seen in free:
        if longest(known.COARSE, seen.called)[0] and (day := _day("date_start", seen))[0] is not None:
            draft.take("date_start", day[0], seen.name, question=day[1])
            parts = [s.name for s in free if s is not seen and longest(known.APART, s.called)[0]]
            draft.told.update(parts)
            apart = f"{seen.name!r} is taken for date_start; {', '.join(map(repr, parts))} say the day more exactly, but stand apart: "
            return apart + "write year, month and day in one column (2016-03-04), and map that" if parts else ""
    for seen in free:
        if _holds_days(seen):
            cell, question = _day("date_start", seen)
            draft.take("date_start", cell, seen.name, question=question)
            return f"{seen.name!r} holds days ({seen.examples}) and is taken for date_start"
    return ""


def _holds_days(seen: Seen) -> bool:
    return bool(day_formats(seen.values[:200])[0]) and not all(re.fullmatch(r"\d{1,8}", v) for v in seen.filled)


def ask_what_is_left(draft: Draft, look: Look, first: str = "") -> None:
    """One question about the days, parties and statuses that no field takes, and about parties where no column names any."""
    parts = [first] if first else []
    both = draft.fields.get("belligerents")
    if isinstance(both, dict) and "columns" in both:
        parts.append(
            f"{' and '.join(both['columns'])} are both taken for parties that may have done it: delete one that did not"
        )
    elif not both and len(draft.fields) > 1:
        parts.append(
            "no column was taken for who did it: write belligerents: COLUMN, or {constant: NAME} if it is one for every row"
        )
    left = [f"{s.name!r} ({kind}: {s.examples})" for s in look.columns.values() if (kind := _left(draft, s))]
    if left:
        parts.append(
            f"no field takes {'; '.join(left)}: name a field for each that you need, else it is kept under extra"
        )
    if parts:
        draft.ask("; ".join(parts))


def _left(draft: Draft, seen: Seen) -> str:
    """What a column that nothing takes or asks about looks like, where that must not be dropped in silence."""
    if seen.name in draft.taken | draft.told or not seen.filled:
        return ""
    said = reading(seen.called)
    if said.what:
        return (
            "people killed, but not in numbers"
            if said.what == "killed" and said.counts and not is_counted(seen)
            else ""
        )
    dated = any(re.search(r"\d{4}", v.translate(DIGITS)) for v in seen.filled)
    if _holds_days(seen) or (says(known.DATES, seen.called) and dated):
        return "a date"
    if longest(known.FIELDS["belligerents"], seen.called)[0] and _names_harmed(seen):
        return "who was harmed, row by row: no row of others counts as civilians"
    return "a party" if says(known.PARTIES, seen.called) else "a status" if says(known.STATUSES, seen.called) else ""
