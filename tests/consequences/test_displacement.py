"""Violence that only moved away is never called less violence; a fall that holds out to the widest distance is."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from consequence_worlds import moved

from civcas.measures.consequence import answer
from civcas.measures.consequences import displacement, wake_design
from civcas.measures.consequences.events import CONTROL, OUTCOME, TREATMENT, sorted_by_time
from civcas.measures.consequences.finding import Direction, Effect, agreed
from civcas.measures.consequences.labels import contrast
from civcas.measures.consequences.limits import Limits
from civcas.measures.consequences.wakes import Windows
from civcas.terms.estimate import Estimate

WINDOWS = Windows(days=(2, 4), km=(2.0, 4.0, 6.0))


@pytest.mark.parametrize(
    ("near", "reach", "km"),
    [
        (2.0, 30.0, (2, 4, 6, 12, 24, 30)),
        (10.0, 30.0, (10, 20, 30)),
        (6.0, 6.0, (6,)),
        (6.0, 1.0, (6,)),
        (4.0, 9.0, (4, 8, 9)),
    ],
)
def test_discs_grow_from_the_window_to_the_reach(near: float, reach: float, km: tuple[float, ...]) -> None:
    assert displacement.distances(near, reach) == km


def effect(low: float, high: float) -> Effect:
    return Effect(label="", value=(low + high) / 2, low=low, high=high, se=1.0)


def test_a_move_is_excluded_only_where_every_disc_leaves_out_zero_on_the_same_side() -> None:
    assert displacement.same_sign([effect(-3, -1), effect(-9, -0.1)])
    assert not displacement.same_sign([effect(-3, -1), effect(-9, 0.1)])
    assert not displacement.same_sign([effect(-3, -1), effect(1, 2)])
    assert displacement.same_sign([effect(1, 3), effect(0.2, 8)])
    assert not displacement.same_sign([effect(np.nan, np.nan)])


def test_what_moved_from_near_to_far_adds_up_to_nothing_in_the_disc_that_holds_both() -> None:
    # given 12 treatments and 12 controls far apart; after a treatment its one outcome lies 5 km away, after a control 1 km,
    # and a treatment and a control have one further outcome 1 km away
    turn = np.arange(24) % 2
    north = np.arange(24) * 1.0
    wakes = np.stack([20.0 + np.arange(24), north, np.where(turn == 1, TREATMENT, CONTROL)])
    after = np.stack([21.0 + np.arange(24), north + np.where(turn == 1, 5, 1) / 111.111, np.full(24, OUTCOME)])
    more = np.stack([after[0, 4:6], north[4:6] + 1 / 111.111, np.full(2, OUTCOME)])
    ends = np.array([[0.0, 80.0], [50.0, 50.0], [OUTCOME, OUTCOME]])
    day, latitude, kind = np.concatenate([wakes, after, more, ends], axis=1)
    given = sorted_by_time(days=day, latitude=latitude, longitude=np.zeros(len(day)), kind=kind.astype(int))

    def compare(outcome: np.ndarray, covariates: np.ndarray):  # type: ignore[no-untyped-def]
        return contrast(
            outcome=outcome,
            covariates=covariates,
            dose=turn * 1.0,
            stratum=np.zeros(24, np.int64),
            when=day[:24],
            draws=99,
        )

    found = displacement.summed(
        given, days=2, near=2.0, reach=6.0, rows=np.ones(24, bool), covariates=np.empty((24, 0)), compare=compare
    )
    # then one fewer within 2 and within 4 km, and none fewer within 6 km
    assert found.km == (2, 4, 6)
    assert [e.value for e in found.effects] == pytest.approx([-1.0, -1.0, 0.0], abs=1e-12)
    assert not found.excluded


def directions(how: str, worlds: int) -> Counter[Direction]:
    return Counter(
        wake_design.ask(moved(seed=s, how=how), WINDOWS, limits=Limits(draws=99, seed=s)).direction
        for s in range(worlds)
    )


def test_violence_that_only_moved_is_said_to_be_less_here_and_hardly_ever_less() -> None:
    # given 24 worlds whose totals are unchanged; at 5% a binomial count is at most 4 in 99% of cases
    said = directions("moved", 24)
    assert said[Direction.LESS] <= 4
    assert said[Direction.LESS_HERE] >= 16


def test_a_true_fall_is_said_to_be_less_often_and_never_more() -> None:
    said = directions("fall", 24)
    assert said[Direction.LESS] >= 6
    assert said[Direction.LESS] + said[Direction.LESS_HERE] >= 18
    assert said[Direction.MORE] == said[Direction.MORE_HERE] == 0


def test_an_answer_of_less_here_carries_the_sum_over_the_widest_area_whose_interval_leaves_room_for_no_change(
    tmp_path: Path,
) -> None:
    given = moved(seed=3, how="moved")
    file = tmp_path / "events.csv"
    with file.open("w", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["date", "latitude", "longitude", "kind"])
        dates = given.days.astype(int).astype("datetime64[D]").astype(str)
        kinds = [("attack", "strike", "show")[k] for k in given.kind]
        rows.writerows(zip(dates, given.latitude, given.longitude, kinds, strict=True))
    found = answer(
        events=[file],
        treatment="strike",
        control="show",
        outcome="attack",
        design="wake",
        days="2,4",
        km="2,4,6",
        draws=99,
    )
    assert isinstance(found, Estimate)
    assert found.says.startswith("Less here.")
    assert "Whether they only moved elsewhere cannot be told." in found.says
    assert found.low is not None and found.high is not None and found.low < 0 < found.high
    assert "summed over the widest area" in found.interval_of
    design = found.diagnostics["designs"][0]
    assert design["headline"]["high"] < 0
    assert design["elsewhere"]["label"] == "4 days, 18 km"
    assert found.value == design["elsewhere"]["value"]
    check = next(c for c in design["checks"] if c["name"] == "displacement")
    assert check["passed"] is False and check["decides"] is False


def test_a_design_that_excludes_a_move_lets_the_change_be_said_of_the_whole_and_signs_must_agree() -> None:
    found = wake_design.ask(moved(seed=3, how="moved"), WINDOWS, limits=Limits(draws=99))
    assert found.direction is Direction.LESS_HERE
    less, more_here = replace(found, direction=Direction.LESS), replace(found, direction=Direction.MORE_HERE)
    same = replace(found, direction=Direction.NO_CHANGE)
    assert agreed((found, less)) is Direction.LESS
    assert agreed((found, same)) is Direction.LESS_HERE
    assert agreed((less, more_here)) is Direction.UNTOLD
