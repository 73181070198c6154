"""What answers teach about pairs nobody was asked about, and the questions that a clustering leaves open."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from civcas.linking import queue
from civcas.linking.candidates import Pairs
from civcas.linking.clustering import MISSING
from civcas.linking.decisions import PairDecision, settled
from civcas.linking.lessons import LEAST_ANSWERS, NO_LESSONS, learned, teach_enough
from civcas.linking.proposing import NOTHING_SETTLED, Proposal, Settled, propose, taught
from civcas.linking.questions import asked, joins, leaves
from made_up_reports import world

NO_FEATURES = np.empty((3, 0))


@pytest.fixture(scope="module")
def made() -> tuple[pa.Table, np.ndarray, Proposal]:
    reports, truth = world(incidents=900, seed=5)
    return reports, truth, propose(reports)


def answers(proposal: Proposal, truth: np.ndarray, most: int) -> Settled:
    """What a reviewer who knows the truth says about the pairs the queue would ask."""
    known, row = NOTHING_SETTLED, proposal.accounts.row
    while len(known) < most:
        at = queue.next_pairs(proposal, known, most=25)
        left = np.concatenate([known.left, row[proposal.pairs.left[at]]])
        right = np.concatenate([known.right, row[proposal.pairs.right[at]]])
        known = Settled(left, right, truth[left] == truth[right])
    return known


def three_reports() -> Pairs:
    """Candidates 0–1, 0–2 and 1–2."""
    return Pairs(np.array([0, 0, 1], np.int32), np.array([1, 2, 2], np.int32), np.zeros((3, 11), np.uint16))


def test_two_clusters_attract_by_all_pairs_between_them() -> None:
    worth, features = np.array([3.0, 1.0, 2.0]), np.array([[0.0], [1.0], [2.0]])
    found = joins(three_reports(), np.array([0, 0, 2]), worth, features)
    assert found.of.tolist() == [-1, 0, 0]
    assert found.product.tolist() == [2.0]
    assert found.draw == pytest.approx([3.0 / np.sqrt(2)])
    assert found.features[0] == pytest.approx([3.0 / np.sqrt(2)])


def test_pairs_that_were_no_candidates_repel() -> None:
    pairs = Pairs(np.array([0, 0], np.int32), np.array([1, 2], np.int32), np.zeros((2, 11), np.uint16))
    found = joins(pairs, np.array([0, 0, 2]), np.array([3.0, 1.0]), np.empty((2, 0)))
    assert found.draw == pytest.approx([(1.0 + MISSING) / np.sqrt(2)])


def test_a_report_is_held_by_its_cluster_less_what_draws_it_elsewhere() -> None:
    found = leaves(three_reports(), np.array([0, 0, 2]), np.array([3.0, 1.0, 2.0]), np.array([[1.0], [5.0], [7.0]]))
    assert found.hold.tolist() == [2.0, 1.0, -3.0]  # 2 stands alone and is drawn by both
    assert found.beside.tolist() == [1.0, 1.0, 0.0]
    assert found.features[:2, 0].tolist() == [-4.0, -6.0]


def test_two_reports_of_one_cluster_ask_about_the_looser_of_them() -> None:
    pair = np.array([0], np.int32), np.array([1], np.int32)
    draw, _, leaving, told = asked(three_reports(), np.array([0, 0, 2]), np.array([3.0, 1.0, 2.0]), NO_FEATURES, *pair)
    assert (draw.tolist(), leaving.tolist(), told.tolist()) == ([1.0], [True], [True])


def test_a_correction_that_made_the_answers_is_found_again() -> None:
    rng = np.random.default_rng(3)
    draw, features = rng.normal(0, 2, 3000), rng.normal(0, 1, (3000, 3))
    leaving, true = rng.random(3000) < 0.5, np.array([0.8, 0.0, -0.5])
    odds = 0.6 * (draw + features @ true) + np.where(leaving, 0.7, -0.4)
    found = learned(draw, features, leaving, rng.random(3000) < 1 / (1 + np.exp(-odds)))
    assert found.corrections == pytest.approx(true, abs=0.15)
    assert found.slope == pytest.approx(0.6, abs=0.08)
    assert (found.joining, found.leaving) == pytest.approx((-0.4, 0.7), abs=0.2)


def test_a_handful_of_answers_or_answers_of_one_kind_teach_nothing() -> None:
    mixed = np.arange(LEAST_ANSWERS) % 2 == 0
    assert teach_enough(mixed)
    assert not teach_enough(mixed[1:])
    assert not teach_enough(np.ones(5 * LEAST_ANSWERS, np.bool_))


def test_what_answers_teach_does_not_hang_on_their_order(made: tuple[pa.Table, np.ndarray, Proposal]) -> None:
    _, truth, proposal = made
    known = answers(proposal, truth, 2 * LEAST_ANSWERS)
    mixed = np.random.default_rng(0).permutation(len(known))
    one, other = (
        taught(proposal, known),
        taught(proposal, Settled(known.left[mixed], known.right[mixed], known.same[mixed])),
    )
    assert one.lessons.answers > 0
    assert one.lessons.corrections == pytest.approx(other.lessons.corrections, abs=1e-4)
    assert (one.member == other.member).all()


def test_lessons_never_undo_an_answer(made: tuple[pa.Table, np.ndarray, Proposal]) -> None:
    _, truth, proposal = made
    known = answers(proposal, truth, 2 * LEAST_ANSWERS)
    again = taught(taught(proposal, known), known)
    member = np.empty(len(again.member), int)
    member[again.accounts.row] = again.member
    assert again.lessons is not NO_LESSONS
    assert ((member[known.left] == member[known.right]) == known.same).all()


def test_nothing_is_learned_from_what_a_rule_decided(made: tuple[pa.Table, np.ndarray, Proposal]) -> None:
    _, truth, proposal = made
    known = replace(answers(proposal, truth, 2 * LEAST_ANSWERS), by_rule=None)
    by_rule = replace(known, by_rule=np.ones(len(known), np.bool_))
    assert taught(proposal, known).lessons is not NO_LESSONS
    assert taught(proposal, by_rule).lessons is NO_LESSONS


def test_decisions_of_a_rule_are_told_from_those_of_people(made: tuple[pa.Table, np.ndarray, Proposal]) -> None:
    ids = made[0]["report_id"].to_pylist()
    read = PairDecision.of(ids[0], ids[1], same=True, because="read both", by="A. Reviewer")
    ruled = PairDecision.of(ids[2], ids[3], same=True, because="a chance of 0.99", by="rule at-0.98")
    by_rule = settled([read, ruled], made[0]).by_rule
    assert by_rule is not None
    assert by_rule.tolist() == [False, True]
