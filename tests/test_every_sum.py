"""Every sum of ranges in the product: low is never above high, an open end stays open, unknown is never zero, nothing is lost."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import ibis
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from civcas.assessing.attributing import bounds_of, sums_by_set
from civcas.assessing.rule_set import find
from civcas.assessing.whole_case import harm_table
from civcas.cli.count import _summed
from civcas.drawing.point_map import Points, _ends
from civcas.exporters.exporter import Request
from civcas.exporters.ucdp_like import _rows
from civcas.public.policy import Imprint, Policy
from civcas.public.public import About, Public
from civcas.register.building import build
from civcas.release import changes
from civcas.release.notes import counts, notes
from civcas.terms.range_sum import RangeSum
from civcas.terms.tables import TABLES
from civcas.web import periods, totals
from civcas.web.charts import _bounds
from civcas.web.language import language
from civcas.web.page import Asked
from civcas.web.pages import belligerents, overview
from civcas.web.query import Query
from civcas.web.replying import reply
from civcas.web.site import Site

Ends = tuple[int | None, int | None]
NUMBER = st.none() | st.integers(0, 12)
RANGES = st.lists(st.tuples(NUMBER, NUMBER), min_size=1, max_size=9)


def by_hand(ranges: list[Ends]) -> Ends:
    """What the sum of these ranges is, said once more in the plainest words."""
    sound = [(low, high) for low, high in ranges if low is None or high is None or low <= high]
    numbered = [(low, high) for low, high in sound if low is not None or high is not None]
    if not numbered:
        return None, None
    lowest = sum(low for low, _ in numbered if low is not None)
    if any(high is None for _, high in numbered):
        return lowest, None
    return lowest, sum(high for _, high in numbered if high is not None)


def numberless(ranges: list[Ends]) -> int:
    return sum(by_hand([each]) == (None, None) for each in ranges)


def reports(ranges: list[Ends], *, who: str = "A") -> pa.Table:
    n = len(ranges)
    given = pa.table({
        "report_id": [f"{who}:{i}" for i in range(n)], "dataset": ["d"] * n, "row_is": ["incident"] * n, "country": ["E"] * n,
        "source": [f"s{i}" for i in range(n)], "belligerents": [who] * n, "grading": ["Fair"] * n,
        "date_start": pa.array([dt.date(2016, 3, 1)] * n, pa.date32()),
        "civ_killed_min": pa.array([low for low, _ in ranges], pa.int64()),
        "civ_killed_max": pa.array([high for _, high in ranges], pa.int64()),
    })  # fmt: skip
    return TABLES["report"].conform(given)


def public(ranges: list[Ends], *, by_period: pa.Table | None = None) -> Public:
    """The incidents as anyone may see them; contradictory ranges too, as an older release may hold them."""
    n = len(ranges)
    ids, alone = [f"d:{i}" for i in range(n)], pa.array([1] * n, pa.int64())
    days = pa.array([dt.date(2016, 3, 1)] * n, pa.date32())
    incident = pa.table({
        "incident_id": ids, "address": [f"d{i}" for i in range(n)], "date_start": days, "date_end": days, "country": ["E"] * n,
        "dataset": ["d"] * n, "grading": ["Fair"] * n, "belligerents": ["A"] * n, "named": alone,
        "killed_min": pa.array([low for low, _ in ranges], pa.int64()),
        "killed_max": pa.array([high for _, high in ranges], pa.int64()),
    })  # fmt: skip
    attribution = pa.table({"incident_id": ids, "belligerent": ["A"] * n, "named": alone})
    tables = {"incident": incident, "attribution": attribution}
    return Public.of(About(title="Sums"), tables | ({"harm_by_period": by_period} if by_period is not None else {}))


def site(ranges: list[Ends], **more: Any) -> Site:
    return Site.make(public(ranges, **more), Path(tempfile.mkdtemp(prefix="civcas-sums-")) / "site.db")


def of_site(ranges: list[Ends]) -> Ends:
    found = site(ranges).found(Query())
    assert (found.incidents, found.without_a_number) == (len(ranges), numberless(ranges))
    return found.killed


def of_overview(ranges: list[Ends]) -> Ends:
    shown = overview.context(Asked(site=site(ranges), query=Query(), language=language("en")))
    return shown["headline"].killed  # type: ignore[no-any-return]


def of_belligerents(ranges: list[Ends]) -> Ends:
    (row,) = belligerents.rows(site(ranges), Query())
    assert row["incidents"] == len(ranges) and row["without_a_number"] == numberless(ranges)
    return row["killed_min"], row["killed_max"]


def of_cells(ranges: list[Ends]) -> Ends:
    (row,) = overview.rows(site(ranges), Query())
    return row["killed_min"], row["killed_max"]


def of_json(ranges: list[Ends]) -> Ends:
    import json

    told = json.loads(reply(site(ranges), "/incidents.json", "_size=1").body)
    return told["killed_min"], told["killed_max"]


def of_release_notes(ranges: list[Ends]) -> Ends:
    told = counts(public(ranges))
    return told["headline_min"], told["headline_max"]


def of_attribution(ranges: list[Ends]) -> Ends:
    harm = pa.table({
        "incident_id": [f"d:{i}" for i in range(len(ranges))], "min": pa.array([low for low, _ in ranges], pa.int64()),
        "max": pa.array([high for _, high in ranges], pa.int64()),
    })  # fmt: skip
    named = pa.table({"incident_id": harm["incident_id"], "belligerent": ["A"] * len(ranges)})
    (row,) = sums_by_set(harm, named).to_pylist()
    assert bounds_of("A", harm, named) == {
        "sole": (row["killed_min"], row["killed_max"]),
        "any": (row["killed_min"], row["killed_max"]),
    }
    return row["killed_min"], row["killed_max"]


def of_count(ranges: list[Ends]) -> Ends:
    given = reports(ranges)
    stands_in = pa.table({"incident_id": given["report_id"], "report_id": given["report_id"]})
    found = _summed(harm_table(given, stands_in, find("ucdp")), "civilians")
    return found["civilians_killed_min"], found["civilians_killed_max"]


def of_map(ranges: list[Ends]) -> Ends:
    def column(side: int) -> Any:
        return np.array([np.nan if each[side] is None else each[side] for each in ranges], float)

    here = np.zeros(len(ranges))
    points = Points(
        longitude=here, latitude=here, low=column(0), high=column(1), reach=here, kind=here.astype(np.int64), name=[""]
    )
    return _ends(points, np.arange(len(ranges)))


def of_chart(ranges: list[Ends]) -> Ends:
    lows, highs = _bounds(totals.cells(site(ranges)), ["2016-03"], lambda cell: True)
    nothing = by_hand(ranges) == (None, None)
    assert not nothing or (lows, highs) == (
        [0],
        [0],
    )  # a picture draws nothing there; the number without one is said beside it
    return (None, None) if nothing else (lows[0], highs[0])


WAYS: dict[str, Callable[[list[Ends]], Ends]] = {
    name.removeprefix("of_"): way for name, way in list(globals().items()) if name.startswith("of_")
}


@pytest.mark.parametrize("way", WAYS)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ranges=RANGES)
@example(ranges=[(4, None), (5, 5)])
@example(ranges=[(None, None), (None, None)])
@example(ranges=[(0, 0)])
@example(ranges=[(None, 7)])
@example(ranges=[(7, 3), (2, 2)])
@example(ranges=[(7, 3)])
def test_a_sum_keeps_what_is_open_and_what_is_unknown(way: str, ranges: list[Ends]) -> None:
    low, high = WAYS[way](ranges)
    assert (low, high) == by_hand(ranges)
    assert low is None or high is None or low <= high
    assert (low is None) == (numberless(ranges) == len(ranges))


MANY = 60


@pytest.fixture(scope="module")
def lists() -> list[list[Ends]]:
    """The worked examples and many lists at random, from a seed: the register sums them all at once, each under its own belligerent."""
    rng = np.random.default_rng(5)

    def end() -> int | None:
        return None if rng.random() < 0.3 else int(rng.integers(0, 9))

    worked: list[list[Ends]] = [
        [(4, None), (5, 5)], [(None, None), (None, None)], [(0, 0)], [(None, 7)], [(7, 3), (2, 2)], [(7, 3)], [(0, None)],
    ]  # fmt: skip
    return worked + [[(end(), end()) for _ in range(rng.integers(1, 8))] for _ in range(MANY)]


@pytest.fixture(scope="module")
def register(lists: list[list[Ends]]) -> dict[str, Any]:
    parts = [reports(each, who=str(n)) for n, each in enumerate(lists)]
    built = build({"report": ibis.memtable(pa.concat_tables(parts))})
    rows = _rows(Request(tables=built, out=Path()))
    return {
        "harm": built["harm"].to_pyarrow(),
        "months": built["harm_by_period"].to_pyarrow(),
        "events": rows.to_pyarrow(),
    }


def test_the_register_sums_by_month(lists: list[list[Ends]], register: dict[str, Any]) -> None:
    rows = {int(row["belligerent"]): row for row in register["months"].to_pylist()}
    for n, ranges in enumerate(lists):
        row, (low, high) = rows[n], by_hand(ranges)
        nothing = numberless(ranges)
        # the one place where a sum of nothing is written as 0: the column beside it says that every incident is without a number
        assert (row["killed_min"], row["killed_max"]) == ((0, 0) if nothing == len(ranges) else (low, high))
        assert (row["incidents"], row["without_a_number"]) == (len(ranges), nothing)
        assert row["open_above"] == sum(low is not None and high is None for low, high in ranges)


def test_the_register_sums_by_incident(lists: list[list[Ends]], register: dict[str, Any]) -> None:
    ends: dict[int, list[Ends]] = {n: [] for n in range(len(lists))}
    for row in register["harm"].to_pylist():
        ends[int(row["incident_id"].split(":")[0])].append((row["min"], row["max"]))
    for n, ranges in enumerate(lists):
        said = ends[n] + [(None, None)] * (len(ranges) - len(ends[n]))  # a group of which nothing is said has no row
        assert RangeSum.of(said).killed == by_hand(ranges)


def test_pages_sum_months(lists: list[list[Ends]], register: dict[str, Any]) -> None:
    shown = register["months"].drop_columns("extra")
    found = periods.by_belligerent(site([(1, 1)], by_period=shown))
    assert {n: found[str(n)]["Fair"].killed for n in range(len(lists))} == {n: by_hand(r) for n, r in enumerate(lists)}


def test_two_releases_are_compared_by_sums_in_words(lists: list[list[Ends]], register: dict[str, Any]) -> None:
    named = (
        ("coalesce(n.id, o.id),", "coalesce(n.id, o.id) AS id,"),
        ("o.said, n.said,", "o.said AS was, n.said AS said,"),
    )
    question = changes._sums()
    for one, other in named:
        assert one in question
        question = question.replace(one, other)
    with duckdb.connect() as db:
        db.execute(changes._macros())
        db.register("new_harm_by_period", register["months"])
        db.register("old_harm_by_period", register["months"].slice(0, 0))
        told = dict(db.execute(f"SELECT id, said FROM ({question})").fetchall())
    for n, ranges in enumerate(lists):
        (low, high), words = by_hand(ranges), told[f"d: {n}"]
        said = (
            "unknown"
            if low is None
            else f"at least {low}"
            if high is None
            else f"{low}"
            if low == high
            else f"{low} – {high}"
        )
        assert words == f"{said} killed in {len(ranges)} incidents"


def test_events_in_the_manner_of_ucdp_say_which_ends_are_open(
    lists: list[list[Ends]], register: dict[str, Any]
) -> None:
    ends: dict[int, list[Ends]] = {n: [] for n in range(len(lists))}
    for row in register["events"].to_pylist():
        low, high = row["deaths_civilians_low"], row["deaths_civilians_high"]
        assert row["deaths_civilians_open"] == (low is not None and high is None)
        ends[int(row["id"].split(":")[0])].append((low, high))
    assert {n: RangeSum.of(each).killed for n, each in ends.items()} == {n: by_hand(r) for n, r in enumerate(lists)}


@settings(max_examples=200, deadline=None)
@given(RANGES, RANGES)
def test_sums_of_parts_add_up_to_the_sum_of_the_whole(one: list[Ends], other: list[Ends]) -> None:
    assert RangeSum.of(one) + RangeSum.of(other) == RangeSum.of([*one, *other])


def test_the_words_of_a_sum_that_is_open() -> None:
    words = language("en")
    assert words.range(*RangeSum.of([(4, None), (5, 5)]).killed) == "9 or more"
    told = notes(public([(4, None), (5, 5)]), Policy(), Imprint())["METHOD.md"]
    assert "9 or more civilians reported killed" in " ".join(told.split())
