"""Lists that cannot carry a number, and tables that are not lists: each is refused, and says what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from civcas.errors import BadInput
from civcas.measures.undercount import fitness, sheet
from civcas.measures.undercount.methods import METHODS, Wish, ask
from civcas.measures.undercount.overlap import Overlap
from civcas.terms.estimate import Refusal


def reference(folder: Path, name: str) -> Overlap:
    return sheet.read(folder / "reference" / name)[0].whole


COPY = [[1, 1, 0], [1, 1, 1], [0, 0, 1]]
NESTED = [[1, 1, 0], [0, 1, 0], [1, 1, 1], [0, 1, 1], [0, 0, 1]]


@pytest.mark.parametrize(
    ("lists", "method", "reason"),
    [
        (Overlap.of(COPY, [20, 9, 30]), "loglinear", "copies of each other"),
        (Overlap.of(NESTED, [20, 30, 9, 8, 30]), "loglinear", "lies inside"),
        (Overlap.of([[1, 0, 0], [0, 1, 0], [0, 0, 1]], [50, 40, 30]), "loglinear", "do not overlap"),
        (Overlap.of([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0]], [50, 40, 30, 3]), "loglinear", "too thin"),
        (Overlap.of([[1, 0], [0, 1], [1, 1]], [50, 40, 30]), "loglinear", "needs at least 3"),
        (Overlap.of([[1]], [50]), "chapman", "one list"),
        (Overlap.of([[1, 0, 0], [0, 1, 0], [1, 1, 0]], [50, 40, 30]), "graphs", "needs at least 3"),
        (Overlap.of([[1, 1, 0, 0], [1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 1], [0, 0, 1, 0], [0, 0, 0, 1]], [9] * 6),
         "loglinear", "share nobody"),
    ],
)  # fmt: skip
def test_lists_that_cannot_carry_a_number_are_refused(lists: Overlap, method: str, reason: str) -> None:
    found = ask(lists, METHODS[method], Wish())
    assert isinstance(found, Refusal)
    assert reason in found.reason
    assert found.needs


def test_a_small_list_inside_another_is_warned_of_not_refused() -> None:
    lists = Overlap.of([[1, 1, 0], [0, 1, 0], [0, 1, 1], [0, 0, 1]], [4, 30, 12, 30])
    assert fitness.unfit(lists) is None
    assert any("wholly inside" in said for said in fitness.warnings(lists))


def test_a_posterior_at_the_priors_edge_is_refused(real_data: Path) -> None:
    found = ask(reference(real_data, "gaza_lists_overlap_total.csv"), METHODS["graphs"], Wish())
    assert isinstance(found, Refusal)
    assert "prior's edge" in found.reason


@pytest.mark.parametrize(
    ("patterns", "counts", "found"),
    [
        ([[1, 0], [0, 1]], [5, -1], "negative"),
        ([[1, 0], [0, 1]], [5, 1.5], "fractions"),
        ([[1, 0], [0, 0]], [5, 1], "on no list"),
        ([[1, 0], [0, 2]], [5, 1], "other than 0 and 1"),
        ([[1, 0], [0, 1]], [0, 0], "nobody"),
        ([[1, 0], [0, 1]], [5], "do not fit"),
    ],
)
def test_tables_that_are_not_overlaps_are_refused(patterns: list[list[int]], counts: list[float], found: str) -> None:
    with pytest.raises(BadInput, match=found):
        Overlap.of(patterns, counts)
