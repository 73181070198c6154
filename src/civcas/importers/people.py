"""Who a person was, as one field that never leaves a case, and what in it cannot be."""

from __future__ import annotations

from civcas.importers.given import Given, text
from civcas.importers.plan import EASTERN, WESTERN, Column, Doubt, details
from civcas.terms.flag_kinds import AGE_AND_BIRTH, AGE_IMPOSSIBLE, DEAD_BEFORE_BIRTH

OLDEST = 120
YEAR = r"\b((?:18|19|20)\d\d)\b"


def person(
    given: Given, *names: str, age: str = "", born: str = "", first: str = "", last: str = "", since: int = 0
) -> Column:
    """The columns `names` as one JSON object, with doubts about the columns `age` and `born`.

    `first` and `last` (SQL) are the days between which the person died; where a list gives none, its deaths lie between
    the year `since` and the latest that a file may name.
    """
    said = details(given, *names)
    return Column(value=said.value, doubts=impossible(given, age=age, born=born, first=first, last=last, since=since))


def impossible(
    given: Given, *, age: str, born: str, first: str = "", last: str = "", since: int = 0
) -> tuple[Doubt, ...]:
    """An age that nobody has; a death before birth; an age that does not lie between the years of birth and death.

    Years are compared, not days: who was born in 1994 and died in 2024 was 29 or 30.
    """
    years, birth = _number(given.seen(age)), _year(given.seen(born))
    begins = f"coalesce(year({first}), {since})" if first and since else f"year({first})" if first else str(since)
    ends = f"coalesce(year({last}), {given.latest.year})" if last else str(given.latest.year)
    found = []
    if age in given:
        found.append(Doubt(when=f"{years} NOT BETWEEN 0 AND {OLDEST}", kind=AGE_IMPOSSIBLE,
                           says=f"{text(f'{age} is ')} || {given.seen(age)} || {text(f'; expected 0 to {OLDEST}')}"))  # fmt: skip
    if born in given:
        before = f"({birth} > {ends}" + (f" OR TRY_CAST({given.seen(born)} AS DATE) > {last}" if last else "") + ")"
        found.append(Doubt(when=before, kind=DEAD_BEFORE_BIRTH,
                           says=f"{text(f'the year of {born} is ')} || {birth} || ', after the death'"))  # fmt: skip
    if age in given and born in given and (first or since):
        off = f"({years} BETWEEN 0 AND {OLDEST} AND ({birth} + floor({years}) > {ends} OR {birth} + floor({years}) + 1 < {begins}))"
        found.append(Doubt(when=off, kind=AGE_AND_BIRTH,
                           says=f"{text(f'{age} is ')} || {given.seen(age)} || {text(f' and the year of {born} is ')} || {birth} || "
                           f"', which is another age at any day of death from ' || {begins} || ' to ' || {ends}"))  # fmt: skip
    return tuple(found)


def _number(cell: str) -> str:
    return f"TRY_CAST(translate({cell}, {text(EASTERN)}, {text(WESTERN)}) AS DOUBLE)"


def _year(cell: str) -> str:
    western = f"translate({cell}, {text(EASTERN)}, {text(WESTERN)})"
    return f"TRY_CAST(nullif(regexp_extract({western}, {text(YEAR)}, 1), '') AS INTEGER)"
