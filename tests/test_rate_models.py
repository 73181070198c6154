"""Models of counts against cases worked by hand, data simulated from known parameters, and published numbers."""

from __future__ import annotations

import csv
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from civcas.errors import BadInput, MissingExtra, UnknownName
from civcas.measures.counts import change_points
from civcas.measures.counts.change_points import (
    dispersion_between_neighbours,
    level_change_interval,
    level_changes,
    poisson_changes,
    single_change,
)
from civcas.measures.counts.completeness import nowcast, triangle
from civcas.measures.counts.e_value import e_value
from civcas.measures.counts.exact import poisson_count, risk_ratio, two_rates
from civcas.measures.counts.negative_binomial import interval_regression, log_probability
from civcas.measures.counts.partial_pooling import partially_pooled
from civcas.measures.counts.reported_value import mixture, total_draws

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


# --- exact and small-sample


def test_a_poisson_count_of_20_has_the_exact_interval_12_21652_to_30_88838() -> None:
    found = poisson_count(20)
    assert (found.low, found.high) == pytest.approx((12.21652, 30.88838), abs=5e-6)
    assert poisson_count(0).low == 0.0


def test_rothmans_two_rates_are_reproduced_by_every_method() -> None:
    found = two_rates(count=41, exposure=28_010, reference_count=15, reference_exposure=19_017)
    assert found.ratio == pytest.approx(1.855759, abs=1e-6)
    assert found.p == pytest.approx(0.040852, abs=1e-6)
    for interval, low, high in (
        (found.exact, 1.005684, 3.609300), (found.score, 1.03578, 3.32486), (found.wald, 1.02723, 3.35256),
        (found.recovered, 1.02830, 3.32232),
    ):  # fmt: skip
        assert (interval.low, interval.high) == pytest.approx((low, high), abs=2e-5)
    # the published mid-p limits come from a root finder that stops within 1e-4 of the root
    assert (found.mid_p.value, found.mid_p.low, found.mid_p.high) == pytest.approx(
        (1.84298, 1.04104, 3.44905), rel=1.5e-4
    )


def test_two_rates_without_a_reference_event_keep_a_finite_low_end() -> None:
    found = two_rates(count=5, exposure=100, reference_count=0, reference_exposure=100)
    assert math.isinf(found.ratio) and math.isinf(found.exact.high)
    assert found.exact.low == pytest.approx(0.9164, abs=1e-3)  # (0.025^(1/5)) / (1 − 0.025^(1/5))


def test_the_ground_sample_over_the_published_rate_is_30_5_times_with_its_score_interval() -> None:
    score, wald = risk_ratio(count=20, of=103, reference_count=89, reference_of=14_000)
    assert score.value == pytest.approx(30.544, abs=1e-3)
    assert (score.low, score.high) == pytest.approx((19.405, 46.765), abs=2e-3)
    assert (wald.low, wald.high) == pytest.approx((19.581, 47.645), abs=1e-3)


@pytest.mark.parametrize(
    "given",
    [
        {"count": -1, "exposure": 1, "reference_count": 1, "reference_exposure": 1},
        {"count": 1, "exposure": 0, "reference_count": 1, "reference_exposure": 1},
        {"count": 0, "exposure": 1, "reference_count": 0, "reference_exposure": 1},
        {"count": 1.5, "exposure": 1, "reference_count": 1, "reference_exposure": 1},
    ],
)
def test_negative_and_fractional_counts_and_zero_exposures_are_refused(given: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        two_rates(**given)


# --- counts known as ranges


def test_the_interval_regression_reaches_the_published_maximum(reference: Path) -> None:
    fit = interval_regression(**made_up(reference))
    assert fit.converged
    assert fit.coefficients == pytest.approx([-0.968549, 0.690167], abs=2e-6)
    assert fit.standard_errors == pytest.approx([0.091843, 0.123102], abs=2e-6)
    assert fit.dispersion == pytest.approx(0.919352, abs=2e-6)
    assert fit.minus_log_likelihood == pytest.approx(509.49508, abs=1e-5)


@pytest.mark.parametrize(
    ("taken", "log_ratio"), [("middle", 0.684067), ("low", 0.701952), ("high", 0.682729), ("true", 0.685631)]
)
def test_one_number_a_count_gives_the_published_log_ratios(reference: Path, taken: str, log_ratio: float) -> None:
    # the published ones stop up to 5e-5 short of the maximum; the whole-numbered middle rounds halves to even
    given = made_up(reference)
    true = columns(reference / "synthetic_interval_counts.csv")["deaths_true"].astype(float)
    count = {
        "middle": np.round((given["low"] + given["high"]) / 2),
        "low": given["low"],
        "high": given["high"],
        "true": true,
    }[taken]
    fit = interval_regression(**{**given, "low": count, "high": count})
    assert fit.coefficients[1] == pytest.approx(log_ratio, abs=6e-5)


def test_the_bounds_of_the_made_up_ratio_are_1_2913_to_3_6261(reference: Path) -> None:
    given, group = made_up(reference), made_up(reference)["design"][:, 1] == 1
    exposed, other = given["exposure"][group].sum(), given["exposure"][~group].sum()
    least = given["low"][group].sum() / exposed / (given["high"][~group].sum() / other)
    most = given["high"][group].sum() / exposed / (given["low"][~group].sum() / other)
    assert (least, most) == pytest.approx((1.2913, 3.6261), abs=5e-5)


def test_days_absent_from_school_give_the_published_dispersion_and_errors(reference: Path) -> None:
    read = columns(reference / "mass_quine.csv")
    dummies = [
        read[name] == value
        for name, value in (("Eth", "N"), ("Sex", "M"), ("Age", "F1"), ("Age", "F2"), ("Age", "F3"), ("Lrn", "SL"))
    ]
    days = read["Days"].astype(float)
    fit = interval_regression(
        low=days, high=days, design=np.column_stack([np.ones(146), *dummies]).astype(float), exposure=np.ones(146)
    )
    assert 1 / fit.dispersion == pytest.approx(1.274893, abs=2e-6)
    assert fit.dispersion_standard_error / fit.dispersion**2 == pytest.approx(0.16104, abs=1e-4)
    assert (fit.coefficients[1], fit.coefficients[6]) == pytest.approx((-0.569372, 0.292109), abs=2e-6)
    assert math.sqrt(fit.expected_covariance[1, 1]) == pytest.approx(0.153333, abs=1e-6)  # expected information
    assert fit.standard_errors[1] == pytest.approx(0.157609, abs=1e-6)  # observed information
    assert 2 * fit.minus_log_likelihood == pytest.approx(1093.151, abs=1e-3)


def test_a_range_has_the_sum_of_the_probabilities_inside_it_also_far_in_the_tail() -> None:
    low, high = np.array([3.0, 0.0, 400.0]), np.array([5.0, np.inf, np.inf])
    mean = np.array([4.0, 4.0, 5.0])
    value, slope, _ = log_probability(low, high, mean, 0.5)
    exact = [log_probability(np.array([y]), np.array([y]), mean[:1], 0.5)[0][0] for y in (3.0, 4.0, 5.0)]
    assert value[0] == pytest.approx(math.log(sum(math.exp(each) for each in exact)), abs=1e-12)
    assert value[1] == 0.0 and slope[1] == 0.0  # everything is possible, so nothing is learnt
    assert -140 < value[2] < -100  # no underflow to minus infinity


def test_an_interval_regression_finds_the_ratio_it_was_simulated_with() -> None:
    draw = np.random.default_rng(5)
    side = np.repeat([0.0, 1.0], 2000)
    true = draw.negative_binomial(1 / 0.8, 1 / (1 + 0.8 * np.exp(1.0 + 0.5 * side))).astype(float)
    low, high = np.maximum(0, true - draw.poisson(1, 4000)), true + draw.poisson(3, 4000)
    high[::10] = np.nan  # every tenth open above
    fit = interval_regression(low=low, high=high, design=np.column_stack([np.ones(4000), side]), exposure=np.ones(4000))
    assert fit.coefficients[1] == pytest.approx(0.5, abs=4 * fit.standard_errors[1])
    assert fit.standard_errors[1] < 0.06


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"exposure": np.zeros(300)}, "exposure of row 1 is 0"),
        ({"low": np.full(300, 9.0), "high": np.full(300, 3.0)}, "minimum is above its maximum"),
        ({"low": np.full(300, -1.0)}, "below zero"),
        ({"design": np.ones((300, 2))}, "repeat one another"),
    ],
)
def test_a_regression_refuses_what_it_cannot_fit(reference: Path, change: dict[str, Any], says: str) -> None:
    with pytest.raises(BadInput, match=says):
        interval_regression(**{**made_up(reference), **change})


# --- reported values


def coefficients(reference: Path) -> dict[tuple[str, str, str], float]:
    read = columns(reference / "uncertainUCDP_coefficients.csv")
    return {
        (str(a), str(b), str(c)): float(d)
        for a, b, c, d in zip(read["tov"], read["component"], read["term"], read["coef"], strict=True)
    }


def test_the_84_reference_triples_of_the_reported_value_mixture_are_reproduced(reference: Path) -> None:
    read = columns(reference / "uncertainUCDP_parameters_reference.csv")
    seen = 0
    for kind in ("sb", "ns", "os", "any"):
        rows = read["tov"] == kind
        found = mixture(
            reported=read["fatalities"][rows].astype(float), kind=kind, coefficients=coefficients(reference)
        )
        for name, value in (("loc", found.location), ("scale", found.scale), ("w", found.kept), ("mean", found.mean)):
            assert value == pytest.approx(read[name][rows].astype(float), rel=1e-6)
        seen += int(rows.sum())
    assert seen == 84


def test_a_hundred_reported_in_one_sided_violence_stand_for_127(reference: Path) -> None:
    found = mixture(reported=np.array([100.0]), kind="os", coefficients=coefficients(reference))
    assert (found.location[0], found.scale[0], found.kept[0], found.mean[0]) == pytest.approx(
        (130.2692, 25.9493, 0.395378, 127.3577), abs=1e-3
    )


def test_the_sum_of_707_events_is_5789_and_far_wider_if_sources_err_alike(reference: Path) -> None:
    read = columns(reference / "ucdpged_sample1000.csv")
    best = read["best"][read["type_of_violence"] == "1"].astype(float)
    given = mixture(reported=best, kind="sb", coefficients=coefficients(reference))
    assert (len(best), best.sum()) == (707, 3914)
    alone = total_draws(given, draws=4000, seed=1)
    alike = total_draws(given, draws=4000, seed=1, together=True)
    # 4,000 draws: Monte Carlo error of the mean 3, of the ends about 8 and 15
    assert alone.mean() == pytest.approx(5789, abs=12)
    assert np.quantile(alone, [0.025, 0.975]) == pytest.approx([5459, 6197], abs=50)
    assert np.ptp(np.quantile(alike, [0.025, 0.975])) > 5 * np.ptp(np.quantile(alone, [0.025, 0.975]))
    assert total_draws(given, draws=500, seed=1, floor=0.0).mean() > alone.mean() - 20


def test_the_sum_of_all_1000_events_is_12592(reference: Path) -> None:
    read, total = columns(reference / "ucdpged_sample1000.csv"), np.zeros(4000)
    for number, kind in (("1", "sb"), ("2", "ns"), ("3", "os")):
        best = read["best"][read["type_of_violence"] == number].astype(float)
        total += total_draws(
            mixture(reported=best, kind=kind, coefficients=coefficients(reference)), draws=4000, seed=int(number)
        )
    assert total.mean() == pytest.approx(12_592, abs=60)
    assert np.quantile(total, [0.025, 0.975]) == pytest.approx([11_760, 14_055], abs=150)


def test_an_unknown_type_of_violence_is_answered_with_those_there_are(reference: Path) -> None:
    with pytest.raises(UnknownName, match="'sb'"):
        mixture(reported=np.array([1.0]), kind="sc", coefficients=coefficients(reference))


# --- change


def test_the_coal_disasters_changed_after_1891_with_the_published_posterior(reference: Path) -> None:
    read = columns(reference / "coal_disasters_yearly.csv")
    counts = read["disasters"].astype(float)
    found = single_change(counts)
    assert (found.after, read["year"][found.after - 1]) == (41, "1891")
    assert (found.before, found.since) == pytest.approx((3.097561, 0.901408), abs=1e-6)
    assert found.likelihood_ratio == pytest.approx(69.988, abs=1e-3)
    assert (1851 + int(found.posterior.argmax()), 1850 + found.median) == (1891, 1890)
    assert tuple(1850 + k for k in found.within()) == (1886, 1896)
    assert poisson_changes(counts, penalty=2 * math.log(len(counts))) == (41, 97)


def test_the_nile_changed_after_1898_between_1895_and_1902(reference: Path) -> None:
    flow = columns(reference / "nile.csv")["flow"].astype(float)
    assert level_changes(flow, penalty=3 * math.log(100)) == (28,)
    assert tuple(1870 + period for period in level_change_interval(flow, 28)) == (1895, 1902)


@pytest.mark.parametrize("shortest", [1, 3])
def test_the_pruned_search_finds_what_trying_every_cut_finds(shortest: int) -> None:
    draw = np.random.default_rng(11)
    for _ in range(25):
        levels = [draw.poisson(draw.gamma(1, 5), draw.integers(3, 30)) for _ in range(5)]
        counts = np.concatenate(levels).astype(float)
        assert poisson_changes(counts, penalty=6.0, shortest=shortest) == every_cut(counts, 6.0, shortest)


def every_cut(counts: Any, penalty: float, shortest: int) -> tuple[int, ...]:
    n, sums = len(counts), np.append(0.0, np.cumsum(counts))
    best, cut = [-penalty] + [math.inf] * n, [0] * (n + 1)
    for end in range(1, n + 1):
        for start in range(0, end - shortest + 1):
            total, length = sums[end] - sums[start], end - start
            cost = best[start] + 2 * (total - (total * math.log(total / length) if total else 0.0)) + penalty
            if cost < best[end]:
                best[end], cut[end] = cost, start
    found, at = [], cut[n]
    while at:
        found.append(at)
        at = cut[at]
    return tuple(reversed(found))


def test_over_dispersed_counts_of_one_level_show_no_change_once_scaled() -> None:
    draw, alarms = np.random.default_rng(2), [0, 0]
    for _ in range(100):
        counts = draw.negative_binomial(3, 3 / 43, 40).astype(float)  # mean 40, variance over mean 14
        penalty = 2 * math.log(40)
        alarms[0] += bool(poisson_changes(counts, penalty=penalty))
        alarms[1] += bool(poisson_changes(counts, penalty=penalty, dispersion=dispersion_between_neighbours(counts)))
    assert alarms[0] > 90 and alarms[1] <= 25


@pytest.mark.parametrize("counts", [[1.0, -2.0, 3.0], [1.0, math.nan, 3.0]])
def test_a_negative_or_unknown_month_is_refused(counts: list[float]) -> None:
    with pytest.raises(BadInput):
        poisson_changes(np.array(counts), penalty=5.0)


# --- delay


def test_a_month_half_filled_by_earlier_months_habit_is_doubled() -> None:
    # given months that publish 10 at once and 10 a month later, and a last month with its first 10
    counts = np.array([[10.0, 10.0, 0.0], [10.0, 10.0, np.nan], [10.0, np.nan, np.nan]])
    found = nowcast(counts, level=0.95, replicates=4000, seed=1)
    assert found.expected.tolist() == [20.0, 20.0, 20.0]
    assert found.share.tolist() == [1.0, 1.0, 0.5]
    assert found.low[2] < 20.0 < found.high[2] and found.low[0] == found.high[0] == 20.0


def test_the_nowcast_holds_what_the_last_month_came_to_in_93_to_97_of_100_records() -> None:
    draw, held = np.random.default_rng(6), 0
    for _ in range(150):
        true = draw.poisson(40, 12)
        month = np.repeat(np.arange(12), true)
        published = month + np.minimum(draw.geometric(0.4, len(month)) - 1, 11)
        seen = published <= 11
        found = nowcast(triangle(month[seen], published[seen], first=0, now=11), level=0.95, replicates=400, seed=1)
        held += found.low[-1] <= true[-1] <= found.high[-1]
    assert 0.91 <= held / 150 <= 0.99  # Monte Carlo error 0.018; all 800 records are in benchmarks/coverage_rates.py


def filling(draw: Any, waits: Any, *, each: int = 60) -> Any:
    """A triangle of 15 months and what its last month comes to, when month m waits `waits[m]` months on average."""
    true = draw.poisson(each, 15)
    month = np.repeat(np.arange(15), true)
    published = month + np.minimum(draw.geometric(1 / (1 + waits[month])) - 1, 14)
    seen = published <= 14
    return triangle(month[seen], published[seen], first=0, now=14), true[-1]


def test_months_that_fill_at_their_own_pace_widen_the_nowcast() -> None:
    draw, held, spread = np.random.default_rng(61), 0, []
    for _ in range(80):
        made, true = filling(draw, 1.5 * np.exp(0.5 * draw.normal(size=15)))
        found = nowcast(made, level=0.95, replicates=300, seed=1)
        held += found.low[-1] <= true <= found.high[-1]
        spread.append(found.uneven[0])
    even = [nowcast(filling(draw, np.full(15, 1.5))[0], level=0.95, replicates=50, seed=1).uneven[0] for _ in range(20)]
    assert np.median(spread) > 2 * np.median(even)
    assert held >= 66  # 71 to 73% of them before months' own pace was allowed for


def test_a_pace_that_drifts_is_noticed_and_one_that_does_not_rarely() -> None:
    draw = np.random.default_rng(62)
    drifts = [
        [nowcast(filling(draw, pace)[0], level=0.95, replicates=10, seed=1).drift <= 0.05 for _ in range(60)]
        for pace in (np.full(15, 1.5), 1.5 * np.linspace(1.5, 0.5, 15))
    ]
    assert sum(drifts[0]) <= 7 and sum(drifts[1]) >= 40


def test_growth_that_is_the_same_every_month_has_no_pace_of_its_own_and_no_drift() -> None:
    # given months that publish 10 at once and 10 a month later
    counts = np.full((6, 6), np.nan)
    for month in range(6):
        counts[month, : 6 - month] = ([10.0, 10.0] + [0.0] * 4)[: 6 - month]
    found = nowcast(counts, level=0.95, replicates=10, seed=1)
    assert found.uneven.tolist() == [0.0] * 6 and found.drift == 1.0


def test_what_is_not_yet_over_is_unknown_in_the_triangle_not_zero() -> None:
    made = triangle(np.array([5, 5, 6]), np.array([5, 6, 6]), first=5, now=6)
    assert made[0].tolist() == [1.0, 1.0]
    assert made[1, 0] == 1.0 and np.isnan(made[1, 1])


def test_a_publication_before_the_event_is_refused() -> None:
    with pytest.raises(BadInput, match="published in a month before"):
        triangle(np.array([5]), np.array([4]), first=4, now=6)


# --- sensitivity


@pytest.mark.parametrize(("ratio", "strength"), [(3.9, 7.263034), (1.8, 3.0), (0.743, 2.0282)])
def test_e_values_are_those_of_the_paper(ratio: float, strength: float) -> None:
    assert e_value(ratio).value == pytest.approx(strength, abs=1e-5)


def test_the_e_value_of_an_interval_that_holds_1_is_1() -> None:
    assert e_value(1.5, 0.9, 2.5).limit == 1.0
    assert e_value(3.9, 1.8, 8.7).limit == pytest.approx(3.0)


# --- what is not installed


@pytest.mark.parametrize(
    ("module", "ask"),
    [
        ("pruned_search", lambda: poisson_changes(np.ones(5), penalty=3.0)),
        (
            "hamiltonian",
            lambda: partially_pooled(
                low=np.ones(5), high=np.ones(5), exposure=np.ones(5), design=np.ones((5, 1)), prior=(1.0,)
            ),
        ),
    ],
)
def test_without_the_compiler_the_extra_is_named(monkeypatch: pytest.MonkeyPatch, module: str, ask: Any) -> None:
    monkeypatch.setitem(sys.modules, "numba", None)
    monkeypatch.delitem(sys.modules, f"civcas.measures.counts.{module}", raising=False)
    monkeypatch.delattr(f"civcas.measures.counts.{module}", raising=False)
    change_points._compiled.cache_clear()
    with pytest.raises(MissingExtra, match=r"civcas\[estimators\]"):
        ask()
    change_points._compiled.cache_clear()


def test_listing_the_measures_loads_neither_the_compiler_nor_the_optimiser() -> None:
    asked = "import sys; from civcas.catalog import entries; entries('measures'); print({'numba', 'scipy.optimize'} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "set()"
