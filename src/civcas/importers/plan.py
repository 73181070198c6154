"""How a row becomes rows of civcas's tables: SQL expressions over published columns, each with what could be wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from civcas.importers.given import Given, text
from civcas.terms.flag_kinds import NO_ID

EASTERN, WESTERN = "٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789"
# What lists write in a column of numbers or dates where nothing is known; a field then holds nothing too.
NOT_KNOWN = ("n/a", "na", "#n/a", "n.a.", "nan", "null", "none", "nil", "-", "--", "–", "—", "?", ".", "..", "unknown", "not known",
             "not available", "unclear", "tbc", "غير معروف", "inconnu", "desconocido")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A row read as published that deserves a second look: the condition (SQL), its kind, and the sentence (SQL)."""

    when: str
    kind: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One field: its value, and a condition under which the row cannot be read, with the sentence that says so; and what to doubt in it."""

    value: str
    fails: str = ""
    because: str = ""
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to write from each row.

    `own_id` is the publisher's id; where there is none, the row's content names it. Every table takes
    every row that can be read, once.
    """

    tables: Mapping[str, Mapping[str, Column]]
    own_id: Column | None = None
    doubts: tuple[Doubt, ...] = ()


def constant(value: str) -> Column:
    return Column(value=text(value))


def computed(sql: str) -> Column:
    return Column(value=sql)


def as_published(given: Given, *names: str) -> Column:
    """The text as it stands, blanks and all; an empty cell is unknown."""
    return Column(value=given.get(*names))


def named_by(given: Given, name: str) -> Column | None:
    """The publisher's own id of a row; None where the file has no such column, and the content names every row.

    A row whose id is empty is counted like any other, named by its content, and flagged: it may be a person.
    """
    return name_in(given[name], name) if name in given else None


def name_in(cell: str, label: str) -> Column:
    """The cell (SQL) that names a row."""
    empty = f"(trim({cell}) <> '') IS NOT TRUE"
    return Column(
        value=cell,
        doubts=(Doubt(when=empty, kind=NO_ID, says=text(f"{label} is empty; the row is named by what it says")),),
    )


def required(given: Given, name: str) -> Column:
    """A text that must be there."""
    cell = given[name]
    return Column(
        value=cell, fails=f"({cell} IS NULL OR trim({cell}) = '')", because=text(f"{name} is empty; it names the row")
    )


def whole(given: Given, *names: str, at_least: int | None = 0, at_most: int | None = None,
          unknown: tuple[str, ...] = ()) -> Column:  # fmt: skip
    """A whole number of people or things; `6.0` is 6, an empty cell or a word for `unknown` is unknown, `about 6` cannot be read."""
    cell = given.get(*names)
    if cell == "NULL":
        return computed("NULL")
    number = as_number(_known(cell, unknown))
    floor = f" OR {number} < {at_least}" if at_least is not None else ""
    floor += f" OR {number} > {at_most}" if at_most is not None else ""
    odd = f"{number} <> floor({number}) OR NOT abs({number}) <= 9e15"
    wrong = f"(({number} IS NULL AND trim({_known(cell, unknown)}) <> '' OR {odd}{floor}) AND {says_something(cell)})"
    kind = "a whole number" + (f" from {at_least} up" if at_least is not None else "")
    kind = kind if at_most is None else f"a whole number from {at_least} to {at_most}"
    return Column(value=f"TRY_CAST({number} AS BIGINT)", fails=wrong, because=expected(names[0], cell, kind))


def number(
    given: Given,
    *names: str,
    low: float | None = None,
    high: float | None = None,
    comma: bool = False,
    unknown: tuple[str, ...] = (),
) -> Column:
    """A number, within bounds if they are given, with a decimal comma where `comma` says so; an empty cell is unknown."""
    cell = given.get(*names)
    if cell == "NULL":
        return computed("NULL")
    known = _known(cell, unknown)
    value = as_number(f"replace({known}, ',', '.')" if comma else known)
    bounds = f" OR {value} NOT BETWEEN {low} AND {high}" if low is not None else ""
    wrong = f"(({value} IS NULL AND trim({known}) <> ''{bounds} OR NOT isfinite({value})) AND {says_something(cell)})"
    kind = "a number" if low is None else f"a number from {low:g} to {high:g}"
    finite = f"CASE WHEN isfinite({value}) THEN {value} END"
    return Column(value=finite, fails=wrong, because=expected(names[0], cell, kind))


def as_number(cell: str) -> str:
    """A number (SQL) in western or eastern digits; NULL where it is none."""
    return (
        f"coalesce(TRY_CAST({cell} AS DOUBLE), TRY_CAST(translate({cell}, {text(EASTERN)}, {text(WESTERN)}) AS DOUBLE))"
    )


def says_something(cell: str) -> str:
    """Whether a cell (SQL) says more than that its value is not known."""
    return f"lower(trim({cell})) NOT IN ({', '.join(map(text, NOT_KNOWN))})"


def _known(cell: str, unknown: tuple[str, ...]) -> str:
    for word in unknown:
        cell = f"nullif({cell}, {text(word)})"
    return cell


def latitude(given: Given, *names: str, comma: bool = False) -> Column:
    return number(given, *names, low=-90, high=90, comma=comma)


def longitude(given: Given, *names: str, comma: bool = False) -> Column:
    return number(given, *names, low=-180, high=180, comma=comma)


def translated(cell: str, words: Mapping[str, str], otherwise: str = "NULL") -> Column:
    """A code of the publisher's in words of ours; a code that is not in the list becomes `otherwise`."""
    cases = " ".join(f"WHEN {text(code)} THEN {text(word)}" for code, word in words.items())
    return Column(value=f"CASE {cell} {cases} ELSE {otherwise} END")


def details(given: Given, *names: str) -> Column:
    """Several columns as one JSON object, such as what is said of one person."""
    there = {name: given[name] for name in names if name in given}
    return Column(
        value="to_json({" + ", ".join(f"{text(n)}: {cell}" for n, cell in there.items()) + "})" if there else "NULL"
    )


def parties(*cells: str) -> Column:
    """Parties from several cells, as published, each once, separated by `; `; an empty cell names nobody."""
    if len(cells) != 2:
        return _each_once(f"[x FOR x IN [{', '.join(cells)}] IF trim(x) <> '']")
    first, second = (f"CASE WHEN trim({cell}) <> '' THEN {cell} END" for cell in cells)
    again = f"CASE WHEN {second} IS DISTINCT FROM {first} THEN {second} END"
    return Column(value=f"nullif(concat_ws('; ', {first}, {again}), '')")


def listed(given: Given, name: str, *, separator: str) -> Column:
    """Several parties in one cell, as published, each once, separated by `; `."""
    cell = given.get(name)
    return _each_once(f"[trim(x) FOR x IN string_split({cell}, {text(separator)}) IF trim(x) <> '']")


def _each_once(names: str) -> Column:
    once = f"list_filter({names}, lambda x, i: list_position({names}, x) = i)"
    return Column(value=f"nullif(array_to_string({once}, '; '), '')")


def expected(name: str, cell: str, kind: str) -> str:
    """The sentence (SQL) that says what stands in a cell that cannot be read, and what should."""
    return f"{text(name + ' is ')} || chr(39) || left({cell}, 60) || chr(39) || {text('; expected ' + kind)}"
