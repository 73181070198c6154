"""The deterministic methods of the undercount, worked by hand, against published numbers, and on simulated lists."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from civcas.errors import BadInput
from civcas.measures.undercount import (
    averaging,
    decomposable,
    existence,
    loglinear,
    no_highest_order,
    pooling,
    sheet,
    stepwise,
    strata,
    two_lists,
)
from civcas.measures.undercount.answering import answer, compare, verdict
from civcas.measures.undercount.methods import METHODS, Wish, ask
from civcas.measures.undercount.models import hierarchical, terms
from civcas.measures.undercount.overlap import Overlap, from_cells
from civcas.terms.estimate import Estimate, Refusal

# Madigan & York 1997: five lists (n = 537) and three lists (n = 626), by code 1 .. 2^J - 1
FIVE = [27, 37, 19, 4, 4, 1, 1, 97, 22, 37, 25, 2, 1, 3, 5, 83, 36, 34, 18, 3, 5, 0, 2, 30, 5, 23, 8, 0, 3, 0, 2]
THREE = [60, 49, 4, 247, 112, 142, 12]


def reference(folder: Path, name: str) -> Overlap:
    return sheet.read(folder / "reference" / name)[0].whole


def fitted(overlap: Overlap, *models: tuple[str, ...]) -> loglinear.Fits:
    named = terms(len(overlap.lists))
    return loglinear.fit(named.design, overlap.cells(), named.columns(np.array([named.model(*m) for m in models])))


@pytest.fixture(scope="module")
def kosovo(real_data: Path) -> Overlap:
    return reference(real_data, "kosovo_aggregate.csv")


@pytest.fixture(scope="module")
def uk5(real_data: Path) -> Overlap:
    return reference(real_data, "sparsemse_UKdat_5.csv")


def test_two_lists_by_hand() -> None:
    found = two_lists.chapman(30, 20, 10)
    assert found.value == pytest.approx(31 * 21 / 11 - 1)
    assert found.standard_error == pytest.approx((31 * 21 * 20 * 10 / (121 * 12)) ** 0.5)
    assert 40 < found.low < found.value < found.high
    assert two_lists.lincoln_petersen(30, 20, 10) == 60


def test_lists_that_all_share_everyone_leave_nobody_unseen() -> None:
    found = two_lists.chapman(30, 30, 30)
    assert (found.value, found.low, found.high) == (30, 30, 30)


def test_chaos_lower_bound_by_hand() -> None:
    lists = Overlap.of([[1, 0, 0], [0, 1, 0], [1, 1, 0], [1, 1, 1]], [6, 4, 4, 3])
    assert two_lists.chao_lower_bound(lists) == pytest.approx(17 + 2 / 3 * 10 * 9 / (2 * 5))


def test_kosovos_quick_checks(kosovo: Overlap) -> None:
    pairs, names = kosovo.pairs, kosovo.lists
    found = {
        (a, b): two_lists.lincoln_petersen(pairs[i, i], pairs[j, j], pairs[i, j])
        for i, a in enumerate(names)
        for j, b in enumerate(names)
        if i < j
    }
    assert found["EXH", "ABA"] == pytest.approx(7241.9, abs=0.05)
    assert found["ABA", "HRW"] == pytest.approx(9691.5, abs=0.05)
    assert found["OSCE", "HRW"] == pytest.approx(5461.7, abs=0.05)
    assert two_lists.chao_lower_bound(kosovo) == pytest.approx(8796.5, abs=0.05)


@pytest.mark.parametrize(("lists", "models"), [(3, 8), (4, 113), (5, 6893)])
def test_every_hierarchical_model_is_enumerated_once(lists: int, models: int) -> None:
    assert len(set(hierarchical(lists).tolist())) == models


def test_kosovos_published_total_is_one_model(kosovo: Overlap) -> None:
    fits = fitted(kosovo, ("123", "14", "34"))
    low, high = fits.limits(0.95)
    assert fits.totals[0] == pytest.approx(10356.52, abs=0.005)
    assert fits.standard_error[0] == pytest.approx(785.90, abs=0.005)
    assert (fits.deviance[0], fits.freedom[0]) == (pytest.approx(9.3227, abs=5e-5), 4)
    assert (fits.aic[0], fits.bic[0]) == (pytest.approx(132.747, abs=5e-4), pytest.approx(203.030, abs=5e-4))
    assert (low[0], high[0]) == (pytest.approx(9005, abs=0.5), pytest.approx(12105, abs=0.5))


def test_kosovos_profile_interval(kosovo: Overlap) -> None:
    named = terms(4)
    columns = named.columns(np.array([named.model("123", "14", "34")]))[0]
    found = loglinear.profile(named.design, kosovo.cells(), columns)
    assert found.value == pytest.approx(10334.497, abs=2e-3)
    assert (found.low, found.high) == (pytest.approx(8994.258, abs=2e-3), pytest.approx(12110.41, abs=5e-3))


def test_kosovos_other_models(kosovo: Overlap) -> None:
    fits = fitted(kosovo, (), ("123", "134"), ("12", "13", "14", "23", "34"))
    assert fits.totals == pytest.approx([7394.6, 12740.97, 14341.66], abs=0.05)
    assert fits.standard_error[:2] == pytest.approx([129.6, 1600.7], abs=0.05)


def test_the_models_chosen_by_bic_and_aic(kosovo: Overlap) -> None:
    named, models = terms(4), hierarchical(4)
    fits = loglinear.fit(named.design, kosovo.cells(), named.columns(models))
    assert models[fits.bic.argmin()] == named.model("123", "14", "34")
    assert models[fits.aic.argmin()] == named.model("123", "134")


@pytest.mark.parametrize(
    ("name", "model", "total", "error", "low", "high"),
    [
        ("rcapture_HIV.csv", (), 11124.6, 904.8, 9531.7, 13114.1),
        ("rcapture_lesbian.csv", ("12", "14", "23", "24", "34"), 6349.0, 533.5, 5421.7, 7536.3),
    ],
)
def test_published_models_of_four_lists(
    real_data: Path, name: str, model: tuple[str, ...], total: float, error: float, low: float, high: float
) -> None:
    overlap, named = reference(real_data, name), terms(4)
    fits = fitted(overlap, model)
    found = loglinear.profile(named.design, overlap.cells(), named.columns(np.array([named.model(*model)]))[0])
    assert (fits.totals[0], fits.standard_error[0]) == (pytest.approx(total, abs=0.05), pytest.approx(error, abs=0.05))
    assert (found.low, found.high) == (pytest.approx(low, abs=0.06), pytest.approx(high, abs=0.06))


def test_romes_second_model(real_data: Path) -> None:
    assert fitted(reference(real_data, "rcapture_HIV.csv"), ("12",)).totals[0] == pytest.approx(12318.5, abs=0.05)


def test_the_best_of_all_models_of_five_lists(uk5: Overlap) -> None:
    named, models = terms(5), hierarchical(5)
    fits = loglinear.fit(named.design, uk5.cells(), named.columns(models))
    assert fits.totals[np.nanargmin(fits.bic)] == pytest.approx(25311.3, abs=0.05)
    assert (fits.totals[np.isfinite(fits.totals)] >= uk5.n).all()


def test_a_model_without_a_best_fit_is_told_from_one_that_has_it(real_data: Path) -> None:
    overlap = reference(real_data, "sparsemse_Artificial_3.csv")
    found = fitted(overlap, ("12", "13", "23"), ("12",), ("13", "23")).code.tolist()
    assert found == [existence.NOT_IDENTIFIED, existence.NO_MAXIMUM, existence.ESTIMABLE]


@pytest.mark.parametrize(
    ("name", "total", "low", "high"),
    [
        ("UKdat", 11417.99, 9977, 13146),
        ("UKdat_5", 11312.99, 9884.4, 13027.4),
        ("NewOrl", 1183.69, 721, 2046),
        ("Western", 2483.38, 1657, 3830),
        ("Ned", 111139, 92440, 133992),
        ("Ned_5", 121522, 98675, 150139),
    ],
)
def test_stepwise_models_of_sparse_lists(real_data: Path, name: str, total: float, low: float, high: float) -> None:
    overlap = reference(real_data, f"sparsemse_{name}.csv")
    found = stepwise.choose(overlap.cells(), lists=len(overlap.lists))
    limits = [limit[0] for limit in found.fit.limits(0.95)]
    assert found.total == pytest.approx(total, abs=0.5 if total > 1e5 else 0.006)
    assert limits == [pytest.approx(low, abs=0.6), pytest.approx(high, abs=0.6)]


def test_bca_of_a_symmetric_statistic_is_the_percentile_interval() -> None:
    replicates = np.arange(1.0, 1000.0)
    found = stepwise.bca(replicates, 500.5, leave_one=np.array([1.0, -1.0]), weights=np.array([5, 5]), level=0.9)
    assert found == (pytest.approx(50.9, abs=1), pytest.approx(949.1, abs=1))


def test_decomposable_graphs_of_kosovo(kosovo: Overlap) -> None:
    found = decomposable.posterior(kosovo, unseen=(1, 22_000))
    assert found.mean == pytest.approx(12749.3163, abs=5e-5)
    assert found.deviation == pytest.approx(1715.0541, abs=5e-5)
    assert (found.mode, found.quantile(0.5), found.quantile(0.025), found.quantile(0.975)) == (
        12267,
        12595,
        9827,
        16544,
    )
    assert found.top()[1] == pytest.approx(0.9855, abs=5e-5)


@pytest.mark.parametrize(
    ("delta", "saturated", "mean", "low", "high"),
    [(0.5, True, 11030.73, 4500, 14486), (1.0, True, 4829.46, 4408, 6860), (1.0, False, 9458.15, 6945, 12745)],
)
def test_the_prior_of_decomposable_graphs_is_a_strong_choice(
    kosovo: Overlap, delta: float, saturated: bool, mean: float, low: int, high: int
) -> None:
    found = decomposable.posterior(kosovo, delta=delta, saturated=saturated, unseen=(1, 22_000))
    assert found.mean == pytest.approx(mean, abs=0.005)
    assert (found.quantile(0.025), found.quantile(0.975)) == (low, high)


def test_madigan_and_yorks_five_lists() -> None:
    found = decomposable.posterior(from_cells(np.array(FIVE), lists="ABCDE"), delta=0.5, unseen=(1, 300))
    assert (found.mean, found.deviation) == (pytest.approx(617.8159, abs=5e-5), pytest.approx(17.2625, abs=5e-5))
    assert (found.mode, found.quantile(0.5), found.quantile(0.025), found.quantile(0.975)) == (614, 616, 588, 655)
    assert found.top()[1] == pytest.approx(0.217073, abs=5e-7)


def test_madigan_and_yorks_three_lists_with_their_prior() -> None:
    lists = from_cells(np.array(THREE), lists="ABC")
    found = decomposable.posterior(lists, delta=1.0, unseen=(1, 300), prior=(13.14, 55.17))
    assert (found.mean, found.mode) == (pytest.approx(733.4524, abs=5e-5), 728)
    assert (found.quantile(0.025), found.quantile(0.975)) == (682, 797)
    assert found.top()[1] == pytest.approx(0.3738, abs=5e-5)


def test_decomposable_graphs_of_five_sparse_lists(uk5: Overlap) -> None:
    found = decomposable.posterior(uk5, unseen=(1, 30 * uk5.n))
    assert (found.mean, found.quantile(0.5), found.mode) == (pytest.approx(21282.24, abs=0.005), 22990, 11718)
    assert (found.quantile(0.025), found.quantile(0.975)) == (10387, 33510)


def test_a_thinned_grid_answers_as_every_number_does(kosovo: Overlap) -> None:
    thinned, every = decomposable.posterior(kosovo), decomposable.posterior(kosovo, unseen=(1, 20 * kosovo.n))
    assert thinned.mean == pytest.approx(every.mean, rel=1e-5)
    assert thinned.quantile(0.975) == pytest.approx(every.quantile(0.975), rel=1e-3)


@pytest.mark.parametrize(("lists", "graphs"), [(3, 8), (4, 61), (5, 822)])
def test_all_chordal_graphs_are_summed_over(lists: int, graphs: int) -> None:
    assert len(decomposable.chordal(lists)[0]) == graphs


def test_no_highest_order_interaction_in_kosovo(kosovo: Overlap) -> None:
    found = no_highest_order.sensitivity(kosovo.cells(), seed=1)
    middle = dict(zip(found.ratios, np.median(found.totals, axis=1), strict=True))
    low, high = np.quantile(found.totals[2], (0.025, 0.975))
    assert no_highest_order.plug_in(kosovo.cells()) == pytest.approx(16941.88, abs=0.005)
    # Monte Carlo error of a median of 200,000 draws here: 20; of the limits 15 and 80
    assert middle[1.0] == pytest.approx(17039, abs=80)
    assert (low, high) == (pytest.approx(9385, abs=60), pytest.approx(35909, abs=320))
    assert (middle[0.5], middle[2.0]) == (pytest.approx(29664, abs=160), pytest.approx(10718, abs=50))


@pytest.mark.parametrize(
    ("name", "by", "total", "low", "high"),
    [
        ("total", (), 64740.8, 58386, 72487),
        ("by_month_complete_cases", ("month",), 64703.4, 56468, 77503),
        ("by_age_sex_complete_cases", ("age_cat", "gender"), 39465.1, 35268, 47424),
    ],
)
def test_gaza_by_stratum(
    real_data: Path, name: str, by: tuple[str, ...], total: float, low: float, high: float
) -> None:
    read, _ = sheet.read(real_data / "reference" / f"gaza_lists_overlap_{name}.csv", strata=by)
    found = answer(read, method_name="loglinear-average")
    assert isinstance(found, Estimate)
    assert (found.value, found.low, found.high) == (
        pytest.approx(total, abs=0.05), pytest.approx(low, abs=0.6), pytest.approx(high, abs=0.6))  # fmt: skip


def gaza_with_unknown(folder: Path) -> strata.Strata:
    """Complete cases by age and sex, and the people of the whole table that they leave out."""
    read, _ = sheet.read(
        folder / "reference" / "gaza_lists_overlap_by_age_sex_complete_cases.csv", strata=("age_cat", "gender")
    )
    missing = reference(folder, "gaza_lists_overlap_total.csv").cells() - read.whole.cells()
    return strata.Strata(by=read.by, known=read.known, unknown=from_cells(missing, lists=read.whole.lists))


def test_dropping_people_of_unknown_stratum_in_gaza_is_warned_of(real_data: Path) -> None:
    found = answer(gaza_with_unknown(real_data), method_name="loglinear-average", missing="drop")
    assert isinstance(found, Estimate)
    assert found.value == pytest.approx(39465.1, abs=0.05)
    assert found.n == 28257
    assert any("missingness differs by list pattern" in note and "list3 only" in note for note in found.notes)


def test_imputing_them_gives_the_published_total_within_two_percent(real_data: Path) -> None:
    found = answer(gaza_with_unknown(real_data), method_name="loglinear-average", missing="impute")
    assert isinstance(found, Estimate)
    assert found.n == 29271
    assert (found.value, found.low, found.high) == (
        pytest.approx(64260, rel=0.02), pytest.approx(55298, rel=0.02), pytest.approx(78525, rel=0.02))  # fmt: skip


def test_imputation_keeps_everyone_on_their_lists() -> None:
    known = {"a": Overlap.of([[1, 0], [1, 1]], [5, 2]), "b": Overlap.of([[1, 0], [0, 1]], [3, 9])}
    whole = strata.Strata(by=("s",), known=known, unknown=Overlap.of([[1, 0], [1, 1]], [4, 6]))
    for filled in strata.impute(whole, times=5, seed=1):
        assert filled.whole.cells().tolist() == whole.whole.cells().tolist()
        assert filled.known["a"].pairs[0, 1] == 8  # nobody on both lists is known to be in b


def test_pooling_by_hand() -> None:
    draws = [np.exp(np.array([1.0, 2.0, 3.0])), np.exp(np.array([2.0, 3.0, 4.0]))]
    found = pooling.pool([pooling.Replicate.of_draws(n, each) for n, each in zip((10, 13), draws, strict=True)])
    # W = 1, B = 0.5, T = 1 + 1.5·0.5 = 1.75, ν = (1 + 1/1.5)² = 2.7778, t = 3.3240
    assert found.value == pytest.approx(11.5 + np.mean(np.concatenate(draws)))
    assert found.low == pytest.approx(12 + np.exp(2.5 - 3.3240 * 1.75**0.5), abs=2e-3)
    assert found.between_share == pytest.approx(0.75 / 1.75)


def test_one_replicate_is_not_pooled() -> None:
    with pytest.raises(BadInput, match="one replicate"):
        pooling.pool([pooling.Replicate.of_draws(10, np.array([1.0, 2.0]))])


def independent(total: int, chances: tuple[float, ...], *, seed: int) -> Overlap:
    marks = np.random.default_rng(seed).random((total, len(chances))) < np.array(chances)
    listed = marks[marks.any(axis=1)].astype(int)
    return Overlap.of(listed, np.ones(len(listed), dtype=int))


@pytest.mark.parametrize("name", ["loglinear", "loglinear-average", "graphs"])
def test_intervals_cover_the_truth_on_independent_lists(name: str) -> None:
    answers = [ask(independent(2000, (0.3, 0.35, 0.25, 0.4), seed=s), METHODS[name], Wish()) for s in range(30)]
    covered = [isinstance(a, Estimate) and a.low <= 2000 <= a.high for a in answers]
    # 30 replicates: fewer than 24 has probability below 0.1% if coverage is 95%
    assert sum(covered) >= 24


def test_chapmans_interval_covers_the_truth() -> None:
    answers = [ask(independent(2000, (0.3, 0.35), seed=s), METHODS["chapman"], Wish()) for s in range(200)]
    covered = sum(isinstance(a, Estimate) and a.low <= 2000 <= a.high for a in answers)
    assert 180 <= covered <= 200


def test_an_estimate_never_lies_below_the_documented(uk5: Overlap) -> None:
    for name in ("loglinear", "loglinear-average", "graphs", "no-highest-order"):
        if isinstance(found := ask(uk5, METHODS[name], Wish()), Estimate):
            assert found.low is not None and uk5.n <= found.low <= found.value


def test_averaging_leaves_out_models_that_explode() -> None:
    found = averaging.average(from_cells(np.array(THREE), lists="ABC").cells(), lists=3)
    assert found is not None
    exploding = found.fits.unseen > averaging.MOST_UNSEEN * 626
    assert (found.weights[exploding] == 0).all()
    assert found.weights.sum() == pytest.approx(1)


def test_too_many_lists_for_a_method_are_said() -> None:
    found = ask(independent(4000, (0.2,) * 7, seed=1), METHODS["loglinear"], Wish())
    assert isinstance(found, Refusal)
    assert "at most 5 lists" in found.reason


def test_the_verdict_says_when_chance_is_the_larger_part() -> None:
    small = compare(independent(400, (0.3, 0.3), seed=2))
    assert "Only one method" in verdict(small)
