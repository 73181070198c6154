"""Reads a claims file, and says of each wrong thing where it stands, what it is and what was expected."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from civcas.catalog import Measure, entries
from civcas.claims.article import Article, Claim, ClaimKind, Expect
from civcas.claims.marked_yaml import Marked, load, parse
from civcas.claims.roles import Roles, assign
from civcas.errors import BadInput, CivcasError, UnknownName
from civcas.terms.reading import AGAINST, FIELDS, Reading
from civcas.terms.vocabulary import Estimand

TOP = ("article", "windows", "claims")
ARTICLE = ("author", "title", "outlet", "date")
CLAIM = {
    "id": "a short name, once in the file",
    "says": "the sentence, in your own words",
    "kind": "what sort of sentence it is (ClaimKind)",
    "attributed_to": "who is said to have said it",
    "ask": "a measure and what it must be told",
    "expect": "what the claim says the answer is: value with within, above, or below",
    "means": "choices that change what the sentence means; each combination has a verdict of its own",
    "vary": "choices between which an honest analyst could go either way under one meaning",
    "estimand": "as_it_was (these months as recorded) or as_it_tends (the rate behind them); as_it_tends unless said",
    "context": "what a reader should know",
    "would_decide": "what data would decide it",
    "cannot_identify": "which part of the claim the data lack; it then cannot be told",
}
"""The parts of a claim, each with what it is for."""
EXPECT = ("value", "within", "above", "below")


def read(path: Path) -> Article:
    """The article in a claims file."""
    return _article(load(path), where=str(path))


def read_text(text: str, *, where: str = "the claims") -> Article:
    """The article in the text of a claims file."""
    return _article(parse(text, where=where), where=where)


def article_of(top: Marked, *, where: str) -> Article:
    """The article in what was read of a claims file; for who takes its claims one at a time."""
    return _article(top, where=where)


def _article(top: Marked, *, where: str) -> Article:
    _known_keys(top, TOP, "part of a claims file", where)
    about = _mapping(top, "article", where)
    _known_keys(about, ARTICLE, "part of article", where)
    for name in ARTICLE:
        _required(about, name, where)
    windows = _mapping(top, "windows", where) if "windows" in top else Marked()
    listed = _required(top, "claims", where)
    if not isinstance(listed, list) or not listed:
        raise BadInput(f"claims holds {listed!r}", where=_at(where, top, "claims"), expected="a list of claims")
    claims = tuple(_claim(each, windows, where) for each in listed)
    _require_unique(claims, where)
    return Article(
        title=str(about["title"]),
        author=str(about["author"]),
        outlet=str(about["outlet"]),
        date=_date(about["date"], _at(where, about, "date")),
        claims=claims,
        file=where,
    )


def _claim(given: Any, windows: Mapping[str, Any], where: str) -> Claim:
    if not isinstance(given, Marked):
        raise BadInput(f"a claim is {given!r}", where=where, expected="a mapping with id, says and kind")
    _known_keys(given, tuple(CLAIM), "part of a claim", where)
    name = str(_required(given, "id", where))
    place = f"{where}, line {given.line} (claim {name})"
    kind = _kind(_required(given, "kind", where) if "kind" in given else _kind_of(given), place)
    measure, ask = _ask(given, where)
    if measure and measure.by == "reading":
        if "window" in ask:
            ask["window"] = _window(ask["window"], windows, given, measure)
        for key in (key for key in ask if key in FIELDS):
            _try_words(key, (ask[key],), measure, _at(where, given["ask"], key))
    means, labels = _choices(given, "means", measure, windows, where)
    vary, others = _choices(given, "vary", measure, windows, where)
    _require_one_role(given, means, vary, where)
    estimand = _estimand(given, ask, measure, where)
    if measure and measure.by == "reading":
        _require_place_and_time(ask, {**means, **vary}, place)
    roles = assign(measure, ask, means, vary) if measure else Roles(ask=ask, means=means, vary=vary, changed=())
    expect = _expect(given, where)
    if measure and expect is not None and measure.no_difference == 1 and expect.value <= 0:
        raise BadInput(f"{measure.name} is expected to be {expect.value:g}", where=place, expected="a ratio above 0")
    if measure and expect is None:
        raise BadInput("the claim asks but expects nothing", where=place, expected="expect: {value: 8, within: 25%}")
    return Claim(
        id=name,
        says=str(_required(given, "says", where)).strip(),
        kind=kind,
        attributed_to=str(given.get("attributed_to") or ""),
        measure=measure.name if measure else None,
        ask=roles.ask,
        expect=expect,
        means=roles.means,
        vary=roles.vary,
        labels=labels | others,
        changed=roles.changed,
        estimand=estimand,
        context=str(given.get("context") or "").strip(),
        would_decide=str(given.get("would_decide") or "").strip(),
        cannot_identify=str(given.get("cannot_identify") or "").strip(),
        line=given.line,
    )


def _require_place_and_time(ask: Mapping[str, Any], vary: Mapping[str, Any], place: str) -> None:
    for key, example in (("area", "area: Syria"), ("window", "window: 2016, or a list of windows under means")):
        if key not in ask and key not in vary:
            raise BadInput(f"the claim asks without {key}", where=place, expected=example)


def _kind_of(given: Marked) -> str:
    ask = given.get("ask")
    asks_ratio = isinstance(ask, Marked) and ask.get("measure") == "rate_ratio"
    return str(ClaimKind.RATE_RATIO if asks_ratio else ClaimKind.COUNT)


def _kind(word: object, place: str) -> ClaimKind:
    known = {str(kind): kind for kind in ClaimKind}
    if str(word) not in known:
        raise UnknownName("kind of claim", word, known, where=place)
    return known[str(word)]


def _ask(given: Marked, where: str) -> tuple[Measure | None, dict[str, Any]]:
    if "ask" not in given:
        return None, {}
    ask = _mapping(given, "ask", where)
    name = _required(ask, "measure", where)
    known: dict[str, Measure] = entries("measures")
    if name not in known:
        raise UnknownName("measure", name, known, where=_at(where, ask, "measure"))
    measure = known[name]
    takes = _takes(measure)
    for key in ask:
        if key != "measure" and key not in takes:
            raise UnknownName(f"part of ask for {name}", key, takes, where=_at(where, ask, key))
    if measure.by == "reading":
        for key in (*measure.belligerents, *(key for key in ("area", "window") if key in ask)):
            if not isinstance(_required(ask, key, where), str | int | dt.date):
                raise BadInput(
                    f"{key} holds {ask[key]!r}",
                    where=_at(where, ask, key),
                    expected="one value; a list goes under means or vary",
                )
    return measure, {key: value for key, value in ask.items() if key != "measure"}


def _takes(measure: Measure) -> tuple[str, ...]:
    if measure.by == "options":
        return tuple(option.name for option in measure.options)
    return (*measure.belligerents, *FIELDS[1:])


def _estimand(given: Marked, ask: dict[str, Any], measure: Measure | None, where: str) -> str:
    """Which question the sentence asks, if the file says: of the months as they were, or of the rate behind them."""
    word = given.get("estimand") or ask.get("estimand")
    if word is None:
        return ""
    known, place = [str(each) for each in Estimand], _at(where, given, "estimand")
    if str(word) not in known:
        raise UnknownName("estimand", word, known, where=place)
    if measure is not None and "estimand" not in _takes(measure):
        raise BadInput(
            f"{measure.name} answers only one question, so it takes no estimand",
            where=place,
            do="Leave estimand out.",
        )
    ask["estimand"] = str(word)
    return str(word)


def _require_one_role(given: Marked, means: Mapping[str, Any], vary: Mapping[str, Any], where: str) -> None:
    for key in means:
        if key in vary:
            raise BadInput(
                f"{key} stands under means and under vary",
                where=_at(where, given["vary"], key),
                expected="one of the two",
            )


def _choices(
    given: Marked, role: str, measure: Measure | None, windows: Mapping[str, Any], where: str
) -> tuple[dict[str, tuple[Any, ...]], dict[str, tuple[str, ...]]]:
    """The choices listed under `means` or `vary`, as values for the measure and as the words a person wrote."""
    if role not in given:
        return {}, {}
    vary = _mapping(given, role, where)
    if measure is None:
        raise BadInput(
            f"the claim lists choices under {role} but asks nothing",
            where=_at(where, given, role),
            expected=f"ask: beside {role}:",
        )
    takes = _takes(measure)
    values: dict[str, tuple[Any, ...]] = {}
    for key, listed in vary.items():
        place = _at(where, vary, key)
        if key not in takes:
            raise UnknownName(f"choice under {role}", key, takes, where=place)
        if not isinstance(listed, list) or not listed:
            raise BadInput(f"{key} holds {listed!r}", where=place, expected="a list of values")
        values[key] = tuple(_window(each, windows, given, measure) if key == "window" else each for each in listed)
        if measure.by == "reading":
            _try_words(key, values[key], measure, place)
    return values, {key: tuple(_label(each) for each in vary[key]) for key in values}


def _window(word: Any, windows: Mapping[str, Any], given: Marked, measure: Measure) -> str:
    """A named window is written out for each side of the comparison."""
    named = windows.get(str(word))
    if named is None:
        return str(word)
    if not isinstance(named, Mapping):
        return str(named)
    sides = [str(given["ask"].get(side)) for side in measure.belligerents]
    missing = [side for side in sides if side not in named]
    if missing:
        raise UnknownName(
            "belligerent of a named window", missing[0], [str(k) for k in named], where=f"windows: {word}"
        )
    return AGAINST.join(str(named[side]) for side in sides)


def _label(value: Any) -> str:
    return AGAINST.join(map(str, value)) if isinstance(value, list) else str(value)


def _try_words(key: str, values: tuple[Any, ...], measure: Measure, place: str) -> None:
    """A wrong word is answered here, where its line is known, not later in the grid."""
    if key in measure.belligerents or key == "area":
        return
    names = [f"belligerent {n}" for n in range(len(measure.belligerents))]
    for value in values:
        words: dict[str, Any] = {"belligerents": names, "area": "anywhere", "window": "2000", key: value}
        try:
            Reading.of(**words)
        except CivcasError as wrong:
            raise wrong.seen_at(place) from None


def _expect(given: Marked, where: str) -> Expect | None:
    if "expect" not in given:
        return None
    expect = _mapping(given, "expect", where)
    _known_keys(expect, EXPECT, "part of expect", where)
    limits = [key for key in ("value", "above", "below") if key in expect]
    if len(limits) != 1:
        raise BadInput(f"expect holds {', '.join(expect) or 'nothing'}", where=_at(where, given, "expect"),
                       expected="one of value (with within), above, below")  # fmt: skip
    number = _number(expect, limits[0], where)
    if limits[0] == "above":
        return Expect(value=number, low=number, high=None)
    if limits[0] == "below":
        return Expect(value=number, low=None, high=number)
    within = _tolerance(expect, where)
    edges = sorted((number * (1 - within), number * (1 + within)))
    return Expect(value=number, low=edges[0], high=edges[1], within=within)


def _tolerance(expect: Marked, where: str) -> float:
    given, place = _required(expect, "within", where), _at(where, expect, "within")
    is_percent = isinstance(given, str) and given.strip().endswith("%")
    try:
        share = float(given.strip()[:-1]) / 100 if is_percent else float(given)
    except (TypeError, ValueError):
        raise BadInput(
            f"within is {given!r}", where=place, expected="a share of the value, such as 25% or 0.25"
        ) from None
    if 1 <= share <= 100 and not is_percent:
        raise BadInput(
            f"within is {given}, as much as the value or more", where=place, expected=f"a share; is it {given}%?"
        )
    if not 0 < share < 1:
        raise BadInput(
            f"the tolerance within is {given}",
            where=place,
            expected="more than 0 and less than 100%, such as 25%",
            do="No measured value ever equals a claimed one to the last digit: say how near counts.",
        )
    return share


def _number(given: Marked, key: str, where: str) -> float:
    value = given[key]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadInput(
            f"{key} is {value!r}, which is text", where=_at(where, given, key), expected="a number, without quotes"
        )
    if value != value or value in (float("inf"), float("-inf")):
        raise BadInput(f"{key} is {value}", where=_at(where, given, key), expected="a finite number")
    return float(value)


def _date(value: Any, place: str) -> dt.date:
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    raise BadInput(f"date is {value!r}", where=place, expected="a day like 2017-01-23, without quotes")


def _required(given: Marked, key: str, where: str) -> Any:
    if given.get(key) is None:
        raise BadInput(f"{key} is missing", where=f"{where}, line {given.line}", expected=f"{key}: with a value")
    return given[key]


def _mapping(given: Marked, key: str, where: str) -> Marked:
    value = _required(given, key, where)
    if not isinstance(value, Marked):
        raise BadInput(
            f"{key} holds {value!r}", where=_at(where, given, key), expected=f"{key}: with names and values below it"
        )
    return value


def _known_keys(given: Marked, known: tuple[str, ...], kind: str, where: str) -> None:
    for key in given:
        if key not in known:
            raise UnknownName(kind, key, known, where=_at(where, given, key))


def _require_unique(claims: tuple[Claim, ...], where: str) -> None:
    seen: dict[str, int] = {}
    for claim in claims:
        if claim.id in seen:
            raise BadInput(
                f"the id {claim.id} stands twice (first on line {seen[claim.id]})", where=f"{where}, line {claim.line}"
            )
        seen[claim.id] = claim.line


def _at(where: str, given: Marked, key: str) -> str:
    return f"{where}, line {given.lines.get(key, given.line)}"
