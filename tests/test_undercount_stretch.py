"""Stretch moves of the latent class model: by hand, the prior and the posterior they must leave as they are, and what they are for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

pytest.importorskip("numba", reason="pip install 'civcas[estimators]'")

from civcas.measures.undercount import latent_classes, sheet
from civcas.measures.undercount.class_stretch import fit, log_sticks, log_within, stretch
from civcas.measures.undercount.overlap import Overlap

Numbers = NDArray[np.float64]


def test_the_fit_of_two_classes_and_two_patterns_by_hand() -> None:
    # given classes of 0.6 and 0.4 that the one list misses with 0.5 and 0.9: base 0.30 and 0.36, odds 1 and 1/9
    base, of_class = np.array([0.30, 0.36]), np.array([[1.0], [1 / 9]])
    # then ten people on it have p = 0.34 each, of the 0.34 who are seen at all
    assert fit(np.array([10]), base, of_class, 10, 10**6) == pytest.approx(10 * np.log(0.34) - 10 * np.log(0.34))
    assert log_within(0.5, 100, 10**6) == 0.0
    assert log_within(0.5, 100, 100) == pytest.approx(np.log(0.5), abs=0.03)


def test_the_sticks_of_three_classes_by_hand() -> None:
    weight = np.array([0.5, 0.3, 0.2])
    tail = np.array([1.0, 0.5, 0.2])
    assert log_sticks(0.7, np.log(weight), np.log(tail)) == pytest.approx(-0.3 * np.log(0.2) - np.log(0.5))


def from_the_prior(chance: np.random.Generator, classes: int, lists: int, alpha: float) -> tuple[Any, ...]:
    stick = chance.beta(1, alpha, classes)
    log_stick, log_rest = np.log(stick), np.log1p(-stick)
    log_stick[-1] = log_rest[-1] = 0.0
    log_weight = log_stick + np.concatenate([[0.0], np.cumsum(log_rest[:-1])])
    profile = chance.random((lists, classes))
    return log_weight, log_stick, log_rest, np.exp(log_weight) * np.prod(1 - profile, axis=0), profile / (1 - profile)


def test_without_people_the_prior_stays_as_it_is() -> None:
    # given so many states drawn from the prior, when each is stretched
    chance, alpha, moved = np.random.Generator(np.random.SFC64(7)), 0.7, 0
    nobody = (np.zeros(1, np.int64), np.empty(0, np.int64), np.empty(0, np.int64))
    sticks, profiles = [], []
    for _ in range(4_000):
        state = from_the_prior(chance, 3, 2, alpha)
        moved += stretch(chance, *nobody, 0, 10**6, alpha, *state, 40)
        log_weight, log_stick, log_rest, base, odds = state
        assert np.exp(log_weight).sum() == pytest.approx(1)
        assert base == pytest.approx(np.exp(log_weight) / np.prod(1 + odds, axis=0))
        assert np.exp(log_stick[:-1]) + np.exp(log_rest[:-1]) == pytest.approx(1)
        sticks.append(np.exp(log_stick[:-1]))
        profiles.append((odds / (1 + odds)).ravel())
    # then sticks are still Beta(1, α) and profiles uniform
    assert moved > 20_000
    for drawn, mean, spread in (
        (np.array(sticks), 1 / 1.7, np.sqrt(0.7 / 1.7**2 / 2.7)),
        (np.array(profiles), 0.5, 12**-0.5),
    ):
        error = spread / np.sqrt(len(drawn))
        assert np.abs(drawn.mean(axis=0) - mean).max() < 4 * error
        assert np.abs(drawn.std(axis=0) / spread - 1).max() < 0.06


def made_up(seed: int) -> Overlap:
    """300 people in two classes, one of them seldom listed, on three lists."""
    chance = np.random.default_rng(seed)
    caught = np.where(chance.random((300, 1)) < 0.5, 0.6, 0.12)
    marks = (chance.random((300, 3)) < caught).astype(np.uint8)
    marks = marks[marks.any(axis=1)]
    return Overlap.of(marks, np.ones(len(marks), dtype=np.int64), lists=("a", "b", "c"))


@pytest.mark.slow
def test_the_posterior_is_the_same_with_and_without_stretches(monkeypatch: pytest.MonkeyPatch) -> None:
    lists, found = made_up(3), {}
    for name, tries in (("without", 0), ("with", 8)):
        monkeypatch.setattr(latent_classes, "STRETCHES", tries)
        found[name] = latent_classes.sample(lists, seed=11, iterations=100_000)
    logs = {name: np.log(each.unseen + 1) for name, each in found.items()}
    error = max(each.std() / np.sqrt(found[name].effective_size) for name, each in logs.items())
    assert logs["with"].mean() == pytest.approx(logs["without"].mean(), abs=4 * error)


@pytest.mark.slow
def test_kosovo_is_known_from_the_seed_that_people_get(real_data: Path) -> None:
    # without stretches this seed did not converge in 100,000 iterations
    found = latent_classes.sample(sheet.read(real_data / "reference" / "kosovo_aggregate.csv")[0].whole)
    assert found.converged and found.iterations < 100_000
    assert float(np.median(found.totals)) == pytest.approx(10_421, rel=0.01)
