"""What the panel takes out: lasting levels, shared months, and a shared season that swells with a place's level."""

from __future__ import annotations

import numpy as np
import pytest
from consequence_worlds import seasons

from civcas.measures.consequences import panel_design, panel_ratio
from civcas.measures.consequences.events import OUTCOME, TREATMENT, sorted_by_time
from civcas.measures.consequences.finding import Direction
from civcas.measures.consequences.limits import Limits
from civcas.measures.consequences.panel import tabulate
from civcas.measures.consequences.within import seasonal, two_way


@pytest.fixture
def without_ratios(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaves out the ratio beside the answer, whose library takes a while to start."""
    monkeypatch.setattr(panel_ratio, "log_scale", lambda *_: None)


def test_a_season_that_multiplies_levels_or_adds_to_them_leaves_nothing_behind() -> None:
    # given levels 1, 2, 4, 7, 9 and a season of ten months, multiplied, added, and both
    level, season = np.array([1.0, 2, 4, 7, 9]), 1 + np.sin(np.arange(10.0)) / 2
    for outcome in (
        np.outer(level, season),
        level[:, None] + season,
        3 * np.outer(level, season) + level[:, None] + season,
    ):
        assert seasonal(outcome).off(outcome[..., None]) == pytest.approx(0, abs=1e-12)
    left = two_way(5, 10).off(np.outer(level, season)[..., None])[..., 0]
    assert left == pytest.approx(np.outer(level - level.mean(), season - season.mean()))


def test_it_equals_least_squares_with_slopes_for_every_place_and_every_month() -> None:
    rng = np.random.default_rng(3)
    outcome, x = rng.poisson(np.outer(np.arange(1, 7), np.ones(8)) * 3.0), rng.normal(size=(6, 8))
    places, months = np.eye(6), np.eye(8)
    level, month = outcome.mean(1), outcome.mean(0)
    design = [np.outer(p, m).ravel() for p in places for m in (np.ones(8), month)]
    design += [np.outer(p, m).ravel() for m in months for p in (np.ones(6), level)]
    columns = np.stack(design, axis=1)
    by_hand = x.ravel() - columns @ np.linalg.lstsq(columns, x.ravel(), rcond=None)[0]
    assert seasonal(outcome.astype(float)).off(x[..., None]).ravel() == pytest.approx(by_hand)


def test_places_of_one_level_and_months_of_one_mean_lose_no_column() -> None:
    flat = seasonal(np.full((6, 8), 2.0))
    assert (flat.places.shape[1], flat.months.shape[1]) == (1, 1)


@pytest.mark.usefixtures("without_ratios")
def test_a_shared_season_is_seldom_called_an_effect_where_two_way_effects_are_misled() -> None:
    # given 30 worlds without an effect; at 5% a binomial count is at most 5 in 99% of cases
    found = [panel_design.ask(seasons(seed=s), limits=Limits(draws=99, seed=s)) for s in range(30)]
    assert sum(f.p <= 0.05 for f in found) <= 5
    misled = [f.numbers["two_way"] for f in found]
    assert sum(abs(m["value"]) > 1.96 * m["se"] for m in misled) > 5


@pytest.mark.usefixtures("without_ratios")
def test_an_effect_is_still_seen_through_the_season() -> None:
    found = [panel_design.ask(seasons(seed=s, effect=1.0), limits=Limits(draws=99, seed=s)) for s in range(12)]
    assert sum(f.p <= 0.05 for f in found) >= 10
    assert all(f.headline.value > 0 for f in found)
    assert sum(f.headline.low <= 3.0 <= f.headline.high for f in found) >= 9


@pytest.mark.usefixtures("without_ratios")
def test_a_rise_in_a_place_with_a_fall_beside_it_is_said_of_the_place_alone() -> None:
    found = [
        panel_design.ask(seasons(seed=s, effect=1.0, how="moved"), limits=Limits(draws=99, seed=s)) for s in range(12)
    ]
    said = [f.direction for f in found]
    assert said.count(Direction.MORE) <= 3
    assert said.count(Direction.MORE_HERE) >= 6


def test_places_within_reach_are_around_one_another_and_never_around_themselves() -> None:
    # given three places 20 km apart in a row
    north = np.array([0.0, 20, 40] * 2) / 111.111
    given = sorted_by_time(
        days=np.arange(6.0), latitude=north, longitude=np.zeros(6), kind=np.array([OUTCOME] * 3 + [TREATMENT] * 3),
        place=np.array([0, 1, 2] * 2),
    )  # fmt: skip
    assert tabulate(given, reach=25).around.toarray().tolist() == [[0, 1, 0], [1, 0, 1], [0, 1, 0]]
    named = tabulate(given)
    assert named.reach == pytest.approx(40, rel=1e-6)
    assert named.around.toarray().sum() == 6
