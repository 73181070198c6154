"""Checking whole articles on the tables that ship: verdicts, sentences, the contract of the JSON, ages."""

from __future__ import annotations

import datetime as dt
from importlib.resources import files
from pathlib import Path

import pytest

from civcas.claims.check import check
from civcas.claims.checked import CheckedArticle
from civcas.claims.claim_file import read, read_text
from civcas.facts.shipped import shipped_tables
from civcas.terms.estimate import Refusal
from civcas.terms.vocabulary import Verdict


@pytest.fixture(scope="module")
def op_ed() -> CheckedArticle:
    return check(read(Path(str(files("civcas.claims") / "articles" / "op_ed_2017.yaml"))), shipped_tables())


def test_eight_times_depends_on_the_reading(op_ed: CheckedArticle) -> None:
    claim = op_ed["C01"]
    assert claim.verdict == Verdict.DEPENDS
    assert claim.tally.made >= 75
    assert claim.tally.refused > 0
    assert all(cell.answer.reason for cell in claim.cells if isinstance(cell.answer, Refusal))
    assert claim.decides[0].choice == "exposure"
    by_meaning = {(each.words["window"], each.words["exposure"]): each for each in claim.meanings}
    assert by_meaning["each-side-from-its-start", "month"].verdict == Verdict.CANNOT_BE_TOLD
    assert by_meaning["each-side-from-its-start", "declared strike"].verdict == Verdict.CONTRADICTED
    assert by_meaning["2016-01", "month"].verdict == Verdict.CANNOT_BE_TOLD


def test_the_answer_to_eight_times_is_one_line_with_three_numbers(op_ed: CheckedArticle) -> None:
    claim = op_ed["C01"]
    assert claim.answer == "By the month, 7.4 times: cannot be told. Per declared strike, 0.34 times: contradicted."
    assert claim.other_estimand is not None and claim.other_estimand.answer == (
        "By the month, each side from its start, 9 times: compatible, but other sizes are too. "
        "Per declared strike, 0.42 times: contradicted. In 2017, 0.47 times: contradicted."
    )


def test_eight_times_is_asked_of_the_whole_range_of_each_incident(op_ed: CheckedArticle) -> None:
    rows = [row for row in op_ed["C01"].to_dict()["readings"] if row["exposure"] == "month"]
    assert {row["bound"] for row in rows} == {"range"}
    found = {(row["window"], row["attribution"], row["grades"]): row for row in rows}
    one = found["each-side-from-its-start", "any", "+contested"]
    assert round(one["value"], 2) == 9.14
    assert one["low"] < 5.73 and one["high"] > 9.31


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
    assert others["order-reversed"].tally.open == others["order-reversed"].tally.made == 6
    assert others["four-times"].verdict == Verdict.SIZE_OPEN
    assert others["four-times"].other_estimand is not None
    assert others["four-times"].other_estimand.verdict == Verdict.CANNOT_BE_TOLD


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
        "supports",
        "contradicts",
        "open",
        "refused",
        "meanings",
        "decides",
        "without",
        "default_grid",
        "other_estimand",
        "changed",
        "answer",
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
    assert (claim["made"], claim["refused"], len(claim["readings"])) == (1, 1, 2)
    assert len(claim["changed"]) == 2
    assert claim["readings"][0]["window"] == "2016"


def test_asking_about_one_claim_leaves_the_others() -> None:
    text = ARTICLE + "claims: [{id: a, says: x, kind: judgement}, {id: b, says: y, kind: judgement}]\n"
    assert [c.claim.id for c in check(read_text(text), shipped_tables(), only=["b"]).claims] == ["b"]


def test_a_claim_carries_its_age_and_the_verdict_then_stands_beside_the_verdict_now() -> None:
    article = read(Path(str(files("civcas.claims") / "articles" / "claims_by_others.yaml")))
    checked = check(article, shipped_tables(), only=["october-2015"], as_of=dt.date(2015, 12, 31))["october-2015"]
    assert checked.verdict == Verdict.CANNOT_BE_TOLD
    assert checked.then is not None and checked.then.verdict == Verdict.SUPPORTED
    ends = [
        [(row["low"], row["high"]) for row in told["readings"]]
        for told in (checked.to_dict(), checked.to_dict()["as_of"])
    ]
    assert ends == [[(345, 501)], [(255, 375)]]


def test_a_table_with_one_vintage_cannot_tell_what_was_known_then(op_ed: CheckedArticle) -> None:
    checked = check(op_ed.article, shipped_tables(), only=["C01"], as_of=dt.date(2017, 1, 23))["C01"]
    assert checked.verdict == Verdict.DEPENDS
    assert checked.then is not None and checked.then.verdict == Verdict.CANNOT_BE_TOLD
    assert all(isinstance(a.answer, Refusal) and "one vintage" in a.answer.reason for a in checked.then.cells)
