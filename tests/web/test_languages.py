"""Every language says everything, counts as it should, and isolates what it is given."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from civcas.errors import UnknownName
from civcas.terms.vocabulary import (
    Attribution,
    DatePrecision,
    Exposure,
    GeoPrecision,
    Grades,
    Grading,
    Responsibility,
    StrikeStatus,
)
from civcas.web.language import PLURALS, language, languages, plural

TEMPLATES = sorted((Path(__file__).parents[2] / "src/civcas/web/templates").glob("*.html"))


def places(text: object) -> set[str]:
    forms = text.values() if isinstance(text, dict) else [text]
    return {name for form in forms for name in re.findall(r"\{(\w+)\}", form)}


@pytest.mark.parametrize("code", languages())
def test_a_language_has_the_keys_and_the_placeholders_of_english_and_no_plural_form_it_does_not_know(code: str) -> None:
    mine, english = language(code).texts, language("en").texts
    assert set(mine) == set(english)
    assert {key: places(mine[key]) for key in mine} == {key: places(english[key]) for key in english}
    assert {key for key, text in mine.items() if isinstance(text, dict)} == {
        k for k, t in english.items() if isinstance(t, dict)
    }
    assert all({"other"} <= set(text) <= set(PLURALS[code]) for text in mine.values() if isinstance(text, dict))
    assert [key for key, text in mine.items() if isinstance(text, str) and not text] == []


@pytest.mark.parametrize("code", languages())
def test_every_word_of_the_closed_vocabularies_can_be_said(code: str) -> None:
    said = language(code).texts
    for name, words in (
        ("grading", Grading), ("grading_meaning", Grading), ("grades", Grades), ("strike_status", StrikeStatus),
        ("attribution", Attribution), ("exposure", Exposure), ("date_precision", DatePrecision), ("geo_precision", GeoPrecision),
        ("status", Responsibility),
    ):  # fmt: skip
        assert [f"{name}.{w}" for w in words if f"{name}.{w}" not in said] == []


def test_every_text_that_a_template_names_is_there() -> None:
    named = {
        key for path in TEMPLATES for key in re.findall(r"""(?:\bt|plain)\(["']([\w.-]+)["'][,)]""", path.read_text())
    }
    assert len(named) > 100 and named - set(language("en").texts) == set()


@pytest.mark.parametrize(
    ("code", "forms"),
    [
        ("en", {1: "one", 0: "other", 2: "other", 21: "other"}),
        (
            "ar",
            {
                0: "zero",
                1: "one",
                2: "two",
                3: "few",
                10: "few",
                11: "many",
                99: "many",
                100: "other",
                103: "few",
                1111: "many",
            },
        ),
        ("ru", {1: "one", 2: "few", 5: "many", 11: "many", 12: "many", 21: "one", 22: "few", 111: "many", 0: "many"}),
        ("uk", {1: "one", 3: "few", 14: "many", 101: "one", 104: "few"}),
    ],
)
def test_plural_forms_follow_the_rules_of_the_language(code: str, forms: dict[int, str]) -> None:
    assert {n: plural(code, n) for n in forms} == forms


def test_numbers_and_dates_say_no_more_than_is_known() -> None:
    words = language("en")
    assert words.range(4, 7) == "4\u2009–\u20097" and words.range(4, 4) == "4" and words.range(0, 0) == "0"
    assert (
        words.range(None, None) == "unknown"
        and words.range(3, None) == "3 or more"
        and words.range(None, 9) == "up to 9"
    )
    assert words.when("2016-03-05", "2016-03-05", "day") == "5 Mar 2016"
    assert words.when("2016-03-01", "2016-03-31", "month") == "Mar 2016"
    assert words.when("2016-01-01", "2016-12-31", "year") == "2016"
    assert words.when("2016-03-05", "2016-03-09", "range") == "5 Mar 2016\u2009–\u20099 Mar 2016"
    assert words.when(None, None, "unknown") == "date unknown"
    assert language("ar").day("2016-03-05") == "5 مارس 2016"


def test_a_value_is_escaped_isolated_and_cannot_turn_the_sentence() -> None:
    said = language("en").say("belligerents.alone", name="<b>\u202eevil")
    assert said == "<bdi>&lt;b&gt;evil</bdi> alone"
    assert language("en").plain("foot.release", version="\u20671") == "Release 1"


def test_a_language_that_is_not_there_is_answered_with_those_that_are() -> None:
    with pytest.raises(UnknownName, match="ar, en"):
        language("xx")
