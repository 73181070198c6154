from __future__ import annotations

import datetime as dt
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from civcas.claims import deciding
from civcas.claims.article import Expect
from civcas.claims.check import check
from civcas.claims.checked import CheckedArticle
from civcas.claims.claim_file import read, read_text
from civcas.claims.standing import Stands, stand
from civcas.claims.verdict import Tally, give
from civcas.facts.shipped import shipped_tables
from civcas.terms.estimate import Estimate, IntervalKind, Refusal
from civcas.terms.vocabulary import Standing, Verdict

EIGHT = Expect(value=8, low=6, high=10, within=0.25)


def estimate(value: float, low: float | None = None, high: float | None = None) -> Estimate:
    return Estimate(measure="rate_ratio", value=value, low=low, high=high, level=0.95, interval=IntervalKind.WALD, n=24,
                    counted="months", unit="times")  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "standing"),
    [
        (estimate(9.14, 8.5, 9.9), Standing.HOLDS),  # within the tolerance, claim outside the interval
        (estimate(5.73, 2.8, 11.9), Standing.HOLDS),  # claim in the interval, value outside the tolerance
        (estimate(3, 2, 4), Standing.WEAKER),
        (estimate(12, 11, 13), Standing.STRONGER),
        (estimate(0.26, 0.1, 0.5), Standing.REVERSED),
        (Refusal(measure="rate_ratio", reason="no strikes"), Standing.REFUSED),
    ],
)
def test_a_claim_stands_under_a_reading_by_tolerance_or_interval(
    answer: Estimate | Refusal, standing: Standing
) -> None:
    assert stand(answer, EIGHT, no_difference=1).standing == standing


def test_a_reading_that_holds_no_difference_as_well_is_marked_undecided() -> None:
    assert stand(estimate(3, 0.5, 18), EIGHT, no_difference=1).undecided
    assert not stand(estimate(6, 2, 18), EIGHT, no_difference=1).undecided


def test_a_claim_of_less_than_one_is_reversed_above_one() -> None:
    fewer = Expect(value=0.5, low=0.4, high=0.6, within=0.2)
    standings = [stand(estimate(v), fewer, no_difference=1).standing for v in (0.45, 0.8, 0.1, 2.0)]
    assert standings == [Standing.HOLDS, Standing.WEAKER, Standing.STRONGER, Standing.REVERSED]


def test_a_claim_of_a_side_holds_on_that_side_only() -> None:
    above = Expect(value=1, low=1, high=None)
    assert stand(estimate(1.2), above, no_difference=1).standing == Standing.HOLDS
    assert stand(estimate(0.9), above, no_difference=1).standing == Standing.REVERSED
    above_two = Expect(value=2, low=2, high=None)
    assert stand(estimate(1.5), above_two, no_difference=1).standing == Standing.WEAKER


def tally(**counts: int) -> Tally:
    return Tally(**{"held": 0, "weaker": 0, "stronger": 0, "reversed": 0, "refused": 0, **counts})


@pytest.mark.parametrize(
    ("given", "verdict"),
    [
        (tally(held=80, weaker=20), Verdict.SUPPORTED),
        (tally(held=79, weaker=21), Verdict.DEPENDS),
        (tally(held=99, reversed=1), Verdict.DEPENDS),
        (tally(held=5, weaker=60, reversed=35), Verdict.CONTRADICTED),
        (tally(held=5, weaker=10, stronger=85), Verdict.CONTRADICTED),
        (tally(held=6, weaker=94), Verdict.DEPENDS),
        (tally(weaker=50, stronger=50), Verdict.DEPENDS),
        (tally(held=2, refused=100), Verdict.CANNOT_BE_TOLD),
        (tally(), Verdict.CANNOT_BE_TOLD),
        (tally(held=90, weaker=10, held_undecided=46, undecided=46), Verdict.CANNOT_BE_TOLD),
        (tally(held=40, reversed=60, undecided=95), Verdict.CANNOT_BE_TOLD),
        (tally(held=40, reversed=60, undecided=94), Verdict.DEPENDS),
    ],
)
def test_the_verdict_follows_from_the_grid_by_rule(given: Tally, verdict: Verdict) -> None:
    assert give(given, factual=True) == verdict


def test_a_judgement_is_not_a_factual_claim_and_an_unidentified_one_cannot_be_told() -> None:
    assert give(tally(held=100), factual=False) == Verdict.NOT_FACTUAL
    assert give(tally(held=100), factual=True, identified=False) == Verdict.CANNOT_BE_TOLD


def test_a_claim_of_a_side_is_undecided_where_the_interval_holds_the_limit() -> None:
    above = Expect(value=1, low=1, high=None)
    assert stand(estimate(1.5, 0.1, 12), above, no_difference=1).undecided
    assert stand(estimate(0.5, 0.1, 12), above, no_difference=1).undecided
    assert not stand(estimate(1.5, 1.1, 2), above, no_difference=1).undecided


def test_readings_of_time_after_the_article_are_counted(op_ed: CheckedArticle) -> None:
    claim = op_ed["C01"]
    late = [r for r in claim.to_dict()["readings"] if r["status"] != "refused" and r["window"] in ("2017-01", "2017")]
    assert claim.after_the_article == len(late) == 48
    assert "48 look at time after the article" in claim.because


def test_a_tally_counts_every_reading_once() -> None:
    stands = [Stands(standing=standing) for standing in (Standing.HOLDS, Standing.HOLDS, Standing.REFUSED)]
    assert Tally.of(stands) == tally(held=2, refused=1)


def test_shares_of_a_balanced_grid_are_its_main_effects() -> None:
    # value = 3·a + 1·b over a 2 × 2 grid: variances 9/4 and 1/4, so shares 0.9 and 0.1.
    choices = {"a": ["0", "0", "1", "1"], "b": ["0", "1", "0", "1"], "c": ["x"] * 4}
    found = deciding.shares(choices, np.array([0.0, 1, 3, 4]))
    assert [(share.choice, share.share) for share in found] == [("a", 0.9), ("b", 0.1)]


def test_shares_of_an_uneven_grid_add_up_to_what_main_effects_explain() -> None:
    random = np.random.default_rng(5)
    words = {
        name: random.integers(0, levels, 60).astype(str).tolist() for name, levels in (("a", 2), ("b", 3), ("c", 4))
    }
    values = np.array([2.0 * int(a) + int(b) for a, b in zip(words["a"], words["b"], strict=True)])
    shares = {share.choice: share.share for share in deciding.shares(words, values)}
    assert sum(shares.values()) == pytest.approx(1, abs=1e-3)
    assert shares["a"] > shares["b"] > shares["c"]


def test_the_rule_names_the_choices_that_tell_holding_readings_apart() -> None:
    choices = {
        "exposure": ["month", "month", "strike", "strike"] * 2,
        "bound": ["min", "max"] * 4,
        "window": ["early"] * 4 + ["late"] * 4,
    }
    found = deciding.rule(choices, np.array([1, 1, 0, 0, 0, 0, 0, 0], bool))
    assert found is not None
    assert dict(found.takes) == {"exposure": ("month",), "window": ("early",)}
    assert (found.held_inside, found.inside, found.held_outside) == (2, 2, 0)


def test_no_rule_is_given_where_all_or_none_hold() -> None:
    assert deciding.rule({"a": ["x", "y"]}, np.array([True, True])) is None
    assert deciding.rule({"a": ["x", "y"]}, np.array([False, False])) is None


@pytest.fixture(scope="module")
def op_ed() -> CheckedArticle:
    return check(read(Path(str(files("civcas.claims") / "articles" / "op_ed_2017.yaml"))), shipped_tables())


def test_eight_times_depends_on_the_reading(op_ed: CheckedArticle) -> None:
    claim = op_ed["C01"]
    assert claim.verdict == Verdict.DEPENDS
    assert claim.tally.made >= 150
    assert claim.tally.refused > 0
    assert all(a.answer.reason for a in claim.asked if isinstance(a.answer, Refusal))
    assert {share.choice for share in claim.decides[:2]} == {"exposure", "window"}
    assert "the denominator is month" in claim.because and "the window is not 2017" in claim.because


def test_every_ratio_of_the_independent_table_is_among_the_readings_of_eight_times(op_ed: CheckedArticle) -> None:
    found = {
        (row["window"], row["attribution"], row["grades"], row["bound"]): round(row["value"], 2)
        for row in op_ed["C01"].to_dict()["readings"]
        if row["exposure"] == "month"
    }
    assert found["each-side-from-its-start", "any", "+contested", "min"] == 9.14
    assert found["each-side-from-its-start", "sole", "all-but-discounted", "max"] == 11.66
    assert found["2016-01", "sole", "fair+confirmed", "max"] == 39.20
    assert found["2017", "sole", "+contested", "max"] == 0.52


def test_claims_about_intelligence_cannot_be_told_and_say_what_would_decide_them(op_ed: CheckedArticle) -> None:
    for claim_id in ("C26", "C27"):
        claim = op_ed[claim_id]
        assert claim.verdict == Verdict.CANNOT_BE_TOLD
        assert "Records of intelligence" in claim.needs[0]


def test_all_claims_of_the_op_ed_are_there_and_judgements_are_not_factual(op_ed: CheckedArticle) -> None:
    ids = [checked.claim.id for checked in op_ed.claims]
    assert ids == [f"C{n:02}" for n in range(1, 37)] + [f"J{n}" for n in range(1, 8)]
    assert all(op_ed[f"J{n}"].verdict == Verdict.NOT_FACTUAL for n in range(1, 8))


def test_no_claim_without_data_gets_a_verdict_its_data_cannot_carry(op_ed: CheckedArticle) -> None:
    told = {checked.claim.id for checked in op_ed.claims if checked.verdict != Verdict.CANNOT_BE_TOLD}
    assert told == {"C01", "C22", *(f"J{n}" for n in range(1, 8))}
    assert all(checked.needs for checked in op_ed.claims if checked.verdict == Verdict.CANNOT_BE_TOLD)


def test_the_claims_of_others_are_checked_and_the_ones_that_need_iraq_say_so() -> None:
    others = check(read(Path(str(files("civcas.claims") / "articles" / "claims_by_others.yaml"))), shipped_tables())
    assert others["ten-times"].verdict == Verdict.DEPENDS
    assert others["fourteen-times"].verdict == Verdict.CANNOT_BE_TOLD
    assert others["order-reversed"].verdict == Verdict.CANNOT_BE_TOLD
    assert others["order-reversed"].tally.undecided == others["order-reversed"].tally.made == 12
    assert others["four-times"].verdict == Verdict.SUPPORTED
    assert "in 4 the value itself is within the tolerance" in others["four-times"].because


ARTICLE = "article: {author: A, title: T, outlet: O, date: 2020-01-01}\n"


def test_the_json_contract_has_every_part() -> None:
    text = ARTICLE + (
        "claims:\n"
        "  - id: one\n    says: more\n"
        "    ask: {measure: rate_ratio, exposed: Russian Military, reference: U.S.-led Coalition, area: Syria, window: 2016}\n"
        "    expect: {value: 2, within: 10%}\n    vary: {bound: [min, max], exposure: [month, declared sortie]}\n"
    )
    told = check(read_text(text), shipped_tables()).to_dict()
    assert {"civcas", "article", "claims"} <= set(told)
    claim = told["claims"][0]
    assert {
        "id",
        "says",
        "verdict",
        "made",
        "held",
        "reversed",
        "refused",
        "decides",
        "because",
        "needs",
        "readings",
    } <= set(claim)
    keys = {
        "window",
        "grades",
        "bound",
        "attribution",
        "exposure",
        "value",
        "low",
        "high",
        "level",
        "interval",
        "n",
        "status",
        "why",
    }
    assert all(keys <= set(reading) for reading in claim["readings"])
    assert (claim["made"], claim["refused"], len(claim["readings"])) == (2, 2, 4)
    assert claim["readings"][0]["window"] == "2016"


def test_asking_about_one_claim_leaves_the_others() -> None:
    text = ARTICLE + "claims: [{id: a, says: x, kind: judgement}, {id: b, says: y, kind: judgement}]\n"
    assert [c.claim.id for c in check(read_text(text), shipped_tables(), only=["b"]).claims] == ["b"]


def test_a_claim_carries_its_age_and_the_verdict_then_stands_beside_the_verdict_now() -> None:
    article = read(Path(str(files("civcas.claims") / "articles" / "claims_by_others.yaml")))
    checked = check(article, shipped_tables(), only=["october-2015"], as_of=dt.date(2015, 12, 31))["october-2015"]
    assert checked.verdict == Verdict.DEPENDS
    assert checked.then is not None and checked.then.verdict == Verdict.SUPPORTED
    now, then = ({row["value"] for row in told["readings"]} for told in (checked.to_dict(), checked.to_dict()["as_of"]))
    assert (now, then) == ({345, 423, 501}, {255, 315, 375})


def test_a_table_with_one_vintage_cannot_tell_what_was_known_then(op_ed: CheckedArticle) -> None:
    checked = check(op_ed.article, shipped_tables(), only=["C01"], as_of=dt.date(2017, 1, 23))["C01"]
    assert checked.verdict == Verdict.DEPENDS
    assert checked.then is not None and checked.then.verdict == Verdict.CANNOT_BE_TOLD
    assert all(isinstance(a.answer, Refusal) and "one vintage" in a.answer.reason for a in checked.then.asked)
