"""Published figures on two clocks: when each was published, and when the case learned of it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pyarrow as pa
import pytest

import civcas
from civcas.case.case import Case
from civcas.errors import BadInput
from civcas.terms.typed_decision import typed

FIRST = ("Airwars monthly report (C. Woods), Nov 2015", 255.0, 375.0)
REVISED = ("Syria Direct interview with Chris Woods, 2016", 345.0, 501.0)


def figures_of_october() -> pa.Table:
    month = {
        "belligerent": "Russia",
        "area": "Syria",
        "period_start": dt.date(2015, 10, 1),
        "period_end": dt.date(2015, 10, 31),
    }
    rows = [
        {
            "measure": "likely killed, fair (first published)",
            "source_title": FIRST[0],
            "value_low": FIRST[1],
            "value_high": FIRST[2],
        },
        {
            "measure": "likely killed (revised 2016)",
            "source_title": REVISED[0],
            "value_low": REVISED[1],
            "value_high": REVISED[2],
        },
        {"measure": "killed", "source_title": "a page without a date", "value_low": 1.0, "value_high": 2.0},
        {"measure": "killed", "source_title": "Monthly assessment October 2015", "value_low": 1.0, "value_high": 2.0},
        {
            "measure": "killed",
            "source_title": "A page",
            "published": dt.date(2015, 12, 31),
            "value_low": 9.0,
            "value_high": 9.0,
        },
    ]
    shared = month | {"unit": "civilian deaths", "dataset": "published_figures"}
    return pa.Table.from_pylist([shared | row | {"figure_id": f"published_figures:{n}"} for n, row in enumerate(rows, 1)],
                                schema=civcas.terms.tables.FIGURE.schema)  # fmt: skip


def test_october_2015_as_first_published_and_as_revised_each_with_its_source(case: Case, tmp_path: Path) -> None:
    (tmp_path / "figures.csv").write_text("x")
    case.take_in(
        tmp_path / "figures.csv", dataset="published_figures", format="t", tables={"figure": figures_of_october()}, given=5, author="anna"
    )  # fmt: skip
    case.decide(
        typed(
            "supersede",
            "published_figures:1",
            "published_figures:2",
            because="the source says: same month revised upward",
        ),
        author="anna",
    )

    def told(as_of: str | None) -> list[tuple[object, ...]]:
        found = case.figures(as_of=as_of, belligerent="russia", window="2015-10", measure="likely killed")
        return [(row["low"], row["high"], row["source_title"], row["standing"]) for row in found.to_pylist()]

    assert told("2015-12-31") == [(255.0, 375.0, FIRST[0], "stands")]
    assert told(None) == [(255.0, 375.0, FIRST[0], "superseded"), (345.0, 501.0, REVISED[0], "stands")]
    assert told("2015-11-29") == [], "a month that is known to its month is known by its last day"
    assert told("2016-12-31") == told(None)
    exact = case.figures(as_of="2015-12-31", measure="killed", belligerent="Russia").to_pylist()
    assert [row["figure_id"] for row in exact] == ["published_figures:1", "published_figures:5"]
    assert {row["learned_entry"] for row in exact} == {2}
    with pytest.raises(BadInput, match="held no figures at that moment"):
        case.figures(as_of="2026-12-31", known="@1")


def test_a_corrected_figure_is_shown_beside_what_was_published(plain_case: Case, tmp_path: Path) -> None:
    (tmp_path / "figures.csv").write_text("x")
    plain_case.take_in(
        tmp_path / "figures.csv", dataset="published_figures", format="t", tables={"figure": figures_of_october()}, given=5, author="anna"
    )  # fmt: skip
    plain_case.decide(
        typed("value", "published_figures:2", "345-", because="the upper bound is not in the text"), author="anna"
    )
    plain_case.decide(typed("withdraw", "published_figures:3", "", because="no source"), author="anna")
    rows = {row["figure_id"][-1]: row for row in plain_case.figures().to_pylist()}
    assert (rows["2"]["low"], rows["2"]["high"], rows["2"]["published_high"], rows["2"]["corrected_by"]) == (
        345.0,
        None,
        501.0,
        3,
    )
    assert rows["3"]["standing"] == "withdrawn"
    then = plain_case.figures(known="@2", measure="revised 2016").to_pylist()
    assert [row["high"] for row in then] == [501.0]


def test_the_shipped_figures_of_october_2015_differ_as_published(real_data: Path, plain_case: Case) -> None:
    import pyarrow.csv as pa_csv

    file = real_data / "airwars" / "published_figures.csv"
    given = pa_csv.read_csv(file, convert_options=pa_csv.ConvertOptions(strings_can_be_null=True))
    ids = pa.array([f"published_figures:{n}" for n in range(1, given.num_rows + 1)])
    table = given.append_column("figure_id", ids).append_column(
        "dataset", pa.array(["published_figures"] * given.num_rows)
    )
    plain_case.take_in(
        file, dataset="published_figures", format="t", tables={"figure": table}, given=given.num_rows, author="anna"
    )  # fmt: skip

    def told(as_of: str | None) -> set[tuple[object, ...]]:
        found = plain_case.figures(
            as_of=as_of, belligerent="Russia", window="2015-10", measure="likely killed"
        ).to_pylist()
        return {(row["low"], row["high"], row["source_title"]) for row in found}

    first, revised = (255.0, 375.0, FIRST[0]), (345.0, 501.0, REVISED[0])
    assert told("2015-12-31") == {first}
    assert told(None) == {first, revised}
