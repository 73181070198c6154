from __future__ import annotations

import pytest

from civcas.errors import UnknownName
from civcas.facts.shipped import shipped_tables
from civcas.measures.published_figure import answer
from civcas.terms.estimate import Estimate, IntervalKind, Refusal

OCTOBER = {"belligerent": "Russian Military", "area": "Syria", "window": "2015-10", "what": "likely killed"}


def test_october_2015_differs_as_it_was_published_and_as_it_was_revised() -> None:
    then, now = answer(shipped_tables(), **OCTOBER, as_of="2015-12-31"), answer(shipped_tables(), **OCTOBER)
    assert isinstance(then, Estimate) and isinstance(now, Estimate)
    assert (then.low, then.high) == (255, 375)
    assert (now.low, now.high) == (345, 501)
    assert then.diagnostics["address"] != now.diagnostics["address"]
    assert now.notes[0].startswith("Published before: 255–375")


def test_a_published_range_keeps_its_ends_and_pretends_no_interval() -> None:
    figure = answer(shipped_tables(), **OCTOBER, bound="middle")
    assert isinstance(figure, Estimate)
    assert (figure.value, figure.level, figure.interval) == (423, None, IntervalKind.PUBLISHED)


def test_an_open_end_is_refused_not_made_up() -> None:
    words = {"belligerent": "Russian Military", "area": "Syria", "window": "2016-11", "what": "alleged killed"}
    refused = answer(shipped_tables(), **words, bound="min")
    assert isinstance(refused, Refusal) and "open at the end asked for" in refused.reason
    assert isinstance(answer(shipped_tables(), **words, bound="max"), Estimate)


def test_nothing_published_yet_is_a_refusal_with_what_would_do() -> None:
    refused = answer(shipped_tables(), **OCTOBER, as_of="2015-10-31")
    assert isinstance(refused, Refusal) and "none of them published by 2015-10-31" in refused.reason
    nothing = answer(shipped_tables(), **{**OCTOBER, "what": "unheard of"})
    assert isinstance(nothing, Refusal) and "no figure worded" in nothing.reason


def test_wrong_words_are_answered_with_those_there_are() -> None:
    with pytest.raises(UnknownName, match="Russian Military"):
        answer(shipped_tables(), **{**OCTOBER, "belligerent": "Rusian Military"})
    with pytest.raises(UnknownName, match="middle"):
        answer(shipped_tables(), **OCTOBER, bound="midle")
