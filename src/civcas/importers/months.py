"""Names of months, as lists of events write them in several languages, and the other words that stand in a cell with a day."""

from __future__ import annotations

import re
import unicodedata

# One line a month: English, French, Spanish, Portuguese, German, Turkish, Russian, Ukrainian; Arabic of Egypt, the Maghreb and the Levant.
_NAMES = """
january jan janvier janv enero janeiro januar jänner ocak января январь янв січня січень يناير جانفي كانون_الثاني كانون_ثاني
february feb février fevrier févr fev fév febrero fevereiro februar şubat февраля февраль фев лютого лютий فبراير فيفري شباط
march mar mars marzo março märz mart марта март мар березня березень مارس آذار اذار
april apr avril avr abril nisan апреля апрель апр квітня квітень أبريل ابريل إبريل أفريل نيسان
may mai mayo maio mayıs мая май травня травень مايو ماي أيار ايار
june jun juin junio junho juni haziran июня июнь июн червня червень يونيو يونيه جوان حزيران
july jul juillet juil julio julho juli temmuz июля июль июл липня липень يوليو يوليه جويلية تموز
august aug août aout agosto ağustos августа август авг серпня серпень أغسطس اغسطس أوت آب اب
september sep sept septembre septiembre setiembre setembro eylül сентября сентябрь сен вересня вересень سبتمبر شتنبر أيلول ايلول
october oct octobre octubre outubro oktober okt ekim октября октябрь окт жовтня жовтень أكتوبر اكتوبر تشرين_الأول تشرين_الاول تشرين_أول
november nov novembre noviembre novembro kasım ноября ноябрь ноя листопада листопад نوفمبر نونبر تشرين_الثاني تشرين_ثاني
december dec décembre déc diciembre dezembro dezember dez aralık декабря декабрь дек грудня грудень ديسمبر دجنبر كانون_الأول كانون_أول
"""
_DAYS = """monday mon tuesday tue tues wednesday wed thursday thu thur thurs friday fri saturday sat sunday sun
lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes miércoles jueves viernes sábado domingo
montag dienstag mittwoch donnerstag freitag samstag sonntag
понедельник вторник среда четверг пятница суббота воскресенье
الاثنين الإثنين الثلاثاء الأربعاء الاربعاء الخميس الجمعة السبت الأحد الاحد"""
# The hour does not change which day is written.
_HOURS = (
    r"(?:in|during|at|on)?\s*(?:the\s+)?(?:early\s+|late\s+)?"
    r"(?:overnight|hours|night|evening|morning|afternoon|noon|midday|dawn|dusk|midnight)"
)


HAMZA = str.maketrans("أإآ", "ااا")  # a letter that writers of Arabic often leave plain


def folded(word: str) -> str:
    """A word without differences of case and of how its accents and hamzas are written."""
    return unicodedata.normalize("NFKC", word).casefold().replace("i\u0307", "i").translate(HAMZA)


MONTHS = {
    folded(name).replace("_", " "): month
    for month, line in enumerate(_NAMES.strip().splitlines(), start=1)
    for name in line.split()
}
_WORD = r"(?<![^\W\d_])(?:{})(?![^\W\d_])\.?"


def _any_of(words: list[str]) -> str:
    return _WORD.format("|".join(re.escape(w) for w in sorted(words, key=len, reverse=True)))


MONTH = re.compile(_any_of(list(MONTHS)))
WEEKDAY = re.compile(_any_of([folded(d) for d in _DAYS.split()]) + r"\s*[,،]?")
HOUR = re.compile(rf"[(,]?\s*(?<![^\W\d_]){_HOURS}(?![^\W\d_])\s*\)?")
CLOCK = re.compile(r"[,(]?\s*\b(?:at\s+)?(?:[01]?\d|2[0-4])(?:[:.h][0-5]\d)(?::[0-5]\d(?:\.\d+)?)?\s*(?:[ap]\.?m\b\.?)?"
                   r"\s*(?:z\b|utc\b|gmt\b|[+-]\d\d:?\d\d)?\s*\)?$|[,(]?\s*\b(?:at\s+)?(?:1[0-2]|0?[1-9])\s*[ap]\.?m\b\.?\)?$")  # fmt: skip
