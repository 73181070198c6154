"""Proposals: recovered truth on a made-up world, and what must hold on any table of reports."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civcas.errors import BadInput
from civcas.linking import accounts, clustering, days, matching, queue
from civcas.linking.comparing import alike, counts
from civcas.linking.copies import copies
from civcas.linking.decisions import PairDecision, settled
from civcas.linking.evaluating import evaluate, share
from civcas.linking.explaining import reasons
from civcas.linking.incidents import incident_reports, tombstones
from civcas.linking.proposing import Proposal, clustered, propose, taught
from civcas.linking.spelling import signature, skeleton
from made_up_reports import world

Groups = set[frozenset[str]]


@pytest.fixture(scope="module")
def made() -> tuple[pa.Table, np.ndarray]:
    return world()


@pytest.fixture(scope="module")
def proposal(made: tuple[pa.Table, np.ndarray]) -> Proposal:
    return propose(made[0])


def groups(proposal: Proposal, reports: pa.Table) -> Groups:
    ids = np.array(reports["report_id"].to_pylist())[proposal.accounts.row]
    return {frozenset(ids[proposal.member == m].tolist()) for m in np.unique(proposal.member)}


def pair_scores(member: np.ndarray, truth: np.ndarray) -> tuple[float, float]:
    together, same = member[:, None] == member[None, :], truth[:, None] == truth[None, :]
    above = np.triu(np.ones_like(same), 1).astype(bool)
    both = (together & same & above).sum()
    return both / (together & above).sum(), both / (same & above).sum()


def test_incidents_of_a_made_up_world_are_found(proposal: Proposal, made: tuple[pa.Table, np.ndarray]) -> None:
    precision, recall = pair_scores(proposal.member, made[1][proposal.accounts.row])
    assert precision > 0.9
    assert recall > 0.8


def test_the_order_of_the_reports_does_not_matter(proposal: Proposal, made: tuple[pa.Table, np.ndarray]) -> None:
    shuffled = made[0].take(pa.array(np.random.default_rng(1).permutation(made[0].num_rows)))
    again = propose(shuffled)
    assert groups(again, shuffled) == groups(proposal, made[0])
    assert np.allclose(np.sort(again.log_odds), np.sort(proposal.log_odds))


def test_the_truth_of_a_benchmark_file_is_not_read(proposal: Proposal, made: tuple[pa.Table, np.ndarray]) -> None:
    with_truth = (
        made[0].append_column("incident_id", pa.array(made[1])).append_column("is_roundup", pa.array(made[1] > 3))
    )
    assert groups(propose(with_truth), made[0]) == groups(proposal, made[0])


def decide(reports: pa.Table, one: int, other: int, *, same: bool) -> PairDecision:
    ids = reports["report_id"].to_pylist()
    return PairDecision.of(ids[one], ids[other], same=same, because="read both", by="a reviewer")


@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_a_decision_is_never_undone_by_a_rerun(
    proposal: Proposal, made: tuple[pa.Table, np.ndarray], data: st.DataObject
) -> None:
    reports, _ = made
    pairs = data.draw(
        st.lists(
            st.tuples(st.integers(0, reports.num_rows - 1), st.integers(0, reports.num_rows - 1), st.booleans()),
            max_size=8,
        )
    )
    decisions = [decide(reports, a, b, same=same) for a, b, same in pairs if a != b]
    try:
        known = settled(decisions, reports)
    except BadInput:
        return  # decisions that contradict one another are refused, as another test says
    again = taught(proposal, known)
    member = np.empty(len(again.member), int)
    member[again.accounts.row] = again.member
    assert ((member[known.left] == member[known.right]) == known.same).all()


def test_a_rerun_from_the_reports_keeps_decisions_too(made: tuple[pa.Table, np.ndarray], proposal: Proposal) -> None:
    reports, _ = made
    inside = np.flatnonzero(proposal.member[proposal.pairs.left] == proposal.member[proposal.pairs.right])[0]
    one, other = (int(proposal.accounts.row[side[inside]]) for side in (proposal.pairs.left, proposal.pairs.right))
    again = propose(reports, settled=settled([decide(reports, one, other, same=False)], reports))
    member = np.empty(len(again.member), int)
    member[again.accounts.row] = again.member
    assert member[one] != member[other]


def test_decisions_that_contradict_one_another_are_refused(made: tuple[pa.Table, np.ndarray]) -> None:
    reports, _ = made
    decisions = [decide(reports, 0, 1, same=True), decide(reports, 1, 2, same=True), decide(reports, 0, 2, same=False)]
    with pytest.raises(BadInput, match="other decisions join them"):
        settled(decisions, reports)


def test_the_last_decision_about_a_pair_stands(made: tuple[pa.Table, np.ndarray]) -> None:
    reports, _ = made
    known = settled([decide(reports, 0, 1, same=True), decide(reports, 1, 0, same=False)], reports)
    assert known.same.tolist() == [False]


def test_merge_then_split_is_the_identity(proposal: Proposal, made: tuple[pa.Table, np.ndarray]) -> None:
    reports, _ = made
    before = incident_reports(proposal, reports["report_id"], decided_by="test")
    ids, at = reports["report_id"].to_pylist(), proposal.accounts.row
    one, other = int(at[0]), int(at[np.flatnonzero(proposal.member != proposal.member[0])[0]])
    merged = taught(proposal, settled([decide(reports, one, other, same=True)], reports))
    during = incident_reports(merged, reports["report_id"], decided_by="test")
    assert during.num_rows == before.num_rows
    gone = tombstones(before, during)
    assert gone.num_rows >= 1
    assert set(gone["now"].to_pylist()) <= set(during["incident_id"].to_pylist())
    split = taught(
        merged, settled([decide(reports, one, other, same=True), decide(reports, one, other, same=False)], reports)
    )
    after = incident_reports(split, reports["report_id"], decided_by="test")
    assert after.equals(before)
    assert set(after["incident_id"].to_pylist()) <= set(ids)


def test_the_queue_asks_nothing_that_is_settled(proposal: Proposal, made: tuple[pa.Table, np.ndarray]) -> None:
    reports, truth = made
    known = settled([], reports)
    asked: set[int] = set()
    for _ in range(10):
        at = int(queue.next_pairs(proposal, known)[0])
        assert at not in asked
        asked.add(at)
        rows = [
            (int(proposal.accounts.row[proposal.pairs.left[k]]), int(proposal.accounts.row[proposal.pairs.right[k]]))
            for k in asked
        ]
        known = settled([decide(reports, a, b, same=bool(truth[a] == truth[b])) for a, b in rows], reports)


def test_answers_mend_the_proposal() -> None:
    reports, truth = world(incidents=900, seed=5)
    proposal = propose(reports)
    wrong = lambda p: int((pair_table(p) != same_table(p, truth)).sum())  # noqa: E731
    asked = queue.next_pairs(proposal, settled([], reports), most=30)
    rows = proposal.accounts.row
    answers = [
        decide(reports, int(a), int(b), same=bool(truth[a] == truth[b]))
        for a, b in zip(rows[proposal.pairs.left[asked]], rows[proposal.pairs.right[asked]], strict=True)
    ]
    assert wrong(taught(proposal, settled(answers, reports))) < wrong(proposal)


def pair_table(p: Proposal) -> np.ndarray:
    return p.member[:, None] == p.member[None, :]


def same_table(p: Proposal, truth: np.ndarray) -> np.ndarray:
    t = truth[p.accounts.row]
    return t[:, None] == t[None, :]


def test_two_lists_are_matched_one_to_one() -> None:
    reports, truth = world(sources=2, seed=9)
    found = propose(reports)
    matched = matching.one_to_one(found)
    of = truth[found.accounts.row]
    assert len(set(matched.left.tolist()) | set(matched.right.tolist())) == 2 * len(matched.left)
    assert (of[matched.left] == of[matched.right]).mean() > 0.9


def test_a_higher_threshold_puts_fewer_reports_together(proposal: Proposal) -> None:
    alone = [int((np.bincount(clustered(proposal, threshold=t)) == 1).sum()) for t in (0.1, 0.5, 0.99)]
    assert alone == sorted(alone)
    assert alone[0] < alone[2]


def test_a_pair_explains_itself_field_by_field(proposal: Proposal) -> None:
    best = int(np.argmax(proposal.log_odds))
    found = reasons(proposal, best)
    assert found[0].weight == max(r.weight for r in found)
    assert {r.field for r in found} >= {"day", "distance", "killed"}
    assert all(r.says for r in found)


@pytest.mark.parametrize("rows", [0, 1, 2])
def test_very_few_reports_are_no_trouble(made: tuple[pa.Table, np.ndarray], rows: int) -> None:
    assert len(propose(made[0].slice(0, rows)).member) == rows


def test_reports_without_date_or_place_stand_alone_and_are_not_dropped() -> None:
    reports = pa.table({
        "report_id": ["a", "b", "c"], "source": ["x", "y", "z"],
        "date_start": pa.array([None, dt.date(2020, 1, 1), None], pa.date32()),
    })  # fmt: skip
    assert len(set(propose(reports).member.tolist())) == 3


def test_a_repeated_report_id_is_refused() -> None:
    reports = pa.table(
        {"report_id": ["a", "a"], "source": ["x", "y"], "date_start": pa.array([1, 2], pa.int32()).cast(pa.date32())}
    )
    with pytest.raises(BadInput, match="same report_id"):
        propose(reports)


def test_a_table_that_is_not_reports_is_refused_with_what_it_lacks() -> None:
    with pytest.raises(BadInput, match="source, date_start"):
        propose(pa.table({"report_id": ["a"]}))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Khalid", "Halid"),
        ("Tell Shihab", "Tel Chihab"),
        ("Al-Thawra", "el Thawra"),
        ("Zhovivka", "Jovivka"),
        ("Djibo", "Jibo"),
        ("Wadi", "Vadi"),
    ],
)
def test_romanisations_of_one_name_fold_to_one_skeleton(one: str, other: str) -> None:
    assert skeleton(one) == skeleton(other)


def test_different_names_stay_apart() -> None:
    assert alike(signature(skeleton("Bir Qaroun")), signature(skeleton("Zab Rashid"))) == 4


@pytest.mark.parametrize(
    ("a", "b", "relation"),
    [
        ((4, 4), (4, 4), 0),
        ((3, 5), (3, 5), 1),
        ((3, 5), (5, 8), 2),
        ((4, 4), (5, 5), 3),
        ((10, 10), (13, 13), 4),
        ((10, 10), (18, 18), 5),
        ((2, 2), (30, 30), 6),
    ],
)
def test_two_counts_compare_by_how_their_ranges_lie(a: Any, b: Any, relation: int) -> None:
    assert (counts(*map(float, a), *map(float, b)) - 1) % 7 == relation


def test_an_unknown_count_is_no_evidence() -> None:
    assert counts(float("nan"), float("nan"), 3.0, 3.0) == 0


def test_a_day_is_likeliest_where_date_and_publication_agree() -> None:
    reports = pa.table({
        "report_id": ["a"], "source": ["x"], "date_start": pa.array([100], pa.int32()).cast(pa.date32()),
        "published": pa.array([100], pa.int32()).cast(pa.date32()), "date_precision": ["day"],
    })  # fmt: skip
    first, chance, wide = days.distributions(accounts.read(reports))
    assert not wide[0]
    assert first[0] + int(chance[0].argmax()) == 100
    # by hand: 0.835·0.70 for the day itself; the day before 0.080·0.15; two before 0.010·0.05; later days are after publication
    by_hand = 0.835 * 0.70 / (0.835 * 0.70 + 0.080 * 0.15 + 0.010 * 0.05)
    assert chance[0].max() == pytest.approx(by_hand, abs=0.002)


def test_a_month_without_publication_is_spread_over_its_days() -> None:
    reports = pa.table({
        "report_id": ["a"], "source": ["x"], "date_start": pa.array([100], pa.int32()).cast(pa.date32()),
        "date_end": pa.array([129], pa.int32()).cast(pa.date32()), "date_precision": ["month"],
    })  # fmt: skip
    _, chance, wide = days.distributions(accounts.read(reports))
    assert wide[0]
    assert chance[0, 0] == pytest.approx(1 / 30)


def test_pairs_that_repel_keep_a_chain_from_becoming_one_cluster() -> None:
    chain = clustering.clusters(3, np.array([0, 1], np.int32), np.array([1, 2], np.int32), np.array([2.0, 1.0]))
    assert chain.tolist() == [0, 0, 2]  # 0–2 was no candidate: it repels more than 1–2 attracts


def test_pairs_that_all_attract_become_one_cluster() -> None:
    left, right = np.array([0, 0, 1], np.int32), np.array([1, 2, 2], np.int32)
    assert clustering.clusters(3, left, right, np.array([2.0, 1.0, 1.0])).tolist() == [0, 0, 0]


def test_copies_of_one_text_are_one() -> None:
    text = "Three people were killed when a market was hit in the east of the town on Monday morning, residents said"
    found = copies(
        pa.array(
            [
                text,
                text.upper(),
                None,
                "Two children were injured by shelling near the old bridge in the village",
                text + " today",
            ]
        )
    )
    assert found.tolist() == [0, 0, 2, 3, 0]


def test_a_share_has_its_exact_interval() -> None:
    found = share(95, 100)  # Clopper–Pearson, as tables print it
    assert (round(found.low, 3), round(found.high, 3)) == (0.887, 0.984)


def test_proposals_are_evaluated_on_a_labelled_sample(proposal: Proposal, made: tuple[pa.Table, np.ndarray]) -> None:
    reports, truth = made
    rows = np.random.default_rng(0).choice(len(proposal.pairs), 60, replace=False)
    at = proposal.accounts.row
    labels = [
        decide(reports, int(a), int(b), same=bool(truth[a] == truth[b]))
        for a, b in zip(at[proposal.pairs.left[rows]], at[proposal.pairs.right[rows]], strict=True)
    ]
    found = evaluate(proposal, labels, {r: n for n, r in enumerate(reports["report_id"].to_pylist())})
    assert found.precision and found.recall
    assert found.precision.low < found.precision.value <= found.precision.high
    assert found.labelled == 60
