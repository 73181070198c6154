"""One reading, three ways: it supports a claim, contradicts it, or leaves it open."""

from __future__ import annotations

import math

import pytest
from answered import ABOVE_ONE, EIGHT, around, estimate, refusal
from hypothesis import given
from hypothesis import strategies as st

from civcas.claims.article import Expect
from civcas.claims.outcome import outcome
from civcas.terms.estimate import Answer, IntervalKind
from civcas.terms.vocabulary import Estimand, ReadingOutcome

SUPPORTS, CONTRADICTS, OPEN, REFUSED = ReadingOutcome


def says(answer: Answer, expect: Expect = EIGHT, no_difference: float | None = 1) -> ReadingOutcome:
    return outcome(answer, expect, no_difference=no_difference).says


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (estimate(8, 6.5, 9.5), SUPPORTS),
        (estimate(9.14, 8.5, 9.9), SUPPORTS),  # the claimed value itself need not lie in the interval
        (estimate(8, 6, 10), SUPPORTS),  # the tolerance is inside
        (estimate(8, 5.9, 9.5), OPEN),
        (estimate(8, 2, 40), OPEN),  # holds the claim, and five others
        (estimate(3, 2, 5.9), CONTRADICTS),
        (estimate(12, 10.1, 13), CONTRADICTS),
        (estimate(8), OPEN),  # a value alone never supports
        (refusal(), REFUSED),
    ],
)
def test_a_reading_supports_only_where_its_whole_interval_lies_inside_the_claim(
    answer: Answer, expected: ReadingOutcome
) -> None:
    assert says(answer) == expected


def test_a_claim_of_a_side_is_supported_beyond_the_limit_and_not_at_it() -> None:
    assert says(estimate(2, 1.2, 3), ABOVE_ONE) == SUPPORTS
    assert says(estimate(2, 1.0, 3), ABOVE_ONE) == OPEN
    assert says(estimate(0.5, 0.2, 1.0), ABOVE_ONE) == CONTRADICTS
    below = Expect(value=1, low=None, high=1)
    assert says(estimate(0.5, 0.2, 0.9), below) == SUPPORTS


def test_an_open_upper_end_is_further_than_any_claim() -> None:
    assert says(estimate(8, 6.5, None)) == OPEN
    assert says(estimate(20, 11, None)) == CONTRADICTS
    assert says(estimate(20, 11, None), ABOVE_ONE) == SUPPORTS


def test_bounds_without_a_level_are_open_unless_the_records_themselves_are_asked_about() -> None:
    bounds = {"level": None, "interval": IntervalKind.BOUNDS}
    assert says(estimate(8, 7, 9, **bounds)) == OPEN
    assert says(estimate(8, 7, 9, **bounds, estimand=Estimand.AS_IT_WAS)) == SUPPORTS
    assert says(estimate(8, 0.7, 90, **bounds, estimand=Estimand.AS_IT_WAS)) == OPEN


@pytest.mark.parametrize(("effective", "expected"), [(4.9, OPEN), (5.0, SUPPORTS), (None, SUPPORTS)])
def test_a_side_carried_by_fewer_than_five_incidents_leaves_a_claim_open(
    effective: float | None, expected: ReadingOutcome
) -> None:
    assert says(estimate(8, 7, 9, effective=effective)) == expected


def test_few_incidents_leave_the_records_as_they_were_open_too() -> None:
    bounds = estimate(3, 3, 3, level=None, interval=IntervalKind.BOUNDS, estimand=Estimand.AS_IT_WAS, effective=1.0)
    assert says(bounds, around(3)) == OPEN


@pytest.mark.parametrize(
    ("low", "high", "direction"), [(2, 40, 1), (0.5, 40, 0), (0.1, 0.9, -1), (1.0, 3, 0), (7, 9, 1)]
)
def test_the_direction_is_shown_where_the_interval_excludes_no_difference(
    low: float, high: float, direction: int
) -> None:
    assert outcome(estimate(3, low, high), EIGHT, no_difference=1).direction == direction
    fewer = around(0.5)
    turned = outcome(estimate(0.3, 1 / high, 1 / low), fewer, no_difference=1).direction
    assert turned == direction


def test_what_is_not_compared_has_no_direction() -> None:
    assert outcome(estimate(300, 255, 400), around(300), no_difference=None).direction == 0


def test_the_reason_says_on_which_side_of_the_claim_the_interval_lies() -> None:
    why = [
        outcome(estimate(1, low, high), EIGHT, no_difference=1).why
        for low, high in ((2, 3), (20, 30), (0.1, 0.5), (0.5, 20))
    ]
    assert why == [
        "the whole interval is less than is claimed",
        "the whole interval is more than is claimed",
        "the interval shows the opposite order",
        "the interval also holds no difference",
    ]


ends = st.floats(0.01, 1000, allow_nan=False)


@given(low=ends, high=ends, first=ends, second=ends)
def test_claims_whose_zones_do_not_meet_are_never_both_supported(
    low: float, high: float, first: float, second: float
) -> None:
    low, high = sorted((low, high))
    zones = around(first, 0.2), around(second, 0.2)
    if zones[0].high < zones[1].low or zones[1].high < zones[0].low:  # type: ignore[operator]
        answer = estimate(math.sqrt(low * high), low, high)
        assert not all(says(answer, zone) == SUPPORTS for zone in zones)


@given(low=ends, high=ends, wider=st.floats(1, 10), claimed=ends)
def test_a_wider_interval_never_says_more(low: float, high: float, wider: float, claimed: float) -> None:
    low, high = sorted((low, high))
    narrow, wide = (says(estimate(low, low / w, high * w), around(claimed)) for w in (1, wider))
    assert wide in (narrow, OPEN)
