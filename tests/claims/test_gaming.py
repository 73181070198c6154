"""Ways in which a claim could be given a verdict its data do not carry, each tried through the whole check."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from civcas.catalog import Tables
from civcas.claims.check import check
from civcas.claims.checked import CheckedClaim
from civcas.claims.claim_file import read_text
from civcas.facts.shipped import shipped_tables
from civcas.terms.vocabulary import Verdict
from simulated_records import AREA, EXPOSED, REFERENCE, World, harm, window

SIDES = {"exposed": "Russian Military", "reference": "U.S.-led Coalition", "area": "Syria"}
MADE_UP = {"exposed": EXPOSED, "reference": REFERENCE, "area": AREA}
GRADES = ("fair+confirmed", "+contested", "all-but-discounted")


def checked(
    tables: Tables, ask: Mapping[str, str], expect: str, *, means: Mapping[str, Sequence[str]] | None = None,
    vary: Mapping[str, Sequence[str]] | None = None,
) -> CheckedClaim:  # fmt: skip
    def listed(axes: Mapping[str, Sequence[str]]) -> str:
        return "{" + ", ".join(f"{key}: [{', '.join(words)}]" for key, words in axes.items()) + "}"

    asked = ", ".join(f"{key}: {word}" for key, word in ask.items())
    text = (
        "article: {author: A, title: T, outlet: O, date: 2020-01-01}\nclaims:\n  - id: one\n    says: so\n"
        f"    ask: {{measure: rate_ratio, {asked}}}\n    expect: {{{expect}}}\n"
        + (f"    means: {listed(means)}\n" if means else "")
        + (f"    vary: {listed(vary)}\n" if vary else "")
    )
    return check(read_text(text), tables)["one"]


def around(value: float) -> str:
    return f"value: {value:g}, within: 25%"


def test_six_claims_that_exclude_one_another_are_not_all_supported() -> None:
    # Under the rule of before, all six were supported: each interval held each of them.
    means = {"window": ["2015-10..2016-09", "2016-01", "2015-10..2015-12", "2016"], "exposure": ["month", "none"]}
    vary = {"grades": GRADES, "attribution": ["sole", "any"], "bound": ["min", "max"]}
    verdicts = [
        checked(shipped_tables(), SIDES, around(value), means=means, vary=vary).verdict
        for value in (8, 10, 15, 20, 30, 40)
    ]
    assert verdicts.count(Verdict.SUPPORTED) == 0


def one_incident_a_side(first: int = 9, second: int = 3, *, count: int = 1) -> Tables:
    rows = {}
    for month in range(24):
        here = month == 12
        for who, killed in ((EXPOSED, first), (REFERENCE, second)):
            rows[who, month, "Fair", "sole"] = (count, killed * count, killed * count) if here else (0, 0, 0)
    return harm(rows)


def test_one_incident_a_side_supports_nothing() -> None:
    vary = {"grades": GRADES, "attribution": ["sole", "any"], "bound": ["min", "max"]}
    means = {"window": ["2015..2016", "2016-01"], "exposure": ["month", "none"]}
    claim = checked(one_incident_a_side(), MADE_UP, around(3), means=means, vary=vary)
    assert claim.verdict == Verdict.CANNOT_BE_TOLD
    assert claim.tally.supports == 0
    assert claim.other_estimand is None or claim.other_estimand.verdict == Verdict.CANNOT_BE_TOLD


@pytest.fixture(scope="module")
def record() -> Tables:
    return World(ratio=8, incidents=20, months=36, restless=0.3, heavy=2).table(np.random.default_rng(8))


BASE = {"window": [window(36), window(12), window(12, start=24)], "exposure": ["month"]}
VARY = {"grades": GRADES, "attribution": ["sole", "any"]}


def state(claim: CheckedClaim) -> tuple[Verdict, dict[str, float]]:
    return claim.verdict, {each.choice: each.share for each in claim.decides}


@pytest.mark.parametrize("expect", [around(8), "above: 1", around(3), "above: 6"])
@pytest.mark.parametrize("copy", [window(35), window(34, start=1), window(11), window(11, start=25)])
def test_a_near_copy_of_a_window_changes_no_verdict_and_no_share(record: Tables, expect: str, copy: str) -> None:
    before = state(checked(record, MADE_UP, expect, means=BASE, vary=VARY))
    with_copy = {**BASE, "window": [*BASE["window"], copy]}
    after = state(checked(record, MADE_UP, expect, means=with_copy, vary=VARY))
    assert after[0] == before[0]
    assert after[1] == pytest.approx(before[1], abs=0.02)


@pytest.mark.parametrize("expect", [around(8), "above: 1"])
def test_denominators_that_give_the_same_number_are_one_meaning(record: Tables, expect: str) -> None:
    once = checked(record, MADE_UP, expect, means={"window": [window(12)], "exposure": ["month"]}, vary=VARY)
    thrice = checked(
        record, MADE_UP, expect, means={"window": [window(12)], "exposure": ["month", "day", "none"]}, vary=VARY
    )
    assert [each.copy_of for each in thrice.meanings] == [None, 0, 0]
    assert thrice.verdict == once.verdict and state(thrice)[1].get("exposure", 0) <= 0.02


def test_twenty_overlapping_windows_of_one_year_do_not_outvote_the_others() -> None:
    means = {"window": ["2015-10..2016-09", "2017"]}
    few = checked(shipped_tables(), SIDES, around(8), means=means, vary=VARY)
    crowd = [f"2017-{a:02}..2017-{b:02}" for a in range(1, 6) for b in range(9, 13)]
    many = checked(shipped_tables(), SIDES, around(8), means={"window": [*means["window"], *crowd]}, vary=VARY)
    assert few.verdict == many.verdict != Verdict.CONTRADICTED


def test_lowest_and_highest_number_are_one_range_and_not_two_readings(record: Tables) -> None:
    claim = checked(record, MADE_UP, around(8), means={"window": [window(36)]}, vary={**VARY, "bound": ["min", "max"]})
    assert len(claim.cells) == 6 and any("ends of one range" in sentence for sentence in claim.claim.changed)


def test_a_window_listed_under_vary_is_a_meaning_all_the_same(record: Tables) -> None:
    claim = checked(record, MADE_UP, around(8), vary={**VARY, "window": [window(12), window(12, start=24)]})
    assert set(claim.claim.means) == {"window"} and len(claim.meanings) == 2
    assert any("a meaning of its own" in sentence for sentence in claim.claim.changed)


def test_a_narrow_choice_of_grades_is_shown_beside_the_whole() -> None:
    claim = checked(
        shipped_tables(), {**SIDES, "window": "2015-10..2016-09"}, around(8), vary={"grades": ["+contested"]}
    )
    assert claim.default_grid is not None
    assert claim.default_grid.left_out["grades"] == ("fair+confirmed", "all-but-discounted")
    assert claim.default_grid.left_out["attribution"] == ("sole",)
    assert claim.default_grid.made > claim.tally.made


@pytest.mark.slow
def test_thinning_a_record_never_turns_cannot_be_told_into_supported() -> None:
    random = np.random.default_rng(21)
    world = World(ratio=8, incidents=10, months=24, correlation=0.4)
    turned = tried = 0
    for _ in range(25):
        whole, thin = _whole_and_thinned(world, random)
        for expect in (around(8), "above: 1", around(3)):
            before = checked(whole, {**MADE_UP, "window": window(24)}, expect, vary=VARY).verdict
            after = checked(thin, {**MADE_UP, "window": window(24)}, expect, vary=VARY).verdict
            tried += before == Verdict.CANNOT_BE_TOLD
            turned += before == Verdict.CANNOT_BE_TOLD and after == Verdict.SUPPORTED
    assert tried > 0 and turned == 0


def _whole_and_thinned(world: World, random: np.random.Generator) -> tuple[Tables, Tables]:
    """The same incidents, and half of them; each table's rows are one grade, named alone."""
    whole, thin = {}, {}
    for who, mean in ((EXPOSED, world.incidents * world.ratio), (REFERENCE, world.incidents)):
        for month, sizes in world.months_of_one_side(mean, random):
            kept = sizes[random.random(len(sizes)) < 0.5]
            for rows, part in ((whole, sizes), (thin, kept)):
                rows[who, month, "Fair", "sole"] = (len(part), part.sum(), part.sum())
    return harm(whole), harm(thin)
