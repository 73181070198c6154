"""Doubles, outliers and ranges that contradict themselves are named beside every sum, until a person decides."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from laid_out import decision, link, report

from civcas.assessing.consistency import consistency
from civcas.case.case import Case
from civcas.case.folder import make
from civcas.errors import BadInput
from civcas.register.building import build
from civcas.register.doubts import beside
from civcas.terms.tables import TABLES
from command_line import civcas

DAY = dt.date(2016, 3, 1)
ROW = {"date_start": DAY, "date_end": DAY, "place": "P", "source": "S", "civ_killed_min": 3, "civ_killed_max": 4}


def doubts(*rows: dict[str, Any], decided: Any = None) -> list[tuple[Any, ...]]:
    found = build(report(*rows), decided)["doubt"].to_pyarrow().to_pylist()
    return sorted((row["kind"], row["subject"], row["other"]) for row in found)


def test_the_three_kinds_of_doubles_are_told_apart() -> None:
    given = (
        ROW | {"report_id": "d:1"}, ROW | {"report_id": "d:1#2"}, ROW | {"report_id": "d:1#3", "civ_killed_max": 9},
        ROW | {"report_id": "d:7"}, ROW | {"report_id": "d:8", "place": "Elsewhere"},
    )  # fmt: skip
    assert doubts(*given) == [
        ("alike under another id", "d:7", "d:1"), ("id met again", "d:1#3", "d:1"), ("same row again", "d:1#2", "d:1"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "other",
    [{"source": "T"}, {"place": None}, {"civ_injured_min": 1}, {"belligerents": "B"}, {"date_start": dt.date(2016, 3, 2)}],
)  # fmt: skip
def test_what_differs_in_any_of_them_is_no_double(other: dict[str, Any]) -> None:
    assert doubts(ROW, ROW | other) == []


def test_rows_without_a_day_or_a_place_are_like_no_other() -> None:
    assert doubts(ROW | {"date_start": None}, ROW | {"date_start": None}) == []
    assert doubts(ROW | {"place": None}, ROW | {"place": None}) == []


def test_two_imports_may_tell_one_incident() -> None:
    assert doubts(ROW, ROW | {"report_id": "other:9", "dataset": "other"}) == [
        ("alike under another id", "other:9", "d:1")
    ]


@pytest.mark.parametrize(
    "settled",
    [
        link("d:1", "d:2"), link("d:1", "d:2", kind="unlink"), decision("withdraw", "d:2", {"withdrawn": True}, about="standing"),
        decision("withdraw", "d:1", {"withdrawn": True}, about="standing"),
    ],
)  # fmt: skip
def test_a_double_is_gone_once_somebody_decided(settled: dict[str, Any]) -> None:
    assert len(doubts(ROW, ROW)) == 1
    assert doubts(ROW, ROW, decided=[settled]) == []


def many(*more: dict[str, Any]) -> list[dict[str, Any]]:
    return [ROW | {"place": f"P{n}", "civ_killed_min": n % 4, "civ_killed_max": n % 4} for n in range(60)] + list(more)


HUGE = ROW | {"report_id": "d:huge", "civ_killed_min": 10_000, "civ_killed_max": 10_000}


def test_one_incident_that_outweighs_the_rest_is_named_with_its_share() -> None:
    (row,) = build(report(*many(HUGE)))["doubt"].to_pyarrow().to_pylist()
    assert (row["kind"], row["subject"], row["killed_min"]) == ("outlier", "d:huge", 10_000)
    assert row["share"] == pytest.approx(10_000 / 10_090)
    (said,) = beside(build(report(*many(HUGE))), belligerents=("A",), area="E")
    assert "d:huge, gives 10,000 killed: 99% of the highest sum of d" in said
    decided = [decision("count", "d:huge", {"min": 10_000, "max": 10_000}, about="civ_killed")]
    assert doubts(*many(HUGE), decided=decided) == []


def test_numbers_like_the_others_are_no_outliers() -> None:
    assert doubts(*many()) == []
    assert doubts(*[ROW | {"place": f"P{n}", "civ_killed_max": 50 * n} for n in range(1, 5)]) == []


def test_what_is_said_beside_a_sum_is_of_the_incidents_in_it() -> None:
    wrong = {"civ_killed_min": 7, "civ_killed_max": 3, "place": "Q", "report_id": "d:w"}
    built = build(
        report(
            ROW,
            ROW,
            ROW | wrong,
            ROW | wrong | {"report_id": "d:c", "children_killed_min": 5, "children_killed_max": 1},
        )
    )
    told = beside(built, belligerents=("A",), area="E")
    assert (
        told[0].startswith("1 of these incidents may be a double of another: 3–4 killed (d:2 and d:1)")
        or len(told) == 2
    )
    assert any("contradict themselves about those killed (d:c 7–3; d:w 7–3)" in each for each in told)
    assert beside(built, belligerents=("B",)) == [] and beside(built, area="Elsewhere") == []


def test_consistency_finds_them_in_tables_alone() -> None:
    given = build(report(*many(HUGE, ROW, ROW)))["report"].to_pyarrow()
    found = {(row["check"], row["report_id"]) for row in consistency(given).to_pylist()}
    assert ("outlier", "d:huge") in found and ("alike under another id", "d:63") in found and len(found) == 2
    assert consistency(given, apart={("d:62", "d:63")}).num_rows == 1
    assert consistency(given, incident_of={"d:62": "d:62", "d:63": "d:62"}).num_rows == 1
    assert consistency(given.slice(0, 0)).num_rows == 0


def taken(case: Case, dataset: str, *ids: str) -> Any:
    rows = [ROW | {"report_id": id_, "dataset": dataset, "row": n, "row_is": "incident"} for n, id_ in enumerate(ids)]
    table = TABLES["report"].conform(pa.Table.from_pylist(rows))
    file = case.path.parent / f"{dataset}.csv"
    file.write_text(dataset + " ".join(ids), encoding="utf-8")
    return case.take_in(file, dataset=dataset, format="mapped", tables={"report": table}, given=len(ids), author="me")


def test_two_datasets_may_not_bring_one_id(tmp_path: Path) -> None:
    make(tmp_path / "case", author="me", title="")
    with Case.open(tmp_path / "case") as case:
        taken(case, "one", "x:1", "x:2")
        with pytest.raises(
            BadInput, match="1 ids of the table report are in the dataset one of this case already, the first x:2"
        ):
            taken(case, "two", "x:2", "x:3")
        assert [m for m in case.status().unfinished if "tables were written" in m] == []
        taken(case, "two", "y:2", "y:3")
        taken(case, "one", "x:2", "x:9")  # a newer edition of the same dataset


def test_status_and_consistency_of_a_case_count_and_name_them(tmp_path: Path) -> None:
    make(tmp_path / "case", author="me", title="")
    with Case.open(tmp_path / "case") as case:
        taken(case, "one", "x:1", "x:1#2", "x:5")
    ran = civcas("status", "--case", tmp_path / "case")
    assert "Doubted: 1 same row again (3–4 killed in them, counted)" in ran.stdout
    ran = civcas("consistency", "--case", tmp_path / "case")
    assert "x:5: The same day, place, numbers, belligerents and source as x:1" in ran.stdout
    assert (
        civcas("decide", "unlink", "x:1", "x:5", "--because", "two raids", "--case", tmp_path / "case").returncode == 0
    )
    assert "x:5" not in civcas("consistency", "--case", tmp_path / "case").stdout
    with Case.open(tmp_path / "case") as case:
        pq.write_table(build(case.tables(), case.decisions())["report"].to_pyarrow(), tmp_path / "report.parquet")
    assert "same row again" in civcas("consistency", tmp_path / "report.parquet").stdout


def rising(*, falls_at: int | None = None, rows: int = 25) -> list[dict[str, Any]]:
    """Rows of a file whose number is a running total, or falls once."""
    killed = [10 + 3 * at - (40 if at == falls_at else 0) for at in range(rows)]
    return [
        {
            "report_id": f"d:{at}", "row": at + 1, "date_start": DAY + dt.timedelta(days=at), "place": f"P{at}", "civ_killed_min": n,
            "civ_killed_max": n,
        }
        for at, n in enumerate(killed)
    ]  # fmt: skip


def test_numbers_that_only_rise_are_named_as_a_running_total() -> None:
    assert ("numbers only rise", "d", None) in doubts(*rising())
    assert doubts(*rising(falls_at=20)) == [] == doubts(*rising(rows=12))
    table = TABLES["report"].conform(report(*rising())["report"].to_pyarrow())
    assert consistency(table)["check"].to_pylist() == ["numbers only rise"]
    assert any("may" in said or "running totals" in said for said in beside(build(report(*rising()))))
