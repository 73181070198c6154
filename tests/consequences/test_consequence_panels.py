"""Before and after, treated and not: the arithmetic, the inference, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from civcas.errors import BadInput
from civcas.measures.consequences import panel_design, panel_file, table_design
from civcas.measures.consequences.events import OUTCOME, TREATMENT, Events, sorted_by_time
from civcas.measures.consequences.finding import Direction, Finding
from civcas.measures.consequences.wake_design import Limits

QUICK = Limits(draws=199)


def table(*, effect: float = 0.0, early: float = 0.0, seed: int = 1, periods: int = 2) -> Finding:
    """60 units in 20 clusters, half treated; `early` is a rise of the treated before treatment."""
    rng = np.random.default_rng(seed)
    treated = np.repeat([0.0, 1.0], 30)
    level = rng.normal(10, 2, 60)
    before = level[:, None] + rng.normal(0, 1, (60, periods)) + np.outer(treated, np.linspace(0, early, periods))
    after = level[:, None] + 1 + rng.normal(0, 1, (60, 2)) + (effect + early) * treated[:, None]
    return table_design.ask(treated=treated, before=before, after=after, cluster=np.arange(60) // 3, limits=QUICK)


def test_the_effect_is_the_difference_of_the_differences() -> None:
    # given treated 2 → 7 and 4 → 9, others 1 → 2 and 3 → 4 (twice each, to have clusters enough)
    found = table_design.ask(
        treated=np.array([1.0, 1, 1, 1, 0, 0, 0, 0]),
        before=np.array([[2.0], [4], [2], [4], [1], [3], [1], [3]]),
        after=np.array([[7.0], [9], [7], [9], [2], [4], [2], [4]]),
        limits=QUICK,
    )
    assert found.headline.value == 5 - 1


def test_the_standard_error_is_clustered_as_worked_by_hand() -> None:
    # given changes 1, 3 of the treated and 0, 4 of the others, each unit a cluster: scores ±½ and ±1
    effect, se = table_design._difference(np.array([[1.0], [3], [0], [4]]), np.array([1.0, 1, 0, 0]), np.arange(4))
    assert effect[0] == 0
    assert se[0] == pytest.approx(np.sqrt((0.25 + 0.25 + 1 + 1) * 4 / 3))


def test_on_the_log_scale_it_is_the_ratio_of_the_ratios() -> None:
    treated = np.array([1.0, 1, 0, 0])
    found = table_design.ratio_of_ratios(
        treated, np.array([[2.0], [4], [5], [5]]), np.array([[6.0], [6], [10], [0]]), np.arange(4)
    )
    assert found is not None
    assert found["value"] == pytest.approx((12 / 6) / (10 / 10))
    assert found["low"] < found["value"] < found["high"]


def test_the_log_scale_equals_a_poisson_regression_with_fixed_effects_of_unit_and_period() -> None:
    statsmodels = pytest.importorskip("statsmodels.api")
    rng = np.random.default_rng(4)
    treated = np.repeat([0.0, 1.0], 8)
    before, after = rng.poisson(6, (16, 1)).astype(float), rng.poisson(9, (16, 1)).astype(float)
    unit, late = np.tile(np.eye(16), (2, 1)), np.repeat([0.0, 1.0], 16)
    design = np.column_stack([unit, late, late * np.tile(treated, 2)])
    fitted = statsmodels.GLM(np.vstack([before, after]).ravel(), design, family=statsmodels.families.Poisson()).fit()
    ours = table_design.ratio_of_ratios(treated, before, after, np.arange(16))
    assert ours is not None
    assert ours["value"] == pytest.approx(float(np.exp(fitted.params[-1])), rel=1e-6)


def test_a_true_effect_gives_more_a_negative_one_less_and_none_no_change() -> None:
    assert table(effect=2.0).direction is Direction.MORE_HERE
    assert table(effect=-2.0).direction is Direction.LESS_HERE
    assert table().direction is Direction.NO_CHANGE


def test_a_trend_before_treatment_leaves_nothing_to_tell() -> None:
    found = table(effect=2.0, early=3.0)
    assert found.direction is Direction.UNTOLD
    assert [check.name for check in found.failed] == ["trend before"]


def test_with_one_period_before_the_trend_is_said_not_to_be_tested() -> None:
    found = table(effect=2.0, periods=1)
    assert [check.passed for check in found.checks if check.name == "trend before"] == [None]
    assert found.direction is Direction.MORE_HERE


def test_the_interval_holds_the_truth_about_19_times_in_20_and_an_empty_table_is_seldom_called() -> None:
    # given 80 tables each; 99% of binomial counts at 95% and 5% are at least 71 and at most 9
    held = sum(f.headline.low <= 1.0 <= f.headline.high for f in (table(effect=1.0, seed=s) for s in range(80)))
    loud = sum(table(seed=1000 + s).p <= 0.05 for s in range(80))
    assert held >= 71
    assert loud <= 9


@pytest.mark.parametrize(
    ("treated", "says"),
    [([1.0] * 8, "all units are treated"), ([0.0] * 8, "no units are treated"), ([0.0, 2.0] * 4, "other than 0 and 1")],
)
def test_treatment_without_contrast_is_refused(treated: list[float], says: str) -> None:
    with pytest.raises(BadInput, match=says):
        table_design.ask(treated=np.array(treated), before=np.ones((8, 1)), after=np.ones((8, 1)))


def test_an_unknown_outcome_is_refused_and_never_zero(tmp_path: Path) -> None:
    sheet = tmp_path / "panel.csv"
    sheet.write_text("hit,before,after\n1,3,4\n0,2,\n")
    with pytest.raises(BadInput, match=r"line 3: after is not known"):
        panel_file.read(sheet, treated="hit", pre=["before"], post=["after"], cluster=None)


def test_rows_that_stand_twice_are_refused_where_units_are_named(tmp_path: Path) -> None:
    sheet = tmp_path / "panel.csv"
    sheet.write_text("village,hit,before,after\na,1,3,4\na,1,3,4\nb,0,2,2\n")
    with pytest.raises(BadInput, match="1 of 3 rows stand twice"):
        panel_file.read(sheet, treated="hit", pre=["before"], post=["after"], cluster=None)


def test_words_for_yes_and_no_are_read_and_others_refused(tmp_path: Path) -> None:
    sheet = tmp_path / "panel.csv"
    sheet.write_text("hit,before,after,group\nyes,3,4,x\nFalse,2,2,y\n")
    read = panel_file.read(sheet, treated="hit", pre=["before"], post=["after"], cluster="group")
    assert read.treated.tolist() == [1, 0]
    assert read.cluster is not None and read.cluster.tolist() == [0, 1]
    sheet.write_text("hit,before,after\nmaybe,3,4\n")
    with pytest.raises(BadInput, match="line 2: hit is 'maybe'"):
        panel_file.read(sheet, treated="hit", pre=["before"], post=["after"], cluster=None)


def events(*, effect: float, seed: int = 1, lead: float = 0.0) -> Events:
    """20 places over 60 months; a treatment in a place and month is followed by `effect` outcomes in each of the next three."""
    rng = np.random.default_rng(seed)
    treated = rng.poisson(0.15, (20, 60))
    mean = np.outer(rng.uniform(1, 4, 20), 1 + 0.5 * np.sin(np.arange(60) / 6))
    for k in range(1, 4):
        mean[:, k:] += effect * treated[:, :-k]
        mean[:, :-k] += lead * treated[:, k:]
    rows = []
    for kind, counts in ((OUTCOME, rng.poisson(mean)), (TREATMENT, treated)):
        place, month = (np.repeat(axis.ravel(), counts.ravel()) for axis in np.indices((20, 60)))
        rows.append((place, month, np.full(len(place), kind)))
    place, month, kind = (np.concatenate(part) for part in zip(*rows, strict=True))
    first = (np.datetime64("2000-01", "M") + month).astype("datetime64[D]").astype(float)
    return sorted_by_time(days=first + 14, latitude=place * 1.0, longitude=np.zeros(len(place)), kind=kind, place=place)


def test_events_are_counted_by_place_and_calendar_month() -> None:
    panel = panel_design.tabulate(events(effect=0.0))
    assert panel.shape == (20, 60)
    assert panel.outcome.sum() == np.sum(events(effect=0.0).kind == OUTCOME)


def test_an_effect_after_a_treatment_is_found_with_its_size() -> None:
    found = panel_design.ask(events(effect=0.7), limits=QUICK)
    assert found.direction is Direction.MORE
    assert found.headline.low <= 3 * 0.7 <= found.headline.high


def test_without_an_effect_none_is_found() -> None:
    assert panel_design.ask(events(effect=0.0), limits=QUICK).direction in (Direction.NO_CHANGE, Direction.UNTOLD)


def test_violence_that_rose_before_the_treatment_leaves_nothing_to_tell() -> None:
    found = panel_design.ask(events(effect=0.7, lead=0.7), limits=QUICK)
    assert found.direction is Direction.UNTOLD
    assert "trend before" in [check.name for check in found.failed]


@pytest.mark.filterwarnings("ignore")  # pyfixest and pandas warn of one another
def test_estimates_and_clustered_errors_equal_pyfixest() -> None:
    pytest.importorskip("pyfixest")
    import pandas as pd
    from pyfixest import feols

    panel = panel_design.tabulate(events(effect=0.7))
    x = panel_design._shifted(panel.treatment)
    names = [f"x{k}" for k in range(x.shape[2])]
    rows = pd.DataFrame(x.reshape(-1, x.shape[2]), columns=names)
    rows["y"] = panel.outcome[:, 3:57].ravel()
    rows["place"], rows["month"] = np.repeat(np.arange(20), 54), np.tile(np.arange(54), 20)
    theirs = feols(f"y ~ {' + '.join(names)} | place + month", data=rows, vcov={"CRV1": "place"})
    beta, variance = panel_design._fit(panel.treatment, panel_design._fixed(panel))
    assert beta == pytest.approx(theirs.coef().to_numpy(), abs=1e-8)
    assert np.sqrt(np.diag(variance)) == pytest.approx(theirs.se().to_numpy(), rel=0.04)


def test_one_place_or_few_months_are_refused() -> None:
    given = events(effect=0.0)
    with pytest.raises(BadInput, match="one place"):
        panel_design.ask(replace(given, place=np.zeros(len(given.days), np.int64)))
    early = given.days < given.days.min() + 200
    short = replace(given, days=given.days[early], latitude=given.latitude[early], longitude=given.longitude[early],
                    kind=given.kind[early], place=given.place[early] if given.place is not None else None)  # fmt: skip
    with pytest.raises(BadInput, match="cover 7 months"):
        panel_design.ask(short)
