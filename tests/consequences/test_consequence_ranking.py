"""Ranks of figures that are ranges: exact by hand, equal to a simulation, and refused where the cause comes after."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from civcas.measures import published_range
from civcas.measures.consequences.ranking import rank_probabilities, rank_range
from civcas.measures.rank_in_figures import answer
from civcas.terms.estimate import Estimate, Refusal


def test_two_ranges_that_half_overlap_are_as_worked_by_hand() -> None:
    # given X even on 0–2 and Y even on 1–3: P(X > Y) = 1/8
    ranks = rank_probabilities(np.array([0.0, 1.0]), np.array([2.0, 3.0]), 0)
    assert ranks == pytest.approx([1 / 8, 7 / 8])


def test_three_equal_ranges_share_all_ranks() -> None:
    assert rank_probabilities(np.zeros(3), np.ones(3), 1) == pytest.approx([1 / 3] * 3)


def test_single_values_need_no_range_and_share_ties() -> None:
    assert rank_probabilities(np.array([5.0, 5.0, 1.0]), np.array([5.0, 5.0, 1.0]), 0) == pytest.approx([0.5, 0.5, 0])


def test_many_ranges_equal_a_simulation() -> None:
    rng = np.random.default_rng(1)
    low = rng.uniform(0, 10, 12)
    high = low + rng.uniform(0, 6, 12)
    drawn = rng.uniform(low, high, (200_000, 12))
    simulated = np.bincount((drawn > drawn[:, [4]]).sum(axis=1), minlength=12) / len(drawn)
    assert rank_probabilities(low, high, 4) == pytest.approx(simulated, abs=0.005)


def test_the_range_of_ranks_is_from_best_to_worst() -> None:
    assert rank_range(np.array([0.0, 1.0, 5.0]), np.array([2.0, 3.0, 6.0]), 0) == (2, 3)
    assert rank_range(np.array([0.0, 2.0]), np.array([2.0, 3.0]), 0) == (2, 2)  # 2 is not above 2


FIGURES = """country,low,high,date
Here,10,20,2015-01-26
There,15,30,2015-01-26
Yonder,1,5,2015-01-26
Nowhere,,,2015-01-26
Here,1,2,2013-12-17
"""


@pytest.fixture
def figures(tmp_path: Path) -> Path:
    file = tmp_path / "figures.csv"
    file.write_text(FIGURES)
    return file


def test_the_latest_figures_are_ranked_and_items_without_a_figure_are_told(figures: Path) -> None:
    found = answer(item="here", top=1, figures=figures)
    assert isinstance(found, Estimate)
    assert found.value == pytest.approx(12.5 / 150)  # the triangle where 10–20 lies above 15–30
    assert (found.diagnostics["best_rank"], found.diagnostics["worst_rank"]) == (1, 2)
    assert found.diagnostics["as_of"] == "2015-01-26"
    assert any("1 items without any figure" in note for note in found.notes)


def test_a_cause_that_began_after_the_figures_is_refused(figures: Path) -> None:
    found = answer(item="Here", figures=figures, top=1, cause_began="2015-09-30")
    assert isinstance(found, Refusal)
    assert "began on 2015-09-30" in found.reason and "2015-01-26" in found.reason


@pytest.mark.parametrize(
    ("asked", "says"),
    [({"item": "Hare"}, "did you mean"), ({"item": "Here", "top": 9}, "the first 9 of 3"),
     ({"item": "Here", "as_of": "2014-01-01"}, "no date"),
     ({"item": "Here", "cause_began": "soon"}, "is not a day")],
)  # fmt: skip
def test_what_cannot_be_ranked_is_refused(figures: Path, asked: dict[str, object], says: str) -> None:
    found = answer(figures=figures, **{"top": 1, **asked})  # type: ignore[arg-type]
    assert isinstance(found, Refusal)
    assert says in found.reason


def test_without_figures_nothing_is_ranked(tmp_path: Path) -> None:
    assert isinstance(answer({}, item="Here"), Refusal)
    assert isinstance(answer(item="Here", figures=tmp_path / "none.csv"), Refusal)


def test_russia_is_among_the_first_ten_origins_and_not_among_the_first_three(real_data: Path) -> None:
    found = answer(item="Russia", top=10, figures=real_data / "foreign_fighters" / "icsr.csv")
    assert isinstance(found, Estimate)
    assert found.value == pytest.approx(1.0)
    first = found.diagnostics["among_the_first"]
    assert first["3"] == pytest.approx(0.0, abs=1e-9)
    assert first["5"] == pytest.approx(3 / 7)


def test_figures_of_january_2015_are_no_effect_of_a_campaign_of_september_2015(real_data: Path) -> None:
    found = answer(item="Russia", figures=real_data / "foreign_fighters" / "icsr.csv", cause_began="2015-09-30")
    assert isinstance(found, Refusal)
    assert "an effect cannot come first" in found.reason


def test_a_published_range_is_given_as_published_and_as_of_its_date(figures: Path) -> None:
    found = published_range.answer(item="here", figures=figures, as_of="2013-12-17")
    assert isinstance(found, Estimate)
    assert (found.low, found.high, found.diagnostics["as_of"]) == (1, 2, "2013-12-17")
    assert str(found.interval) == "published"
    assert isinstance(published_range.answer(item="nowhere", figures=figures), Refusal)


def test_figures_that_contradict_themselves_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "figures.csv"
    file.write_text("country,low,high\nHere,20,10\nThere,1,2\n")
    assert "low above its high" in answer(item="Here", top=1, figures=file).to_dict()["refused"]
    file.write_text("country,low,high\nHere,1,2\nhere,1,2\n")
    assert "stands twice" in answer(item="Here", top=1, figures=file).to_dict()["refused"]
    file.write_text("land,low,high\nHere,1,2\n")
    assert "no column holds the item" in answer(item="Here", top=1, figures=file).to_dict()["refused"]


def test_the_registers_indicators_are_ranked_as_a_file_is() -> None:
    import ibis
    import pyarrow as pa

    from civcas.terms.tables import INDICATOR

    rows = pa.table({"indicator_id": ["a", "b"], "name": ["fighters"] * 2, "country": ["Here", "There"], "low": [0.0, 1.0],
                     "high": [2.0, 3.0], "dataset": ["made up"] * 2})  # fmt: skip
    found = answer({"indicator": ibis.memtable(INDICATOR.conform(rows))}, item="Here", top=1, indicator="fighters")
    assert isinstance(found, Estimate)
    assert found.value == pytest.approx(1 / 8)
