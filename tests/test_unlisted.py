"""The measure `undercount`: how many incidents no source reported, from the reports linked to incidents."""

from __future__ import annotations

import datetime as dt

import ibis
import pyarrow as pa
import pytest

from civcas.catalog import entries
from civcas.errors import BadInput
from civcas.measures.unlisted import answer, listed
from civcas.terms.estimate import Estimate, Refusal

PATTERNS = {"x": 60, "y": 50, "z": 40, "xy": 25, "xz": 20, "yz": 15, "xyz": 10}


def tables() -> dict[str, ibis.Table]:
    """220 incidents by which of the sources x, y and z reported them; x reports each of its incidents twice."""
    links, reports, incident = [], [], 0
    for sources, number in PATTERNS.items():
        for _ in range(number):
            incident += 1
            for source in sources + ("x" if "x" in sources else ""):
                reports.append({"report_id": f"r{len(reports)}", "source": source, "dataset": "made up"})
                links.append({"incident_id": f"i{incident}", "report_id": reports[-1]["report_id"]})
    harm = [{"incident_id": f"i{number}", "belligerent": "Blue"} for number in range(1, 61)]
    rows = {"report": reports, "incident_report": links, "attribution": harm}
    return {name: ibis.memtable(pa.Table.from_pylist(each)) for name, each in rows.items()}


def test_an_incident_counts_once_for_a_source_however_often_it_reports_it() -> None:
    assert listed(tables()).count().to_pyarrow().as_py() == 60 + 50 + 40 + 2 * (25 + 20 + 15) + 3 * 10


def test_incidents_that_no_source_reported_are_estimated() -> None:
    found = answer(tables(), method="loglinear-average")
    assert isinstance(found, Estimate)
    assert (found.n, found.unit) == (220, "incidents")
    assert found.low is not None and 220 <= found.low < found.value
    assert found.says.startswith("220 incidents are documented")


def test_two_named_sources_are_enough_for_two_lists() -> None:
    found = answer(tables(), lists=("x", "y"))
    assert isinstance(found, Estimate)
    # x: 115, y: 100, both: 35
    assert found.value == pytest.approx(116 * 101 / 36 - 1)
    assert found.n == 180


def test_incidents_of_a_belligerent_that_one_source_alone_reports_carry_no_estimate() -> None:
    found = answer(tables(), belligerent="Blue")
    assert isinstance(found, Refusal)
    assert "one list" in found.reason


def dated(years: dict[str, tuple[int, int]]) -> dict[str, ibis.Table]:
    """200 incidents a dataset, spread evenly over its years; those of one week of 2016 are one."""
    when: dict[str, dt.date] = {}
    links = []
    for name, (first, last) in years.items():
        for k in range(200):
            day = dt.date(first, 1, 1) + dt.timedelta(days=k * 365 * (last - first + 1) // 200)
            incident = f"week {day:%W}" if day.year == 2016 and day.month < 7 else f"{name}{k}"
            when.setdefault(incident, day)
            links.append({"incident_id": incident, "report_id": f"{name}-r{k}", "dataset": name})
    rows = {
        "report": [{"report_id": r["report_id"], "source": None, "dataset": r["dataset"]} for r in links],
        "incident_report": [{k: r[k] for k in ("incident_id", "report_id")} for r in links],
        "incident": [{"incident_id": i, "date_start": day} for i, day in when.items()],
        "attribution": [{"incident_id": i, "belligerent": "Blue"} for i in when],
        "not_identifiable": [{"dataset": "one", "belligerent": "Blue", "area": "Made-up", "reason": "it names no one"}],
    }
    report = pa.Table.from_pylist(rows["report"]).cast(
        pa.schema([(n, pa.string()) for n in ("report_id", "source", "dataset")])
    )
    return {n: ibis.memtable(report if n == "report" else pa.Table.from_pylist(each)) for n, each in rows.items()}


def test_lists_of_different_years_are_refused_and_a_window_of_both_answers() -> None:
    tables = dated({"one": (2014, 2017), "two": (2016, 2016)})
    refused = answer(tables, by="dataset")
    assert isinstance(refused, Refusal)
    assert (
        "one of 2014-02-05..2017-11-18, two of 2016-01-23" in refused.reason
        and "77% of one lies outside" in refused.reason
    )
    assert refused.needs.startswith("--window 2016")
    assert isinstance(answer(tables, by="dataset", window="2016"), Estimate)


def test_a_dataset_that_cannot_tell_who_struck_makes_no_list_of_what_they_did() -> None:
    refused = answer(dated({"one": (2016, 2016), "two": (2016, 2016)}), by="dataset", belligerent="Blue")
    assert isinstance(refused, Refusal)
    assert refused.reason == "Blue is not identifiable in Made-up from one: it names no one"


def test_a_source_without_incidents_is_said() -> None:
    with pytest.raises(BadInput, match="no incident is reported by w"):
        answer(tables(), lists=("x", "w"))


def test_lists_are_made_by_source_or_dataset_only() -> None:
    with pytest.raises(BadInput, match="source or dataset"):
        answer(tables(), by="colour")


def test_the_measure_is_found_by_its_name() -> None:
    assert entries("measures")["undercount"].needs == ("report", "incident_report")
