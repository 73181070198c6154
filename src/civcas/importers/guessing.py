"""What column names and values may mean: guesses that a person checks before anything is imported."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

# field → parts of names that point to it, most telling first
NAMES: dict[str, tuple[str, ...]] = {
    "id": (
        "id",
        "code",
        "incident no",
        "incident number",
        "incident nr",
        "reference",
        "رمز",
        "رقم الحادث",
        "رقم الحادثة",
        "الرقم",
        "المعرف",
    ),
    "date_start": ("date", "day", "start date", "date from", "تاريخ", "التاريخ", "اليوم"),
    "date_end": ("end date", "date end", "date to", "until", "إلى تاريخ"),
    "country": ("country", "البلد", "الدولة"),
    "province": ("province", "governorate", "district", "region", "admin1", "محافظة", "المحافظة"),
    "place": ("place", "location", "town", "village", "city", "المكان", "الموقع", "البلدة", "المدينة", "القرية"),
    "latitude": ("latitude", "lat", "خط العرض"),
    "longitude": ("longitude", "long", "lon", "lng", "خط الطول"),
    "belligerents": (
        "belligerent",
        "perpetrator",
        "actor",
        "party",
        "responsible",
        "who",
        "blamed",
        "الجهة",
        "المسؤول",
        "الفاعل",
    ),
    "strike_type": ("strike type", "weapon", "means", "type of attack", "attack type", "نوع الهجوم", "السلاح"),
    "grading": ("grading", "grade", "التقييم"),
    "civ_killed_min": (
        "civilians killed min",
        "civilians killed",
        "killed min",
        "min killed",
        "minimum",
        "killed",
        "deaths",
        "dead",
        "القتلى",
        "عدد القتلى",
        "شهداء",
        "الشهداء",
        "الضحايا",
    ),
    "civ_killed_max": ("civilians killed max", "killed max", "max killed", "maximum"),
    "civ_injured_min": ("injured min", "civilians injured", "injured", "wounded", "الجرحى", "عدد الجرحى"),
    "civ_injured_max": ("injured max",),
    "children_killed_min": ("children killed", "children", "أطفال", "الأطفال"),
    "women_killed_min": ("women killed", "women", "نساء", "النساء"),
    "text": ("notes", "description", "summary", "comment", "remarks", "ملاحظات", "الوصف"),
    "source": ("source", "المصدر"),
}
FORMATS = (
    "%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%d.%m.%Y", "%Y/%m/%d", "%d %B %Y", "%d %b %Y", "%d-%b-%Y", "%d-%b-%y",
    "%B %d, %Y", "%Y%m%d", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%d.%m.%y", "%d/%m/%y", "%m/%d/%y",
)  # fmt: skip
HIGHEST = re.compile(
    r"(?<!\w)(?:max|maximum|highest|upper|الأعلى|الأقصى|أقصى)(?!\w)"
)  # of a pair of columns, the upper end of a range
AT_LEAST = re.compile(
    r"\s*(?:at least|min\.?|minimum|more than or equal to|≥|>=|على الأقل)\s*([\d٠-٩]+)\s*", re.IGNORECASE
)
RIVALS = {"%d/%m/%Y": "%m/%d/%Y", "%d-%m-%Y": "%m-%d-%Y", "%d/%m/%y": "%m/%d/%y"}
DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")


def names_of(column: str) -> list[str]:
    """Fields whose names point to this column, the most telling first."""
    scores = []
    spelt = re.sub(r"[_.\-/()]+", " ", column).strip()
    for wanted, names in NAMES.items():
        for rank, name in enumerate(names):
            if spelt == name or re.search(rf"(?<!\w){re.escape(name)}(?!\w)", spelt):
                scores.append((-len(name) - (100 if spelt == name else 0), rank, _end(wanted, spelt)))
                break
    return [wanted for _, _, wanted in sorted(scores)]


def _end(wanted: str, spelt: str) -> str:
    return wanted[:-4] + "_max" if wanted.endswith("_min") and HIGHEST.search(spelt) else wanted


def open_range(value: str) -> str:
    """`5+` for "at least 5"; nothing for words that say something else."""
    found = AT_LEAST.fullmatch(value)
    return f"{found[1]}+" if found else ""


def day_formats(values: Sequence[str]) -> tuple[list[str], str]:
    """Formats that together read every value, and a question where values fit a day and a month either way round."""
    left = [v.strip().translate(DIGITS) for v in values if v.strip()]
    chosen: list[str] = []
    question = ""
    for wanted in FORMATS:
        fitting = [v for v in left if _reads(v, wanted)]
        if not fitting:
            continue
        rival = RIVALS.get(wanted)
        if rival and sum(_reads(v, rival) for v in left) > len(fitting):
            continue
        if rival and all(_reads(v, rival) for v in fitting):
            question = f"{fitting[0]} fits {wanted} and {rival}: write the right one under formats"
        chosen.append(wanted)
        left = [v for v in left if v not in set(fitting)]
    return (chosen, question) if chosen and not left else ([], "")


def _reads(value: str, wanted: str) -> bool:
    try:
        return dt.datetime.strptime(value, wanted).year > 1900
    except ValueError:
        return False
