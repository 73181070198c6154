"""Where data cannot tell who acted, every measure says so, and no measure answers with a list of names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import ibis
import pyarrow as pa
import pytest

import civcas
from civcas.catalog import Measure, entries
from civcas.errors import UnknownName
from civcas.measures.identifying import unidentifiable_incidents
from civcas.terms.estimate import Refusal
from civcas.terms.reading import Reading
from civcas.terms.tables import TABLES
from recorded_incidents import incidents_of, tables_of

Tables = Mapping[str, ibis.Table]
ABOUT = {"dataset": "made up", "belligerent": "C", "area": "Aland", "reason": "its strikes stand under A"}
HARM = {"harm_by_period", "attribution"}


def tables() -> Tables:
    rows = [
        {"id": f"{by}{i}", "date": dt.date(2016, 1 + i % 12, 3), "by": [by], "min": 4} for by in "AB" for i in range(36)
    ]
    period = [
        {"belligerent": by, "area": "Aland", "period_start": dt.date(2016, m, 1), "period_end": dt.date(2016, m, 28 if m == 2 else 30),
         "grading": "Fair", "attribution": "sole", "incidents": 3, "killed_min": 12, "killed_max": 12, "without_a_number": 0,
         "dataset": "made up"}
        for by in "AB" for m in (4, 6, 9, 11)
    ]  # fmt: skip
    columns = {name: [row.get(name) for row in period] for name in TABLES["harm_by_period"].schema.names}
    unknown = pa.Table.from_pylist([ABOUT], schema=TABLES["not_identifiable"].schema)
    return {**incidents_of(rows), **tables_of(harm_by_period=pa.table(columns), not_identifiable=unknown)}


def words(measure: Measure, *, unknown_side: int, who: str = "C", area: str | None = "Aland") -> dict[str, Any]:
    names = ["A" if side != unknown_side else who for side in range(len(measure.belligerents))]
    given: dict[str, Any] = {"window": "2016"} if area is None else {"window": "2016", "area": area}
    if measure.by == "reading":
        return {"reading": Reading.of(belligerents=names, **given)}
    return given | dict(zip(measure.belligerents, names, strict=True))


READ_HARM = sorted(name for name, each in entries("measures").items() if HARM & set(each.needs))


def test_the_measures_that_read_harm_by_a_belligerent_are_walked() -> None:
    assert {
        "civcas_total",
        "rate",
        "rate_ratio",
        "incident_rate",
        "incident_ratio",
        "pooled_rates",
        "trend",
        "delay",
    } <= set(READ_HARM)


@pytest.mark.parametrize("name", READ_HARM)
def test_whom_the_data_cannot_identify_is_a_refusal_with_the_reason_in_every_measure(name: str) -> None:
    measure = entries("measures")[name]
    for side in range(len(measure.belligerents)):
        found = civcas.measure(name, using=tables(), **words(measure, unknown_side=side))
        assert isinstance(found, Refusal)
        assert found.reason == "C is not identifiable in Aland from made up: its strikes stand under A"
        assert found.measure == name and found.needs


@pytest.mark.parametrize("name", sorted(name for name in READ_HARM if entries("measures")[name].by == "options"))
def test_without_an_area_it_is_refused_too_and_an_unknown_name_is_an_error(name: str) -> None:
    measure = entries("measures")[name]
    found = civcas.measure(name, using=tables(), **words(measure, unknown_side=0, area=None))
    assert isinstance(found, Refusal) and "not identifiable" in found.reason
    with pytest.raises(UnknownName):
        civcas.measure(name, using=tables(), **words(measure, unknown_side=0, who="Nobody"))


def test_one_whom_some_rows_name_may_be_asked_for() -> None:
    held = dict(tables())
    named = pa.Table.from_pylist([ABOUT | {"belligerent": "A"}], schema=TABLES["not_identifiable"].schema)
    held["not_identifiable"] = ibis.memtable(named)
    reading = Reading.of(belligerents="A", area="Aland", window="2016")
    assert unidentifiable_incidents(held, measure="m", reading=reading, area="Aland") is None
    elsewhere = Reading.of(belligerents="A", area="Bland", window="2016")
    assert unidentifiable_incidents(held, measure="m", reading=elsewhere, area="Bland") is None


def test_a_long_list_of_names_is_cut_to_the_nearest_and_how_many_more() -> None:
    known = [f"Army of district {number}" for number in range(150)] + ["Russian Military"]
    said = str(UnknownName("belligerent", "Rusian Military", known))
    assert "did you mean 'Russian Military'?" in said and "one of Russian Military and 150 more" in said
    far = str(UnknownName("belligerent", "zzz", known))
    assert "and 141 more" in far and len(far) < 400
    assert str(UnknownName("grades", "x", ["a", "b"])).endswith("Expected: one of a, b.")
