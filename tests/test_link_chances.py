"""Chances of links: what decoys say, what rivals leave, and which learned weights are refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from civcas.linking import calibration, decoys, learning, rivals
from civcas.linking.candidates import Pairs
from civcas.linking.comparing import DAY, FIELDS, LEVELS
from civcas.linking.decoys import CROWDS, LEAST_WEIGHT, STEP, STEPS, Counted
from civcas.linking.proposing import Proposal, propose
from made_up_reports import world


@pytest.fixture(scope="module")
def dense() -> tuple[Proposal, np.ndarray]:
    """1,500 incidents in ten places and 120 days, told in numbers only; and whether each pair is true."""
    reports, truth = world(incidents=1500, seed=31)
    found = propose(reports.drop_columns(["text"]))
    of = truth[found.accounts.row]
    return found, of[found.pairs.left] == of[found.pairs.right]


def test_as_many_pairs_are_true_as_the_chances_expect(dense: tuple[Proposal, np.ndarray]) -> None:
    found, same = dense
    assert found.chance.sum() == pytest.approx(same.sum(), rel=0.05)


@pytest.mark.parametrize(("low", "high"), [(0.01, 0.2), (0.8, 0.97), (0.97, 1.0)])
def test_pairs_are_true_as_often_as_their_chances_say(
    dense: tuple[Proposal, np.ndarray], low: float, high: float
) -> None:
    found, same = dense
    here = (found.chance > low) & (found.chance <= high)
    assert here.sum() > 200
    assert same[here].mean() == pytest.approx(found.chance[here].mean(), abs=0.05)


def test_where_no_incident_is_told_twice_hardly_any_pair_is_proposed() -> None:
    reports, truth = world(incidents=1200, seed=8)
    alone = reports.take(pa.array(np.sort(np.unique(truth, return_index=True)[1])))
    found = propose(alone)
    assert found.chance.sum() < 0.1 * alone.num_rows


def test_slope_level_and_crowding_are_recovered_from_pairs_and_decoys() -> None:
    # given decoys that fall off with weight, and pairs that outnumber them by known odds
    weight = LEAST_WEIGHT + STEP * (np.arange(STEPS) + 0.5)
    crowd = np.log(2) * (np.arange(CROWDS) + 0.5)
    decoys = np.zeros((CROWDS, 2, STEPS))
    decoys[:, 0] = 40_000 * np.exp(-0.9 * (weight + 6))[None, :] + 0.05
    odds = np.exp(0.9 * (weight[None, :] - 3) - 0.5 - 0.7 * (crowd[:, None] - 3))
    pairs = np.zeros_like(decoys)
    pairs[:, 0] = decoys[:, 0] * (1 + odds)
    # when
    found = calibration.of_decoys({0: Counted(pairs, decoys)}, 1)
    # then
    assert found.theatre[0] == pytest.approx([0.9, -0.5, -0.7], abs=0.05)


def test_without_reports_the_calibration_is_what_is_expected_before_any_data() -> None:
    assert calibration.of_decoys({}, 2).theatre.tolist() == [[0.8, -0.3, -0.9]] * 2


def contest(*log_odds: float) -> tuple[np.ndarray, rivals.Rivalry]:
    """Pairs of one report with so many reports of one other source."""
    n = len(log_odds)
    pairs = Pairs(np.zeros(n, np.int32), np.arange(1, n + 1, dtype=np.int32), np.zeros((n, 1), np.uint16))
    return np.array(log_odds), rivals.rivalry(np.array([0] + [1] * n), pairs)


def test_a_pair_without_rivals_keeps_its_chance() -> None:
    assert rivals.posteriors(*contest(np.log(4.0))) == pytest.approx([0.8])


def test_two_equal_rivals_share_what_one_would_have_had() -> None:
    # by hand, odds 9 each: none 1, either 9, both 0.02 · 81 = 1.62; (9 + 1.62) / (1 + 9 + 9 + 1.62)
    assert rivals.posteriors(*contest(np.log(9.0), np.log(9.0))) == pytest.approx([10.62 / 20.62] * 2, abs=1e-6)


def test_hearing_rivals_leaves_the_expected_number_of_pairs() -> None:
    log_odds, contests = contest(0.4, -0.2, -1.0)
    log_odds -= 1.0
    kept = rivals.heard(log_odds, contests, np.zeros(3, np.int32))
    assert kept.sum() == pytest.approx((1 / (1 + np.exp(-log_odds))).sum(), rel=0.02)
    assert (np.diff(kept) < 0).all()


def test_rivals_are_balanced_until_the_expected_number_of_pairs_is_kept() -> None:
    # given 300 reports of two theatres with three likely candidates each, of which one at most can hold
    rng = np.random.default_rng(5)
    left = np.repeat(np.arange(300, dtype=np.int32), 3)
    pairs = Pairs(left, np.arange(300, 1200, dtype=np.int32), np.zeros((900, 1), np.uint16))
    contests = rivals.rivalry(np.array([0] * 300 + [1] * 900), pairs)
    theatre = (left >= 200).astype(np.int32)
    log_odds = rng.normal(-1.5, 1.5, 900)
    # when
    kept = rivals.heard(log_odds, contests, theatre)
    # then
    expected = 1 / (1 + np.exp(-log_odds))
    for t in (0, 1):
        assert kept[theatre == t].sum() == pytest.approx(expected[theatre == t].sum(), rel=0.002)


def test_decoys_are_scaled_to_the_pairs_that_are_surely_apart() -> None:
    # given half as many decoys as pairs in every crowd, at weights that no true pair has
    pairs, few = np.zeros((CROWDS, 2, STEPS)), np.zeros((CROWDS, 2, STEPS))
    pairs[3:6, :, 2] = 4_000
    few[3:6, :, 2], few[3:6, 0, 20] = 2_000, 50
    # when
    scaled = decoys._as_many_apart(Counted(pairs, few)).decoys
    # then
    assert scaled[3:6, :, 2] == pytest.approx(np.full((3, 2), 4_000))
    assert scaled[3:6, 0, 20] == pytest.approx(np.full(3, 100), rel=1e-3)


def weights(*, partners: float = 1.0) -> learning.Weights:
    """Weights as they are before learning, with all levels alike among pairs that do not match."""
    chance = np.zeros((len(FIELDS), max(LEVELS)))
    for f, levels in enumerate(LEVELS):
        chance[f, :levels] = 1 / levels
    return learning.begin({1: np.zeros(chance.shape, np.int64)}, chance, partners)


def test_learned_weights_that_make_sense_are_kept() -> None:
    start = weights()
    assert learning.guarded(replace(start, partners=2.0), start).partners == 2.0
    assert learning.guarded(start, start).refused == ""


def test_weights_under_which_agreeing_days_count_against_a_pair_are_refused() -> None:
    start = weights()
    turned = start.matched.copy()
    turned[DAY, : LEVELS[DAY]] = turned[DAY, : LEVELS[DAY]][::-1]
    kept = learning.guarded(replace(start, matched=turned), start)
    assert np.array_equal(kept.matched, start.matched)
    assert kept.refused == "agreement on day would count against a pair"


def test_a_field_that_says_nothing_refuses_nothing() -> None:
    start = weights()
    even = start.matched.copy()
    even[DAY] = start.unmatched[1][DAY]
    even[DAY, 0] *= 0.95
    assert learning.guarded(replace(start, matched=even), start).refused == ""


def test_a_number_of_partners_that_runs_away_is_refused() -> None:
    start = weights()
    kept = learning.guarded(replace(start, partners=learning.MOST_PARTNERS), start)
    assert kept.partners == 1.0
    assert "20 partners" in kept.refused
