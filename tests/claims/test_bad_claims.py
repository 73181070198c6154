"""Bad input to `civcas check`: one clear message, exit code 2, no traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from civcas.claims.claim_file import read_text
from civcas.errors import CivcasError
from civcas.facts.shipped import shipped_tables
from command_line import civcas

GOOD = """article: {author: A, title: T, outlet: O, date: 2020-01-01}
claims:
  - id: one
    says: more
    ask: {measure: rate_ratio, exposed: Russian Military, reference: U.S.-led Coalition, area: Syria, window: 2016}
    expect: {value: 2, within: 10%}
"""

WRONG = {
    "a YAML syntax error": (GOOD.replace("{value: 2, within: 10%}", "{value: 2, within: 10%"), ["line", "YAML"]),
    "an unknown key": (GOOD.replace("expect:", "expects:"), ["line 6", "'expects'", "did you mean 'expect'"]),
    "an unknown measure": (GOOD.replace("rate_ratio", "rate_ration"), ["line 5", "did you mean 'rate_ratio'", "civcas_total"]),
    "an unknown belligerent": (
        GOOD.replace("Russian Military", "Rusian Military"),
        ["line 3 (claim one)", "did you mean 'Russian Military'"],
    ),
    "an unknown area": (GOOD.replace("Syria", "Siria"), ["line 3 (claim one)", "did you mean 'Syria'"]),
    "a list as area": (GOOD.replace("area: Syria", "area: [Syria]"), ["line 5", "a list goes under means or vary"]),
    "an ask that is a word": (GOOD.replace(GOOD.splitlines()[4].strip(), "ask: rate_ratio"), ["ask holds 'rate_ratio'"]),
    "a choice in two roles": (
        GOOD + "    vary: {grades: [all]}\n    means: {grades: [all, confirmed]}\n",
        ["line 7", "grades stands under means and under vary"],
    ),
    "an unknown estimand": (GOOD + "    estimand: as_it_is\n", ["line 7", "did you mean 'as_it_was'"]),
    "a tolerance of the value itself": (GOOD.replace("10%", "25"), ["is it 25%?"]),
    "a tolerance in words": (GOOD.replace("10%", "ten percent"), ["'ten percent'", "25% or 0.25"]),
    "a ratio below 0": (GOOD.replace("value: 2", "value: -2"), ["expected to be -2", "a ratio above 0"]),
    "a window outside the data": (GOOD.replace("2016}", "2009}"), ["line 3 (claim one)", "2009", "outside the data", "2014-09..2025-12"]),
    "a word that is no window": (GOOD.replace("window: 2016", "window: spring"), ["'spring' is not a window", "2015-10..2016-09"]),
    "a tolerance of 0": (GOOD.replace("10%", "0%"), ["line 6", "tolerance within is 0%", "more than 0"]),
    "a missing tolerance": (GOOD.replace(", within: 10%", ""), ["within is missing"]),
    "a number as text": (GOOD.replace("value: 2", 'value: "2"'), ["line 6", "'2', which is text", "without quotes"]),
    "an expected value that is nothing": (GOOD.replace("value: 2", "value: .nan"), ["finite number"]),
    "no claims": ("article: {author: A, title: T, outlet: O, date: 2020-01-01}\n", ["claims is missing"]),
    "no article": ("claims: []\n", ["article is missing"]),
    "a list in place of a mapping": ("- 1\n- 2\n", ["list", "article: and claims:"]),
    "an empty file": ("", ["nothing"]),
    "a key that stands twice": (GOOD + "    says: again\n", ["'says' stands twice", "line 7"]),
    "an id that stands twice": (GOOD + "  - {id: one, says: x, kind: judgement}\n", ["id one stands twice (first on line 3)"]),
    "a date as text": (GOOD.replace("2020-01-01", "'January 2020'"), ["date is 'January 2020'"]),
    "no window": (GOOD.replace(", window: 2016", ""), ["asks without window"]),
    "a wrong grade to vary": (GOOD + "    vary: {grades: [fare]}\n", ["line 7", "'fare'", "fair+confirmed"]),
    "a choice that cannot vary": (GOOD + "    vary: {moon: [full]}\n", ["'moon'"]),
    "a wrong kind": (GOOD.replace("says: more", "says: more\n    kind: guess"), ["kind of claim 'guess'"]),
    "aliases that could grow": ("a: &x [1]\nb: [*x, *x]\n", ["aliases"]),
    "a tag that would run code": ("article: !!python/object/apply:os.system ['true']\n", ["YAML"]),
    "a grid past all sense": (
        GOOD + "    vary:\n      window: [" + ", ".join(["2016"] * 700) + "]\n      grades: [" + ", ".join(["all"] * 700) + "]\n",
        ["490,000 combinations"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_bad_claims_get_one_clear_message(wrong: str) -> None:
    from civcas.claims.check import check

    text, expected = WRONG[wrong]
    with pytest.raises(CivcasError) as refused:
        check(read_text(text, where="claims.yaml"), shipped_tables())
    message = str(refused.value)
    for part in expected:
        assert part in message, message
    assert refused.value.exit_code == 2


def refused_by_the_command_line(*words: str | Path) -> str:
    ran = civcas(*words)
    assert (ran.returncode, ran.stdout) == (2, ""), ran
    assert "Traceback" not in ran.stderr
    return ran.stderr


def test_a_file_that_is_not_utf_8_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "latin.yaml"
    path.write_bytes(GOOD.replace("more", "m\xf6re").encode("latin-1"))
    message = refused_by_the_command_line("check", path)
    assert "line 4" in message and "0xf6 is not UTF-8" in message


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert "no such file" in refused_by_the_command_line("check", tmp_path / "none.yaml")


def test_a_missing_table_is_named_with_those_there_are(tmp_path: Path) -> None:
    (tmp_path / "claims.yaml").write_text(GOOD, encoding="utf-8")
    shipped_tables()["figure"].to_parquet(tmp_path / "figure.parquet")
    message = refused_by_the_command_line("check", tmp_path / "claims.yaml", "--tables", tmp_path)
    assert "needs the table harm_by_period" in message and "there are figure" in message


HEADER = "belligerent,area,period_start,period_end,grading,attribution,incidents,killed_min,killed_max,without_a_number,dataset\n"
ROW = "A,Here,2020-01-01,2020-01-31,Fair,sole,1,2,3,0,mine\n"

WRONG_ROWS = {
    "a missing number": (ROW.replace(",2,3,", ",,3,"), "row 1: killed_min is empty"),
    "a count below zero": (ROW.replace(",1,2,", ",-1,2,"), "row 1: incidents is below zero"),
    "a row twice": (ROW + ROW, "rows stand more than once"),
    "a word that is not in the vocabulary": (ROW.replace("sole", "joint"), "there is no attribution 'joint'"),
}


@pytest.mark.parametrize("wrong", WRONG_ROWS, ids=str)
def test_rows_a_sum_could_not_be_trusted_with_are_refused(wrong: str, tmp_path: Path) -> None:
    rows, expected = WRONG_ROWS[wrong]
    (tmp_path / "harm_by_period.csv").write_text(HEADER + rows, encoding="utf-8")
    words = ("--belligerent", "A", "--area", "Here", "--window", "2020-01", "--tables", tmp_path)
    assert expected in refused_by_the_command_line("measure", "civcas_total", *words)


def test_a_range_upside_down_is_left_out_and_named(tmp_path: Path) -> None:
    (tmp_path / "harm_by_period.csv").write_text(
        HEADER + ROW + ROW.replace("Fair", "Confirmed").replace(",2,3,", ",5,3,"), "utf-8"
    )
    words = ("--belligerent", "A", "--area", "Here", "--window", "2020-01", "--tables", tmp_path, "--json")
    ran = civcas("measure", "civcas_total", *words)
    assert ran.returncode == 0, ran.stderr
    assert '"value": 2' in ran.stdout and "1 row contradicts itself" in ran.stdout and "5–3" in ran.stdout


def test_a_file_that_is_no_table_is_refused(tmp_path: Path) -> None:
    (tmp_path / "harm_by_period.parquet").write_bytes(b"not parquet")
    assert "cannot be read" in refused_by_the_command_line("tables", "--tables", tmp_path)


def test_a_table_with_a_text_where_a_number_belongs_is_refused(tmp_path: Path) -> None:
    (tmp_path / "claims.yaml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "harm_by_period.csv").write_text(HEADER + ROW.replace(",2,3,", ",many,3,"), encoding="utf-8")
    message = refused_by_the_command_line("check", tmp_path / "claims.yaml", "--tables", tmp_path)
    assert "harm_by_period.csv" in message and "does not fit" in message


def test_an_unknown_claim_is_answered_with_those_there_are(tmp_path: Path) -> None:
    (tmp_path / "claims.yaml").write_text(GOOD, encoding="utf-8")
    assert "there is no claim 'C99'" in refused_by_the_command_line("check", tmp_path / "claims.yaml", "--claim", "C99")


def test_an_unknown_measure_on_the_command_line_lists_those_there_are() -> None:
    assert "did you mean 'rate_ratio'" in refused_by_the_command_line("measure", "rate_ratoi")
