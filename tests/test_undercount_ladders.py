"""Ladders under the chains of the latent class model: guesses by hand, levels against a sum over all states, the same posterior."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import pytest
from scipy.special import betaln, gammaln, logsumexp

from civcas.measures.counts import convergence
from civcas.measures.undercount import latent_classes, sheet
from civcas.measures.undercount.class_guesses import Guess, Ladder, joined
from civcas.measures.undercount.overlap import Overlap

PATTERNS, COUNTS = np.array([[1, 0], [0, 1], [1, 1]]), np.array([2, 1, 1])
TINY = Overlap.of(PATTERNS, COUNTS)


def test_a_guess_keeps_the_classes_of_some_size_and_all_the_people() -> None:
    total = np.array([[60.0, 0, 30, 10], [0, 60, 30, 10], [5, 7, 4, 0]])  # over ten steps; the last row is the unseen
    guess = Guess.of(total, np.array([10, 10]))
    assert guess.parts == 3  # the fourth class has two people on average
    assert guess.table.sum(axis=1) == pytest.approx([10, 10])
    assert guess.table[0] == pytest.approx([10 * 60 / 90, 0, 10 * 30 / 90], abs=0.01)
    assert guess.unseen == pytest.approx([0.5, 0.7, 0.4])


def test_guesses_of_as_many_parts_are_joined_whatever_the_order_of_their_parts() -> None:
    one = Guess(table=np.array([[8.0, 2], [1, 9]]), unseen=np.array([3.0, 4]))
    turned = Guess(table=np.array([[4.0, 6], [9, 1]]), unseen=np.array([6.0, 1]))
    other = Guess(table=np.array([[10.0], [10.0]]), unseen=np.array([5.0]))
    found = joined([one, turned, other])
    assert [guess.parts for guess in found] == [1, 2]
    assert found[1].table == pytest.approx(np.array([[7.0, 3], [1, 9]]))
    assert found[1].unseen == pytest.approx([2, 5])


def test_levels_move_to_where_places_seldom_change() -> None:
    ladder = Ladder.first(TINY, [Guess(table=COUNTS[:, None] * 1.0, unseen=np.array([2.0]))])
    made = np.full(len(ladder.times), 100.0)
    made[3] = 0  # between the fourth level and the fifth no change was ever made
    found = ladder.tuned([(np.full(len(made), 100.0), made, np.ones((len(made), 1)))])
    assert found.times[0] == 0 and (np.diff(found.times) > 0).all() and found.times[-1] < 1
    between = (found.times > ladder.times[3]) & (found.times < ladder.times[4])
    assert between.sum() >= 4


def log_density(t: float, guess: Guess, alpha: np.ndarray, most: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """ln f_t summed over α and both orders of labels, for every way to put the four people and up to `most` unseen in two parts."""
    firsts = np.array(list(product(range(3), range(2), range(2))))
    unseen = np.array([(a, b) for a in range(most + 1) for b in range(most + 1 - a)])
    people, hidden = np.repeat(firsts, len(unseen), axis=0), np.tile(unseen, (len(firsts), 1))
    parts = [people, COUNTS - people]
    everyone, shares = guess.unseen.sum() + 4, guess.table / COUNTS[:, None]
    value = gammaln(4 + hidden.sum(axis=1)) - gammaln(1 + hidden).sum(axis=1)
    mixed = []
    for c in range(2):
        value = value - gammaln(1 + parts[c]).sum(axis=1)
        value = value + (1 - t) * (parts[c] @ np.log(shares[:, c]) + hidden[:, c] * np.log(guess.unseen[c] / everyone))
        size = t * (parts[c].sum(axis=1) + hidden[:, c]) + (1 - t) * (guess.table[:, c].sum() + guess.unseen[c])
        ones = t * (parts[c] @ PATTERNS) + (1 - t) * (guess.table[:, c] @ PATTERNS)
        value = value + betaln(1 + ones, 1 + size[:, None] - ones).sum(axis=1)
        mixed.append(size)
    orders = [
        betaln(1 + first[:, None], alpha + second[:, None]) + np.log(alpha) + 0.25 * np.log(alpha) - 0.25 * alpha
        for first, second in (mixed, mixed[::-1])
    ]
    return value + logsumexp(np.hstack(orders), axis=1), people, hidden


@pytest.mark.slow
@pytest.mark.parametrize("t", [0.3, 0.8])
def test_a_step_of_a_level_gives_the_sum_over_all_states(t: float) -> None:
    from civcas.measures.undercount.class_levels import step

    guess = Guess(table=np.array([[1.5, 0.5], [0.3, 0.7], [0.8, 0.2]]), unseen=np.array([0.8, 0.6]))
    value, people, hidden = log_density(t, guess, np.exp(np.linspace(-16, 5, 60)), 80)
    chances = np.exp(value - logsumexp(value))
    _, _, powers, _, missed, expected, ones, parts, _ = Ladder.first(TINY, [guess]).fixed()
    shares = (guess.table / COUNTS[:, None])[
        [int(np.flatnonzero((row == PATTERNS).all(axis=1))[0]) for row in TINY.patterns]
    ]
    order = [int(np.flatnonzero((TINY.patterns == row).all(axis=1))[0]) for row in PATTERNS]
    expected_ones = np.array(guess.table.T @ PATTERNS)
    chance, alpha = np.random.Generator(np.random.SFC64(5)), 1.0
    offsets, members = (
        np.concatenate([[0], np.cumsum(TINY.patterns.sum(axis=1, dtype=np.int64))]),
        np.nonzero(TINY.patterns)[1],
    )
    labels, table = np.arange(2), np.zeros((3, 2), np.int64)
    table[:, 0] = TINY.counts
    seen, unseen, held = table.sum(axis=0), np.zeros(2, np.int64), TINY.patterns.astype(np.int64).T @ table
    work = [np.zeros(2) for _ in range(3)]
    found = []
    ones_of = np.ascontiguousarray(held.T)
    for _ in range(60_000):
        alpha = step(chance, t, offsets, members, TINY.counts, 80, shares ** (1 - t), missed[0], expected[0], expected_ones,
                     2, alpha, labels, table, seen, unseen, ones_of, *work, np.zeros(2), np.zeros((2, 2)), np.zeros(2))  # fmt: skip
        found.append((*table[order, 0], unseen.sum() == 0, np.log1p(unseen.sum())))
    exact = np.column_stack([people, hidden.sum(axis=1) == 0, np.log1p(hidden.sum(axis=1))])
    assert np.mean(found, axis=0) == pytest.approx(chances @ exact, abs=0.02)
    assert parts.tolist() == [2] and powers.shape[0] == 7 and ones.shape == (1, 2, 2)


def crossing() -> Overlap:
    """108 people of two kinds on six lists; a third class is as good as not."""
    chance = np.random.default_rng(3)
    kinds = np.array([[0.55, 0.5, 0.05, 0.05, 0.3, 0.1], [0.05, 0.05, 0.45, 0.5, 0.1, 0.3]])
    first = chance.random(120) < 0.6
    marks = (chance.random((120, 6)) < np.where(first[:, None], kinds[0], kinds[1])).astype(int)
    listed = marks[marks.any(axis=1)]
    return Overlap.of(listed, np.ones(len(listed), dtype=int))


@pytest.mark.slow
def test_a_ladder_leaves_the_posterior_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(latent_classes, "ENOUGH_DRAWS", 10**9)
    monkeypatch.setattr(latent_classes, "STRETCH", 5_000)
    means, errors = [], []
    for apart in (float("inf"), 0.0):  # never on ladders; always
        monkeypatch.setattr(latent_classes, "APART", apart)
        found = latent_classes.sample(crossing(), seed=3, iterations=10_000, classes=8)
        logs = np.log(found.unseen + 1)
        means.append(float(logs.mean()))
        errors.append(float(logs.std() / convergence.effective_size(logs) ** 0.5))
        assert found.laddered is (apart == 0.0)
    assert abs(means[0] - means[1]) < 4 * np.hypot(*errors)


@pytest.mark.slow
def test_chains_of_the_colombian_stratum_pass_between_three_classes_and_four(
    monkeypatch: pytest.MonkeyPatch, real_data: Path
) -> None:
    monkeypatch.setattr(latent_classes, "STRETCH", 5_000)
    lists = sheet.read(real_data / "reference" / "verdata_recruitment_male_1999_R1.csv")[0].whole
    found = latent_classes.sample(lists, seed=1, iterations=10_000)
    # without ladders R-hat is above 1.1 after 100,000 iterations, the lower part's chains at 1,413 and the upper's at 1,942
    assert found.laddered and found.r_hat < 1.1
    assert min(found.chain_means) > 1_550 and found.totals.mean() == pytest.approx(1_866, rel=0.06)
