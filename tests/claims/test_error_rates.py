"""How often the rule is wrong, through the whole path and at small size; benchmarks/verdicts.py prints it at full size."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from civcas.terms.vocabulary import Verdict
from simulated_records import World

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

from verdicts import CLAIMS, verdicts

TIMES = 40


@pytest.mark.slow
@pytest.mark.parametrize(("months", "correlation"), [(12, 0.8), (24, 0.0), (36, 0.6)])
@pytest.mark.parametrize("ratio", [8.0, 1.0])
def test_false_claims_are_hardly_ever_supported_and_true_ones_hardly_ever_contradicted(
    ratio: float, months: int, correlation: float
) -> None:
    counted = verdicts(World(ratio=ratio, months=months, correlation=correlation), times=TIMES, seed=7)
    for told in CLAIMS[ratio]:
        wrong = counted[told.name][Verdict.CONTRADICTED if told.true else Verdict.SUPPORTED]
        assert wrong <= 4, told.name  # 2.5% of 40 is 1; more than 4 comes by chance in 0.4% of runs


@pytest.mark.slow
def test_a_true_direction_is_supported_where_there_is_enough_to_see_it() -> None:
    counted = verdicts(World(ratio=8, months=24, correlation=0.4), times=20, seed=3)
    assert counted["above 1"][Verdict.SUPPORTED] >= 17
    assert counted["8 ± 25%"][Verdict.SIZE_OPEN] >= 17
