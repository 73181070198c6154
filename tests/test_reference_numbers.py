"""The page of published numbers names tests that exist; and the numbers that no other file tests."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import brentq

from civcas.measures.undercount import decomposable, loglinear, sheet
from civcas.measures.undercount.models import terms

ROOT = Path(__file__).parent.parent


def test_every_number_of_the_page_names_a_test_that_exists() -> None:
    page = (ROOT / "docs" / "reference-numbers.md").read_text(encoding="utf-8")
    code = "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "tests").glob("*.py"))
    named = set(re.findall(r"`(test_\w+)`", page))
    assert len(named) > 30
    assert sorted(name for name in named if f"def {name}(" not in code) == []


@pytest.mark.parametrize(
    ("name", "times", "mean", "low", "high"),
    [
        ("sparsemse_Ned_5", 10, 48004.9, 40845, 55456),
        ("sparsemse_Western", 30, 2254.0, 1343, 3871),
        ("rcapture_lesbian", 30, 5147.3, 4635, 5749),
    ],
)
def test_graphs_of_other_published_lists(
    real_data: Path, name: str, times: int, mean: float, low: int, high: int
) -> None:
    lists = sheet.read(real_data / "reference" / f"{name}.csv")[0].whole
    found = decomposable.posterior(lists, unseen=(1, times * lists.n))
    assert found.mean == pytest.approx(mean, abs=0.1)
    assert (found.quantile(0.025), found.quantile(0.975)) == (low, high)


def test_a_grid_cut_short_hides_half_of_a_posterior(real_data: Path) -> None:
    # the published 48,005 is the mean of what lies below ten unseen for each documented
    lists = sheet.read(real_data / "reference" / "sparsemse_Ned_5.csv")[0].whole
    assert decomposable.posterior(lists).mean > 80_000


def test_kosovos_poisson_profile(real_data: Path) -> None:
    """The deviance of the Poisson model whose unseen cell is held at n₀ rises by 3.84 at both limits."""
    cells = sheet.read(real_data / "reference" / "kosovo_aggregate.csv")[0].whole.cells()
    named = terms(4)
    columns = named.columns(np.array([named.model("123", "14", "34")]))[0]
    best = float(loglinear.fit(named.design, cells, columns[None]).unseen[0])
    design = named.design[:, columns]

    def deviance(unseen: float) -> float:
        rest, coefficients = design[:, 1:], np.zeros(design.shape[1] - 1)
        coefficients[:] = np.linalg.lstsq(rest, np.log(cells + 0.5) - np.log(unseen), rcond=None)[0]
        for _ in range(50):
            mean = unseen * np.exp(rest @ coefficients)
            coefficients += np.linalg.solve(rest.T @ (rest * mean[:, None]), rest.T @ (cells - mean))
        mean = unseen * np.exp(rest @ coefficients)
        return float(2 * (cells * np.log(np.maximum(cells, 1) / mean) - cells + mean).sum())

    lowest = deviance(best)
    low, high = (brentq(lambda n: deviance(n) - lowest - 3.841459, *ends) for ends in ((1000, best), (best, 60000)))
    assert (4400 + low, 4400 + high) == (pytest.approx(9020, abs=1), pytest.approx(12131, abs=1))
