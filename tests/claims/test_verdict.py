"""From readings to the verdict on one meaning, and from meanings to the verdict on a claim."""

from __future__ import annotations

import numpy as np
import pytest
from answered import EIGHT, answered, around, claim, estimate, refusal
from hypothesis import given
from hypothesis import strategies as st

from civcas.claims.meaning import Meaning, meanings
from civcas.claims.stability import leaving_one_out
from civcas.claims.verdict import Balance, verdict_of_claim, verdict_of_meaning
from civcas.terms.estimate import Answer
from civcas.terms.vocabulary import Verdict

INSIDE, OUTSIDE, SHOWN, OPEN = (7, 9), (20, 30), (2, 40), (0.5, 40)


def numbers(*spans: tuple[float, float]) -> list[Answer]:
    """Answers with these intervals; the values differ, so that none is a copy of another."""
    return [estimate(8 + at / 100, low + at / 1000, high + at / 1000) for at, (low, high) in enumerate(spans)]


def one_meaning(*spans: tuple[float, float], causal: bool = False) -> Meaning:
    of = claim(vary={"grades": [str(at) for at in range(len(spans))]})
    grid, curve = answered(of, numbers(*spans))
    (found,) = meanings(of, grid.cells, curve, causal=causal)
    return found


@pytest.mark.parametrize(
    ("spans", "verdict"),
    [
        ([INSIDE] * 5, Verdict.SUPPORTED),
        ([INSIDE] * 4 + [OPEN], Verdict.SUPPORTED),
        ([INSIDE] * 3 + [OPEN], Verdict.CANNOT_BE_TOLD),
        ([INSIDE] * 3 + [SHOWN], Verdict.SIZE_OPEN),
        ([INSIDE] * 9 + [OUTSIDE], Verdict.MIXED),
        ([OUTSIDE] * 5, Verdict.CONTRADICTED),
        ([OUTSIDE] * 4 + [OPEN], Verdict.CONTRADICTED),
        ([OUTSIDE] * 3 + [OPEN], Verdict.CANNOT_BE_TOLD),
        ([SHOWN] * 4 + [OPEN], Verdict.SIZE_OPEN),
        ([SHOWN] * 5 + [(0.1, 0.5)], Verdict.CANNOT_BE_TOLD),
        ([OPEN] * 6, Verdict.CANNOT_BE_TOLD),
        ([INSIDE], Verdict.SUPPORTED),
        ([OPEN], Verdict.CANNOT_BE_TOLD),
    ],
)
def test_a_meaning_gets_its_verdict_from_the_weight_of_its_readings(
    spans: list[tuple[float, float]], verdict: Verdict
) -> None:
    assert one_meaning(*spans).verdict == verdict


def test_a_cause_is_supported_only_where_every_design_supports_it() -> None:
    assert one_meaning(*[INSIDE] * 4, OPEN).verdict == Verdict.SUPPORTED
    assert one_meaning(*[INSIDE] * 4, OPEN, causal=True).verdict != Verdict.SUPPORTED
    assert one_meaning(*[INSIDE] * 4, causal=True).verdict == Verdict.SUPPORTED


def test_meanings_that_agree_give_their_verdict_and_others_depend_on_what_is_meant() -> None:
    assert verdict_of_claim([Verdict.SUPPORTED, Verdict.SUPPORTED]) == Verdict.SUPPORTED
    assert verdict_of_claim([Verdict.SUPPORTED, Verdict.CONTRADICTED]) == Verdict.DEPENDS
    assert verdict_of_claim([Verdict.SUPPORTED, Verdict.CANNOT_BE_TOLD]) == Verdict.DEPENDS
    assert verdict_of_claim([]) == Verdict.CANNOT_BE_TOLD


def test_a_refused_reading_has_no_vote_and_a_meaning_of_refusals_no_say() -> None:
    of = claim(means={"exposure": ["month", "strike"]}, vary={"grades": ["a", "b"]})
    grid, curve = answered(of, [*numbers(INSIDE), refusal(), refusal(), refusal()])
    by_month, by_strike = meanings(of, grid.cells, curve, causal=False)
    assert (by_month.verdict, by_month.counts) == (Verdict.SUPPORTED, True)
    assert not by_strike.has_number and not by_strike.counts


def test_the_number_of_a_meaning_is_its_middle_reading_and_its_interval_the_outermost_ends() -> None:
    of = claim(vary={"grades": ["a", "b", "c"]})
    grid, curve = answered(of, [estimate(4, 2, 8), estimate(9, 5, 20), estimate(6, 3, 30)])
    (found,) = meanings(of, grid.cells, curve, causal=False)
    assert [found.value, found.lowest, found.highest, found.low, found.high] == pytest.approx([6, 4, 9, 2, 30])


spans = st.tuples(st.floats(0.05, 50), st.floats(1, 20)).map(lambda pair: (pair[0], pair[0] * pair[1]))


@given(st.lists(spans, min_size=1, max_size=12), st.floats(0.1, 50), st.floats(0.1, 50))
def test_claims_with_disjoint_zones_are_never_both_supported_under_one_meaning(
    intervals: list[tuple[float, float]], first: float, second: float
) -> None:
    zones = around(first), around(second)
    if zones[0].high < zones[1].low or zones[1].high < zones[0].low:  # type: ignore[operator]
        verdicts = []
        for zone in zones:
            of = claim(zone, vary={"grades": [str(at) for at in range(len(intervals))]})
            grid, curve = answered(of, numbers(*intervals))
            verdicts += [each.verdict for each in meanings(of, grid.cells, curve, causal=False)]
        assert verdicts.count(Verdict.SUPPORTED) < 2


@given(st.lists(spans, min_size=1, max_size=10), st.data())
def test_a_copy_of_any_reading_changes_no_verdict_and_no_share(
    intervals: list[tuple[float, float]], data: st.DataObject
) -> None:
    copied = data.draw(st.integers(0, len(intervals) - 1))
    answers = numbers(*intervals)
    balances = []
    for listed in (answers, [*answers, answers[copied]], [answers[copied], *answers]):
        of = claim(vary={"grades": [str(at) for at in range(len(listed))]})
        grid, curve = answered(of, listed)
        (found,) = meanings(of, grid.cells, curve, causal=False)
        balances.append((found.verdict, found.balance.supports, found.balance.contradicts, found.balance.direction))
    for other in balances[1:]:
        assert other[0] == balances[0][0]
        assert other[1:] == pytest.approx(balances[0][1:])


def test_readings_from_the_same_data_share_one_vote() -> None:
    random = np.random.default_rng(3)
    common, own = random.normal(size=(999, 1)), random.normal(size=(999, 3))
    moves = np.hstack([common + 0.05 * random.normal(size=(999, 3)), own[:, :1]]) * 0.1
    of = claim(vary={"grades": ["a", "b", "c", "d"]})
    answers = [estimate(v, v * 0.9, v * 1.1) for v in (20, 25, 30, 8)]
    grid, curve = answered(of, answers, np.array([20, 25, 30, 8]) * np.exp(moves))
    (found,) = meanings(of, grid.cells, curve, causal=False)
    assert found.weight == pytest.approx([1 / 6, 1 / 6, 1 / 6, 1 / 2])
    assert (found.balance.supports, found.balance.contradicts) == (pytest.approx(0.5), pytest.approx(0.5))


def test_windows_that_share_nine_tenths_of_their_days_are_one_meaning() -> None:
    of = claim(means={"window": ["2016", "2016-01..2016-11", "2015"]})
    from civcas.terms.reading import Reading

    answers = [
        estimate(v, lo, hi, reading=Reading.of(belligerents=["A", "B"], area="Here", window=w))
        for w, v, lo, hi in (("2016", 8, 7, 9), ("2016-01..2016-11", 25, 20, 30), ("2015", 8.1, 7.2, 9.2))
    ]
    grid, curve = answered(of, answers)
    found = meanings(of, grid.cells, curve, causal=False)
    assert [each.copy_of for each in found] == [None, 0, None]
    assert verdict_of_claim(each.verdict for each in found if each.counts) == Verdict.SUPPORTED


def test_meanings_with_the_same_answers_are_one() -> None:
    of = claim(means={"exposure": ["month", "day", "incident"]}, vary={"grades": ["a", "b"]})
    month = [estimate(8, 7, 9), estimate(8.5, 7.5, 9.5)]
    grid, curve = answered(of, [*month, *month, estimate(0.9, 0.5, 1.5), estimate(0.8, 0.4, 1.4)])
    found = meanings(of, grid.cells, curve, causal=False)
    assert [each.copy_of for each in found] == [None, 0, None]


def test_leaving_one_choice_out_says_what_the_verdict_would_be() -> None:
    of = claim(means={"window": ["2015", "2016"]}, vary={"grades": ["a", "b"]})
    grid, curve = answered(of, numbers(INSIDE, INSIDE, OUTSIDE, OUTSIDE))
    found = meanings(of, grid.cells, curve, causal=False)
    without = {(w.choice, w.word): w.verdict for w in leaving_one_out(of, grid.cells, curve, found, causal=False)}
    assert without == {
        ("window", "2015"): Verdict.CONTRADICTED,
        ("window", "2016"): Verdict.SUPPORTED,
        ("grades", "a"): Verdict.DEPENDS,
        ("grades", "b"): Verdict.DEPENDS,
    }


def test_a_copy_speaks_where_the_meaning_it_repeats_is_left_out() -> None:
    of = claim(means={"exposure": ["month", "day"]}, vary={"grades": ["a"]})
    grid, curve = answered(of, [estimate(8, 7, 9), estimate(8, 7, 9)])
    found = meanings(of, grid.cells, curve, causal=False)
    without = leaving_one_out(of, grid.cells, curve, found, causal=False)
    assert [each.verdict for each in without] == [Verdict.SUPPORTED, Verdict.SUPPORTED]


def test_a_balance_of_nothing_is_nothing() -> None:
    grid, curve = answered(claim(EIGHT), [refusal()])
    assert Balance.of(curve, np.array([], np.int64), np.zeros(0)) == Balance()
    assert verdict_of_meaning(Balance()) == Verdict.CANNOT_BE_TOLD
    assert len(grid.cells) == 1
