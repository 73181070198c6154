"""Lists as people write them: words for listed and not listed, columns that are no lists, and what blank and N/A mean."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from civcas.cli.app import build
from civcas.errors import BadInput
from civcas.measures.undercount import answering, sheet
from civcas.terms.estimate import Estimate

ROWS = (
    [(1, 0, 0)] * 30
    + [(0, 1, 0)] * 25
    + [(0, 0, 1)] * 20
    + [(1, 1, 0)] * 12
    + [(1, 0, 1)] * 9
    + [(0, 1, 1)] * 7
    + [(1, 1, 1)] * 4
)


def written(folder: Path, yes: str, no: str, *, head: str = "ID,Name,A,B,C") -> Path:
    path = folder / "lists.csv"
    lines = [f"{i + 1},P{i}," + ",".join(yes if v else no for v in row) for i, row in enumerate(ROWS)]
    path.write_text("\n".join([head, *lines]), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("yes", "no"),
    [("1", "0"), ("1.0", "0.0"), ("True", "False"), ("TRUE", "FALSE"), ("T", "F"), ("yes", "no"), (" Y", "n "), ("x", ""), ("✓", ""),
     ("да", "нет"), ("نعم", "لا")],
)  # fmt: skip
def test_lists_are_read_in_the_words_people_write_them_in(tmp_path: Path, yes: str, no: str) -> None:
    found = sheet.load(written(tmp_path, yes, no))
    assert found.strata.whole.lists == ("A", "B", "C")
    assert found.strata.whole.cells().tolist() == [30, 25, 12, 20, 9, 7, 4]
    assert found.unused == ("ID", "Name")
    assert bool(found.notes) == (no == "")


def test_the_field_case_written_true_and_false_gives_the_number_expected(real_data: Path) -> None:
    read, unused = sheet.read(real_data / "field" / "10-undercount-true-false" / "lists.csv")
    found = answering.answer(read, method_name="loglinear-average")
    assert isinstance(found, Estimate) and unused == ("ID",)
    assert (found.n, round(found.value), round(found.low or 0), round(found.high or 0)) == (152, 212, 187, 256)


@pytest.mark.parametrize("name", ["ID", "case_id", "Nr", "PersonID", "record", "number of the row that nobody named"])
def test_a_column_that_numbers_the_rows_is_no_list(tmp_path: Path, name: str) -> None:
    assert sheet.load(written(tmp_path, "1", "0", head=f"{name},Name,A,B,C")).unused == (name, "Name")


def test_a_column_of_other_numbers_is_asked_about(tmp_path: Path) -> None:
    path = tmp_path / "lists.csv"
    path.write_text("A,B,age\n1,0,31\n0,1,45\n1,1,31\n", encoding="utf-8")
    with pytest.raises(BadInput, match="column age holds numbers other than 0 and 1"):
        sheet.load(path)


def test_a_letter_or_a_tick_that_never_changes_is_no_list(tmp_path: Path) -> None:
    path = tmp_path / "lists.csv"
    path.write_text("A,B,sex,seen\n1,0,F,x\n0,1,F,x\n1,1,F,x\n", encoding="utf-8")
    assert sheet.load(path).unused == ("sex", "seen")


NOT_COVERED = "A,B,C\nTrue,False,N/A\nTrue,True,False\nFalse,False,True\nFalse,True,does not cover\n"


def test_what_is_not_known_is_refused_until_it_is_given_a_meaning(tmp_path: Path) -> None:
    path = tmp_path / "lists.csv"
    path.write_text(NOT_COVERED, encoding="utf-8")
    with pytest.raises(BadInput, match="line 2: list C holds 'n/a'") as refused:
        sheet.load(path)
    assert "--unknown leave-out" in str(refused.value)
    assert sheet.load(path, unknown="not-listed").strata.whole.cells().tolist() == [1, 1, 1, 1, 0, 0, 0]
    left = sheet.load(path, unknown="leave-out")
    assert left.strata.whole.cells().tolist() == [0, 0, 1, 1, 0, 0, 0]
    assert left.notes == (
        "2 of 4 rows were left out, as C is blank or N/A there. The estimate is of those whom every list could cover.",
    )


def test_a_blank_among_ones_and_zeros_is_not_a_zero(tmp_path: Path) -> None:
    path = tmp_path / "lists.csv"
    path.write_text("A,B\n1,0\n,1\n1,1\n", encoding="utf-8")
    with pytest.raises(BadInput, match="list A is blank"):
        sheet.load(path)


def test_the_command_says_which_columns_it_read_as_lists(tmp_path: Path) -> None:
    path = written(tmp_path, "x", "")
    done = CliRunner().invoke(build(), ["undercount", str(path), "--json"])
    told = json.loads(done.stdout)
    assert done.exit_code == 0
    assert told["lists"] == {"A": 55, "B": 48, "C": 40} and told["unused_columns"] == ["ID", "Name"]
    assert told["read"] == ["In A, B, C only some rows are ticked; a blank there was read as not listed."]


def test_leaving_people_out_keeps_counts_and_strata_with_their_rows(tmp_path: Path) -> None:
    path = tmp_path / "lists.csv"
    path.write_text("A,B,area,count\n1,0,n,5\n1,NA,n,7\n0,1,s,3\n1,1,s,2\n", encoding="utf-8")
    found = sheet.load(path, strata=("area",), unknown="leave-out").strata
    assert {name: each.n for name, each in found.known.items()} == {"n": 5, "s": 5}
    assert np.array_equal(found.whole.cells(), [5, 3, 2])
