from __future__ import annotations

from pathlib import Path

import pytest

from civcas.errors import CivcasError
from civcas.measures.toll_ratio import answer
from civcas.terms.estimate import Estimate, Refusal

ROWS = """date_start,side,civilians,fighters
2001-01-05,A,4,2
2001-02-05,A,8,2
2001-03-05,A,,2
2002-04-05,A,6,5
2002-05-05,B,100,1
"""


@pytest.fixture
def events(tmp_path: Path) -> Path:
    path = tmp_path / "events.csv"
    path.write_text(ROWS, encoding="utf-8")
    return path


def test_the_ratio_is_of_sums_over_the_rows_that_have_both_numbers(events: Path) -> None:
    found = answer(events=str(events), of="civilians", to="fighters", where="side=A")
    assert isinstance(found, Estimate)
    assert (found.value, found.n) == (18 / 9, 3)
    assert found.notes[0].startswith("1 events have no number")


def test_per_year_divides_by_the_calendar_years_the_events_span(events: Path) -> None:
    found = answer(events=[str(events)], of="civilians", where="side=A")
    assert isinstance(found, Estimate) and found.value == pytest.approx(18 / 2)


def test_nothing_to_divide_is_a_refusal_and_a_wrong_word_an_error(events: Path) -> None:
    events.write_text(ROWS.replace("4,2", "0,0"), encoding="utf-8")
    refused = answer(events=str(events), of="fighters", to="civilians", where="date_start=2001-01-05")
    assert isinstance(refused, Refusal)
    with pytest.raises(CivcasError, match="there is no value of side 'C'"):
        answer(events=str(events), of="civilians", where="side=C")


def test_chechnya_has_the_sums_of_the_file(real_data: Path) -> None:
    path = real_data / "ucdp_ged" / "ged_chechnya.csv"
    found = answer(
        events=str(path), of="deaths_civilians", where="type_of_violence=3,side_a=Government of Russia (Soviet Union)"
    )
    assert isinstance(found, Estimate) and found.diagnostics["sum"] == 2306
