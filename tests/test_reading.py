from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civcas import Reading
from civcas.errors import BadInput, UnknownName
from civcas.terms.vocabulary import Attribution, Bound, Exposure, Grades

SIDES = ["Russian Military", "U.S.-led Coalition"]

months = st.dates(dt.date(2014, 1, 1), dt.date(2025, 12, 31)).map(lambda day: f"{day:%Y-%m}")
readings = st.fixed_dictionaries(
    {
        "belligerents": st.sampled_from([SIDES, SIDES[:1]]),
        "area": st.sampled_from(["Syria", "العراق", "a & b = c"]),
        "window": months,
        "grades": st.sampled_from([str(w) for w in Grades]),
        "bound": st.sampled_from([str(w) for w in Bound]),
        "attribution": st.sampled_from([str(w) for w in Attribution]),
        "exposure": st.sampled_from([str(w) for w in Exposure]),
        "as_of": st.none() | st.dates(dt.date(2000, 1, 1), dt.date(2030, 1, 1)),
    }
).map(lambda words: Reading.of(**words))


@given(readings)
def test_a_reading_survives_every_form_it_is_written_in(reading: Reading) -> None:
    assert Reading.from_json(reading.to_json()) == reading
    assert Reading.from_yaml(reading.to_yaml()) == reading
    assert Reading.from_query(reading.to_query()) == reading


def test_windows_and_exposures_may_differ_between_the_sides() -> None:
    reading = Reading.of(belligerents=SIDES, area="Syria", window="2015-10..2016-09 vs 2014-09..2016-09",
                         exposure="declared sortie vs declared strike")  # fmt: skip
    assert str(reading.window_of(1)) == "2014-09..2016-09"
    assert reading.exposure_of(0) == Exposure.SORTIE
    assert reading.only(1).belligerents == ("U.S.-led Coalition",)
    assert str(reading.only(1).window_of(0)) == "2014-09..2016-09"


def test_equal_readings_have_one_id_and_one_hash() -> None:
    first = Reading.of(belligerents=SIDES, area="Syria", window="2016")
    again = Reading.of(belligerents=SIDES, area="Syria", window="2016-01..2016-12")
    assert first == again and hash(first) == hash(again) and first.id == again.id
    assert first.varied(bound="max").id != first.id


def test_a_wrong_word_is_answered_with_the_nearest_and_all_there_are() -> None:
    with pytest.raises(UnknownName, match="did you mean 'fair\\+confirmed'") as refused:
        Reading.of(belligerents=SIDES, area="Syria", window="2016", grades="fair+confimed")
    assert "all-but-discounted" in str(refused.value)


def test_three_windows_for_two_sides_are_refused() -> None:
    with pytest.raises(BadInput, match="3 values of window for 2 belligerents"):
        Reading.of(belligerents=SIDES, area="Syria", window=["2015", "2016", "2017"])


def test_an_unknown_part_of_a_reading_is_refused() -> None:
    with pytest.raises(UnknownName, match="windw"):
        Reading.from_dict({"belligerents": SIDES, "area": "Syria", "windw": "2016"})
