"""The latent class sampler: convergence measures by hand, the same answer from any moves, and recovery."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from civcas.errors import MissingExtra
from civcas.measures.counts import convergence
from civcas.measures.undercount import latent_classes, sheet
from civcas.measures.undercount.methods import METHODS, Wish, ask
from civcas.measures.undercount.overlap import Overlap
from civcas.terms.estimate import Estimate, Refusal

SMALL = Overlap.of(
    [
        [1, 1, 0, 0, 0],
        [0, 0, 1, 1, 0],
        [1, 0, 0, 0, 0],
        [0, 0, 1, 0, 0],
        [0, 1, 1, 0, 0],
        [1, 1, 0, 0, 1],
        [0, 0, 1, 1, 1],
    ],
    [9, 9, 5, 5, 1, 4, 3],
)


def test_chains_that_agree_have_an_r_hat_of_one() -> None:
    chains = np.random.default_rng(1).normal(size=(4, 2000))
    assert convergence.split_r_hat(chains) == pytest.approx(1, abs=0.005)
    assert convergence.effective_size(chains) == pytest.approx(8000, rel=0.1)


def test_one_chain_apart_from_the_others_is_seen() -> None:
    chains = np.random.default_rng(1).normal(size=(4, 2000))
    chains[0] += 3
    assert convergence.split_r_hat(chains) > 1.3
    assert convergence.effective_size(chains) < 50


def test_the_monte_carlo_error_of_a_limit_is_that_of_independent_draws() -> None:
    chains = np.random.default_rng(1).normal(size=(4, 2000))
    # √(q(1−q)/n)/f at the 97.5% quantile: √(0.025·0.975/8000)/0.05845
    assert convergence.quantile_error(chains, 0.975) == pytest.approx(0.0299, rel=0.25)
    assert convergence.tail_size(chains, 0.975) == pytest.approx(8000, rel=0.15)


def test_a_chain_that_drifts_is_seen_though_chains_agree() -> None:
    chains = np.random.default_rng(1).normal(size=(4, 2000)) + np.linspace(0, 4, 2000)
    assert convergence.split_r_hat(chains) > 1.3


def test_the_effective_size_of_a_slow_chain_is_known() -> None:
    noise, chains = np.random.default_rng(2).normal(size=(4, 20_000)), np.zeros((4, 20_000))
    for i in range(1, 20_000):
        chains[:, i] = 0.9 * chains[:, i - 1] + noise[:, i]
    assert convergence.effective_size(chains) == pytest.approx(80_000 * 0.1 / 1.9, rel=0.15)


@pytest.mark.slow
def test_the_same_seed_gives_the_same_draws() -> None:
    first, second = (latent_classes.sample(SMALL, seed=7, iterations=500) for _ in range(2))
    assert (first.unseen == second.unseen).all()
    assert (first.unseen != latent_classes.sample(SMALL, seed=8, iterations=500).unseen).any()


def log_unseen(monkeypatch: pytest.MonkeyPatch, *, slices: int, split_every: int) -> tuple[float, float]:
    monkeypatch.setattr(latent_classes, "SLICES", slices)
    monkeypatch.setattr(latent_classes, "SPLIT_EVERY", split_every)
    monkeypatch.setattr(latent_classes, "ENOUGH_DRAWS", 10**9)
    found = latent_classes.sample(SMALL, seed=3, iterations=20_000, classes=4)
    logs = np.log(found.unseen + 1)
    return float(logs.mean()), float(logs.std() / convergence.effective_size(logs) ** 0.5)


@pytest.mark.slow
def test_every_move_leaves_the_posterior_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    plain, error = log_unseen(monkeypatch, slices=0, split_every=10**9)
    for slices, split_every in ((5, 10**9), (0, 1)):
        moved, other = log_unseen(monkeypatch, slices=slices, split_every=split_every)
        assert abs(moved - plain) < 4 * np.hypot(error, other)


@pytest.mark.slow
def test_two_kinds_of_people_are_recovered() -> None:
    chance = np.random.default_rng(5)
    often, seldom = chance.random((1500, 4)) < 0.5, chance.random((1500, 4)) < 0.15
    marks = np.vstack([often, seldom])
    listed = marks[marks.any(axis=1)].astype(int)
    found = ask(Overlap.of(listed, np.ones(len(listed), dtype=int)), METHODS["latent-classes"], Wish(seed=1))
    assert isinstance(found, Estimate)
    assert found.low is not None and found.high is not None
    assert len(listed) <= found.low < 3000 < found.high
    assert found.diagnostics["r_hat"] < 1.01 and found.diagnostics["effective_size"] >= 400


@pytest.mark.slow
def test_chains_that_do_not_agree_give_no_number(monkeypatch: pytest.MonkeyPatch, real_data: Path) -> None:
    monkeypatch.setattr(latent_classes, "MOST_ITERATIONS", 10_000)
    lists = sheet.read(real_data / "reference" / "gaza_lists_overlap_total.csv")[0].whole
    found = ask(lists, METHODS["latent-classes"], Wish())
    assert isinstance(found, Refusal)
    assert found.reason.startswith("not converged")
    assert found.diagnostics["converged"] is False


def test_without_numba_the_model_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "numba", None)
    for name in ("class_sampler", "class_splits"):
        monkeypatch.delitem(sys.modules, f"civcas.measures.undercount.{name}", raising=False)
    with pytest.raises(MissingExtra, match=r"civcas\[estimators\]"):
        latent_classes.sample(SMALL, iterations=100)


@pytest.mark.slow
def test_kosovo_converges_to_the_reference(real_data: Path) -> None:
    lists = sheet.read(real_data / "reference" / "kosovo_aggregate.csv")[0].whole
    found = latent_classes.sample(lists, seed=1, classes=10)
    low, middle, high = np.quantile(found.totals, (0.025, 0.5, 0.975))
    # sampling stops at a Monte Carlo standard error of 1% of each limit, so 2% is two of them
    assert found.converged
    assert middle == pytest.approx(10_421, rel=0.01)
    assert (low, high) == (pytest.approx(9008, rel=0.02), pytest.approx(13_874, rel=0.02))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "median", "low", "high"),
    [
        ("sparsemse_NewOrl", 716, 512, 1072),
        ("sparsemse_Western", 1832, 1309, 2977),
        ("rcapture_HIV", 10940, 9344, 13127),
        ("sparsemse_UKdat", 22859, 16989, 34268),
        ("rcapture_lesbian", 5441, 4364, 7130),
    ],
)
def test_other_published_lists_converge_to_the_reference(
    real_data: Path, name: str, median: float, low: float, high: float
) -> None:
    lists = sheet.read(real_data / "reference" / f"{name}.csv")[0].whole
    found = latent_classes.sample(lists, seed=1)
    assert found.converged
    limits = np.quantile(found.totals, (0.025, 0.5, 0.975))
    # sampling stops at a Monte Carlo standard error of 1% of each limit; three of them
    assert limits == pytest.approx((low, median, high), rel=0.03)
