"""What moves the numbers: shares of the spread, chance taken out."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from civcas.claims.sensitivity import shares


def test_shares_of_a_balanced_grid_are_its_main_effects() -> None:
    # value = 3·a + 1·b over a 2 × 2 grid: variances 9/4 and 1/4, so shares 0.9 and 0.1.
    choices = {"a": ["0", "0", "1", "1"], "b": ["0", "1", "0", "1"], "c": ["x"] * 4}
    found = shares(choices, np.array([0.0, 1, 3, 4]))
    assert [(share.choice, share.share) for share in found] == [("a", 0.9), ("b", 0.1)]


def test_shares_of_an_uneven_grid_add_up_to_what_main_effects_explain() -> None:
    random = np.random.default_rng(5)
    words = {
        name: random.integers(0, levels, 60).astype(str).tolist() for name, levels in (("a", 2), ("b", 3), ("c", 4))
    }
    values = np.array([2.0 * int(a) + int(b) for a, b in zip(words["a"], words["b"], strict=True)])
    found = {share.choice: share.share for share in shares(words, values)}
    assert sum(found.values()) == pytest.approx(1, abs=1e-3)
    assert found["a"] > found["b"] > found["c"]


def grid() -> dict[str, list[str]]:
    rows = list(itertools.product("wxyz", "mn"))
    return {"window": [w for w, _ in rows], "exposure": [e for _, e in rows]}


def test_a_choice_that_moves_numbers_by_chance_alone_gets_little_or_nothing() -> None:
    # 8 readings: windows differ by chance alone (errors of 0.5, independent by window), exposures truly by 1.
    choices = grid()
    random = np.random.default_rng(2)
    found = []
    for _ in range(200):
        draws = np.repeat(random.normal(0, 0.5, size=(301, 4)), 2, axis=1)
        values = np.array([float(e == "m") for e in choices["exposure"]]) + draws[0]
        share = {s.choice: s for s in shares(choices, values, draws[1:])}
        found.append((share["window"].share, share["exposure"].share))
        assert share["window"].low is not None and share["window"].low <= share["window"].share <= share["window"].high
    windows, exposures = np.median(found, axis=0)
    assert windows < 0.05 and exposures > 0.95
    plain = [s.share for s in shares(choices, values) if s.choice == "window"]
    assert plain[0] > 0.1  # what chance alone explains, were it not taken out


def test_the_interval_of_a_share_holds_the_true_share() -> None:
    choices = grid()
    truth = np.array(
        [{"w": 0, "x": 0.5, "y": 1.0, "z": 1.5}[w] + (e == "m") for w, e in zip(*choices.values(), strict=True)]
    )
    true_share = {s.choice: s.share for s in shares(choices, truth)}["window"]
    random, held = np.random.default_rng(4), 0
    for _ in range(150):
        draws = random.normal(0, 0.15, size=(301, 8))
        share = {s.choice: s for s in shares(choices, truth + draws[0], draws[1:])}["window"]
        held += share.low <= true_share <= share.high  # type: ignore[operator]
    assert held / 150 >= 0.90


def test_nothing_varies_and_nothing_is_explained() -> None:
    assert shares({"a": ["x", "y", "z"]}, np.ones(3)) == ()
    assert shares({"a": ["x", "x", "x"]}, np.arange(3.0)) == ()
