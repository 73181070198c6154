"""The op-ed's claims that need files of data: cannot be told without them, and asked where they are at hand."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from civcas.claims.check import check
from civcas.claims.checked import CheckedClaim
from civcas.claims.claim_file import read
from civcas.facts.shipped import shipped_tables
from civcas.terms.estimate import Estimate
from civcas.terms.vocabulary import Verdict

OP_ED = Path(str(files("civcas.claims") / "articles" / "op_ed_2017.yaml"))


def checked(claim_id: str, data: Path | None) -> CheckedClaim:
    return check(read(OP_ED), shipped_tables(), only=[claim_id], data=data)[claim_id]


@pytest.mark.parametrize("claim_id", ["C03", "C04", "C05", "C09", "C12", "C15"])
def test_without_its_file_a_claim_cannot_be_told_and_says_which_file_it_needs(claim_id: str, tmp_path: Path) -> None:
    claim = checked(claim_id, tmp_path)
    assert claim.verdict == Verdict.CANNOT_BE_TOLD
    assert claim.tally.made == 0 and claim.tally.refused >= 1
    assert any("--data" in need for need in claim.needs)


def test_thousands_from_russia_cannot_be_told_from_a_range_that_reaches_below_and_above(real_data: Path) -> None:
    claim = checked("C03", real_data)
    assert claim.verdict == Verdict.CANNOT_BE_TOLD
    (cell,) = claim.cells
    assert isinstance(cell.answer, Estimate) and (cell.answer.low, cell.answer.high) == (800, 1500)


def test_one_of_the_largest_groups_depends_on_how_many_are_the_largest(real_data: Path) -> None:
    claim = checked("C04", real_data)
    assert claim.verdict == Verdict.DEPENDS
    by_meaning = {each.words["top"]: each.verdict for each in claim.meanings if each.words["as_of"] == "2015-01-26"}
    assert by_meaning["10"] == Verdict.SUPPORTED != by_meaning["3"]


@pytest.mark.parametrize("claim_id", ["C09", "C15"])
def test_a_claim_of_more_than_the_events_hold_is_shown_and_not_told(claim_id: str, real_data: Path) -> None:
    claim = checked(claim_id, real_data)
    assert claim.verdict == Verdict.CANNOT_BE_TOLD
    assert claim.tally.made == 3 and "the part that can be seen" in claim.answer


@pytest.mark.slow
@pytest.mark.parametrize("claim_id", ["C05", "C12"])
def test_a_causal_claim_gets_no_verdict_its_events_cannot_carry(claim_id: str, real_data: Path) -> None:
    claim = checked(claim_id, real_data)
    assert claim.verdict == Verdict.CANNOT_BE_TOLD
    assert claim.tally.made > 0 and claim.tally.refused > 0
    assert "a part of the claim at most" in claim.answer
