"""Partially pooled counts against an independent sampler, and what pooling does to thin groups."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from civcas.measures.counts.partial_pooling import Effects, Posterior, partially_pooled

Columns = dict[str, Any]


def columns(file: Path) -> Columns:
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


@pytest.fixture(scope="module")
def reference(real_data: Path) -> Path:
    return real_data / "reference"


def made_up(reference: Path) -> dict[str, Any]:
    read = columns(reference / "synthetic_interval_counts.csv")
    return {
        "low": read["deaths_min"].astype(float), "high": read["deaths_max"].astype(float), "exposure": read["strikes"].astype(float),
        "design": np.column_stack([np.ones(300), read["group"].astype(float)]),
    }  # fmt: skip


def test_the_bayesian_ratio_of_the_made_up_counts_is_that_of_an_independent_sampler(reference: Path) -> None:
    # priors N(0, 2²), N(0, 1), half-normal(1): NUTS gave a median of 1.963, 1.549–2.488, from 3,000 draws
    found = partially_pooled(**made_up(reference), prior=(2.0, 1.0), chains=2, warm=300, draws=700)
    ratio = np.exp(found.coefficients[:, :, 1])
    assert found.rhat < 1.01 and found.divergent == 0
    assert float(np.median(ratio)) == pytest.approx(1.97, abs=0.03)  # Monte Carlo error 0.008 here and there
    assert np.quantile(ratio, [0.025, 0.975]) == pytest.approx([1.549, 2.488], abs=0.06)


def test_a_thin_group_leans_on_the_others_and_a_thick_one_on_itself() -> None:
    # given nine groups at 10 a period, one at 30 seen once and one at 30 seen forty times
    counts = np.concatenate([np.full(90, 10.0), [30.0], np.full(40, 30.0)])
    level = np.concatenate([np.repeat(np.arange(9), 10), [9], np.full(40, 10)])
    groups = [Effects(name="area", level=level, active=np.ones(131), count=11)]
    found = partially_pooled(low=counts, high=counts, exposure=np.ones(131), design=np.ones((131, 1)), prior=(5.0,),
                             groups=groups, chains=2, warm=300, draws=500)  # fmt: skip
    means = np.exp(found.coefficients + found.effects["area"]).mean((0, 1))
    assert means[10] == pytest.approx(30.0, rel=0.05)
    assert 20.0 < means[9] < 29.5


def test_one_divergent_draw_is_too_many() -> None:
    draws = np.zeros((4, 500))
    found = [
        Posterior(coefficients=draws[:, :, None], effects={}, scales={}, dispersion=draws, divergent=divergent, rhat=1.0,
                  least_effective=900.0)
        for divergent in (0, 1)
    ]  # fmt: skip
    assert [each.converged for each in found] == [True, False]
