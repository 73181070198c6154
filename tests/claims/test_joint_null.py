"""The joint test of a curve, against the published definition worked out one record at a time, and under nothing to find."""

from __future__ import annotations

import numpy as np
import pytest
from answered import answered, claim, estimate

from civcas.claims.joint_null import joint_null


def curve_of(values: np.ndarray, moves: np.ndarray):  # type: ignore[no-untyped-def,type-arg]
    of = claim(vary={"grades": [str(at) for at in range(len(values))]})
    return answered(of, [estimate(v, v * 0.7, v * 1.4) for v in values], values * np.exp(moves))[1]


def moves_of(readings: int, times: int, seed: int) -> np.ndarray:  # type: ignore[type-arg]
    random = np.random.default_rng(seed)
    return 0.2 * (random.normal(size=(times, 1)) + 0.5 * random.normal(size=(times, readings)))


def test_the_three_statistics_are_those_of_the_specification_curve_paper() -> None:
    # Simonsohn, Simmons & Nelson 2020: median effect; share of specifications of the dominant sign; share significant in that sign;
    # each compared with the share of records under the null that show at least as much.
    values, moves = np.array([1.3, 1.6, 0.9, 1.4, 1.2]), moves_of(5, 499, 11)
    found = joint_null(curve_of(values, moves), np.arange(5))
    assert found is not None
    error = moves.astype(np.float32).std(axis=0, dtype=np.float64)

    def statistics(effects: list[float]) -> tuple[float, float, float]:
        middle = sorted(effects)[len(effects) // 2]
        sign = 1 if middle >= 0 else -1
        dominant = [e for e in effects if e * sign > 0]
        significant = [e for e, s in zip(effects, error, strict=True) if e * sign / s > 1.959963984540054]
        return abs(middle), len(dominant) / len(effects), len(significant) / len(effects)

    seen = statistics(np.log(values).tolist())
    under = [statistics(row.tolist()) for row in moves - moves.mean(axis=0)]
    expected = [(1 + sum(u[k] >= seen[k] - 1e-6 for u in under)) / (1 + len(under)) for k in range(3)]
    assert (found.on_one_side, found.significant) == pytest.approx(seen[1:])
    assert (found.p_median, found.p_on_one_side, found.p_significant) == pytest.approx(tuple(expected), abs=2.5 / 500)


def test_where_nothing_is_to_be_found_p_values_are_small_as_often_as_they_say() -> None:
    small = []
    for seed in range(200):
        moves = moves_of(6, 400, seed)
        found = joint_null(curve_of(np.exp(moves[0]), moves[1:]), np.arange(6))
        assert found is not None
        small.append((found.p_median <= 0.05, found.p_largest <= 0.05))
    assert np.mean(small, axis=0) == pytest.approx([0.05, 0.05], abs=0.045)  # 3 standard errors of 200 records


def test_a_strong_curve_is_beyond_chance_and_a_p_value_is_never_zero() -> None:
    found = joint_null(curve_of(np.full(4, 8.0) + np.arange(4), moves_of(4, 999, 1)), np.arange(4))
    assert found is not None and found.p_median == 1 / 1000 == found.p_largest


def test_without_redrawn_records_there_is_no_joint_test() -> None:
    _, curve = answered(claim(vary={"grades": ["a"]}), [estimate(2, 1, 3)])
    assert joint_null(curve, np.array([0])) is None
